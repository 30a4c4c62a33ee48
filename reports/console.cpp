#include "reports/console.h"

#include "reports/failure.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace reports {

using model::Verdict;

void Tally::add(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
    case Verdict::observed:
        ++passed;
        break;
    case Verdict::deviation:
        ++deviations;
        break;
    case Verdict::inconclusive:
        ++inconclusive;
        break;
    case Verdict::error:
        ++errors;
        break;
    case Verdict::fail:
        ++failed;
        break;
    case Verdict::not_claimed:
        ++not_claimed;
        break;
    case Verdict::unsupported:
        ++unsupported;
        break;
    }
}

std::string text(const Tally& tally) {
    const std::uint64_t skipped = tally.unsupported + tally.not_claimed;
    std::string out = fmt::format("{} passed, {} failed, {} skipped", tally.passed + tally.deviations,
                                  tally.failed, skipped);
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count != 0)
            out += fmt::format(", {} {}", count, what);
    };
    add(tally.errors, tally.errors == 1 ? "error" : "errors");
    add(tally.inconclusive, "inconclusive");
    if (tally.deviations != 0)
        out += fmt::format("; {} of those that passed deviate", tally.deviations);
    if (skipped != 0)
        out += fmt::format("; {} unsupported here, {} not claimed", tally.unsupported, tally.not_claimed);
    return out;
}

Console::Console(Write write, Options options, const model::Ledger* ledger)
    : write_(std::move(write)), options_(options), ledger_(ledger) {}

std::string Console::paint(Verdict verdict, std::string text) const {
    if (!options_.colour)
        return text;
    const int colour = verdict == Verdict::fail || verdict == Verdict::error               ? 31
                       : verdict == Verdict::inconclusive || verdict == Verdict::deviation ? 33
                       : verdict == Verdict::pass || verdict == Verdict::observed          ? 32
                                                                                           : 36;
    return fmt::format("\x1b[{}m{}\x1b[0m", colour, text);
}

void Console::say(std::string_view text) {
    if (line_shown_)
        write_("\r\x1b[K");
    line_shown_ = false;
    write_(text);
}

void Console::status() {
    if (!options_.terminal)
        return;
    std::string line = fmt::format("[{}/{}]", ended_, info_.cases);
    if (tally_.failed != 0)
        line += fmt::format(" {} failed", tally_.failed);
    if (tally_.errors + tally_.inconclusive != 0)
        line += fmt::format(" {} not decided", tally_.errors + tally_.inconclusive);
    if (!running_.empty())
        line += fmt::format(" {}{}", clean(*running_.begin()),
                            running_.size() > 1 ? fmt::format(" and {} more", running_.size() - 1)
                                                : std::string{});
    line.resize(std::min<std::size_t>(line.size(), options_.width > 1 ? options_.width - 1 : 0));
    write_("\r" + line + "\x1b[K");
    line_shown_ = true;
}

void Console::run_started(const RunInfo& info) {
    info_ = info;
    std::string suts;
    for (const auto& sut : info.suts)
        suts += (suts.empty() ? ", against " : " and ") + sut;
    say(clean(fmt::format(
        "mobiconform {} (suites {}, specs {}): {} case{} on {}, profile {}, seed {}, {} job{}{}\n",
        info.harness, info.suites, info.specs, info.cases, info.cases == 1 ? "" : "s", info.stage,
        info.profile, info.seed, info.jobs, info.jobs == 1 ? "" : "s", suts)));
    status();
}

void Console::case_started(const std::string& id) {
    running_.insert(id);
    status();
}

void Console::case_ended(const model::CaseResult& result) {
    running_.erase(result.id);
    ++ended_;
    tally_.add(result.verdict);
    if (result.stall.count != 0 || result.stall.replays != 0) {
        ++stalled_;
        if (result.stall.worst >= worst_.first)
            worst_ = {result.stall.worst, result.id};
    }
    // What is as the baseline has it is no news.
    if (result.standing == model::Standing::still_failing || result.standing == model::Standing::flaky) {
        if (options_.verbose)
            say(clean(fmt::format("{} {}  {}: {}\n", word(result.verdict), result.id,
                                  model::name(result.standing), result.standing_because)));
        status();
        return;
    }
    const std::string told = failure(result, ledger_, info_.directory);
    if (!told.empty()) {
        const std::string past = text_of_marks(marks(info_.past, result.id));
        say(paint(result.verdict, std::string(word(result.verdict))) + " " + clean(result.id) + "\n" + told +
            (past.empty() ? std::string{} : clean("    history: " + past + "\n")) + "\n");
    } else if (options_.verbose) {
        const std::string host = text(result.stall);
        say(clean(fmt::format("{} {}  {}s{}{}\n", word(result.verdict), result.id, seconds(result.took),
                              result.reason.empty() ? std::string{} : "  " + result.reason,
                              host.empty() ? std::string{} : "  " + host)));
    }
    status();
}

void Console::case_played_alone(const model::CaseResult& result) {
    say(clean(
        fmt::format("alone: {} (was {}) {}\n", result.id, model::name(result.verdict), text(*result.alone))));
}

void Console::tell_rounds(const RunEnd& end) {
    for (const auto& one : end.repeated)
        say(clean(fmt::format("{}: {} {} in {} of {} rounds, first with --seed {}\n",
                              one.is_flaky() ? "flaky" : "failing every time", one.id,
                              model::name(one.gravest), one.red, one.rounds, one.first_red_seed)));
}

std::string Console::against_the_baseline(const RunEnd& end) const {
    std::string out;
    for (const auto& [standing, count] : end.standings)
        if (standing != model::Standing::unlisted)
            out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, model::name(standing));
    return fmt::format("against {}: {}\n", info_.baseline,
                       out.empty() ? "no difference, nothing known" : out);
}

void Console::run_ended(const RunEnd& end) {
    for (const auto& remark : end.remarks)
        say(clean(remark) + "\n");
    tell_rounds(end);
    if (stalled_ != 0)
        say(clean(fmt::format("this host was late in {} of {} cases, by up to {}ms ({})\n", stalled_, ended_,
                              worst_.first / std::chrono::milliseconds(1), worst_.second)));
    if (!info_.baseline.empty())
        say(clean(against_the_baseline(end)));
    say(clean(fmt::format("{}{} in {}s\n", end.interrupted ? "interrupted: " : "", text(tally_),
                          seconds(end.took))));
    if (!info_.directory.empty())
        say(clean(fmt::format("results: {}\n", info_.directory)));
}

} // namespace reports
