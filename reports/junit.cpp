#include "reports/junit.h"

#include "harness/base/text.h"
#include "reports/failure.h"
#include "reports/history.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

using model::Verdict;

namespace {

std::string property(std::string_view name, std::string_view value) {
    return fmt::format("<property name=\"{}\" value=\"{}\"/>", xml_attribute(name), xml_attribute(value));
}

// "pmip6/lma/ordering" as the packages and classes that JUnit viewers make trees of.
std::string class_name(std::string suite) {
    std::replace(suite.begin(), suite.end(), '/', '.');
    return suite;
}

// The case within its suite, with its variation.
std::string case_name(const model::CaseResult& result) {
    const std::string prefix = result.suite + "/";
    return result.id.rfind(prefix, 0) == 0 ? result.id.substr(prefix.size()) : result.id;
}

std::string element(std::string_view name, std::string_view type, const std::string& message,
                    const std::string& body) {
    return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", name, type,
                       xml_attribute(message), xml_text(body));
}

std::string outcome(const model::CaseResult& result, const std::string& told) {
    // Whoever reads this file sees the same as the exit code: only differences from the baseline fail.
    if (is_known(result))
        return model::is_red(result.verdict)
                   ? element("skipped", "known",
                             fmt::format("{}: {}", model::name(result.standing), result.standing_because), {})
                   : std::string{};
    if (result.standing == model::Standing::fixed || result.standing == model::Standing::stale ||
        (result.standing == model::Standing::different && !model::is_red(result.verdict)))
        return element("failure", "baseline", result.standing_because, told);
    switch (result.verdict) {
    case Verdict::fail:
        return element("failure", "conformance", headline(result), told);
    case Verdict::error:
        return element("error", "harness", headline(result), told);
    case Verdict::inconclusive:
        return element("error", "inconclusive", headline(result), told);
    case Verdict::unsupported:
        return element("skipped", "unsupported", result.reason, {});
    case Verdict::not_claimed:
        return element("skipped", "not-claimed", result.reason, {});
    case Verdict::pass:
    case Verdict::observed:
    case Verdict::deviation:
        break;
    }
    return {};
}

} // namespace

Junit::Junit(Write write, Dialect dialect, const model::Ledger* ledger)
    : write_(std::move(write)), dialect_(dialect), ledger_(ledger) {}

void Junit::run_started(const RunInfo& info) {
    info_ = info;
}

std::string Junit::properties(const model::CaseResult& result) const {
    std::string out = "      <properties>\n";
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty())
            out += "        " + property(name, value) + "\n";
    };
    for (const auto& id : result.proves)
        add("requirement", id);
    std::map<std::string, Verdict> judged;
    for (const auto& finding : result.findings)
        if (!finding.requirement.empty()) {
            const auto [place, is_new] = judged.try_emplace(finding.requirement, finding.verdict);
            if (!is_new)
                place->second = std::max(place->second, finding.verdict);
        }
    for (const auto& [id, verdict] : judged)
        add(id, model::name(verdict));
    for (const auto& finding : result.findings)
        if (finding.verdict == Verdict::observed)
            add("observed:" + finding.name, finding.value);
    add("seed", fmt::format("{}", result.seed));
    add("stage", result.stage);
    add("sut", base::join(info_.suts, ", "));
    add("again", result.again);
    add("host", text(result.stall));
    add("baseline", model::name(result.standing));
    add("baseline-entry", result.standing_because);
    add("history", text_of_marks(marks(info_.past, result.id)));
    if (result.alone)
        add("alone", text(*result.alone));
    return out + "      </properties>\n";
}

void Junit::case_ended(const model::CaseResult& result) {
    Suite& suite = suites_[result.suite];
    ++suite.tests;
    suite.took += result.took;
    const std::string how = outcome(result, {});
    suite.failures += how.find("<failure") != std::string::npos;
    suite.errors += how.find("<error") != std::string::npos;
    suite.skipped += how.find("<skipped") != std::string::npos;
    if (model::is_red(result.verdict))
        suite.cases.push_back({{}, result});
    else
        suite.cases.push_back({rendered(result), {}});
}

void Junit::case_played_alone(const model::CaseResult& result) {
    for (auto& [text, red] : suites_[result.suite].cases)
        if (red && red->id == result.id && red->seed == result.seed)
            red->alone = result.alone;
}

std::string Junit::rendered(const model::CaseResult& result) const {
    const std::string told = failure(result, ledger_, info_.directory);
    std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
                                  xml_attribute(class_name(result.suite)), xml_attribute(case_name(result)),
                                  seconds(result.took));
    const bool rich = dialect_ == Dialect::rich;
    if (rich && result.where.known())
        out += fmt::format(" file=\"{}\" line=\"{}\"", xml_attribute(*result.where.file), result.where.line);
    std::string inside = rich ? properties(result) : std::string{};
    inside += outcome(result, told);
    std::string printed = result.verdict == Verdict::deviation || is_known(result) ? told : std::string{};
    if (!model::is_red(result.verdict))
        printed += circumstances(result);
    if (result.alone)
        printed += fmt::format("played once more, alone: {}\n", clean(text(*result.alone)));
    if (rich && !result.directory.empty())
        for (const char* file : {"capture.pcapng", "transcript.txt"})
            printed += fmt::format("[[ATTACHMENT|{}/{}/{}]]\n", info_.directory, result.directory, file);
    if (!printed.empty())
        inside += fmt::format("      <system-out>{}</system-out>\n", xml_text(printed));
    return out + (inside.empty() ? "/>\n" : ">\n" + inside + "    </testcase>\n");
}

std::string Junit::run_properties(const RunEnd& end) const {
    std::string out = "    <properties>\n";
    const auto add = [&](std::string_view name, std::string_view value) {
        out += "      " + property(name, value) + "\n";
    };
    add("harness", info_.harness);
    add("suites", info_.suites);
    add("specs", info_.specs);
    add("stage", info_.stage);
    add("profile", info_.profile);
    add("seed", fmt::format("{}", info_.seed));
    add("command", info_.command);
    if (!info_.host.empty())
        add("host", info_.host);
    for (const auto& sut : info_.suts)
        add("sut", sut);
    if (!info_.baseline.empty())
        add("baseline", info_.baseline);
    for (const auto& [standing, count] : end.standings)
        if (standing != model::Standing::unlisted)
            add(fmt::format("baseline:{}", model::name(standing)), fmt::format("{}", count));
    for (const auto& remark : end.remarks)
        add("remark", remark);
    for (const auto& one : end.repeated)
        add(one.is_flaky() ? "flaky" : "failing-every-time",
            fmt::format("{}: {} of {} rounds", one.id, one.red, one.rounds));
    if (end.interrupted)
        add("interrupted", "true");
    return out + "    </properties>\n";
}

void Junit::run_ended(const RunEnd& end) {
    Suite all;
    for (const auto& [name, suite] : suites_) {
        all.tests += suite.tests;
        all.failures += suite.failures;
        all.errors += suite.errors;
    }
    write_(fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"mobiconform\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\">\n",
        all.tests, all.failures, all.errors, seconds(end.took)));
    for (const auto& [name, suite] : suites_) {
        write_(
            fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
                        "time=\"{}\" timestamp=\"{}\">\n",
                        xml_attribute(name), suite.tests, suite.failures, suite.errors, suite.skipped,
                        seconds(suite.took), xml_attribute(info_.started)));
        write_(run_properties(end));
        for (const auto& [text, red] : suite.cases)
            write_(red ? rendered(*red) : text);
        write_("  </testsuite>\n");
    }
    write_("</testsuites>\n");
}

} // namespace reports
