#include "harness/judge/together.h"

#include <algorithm>

namespace judge {

Together::Together(const model::Steps& steps, Scope scope)
    : steps_(steps), scope_(std::move(scope)), end_(scope_.origin) {}

void Together::begin(const model::Step& step) {
    auto running = make_running(step, scope_);
    running->start();
    if (running->is_background() && !running->finished())
        scope_.world.background.push_back(std::move(running));
    else
        open_.push_back(std::move(running));
}

void Together::start(bool (*keep_back)(const model::Step&)) {
    for (const auto& step : steps_) {
        if (!scope_.world.bench.dialect().applies(step.when))
            continue;
        if (keep_back && keep_back(step))
            kept_back_.push_back(&step);
        else
            begin(step);
    }
    sweep();
}

void Together::later() {
    for (const auto* step : std::exchange(kept_back_, {}))
        begin(*step);
    sweep();
}

void Together::sweep() {
    keyed_.clear();
    for (std::size_t i = 0; i < open_.size();) {
        if (!open_[i]->finished()) {
            ++i;
            continue;
        }
        const auto done = std::move(open_[i]);
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
        failed_ = failed_ || done->outcome() == Outcome::failed;
        if (done->end() && (!end_ || done->end()->at >= end_->at))
            end_ = done->end();
        scope_.world.ended(done->step().as, done->outcome() == Outcome::met, done->end());
    }
}

Reaction Together::see(const Sighting& sighting) {
    Reaction reaction = Reaction::none;
    std::vector<Running*> keyed;
    for (auto& one : open_) {
        const auto own = one->see(sighting);
        if (own == Reaction::keyed)
            keyed.push_back(one.get());
        reaction = std::max(reaction, own);
        // A packet that was sent is one of its sender's only.
        if (own == Reaction::taken && std::holds_alternative<model::Send>(one->step().what))
            break;
    }
    sweep();
    keyed_ = std::move(keyed);
    return reaction;
}

void Together::reject(const Sighting& sighting, bool may_be_repetition) {
    const auto nearest =
        std::ranges::min_element(keyed_, {}, [](const auto* one) { return one->distance(); });
    if (nearest != keyed_.end())
        (*nearest)->reject(sighting, may_be_repetition);
    sweep();
}

std::size_t Together::distance() const {
    const auto nearest =
        std::ranges::min_element(keyed_, {}, [](const auto* one) { return one->distance(); });
    return nearest == keyed_.end() ? 0 : (*nearest)->distance();
}

std::vector<std::string> Together::repeats() const {
    std::vector<std::string> all;
    for (const auto* one : keyed_)
        for (auto& field : one->repeats())
            all.push_back(std::move(field));
    return all;
}

void Together::hear(const model::Event& event) {
    for (auto& one : open_)
        one->hear(event);
    sweep();
}

void Together::step_ended(const std::string& name, bool well, const MarkPtr& mark) {
    for (auto& one : open_)
        one->step_ended(name, well, mark);
}

void Together::tick() {
    for (auto& one : open_)
        one->tick();
    sweep();
}

void Together::close() {
    for (auto& one : open_)
        one->close();
    sweep();
}

std::optional<base::Mono> Together::deadline() const {
    std::optional<base::Mono> earliest;
    for (const auto& one : open_)
        earliest = sooner(earliest, one->finished() ? std::optional(scope_.world.now.mono) : one->deadline());
    return earliest;
}

std::vector<const model::Step*> Together::waiting() const {
    std::vector<const model::Step*> all;
    for (const auto& one : open_)
        for (const auto* step : one->waiting())
            all.push_back(step);
    return all;
}

bool Together::finished() const {
    return open_.empty() && kept_back_.empty();
}

Outcome Together::outcome() const {
    return !finished() ? Outcome::open : failed_ ? Outcome::failed : Outcome::met;
}

} // namespace judge
