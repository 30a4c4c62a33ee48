#include "reports/coverage.h"

#include "harness/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <unordered_map>

namespace reports {

using model::Level;
using model::Verdict;

namespace {

std::unordered_map<std::string, Verdict>
gravest_by_requirement(const std::vector<model::CaseResult>& results) {
    std::unordered_map<std::string, Verdict> out;
    for (const auto& result : results)
        for (const auto& finding : result.findings) {
            if (finding.requirement.empty() || finding.verdict > Verdict::fail)
                continue;
            const auto [place, is_new] = out.try_emplace(finding.requirement, finding.verdict);
            if (!is_new)
                place->second = std::max(place->second, finding.verdict);
        }
    return out;
}

std::unordered_map<std::string, std::vector<std::string>> names_of(const model::Library& library) {
    std::unordered_map<std::string, std::vector<std::string>> out;
    for (const auto& one : library.cases)
        for (const auto& id : one.proves())
            out[id].push_back(one.id);
    for (const auto& rule : library.rules)
        for (const auto& proof : rule.proves)
            out[proof.id].push_back("rule " + rule.name);
    for (auto& [id, names] : out) {
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    return out;
}

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// The number of a clause at the start of a word: "5.3.1", "§3.2", "A§6.5"; empty for anything else.
std::string number_in(std::string_view word) {
    if (const auto sign = word.find("§"); sign != std::string_view::npos)
        word.remove_prefix(sign + std::string_view("§").size());
    std::size_t end = 0;
    while (end < word.size() && (is_digit(word[end]) || (word[end] == '.' && end != 0)))
        ++end;
    while (end != 0 && word[end - 1] == '.')
        --end;
    return std::string(word.substr(0, end));
}

bool ends_citation(const std::string& word) {
    return word == "+" || word == "via" || word == "vs" || word == "draft";
}

// Order of clauses as in a table of contents; appendices and RFCs behind all numbers.
bool before(const Coverage::Section& left, const Coverage::Section& right) {
    if (left.suite != right.suite)
        return left.suite < right.suite;
    const auto numbers = [](const std::string& clause) {
        std::vector<unsigned long> out;
        if (clause.empty() || !is_digit(clause.front()))
            out.push_back(clause.starts_with("RFC") ? ~0ul : ~0ul - 1);
        else
            for (const auto& part : base::split(clause, "."))
                out.push_back(std::strtoul(part.c_str(), nullptr, 10));
        return out;
    };
    const auto a = numbers(left.clause), b = numbers(right.clause);
    return a != b ? a < b : left.clause < right.clause;
}

void add(Coverage::Count& count, const Coverage::Row& row) {
    ++count.all;
    if (!row.testable()) {
        ++count.untestable;
        return;
    }
    count.named += !row.named_by.empty();
    count.proven += row.proven();
}

} // namespace

bool is_binding(Level level) {
    return level == Level::must || level == Level::must_not || level == Level::base;
}

std::string clause_of(const std::string& section) {
    std::string rfc;
    bool cited = false;
    const auto words = base::split(section, " \t,;()");
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        // "draft" in the middle of a remark says nothing of where.
        if (ends_citation(word) && (word != "draft" || i == 0))
            cited = false;
        if (word == "Appendix" && i + 1 < words.size())
            return "Appendix " + words[i + 1];
        if (word.starts_with("RFC")) {
            cited = true;
            if (rfc.empty())
                rfc = word.substr(0, word.find('/'));
        } else if (word.find("A§") == 0 || word.find("B§") == 0) {
            cited = false;
        }
        if (!cited)
            if (std::string number = number_in(word); !number.empty())
                return number;
    }
    // After a semicolon a new citation begins: "RFC5176 2.1; draft 6.2".
    for (std::size_t at = section.find(';'); at != std::string::npos; at = section.find(';', at + 1)) {
        const std::string rest(base::trim(std::string_view(section).substr(at + 1)));
        if (std::string clause = clause_of(rest); !clause.empty() && is_digit(clause.front()))
            return clause;
    }
    return rfc;
}

Coverage coverage(const CoverageInput& input) {
    const auto names = names_of(input.library);
    const auto verdicts = gravest_by_requirement(input.results);
    Coverage out;
    out.played = input.proof != nullptr;
    std::map<std::pair<std::string, std::string>, Coverage::Count> sections;
    for (const auto& requirement : input.ledger.all()) {
        if (!input.suite.empty() && requirement.suite != input.suite)
            continue;
        Coverage::Row row{&requirement, clause_of(requirement.section), {}, {}, {}};
        if (const auto found = names.find(requirement.id); found != names.end())
            row.named_by = found->second;
        if (input.proof)
            if (const auto found = input.proof->by_requirement.find(requirement.id);
                found != input.proof->by_requirement.end())
                row.convictions = found->second;
        if (const auto judged = verdicts.find(requirement.id); judged != verdicts.end())
            row.verdict = model::name(judged->second);
        else if (!row.named_by.empty())
            row.verdict = "not-run";
        else
            row.verdict = row.testable() ? "untested" : "untestable";
        ++out.by_verdict[row.verdict];
        add(out.total, row);
        if (is_binding(requirement.level))
            add(out.binding, row);
        add(sections[{requirement.suite, row.clause}], row);
        out.rows.push_back(std::move(row));
    }
    for (const auto& [key, count] : sections)
        out.sections.push_back({key.first, key.second, count});
    std::stable_sort(out.sections.begin(), out.sections.end(), before);
    return out;
}

} // namespace reports
