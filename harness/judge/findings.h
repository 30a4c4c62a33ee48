#pragma once

#include "harness/judge/match.h"
#include "harness/model/requirement.h"
#include "harness/model/verdict.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace judge {

/// Where in a case something was found: a duty not met means something else before the body and after it.
enum class Part { given, body, finally };

/// What is known when something is found out about one step or rule.
struct Circumstance {
    Part part = Part::body;
    model::Where where;
    std::string step;    ///< its name or kind
    std::string culprit; ///< node that had the duty
    std::uint64_t packet = 0;
    base::Mono at{};
    std::string packet_text;
};

/// Turns what was seen into findings: who had the duty and how binding the requirement is decide the verdict
/// (SUITES 1 and 4).
class Bench {
public:
    /// `foreign`: a third-party implementation plays a role, so that choices of this project bind nobody.
    Bench(const model::Topology&, std::set<std::string> under_test, const model::Ledger*, Dialect,
          bool strict, bool foreign);

    /// A set with "*" has everybody under test.
    bool is_under_test(const std::string& node) const {
        return under_test_.contains(node) || (!node.empty() && under_test_.contains("*"));
    }
    /// The node that `by` names as node or role; otherwise the first of `usual` that is under test, otherwise
    /// the first of `usual`, otherwise the node under test.
    std::string duty(const std::string& by, const std::vector<std::string>& usual) const;

    /// One finding for each requirement that applies; none if there is none.
    void passed(const model::Proofs&, const Circumstance&, const std::string& sentence,
                std::vector<model::Finding>&) const;
    /// One finding for each requirement that applies, or one without an id. Returns the gravest verdict.
    model::Verdict broken(const model::Proofs&, const Circumstance&, std::string sentence,
                          std::vector<model::Difference>, std::vector<model::Finding>&) const;
    /// A finding of that verdict whoever had the duty.
    model::Finding plain(model::Verdict, const Circumstance&, std::string sentence) const;

    const Dialect& dialect() const { return dialect_; }
    const model::Ledger* ledger() const { return ledger_; }

private:
    model::Verdict verdict(const std::string& id, const Circumstance&) const;

    const model::Topology& topology_;
    std::set<std::string> under_test_;
    const model::Ledger* ledger_;
    Dialect dialect_;
    bool strict_, foreign_;
};

} // namespace judge
