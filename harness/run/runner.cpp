#include "harness/run/runner.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/stage/host/host.h"
#include "reports/events.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace run {

using model::Verdict;
using namespace std::chrono_literals;

namespace {

// A case whose process did not run for a while is played again; if the host is never quiet it is
// inconclusive.
constexpr unsigned most_attempts = 4;
constexpr std::size_t longest_log = 4000;
// Timers of ours that were late make a judgement of times doubtful, without saying that it is wrong: red is
// what remains red when it is played again.
constexpr unsigned most_doubts = 3;
// How soon a processor that has become idle is noticed.
constexpr base::Duration look_again = 5ms;
// All sandboxes of a host share one table of neighbours, and nobody enters more than a few.
constexpr std::size_t most_kept = 10;
// Between the results of cases that one process has played; JSON has no such character.
constexpr char end_of_case = '\x1e';

std::string end_of_file(const std::string& path) {
    try {
        std::string text = read_file(path);
        if (text.size() > longest_log)
            text = "…" + text.substr(text.size() - longest_log);
        return std::string(base::trim(text));
    } catch (const Trouble&) {
        return {};
    }
}

} // namespace

std::string file_name(const std::string& id) {
    std::string out;
    for (const char c : id) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-_=+.,").find(c) != std::string_view::npos;
        out += plain ? c : c == '/' ? '.' : '_';
    }
    constexpr std::size_t longest = 120;
    if (out.size() > longest)
        out = fmt::format("{}-{:08x}", out.substr(0, longest), std::hash<std::string>{}(id)&0xffffffff);
    return out;
}

std::string text(const Played& played) {
    std::string trouble = played.trouble;
    std::replace(trouble.begin(), trouble.end(), '\n', ' ');
    std::string spaces;
    for (const auto& [node, descriptor] : played.spaces)
        spaces += fmt::format("space:{}={} ", node, descriptor);
    return fmt::format("{}{}{}{}\n{}\n{}", played.stalled ? "stalled " : "",
                       played.never_ready ? "never-ready " : "", played.wrong_profile ? "wrong-profile " : "",
                       spaces, trouble, reports::json(played.result));
}

std::optional<Played> parse_played(const std::string& text) {
    const std::size_t marks_end = text.find('\n'), trouble_end = text.find('\n', marks_end + 1);
    if (marks_end == std::string::npos || trouble_end == std::string::npos)
        return std::nullopt;
    auto result = reports::parse_case_result(std::string_view(text).substr(trouble_end + 1));
    if (!result)
        return std::nullopt;
    Played out;
    out.result = std::move(*result);
    out.trouble = text.substr(marks_end + 1, trouble_end - marks_end - 1);
    const std::string marks = text.substr(0, marks_end);
    out.stalled = marks.find("stalled") != std::string::npos;
    out.never_ready = marks.find("never-ready") != std::string::npos;
    out.wrong_profile = marks.find("wrong-profile") != std::string::npos;
    for (const auto& mark : base::split(marks)) {
        const std::size_t equals = mark.rfind('=');
        if (!mark.starts_with("space:") || equals == std::string::npos)
            continue;
        const auto number = base::parse_number(mark.substr(equals + 1));
        out.spaces.emplace_back(mark.substr(6, equals - 6), static_cast<int>(number.value_or(0)));
    }
    return out;
}

Runner::Runner(RunSettings settings, Play play, stage::host::Spawn spawn, const model::Baseline* baseline)
    : settings_(std::move(settings)), play_(std::move(play)), workers_(std::move(spawn)),
      baseline_(baseline) {}

int Runner::run(const std::vector<const model::Case*>& cases, const reports::RunInfo& info) {
    plan(cases);
    reports::RunInfo known = info;
    known.cases = static_cast<std::uint64_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.elsewhere; }));
    for (auto* listeners : {&at_once_, &in_order_})
        for (auto* listener : *listeners)
            listener->run_started(known);
    if (journal_ && settings_.earlier.empty())
        journal_->run_started(known);
    const base::Mono began = stage::host::now().mono;
    take_over_earlier();
    play();
    workers_.kill_all();
    tell_of_dropped();
    flush(true);
    play_red_ones_alone();
    compare_rounds();
    end_.took = stage::host::now().mono - began;
    end_.interrupted = stage::host::interrupted();
    end_.exit_code = exit_code();
    for (auto* listeners : {&at_once_, &in_order_})
        for (auto* listener : *listeners)
            listener->run_ended(end_);
    return end_.exit_code;
}

void Runner::play() {
    std::vector<Queue::Entry> entries;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (!slots_[i].started)
            entries.push_back({i, slots_[i].job.scenario});
    constexpr unsigned many = 8;
    queue_ = Queue(entries, {.asks_first = settings_.first_alone, .by_patience = settings_.jobs >= many});
    drop_without_bootstrap(); // it failed in the part of this run that was played earlier
    const auto over = [&] { return stage::host::interrupted() || never_ready_ || wrong_profile_; };
    const auto most = [&] { return settings_.first_alone && results_.empty() ? 1u : settings_.jobs; };
    for (;;) {
        bool hesitates = false;
        while (workers_.running() < most() && !over()) {
            hesitates = queue_.size() != 0 && workers_.running() >= settings_.eager && stage::host::busy();
            if (hesitates)
                break;
            // fewer towards the end, so that nobody is left to work alone
            const auto together =
                std::min<std::size_t>(settings_.together, 1 + queue_.size() / (4 * settings_.jobs));
            const bool enough_wait = settings_.jobs >= many && 4 * workers_.running() >= 3 * settings_.jobs;
            auto next = queue_.take(together, enough_wait ? Queue::End::brisk : Queue::End::patient);
            if (next.empty())
                break;
            start(std::move(next));
        }
        if (workers_.running() == 0 || over())
            return;
        for (const auto& ended : workers_.wait(hesitates ? look_again : 1s))
            take(ended);
    }
}

void Runner::prepare(std::size_t index) {
    Slot& slot = slots_[index];
    ++slot.attempts;
    slot.job.serial = started_++;
    if (!slot.started && !slot.elsewhere)
        for (auto* listener : at_once_)
            listener->case_started(slot.job.scenario->id);
    slot.started = true;
    if (!settings_.directory.empty()) {
        const std::string directory = settings_.directory + "/" + slot.job.directory;
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored); // of an attempt that does not count
        make_directory(directory);
    }
}

void Runner::start(std::vector<std::size_t> slots) {
    // Of all together no more than of one: who takes longer is found by playing each alone.
    base::Duration longest{};
    for (const std::size_t index : slots) {
        prepare(index);
        longest = std::max(longest, limit(*slots_[index].job.scenario));
    }
    const std::size_t first = slots.front();
    const auto& all = together_[first] = std::move(slots);
    try {
        workers_.start(
            first, [this, &all] { return outcome_of(all); }, longest, log_of(slots_[first].job));
    } catch (const std::exception& trouble) {
        for (const std::size_t index : all) {
            model::CaseResult result = blank(slots_[index].job);
            result.verdict = Verdict::error;
            result.reason = trouble.what();
            finish(index, std::move(result));
        }
        together_.erase(first);
    }
}

/// In the process of these cases.
stage::host::Workers::Outcome Runner::outcome_of(const std::vector<std::size_t>& slots) const {
    const auto played = [&](const Job& job) {
        return play_(job,
                     settings_.directory.empty() ? std::string{} : settings_.directory + "/" + job.directory);
    };
    if (slots.size() == 1) {
        const Played one = played(slots_[slots.front()].job);
        return {text(one), one.afterwards};
    }
    std::string out;
    for (const std::size_t index : slots)
        out += text(played(slots_[index].job)) + end_of_case;
    return out;
}

base::Duration Runner::limit(const model::Case& scenario) const {
    if (settings_.timeout)
        return *settings_.timeout;
    // Far beyond what the class promises: a busy host makes everything slower.
    return scenario.cost == model::Cost::brief ? 60s : scenario.cost == model::Cost::medium ? 180s : 3600s;
}

std::string Runner::log_of(const Job& job) const {
    return settings_.directory.empty() ? std::string{}
                                       : settings_.directory + "/" + job.directory + "/harness.log";
}

model::CaseResult Runner::blank(const Job& job) const {
    model::CaseResult out;
    out.id = job.scenario->id;
    out.suite = job.scenario->suite;
    out.name = job.scenario->name;
    out.title = job.scenario->title;
    out.proves = job.scenario->proves();
    out.roles = job.scenario->under_test;
    out.where = job.scenario->where;
    out.stage = settings_.stage;
    return out;
}

model::CaseResult Runner::died(const Slot& slot, const stage::host::Workers::Ended& ended) const {
    model::CaseResult out = blank(slot.job);
    out.verdict = Verdict::error;
    out.took = ended.took;
    if (ended.out_of_time)
        out.reason = fmt::format("the case ran longer than {}", base::text_of(limit(*slot.job.scenario)));
    else if (ended.status > 128)
        out.reason = fmt::format("the process of the case died of signal {}", ended.status - 128);
    else
        out.reason = fmt::format("the process of the case ended with status {} and no result", ended.status);
    if (const std::string log = end_of_file(log_of(slot.job)); !log.empty())
        out.reason += ":\n" + log;
    return out;
}

/// False where nobody will look into it.
bool Runner::keep(const stage::host::Workers::Ended& ended, const std::optional<Played>& played) {
    if (!played || !played->trouble.empty() || played->stalled || kept_.size() == most_kept)
        return false;
    kept_.push_back({slots_[ended.job].job.scenario->id, ended.still_runs, played->spaces});
    return true;
}

void Runner::take(const stage::host::Workers::Ended& ended) {
    const auto slots = std::move(together_.extract(ended.job).mapped());
    if (slots.size() == 1)
        return take(slots.front(), ended);
    std::size_t from = 0;
    for (const std::size_t index : slots) {
        const std::size_t to = ended.result.find(end_of_case, from);
        if (to == std::string::npos) { // one of them broke off: alone it will be seen which
            --slots_[index].attempts;
            start({index});
            continue;
        }
        auto one = ended;
        one.result = ended.result.substr(from, to - from);
        take(index, one);
        from = to + 1;
    }
}

void Runner::take(std::size_t index, const stage::host::Workers::Ended& ended) {
    Slot& slot = slots_[index];
    auto played = parse_played(ended.result);
    if (ended.still_runs != 0 && !keep(ended, played))
        workers_.let_go(ended.job);
    if (!played) {
        finish(index, died(slot, ended));
        return;
    }
    const auto blames = [](Verdict verdict) {
        return model::is_red(verdict) || verdict == Verdict::deviation;
    };
    const bool doubtful = played->result.stall.count != 0 && slot.attempts < most_doubts;
    if (doubtful && blames(played->result.verdict) && !stage::host::interrupted()) {
        start({index});
        return;
    }
    if (!played->trouble.empty() || (played->stalled && blames(played->result.verdict))) {
        if (slot.attempts < most_attempts && !stage::host::interrupted()) {
            start({index});
            return;
        }
        played->result.verdict = Verdict::inconclusive;
        played->result.reason = played->trouble.empty()
                                    ? "this host stopped the case for a while, each time that it was played"
                                    : played->trouble;
        for (auto& finding : played->result.findings)
            if (blames(finding.verdict))
                finding.verdict = Verdict::inconclusive;
    }
    never_ready_ |= played->never_ready;
    wrong_profile_ |= played->wrong_profile;
    finish(index, std::move(played->result));
}

void Runner::be_strict(model::CaseResult& result) const {
    if (!settings_.strict || result.verdict != Verdict::deviation)
        return;
    for (auto& finding : result.findings)
        if (finding.verdict == Verdict::deviation)
            finding.verdict = Verdict::fail;
    result.verdict = Verdict::fail;
}

void Runner::judge(model::CaseResult& result) {
    be_strict(result);
    end_.tally.add(result.verdict);
    Comparison known =
        baseline_ ? compare(*baseline_, result, settings_.today, settings_.sut_version) : Comparison{};
    if (is_news(known.standing))
        news_.add(result.verdict);
    if (baseline_)
        ++end_.standings[known.standing];
    different_ |= is_off_baseline(known.standing);
    if (is_off_baseline(known.standing) || known.standing == model::Standing::expired)
        end_.remarks.push_back(known.because);
    result.standing = known.standing;
    result.standing_because = std::move(known.because);
}

void Runner::finish(std::size_t index, model::CaseResult result) {
    Slot& slot = slots_[index];
    const model::Case& scenario = *slot.job.scenario;
    if (slot.elsewhere)
        conclude_elsewhere(slot, std::move(result));
    else
        conclude_here(index, std::move(result));
    if (scenario.bootstrap) {
        queue_.ended(scenario);
        drop_without_bootstrap();
    }
}

void Runner::conclude_here(std::size_t index, model::CaseResult result) {
    Slot& slot = slots_[index];
    const model::Case& scenario = *slot.job.scenario;
    result.seed = slot.job.seed;
    result.round = slot.round;
    result.stall.replays = slot.attempts == 0 ? 0 : slot.attempts - 1;
    result.directory = settings_.directory.empty() ? std::string{} : slot.job.directory;
    result.again =
        fmt::format("mobiconform run {} --stage {} --seed {} --cost long{}", reports::shell_word(scenario.id),
                    settings_.stage, slot.job.seed, settings_.again);
    conclude(index, std::move(result));
    if (journal_)
        journal_->case_ended(*slot.result);
    forget_stories();
}

// Nobody asks for the packets of what everybody has heard of, and every process of a case is a copy of this
// one.
void Runner::forget_stories() {
    for (; forgotten_ < told_; ++forgotten_)
        if (auto& result = slots_[forgotten_].result)
            result->story.reset();
}

void Runner::conclude(std::size_t index, model::CaseResult result) {
    Slot& slot = slots_[index];
    const model::Case& scenario = *slot.job.scenario;
    judge(result);
    if (scenario.bootstrap && model::is_red(result.verdict))
        for (const auto& role : scenario.under_test)
            broken_roles_.try_emplace(role, scenario.id);
    if (result.verdict != Verdict::unsupported && result.verdict != Verdict::not_claimed)
        played_features_.insert(scenario.needs.begin(), scenario.needs.end());
    for (auto* listener : at_once_)
        listener->case_ended(result);
    slot.result = result;
    result.story.reset();
    results_.push_back(std::move(result));
    flush(false);
}

void Runner::flush(bool all) {
    for (; told_ < slots_.size(); ++told_) {
        const Slot& slot = slots_[told_];
        if (!slot.result && !slot.dropped && !all)
            return;
        if (!slot.result)
            continue;
        for (auto* listener : in_order_) {
            listener->case_started(slot.result->id);
            listener->case_ended(*slot.result);
        }
    }
}

void Runner::drop_without_bootstrap() {
    for (const auto& [index, role] : queue_.drop(broken_roles_)) {
        slots_[index].dropped = true;
        ++dropped_[role];
    }
}

void Runner::tell_of_dropped() {
    for (const auto& [role, count] : dropped_)
        end_.remarks.push_back(fmt::format("{}: {} case{} not played, because its bootstrap {} is not green",
                                           role, count, count == 1 ? "" : "s", broken_roles_[role]));
}

int Runner::exit_code() {
    bool missing = false;
    for (const auto& feature : settings_.require)
        if (!played_features_.contains(feature) && !features_elsewhere_.contains(feature)) {
            missing = true;
            end_.remarks.push_back(
                fmt::format("{} was required, and nothing that needs it was played", feature));
        }
    if (end_.interrupted)
        return 130;
    if (wrong_profile_)
        return 2;
    if (news_.failed != 0 || different_)
        return 1;
    if (news_.errors != 0 || never_ready_ || missing)
        return 3;
    return news_.inconclusive != 0 ? 4 : 0;
}

} // namespace run
