#include "harness/run/files.h"
#include "harness/run/runner.h"
#include "harness/stage/host/host.h"
#include "reports/failure.h"

#include <algorithm>

// What a run looks into once everything has been played.

namespace run {

using model::Verdict;
using namespace std::chrono_literals;

// What is red only because the host was busy with the other cases is green now; what is red again is not.
void Runner::play_red_ones_alone() {
    unsigned left = settings_.alone;
    std::set<const model::Case*> done;
    for (std::size_t i = 0; i < slots_.size() && left != 0; ++i) {
        const Slot& slot = slots_[i];
        if (slot.result && slot.result->alone) { // in the part of this run that was played earlier
            --left;
            done.insert(slot.job.scenario);
            tell_of_alone(*slot.result);
            continue;
        }
        const bool wanted = slot.result && model::is_red(slot.result->verdict) &&
                            slot.result->standing != model::Standing::still_failing &&
                            slot.result->standing != model::Standing::flaky;
        if (stage::host::interrupted() || never_ready_ || wrong_profile_)
            return;
        if (!wanted || !done.insert(slot.job.scenario).second)
            continue;
        --left;
        play_alone(i);
    }
}

void Runner::play_alone(std::size_t index) {
    Slot& slot = slots_[index];
    Job job = slot.job;
    job.directory += ".alone";
    job.keep = Keep::nothing;
    std::string directory;
    if (!settings_.directory.empty()) {
        directory = settings_.directory + "/" + job.directory;
        make_directory(directory);
    }
    std::vector<stage::host::Workers::Ended> ended;
    try {
        workers_.start(
            index, [this, &job, directory] { return text(play_(job, directory)); }, limit(*job.scenario),
            log_of(job));
        while (ended.empty() && !stage::host::interrupted())
            ended = workers_.wait(1s);
    } catch (const std::exception&) {
        return; // no process can be made: nothing is learned
    }
    if (ended.empty()) {
        workers_.kill_all();
        return;
    }
    const auto played = parse_played(ended.front().result);
    const model::CaseResult result = played ? played->result : died(slot, ended.front());
    model::Alone alone;
    alone.verdict = result.verdict;
    alone.reason = played && !played->trouble.empty() ? played->trouble : reports::headline(result);
    alone.took = result.took;
    alone.stall = result.stall;
    alone.directory = settings_.directory.empty() ? std::string{} : job.directory;
    slot.result->alone = std::move(alone);
    tell_of_alone(*slot.result);
    if (journal_)
        journal_->case_played_alone(*slot.result);
}

void Runner::tell_of_alone(const model::CaseResult& result) {
    for (auto* listeners : {&at_once_, &in_order_})
        for (auto* listener : *listeners)
            listener->case_played_alone(result);
}

void Runner::compare_rounds() {
    if (settings_.repeat < 2)
        return;
    std::vector<const model::CaseResult*> results;
    for (const auto& slot : slots_)
        if (slot.result)
            results.push_back(&*slot.result);
    end_.repeated = repeated_of(results);
}

std::vector<reports::Repeated> repeated_of(const std::vector<const model::CaseResult*>& results) {
    std::map<std::string, reports::Repeated> all;
    for (const auto* result : results) {
        if (result->verdict > Verdict::fail)
            continue;
        auto& one = all[result->id];
        one.id = result->id;
        ++one.rounds;
        if (!model::is_red(result->verdict))
            continue;
        if (one.red++ == 0)
            one.first_red_seed = result->seed;
        one.gravest = std::max(one.gravest, result->verdict);
    }
    std::vector<reports::Repeated> out;
    for (auto& [id, one] : all)
        if (one.red != 0)
            out.push_back(std::move(one));
    return out;
}

} // namespace run
