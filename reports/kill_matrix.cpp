#include "reports/kill_matrix.h"

#include "harness/base/text.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

std::string text(const KillMatrix& matrix) {
    std::string out;
    std::size_t killed = 0, equivalent = 0, idle = 0;
    for (const auto& mutant : matrix.mutants) {
        const std::string fate = mutant.killed()             ? "killed"
                                 : mutant.equivalent.empty() ? "SURVIVES"
                                                             : "equivalent";
        killed += mutant.killed();
        equivalent += !mutant.killed() && !mutant.equivalent.empty();
        out += fmt::format("{:<10} {:<6} {}  violates {}\n", fate, mutant.role, mutant.id,
                           base::join(mutant.violates, " "));
        for (std::size_t i = 0; i < std::min<std::size_t>(mutant.killed_by.size(), 3); ++i)
            out += fmt::format("             {}\n", mutant.killed_by[i]);
        if (mutant.killed_by.size() > 3)
            out += fmt::format("             and {} more\n", mutant.killed_by.size() - 3);
        std::vector<std::string> unproven;
        for (const auto& id : mutant.violates)
            if (mutant.killed() && !mutant.convicted.contains(id))
                unproven.push_back(id);
        if (!unproven.empty())
            out += fmt::format("             but nothing convicts it of {}\n", base::join(unproven, " "));
        if (!mutant.killed())
            out += fmt::format("             {}\n",
                               mutant.equivalent.empty() ? mutant.survivor_because : mutant.equivalent);
    }
    for (const auto& one : matrix.cases)
        idle += one.kills.empty();
    if (idle != 0) {
        out += "\nno mutant fails these cases:\n";
        for (const auto& one : matrix.cases)
            if (one.kills.empty())
                out += fmt::format("  {}\n", one.id);
    }
    out +=
        fmt::format("\n{} mutants: {} killed, {} survive, {} equivalent; {} of {} cases kill at least one\n",
                    matrix.mutants.size(), killed, matrix.mutants.size() - killed - equivalent, equivalent,
                    matrix.cases.size() - idle, matrix.cases.size());
    out += matrix.troubles;
    out += fmt::format("{} passed, {} failed\n", killed + equivalent,
                       matrix.mutants.size() - killed - equivalent);
    return clean(out);
}

} // namespace reports
