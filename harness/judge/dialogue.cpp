#include "harness/judge/dialogue.h"

#include <fmt/format.h>

namespace judge {

namespace {

constexpr std::uint8_t consequences = 0x80;

} // namespace

Dialogue::Dialogue(Options options)
    : options_(std::move(options)), is_host_(options_.spec == "nemo" || options_.spec == "netmip6"),
      proofs_(requirements_of(options_.spec, options_.dialect)),
      bench_(nowhere_, {"*"}, options_.ledger, options_.dialect, options_.strict, true) {}

std::string Dialogue::seconds_of(base::Duration time) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(time).count());
}

std::string Dialogue::node(const Session& session) const {
    return std::string(session.about);
}

const char* Dialogue::requirement(Rule rule) const {
    return proofs_[static_cast<std::size_t>(rule)];
}

Circumstance Dialogue::circumstance(const Breach& breach) const {
    Circumstance here;
    here.step = std::string("rule ") + name(breach.rule);
    here.culprit = base::text(sessions_.address(breach.culprit));
    here.packet = breach.packet;
    here.at = breach.at - start_.value_or(breach.at);
    return here;
}

void Dialogue::broken(Session& session, Breach breach) {
    const char* id = requirement(breach.rule);
    if (!id)
        return;
    clean_ = false;
    if (!judging_ || is_exempt(breach.culprit))
        return;
    const bool follows = session.suspect != 0;
    const auto key = static_cast<std::uint8_t>(breach.rule);
    auto& record = records_[{static_cast<std::uint8_t>(follows ? key | consequences : key), breach.culprit}];
    if (++record.broken > options_.most_findings)
        return;
    const std::size_t before = record.findings.size();
    bench_.broken({{id, {}}}, circumstance(breach), fmt::format("{}: {}", node(session), breach.sentence),
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
    const char* id = requirement(breach.rule);
    const bool follows = session.suspect != 0 && session.suspect != breach.packet;
    if (!id || !judging_ || is_exempt(breach.culprit) || follows)
        return;
    auto& record = records_[{static_cast<std::uint8_t>(breach.rule), breach.culprit}];
    if (++record.broken > options_.most_findings)
        return;
    auto finding = bench_.plain(model::Verdict::inconclusive, circumstance(breach),
                                fmt::format("{}: {}", node(session), breach.sentence));
    finding.requirement = id;
    if (const auto* row = options_.ledger ? options_.ledger->find(id) : nullptr)
        finding.level = row->level;
    record.findings.push_back(std::move(finding));
}

void Dialogue::kept_first(Rule rule, std::uint32_t by, std::uint64_t packet, base::Wall at) {
    if (judging_ && !is_exempt(by))
        kept_[static_cast<std::size_t>(rule)] = {packet, by, at};
}

void Dialogue::see(const Signal& signal) {
    Session* session = sessions_.find(signal.hash, signal.about, signal.anchor);
    if (!session)
        return;
    if (!start_)
        start_ = signal.at;
    const std::uint32_t gateway =
        signal.gateway_party != Session::none ? signal.gateway_party : sessions_.party(signal.gateway);
    if (session->messages++ == 0)
        session->first = signal.packet;
    session->last = signal.packet;
    session->gateway = gateway;
    session->is_judged = options_.is_judging && signal.is_proxy != is_host_;
    judging_ = session->is_judged;
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

std::vector<model::Finding> Dialogue::findings() const {
    std::vector<model::Finding> all;
    std::array<bool, dialogue_rules> is_settled{};
    for (const auto& [key, record] : records_) {
        if ((key.first & consequences) == 0)
            is_settled[key.first] = true;
        for (auto finding : record.findings) {
            if (record.broken > options_.most_findings)
                finding.sentence += fmt::format("; {} packets in all", record.broken);
            all.push_back(std::move(finding));
        }
    }
    for (std::size_t index = 0; options_.is_judging && index < dialogue_rules; ++index) {
        const auto& kept = kept_[index];
        if (kept.packet == 0 || is_settled[index] || !proofs_[index])
            continue;
        Breach right{static_cast<Rule>(index), kept.by, kept.packet, kept.at, {}, {}, {}, {}};
        bench_.passed({{proofs_[index], {}}}, circumstance(right),
                      fmt::format("rule {} holds", name(right.rule)), all);
    }
    return all;
}

} // namespace judge
