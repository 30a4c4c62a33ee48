#include "reports/history.h"

#include "harness/base/text.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace reports {

using model::Verdict;
using nlohmann::ordered_json;

namespace {

constexpr std::string_view red_letters = "FEI", green_letters = "PD", all_letters = "PFEIDS";

bool is_in(std::string_view letters, char c) {
    return letters.find(c) != std::string_view::npos;
}

std::set<std::string> worth_telling(const std::vector<PastRun>& runs, const std::string& pattern) {
    std::set<std::string> out;
    for (const auto& run : runs)
        for (const auto& [id, mark] : run.cases)
            if (pattern.empty() ? is_in(red_letters, mark) : id == pattern || base::glob(pattern, id))
                out.insert(id);
    return out;
}

std::string document(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace

char letter(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
    case Verdict::observed:
        return 'P';
    case Verdict::deviation:
        return 'D';
    case Verdict::inconclusive:
        return 'I';
    case Verdict::error:
        return 'E';
    case Verdict::fail:
        return 'F';
    case Verdict::not_claimed:
    case Verdict::unsupported:
        return 'S';
    }
    return 'S';
}

void PastRun::add(const model::CaseResult& result) {
    constexpr std::string_view by_gravity = "SPDIEF";
    const char now = letter(result.verdict);
    const auto [place, is_new] = cases.try_emplace(result.id, now);
    if (!is_new && by_gravity.find(now) > by_gravity.find(place->second))
        place->second = now;
}

std::vector<PastRun> parse_history(std::string_view text, std::size_t most) {
    std::vector<PastRun> out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const auto value = ordered_json::parse(text.substr(0, end), nullptr, false);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto cases = value.is_object() ? value.find("cases") : value.end();
        if (!value.is_object() || cases == value.end() || !cases->is_object())
            continue;
        PastRun run;
        if (const auto started = value.find("started"); started != value.end() && started->is_string())
            run.started = started->get<std::string>();
        if (const auto code = value.find("exit_code"); code != value.end() && code->is_number_integer())
            run.exit_code = code->get<int>();
        if (const auto suts = value.find("suts"); suts != value.end() && suts->is_array())
            for (const auto& sut : *suts)
                if (sut.is_string())
                    run.suts.push_back(sut.get<std::string>());
        for (const auto& [id, mark] : cases->items()) {
            const std::string one = mark.is_string() ? mark.get<std::string>() : std::string{};
            if (one.size() == 1 && is_in(all_letters, one[0]))
                run.cases[id] = one[0];
        }
        out.push_back(std::move(run));
        if (out.size() > most)
            out.erase(out.begin());
    }
    return out;
}

std::string history_line(const PastRun& run) {
    auto cases = ordered_json::object();
    for (const auto& [id, mark] : run.cases)
        cases[id] = std::string(1, mark);
    return document({{"v", 1},
                     {"started", run.started},
                     {"suts", run.suts},
                     {"exit_code", run.exit_code},
                     {"cases", std::move(cases)}});
}

std::string marks(const std::vector<PastRun>& runs, const std::string& id) {
    std::string out;
    for (const auto& run : runs) {
        const auto found = run.cases.find(id);
        out += found == run.cases.end() ? '-' : found->second;
    }
    return out.find_first_not_of('-') == std::string::npos ? std::string{} : out;
}

bool is_flapping(std::string_view marks) {
    unsigned changes = 0;
    char last = 0;
    for (const char mark : marks) {
        const char now = is_in(red_letters, mark) ? 'r' : is_in(green_letters, mark) ? 'g' : last;
        changes += last != 0 && now != last;
        last = now;
    }
    return changes >= 2;
}

std::string text_of_marks(std::string_view marks) {
    std::size_t played = 0, red = 0;
    for (const char mark : marks) {
        red += is_in(red_letters, mark);
        played += is_in(red_letters, mark) || is_in(green_letters, mark);
    }
    if (played == 0)
        return {};
    return fmt::format("red in {} of the last {} runs: {}{}", red, played, marks,
                       is_flapping(marks) ? " (now so, now so)" : "");
}

std::string text(const std::vector<PastRun>& runs, const std::string& pattern) {
    std::string out;
    for (std::size_t i = 0; i < runs.size(); ++i)
        out += fmt::format("{:>3}  {}  exit {}  {}\n", i + 1, runs[i].started, runs[i].exit_code,
                           runs[i].suts.empty() ? "the reference peers" : base::join(runs[i].suts, ", "));
    std::size_t told = 0;
    for (const auto& id : worth_telling(runs, pattern)) {
        const std::string line = marks(runs, id);
        out += fmt::format("{}  {}{}\n", line, id, is_flapping(line) ? "  flaky" : "");
        ++told;
    }
    out += told == 0
               ? (pattern.empty() ? "no case was red in any of them\n" : "no such case in any of them\n")
               : "P pass, D deviation, F fail, E error, I inconclusive, S not played, - not there\n";
    return clean(out);
}

std::string history_json(const std::vector<PastRun>& runs, const std::string& pattern) {
    auto told = ordered_json::array(), cases = ordered_json::array();
    for (const auto& run : runs)
        told.push_back({{"started", run.started}, {"suts", run.suts}, {"exit_code", run.exit_code}});
    for (const auto& id : worth_telling(runs, pattern)) {
        const std::string line = marks(runs, id);
        cases.push_back({{"id", id}, {"marks", line}, {"flaky", is_flapping(line)}});
    }
    return document({{"runs", std::move(told)}, {"cases", std::move(cases)}});
}

} // namespace reports
