#include "harness/run/nothing.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace run {

namespace {

bool names(const std::vector<std::string>& ids, const std::string& glob) {
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return base::glob(glob, id); });
}

std::string rules_of(const Suites& suites, const std::string& glob) {
    std::vector<std::string> out;
    for (const auto& rule : suites.library.rules)
        if (std::any_of(rule.proves.begin(), rule.proves.end(),
                        [&](const model::Proof& proof) { return base::glob(glob, proof.id); }))
            out.push_back(rule.name);
    return base::join(out, ", ");
}

// Empty where cases prove it, and something else keeps them away.
std::string why_not(const std::string& glob, const Suites& suites) {
    const auto known = suites.ledger.ids();
    if (!names(known, glob)) {
        const std::string near = base::nearest(glob, known);
        return fmt::format("there is no requirement {}{}", glob,
                           near.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", near));
    }
    const auto& cases = suites.library.cases;
    if (std::any_of(cases.begin(), cases.end(),
                    [&](const model::Case& one) { return names(one.proves(), glob); }))
        return {};
    if (const std::string rules = rules_of(suites, glob); !rules.empty())
        return fmt::format(
            "no case proves {} by itself; whatever is played is judged by rules for it ({}): play "
            "a role or a suite, or `check` a capture",
            glob, rules);
    const auto* one = suites.ledger.find(glob);
    return one && !one->untestable.empty()
               ? fmt::format("no case proves {}: it cannot be shown, because {}", glob, one->untestable)
               : fmt::format("no case proves {}", glob);
}

std::string conditions(const Options& options, const std::vector<Implementation>& implementations) {
    std::string out;
    const auto add = [&](const char* name, const std::vector<std::string>& values) {
        for (const auto& value : values)
            out += fmt::format(" {} {}", name, value);
    };
    add("--requirement", options.requirements);
    add("--section", options.sections);
    add("--role", options.roles);
    add("--needs", options.needs);
    for (const auto& one : implementations)
        out += fmt::format(" --sut of role {}", one.sut.role);
    return out + " --cost " + options.cost;
}

} // namespace

std::string why_nothing(const Options& options, const Suites& suites,
                        const std::vector<Implementation>& implementations) {
    std::vector<std::string> reasons;
    for (const auto& glob : options.requirements)
        if (const std::string reason = why_not(glob, suites); !reason.empty())
            reasons.push_back(reason);
    Options dearest = options;
    dearest.cost = "long";
    if (reasons.empty() && options.cost != "long" && !select(dearest, suites).empty() &&
        implementations.empty())
        reasons.push_back(fmt::format("only cases dearer than --cost {} fit: add --cost long", options.cost));
    if (reasons.empty())
        reasons.push_back(fmt::format("no case{} fits all of{}",
                                      options.what.empty() ? "" : " of " + base::join(options.what, " "),
                                      conditions(options, implementations)));
    return base::join(reasons, "\n") + "\nnothing was played";
}

} // namespace run
