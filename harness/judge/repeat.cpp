#include "harness/judge/evaluate.h"
#include "harness/judge/running.h"

#include <algorithm>

namespace judge {
namespace {

/// A block played several times, one round after the other or all at once.
class Repeating : public Running {
public:
    Repeating(const model::Repeat& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}

    void start() override {
        std::string why;
        const auto at = view();
        const auto term = compute(what_.count, &count_kind(), at.environment, at.moment, why);
        const auto number = term ? as_field(*term, count_kind()) : std::nullopt;
        if (!number) {
            error("the number of rounds is unknown: " + why);
            return;
        }
        count_ = std::get<std::uint64_t>(*number);
        settle();
    }

    Reaction see(const Sighting& sighting) override {
        Reaction reaction = Reaction::none;
        keyed_.clear();
        for (auto& round : rounds_) {
            if (round->finished())
                continue;
            const auto own = round->see(sighting);
            if (own == Reaction::keyed)
                keyed_.push_back(round.get());
            reaction = std::max(reaction, own);
            if (own == Reaction::taken)
                break;
        }
        settle();
        return reaction;
    }
    void reject(const Sighting& sighting, bool may_be_repetition) override {
        const auto nearest =
            std::ranges::min_element(keyed_, {}, [](const auto* round) { return round->distance(); });
        if (nearest != keyed_.end())
            (*nearest)->reject(sighting, may_be_repetition);
        settle();
    }
    std::size_t distance() const override {
        const auto nearest =
            std::ranges::min_element(keyed_, {}, [](const auto* round) { return round->distance(); });
        return nearest == keyed_.end() ? 0 : (*nearest)->distance();
    }
    std::vector<std::string> repeats() const override {
        return keyed_.empty() ? std::vector<std::string>{} : keyed_.front()->repeats();
    }
    void hear(const model::Event& event) override {
        for (auto& round : rounds_)
            round->hear(event);
        settle();
    }
    void step_ended(const std::string& name, bool well, const MarkPtr& mark) override {
        for (auto& round : rounds_)
            if (!round->finished())
                round->step_ended(name, well, mark);
    }
    void tick() override {
        for (auto& round : rounds_)
            round->tick();
        settle();
    }
    void close() override {
        stopped_ = true;
        for (auto& round : rounds_)
            round->close();
        settle();
    }
    std::optional<base::Mono> deadline() const override {
        auto earliest = may_begin() ? std::optional(next_start()) : std::nullopt;
        for (const auto& round : rounds_)
            if (!round->finished())
                earliest = sooner(earliest, round->deadline());
        return earliest;
    }
    std::vector<const model::Step*> waiting() const override {
        std::vector<const model::Step*> all;
        for (const auto& round : rounds_)
            if (!round->finished())
                for (const auto* one : round->waiting())
                    all.push_back(one);
        return all;
    }

private:
    bool rests() const {
        return std::ranges::all_of(rounds_, [](const auto& round) { return round->finished(); });
    }
    bool may_begin() const {
        return !finished() && !stopped_ && !origin()->pending && begun_ < count_ &&
               (what_.parallel || rests());
    }
    base::Mono next_start() const { return origin()->at + what_.every * static_cast<std::int64_t>(begun_); }

    void settle() {
        if (finished())
            return;
        for (auto& round : rounds_)
            if (round->finished()) {
                failed_ = failed_ || round->outcome() == Outcome::failed;
                if (!end_ || round->end()->at >= end_->at)
                    end_ = round->end();
            }
        if (failed_ && !what_.parallel && rests())
            stopped_ = true;
        if (!what_.parallel && rests())
            rounds_.clear();
        while (may_begin() && (what_.every.count() == 0 || world().now.mono >= next_start())) {
            Scope inner = scope();
            inner.round = ++begun_;
            inner.origin =
                what_.parallel || !end_ ? std::make_shared<Mark>(Mark{world().now.mono, false, 0}) : end_;
            if (what_.every.count() != 0)
                inner.origin = std::make_shared<Mark>(Mark{world().now.mono, false, 0});
            rounds_.push_back(std::make_unique<Sequence>(what_.steps, inner));
            rounds_.back()->start();
            if (!what_.parallel && rounds_.back()->finished()) {
                settle();
                return;
            }
        }
        if (rests() && (stopped_ || begun_ == count_))
            finish(failed_ ? Outcome::failed : Outcome::met, end_ ? end_ : origin());
    }

    const model::Repeat& what_;
    std::uint64_t count_ = 0, begun_ = 0;
    std::vector<std::unique_ptr<Sequence>> rounds_;
    std::vector<Sequence*> keyed_;
    MarkPtr end_;
    bool failed_ = false, stopped_ = false;
};

} // namespace

std::unique_ptr<Running> running(const model::Repeat& what, const model::Step& step, Scope scope) {
    return std::make_unique<Repeating>(what, step, std::move(scope));
}

} // namespace judge
