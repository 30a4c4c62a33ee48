#include "harness/script/draft_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace script {
namespace {

using namespace std::chrono_literals;
using What = DraftStep::What;

using Names = std::set<std::string>;

/// Names of steps that the element refers to.
void collect(const Written& element, Names& names) {
    for (const auto& field : element.fields)
        for (std::size_t at = field.text.find("${"); at != std::string::npos;
             at = field.text.find("${", at + 1))
            names.insert(field.text.substr(at + 2, field.text.find_first_of(".}", at) - at - 2));
    for (const auto& child : element.children)
        collect(child, names);
}

/// Only names that somebody uses are written.
Names used_names(const std::vector<DraftStep>& steps) {
    Names names;
    for (const auto& step : steps)
        names.merge(names_in(step));
    return names;
}

base::Duration pause_before(const DraftStep& step, base::Mono before, const DraftOptions& options) {
    if (!step.is_cause || options.pace <= 0 || step.at - before < options.shortest_pause)
        return {};
    const auto pause = std::chrono::duration_cast<base::Duration>((step.at - before) * options.pace);
    const base::Duration unit = options.proves.empty() ? 100ms : 1us;
    return (pause + unit / 2) / unit * unit;
}

std::string step_text(const DraftStep& step, const Names& used, const std::string& proves) {
    if (step.what == What::attach || step.what == What::move)
        return fmt::format("    <{} node=\"{}\" to=\"{}\"/>\n", step.what == What::move ? "move" : "attach",
                           step.from, step.to);
    if (step.what == What::detach)
        return fmt::format("    <detach node=\"{}\"/>\n", step.from);
    if (step.what == What::tell)
        return fmt::format("    <tell node=\"{}\" {}/>\n", step.from, step.words);
    const char* name = step.what == What::send ? "send" : step.what == What::never ? "never" : "expect";
    std::string out = fmt::format("    <{}", name);
    const auto attribute = [&](const char* what, const std::string& value) {
        if (!value.empty())
            out += fmt::format(" {}=\"{}\"", what, quoted_for_xml(value));
    };
    attribute("from", step.from);
    attribute("to", step.to);
    attribute("on", step.on);
    attribute("port", step.port);
    if (step.what == What::expect) {
        attribute("within", base::text_of(std::chrono::ceil<std::chrono::seconds>(step.due + 500ms)));
        attribute("for", step.about);
        attribute("answers", step.answers);
    }
    if (step.what == What::never) {
        attribute("for", "quiet");
        attribute("about", step.about);
        attribute("answers", step.answers);
    }
    if (used.contains(step.as))
        attribute("as", step.as);
    if (step.what == What::expect)
        attribute("proves", proves);
    out += ">";
    for (const auto& layer : step.layers)
        out += xml(layer);
    return out + fmt::format("</{}>\n", name);
}

/// "Registration and handover, as recorded".
std::string title(const std::vector<DraftStep>& steps) {
    std::vector<std::string> kinds;
    for (const auto& step : steps) {
        const auto last = step.as.find_last_not_of("-0123456789");
        const auto kind = step.as.substr(0, last == std::string::npos ? 0 : last + 1);
        if (!kind.empty() && kind != "acknowledgement" && std::ranges::find(kinds, kind) == kinds.end())
            kinds.push_back(kind);
    }
    if (kinds.empty())
        return "What was recorded";
    std::string out = kinds.front();
    for (std::size_t i = 1; i < kinds.size(); ++i)
        out += (i + 1 == kinds.size() ? " and " : ", ") + kinds[i];
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out + ", as recorded";
}

} // namespace

std::set<std::string> names_in(const DraftStep& step) {
    Names names{step.answers};
    for (const auto& layer : step.layers)
        collect(layer, names);
    return names;
}

void write_draft(const DraftHead& head, const std::vector<DraftStep>& steps, Draft& out) {
    base::Mono before = steps.empty() ? base::Mono{} : steps.front().at;
    std::vector<base::Duration> pauses;
    for (const auto& step : steps) {
        pauses.push_back(pause_before(step, before, head.options));
        out.pauses += pauses.back();
        before = std::max(before, step.at);
    }
    const char* cost = out.pauses < 2s ? "short" : out.pauses < 15s ? "medium" : "long";
    std::string& text = out.text;
    text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<suite name=\"{}\" spec=\"{}\" sut=\"{}\" profiles=\"{}\">\n",
                        quoted_for_xml(head.options.suite), head.bench.spec, head.bench.role,
                        head.options.profile);
    text += fmt::format("  <use templates=\"{}\" topology=\"{}\"/>\n\n", head.bench.templates,
                        head.bench.topology_name);
    text += fmt::format("  <case name=\"as-recorded\" title=\"{}\" cost=\"{}\">\n", title(steps), cost);
    text += fmt::format("    <says>Drafted from {}, packets {} to {}.</says>\n",
                        quoted_for_xml(head.options.source), steps.empty() ? 0 : steps.front().number,
                        steps.empty() ? 0 : steps.back().number);
    if (!head.additions.empty()) {
        text += "    <topology>\n";
        for (const auto& one : head.additions)
            text += "      " + one + "\n";
        text += "    </topology>\n";
    }
    for (const auto& one : head.setups)
        text += "    " + one + "\n";
    const Names used = used_names(steps);
    auto line = static_cast<unsigned>(std::ranges::count(text, '\n')) + 1;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (pauses[i] != base::Duration{}) {
            text += fmt::format("    <wait for=\"{}\"/>\n", base::text_of(pauses[i]));
            ++line;
        }
        if (steps[i].what == What::expect)
            out.expected[line] = steps[i].number;
        else if (steps[i].what != What::never)
            ++out.sent;
        text += step_text(steps[i], used, head.options.proves);
        ++line;
    }
    text += "  </case>\n</suite>\n";
}

} // namespace script
