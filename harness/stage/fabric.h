#pragma once

#include "harness/model/order.h"
#include "harness/model/topology.h"
#include "harness/model/transcript.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace stage {

/// A port of a node, by index into Topology::nodes and Node::ports.
struct Place {
    std::size_t node = 0, port = 0;
    auto operator<=>(const Place&) const = default;
};

/// The wire between all nodes: every frame of a case passes through it, so it is the one place that records,
/// delays, drops, duplicates, reorders and rewrites. Pure: time comes in with each call. Lab and sim both
/// stand on it.
class Fabric {
public:
    /// Does the packet satisfy the specification of an impairment? Given by the caller, since matching is the
    /// judge's.
    using Matches = std::function<bool(const model::PacketSpec&, const wire::Packet&)>;

    /// What somebody with the keys sees of a packet: given by the caller, since keys are no business of a
    /// wire. nullopt: just the packet as it is.
    using Opens = std::function<std::optional<wire::Packet>(const wire::Packet&)>;

    Fabric(model::Topology topology, wire::Profile profile, std::uint64_t seed, Matches matches,
           Opens opens = {});

    /// A node put a frame on the wire: it becomes a Seen event, and a delivery for every port that hears it.
    void transmit(Place from, base::Bytes frame, base::Now);

    struct Delivery {
        Place to;
        std::shared_ptr<const wire::Packet> packet; ///< raw holds the octets
    };
    /// When the next delivery is due; nullopt if nothing is on its way.
    std::optional<base::Mono> due() const;
    /// The next delivery that is due by `now`; nullopt if there is none. Call until empty.
    std::optional<Delivery> deliver(base::Mono now);

    /// What was seen since the last call, in order.
    std::optional<model::Event> next_event();
    /// Appends an event of the stage's own making in the same order and numbering.
    void note(base::Now, decltype(model::Event::what));

    /// Moves the mobile node's port to the access link that `to` has for it; the ports whose carrier comes up
    /// or goes down are appended to `changes`. False if there is no such link. An empty `to` detaches.
    struct CarrierChange {
        Place at;
        bool up = false;
    };
    bool attach(const std::string& mobile_node, const std::string& to, std::vector<CarrierChange>& changes);

    void impair(const model::Impairment&);
    /// A frame that still waits to be swapped goes out now.
    void end_impairment(const std::string& name, base::Mono now);

    const model::Topology& topology() const { return topology_; }
    std::optional<std::size_t> index(std::string_view node) const;
    /// The node that an IPv6 address belongs to: configured, formed from a port's Ethernet address, or
    /// claimed in duplicate address detection. Empty: nobody's.
    std::string owner(const base::Ip6&) const;

private:
    struct InFlight {
        base::Mono at{};
        std::uint64_t order = 0;
        Delivery delivery;
        std::string link;
    };
    struct Impaired {
        model::Impairment what;
        std::uint64_t seen = 0;
        std::vector<Delivery> held_deliveries; ///< the frame that waits to be swapped with the next
    };
    struct Treatment {
        model::Fate fate = model::Fate::delivered;
        base::Duration delay{};
        bool drop = false, twice = false;
        std::vector<model::Edit> edits;
        Impaired* swap = nullptr;
    };

    Treatment treat(const std::string& link, const std::string& from, const wire::Packet&);
    std::vector<Place> hearers(const std::string& link, Place from, const wire::Packet&) const;
    void schedule(base::Mono at, const std::vector<Place>& to, std::shared_ptr<const wire::Packet>,
                  const std::string& link);
    void learn_owner(const std::string& node, const wire::Packet&);

    model::Topology topology_;
    wire::Profile profile_;
    Matches matches_;
    Opens opens_;
    std::mt19937_64 random_;
    std::vector<InFlight> in_flight_; ///< a heap, earliest first
    std::deque<model::Event> events_;
    std::map<std::string, Impaired> impairments_;
    std::map<base::Ip6, std::string> claimed_;
    std::map<base::Ip6, std::string> configured_;
    std::uint64_t order_ = 0, number_ = 0;
};

} // namespace stage
