#include "harness/judge/interpreter.h"

#include "harness/judge/barrier.h"
#include "harness/judge/running.h"
#include "harness/model/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace judge {
namespace {

/// A stage that does not say within that time that an order was carried out never will.
constexpr base::Duration stage_limit = std::chrono::seconds(60);
/// A clock that differs by less is the tester's.
constexpr base::Duration same_clock = std::chrono::seconds(1);
constexpr std::size_t most_stamps = 256;

bool proves_anything(const model::Step& step, const Dialect& dialect) {
    if (!step.proves.empty())
        return true;
    const auto* expect = std::get_if<model::Expect>(&step.what);
    return expect && !owners(expect->packet, dialect).empty();
}

} // namespace

Interpreter::Interpreter(const model::Case& scenario, const model::Library& library, Options options)
    : world_(scenario, library, std::move(options)) {}

Interpreter::~Interpreter() = default;

void Interpreter::begin(base::Now now, model::Orders& orders) {
    world_.now = now;
    world_.orders = &orders;
}

void Interpreter::start(base::Now now, model::Orders& orders) {
    begin(now, orders);
    world_.began = now.mono;
    last_progress_ = now.mono;
    enter(Stage::given);
    settle();
}

void Interpreter::enter(Stage stage) {
    stage_ = stage;
    const auto play = [&](const model::Steps& steps, Part part) {
        Scope scope{world_, part, 0, nullptr, nullptr};
        scope.origin = steps_ && stage == Stage::body
                           ? steps_->end()
                           : std::make_shared<Mark>(Mark{world_.now.mono, false, 0});
        steps_ = std::make_unique<Sequence>(steps, scope);
        steps_->start();
    };
    const auto close_all = [&] {
        for (std::size_t i = 0; i < world_.background.size(); ++i)
            world_.background[i]->close();
    };
    switch (stage) {
    case Stage::given:
        play(world_.scenario.given, Part::given);
        break;
    case Stage::body:
        play(world_.scenario.body, Part::body);
        break;
    case Stage::closing:
        world_.stopping = world_.stopping || !steps_ || steps_->outcome() != Outcome::met;
        steps_.reset();
        close_all();
        break;
    case Stage::finally:
        world_.in_finally = true;
        play(world_.scenario.finally, Part::finally);
        break;
    case Stage::ending:
        steps_.reset();
        close_all();
        break;
    case Stage::done:
        break;
    }
}

void Interpreter::sweep() {
    auto& background = world_.background;
    for (std::size_t i = 0; i < background.size();) {
        if (!background[i]->finished()) {
            ++i;
            continue;
        }
        const auto one = std::move(background[i]);
        background.erase(background.begin() + static_cast<std::ptrdiff_t>(i));
        world_.ended(one->step().as, one->outcome() == Outcome::met, one->end());
        i = 0; // whoever waited for that name may have ended in turn
    }
}

void Interpreter::settle() {
    for (;;) {
        sweep();
        const bool playing = stage_ == Stage::given || stage_ == Stage::body;
        if (playing && world_.stopping) {
            enter(Stage::closing);
            continue;
        }
        const bool over = steps_ ? steps_->finished() : world_.background.empty();
        if (!over || stage_ == Stage::done)
            return;
        switch (stage_) {
        case Stage::given:
            enter(steps_->outcome() == Outcome::met ? Stage::body : Stage::closing);
            break;
        case Stage::body:
            enter(Stage::closing);
            break;
        case Stage::closing:
            enter(Stage::finally);
            break;
        case Stage::finally:
            enter(Stage::ending);
            break;
        default:
            enter(Stage::done);
        }
    }
}

void Interpreter::on(const model::Event& event, base::Now now, model::Orders& orders) {
    begin(now, orders);
    if (done())
        return;
    last_progress_ = now.mono;
    if (const auto* seen = std::get_if<model::Seen>(&event.what))
        see(event, *seen);
    else if (const auto* dead = std::get_if<model::Died>(&event.what))
        died(*dead);
    else if (const auto* carried = std::get_if<model::Done>(&event.what))
        carried_out(event, *carried);
    else
        hear(event);
    settle();
}

void Interpreter::hear(const model::Event& event) {
    for (std::size_t i = 0; i < world_.background.size(); ++i)
        world_.background[i]->hear(event);
    if (steps_)
        steps_->hear(event);
}

void Interpreter::see(const model::Event& event, const model::Seen& seen) {
    Sighting sighting(event, seen, world_.options.profile);
    sighting.is_flow = world_.flows != 0 && model::flow_mark(seen.packet).has_value();
    if (!sighting.is_flow)
        for (const auto& learn : world_.library.learns)
            if (is_of_kind(learn.from, sighting.seen.packet) &&
                compare(learn.from, sighting.element(), world_.viewpoint(0, &sighting.element())).matches())
                world_.environment.learn(learn, sighting.element());
    for (const auto& barrier : world_.barriers)
        sighting.is_barrier = barrier->see(sighting, world_) || sighting.is_barrier;
    auto& background = world_.background;
    for (std::size_t i = 0; i < background.size(); ++i)
        if (background[i]->answers(sighting))
            break;
    bool proven = false;
    if (steps_)
        proven = std::ranges::any_of(steps_->waiting(), [&](const auto* step) {
            return proves_anything(*step, world_.bench.dialect());
        });
    for (std::size_t i = 0; i < background.size(); ++i) {
        // A phase in the background has expectations of its own.
        if (background[i]->see(sighting) == Reaction::keyed)
            background[i]->reject(sighting, world_.is_repetition(sighting, background[i]->repeats()));
    }
    Reaction reaction = Reaction::none;
    if (steps_ && !sighting.is_barrier) {
        reaction = steps_->see(sighting);
        if (reaction == Reaction::keyed)
            steps_->reject(sighting, world_.is_repetition(sighting, steps_->repeats()));
    }
    if (!sighting.is_flow)
        learn_clock(sighting, proven && reaction != Reaction::none && stage_ == Stage::body);
    world_.remember(sighting);
}

/// A node's own time shows in the timestamps that it makes; an answer that echoes one shows nothing.
void Interpreter::learn_clock(const Sighting& sighting, bool proven) {
    if (sighting.kind() != "binding-update" && sighting.kind() != "binding-acknowledgement")
        return;
    const auto stamp = find_attribute(sighting.element(), "timestamp.value");
    const auto* value = stamp.attribute ? std::get_if<std::uint64_t>(&stamp.attribute->value) : nullptr;
    if (!value)
        return;
    if (!world_.bench.is_under_test(sighting.seen.from)) {
        if (foreign_stamps_.size() < most_stamps)
            foreign_stamps_.push_back(*value);
        return;
    }
    if (proven || world_.clock_stepped || world_.environment.clock_offset() ||
        std::ranges::find(foreign_stamps_, *value) != foreign_stamps_.end())
        return;
    const auto offset = base::wall_of_48_16(*value) - sighting.event.wall;
    world_.environment.learn_clock_offset(offset);
    if (std::chrono::abs(offset) < same_clock)
        return;
    Circumstance here;
    here.where = world_.scenario.where;
    here.step = "clock";
    here.culprit = sighting.seen.from;
    here.packet = sighting.event.number;
    here.at = sighting.event.at - world_.began;
    auto finding = world_.bench.plain(
        model::Verdict::observed, here,
        fmt::format("the clock of {} is {} from the tester's", sighting.seen.from, base::text_of(offset)));
    finding.name = "sut.clock-offset";
    finding.value = base::text_of(offset);
    world_.add(std::move(finding));
}

void Interpreter::died(const model::Died& dead) {
    Circumstance here;
    here.part = Part::body; // a SUT that dies fails whenever it does
    here.where = world_.scenario.where;
    here.step = "alive";
    here.culprit = world_.bench.duty(dead.node, {});
    here.at = world_.now.mono - world_.began;
    model::Proofs proofs;
    if (steps_ && stage_ == Stage::body)
        for (const auto* step : steps_->waiting()) {
            proofs.insert(proofs.end(), step->proves.begin(), step->proves.end());
            if (!step->proves.empty())
                here.where = step->where;
        }
    if (const auto ids = world_.scenario.proves(); proofs.empty() && ids.size() == 1)
        proofs.push_back({ids.front(), {}});
    if (proofs.empty())
        proofs.push_back({"SUT-ALIVE", {}});
    world_.bench.broken(proofs, here, fmt::format("{} died: {}", dead.node, dead.how), {}, world_.findings);
    world_.stopping = true;
}

void Interpreter::carried_out(const model::Event& event, const model::Done& done) {
    world_.done(done, event.at);
    hear(event);
    const bool asks_state = done.order.starts_with("tell ") && done.order.ends_with(" state");
    if (done.trouble.empty() || asks_state || done.order.starts_with("send from "))
        return;
    if (stage_ == Stage::finally || stage_ == Stage::ending || stage_ == Stage::closing)
        return; // undoing what was never done
    Circumstance here;
    here.where = world_.scenario.where;
    here.step = done.order;
    here.at = world_.now.mono - world_.began;
    const auto verdict = done.trouble.starts_with("not-claimed")   ? model::Verdict::not_claimed
                         : done.trouble.starts_with("unsupported") ? model::Verdict::unsupported
                                                                   : model::Verdict::error;
    world_.add(world_.bench.plain(verdict, here, fmt::format("{}: {}", done.order, done.trouble)));
    world_.stopping = true;
}

void Interpreter::tick(base::Now now, model::Orders& orders) {
    begin(now, orders);
    if (done())
        return;
    for (std::size_t i = 0; i < world_.background.size(); ++i)
        world_.background[i]->tick();
    if (steps_)
        steps_->tick();
    settle();
    if (waits_for_stage() && now.mono >= last_progress_ + stage_limit) {
        Circumstance here;
        here.where = world_.scenario.where;
        here.at = now.mono - world_.began;
        world_.add(world_.bench.plain(model::Verdict::error, here,
                                      "the stage did not say that an order was carried out"));
        world_.stopping = true;
        enter(stage_ == Stage::finally || stage_ == Stage::ending ? Stage::done : Stage::closing);
        settle();
    }
}

/// Nothing has a time of its own: everything waits for a word of the stage.
bool Interpreter::waits_for_stage() const {
    if (done())
        return false;
    std::optional<base::Mono> earliest = steps_ ? steps_->deadline() : std::nullopt;
    for (const auto& one : world_.background)
        earliest = sooner(earliest, one->deadline());
    return !earliest;
}

std::optional<base::Mono> Interpreter::deadline() const {
    if (done())
        return std::nullopt;
    std::optional<base::Mono> earliest = steps_ ? steps_->deadline() : std::nullopt;
    for (const auto& one : world_.background)
        earliest = sooner(earliest, one->deadline());
    return earliest ? earliest : last_progress_ + stage_limit;
}

std::vector<model::Finding> Interpreter::findings() const {
    std::vector<model::Finding> all;
    std::set<std::tuple<std::string, unsigned, unsigned>> passed;
    for (const auto& finding : world_.findings)
        if (finding.verdict != model::Verdict::pass ||
            passed.insert({finding.requirement, finding.where.line, finding.where.column}).second)
            all.push_back(finding);
    return all;
}

} // namespace judge
