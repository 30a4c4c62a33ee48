#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

// What a run does before it plays: which cases are its, what its earlier part has found, and what it asks for
// other shards.

namespace run {

void Runner::plan(const std::vector<const model::Case*>& cases) {
    std::set<std::string> names, roles;
    const auto is_ours = [&](std::size_t i) {
        return settings_.division.empty() || settings_.division[i] == settings_.shard;
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (is_ours(i))
            roles.insert(cases[i]->under_test.begin(), cases[i]->under_test.end());
        else
            features_elsewhere_.insert(cases[i]->needs.begin(), cases[i]->needs.end());
    }
    for (std::size_t i = 0; i < cases.size(); ++i)
        if (is_ours(i))
            for (const auto& feature : cases[i]->needs)
                features_elsewhere_.erase(feature);
    // Whether a role is up is asked in each shard that tests it.
    const auto is_asked = [&](const model::Case& one) {
        return one.bootstrap && std::any_of(one.under_test.begin(), one.under_test.end(),
                                            [&](const std::string& role) { return roles.contains(role); });
    };
    for (unsigned round = 0; round < settings_.repeat; ++round)
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (!is_ours(i) && !is_asked(*cases[i]))
                continue;
            Slot slot;
            slot.job.scenario = cases[i];
            slot.job.seed = settings_.seed + round;
            slot.round = round + 1;
            slot.job.keep = settings_.keep;
            slot.elsewhere = !is_ours(i);
            std::string name = file_name(cases[i]->id) + (round ? fmt::format(".{}", round + 1) : "");
            while (!names.insert(name).second)
                name += "_";
            slot.job.directory = name + (slot.elsewhere ? ".asked" : "");
            slots_.push_back(std::move(slot));
        }
}

void Runner::take_over_earlier() {
    std::map<std::pair<std::string, std::uint64_t>, const model::CaseResult*> known;
    for (const auto& result : settings_.earlier)
        known[{result.id, result.seed}] = &result;
    std::size_t taken = 0, told_here = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        Slot& slot = slots_[i];
        told_here += slot.elsewhere ? 0 : 1;
        const auto found = known.find({slot.job.scenario->id, slot.job.seed});
        if (slot.elsewhere || found == known.end()) {
            set_aside(slot);
            continue;
        }
        slot.started = true;
        ++taken;
        conclude(i, *found->second);
    }
    if (taken != 0)
        end_.remarks.push_back(fmt::format("this run was cut off and went on: {} of {} cases are from before",
                                           taken, told_here));
}

// It was being played when the run was cut off: what it had captured may tell why.
void Runner::set_aside(const Slot& slot) const {
    namespace fs = std::filesystem;
    const fs::path directory = fs::path(settings_.directory) / slot.job.directory;
    std::error_code error;
    if (settings_.directory.empty() || !fs::is_directory(directory, error))
        return;
    fs::path aside = directory;
    for (unsigned n = 1; fs::exists(aside, error); ++n)
        aside = fmt::format("{}.cut-{}", directory.string(), n);
    fs::rename(directory, aside, error);
}

// Its verdict is told, and counted, in the shard that it belongs to; here it only decides what can be played.
void Runner::conclude_elsewhere(Slot& slot, model::CaseResult result) {
    slot.dropped = true;
    be_strict(result);
    if (!model::is_red(result.verdict)) {
        std::error_code ignored;
        if (!settings_.directory.empty())
            std::filesystem::remove_all(settings_.directory + "/" + slot.job.directory, ignored);
        return;
    }
    for (const auto& role : slot.job.scenario->under_test)
        broken_roles_.try_emplace(role, slot.job.scenario->id);
    if (!baseline_ || is_news(compare(*baseline_, result, settings_.today).standing))
        news_.add(result.verdict);
}

} // namespace run
