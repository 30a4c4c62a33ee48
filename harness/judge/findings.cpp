#include "harness/judge/findings.h"

#include <algorithm>

namespace judge {

using model::Level;
using model::Verdict;

Bench::Bench(const model::Topology& topology, std::set<std::string> under_test, const model::Ledger* ledger,
             Dialect dialect, bool strict, bool foreign)
    : topology_(topology), under_test_(std::move(under_test)), ledger_(ledger), dialect_(std::move(dialect)),
      strict_(strict), foreign_(foreign) {}

std::string Bench::duty(const std::string& by, const std::vector<std::string>& usual) const {
    if (!by.empty()) {
        if (topology_.node(by))
            return by;
        for (const auto& node : topology_.nodes)
            if (node.role == by && is_under_test(node.name))
                return node.name;
        for (const auto& node : topology_.nodes)
            if (node.role == by)
                return node.name;
        return by;
    }
    for (const auto& one : usual)
        if (is_under_test(one))
            return one;
    for (const auto& one : usual)
        if (topology_.node(one))
            return one;
    return under_test_.empty() ? std::string{} : *under_test_.begin();
}

Verdict Bench::verdict(const std::string& id, const Circumstance& circumstance) const {
    if (!is_under_test(circumstance.culprit))
        return Verdict::error;
    if (circumstance.part == Part::given)
        return Verdict::inconclusive;
    if (id.empty())
        return circumstance.part == Part::finally ? Verdict::observed : Verdict::fail;
    const auto* requirement = ledger_ ? ledger_->find(id) : nullptr;
    if (!requirement)
        return Verdict::fail;
    if (foreign_ && requirement->project_choice)
        return Verdict::observed;
    switch (requirement->level) {
    case Level::must:
    case Level::must_not:
    case Level::base:
        return Verdict::fail;
    case Level::should:
    case Level::should_not:
    case Level::expected:
        return strict_ ? Verdict::fail : Verdict::deviation;
    case Level::may:
        return Verdict::observed;
    }
    return Verdict::fail;
}

model::Finding Bench::plain(Verdict verdict, const Circumstance& circumstance, std::string sentence) const {
    model::Finding finding;
    finding.verdict = verdict;
    finding.sentence = std::move(sentence);
    finding.where = circumstance.where;
    finding.step = circumstance.step;
    finding.culprit = circumstance.culprit;
    finding.packet = circumstance.packet;
    finding.at = circumstance.at;
    finding.packet_text = circumstance.packet_text;
    return finding;
}

void Bench::passed(const model::Proofs& proves, const Circumstance& circumstance, const std::string& sentence,
                   std::vector<model::Finding>& findings) const {
    for (const auto& proof : proves) {
        if (!dialect_.applies(proof.when))
            continue;
        auto finding = plain(Verdict::pass, circumstance, sentence);
        finding.requirement = proof.id;
        if (const auto* requirement = ledger_ ? ledger_->find(proof.id) : nullptr)
            finding.level = requirement->level;
        findings.push_back(std::move(finding));
    }
}

Verdict Bench::broken(const model::Proofs& proves, const Circumstance& circumstance, std::string sentence,
                      std::vector<model::Difference> differences,
                      std::vector<model::Finding>& findings) const {
    Verdict gravest = Verdict::pass;
    const auto add = [&](const std::string& id) {
        auto finding = plain(verdict(id, circumstance), circumstance, sentence);
        finding.requirement = id;
        if (const auto* requirement = ledger_ && !id.empty() ? ledger_->find(id) : nullptr)
            finding.level = requirement->level;
        finding.differences = differences;
        gravest = std::max(gravest, finding.verdict);
        findings.push_back(std::move(finding));
    };
    bool any = false;
    for (const auto& proof : proves)
        if (dialect_.applies(proof.when)) {
            add(proof.id);
            any = true;
        }
    if (!any)
        add({});
    return gravest;
}

} // namespace judge
