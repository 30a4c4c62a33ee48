#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace judge {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// Does one of the nodes hear what is sent to everybody on that link?
bool hears(const std::vector<std::string>& names, const std::string& link, const model::Topology& topology) {
    const auto* known = topology.link(link);
    return std::ranges::any_of(names, [&](const auto& name) {
        if (known && (known->identity == name || known->access == name))
            return true;
        const auto* node = topology.node(name);
        return node && std::ranges::any_of(node->ports, [&](const auto& port) { return port.link == link; });
    });
}

std::optional<base::Ip6> outer(const wire::Packet& packet, bool source) {
    const auto* ip = wire::outer_ip(packet);
    if (!ip)
        return std::nullopt;
    return source ? ip->source : ip->destination;
}

} // namespace

Meeting meets(const model::Ends& ends, const Sighting& sighting, const World& world, Round round) {
    const auto& seen = sighting.seen;
    if (!ends.on.empty() && world.expand(ends.on, round) != seen.link)
        return {};
    Meeting result;
    const auto from = world.expand(ends.from, round);
    if (contains(from, "any")) {
        if (seen.link == world.stimulus_link && seen.from == world.stimulus_node)
            return {};
    } else if (!from.empty()) {
        const auto senders = world.nodes_named(from);
        if (contains(senders, seen.source)) {
            // What a router passes on was counted where its sender put it on the wire.
            if (ends.on.empty() && seen.from != seen.source && !contains(senders, seen.from))
                return {};
        } else if (seen.source.empty() && contains(senders, seen.from)) {
            const auto source = outer(seen.packet, true);
            if (source && !source->is_unspecified() && !source->is_link_local())
                result.wrong_address = {"ipv6.source", fmt::format("an address of {}", seen.from),
                                        base::text(*source), 14 + 8, 16};
        } else {
            return {};
        }
    }
    const auto to = world.expand(ends.to, round);
    if (!to.empty() && !contains(to, "any")) {
        const auto receivers = world.nodes_named(to);
        if (!contains(receivers, seen.destination)) {
            const auto destination = outer(seen.packet, false);
            const bool on_link = destination && (destination->is_multicast() || destination->is_link_local());
            if (!seen.destination.empty() || !on_link ||
                !hears(receivers, seen.link, world.environment.topology()))
                return {};
        }
    }
    result.key = true;
    return result;
}

std::string Running::label() const {
    if (!step_.as.empty())
        return step_.as;
    static constexpr std::array<const char*, 17> names{
        "send", "answer",  "expect", "never", "any-order", "either", "record", "repeat", "attach",
        "tell", "control", "impair", "flow",  "end-flow",  "phase",  "state",  "wait"};
    return names[step_.what.index()];
}

Circumstance Running::circumstance(const std::string& culprit, const Sighting* sighting,
                                   const model::Where* where) const {
    Circumstance result;
    result.part = scope_.part;
    result.where = where && where->known() ? *where : step_.where;
    result.step = label();
    result.culprit = culprit;
    result.at = world().now.mono - world().began;
    if (sighting) {
        result.packet = sighting->event.number;
        result.at = sighting->event.at - world().began;
        for (const auto& layer : sighting->element().children)
            if (layer.name != "ethernet")
                result.packet_text += brief(layer);
    }
    return result;
}

void Running::error(std::string sentence) {
    if (scope_.part == Part::finally && world().stopping) {
        finish_at(Outcome::met, world().now.mono); // what was to be undone has never happened
        return;
    }
    findings().push_back(world().bench.plain(model::Verdict::error, circumstance({}), std::move(sentence)));
    finish_at(Outcome::failed, world().now.mono);
}

Outcome Running::outcome_of(model::Verdict gravest) const {
    const bool red = model::is_red(gravest);
    // Later steps may refer to what a named step did not find.
    return red || !step_.as.empty() ? Outcome::failed : Outcome::excused;
}

void Running::finish(Outcome outcome, MarkPtr end) {
    if (finished())
        return;
    outcome_ = outcome;
    end_ = std::move(end);
}

MarkPtr Running::since(const std::string& name) const {
    if (name.empty())
        return scope_.origin;
    const auto found = world().marks.find(name);
    return found == world().marks.end() ? nullptr : found->second;
}

std::unique_ptr<Running> make_running(const model::Step& step, Scope scope) {
    return std::visit([&](const auto& what) { return running(what, step, scope); }, step.what);
}

Sequence::Sequence(const model::Steps& steps, Scope scope) : steps_(steps), scope_(std::move(scope)) {}

void Sequence::start() {
    advance();
}

void Sequence::redirect(std::vector<model::Finding>* findings) {
    scope_.findings = findings;
}

void Sequence::advance() {
    if (finished())
        return;
    auto& world = scope_.world;
    for (;;) {
        if (current_) {
            if (!current_->finished())
                return;
            if (current_->end())
                scope_.origin = current_->end();
            const auto outcome = current_->outcome();
            const std::string name = current_->step().as;
            current_.reset();
            ahead_.reset();
            world.ended(name, outcome == Outcome::met, scope_.origin);
            excused_ = excused_ || outcome == Outcome::excused;
            if (outcome == Outcome::failed && scope_.part != Part::finally) {
                outcome_ = Outcome::failed;
                return;
            }
        }
        if (closing_) {
            outcome_ = Outcome::met;
            return;
        }
        if (world.stopping && scope_.part != Part::finally) {
            outcome_ = Outcome::failed;
            return;
        }
        if (next_ == steps_.size()) {
            outcome_ = Outcome::met;
            return;
        }
        const auto& step = steps_[next_];
        held_back_ = world.bench.dialect().applies(step.when) && comes_too_early(step);
        if (held_back_)
            return;
        ++next_;
        if (!world.bench.dialect().applies(step.when))
            continue;
        told_ = std::holds_alternative<model::Tell>(step.what) ||
                std::holds_alternative<model::Attach>(step.what) ||
                std::holds_alternative<model::Control>(step.what);
        auto running = make_running(step, scope_);
        running->start();
        if (running->is_background() && !running->finished()) {
            if (running->begun())
                scope_.origin = running->begun();
            world.background.push_back(std::move(running));
            continue;
        }
        current_ = std::move(running);
    }
}

bool Sequence::comes_too_early(const model::Step& step) const {
    // What a node sends because of it may come before its hook has ended: whoever looks for a packet begins
    // at once.
    const bool looks = std::holds_alternative<model::Expect>(step.what) ||
                       std::holds_alternative<model::AnyOrder>(step.what) ||
                       std::holds_alternative<model::Either>(step.what) ||
                       std::holds_alternative<model::Answer>(step.what) ||
                       std::holds_alternative<model::Impair>(step.what);
    return told_ && !looks && scope_.origin && scope_.origin->pending;
}

Reaction Sequence::see_next(const Sighting& sighting) {
    if (!ahead_) {
        if (next_ == steps_.size() || !std::holds_alternative<model::Expect>(steps_[next_].what) ||
            !scope_.world.bench.dialect().applies(steps_[next_].when))
            return Reaction::none;
        ahead_ = make_running(steps_[next_], scope_);
        ahead_->start();
    }
    if (ahead_->see(sighting) != Reaction::taken)
        return Reaction::none;
    current_->skip();
    scope_.world.ended(current_->step().as, true, scope_.origin);
    current_ = std::move(ahead_);
    ++next_;
    return Reaction::taken;
}

Reaction Sequence::see(const Sighting& sighting) {
    if (finished() || !current_)
        return Reaction::none;
    Reaction reaction = current_->see(sighting);
    if (reaction != Reaction::taken && current_->may_be_skipped() && see_next(sighting) == Reaction::taken)
        reaction = Reaction::taken;
    advance();
    return reaction;
}

void Sequence::reject(const Sighting& sighting, bool may_be_repetition) {
    if (!current_)
        return;
    current_->reject(sighting, may_be_repetition);
    advance();
}

std::size_t Sequence::distance() const {
    return current_ ? current_->distance() : 0;
}

std::vector<std::string> Sequence::repeats() const {
    return current_ ? current_->repeats() : std::vector<std::string>{};
}

void Sequence::hear(const model::Event& event) {
    if (current_)
        current_->hear(event);
    else if (!held_back_)
        return;
    advance();
}

void Sequence::step_ended(const std::string& name, bool well, const MarkPtr& mark) {
    if (current_)
        current_->step_ended(name, well, mark);
}

void Sequence::tick() {
    if (finished())
        return;
    // A step that ends at its deadline may start one whose deadline has come too.
    for (std::size_t rounds = 0; current_ && rounds <= steps_.size(); ++rounds) {
        const auto* before = current_.get();
        current_->tick();
        advance();
        if (current_.get() == before)
            return;
    }
}

void Sequence::close() {
    closing_ = true;
    if (current_)
        current_->close();
    advance();
}

std::optional<base::Mono> Sequence::deadline() const {
    return current_ && !finished() ? current_->deadline() : std::nullopt;
}

std::vector<const model::Step*> Sequence::waiting() const {
    return current_ ? current_->waiting() : std::vector<const model::Step*>{};
}

} // namespace judge
