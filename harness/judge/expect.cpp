#include "harness/base/text.h"
#include "harness/judge/key.h"
#include "harness/judge/match.h"
#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace judge {
namespace {

/// For an expectation that names no time of its own.
constexpr base::Duration patience = std::chrono::seconds(5);
/// A comparison with a packet between other ends: nearer is one that differs in its fields only.
constexpr std::size_t other_ends = 500;

/// How many packets may come: a bucket that fills with so many tokens a second.
class Rate {
public:
    Rate(std::uint64_t per_second, std::uint64_t burst)
        : per_second_(static_cast<double>(per_second)), burst_(static_cast<double>(burst)), tokens_(burst_) {}
    /// False if the packet is one too many.
    bool take(base::Mono at) {
        if (last_) {
            const double passed = std::chrono::duration<double>(at - *last_).count();
            tokens_ = std::min(burst_, tokens_ + passed * per_second_);
        }
        last_ = at;
        tokens_ -= 1;
        return tokens_ > -1e-9;
    }

private:
    double per_second_, burst_, tokens_;
    std::optional<base::Mono> last_;
};

class Expecting : public Running {
public:
    Expecting(const model::Expect& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {
        if (what_.per_second)
            rate_.emplace(*what_.per_second, what_.burst.value_or(*what_.per_second));
    }

    void start() override {
        from_ = since(what_.since);
        if (!from_) {
            error(fmt::format("{} has not ended: times cannot count from it", what_.since));
            return;
        }
        about_ = expand(what_.about);
        if (is_counted() && !what_.since.empty())
            for (const auto& event : world().history())
                if (const auto* seen = std::get_if<model::Seen>(&event.what);
                    seen && event.at >= from_->begin() && event.number > from_->packet)
                    see(Sighting(event, *seen, world().options.profile));
    }

    Reaction see(const Sighting& sighting) override;
    void reject(const Sighting& sighting, bool may_be_repetition) override {
        if (!may_be_repetition)
            conclude(sighting, last_, last_wrong_address_);
        else if (!set_aside_ || last_.mismatches.size() < set_aside_->comparison.mismatches.size())
            set_aside_ = SetAside{sighting.event, last_, last_wrong_address_};
    }
    std::size_t distance() const override { return last_.mismatches.size(); }
    std::vector<std::string> repeats() const override { return what_.packet.repeats; }

    void tick() override {
        if (!finished() && !from_->pending && world().now.mono >= due(limit()))
            time_is_over();
    }
    void close() override {
        if (!finished())
            time_is_over();
    }
    std::optional<base::Mono> deadline() const override {
        return from_ && !from_->pending ? std::optional(due(limit())) : std::nullopt;
    }

private:
    bool is_counted() const { return what_.exactly || what_.at_most || what_.at_least || what_.per_second; }
    /// Ends as soon as enough have come.
    bool is_open_ended() const { return !what_.exactly && !what_.at_most && !what_.per_second; }
    std::uint64_t wanted() const {
        return what_.exactly ? *what_.exactly : what_.at_least.value_or(is_open_ended() ? 1 : 0);
    }
    base::Mono limit() const {
        const auto time = what_.in ? *what_.in : what_.within ? what_.within->time : patience;
        return from_->at + std::max(time, what_.not_before ? what_.not_before->time : base::Duration{});
    }
    std::string culprit() const {
        return world().bench.duty(step().by,
                                  world().nodes_named(world().expand(what_.ends.from, scope().round)));
    }
    std::string description() const {
        const auto ends = [&](const std::vector<std::string>& names, const char* word) {
            return names.empty()
                       ? std::string{}
                       : fmt::format(" {} {}", word, fmt::join(world().expand(names, scope().round), " or "));
        };
        const auto& packet = what_.packet;
        return (packet.template_name.empty() ? packet.message : packet.template_name) +
               ends(what_.ends.from, "from") + ends(what_.ends.to, "to") +
               (about_.empty() ? std::string{} : " for " + about_);
    }

    void take(const Sighting&, const Comparison&);
    void conclude(const Sighting&, const Comparison&, const std::optional<model::Difference>&);
    void out_of_time(const Sighting&, const model::Bound&, std::string sentence);
    void time_is_over();
    void miss(std::string sentence);
    void note_nearest(const Sighting&, std::size_t cost, const Comparison&);
    void pass_all(const Sighting*);

    const model::Expect& what_;
    MarkPtr from_;
    std::string about_;
    std::uint64_t count_ = 0;
    std::optional<Rate> rate_;
    std::uint64_t too_fast_ = 0; ///< number of the first packet above the rate
    MarkPtr latest_;
    Comparison last_;
    std::optional<model::Difference> last_wrong_address_;
    struct Nearest {
        std::size_t cost = 0;
        Circumstance circumstance;
        std::vector<model::Difference> differences;
    };
    std::optional<Nearest> nearest_;
    /// A packet with the key, not as expected, that may be a repetition of an earlier one.
    struct SetAside {
        model::Event event;
        Comparison comparison;
        std::optional<model::Difference> wrong_address;
    };
    std::optional<SetAside> set_aside_;
};

Reaction Expecting::see(const Sighting& sighting) {
    if (finished() || !is_of_kind(what_.packet, sighting.seen.packet))
        return Reaction::none;
    if (what_.packet.message == "any" && sighting.is_flow)
        return Reaction::none;
    const auto meeting = meets(what_.ends, sighting, world(), scope().round);
    auto comparison = compare(what_.packet, sighting.element(), view(&sighting.element(), about_));
    if (!meeting.key || !has_key({what_.packet, about_, what_.answers}, sighting, world(), scope().round)) {
        if (!world().bench.is_under_test(sighting.seen.from) && !meeting.key)
            return Reaction::none;
        note_nearest(sighting, comparison.mismatches.size() + (meeting.key ? 0 : other_ends), comparison);
        return Reaction::none;
    }
    if (!comparison.matches() || meeting.wrong_address) {
        last_ = std::move(comparison);
        last_wrong_address_ = meeting.wrong_address;
        return Reaction::keyed;
    }
    const auto waited = sighting.event.at - from_->at;
    if (what_.not_before && waited < what_.not_before->time) {
        out_of_time(sighting, *what_.not_before,
                    fmt::format("{} came after {}, before {} had passed", description(),
                                base::text_of(waited), base::text_of(what_.not_before->time)));
        return Reaction::taken;
    }
    if (!from_->pending && sighting.event.at > limit()) {
        if (!is_open_ended()) {
            time_is_over();
            return Reaction::none;
        }
        out_of_time(sighting, what_.within.value_or(model::Bound{}),
                    fmt::format("{} came after {}, {} is allowed", description(), base::text_of(waited),
                                base::text_of(limit() - from_->at)));
        return Reaction::taken;
    }
    take(sighting, comparison);
    return Reaction::taken;
}

void Expecting::take(const Sighting& sighting, const Comparison& comparison) {
    ++count_;
    for (const auto& [value, scalar] : comparison.distinct)
        world().environment.remember(value, scalar);
    const Round round = scope().round != 0 ? scope().round : is_counted() ? count_ : 0;
    world().environment.bind(step().as, round, sighting.capture());
    latest_ = std::make_shared<Mark>(Mark{sighting.event.at, false, sighting.event.number});
    if (rate_ && !rate_->take(sighting.event.at) && too_fast_ == 0)
        too_fast_ = sighting.event.number;
    if (!is_open_ended() || count_ < wanted())
        return;
    pass_all(&sighting);
    finish(Outcome::met, latest_);
}

void Expecting::pass_all(const Sighting* sighting) {
    const auto& bench = world().bench;
    const auto here = circumstance(culprit(), sighting);
    const auto sentence =
        is_counted() ? fmt::format("{} came {} times", description(), count_) : description() + " came";
    bench.passed(step().proves, here, sentence, findings());
    if (what_.within)
        bench.passed(what_.within->proves, here, sentence + " in time", findings());
    if (what_.not_before)
        bench.passed(what_.not_before->proves, here, sentence + " not too early", findings());
    for (const auto& owner : owners(what_.packet, bench.dialect()))
        if (count_ != 0)
            bench.passed(*owner.proves, circumstance(culprit(), sighting, owner.where),
                         owner.path + " is as expected", findings());
}

/// A packet with the key, not as expected: whoever owns the differences gets the finding.
void Expecting::conclude(const Sighting& sighting, const Comparison& comparison,
                         const std::optional<model::Difference>& wrong_address) {
    std::map<const model::Proofs*, std::vector<model::Difference>> owned;
    bool whole = wrong_address.has_value();
    for (const auto& one : comparison.mismatches) {
        if (one.owner)
            owned[one.owner].push_back(one.difference);
        else
            whole = true;
    }
    const auto& bench = world().bench;
    if (whole) {
        auto differences = comparison.differences();
        if (wrong_address)
            differences.insert(differences.begin(), *wrong_address);
        const auto gravest = bench.broken(step().proves, circumstance(culprit(), &sighting),
                                          fmt::format("{} is not as expected", description()),
                                          std::move(differences), findings());
        finish(outcome_of(gravest),
               std::make_shared<Mark>(Mark{sighting.event.at, false, sighting.event.number}));
        return;
    }
    // The step has what it waited for; what is wrong inside belongs to others.
    model::Verdict gravest = model::Verdict::pass;
    for (const auto& owner : owners(what_.packet, bench.dialect()))
        if (const auto found = owned.find(owner.proves); found != owned.end())
            gravest = std::max(
                gravest, bench.broken(*owner.proves, circumstance(culprit(), &sighting, owner.where),
                                      fmt::format("{} of {} is not as expected", owner.path, description()),
                                      found->second, findings()));
        else
            bench.passed(*owner.proves, circumstance(culprit(), &sighting, owner.where),
                         owner.path + " is as expected", findings());
    bench.passed(step().proves, circumstance(culprit(), &sighting), description() + " came", findings());
    if (what_.within)
        bench.passed(what_.within->proves, circumstance(culprit(), &sighting),
                     description() + " came in time", findings());
    world().environment.bind(step().as, scope().round, sighting.capture());
    const bool stop = scope().part == Part::given && model::is_red(gravest);
    finish(stop ? Outcome::failed : Outcome::met,
           std::make_shared<Mark>(Mark{sighting.event.at, false, sighting.event.number}));
}

void Expecting::out_of_time(const Sighting& sighting, const model::Bound& bound, std::string sentence) {
    const auto here = circumstance(culprit(), &sighting);
    const auto gravest = world().bench.broken(bound.proves.empty() ? step().proves : bound.proves, here,
                                              std::move(sentence), {}, findings());
    if (!bound.proves.empty())
        world().bench.passed(step().proves, here, description() + " came", findings());
    world().environment.bind(step().as, scope().round, sighting.capture());
    finish(model::is_red(gravest) ? Outcome::failed : Outcome::excused,
           std::make_shared<Mark>(Mark{sighting.event.at, false, sighting.event.number}));
}

void Expecting::note_nearest(const Sighting& sighting, std::size_t cost, const Comparison& comparison) {
    if (nearest_ && nearest_->cost <= cost)
        return;
    nearest_ = Nearest{cost, circumstance(culprit(), &sighting), comparison.differences()};
}

void Expecting::time_is_over() {
    const auto time = base::text_of(limit() - from_->at);
    if (set_aside_ && count_ == 0 && wanted() == 1) {
        // Nothing better came, so that was the answer.
        const Sighting sighting(set_aside_->event, std::get<model::Seen>(set_aside_->event.what),
                                world().options.profile);
        conclude(sighting, set_aside_->comparison, set_aside_->wrong_address);
    } else if (count_ < wanted())
        miss(is_counted() && count_ != 0 ? fmt::format("{} came {} times within {}, {} are needed",
                                                       description(), count_, time, wanted())
                                         : fmt::format("no {} within {}", description(), time));
    else if ((what_.exactly && count_ > *what_.exactly) || (what_.at_most && count_ > *what_.at_most))
        miss(fmt::format("{} came {} times within {}, {} are allowed", description(), count_, time,
                         what_.exactly ? *what_.exactly : *what_.at_most));
    else if (too_fast_ != 0)
        miss(fmt::format("{} came faster than {} a second with a burst of {}; #{} is the first too many",
                         description(), *what_.per_second, what_.burst.value_or(*what_.per_second),
                         too_fast_));
    else {
        pass_all(nullptr);
        finish_at(Outcome::met, limit());
    }
}

void Expecting::miss(std::string sentence) {
    auto here = circumstance(culprit());
    std::vector<model::Difference> differences;
    if (nearest_) {
        sentence += fmt::format("; the nearest was #{}", nearest_->circumstance.packet);
        here.packet = nearest_->circumstance.packet;
        here.packet_text = nearest_->circumstance.packet_text;
        differences = nearest_->differences;
    }
    const std::size_t before = findings().size();
    model::Verdict gravest = model::Verdict::pass;
    const bool bounded = what_.within && !what_.within->proves.empty();
    if (!bounded || !step().proves.empty())
        gravest = world().bench.broken(step().proves, here, sentence, differences, findings());
    if (bounded)
        gravest = std::max(
            gravest, world().bench.broken(what_.within->proves, here, sentence, differences, findings()));
    if (count_ < wanted())
        for (std::size_t i = before; i < findings().size(); ++i)
            findings()[i].missing = model::Missing{base::join(what_.ends.from, " "),
                                                   base::join(what_.ends.to, " "), what_.packet.message};
    finish(outcome_of(gravest), std::make_shared<Mark>(Mark{world().now.mono, false, 0}));
}

} // namespace

std::unique_ptr<Running> running(const model::Expect& what, const model::Step& step, Scope scope) {
    return std::make_unique<Expecting>(what, step, std::move(scope));
}

} // namespace judge
