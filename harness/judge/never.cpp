#include "harness/judge/barrier.h"
#include "harness/judge/key.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

using std::chrono::seconds;

constexpr base::Duration barrier_limit = seconds(5);
/// Virtual time that is never quiet, because of a flow or of periodic messages, is quiet enough after so many
/// times the quiet time.
constexpr int most_quiet_times = 20;

class Forbidding : public Running {
public:
    Forbidding(const model::Never& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}

    void start() override {
        from_ = since(what_.since);
        if (!from_) {
            error(fmt::format("{} has not ended: times cannot count from it", what_.since));
            return;
        }
        about_ = expand(what_.about);
        if (!what_.since.empty() || from_->ordered)
            for (const auto& event : world().history())
                if (const auto* seen = std::get_if<model::Seen>(&event.what);
                    seen && event.at >= from_->begin() && event.number > from_->packet)
                    see(Sighting(event, *seen, world().options.profile));
        if (what_.quiet && !finished() && !world().options.quiescent)
            barriers_ = send_barriers(world(), scope());
    }

    bool is_background() const override { return !what_.until.empty(); }
    std::vector<std::string> repeats() const override { return what_.packet.repeats; }

    Reaction see(const Sighting& sighting) override {
        if (finished() || sighting.is_barrier || !is_of_kind(what_.packet, sighting.seen.packet))
            return Reaction::none;
        if (what_.packet.message == "any" && sighting.is_flow)
            return Reaction::none;
        const auto end = limit();
        if (sighting.event.at < from_->begin() || (end && sighting.event.at > *end))
            return Reaction::none;
        // What the tester itself sends breaks nobody's duty.
        const auto* sender = world().environment.topology().node(sighting.seen.from);
        if (sender && sender->player == model::Player::tester && what_.ends.from.empty())
            return Reaction::none;
        const auto meeting = meets(what_.ends, sighting, world(), scope().round);
        if (!meeting.key ||
            !has_key({what_.packet, about_, what_.answers}, sighting, world(), scope().round) ||
            !compare(what_.packet, sighting.element(), view(&sighting.element(), about_)).matches())
            return Reaction::none;
        const auto culprit = step().by.empty() && world().bench.is_under_test(sighting.seen.from)
                                 ? sighting.seen.from
                                 : world().bench.duty(step().by, {});
        const auto gravest = world().bench.broken(step().proves, circumstance(culprit, &sighting),
                                                  fmt::format("{} must not come, and came after {}", name(),
                                                              base::text_of(sighting.event.at - from_->at)),
                                                  {}, findings());
        finish(model::is_red(gravest) && !is_background() ? Outcome::failed : Outcome::excused,
               std::make_shared<Mark>(Mark{sighting.event.at, false, sighting.event.number}));
        return Reaction::taken;
    }

    void step_ended(const std::string& ended, bool well, const MarkPtr& mark) override {
        if (finished() || what_.until.empty() || ended != what_.until)
            return;
        if (well)
            kept(mark);
        else
            undecided();
    }

    void tick() override {
        if (finished() || from_->pending)
            return;
        if (what_.quiet)
            listen();
        else if (const auto end = limit(); end && world().now.mono >= due(*end))
            kept(std::make_shared<Mark>(Mark{*end, false, 0}));
    }

    void close() override {
        if (finished())
            return;
        if (what_.until.empty())
            kept(std::make_shared<Mark>(Mark{world().now.mono, false, 0}));
        else
            undecided();
    }

    std::optional<base::Mono> deadline() const override {
        if (finished() || !from_ || from_->pending)
            return std::nullopt;
        if (!what_.quiet)
            return limit() ? std::optional(due(*limit())) : std::nullopt;
        for (const auto& barrier : barriers_)
            if (!barrier->answered())
                return due(barrier->sent() + barrier_limit);
        return std::max(due(quiet_end()), look_again_);
    }

private:
    std::string name() const {
        return what_.packet.template_name.empty() ? what_.packet.message : what_.packet.template_name;
    }
    std::optional<base::Mono> limit() const {
        return what_.for_time && !from_->pending ? std::optional(from_->at + *what_.for_time) : std::nullopt;
    }
    base::Mono quiet_end() const {
        base::Mono end = from_->at + world().options.quiet;
        for (const auto& barrier : barriers_)
            end = std::max(end, barrier->sent() + world().options.quiet);
        return end;
    }

    void listen() {
        const auto now = world().now.mono;
        for (const auto& barrier : barriers_) {
            if (barrier->answered())
                continue;
            if (now < due(barrier->sent() + barrier_limit))
                return;
            // Silence of somebody who says nothing at all proves nothing.
            const auto gravest = world().bench.broken(
                {{"SUT-ALIVE", {}}}, circumstance(barrier->node()),
                fmt::format("{} did not answer the valid message that follows the stimulus", barrier->node()),
                {}, findings());
            finish(outcome_of(gravest), std::make_shared<Mark>(Mark{now, false, 0}));
            return;
        }
        if (now < due(quiet_end()))
            return;
        const auto& quiescent = world().options.quiescent;
        const auto quiet = std::max<base::Duration>(world().options.quiet, std::chrono::milliseconds(1));
        if (quiescent && !quiescent(now + quiet) && now < quiet_end() + most_quiet_times * quiet) {
            look_again_ = now + quiet;
            return;
        }
        kept(std::make_shared<Mark>(Mark{now, false, 0}));
    }

    void kept(MarkPtr mark) {
        world().bench.passed(step().proves, circumstance(world().bench.duty(step().by, {})),
                             name() + " did not come", findings());
        finish(Outcome::met, std::move(mark));
    }

    void undecided() {
        const auto here = circumstance(world().bench.duty(step().by, {}));
        const auto sentence =
            fmt::format("{} did not come, but neither did {}, until which it must not", name(), what_.until);
        auto finding = world().bench.plain(model::Verdict::inconclusive, here, sentence);
        if (step().proves.empty())
            findings().push_back(finding);
        for (const auto& proof : step().proves) {
            finding.requirement = proof.id;
            findings().push_back(finding);
        }
        finish(Outcome::failed, nullptr);
    }

    const model::Never& what_;
    MarkPtr from_;
    std::string about_;
    Barriers barriers_;
    base::Mono look_again_{};
};

} // namespace

std::unique_ptr<Running> running(const model::Never& what, const model::Step& step, Scope scope) {
    return std::make_unique<Forbidding>(what, step, std::move(scope));
}

} // namespace judge
