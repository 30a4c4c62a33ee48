#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"
#include "harness/model/verdict.h"
#include "harness/model/where.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace model {
namespace {

template <class Range>
auto* named(Range& range, std::string_view name) {
    const auto found =
        std::ranges::find(range, name, [](const auto& one) { return std::string_view(one.name); });
    return found == range.end() ? nullptr : &*found;
}

} // namespace

StepKind::StepKind() = default;
StepKind::StepKind(const StepKind&) = default;
StepKind::StepKind(StepKind&&) noexcept = default;
StepKind& StepKind::operator=(const StepKind&) = default;
StepKind& StepKind::operator=(StepKind&&) noexcept = default;
StepKind::~StepKind() = default;

std::string text(const Where& where) {
    if (!where.known())
        return {};
    if (where.column == 0)
        return fmt::format("{}:{}", *where.file, where.line);
    return fmt::format("{}:{}:{}", *where.file, where.line, where.column);
}

std::string_view name(Level level) {
    switch (level) {
    case Level::must:
        return "MUST";
    case Level::must_not:
        return "MUST NOT";
    case Level::base:
        return "BASE";
    case Level::should:
        return "SHOULD";
    case Level::should_not:
        return "SHOULD NOT";
    case Level::expected:
        return "EXPECTED";
    case Level::may:
        return "MAY";
    }
    return "?";
}

void Ledger::add(Requirement requirement) {
    if (index_.emplace(requirement.id, all_.size()).second)
        all_.push_back(std::move(requirement));
}

const Requirement* Ledger::find(std::string_view id) const {
    const auto found = index_.find(std::string(id));
    return found == index_.end() ? nullptr : &all_[found->second];
}

std::vector<std::string> Ledger::ids() const {
    std::vector<std::string> result;
    for (const auto& requirement : all_)
        result.push_back(requirement.id);
    return result;
}

std::string_view name(Player player) {
    switch (player) {
    case Player::tester:
        return "tester";
    case Player::peer:
        return "peer";
    case Player::kernel:
        return "kernel";
    case Player::sut:
        return "sut";
    }
    return "?";
}

const Port* Node::port(std::string_view which) const {
    return named(ports, which);
}

Port* Node::port(std::string_view which) {
    return named(ports, which);
}

base::Ip6 Node::address() const {
    for (const auto& one : ports)
        for (const auto& address : one.addresses)
            if (!address.address.is_link_local() && !address.address.is_unspecified())
                return address.address;
    return {};
}

const Node* Topology::node(std::string_view which) const {
    return named(nodes, which);
}

Node* Topology::node(std::string_view which) {
    return named(nodes, which);
}

const Link* Topology::link(std::string_view which) const {
    return named(links, which);
}

const Identity* Topology::identity(std::string_view which) const {
    return named(identities, which);
}

const Node* Topology::owner(const base::Ip6& address) const {
    for (const auto& node : nodes)
        for (const auto& port : node.ports)
            if (std::ranges::any_of(port.addresses, [&](const auto& own) { return own.address == address; }))
                return &node;
    return nullptr;
}

std::string_view name(Fate fate) {
    switch (fate) {
    case Fate::delivered:
        return "delivered";
    case Fate::dropped:
        return "dropped";
    case Fate::delayed:
        return "delayed";
    case Fate::duplicated:
        return "duplicated";
    case Fate::swapped:
        return "swapped";
    case Fate::corrupted:
        return "corrupted";
    case Fate::rewritten:
        return "rewritten";
    case Fate::undeliverable:
        return "undeliverable";
    }
    return "?";
}

std::string_view name(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
        return "pass";
    case Verdict::observed:
        return "observed";
    case Verdict::deviation:
        return "deviation";
    case Verdict::inconclusive:
        return "inconclusive";
    case Verdict::error:
        return "error";
    case Verdict::fail:
        return "fail";
    case Verdict::not_claimed:
        return "not-claimed";
    case Verdict::unsupported:
        return "unsupported";
    }
    return "?";
}

std::string_view name(Standing standing) {
    switch (standing) {
    case Standing::unlisted:
        return "";
    case Standing::fresh:
        return "new";
    case Standing::still_failing:
        return "still failing";
    case Standing::flaky:
        return "flaky";
    case Standing::fixed:
        return "fixed";
    case Standing::different:
        return "different";
    case Standing::expired:
        return "expired";
    case Standing::stale:
        return "stale";
    }
    return "?";
}

bool is_red(Verdict verdict) {
    return verdict == Verdict::inconclusive || verdict == Verdict::error || verdict == Verdict::fail;
}

Verdict gravest(const std::vector<Finding>& findings) {
    Verdict worst = Verdict::pass, not_played = Verdict::pass;
    for (const auto& finding : findings)
        if (finding.verdict <= Verdict::fail)
            worst = std::max(worst, finding.verdict);
        else
            not_played = std::max(not_played, finding.verdict);
    // What was found before a case had to be given up counts only if it is red.
    return is_red(worst) || not_played == Verdict::pass ? worst : not_played;
}

namespace {

using Ids = std::set<std::string>;

void collect(const Proofs& proofs, Ids& ids) {
    for (const auto& proof : proofs)
        ids.insert(proof.id);
}

void collect(const ElementSpec& element, Ids& ids) {
    collect(element.proves, ids);
    for (const auto& field : element.fields)
        collect(field.proves, ids);
    for (const auto& child : element.children)
        collect(child, ids);
}

void collect(const PacketSpec& packet, Ids& ids) {
    for (const auto& layer : packet.layers)
        collect(layer, ids);
}

void collect(const std::vector<FlowBound>& bounds, Ids& ids) {
    for (const auto& bound : bounds)
        collect(bound.proves, ids);
}

void collect(const Steps& steps, Ids& ids) {
    for (const auto& step : steps) {
        collect(step.proves, ids);
        std::visit(
            [&](const auto& what) {
                if constexpr (requires { what.packet.layers; })
                    collect(what.packet, ids);
                if constexpr (requires { what.within->proves; }) {
                    if (what.within)
                        collect(what.within->proves, ids);
                    if (what.not_before)
                        collect(what.not_before->proves, ids);
                }
                if constexpr (requires { what.bounds; })
                    collect(what.bounds, ids);
                if constexpr (requires { what.steps; })
                    collect(what.steps, ids);
                if constexpr (requires { what.blocks; })
                    for (const auto& block : what.blocks)
                        collect(block, ids);
            },
            step.what);
    }
}

} // namespace

std::vector<std::string> Case::proves() const {
    Ids ids;
    collect(given, ids);
    collect(body, ids);
    collect(finally, ids);
    return {ids.begin(), ids.end()};
}

} // namespace model
