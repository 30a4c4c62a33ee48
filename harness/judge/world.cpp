#include "harness/judge/world.h"

#include "harness/base/text.h"
#include "harness/judge/evaluate.h"
#include "harness/judge/running.h"
#include "harness/wire/describer.h"

#include <algorithm>

namespace judge {
namespace {

/// Enough to recognise retransmissions and refreshes of every conversation of a case.
constexpr std::size_t most_remembered = 256;
constexpr std::size_t most_history = 4096;

std::set<std::string> nodes_under_test(const model::Case& scenario, const Options& options) {
    if (!options.under_test.empty())
        return options.under_test;
    std::set<std::string> names;
    for (const auto& node : scenario.topology.nodes) {
        const auto is = [&](const auto& role) { return role == node.role || role == node.name; };
        if (node.player == model::Player::sut ||
            (node.player != model::Player::tester && std::ranges::any_of(scenario.under_test, is)))
            names.insert(node.name);
    }
    return names;
}

/// Carried out some time after the order was given: what it leads to may come first.
bool takes_time(const model::Step& step) {
    return std::holds_alternative<model::Attach>(step.what) ||
           std::holds_alternative<model::Tell>(step.what) ||
           std::holds_alternative<model::Control>(step.what);
}

bool looks_back(const model::Steps& steps) {
    return std::ranges::any_of(steps, [&](const model::Step& step) {
        if (const auto* never = std::get_if<model::Never>(&step.what))
            return !never->since.empty() || (&step != &steps.front() && takes_time(*(&step - 1)));
        if (const auto* expect = std::get_if<model::Expect>(&step.what))
            return !expect->since.empty();
        if (const auto* block = std::get_if<model::AnyOrder>(&step.what))
            return looks_back(block->steps);
        if (const auto* block = std::get_if<model::Repeat>(&step.what))
            return looks_back(block->steps);
        if (const auto* block = std::get_if<model::Phase>(&step.what))
            return looks_back(block->steps);
        if (const auto* block = std::get_if<model::Either>(&step.what))
            return std::ranges::any_of(block->blocks, looks_back);
        return false;
    });
}

/// Equal in all that is insisted on: derived fields, the link and what routers change do not count.
bool equal_but_for(const wire::Element& a, const wire::Element& b, const std::string& path,
                   const std::vector<std::string>& free) {
    const auto is_free = [&](const std::string& name) {
        const std::string full = path.empty() ? name : path + "." + name;
        return std::ranges::any_of(free, [&](const auto& one) {
            return one == full || full.starts_with(one + ".") || (path.empty() && one == a.name + "." + name);
        });
    };
    const auto padding = [](const wire::Element& one) { return one.name == "pad1" || one.name == "padn"; };
    for (const auto& attribute : a.attributes) {
        if (is_free(attribute.name) || (attribute.kind && attribute.kind->derived))
            continue;
        const auto* other = b.attribute(attribute.name);
        if (!other || other->value != attribute.value)
            return false;
    }
    std::vector<const wire::Element*> left, right;
    for (const auto& child : a.children)
        if (!padding(child) && !is_free(child.name))
            left.push_back(&child);
    for (const auto& child : b.children)
        if (!padding(child) && !is_free(child.name))
            right.push_back(&child);
    return std::ranges::equal(left, right, [&](const auto* x, const auto* y) {
        return x->name == y->name &&
               equal_but_for(*x, *y, path.empty() ? x->name : path + "." + x->name, free);
    });
}

} // namespace

const wire::Element& Sighting::element() const {
    if (!element_)
        element_ = wire::describe_everything(seen.packet, profile_);
    return *element_;
}

std::string_view Sighting::kind() const {
    return wire::kind(seen.packet);
}

Capture Sighting::capture() const {
    if (!capture_)
        capture_ = std::make_shared<const Captured>(
            Captured{seen.packet, element(), event.number, event.at, event.wall, seen.from, seen.link});
    return capture_;
}

World::World(const model::Case& of, const model::Library& from, Options how)
    : scenario(of), library(from), options(std::move(how)), environment(of.topology, options.profile),
      bench(of.topology, nodes_under_test(of, options), from.ledger, {options.profile_name, options.claims},
            options.strict, options.foreign),
      sequences(static_cast<std::uint16_t>(options.seed == 0 ? 1 : options.seed * 0x9e37 & 0x7fff)),
      keeps_history_(looks_back(of.given) || looks_back(of.body) || looks_back(of.finally)) {}

World::~World() = default;

void World::order(model::Order what) {
    orders->push_back(std::move(what));
}

void World::add(model::Finding finding) {
    findings.push_back(std::move(finding));
}

void World::ended(const std::string& name, bool well, const MarkPtr& mark) {
    if (name.empty())
        return;
    if (mark)
        marks[name] = mark;
    // Background steps may end in turn, but none is added or taken away here.
    for (std::size_t i = 0; i < background.size(); ++i)
        background[i]->step_ended(name, well, mark);
}

void World::await(const std::string& order, const MarkPtr& mark) {
    mark->pending = true;
    mark->ordered = mark->at;
    awaited_.push_back({order, mark});
}

void World::done(const model::Done& done, base::Mono at) {
    const auto found = std::ranges::find(awaited_, done.order, &Awaited::order);
    if (found == awaited_.end())
        return;
    found->mark->pending = false;
    found->mark->at = std::max(found->mark->at, at);
    awaited_.erase(found);
}

Viewpoint World::viewpoint(Round round, const wire::Element* subject, const std::string& self) const {
    return {environment, bench.dialect(), {now, subject, round, self}};
}

std::string World::expand(const std::string& text, Round round) const {
    if (text.find("${") == std::string::npos)
        return text;
    return environment.expand(text, {now, nullptr, round, {}});
}

std::vector<std::string> World::expand(const std::vector<std::string>& texts, Round round) const {
    std::vector<std::string> result;
    for (const auto& text : texts)
        result.push_back(expand(text, round));
    return result;
}

std::vector<std::string> World::nodes_named(const std::vector<std::string>& names) const {
    std::vector<std::string> result;
    for (const auto& name : names) {
        if (environment.topology().node(name) || environment.topology().identity(name)) {
            result.push_back(name);
            continue;
        }
        for (const auto& node : environment.topology().nodes)
            if (node.role == name)
                result.push_back(node.name);
    }
    return result;
}

void World::remember(const Sighting& sighting) {
    if (sighting.is_flow)
        return;
    if (keeps_history_) {
        history_.push_back(sighting.event);
        if (history_.size() > most_history)
            history_.pop_front();
    }
    const auto& seen = sighting.seen;
    if (is_link_housekeeping(sighting.kind()) && !bench.is_under_test(seen.from))
        return;
    remembered_.push_back({seen.from, seen.source, seen.destination, sighting.element()});
    if (remembered_.size() > most_remembered)
        remembered_.pop_front();
}

bool World::is_repetition(const Sighting& sighting, const std::vector<std::string>& repeats) const {
    if (repeats.empty())
        return false;
    const auto* message = message_of(sighting.element());
    const auto& seen = sighting.seen;
    return message && std::ranges::any_of(remembered_, [&](const Remembered& earlier) {
               const auto* other = message_of(earlier.element);
               return earlier.from == seen.from && earlier.source == seen.source &&
                      earlier.destination == seen.destination && other && other->name == message->name &&
                      equal_but_for(*message, *other, {}, repeats);
           });
}

} // namespace judge
