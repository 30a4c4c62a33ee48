#include "harness/stage/fabric.h"

#include "harness/model/edit.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace stage {
namespace {

constexpr std::size_t most_in_flight = 200'000; // a loop between two nodes must not eat the host's memory

/// The last octet of the frame, where a flipped bit surely spoils a checksum and nothing else.
std::vector<model::Edit> flip_one_bit(const wire::Packet& packet) {
    return {{model::Edit::Kind::exclusive_or,
             "ethernet",
             packet.raw.empty() ? 0 : packet.raw.size() - 1,
             {0x01}}};
}

} // namespace

Fabric::Fabric(model::Topology topology, wire::Profile profile, std::uint64_t seed, Matches matches,
               Opens opens)
    : topology_(std::move(topology)), profile_(profile), matches_(std::move(matches)),
      opens_(std::move(opens)), random_(seed) {
    for (const auto& node : topology_.nodes)
        for (const auto& port : node.ports) {
            for (const auto& address : port.addresses)
                configured_.emplace(address.address, node.name);
            configured_.emplace(base::link_local(port.mac), node.name);
        }
    for (const auto& identity : topology_.identities)
        if (topology_.node(identity.name) && !identity.link_local.is_unspecified())
            configured_.emplace(identity.link_local, identity.name);
}

std::optional<std::size_t> Fabric::index(std::string_view node) const {
    for (std::size_t i = 0; i < topology_.nodes.size(); ++i)
        if (topology_.nodes[i].name == node)
            return i;
    return std::nullopt;
}

std::string Fabric::owner(const base::Ip6& address) const {
    if (address.is_unspecified() || address.is_multicast())
        return {};
    if (const auto found = configured_.find(address); found != configured_.end())
        return found->second;
    if (const auto found = claimed_.find(address); found != claimed_.end())
        return found->second;
    // An address formed from a prefix and the Ethernet address of a port.
    for (const auto& node : topology_.nodes)
        for (const auto& port : node.ports)
            if (base::slaac(address, port.mac) == address)
                return node.name;
    return {};
}

void Fabric::learn_owner(const std::string& node, const wire::Packet& packet) {
    const auto* ip = wire::outer_ip(packet);
    const auto* solicitation = packet.find<wire::NeighborSolicitation>();
    if (ip && solicitation && ip->source.is_unspecified() && !configured_.contains(solicitation->target))
        claimed_[solicitation->target] = node;
}

std::vector<Place> Fabric::hearers(const std::string& link, Place from, const wire::Packet& packet) const {
    std::vector<Place> all, addressed;
    const auto* ethernet = packet.find<wire::Ethernet>();
    for (std::size_t n = 0; n < topology_.nodes.size(); ++n)
        for (std::size_t p = 0; p < topology_.nodes[n].ports.size(); ++p) {
            const auto& port = topology_.nodes[n].ports[p];
            if (port.link != link || Place{n, p} == from)
                continue;
            all.push_back({n, p});
            if (ethernet && port.mac == ethernet->destination)
                addressed.push_back({n, p});
        }
    // An Ethernet address that no port has is flooded: a foreign implementation may have chosen its own.
    return addressed.empty() ? all : addressed;
}

Fabric::Treatment Fabric::treat(const std::string& link, const std::string& from,
                                const wire::Packet& packet) {
    using Effect = model::Impairment::Effect;
    Treatment result;
    for (auto& [name, impaired] : impairments_) {
        const auto& what = impaired.what;
        if (what.link != link || (!what.from.empty() && what.from != from))
            continue;
        if (!what.what.layers.empty() && !matches_(what.what, packet))
            continue;
        const std::uint64_t ordinal = ++impaired.seen;
        if (!what.ordinals.empty() && !std::ranges::count(what.ordinals, ordinal))
            continue;
        if (what.probability < 1.0 && std::uniform_real_distribution<>(0, 1)(random_) >= what.probability)
            continue;
        switch (what.effect) {
        case Effect::drop:
            result.drop = true;
            result.fate = model::Fate::dropped;
            break;
        case Effect::duplicate:
            result.twice = true;
            result.fate = model::Fate::duplicated;
            break;
        case Effect::delay:
            result.delay += what.delay;
            result.fate = model::Fate::delayed;
            break;
        case Effect::swap:
            result.swap = &impaired;
            result.fate = model::Fate::swapped;
            break;
        case Effect::corrupt:
            result.edits = what.edits.empty() ? flip_one_bit(packet) : what.edits;
            result.fate = model::Fate::corrupted;
            break;
        case Effect::rewrite:
            result.edits = what.edits;
            result.fate = model::Fate::rewritten;
            break;
        }
    }
    return result;
}

void Fabric::schedule(base::Mono at, const std::vector<Place>& to, std::shared_ptr<const wire::Packet> packet,
                      const std::string& link) {
    const auto later = [](const InFlight& a, const InFlight& b) {
        return std::tie(a.at, a.order) > std::tie(b.at, b.order);
    };
    for (const auto& place : to) {
        if (in_flight_.size() >= most_in_flight)
            return;
        in_flight_.push_back({at, order_++, {place, packet}, link});
        std::ranges::push_heap(in_flight_, later);
    }
}

void Fabric::transmit(Place from, base::Bytes frame, base::Now now) {
    const auto& node = topology_.nodes[from.node];
    const auto& port = node.ports[from.port];
    if (port.link.empty())
        return; // no carrier: it never was on a wire
    const std::string link = port.link;
    auto packet = std::make_shared<wire::Packet>(wire::decode_frame(frame, profile_));
    learn_owner(node.name, *packet);
    std::optional<wire::Packet> opened = opens_ ? opens_(*packet) : std::nullopt;
    const wire::Packet& known = opened ? *opened : *packet;
    Treatment treatment = treat(link, node.name, known);
    const auto to = hearers(link, from, *packet);
    if (to.empty() && treatment.fate == model::Fate::delivered)
        treatment.fate = model::Fate::undeliverable;
    const auto* description = topology_.link(link);
    const base::Mono arrival =
        now.mono + (description ? description->latency : base::Duration{}) + treatment.delay;

    model::Seen seen;
    seen.link = link;
    seen.from = node.name;
    seen.fate = treatment.fate;
    seen.delivered = arrival;
    if (const auto* ip = wire::outer_ip(*packet)) {
        seen.source = owner(ip->source);
        seen.destination = owner(ip->destination);
    }
    seen.packet = known;
    ++number_;
    note(now, std::move(seen));

    std::shared_ptr<const wire::Packet> delivered = packet;
    if (!treatment.edits.empty()) {
        base::Bytes edited = packet->raw;
        model::apply(treatment.edits, *packet, edited);
        delivered = std::make_shared<wire::Packet>(wire::decode_frame(edited, profile_));
    }
    if (treatment.drop)
        return;
    if (Impaired* swap = treatment.swap) {
        if (swap->held_deliveries.empty()) { // the first of a pair waits for the second
            for (const auto& place : to)
                swap->held_deliveries.push_back({place, delivered});
            return;
        }
        schedule(arrival, to, delivered, link);
        for (auto& held : std::exchange(swap->held_deliveries, {}))
            schedule(arrival, {held.to}, held.packet, link);
        return;
    }
    schedule(arrival, to, delivered, link);
    if (treatment.twice)
        schedule(arrival, to, delivered, link);
}

std::optional<base::Mono> Fabric::due() const {
    if (in_flight_.empty())
        return std::nullopt;
    return in_flight_.front().at;
}

std::optional<Fabric::Delivery> Fabric::deliver(base::Mono now) {
    const auto later = [](const InFlight& a, const InFlight& b) {
        return std::tie(a.at, a.order) > std::tie(b.at, b.order);
    };
    while (!in_flight_.empty() && in_flight_.front().at <= now) {
        std::ranges::pop_heap(in_flight_, later);
        InFlight next = std::move(in_flight_.back());
        in_flight_.pop_back();
        const auto& to = topology_.nodes[next.delivery.to.node].ports[next.delivery.to.port];
        if (to.link == next.link) // it may have left the link meanwhile
            return std::move(next.delivery);
    }
    return std::nullopt;
}

std::optional<model::Event> Fabric::next_event() {
    if (events_.empty())
        return std::nullopt;
    model::Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

void Fabric::note(base::Now now, decltype(model::Event::what) what) {
    events_.push_back({number_, now.mono, now.wall, std::move(what)});
}

bool Fabric::attach(const std::string& mobile_node, const std::string& to,
                    std::vector<CarrierChange>& changes) {
    const auto n = index(mobile_node);
    if (!n)
        return false;
    auto& ports = topology_.nodes[*n].ports;
    const auto wireless = std::ranges::find(ports, "access", &model::Port::name);
    if (wireless == ports.end())
        return false;
    std::string link;
    if (!to.empty()) {
        const auto found = std::ranges::find_if(topology_.links, [&](const model::Link& candidate) {
            return candidate.access == to && candidate.identity == mobile_node;
        });
        if (found == topology_.links.end())
            return false;
        link = found->name;
    }
    const auto change = [&](const std::string& which, bool up) {
        for (std::size_t i = 0; i < topology_.nodes.size(); ++i)
            for (std::size_t p = 0; p < topology_.nodes[i].ports.size(); ++p)
                if (!which.empty() && topology_.nodes[i].ports[p].link == which)
                    changes.push_back({{i, p}, up});
    };
    change(wireless->link, false);
    wireless->link = link;
    change(link, true);
    return true;
}

void Fabric::impair(const model::Impairment& impairment) {
    impairments_[impairment.name] = {impairment, 0, {}};
}

void Fabric::end_impairment(const std::string& name, base::Mono now) {
    const auto found = impairments_.find(name);
    if (found == impairments_.end())
        return;
    for (auto& held : found->second.held_deliveries)
        schedule(now, {held.to}, held.packet, found->second.what.link);
    impairments_.erase(found);
}

} // namespace stage
