#include "harness/judge/dialogue.h"

#include "harness/base/text.h"
#include "harness/judge/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace judge {

using namespace std::chrono_literals;

enum class Dialogue::Rule : std::uint8_t {
    answer_repeats_sequence,
    refusal_tells_sequence,
    grant_within_request,
    leaving_ends_lifetime,
    leaving_answered_at_once,
    stamp_is_answered,
    stamp_comes_back,
    no_stamp_unasked,
    stamps_advance,
    sequences_advance,
    first_timeout,
    first_timeout_of_bound,
    back_off_doubles,
    back_off_is_capped,
    repetition_counts_up,
    refresh_before_end,
    uplink_while_bound,
    uplink_until_end,
    downlink_to_bound,
    downlink_until_end,
};

namespace {

struct RuleText {
    const char* name;
    const char* proves;
    const char* when = "";
};

// In the order of Dialogue::Rule.
constexpr std::array rules{
    RuleText{"answer-repeats-sequence", "PMIP6-LMA-083"},
    RuleText{"refusal-tells-sequence", "PMIP6-LMA-117"},
    RuleText{"grant-within-request", "PMIP6-LMA-150"},
    RuleText{"leaving-ends-lifetime", "PMIP6-LMA-066"},
    RuleText{"leaving-answered-at-once", "PMIP6-LMA-064"},
    RuleText{"stamp-is-answered", "PMIP6-LMA-105"},
    RuleText{"stamp-comes-back", "PMIP6-LMA-111"},
    RuleText{"no-stamp-unasked", "PMIP6-LMA-116", "draft02"},
    RuleText{"stamps-advance", "PMIP6-LMA-108"},
    RuleText{"sequences-advance", "PMIP6-LMA-115"},
    RuleText{"first-timeout", "PMIP6-MAG-121"},
    RuleText{"first-timeout-of-bound", "PMIP6-MAG-122"},
    RuleText{"back-off-doubles", "PMIP6-MAG-120"},
    RuleText{"back-off-is-capped", "PMIP6-MAG-123"},
    RuleText{"repetition-counts-up", "PMIP6-MAG-124"},
    RuleText{"refresh-before-end", "PMIP6-MAG-091"},
    RuleText{"uplink-while-bound", "PMIP6-MAG-154"},
    RuleText{"uplink-until-end", "PMIP6-MAG-101"},
    RuleText{"downlink-to-bound", "PMIP6-LMA-192"},
    RuleText{"downlink-until-end", "PMIP6-LMA-152"},
};

constexpr std::uint8_t accepted_below = 128, sequence_out_of_window = 135;
constexpr base::Duration unit = 4s;
// The same frame, seen at two places or doubled by the network.
constexpr base::Duration again = 10ms;
// RFC 3775, 12: INITIAL_BINDACK_TIMEOUT and MAX_BINDACK_TIMEOUT.
constexpr base::Duration first_timeout = 1s, longest_timeout = 32s;
// An update so long after another one repeats nothing: what lies between was not captured.
constexpr base::Duration too_late_to_repeat = 60s;
// What was on its way when a binding changed, and what clocks and captures are apart.
constexpr base::Duration grace = 1s;
// proxymip6-02, 5.3.1: the answer does not wait for the deletion of the entry, which takes seconds.
constexpr base::Duration at_once = 1s;
constexpr std::uint8_t consequences = 0x80;

std::string in_seconds(base::Duration time) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(time).count());
}

void count(std::uint16_t& number) {
    if (number != 0xffff)
        ++number;
}

base::Duration of_lifetime(std::uint16_t units) {
    return units == 0xffff ? base::Duration(24h * 36500) : units * unit; // RFC 3775, 6.1.7: infinity
}

} // namespace

Dialogue::Dialogue(Options options)
    : options_(std::move(options)),
      bench_(nowhere_, {"*"}, options_.ledger, options_.dialect, options_.strict, true), kept_(rules.size()) {
}

std::vector<std::string> Dialogue::requirements() {
    std::vector<std::string> all;
    for (const auto& rule : rules)
        all.emplace_back(rule.proves);
    return all;
}

std::string Dialogue::node(const Session& session) const {
    return std::string(session.about);
}

model::Proofs Dialogue::proofs(Rule rule) const {
    return {{rules[static_cast<std::size_t>(rule)].proves, {}}};
}

Circumstance Dialogue::circumstance(const Breach& breach) const {
    Circumstance here;
    here.step = std::string("rule ") + rules[static_cast<std::size_t>(breach.rule)].name;
    here.culprit = base::text(sessions_.address(breach.culprit));
    here.packet = breach.packet;
    here.at = breach.at - start_.value_or(breach.at);
    return here;
}

void Dialogue::kept(Rule rule, std::uint32_t by, std::uint64_t packet, base::Wall at) {
    auto& first = kept_[static_cast<std::size_t>(rule)];
    if (judging_ && first.packet == 0 && !is_exempt(by))
        first = {packet, by, at};
}

void Dialogue::broken(Session& session, Breach breach) {
    clean_ = false;
    const auto& text = rules[static_cast<std::size_t>(breach.rule)];
    if (!judging_ || is_exempt(breach.culprit) || !options_.dialect.applies(text.when))
        return;
    const bool follows = session.suspect != 0;
    const auto key = static_cast<std::uint8_t>(breach.rule);
    auto& record = records_[{static_cast<std::uint8_t>(follows ? key | consequences : key), breach.culprit}];
    if (++record.broken > options_.most_findings)
        return;
    const std::size_t before = record.findings.size();
    bench_.broken(proofs(breach.rule), circumstance(breach),
                  fmt::format("{}: {}", node(session), breach.sentence),
                  {{breach.field, breach.expected, breach.actual, 0, 0}}, record.findings);
    if (!follows)
        return;
    for (std::size_t at = before; at < record.findings.size(); ++at) {
        auto& finding = record.findings[at];
        finding.verdict = model::Verdict::observed;
        finding.name = "consequence-of";
        finding.value = std::to_string(session.suspect);
        finding.sentence += fmt::format(" (a consequence of packet {})", session.suspect);
    }
}

void Dialogue::undecided(Session& session, Breach breach) {
    const auto& text = rules[static_cast<std::size_t>(breach.rule)];
    if (!judging_ || is_exempt(breach.culprit) || !options_.dialect.applies(text.when) ||
        session.suspect != 0)
        return;
    auto& record = records_[{static_cast<std::uint8_t>(breach.rule), breach.culprit}];
    if (++record.broken > options_.most_findings)
        return;
    auto finding = bench_.plain(model::Verdict::inconclusive, circumstance(breach),
                                fmt::format("{}: {}", node(session), breach.sentence));
    finding.requirement = text.proves;
    if (const auto* requirement = options_.ledger ? options_.ledger->find(text.proves) : nullptr)
        finding.level = requirement->level;
    record.findings.push_back(std::move(finding));
}

void Dialogue::see(const Signal& signal) {
    Session* session = sessions_.find(signal.hash, signal.about, signal.anchor);
    if (!session)
        return;
    if (!start_)
        start_ = signal.at;
    const std::uint32_t gateway = sessions_.party(signal.gateway);
    if (session->messages++ == 0)
        session->first = signal.packet;
    session->last = signal.packet;
    session->gateway = gateway;
    session->is_proxy = signal.is_proxy;
    judging_ = options_.is_judging && signal.is_proxy;
    if (!signal.is_right && session->suspect == 0)
        session->suspect = signal.packet;
    if (!signal.is_heeded)
        return;
    clean_ = signal.is_right;
    if (signal.is_answer)
        answer(signal, *session, gateway);
    else
        update(signal, *session, gateway);
    if (!clean_ && session->suspect == 0)
        session->suspect = signal.packet;
    else if (clean_ && signal.is_answer)
        session->suspect = 0;
}

void Dialogue::update(const Signal& signal, Session& session, std::uint32_t gateway) {
    base::Duration gap{};
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next) {
        const Request before = sessions_.request(at);
        if (before.gateway != gateway)
            continue;
        const bool same_kind = (before.lifetime == 0) == (signal.lifetime == 0);
        if (same_kind && before.sequence == signal.sequence && signal.at - before.at < again)
            return;
        gap = signal.at - before.at;
        if (same_kind && gap < too_late_to_repeat)
            repetition(signal, session, gateway, before);
        else
            gap = {};
        break;
    }
    if (gap == base::Duration{} && signal.lifetime != 0 && session.bound_to == gateway) {
        if (signal.at <= session.bound_until)
            kept(Rule::refresh_before_end, gateway, signal.packet, signal.at);
        else
            undecided(session, {Rule::refresh_before_end,
                                gateway,
                                signal.packet,
                                signal.at,
                                fmt::format("the binding had ended {} before this update: whether the node "
                                            "had left meanwhile is not in the capture",
                                            in_seconds(signal.at - session.bound_until)),
                                {},
                                {},
                                {}});
    }
    Request& request = sessions_.add_request(session);
    request.at = signal.at;
    request.gap = gap;
    request.stamp = signal.stamp.value_or(0);
    request.packet = signal.packet;
    request.gateway = gateway;
    request.sequence = signal.sequence;
    request.lifetime = signal.lifetime;
}

void Dialogue::repetition(const Signal& signal, Session& session, std::uint32_t gateway,
                          const Request& before) {
    count(session.retransmissions);
    const base::Duration gap = signal.at - before.at;
    const auto breach = [&](Rule rule, std::string sentence, std::string field, std::string expected,
                            std::string actual) {
        return Breach{rule,
                      gateway,
                      signal.packet,
                      signal.at,
                      std::move(sentence),
                      std::move(field),
                      std::move(expected),
                      std::move(actual)};
    };
    if (comes_after(signal.sequence, before.sequence))
        kept(Rule::repetition_counts_up, gateway, signal.packet, signal.at);
    else
        broken(session,
               breach(Rule::repetition_counts_up,
                      fmt::format("the update of packet {} is repeated with a number that is no "
                                  "higher",
                                  before.packet),
                      "sequence", fmt::format("after {}", before.sequence), std::to_string(signal.sequence)));
    if (before.gap == base::Duration{}) {
        const Rule rule = session.bound_to == gateway ? Rule::first_timeout_of_bound : Rule::first_timeout;
        if (10 * gap >= 9 * first_timeout)
            return kept(rule, gateway, signal.packet, signal.at);
        return broken(session,
                      breach(rule, fmt::format("the update of packet {} is repeated too soon", before.packet),
                             "time", "at least " + in_seconds(first_timeout), in_seconds(gap)));
    }
    if (10 * gap > 11 * longest_timeout)
        return undecided(session, breach(Rule::back_off_is_capped,
                                         fmt::format("the next update came {} after packet {}: whether all "
                                                     "between were captured is not to be seen",
                                                     in_seconds(gap), before.packet),
                                         {}, {}, {}));
    kept(Rule::back_off_is_capped, gateway, signal.packet, signal.at);
    const base::Duration due = std::min(2 * before.gap, longest_timeout);
    if (10 * gap < 9 * due)
        return broken(session, breach(Rule::back_off_doubles,
                                      fmt::format("the update of packet {} is repeated too soon: the one "
                                                  "before was repeated after {}",
                                                  before.packet, in_seconds(before.gap)),
                                      "time", "about " + in_seconds(due), in_seconds(gap)));
    if (10 * gap > 12 * due + 10 * grace)
        return undecided(session, breach(Rule::back_off_doubles,
                                         fmt::format("{} after packet {} where {} was due: an update may be "
                                                     "missing in the capture",
                                                     in_seconds(gap), before.packet, in_seconds(due)),
                                         {}, {}, {}));
    kept(Rule::back_off_doubles, gateway, signal.packet, signal.at);
}

void Dialogue::answer(const Signal& signal, Session& session, std::uint32_t gateway) {
    const auto open = [&](auto is_it) {
        for (std::uint32_t* at = &session.requests; *at != Session::none; at = &sessions_.request(*at).next)
            if (const Request& one = sessions_.request(*at); one.gateway == gateway && is_it(one))
                return at;
        return static_cast<std::uint32_t*>(nullptr);
    };
    const auto any = [](const Request&) { return true; };
    if (signal.status == sequence_out_of_window) {
        if (session.is_sequence_known && signal.sequence != session.sequence)
            broken(session, {Rule::refusal_tells_sequence, session.anchor, signal.packet, signal.at,
                             "the refusal tells another number than the one accepted last", "sequence",
                             std::to_string(session.sequence), std::to_string(signal.sequence)});
        else if (session.is_sequence_known)
            kept(Rule::refusal_tells_sequence, session.anchor, signal.packet, signal.at);
        count(session.refusals);
        if (auto* newest = open(any))
            sessions_.remove_request(*newest);
        return;
    }
    auto* found = open([&](const Request& one) { return one.sequence == signal.sequence; });
    if (!found) {
        if (session.messages > 1 && session.answered == signal.sequence && session.is_sequence_known)
            return; // once more
        unrequested(signal, session, gateway);
        if (auto* newest = open(any))
            sessions_.remove_request(*newest);
    } else {
        kept(Rule::answer_repeats_sequence, session.anchor, signal.packet, signal.at);
    }
    session.answered = signal.sequence;
    Request request;
    if (found) {
        request = sessions_.request(*found);
        sessions_.remove_request(*found);
        // What was sent before it has no answer to expect any more.
        while (*found != Session::none)
            if (const auto number = *found; sessions_.request(number).gateway == gateway)
                sessions_.remove_request(*found);
            else
                found = &sessions_.request(number).next;
    } else {
        request.lifetime = signal.lifetime;
    }
    if (signal.status >= accepted_below) {
        count(session.refusals);
        return;
    }
    accepted(signal, session, gateway, request);
}

void Dialogue::unrequested(const Signal& signal, Session& session, std::uint32_t gateway) {
    std::string numbers;
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next)
        if (const Request& one = sessions_.request(at); one.gateway == gateway)
            numbers += fmt::format("{}{}", numbers.empty() ? "" : " or ", one.sequence);
    if (numbers.empty())
        return undecided(session, {Rule::answer_repeats_sequence,
                                   session.anchor,
                                   signal.packet,
                                   signal.at,
                                   fmt::format("no update of {} with the number {} that waits for an answer "
                                               "is in the capture",
                                               base::text(signal.gateway), signal.sequence),
                                   {},
                                   {},
                                   {}});
    broken(session, {Rule::answer_repeats_sequence, session.anchor, signal.packet, signal.at,
                     "the answer does not bear the number of the update that waits for it", "sequence",
                     numbers, std::to_string(signal.sequence)});
}

void Dialogue::stamp(const Signal& signal, Session& session, const Request& request) {
    const auto breach = [&](Rule rule, std::string sentence, std::string expected, std::string actual) {
        broken(session, {rule, session.anchor, signal.packet, signal.at, std::move(sentence),
                         "timestamp.value", std::move(expected), std::move(actual)});
    };
    if (request.stamp == 0) {
        if (signal.stamp)
            breach(Rule::no_stamp_unasked,
                   fmt::format("the update of packet {} had no timestamp", request.packet), "absent",
                   std::to_string(*signal.stamp));
        return;
    }
    if (!signal.stamp)
        return breach(Rule::stamp_is_answered,
                      fmt::format("the update of packet {} had a timestamp", request.packet),
                      std::to_string(request.stamp), "absent");
    kept(Rule::stamp_is_answered, session.anchor, signal.packet, signal.at);
    if (*signal.stamp != request.stamp)
        return breach(
            Rule::stamp_comes_back,
            fmt::format("the timestamp is not that of the accepted update of packet {}", request.packet),
            std::to_string(request.stamp), std::to_string(*signal.stamp));
    kept(Rule::stamp_comes_back, session.anchor, signal.packet, signal.at);
}

void Dialogue::accepted(const Signal& signal, Session& session, std::uint32_t gateway,
                        const Request& request) {
    const auto breach = [&](Rule rule, std::string sentence, std::string field, std::string expected,
                            std::string actual) {
        broken(session, {rule, session.anchor, signal.packet, signal.at, std::move(sentence),
                         std::move(field), std::move(expected), std::move(actual)});
    };
    if (request.packet != 0) {
        stamp(signal, session, request);
        if (request.lifetime == 0) {
            if (signal.lifetime != 0)
                breach(Rule::leaving_ends_lifetime,
                       fmt::format("packet {} asked for the end of the binding", request.packet), "lifetime",
                       "0", std::to_string(signal.lifetime));
            else
                kept(Rule::leaving_ends_lifetime, session.anchor, signal.packet, signal.at);
            if (signal.at - request.at > at_once)
                breach(Rule::leaving_answered_at_once,
                       fmt::format("the de-registration of packet {} waited for its answer", request.packet),
                       "time", "at most " + in_seconds(at_once), in_seconds(signal.at - request.at));
            else
                kept(Rule::leaving_answered_at_once, session.anchor, signal.packet, signal.at);
        } else if (signal.lifetime > request.lifetime) {
            breach(Rule::grant_within_request,
                   fmt::format("more is granted than packet {} asked for", request.packet), "lifetime",
                   fmt::format("at most {}", request.lifetime), std::to_string(signal.lifetime));
        } else {
            kept(Rule::grant_within_request, session.anchor, signal.packet, signal.at);
        }
        // What is remembered of a node ends with its entry.
        const bool is_bound = session.bound_to != Session::none && signal.at <= session.bound_until;
        if (request.stamp != 0 && session.stamp != 0 && is_bound) {
            if (request.stamp <= session.stamp)
                breach(Rule::stamps_advance,
                       fmt::format("the timestamp of packet {} is no later than the one accepted before",
                                   request.packet),
                       "timestamp.value", fmt::format("greater than {}", session.stamp),
                       std::to_string(request.stamp));
            else
                kept(Rule::stamps_advance, session.anchor, signal.packet, signal.at);
        }
        if (request.stamp == 0 && session.stamp == 0 && session.is_sequence_known && is_bound) {
            if (!comes_after(request.sequence, session.sequence))
                breach(Rule::sequences_advance,
                       fmt::format("packet {} bears a number that is no higher than the one accepted before",
                                   request.packet),
                       "sequence", fmt::format("after {}", session.sequence),
                       std::to_string(request.sequence));
            else
                kept(Rule::sequences_advance, session.anchor, signal.packet, signal.at);
        }
        session.stamp = std::max(session.stamp, request.stamp);
        session.sequence = request.sequence;
        session.is_sequence_known = true;
    }
    if (request.lifetime == 0 || signal.lifetime == 0) {
        if (session.bound_to == gateway) { // that of a gateway which has lost the node ends nothing
            session.bound_before = gateway;
            session.bound_to = Session::none;
            session.changed = signal.at;
        }
        return;
    }
    if (session.bound_to != gateway) {
        const auto last = session.bound_to != Session::none ? session.bound_to : session.bound_before;
        if (last != Session::none && last != gateway)
            count(session.handovers);
        session.bound_before = session.bound_to;
        session.bound_to = gateway;
        session.changed = signal.at;
    }
    session.bound_until = signal.at + of_lifetime(signal.lifetime);
    if (signal.prefix && signal.prefix->length <= 128 && signal.prefix->length >= 16 &&
        (signal.prefix->address != session.prefix || signal.prefix->length != session.prefix_length)) {
        session.prefix = signal.prefix->address;
        session.prefix_length = static_cast<std::uint8_t>(signal.prefix->length);
        sessions_.index_prefix(session);
    }
}

void Dialogue::see(const Tunnelled& packet) {
    if (sessions_.is_anchor(sessions_.known_party(packet.from))) {
        if (Session* session = sessions_.of_prefix(packet.destination))
            downlink(packet, *session);
        else
            ++of_strangers_;
    } else if (sessions_.is_anchor(sessions_.known_party(packet.to))) {
        if (Session* session = sessions_.of_prefix(packet.source))
            uplink(packet, *session);
        else
            ++of_strangers_;
    }
}

void Dialogue::downlink(const Tunnelled& packet, Session& session) {
    if (sessions_.address(session.anchor) != packet.from || session.bound_to == Session::none)
        return;
    judging_ = options_.is_judging && session.is_proxy;
    const std::uint32_t gateway = sessions_.known_party(packet.to);
    if (packet.at > session.bound_until + grace)
        return broken(session, {Rule::downlink_until_end, session.anchor, packet.packet, packet.at,
                                "a packet is still tunnelled to the node", "time", "until the binding ends",
                                in_seconds(packet.at - session.bound_until) + " later"});
    if (gateway == session.bound_to) {
        kept(Rule::downlink_to_bound, session.anchor, packet.packet, packet.at);
        return;
    }
    if (packet.at < session.changed + grace)
        return;
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next)
        if (const Request& one = sessions_.request(at); one.gateway == gateway)
            return undecided(session,
                             {Rule::downlink_to_bound,
                              session.anchor,
                              packet.packet,
                              packet.at,
                              fmt::format("the update of packet {} has no answer in the capture", one.packet),
                              {},
                              {},
                              {}});
    broken(session,
           {Rule::downlink_to_bound, session.anchor, packet.packet, packet.at,
            "a packet is tunnelled to another gateway than the one that is registered", "ipv6.destination",
            base::text(sessions_.address(session.bound_to)), base::text(packet.to)});
}

void Dialogue::uplink(const Tunnelled& packet, Session& session) {
    if (sessions_.address(session.anchor) != packet.to)
        return;
    judging_ = options_.is_judging && session.is_proxy;
    const std::uint32_t gateway = sessions_.known_party(packet.from);
    if (gateway == session.bound_to && gateway != Session::none) {
        if (packet.at <= session.bound_until + grace)
            return kept(Rule::uplink_while_bound, gateway, packet.packet, packet.at);
        return broken(session, {Rule::uplink_until_end, gateway, packet.packet, packet.at,
                                "a packet of the node is still tunnelled", "time", "until the binding ends",
                                in_seconds(packet.at - session.bound_until) + " later"});
    }
    if (packet.at < session.changed + grace)
        return;
    const std::uint32_t culprit = sessions_.party(packet.from);
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next)
        if (const Request& one = sessions_.request(at); one.gateway == culprit)
            return undecided(session,
                             {Rule::uplink_while_bound,
                              culprit,
                              packet.packet,
                              packet.at,
                              fmt::format("the update of packet {} has no answer in the capture", one.packet),
                              {},
                              {},
                              {}});
    broken(session,
           {Rule::uplink_while_bound, culprit, packet.packet, packet.at,
            "a packet of the node is tunnelled by a gateway that has no binding for it", "ipv6.source",
            session.bound_to != Session::none ? base::text(sessions_.address(session.bound_to))
                                              : std::string("nobody: the binding was ended"),
            base::text(packet.from)});
}

std::vector<model::Finding> Dialogue::findings() const {
    std::vector<model::Finding> all;
    std::array<bool, rules.size()> is_settled{};
    for (const auto& [key, record] : records_) {
        if ((key.first & consequences) == 0)
            is_settled[key.first] = true;
        for (auto finding : record.findings) {
            if (record.broken > options_.most_findings)
                finding.sentence += fmt::format("; {} packets in all", record.broken);
            all.push_back(std::move(finding));
        }
    }
    for (std::size_t index = 0; options_.is_judging && index < rules.size(); ++index) {
        const auto& kept = kept_[index];
        if (kept.packet == 0 || is_settled[index] || !options_.dialect.applies(rules[index].when))
            continue;
        Breach right{static_cast<Rule>(index), kept.by, kept.packet, kept.at, {}, {}, {}, {}};
        bench_.passed(proofs(right.rule), circumstance(right),
                      fmt::format("rule {} holds", rules[index].name), all);
    }
    return all;
}

} // namespace judge
