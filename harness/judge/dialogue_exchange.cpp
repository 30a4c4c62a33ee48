// What an update and its acknowledgement owe each other.
#include "harness/judge/dialogue.h"
#include "harness/judge/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {

using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t accepted_below = 128, sequence_out_of_window = 135;
constexpr base::Duration unit = 4s;
// The same frame, seen at two places or doubled by the network.
constexpr base::Duration again = 10ms;
// It has passed routers meanwhile, as its hop limit tells: the end of a tunnel, or one that is slow.
constexpr base::Duration on_its_way = 500ms;
// An update so long after another one repeats nothing: what lies between was not captured.
constexpr base::Duration too_late_to_repeat = 60s;
// proxymip6-02, 5.3.1: the answer does not wait for the deletion of the entry, which takes seconds.
constexpr base::Duration at_once = 1s;

void count(std::uint16_t& number) {
    if (number != 0xffff)
        ++number;
}

base::Duration of_lifetime(std::uint16_t units) {
    return units == 0xffff ? base::Duration(24h * 36500) : units * unit; // RFC 3775, 6.1.7: infinity
}

} // namespace

void Dialogue::update(const Signal& signal, Session& session, std::uint32_t gateway) {
    const std::uint32_t care_of = signal.care_of ? sessions_.party(*signal.care_of) : gateway;
    base::Duration gap{};
    for (std::uint32_t at = session.requests; at != Session::none; at = sessions_.request(at).next) {
        const Request before = sessions_.request(at);
        if (before.gateway != gateway)
            continue;
        const bool same_kind = (before.lifetime == 0) == (signal.lifetime == 0);
        const auto soon = signal.hop_limit < before.hop_limit ? on_its_way : again;
        if (same_kind && before.sequence == signal.sequence && signal.at - before.at < soon)
            return;
        gap = signal.at - before.at;
        if (same_kind && gap < too_late_to_repeat) {
            count(session.retransmissions);
            repetition(signal, session, before);
        } else
            gap = {};
        break;
    }
    if (gap == base::Duration{} && signal.lifetime != 0 && session.bound_to == care_of) {
        if (signal.at <= session.bound_until)
            kept(Rule::refresh_before_end, gateway, signal.packet, signal.at);
        else
            undecided(session, {Rule::refresh_before_end,
                                gateway,
                                signal.packet,
                                signal.at,
                                fmt::format("the binding had ended {} before this update: whether the node "
                                            "had left meanwhile is not in the capture",
                                            seconds_of(signal.at - session.bound_until)),
                                {},
                                {},
                                {}});
    }
    for (const auto& network : signal.networks)
        sessions_.add_network(session, network);
    Request& request = sessions_.add_request(session);
    request.at = signal.at;
    request.gap = gap;
    request.stamp = signal.stamp.value_or(0);
    request.packet = signal.packet;
    request.gateway = gateway;
    request.care_of = care_of;
    request.sequence = signal.sequence;
    request.lifetime = signal.lifetime;
    request.hop_limit = signal.hop_limit;
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
        request.care_of = gateway;
    }
    for (const auto& network : signal.networks)
        sessions_.add_network(session, network);
    if (signal.status >= accepted_below) {
        count(session.refusals);
        return;
    }
    accepted(signal, session, request);
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

void Dialogue::accepted(const Signal& signal, Session& session, const Request& request) {
    const std::uint32_t gateway = request.care_of;
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
                       "time", "at most " + seconds_of(at_once), seconds_of(signal.at - request.at));
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
        // The next access router may not know where the one before it was.
        const bool counts_on = !is_host_ || session.bound_to == gateway;
        if (request.stamp == 0 && session.stamp == 0 && session.is_sequence_known && is_bound && counts_on) {
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
        // One that has lost the node ends its own leg, which says nothing of the other (netmip6-01, 3.3).
        if (!is_host_ || request.lifetime != 0 || session.bound_to == gateway) {
            session.sequence = request.sequence;
            session.is_sequence_known = true;
        }
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

} // namespace judge
