#include "harness/base/text.h"
#include "harness/script/context.h"
#include "harness/script/sut.h"
#include "harness/script/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <sstream>

namespace script {
namespace {

std::optional<model::Verdict> verdict_of(std::string_view word) {
    using enum model::Verdict;
    for (const auto verdict :
         {pass, observed, deviation, inconclusive, error, fail, not_claimed, unsupported})
        if (model::name(verdict) == word)
            return verdict;
    return std::nullopt;
}

std::vector<std::string> verdict_names() {
    using enum model::Verdict;
    std::vector<std::string> names;
    for (const auto verdict :
         {pass, observed, deviation, inconclusive, error, fail, not_claimed, unsupported})
        names.emplace_back(model::name(verdict));
    return names;
}

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return false;
    const auto year = base::parse_number(text.substr(0, 4)), month = base::parse_number(text.substr(5, 2)),
               day = base::parse_number(text.substr(8, 2));
    return year && month && day &&
           std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                       std::chrono::month(static_cast<unsigned>(*month)),
                                       std::chrono::day(static_cast<unsigned>(*day)))
               .ok();
}

using Seen = std::set<std::array<std::string, 3>>;

void expectation(const Tag& tag, const Known& known, model::Baseline& baseline, Seen& seen,
                 const Context& context) {
    tag.only({"case", "requirement", "verdict", "message", "reason", "owner", "expires", "versions", "flaky"},
             *context.mistakes);
    model::Expectation one;
    one.where = tag.where();
    one.case_id = tag.required("case", *context.mistakes);
    one.requirement = tag.value("requirement");
    one.message = tag.value("message");
    // An exception that nobody can explain is none.
    one.reason = tag.required("reason", *context.mistakes);
    one.owner = tag.value("owner");
    one.expires = tag.value("expires");
    if (tag.has("expires") && !is_date(one.expires))
        context.mistake(tag.attr("expires")->at(),
                        fmt::format("{} is no date such as 2027-01-31", quoted(one.expires)));
    one.versions = tag.value("versions");
    if (tag.has("versions") && (one.versions.empty() || one.versions == ".."))
        context.mistake(tag.attr("versions")->at(), "versions are 1.2, 1.2..1.4, ..1.4 or 2.0..");
    one.flaky = tag.value("flaky") == "1";
    if (tag.has("flaky") && tag.value("flaky") != "1" && tag.value("flaky") != "0")
        context.mistake(tag.attr("flaky")->at(), "flaky is 1 or 0");
    const std::string verdict = tag.required("verdict", *context.mistakes);
    if (const auto read = verdict_of(verdict))
        one.verdict = *read;
    else if (tag.has("verdict"))
        context.mistake(tag.attr("verdict")->at(), fmt::format("there is no verdict {}{}", quoted(verdict),
                                                               did_you_mean(verdict, verdict_names())));
    const auto& ids = known.requirements;
    if (!one.requirement.empty() && !ids.empty() &&
        std::find(ids.begin(), ids.end(), one.requirement) == ids.end() && one.requirement != "SUT-ALIVE")
        context.mistake(tag.attr("requirement")->at(),
                        fmt::format("there is no requirement {}{}", quoted(one.requirement),
                                    did_you_mean(one.requirement, ids)));
    const auto is_meant = [&](const std::string& id) {
        return id == one.case_id || base::glob(one.case_id, id);
    };
    if (!known.cases.empty() && !one.case_id.empty() &&
        std::none_of(known.cases.begin(), known.cases.end(), is_meant))
        context.mistake(tag.attr("case")->at(), fmt::format("there is no case {}{}", quoted(one.case_id),
                                                            did_you_mean(one.case_id, known.cases)));
    if (!seen.insert({one.case_id, one.requirement, one.message + "\n" + one.versions}).second)
        context.mistake(tag.where(), "the same is expected a second time");
    baseline.expectations.push_back(std::move(one));
}

std::string attribute(std::string_view name, const std::string& value) {
    if (value.empty())
        return {};
    pugi::xml_document document;
    document.append_child("x").append_attribute(std::string(name).c_str()) = value.c_str();
    std::ostringstream text;
    document.first_child().print(text, "", pugi::format_raw);
    const std::string whole = text.str();
    return whole.substr(2, whole.size() - 4);
}

model::Baseline read(const Tag& root, const Known& known, Mistakes& mistakes) {
    Context context;
    context.mistakes = &mistakes;
    model::Baseline baseline;
    Seen seen;
    root.only({"sut"}, mistakes);
    baseline.sut = root.value("sut");
    for (const auto& tag : root.children()) {
        if (tag.name() == "expect")
            expectation(tag, known, baseline, seen, context);
        else
            mistakes.add(tag.where(),
                         fmt::format("unknown element {} in a baseline{}", quoted(tag.name()),
                                     did_you_mean(tag.name(), std::vector<std::string>{"expect"})));
    }
    return baseline;
}

} // namespace

model::Baseline load_baseline(Text file, const Known& known, std::vector<model::Mistake>& mistakes) {
    Mistakes collected;
    model::Baseline baseline;
    try {
        const Document document(std::move(file), collected);
        if (document.root() && std::string_view(document.root().name()) != "baseline")
            collected.add(document.at(document.root()),
                          fmt::format("a baseline is a <baseline>, not {}", quoted(document.root().name())));
        else if (document.root())
            baseline = read({document, document.root()}, known, collected);
    } catch (const TooMuch&) {
        // What was found so far is told.
    }
    const auto all = collected.sorted();
    mistakes.insert(mistakes.end(), all.begin(), all.end());
    return baseline;
}

std::string text(const model::Baseline& baseline) {
    std::string text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<baseline" + attribute("sut", baseline.sut) + ">\n";
    for (const auto& one : baseline.expectations)
        text += "  <expect" + attribute("case", one.case_id) + attribute("requirement", one.requirement) +
                attribute("verdict", std::string(model::name(one.verdict))) +
                attribute("message", one.message) + attribute("reason", one.reason) +
                attribute("owner", one.owner) + attribute("expires", one.expires) +
                attribute("versions", one.versions) + attribute("flaky", one.flaky ? "1" : "") + "/>\n";
    return text + "</baseline>\n";
}

} // namespace script
