#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/script/loader.h"
#include "reports/json.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

// The verbs that tell what there is: list, coverage, explain, lint.

namespace run {

namespace {

std::string_view cost_name(model::Cost cost) {
    return cost == model::Cost::brief ? "short" : cost == model::Cost::medium ? "medium" : "long";
}

void say(const std::string& text) {
    write_to_output()(reports::clean(text));
}

std::string plural(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

} // namespace

int list_verb(const Options& options) {
    Options all = options;
    const auto suites = load_suites(all);
    const auto cases = select(all, *suites);
    if (options.json) {
        write_to_output()(reports::list_json(cases));
        return 0;
    }
    std::string out;
    for (const model::Case* one : cases) {
        out += fmt::format("{}  [{}; {}{}]\n    {}\n", one->id, base::join(one->under_test, " "),
                           cost_name(one->cost),
                           one->needs.empty() ? "" : "; needs " + base::join(one->needs, " "), one->title);
        if (const auto ids = one->proves(); !ids.empty())
            out += fmt::format("    proves {}\n", base::join(ids, " "));
    }
    say(out + plural(cases.size(), "case") + "\n");
    return 0;
}

namespace {

std::string explain_requirement(const model::Requirement& one, const Suites& suites) {
    std::string out = fmt::format("{}  {}, {}, clause {}\n  {}\n", one.id, model::name(one.level), one.role,
                                  one.section, one.text);
    if (!one.stimulus.empty())
        out += fmt::format("  stimulus: {}\n", one.stimulus);
    if (!one.observable.empty())
        out += fmt::format("  observed: {}\n", one.observable);
    if (!one.how.empty())
        out += fmt::format("  how: {}\n", one.how);
    if (!one.untestable.empty())
        out += fmt::format("  cannot be shown: {}\n", one.untestable);
    if (one.project_choice)
        out += "  rests on a choice of this project: observed, not judged, with a foreign implementation\n";
    for (const auto& each : suites.library.cases) {
        const auto ids = each.proves();
        if (std::find(ids.begin(), ids.end(), one.id) != ids.end())
            out += fmt::format("  named by {}  ({})\n", each.id, each.title);
    }
    for (const auto& rule : suites.library.rules)
        for (const auto& proof : rule.proves)
            if (proof.id == one.id)
                out += fmt::format("  named by rule {}, in every transcript\n", rule.name);
    return out;
}

std::string explain_case(const model::Case& one, const Suites& suites) {
    std::string out = fmt::format("{}  {}\n  {}\n", one.id, model::text(one.where), one.title);
    if (!one.says.empty())
        out += fmt::format("  {}\n", base::join(base::split(one.says), " "));
    out += fmt::format("  under test: {}; topology {}; cost {}; profile {}\n",
                       base::join(one.under_test, " "), one.topology.name, cost_name(one.cost), one.profile);
    if (!one.purpose.empty())
        out += fmt::format("  purpose: {}\n", one.purpose);
    if (!one.needs.empty())
        out += fmt::format("  needs: {}\n", base::join(one.needs, " "));
    for (const auto& node : one.topology.nodes)
        out += fmt::format("  {} ({}) is played by: {}\n", node.name, node.role, model::name(node.player));
    for (const auto& id : one.proves()) {
        const auto* requirement = suites.ledger.find(id);
        if (!requirement)
            continue;
        out += fmt::format("  proves {} ({}, {}): {}\n", id, model::name(requirement->level),
                           requirement->section, requirement->text);
        if (!requirement->stimulus.empty())
            out += fmt::format("    stimulus: {}\n", requirement->stimulus);
        if (!requirement->observable.empty())
            out += fmt::format("    observed: {}\n", requirement->observable);
    }
    return out;
}

std::string explain_element(const wire::ElementKind& kind) {
    std::string out =
        fmt::format("<{}>{}\n", kind.name, kind.is_layer ? "  may stand directly in a packet" : "");
    for (const auto& field : kind.fields) {
        static constexpr std::string_view types[] = {
            "number", "bit", "IPv6 address", "IPv4 address", "Ethernet address", "octets", "text"};
        out += fmt::format("  {}: {}", field.name, types[static_cast<std::size_t>(field.type)]);
        if (field.bits != 0)
            out += fmt::format(" of {} bits", field.bits);
        if (!field.unit.empty())
            out += fmt::format(", in units of {}", field.unit);
        if (field.derived)
            out += ", right unless written";
        if (field.names) {
            out += ":";
            for (const auto& entry : field.names->entries)
                out += fmt::format(" {}={}", entry.name, entry.number);
        }
        out += "\n";
    }
    if (!kind.children.empty())
        out += fmt::format("  holds: {}\n", base::join(kind.children, " "));
    return out;
}

std::string explain_mutant(const std::string& word) {
    for (const auto& one : faulty_peers())
        if (one.id == word)
            return fmt::format("{}  a faulty peer ({}): {}\n  violates {}\n", one.id, one.role, one.title,
                               base::join(one.violates, " "));
    return {};
}

std::string explain_cases(Options names, const std::string& word, const Suites& suites) {
    const auto other = words_to_explain(names);
    names.what = {word};
    names.cost = "long";
    std::string out;
    try {
        for (const model::Case* one : select(names, suites))
            out += explain_case(*one, suites);
    } catch (const Trouble&) {
        const std::string near = base::nearest(word, other);
        if (near.empty())
            throw;
        throw Trouble(
            fmt::format("nothing is called \"{}\" (did you mean \"{}\"?)", reports::clean(word), near));
    }
    return out;
}

} // namespace

int explain_verb(const Options& options) {
    Options names = options;
    names.what.clear();
    const auto suites = load_suites(names);
    std::string out;
    for (const auto& word : options.what) {
        if (word == "vocabulary") {
            for (const auto& kind : wire::vocabulary())
                out += explain_element(kind);
            continue;
        }
        if (const auto* requirement = suites->ledger.find(word)) {
            out += explain_requirement(*requirement, *suites);
            continue;
        }
        std::string own = explain_word(names, word);
        if (const auto* kind = wire::find_kind(word))
            own += explain_element(*kind);
        own += explain_mutant(word);
        out += own.empty() ? explain_cases(names, word, *suites) : own;
    }
    say(out);
    return 0;
}

} // namespace run
