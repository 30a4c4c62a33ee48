#include "harness/base/text.h"
#include "reports/page.h"
#include "reports/statement.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// A statement as a page and as XML.

namespace reports {

namespace {

constexpr std::array<std::string_view, 9> verdicts{"conforms",    "deviates",   "does not conform",
                                                   "not decided", "observed",   "not claimed",
                                                   "unsupported", "not tested", "untestable"};
constexpr std::array<std::string_view, 7> levels{"MUST",       "MUST NOT", "BASE", "SHOULD",
                                                 "SHOULD NOT", "EXPECTED", "MAY"};

std::uint64_t counted(const Statement& statement, std::string_view level, std::string_view verdict) {
    const auto of_level = statement.count.find(std::string(level));
    if (of_level == statement.count.end())
        return 0;
    const auto found = of_level->second.find(std::string(verdict));
    return found == of_level->second.end() ? 0 : found->second;
}

std::string css_class(std::string_view verdict) {
    std::string out(verdict);
    std::replace(out.begin(), out.end(), ' ', '-');
    return out;
}

std::string whom(const Statement& statement) {
    std::string out;
    for (const auto& one : statement.info.implementations)
        out += fmt::format("{}{}{}{}", out.empty() ? "" : " and ", one.name, one.version.empty() ? "" : " ",
                           one.version);
    if (out.empty() && !statement.info.suts.empty()) // a faulty peer that somebody looks at is no reference
        return base::join(statement.info.suts, " and ");
    return out.empty() ? "mobiconform's reference peers " + statement.info.harness : out;
}

std::string fact(std::string_view name, std::string_view value) {
    return value.empty() ? std::string{} : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, xml_text(value));
}

std::string facts(const Statement& statement) {
    const auto& info = statement.info;
    std::string out = "<dl>\n";
    for (const auto& one : info.implementations)
        out += fact("implementation",
                    fmt::format("{}, version {}, as {}, profile {}", one.name,
                                one.version.empty() ? "not told" : one.version, one.role, one.profile));
    if (info.implementations.empty())
        out += fact("implementation", whom(statement) + ", profile " + info.profile);
    out += fact("date", info.started);
    out += fact("host", info.host.empty() ? "not recorded" : info.host);
    out += fact("stage", info.stage == "sim" ? "virtual time" : "network namespaces, real time");
    out += fact("tested with", fmt::format("mobiconform {}, suites {}, specifications {}", info.harness,
                                           info.suites, info.specs));
    out += fact("command", info.command);
    out += fact("seed", fmt::format("{}", info.seed));
    out += fact("run", !statement.end ? "cut off before its end"
                       : statement.end->interrupted
                           ? "interrupted"
                           : fmt::format("whole, exit code {}", statement.end->exit_code));
    return out + "</dl>\n";
}

std::string summary_table(const Statement& statement) {
    std::string out = "<table class=\"summary\"><caption>Requirements by level</caption><thead><tr><th "
                      "scope=\"col\">level</th>";
    for (const auto verdict : verdicts)
        out += fmt::format("<th scope=\"col\">{}</th>", verdict);
    out += "</tr></thead><tbody>\n";
    for (const auto level : levels) {
        if (!statement.count.contains(std::string(level)))
            continue;
        out += fmt::format("<tr><th scope=\"row\">{}</th>", level);
        for (const auto verdict : verdicts) {
            const auto n = counted(statement, level, verdict);
            out += fmt::format("<td class=\"n {}\">{}</td>", n != 0 ? css_class(verdict) : "none",
                               n != 0 ? fmt::format("{}", n) : "");
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table>\n";
}

std::string evidence_html(const Statement::Evidence& one) {
    return fmt::format("<p><code>{}</code>{}{}</p>", xml_text(one.case_id),
                       one.packet != 0 ? fmt::format(", packet {}", one.packet) : std::string{},
                       one.sentence.empty() ? std::string{} : ": " + xml_text(one.sentence));
}

std::string evidence_html(const Statement::Row& row) {
    std::string out;
    if (!row.because.empty())
        out += fmt::format("<p>{}</p>", xml_text(row.because));
    for (const auto& one : row.evidence)
        out += evidence_html(one);
    if (row.cases > row.evidence.size())
        out += fmt::format("<p>and {} cases more</p>", row.cases - row.evidence.size());
    return out;
}

std::string rows_html(const Statement& statement) {
    std::string out, draft;
    for (const auto& row : statement.rows) {
        const auto& requirement = *row.requirement;
        if (requirement.suite != draft) {
            out +=
                fmt::format("{}<h2>{}</h2>\n<table><thead><tr><th scope=\"col\">requirement</th><th "
                            "scope=\"col\">verdict</th><th scope=\"col\">evidence</th></tr></thead><tbody>\n",
                            draft.empty() ? "" : "</tbody></table>\n", xml_text(requirement.suite));
            draft = requirement.suite;
        }
        out += fmt::format(
            "<tr><td><b>{}</b> <span>{}, {}</span><p>{}{}</p></td><td class=\"{}\">{}</td><td>{}</td></tr>\n",
            xml_text(requirement.id), model::name(requirement.level), xml_text(requirement.section),
            xml_text(requirement.text),
            requirement.project_choice ? " <i>(The text is silent here: a choice of this project.)</i>" : "",
            css_class(row.verdict), row.verdict, evidence_html(row));
    }
    return out + (draft.empty() ? "<p>Nothing was judged.</p>\n" : "</tbody></table>\n");
}

std::string failures_html(const Statement& statement) {
    std::string out;
    for (const auto& one : statement.failures)
        out += evidence_html(one);
    return out.empty()
               ? out
               : "<h2 class=\"does-not-conform\">Failures that no requirement stands for</h2>\n" + out + "\n";
}

std::string choices_html(const Statement& statement) {
    if (statement.choices.empty())
        return {};
    std::string out = "<h2>What the text leaves open, as observed</h2>\n<table><tbody>\n";
    for (const auto& one : statement.choices)
        out += fmt::format("<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n", xml_text(one.name),
                           xml_text(one.value), xml_text(one.case_id));
    return out + "</tbody></table>\n";
}

std::string attribute(std::string_view name, std::string_view value) {
    return value.empty() ? std::string{} : fmt::format(" {}=\"{}\"", name, xml_attribute(value));
}

std::string evidence_xml(std::string_view name, const Statement::Evidence& one) {
    return fmt::format("<{}{}{}{} seed=\"{}\"{}{}/>\n", name, attribute("case", one.case_id),
                       attribute("verdict", model::name(one.verdict)),
                       one.packet != 0 ? fmt::format(" packet=\"{}\"", one.packet) : std::string{}, one.seed,
                       attribute("capture", one.capture), attribute("sentence", one.sentence));
}

} // namespace

std::string statement_html(const Statement& statement) {
    const std::string title = "Conformance statement: " + whom(statement);
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<title>{0}</title>\n<style>\n{1}</style>\n"
        "</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        xml_text(title), statement_style());
    out += facts(statement);
    out += summary_table(statement);
    out += "<p class=\"note\">A requirement <em>conforms</em> where every case that judged it found it kept, "
           "in this run and "
           "on this host; nothing is said of what no case asked. Evidence is a case with its packet; the "
           "captures "
           "are in the directory of the run.";
    if (statement.other_roles != 0)
        out += fmt::format(
            " {} of the same drafts, not listed here.",
            statement.other_roles == 1
                ? "Another role is bound by one more requirement"
                : fmt::format("Other roles are bound by {} more requirements", statement.other_roles));
    out += "</p>\n";
    out += failures_html(statement);
    out += choices_html(statement);
    out += rows_html(statement);
    return out + "</main>\n</body>\n</html>\n";
}

std::string statement_xml(const Statement& statement) {
    const auto& info = statement.info;
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<statement version=\"1\">\n";
    for (const auto& one : info.implementations)
        out += fmt::format("  <implementation{}{}{}{}/>\n", attribute("name", one.name),
                           attribute("version", one.version), attribute("role", one.role),
                           attribute("profile", one.profile));
    out += fmt::format(
        "  <run{}{}{}{}{}{}{}{} seed=\"{}\" complete=\"{}\"{}/>\n", attribute("started", info.started),
        attribute("stage", info.stage), attribute("profile", info.profile), attribute("host", info.host),
        attribute("harness", info.harness), attribute("suites", info.suites), attribute("specs", info.specs),
        attribute("command", info.command), info.seed,
        statement.end && !statement.end->interrupted ? "true" : "false",
        statement.end ? fmt::format(" exit-code=\"{}\"", statement.end->exit_code) : std::string{});
    out += fmt::format("  <summary other-roles=\"{}\">\n", statement.other_roles);
    for (const auto level : levels)
        for (const auto verdict : verdicts)
            if (const auto n = counted(statement, level, verdict); n != 0)
                out += fmt::format("    <count level=\"{}\" verdict=\"{}\" requirements=\"{}\"/>\n", level,
                                   verdict, n);
    out += "  </summary>\n";
    for (const auto& one : statement.choices)
        out += fmt::format("  <choice{} value=\"{}\"{}/>\n", attribute("name", one.name),
                           xml_attribute(one.value), attribute("case", one.case_id));
    for (const auto& one : statement.failures)
        out += "  " + evidence_xml("failure", one);
    for (const auto& row : statement.rows) {
        const auto& requirement = *row.requirement;
        out +=
            fmt::format("  <requirement{} level=\"{}\"{}{}{}{}{} verdict=\"{}\" cases=\"{}\">\n",
                        attribute("id", requirement.id), model::name(requirement.level),
                        attribute("role", requirement.role), attribute("draft", requirement.suite),
                        attribute("section", requirement.section), attribute("clause", row.clause),
                        requirement.project_choice ? " project-choice=\"true\"" : "", row.verdict, row.cases);
        out += fmt::format("    <text>{}</text>\n", xml_text(requirement.text));
        if (!row.because.empty())
            out += fmt::format("    <because>{}</because>\n", xml_text(row.because));
        for (const auto& one : row.evidence)
            out += "    " + evidence_xml("evidence", one);
        out += "  </requirement>\n";
    }
    return out + "</statement>\n";
}

} // namespace reports
