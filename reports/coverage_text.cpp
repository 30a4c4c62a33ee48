#include "reports/coverage.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

namespace {

std::string share(std::uint64_t part, std::uint64_t of) {
    return of == 0 ? std::string("-")
                   : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(of));
}

std::string line(const std::string& what, const Coverage::Count& count, bool played) {
    return fmt::format("{:<22} {:>6} {:>9} {:>6} {:>7} {:>11}\n", what, count.all, count.testable(),
                       count.named, played ? fmt::format("{}", count.proven) : std::string("?"),
                       count.untestable);
}

std::string remark(const Coverage::Row& row, bool played) {
    if (row.named_by.empty())
        return "not named";
    return fmt::format("named by {}{}", row.named_by.front(),
                       row.named_by.size() == 1 ? std::string{}
                                                : fmt::format(" and {} more", row.named_by.size() - 1)) +
           (played ? ", no mutant" : "");
}

// What is still to be done, the binding rows first.
std::string wanting(const Coverage& coverage) {
    std::vector<const Coverage::Row*> rows;
    for (const auto& row : coverage.rows)
        if (row.testable() && (coverage.played ? !row.proven() : row.named_by.empty()))
            rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const auto* left, const auto* right) {
        return left->requirement->level < right->requirement->level;
    });
    if (rows.empty())
        return coverage.played ? "\nevery testable requirement is proven\n"
                               : "\nevery testable requirement is named\n";
    std::string out =
        coverage.played
            ? fmt::format("\nnot proven, {} (no mutant that violates it is convicted of it):\n", rows.size())
            : fmt::format("\nnot named by any case or rule, {}:\n", rows.size());
    for (const auto* row : rows)
        out += fmt::format("  {:<16} {:<10} {:<9} {:<12} {}\n{:30}{}\n", row->requirement->id,
                           model::name(row->requirement->level), row->requirement->role, row->clause,
                           row->requirement->text, "", remark(*row, coverage.played));
    return out;
}

std::string untestable(const Coverage& coverage) {
    std::string out;
    for (const auto& row : coverage.rows)
        if (!row.testable())
            out += fmt::format("  {:<16} {:<10} {:<12} {}\n", row.requirement->id,
                               model::name(row.requirement->level), row.clause, row.requirement->untestable);
    return out.empty() ? out : "\ncannot be shown, with the reason:\n" + out;
}

} // namespace

std::string rows_text(const Coverage& coverage) {
    std::string out;
    for (const auto& row : coverage.rows) {
        const auto& requirement = *row.requirement;
        out += fmt::format("{:<18} {:<10} {:<10} {:<12} {}\n", requirement.id, model::name(requirement.level),
                           requirement.role, row.verdict, requirement.section);
        const std::size_t shown = std::min<std::size_t>(row.named_by.size(), 4);
        for (std::size_t i = 0; i < shown; ++i)
            out += fmt::format("    {}\n", row.named_by[i]);
        if (shown < row.named_by.size())
            out += fmt::format("    and {} more\n", row.named_by.size() - shown);
        for (std::size_t i = 0; i < std::min<std::size_t>(row.convictions.size(), 4); ++i)
            out += fmt::format("    proven by {} against {}\n", row.convictions[i].cases.front(),
                               row.convictions[i].mutant);
    }
    return clean(out) + "\n";
}

std::string text(const Coverage& coverage) {
    std::string out = wanting(coverage) + untestable(coverage) + "\n";
    out += fmt::format("{:<22} {:>6} {:>9} {:>6} {:>7} {:>11}\n", "clause", "rows", "testable", "named",
                       "proven", "untestable");
    std::string suite;
    for (const auto& section : coverage.sections) {
        if (section.suite != suite)
            out += section.suite + "\n";
        suite = section.suite;
        out += line("  " + section.clause, section.count, coverage.played);
    }
    out += line("MUST, MUST NOT, BASE", coverage.binding, coverage.played);
    out += line("all", coverage.total, coverage.played);
    const auto& all = coverage.total;
    out += fmt::format("named: {} of the testable; untestable: {} of all\n", share(all.named, all.testable()),
                       share(all.untestable, all.all));
    if (coverage.played)
        out += fmt::format("proven: {} of the testable; {} MUST, MUST NOT and BASE not proven\n",
                           share(all.proven, all.testable()), coverage.binding.unproven());
    else
        out += "proven: not known; --prove plays the mutants\n";
    for (const auto& [verdict, count] : coverage.by_verdict)
        if (verdict != "untested" && verdict != "untestable" && verdict != "not-run")
            out += fmt::format("{:>5} {} in the run\n", count, verdict);
    return clean(out);
}

} // namespace reports
