#include "harness/script/drafter.h"

#include <algorithm>

// The steps of a draft when all packets have been read: what did not come, and what waits for what.

namespace script {

using namespace std::chrono_literals;

namespace {

/// What comes so soon behind a request has not been waited for.
constexpr base::Duration soon = 50ms;

} // namespace

/// What was not answered although the other side went on speaking: silence is a statement too.
void Drafter::note_silence() {
    for (const auto& request : requests_) {
        const auto& asking = steps_[request.step - 1];
        const bool went_on = std::ranges::any_of(steps_, [&](const DraftStep& later) {
            return later.what == DraftStep::What::expect && later.at - asking.at > soon;
        });
        if (request.answered || !went_on || !cast_.is_under_test(request.to))
            continue;
        std::string form = bench_.role == "map" ? "local-ba" : bench_.is_by_routers() ? "ack" : "pba";
        if (!bench_.has_names())
            form =
                request.identity.empty() ? "binding-acknowledgement" : templates_of(request.identity) + "-ba";
        DraftStep step;
        step.what = DraftStep::What::never;
        step.from = request.to;
        step.to = request.from;
        step.about = bench_.has_names() ? request.identity : std::string{};
        step.answers = request.name;
        step.at = asking.at;
        step.cause = request.step;
        step.layers.push_back({form, {}, {}, {}});
        steps_.push_back(std::move(step));
    }
}

/// Every answer right behind what it answers: the tester waits for it before it goes on.
void Drafter::arrange() {
    std::map<std::string, std::size_t> named;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        auto& step = steps_[i];
        if (!step.is_cause) // not before what it refers to
            for (const auto& name : names_in(step))
                if (const auto found = named.find(name); found != named.end()) {
                    const auto& other = steps_[found->second];
                    step.cause = std::max(step.cause, other.is_cause ? found->second + 1 : other.cause);
                }
        if (!step.as.empty())
            named[step.as] = i;
    }
    std::vector<DraftStep> out;
    std::vector<bool> placed(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (placed[i])
            continue;
        placed[i] = true;
        out.push_back(steps_[i]);
        if (!steps_[i].is_cause)
            continue;
        for (std::size_t k = i + 1; k < steps_.size(); ++k)
            if (!placed[k] && !steps_[k].is_cause && steps_[k].cause == i + 1) {
                placed[k] = true;
                out.push_back(steps_[k]);
                out.back().due = steps_[k].at - steps_[i].at;
            }
    }
    steps_ = std::move(out);
}

} // namespace script
