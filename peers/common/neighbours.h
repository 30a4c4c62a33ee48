#pragma once

#include "harness/base/bytes.h"
#include "peers/common/role.h"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace peers::common {

/// The neighbour cache of RFC 4861, 5.1 and 7: address resolution with a short queue, unreachability
/// detection for neighbours that are used, and probes on demand. It sends nothing itself: what is to be sent
/// is returned.
class Neighbours {
public:
    /// A Neighbor Solicitation that is due.
    struct Ask {
        PortIndex port = 0;
        base::Ip6 target;
        std::optional<base::Mac> to; ///< unicast to the known neighbour; nullopt: to its solicited-node group
    };
    /// A frame whose neighbour is known now: its Ethernet destination is filled in.
    struct Released {
        PortIndex port = 0;
        base::Bytes frame;
    };
    struct Undeliverable {
        PortIndex port = 0;
        base::Bytes frame;
        base::Ip6 next_hop;
    };
    struct Outcome {
        std::vector<Ask> asks;
        std::vector<Released> released;
        std::vector<Undeliverable> undeliverable; ///< nobody answered
        std::vector<Probed> probed;
    };

    /// The neighbour's Ethernet address if it is known. A stale one may be used; its probing begins.
    std::optional<base::Mac> find(PortIndex, const base::Ip6&, base::Now);
    /// Keeps the frame until the neighbour is known, and asks for it if that has not begun. Of more than 16
    /// frames the oldest is dropped.
    void wait(PortIndex, const base::Ip6&, base::Bytes frame, base::Now, Outcome&);

    /// The address was seen as source link-layer address (NS, RS, RA, redirect).
    void heard(PortIndex, const base::Ip6&, const base::Mac&, base::Now, Outcome&);
    /// A Neighbor Advertisement for it (RFC 4861, 7.2.5).
    void advertised(PortIndex, const base::Ip6&, const std::optional<base::Mac>&, bool solicited,
                    bool override_flag, base::Now, Outcome&);
    void set(PortIndex, const base::Ip6&, const base::Mac&, base::Now, Outcome&);
    void forget(PortIndex);
    void probe(const Probe&, base::Now, Outcome&);

    void tick(base::Now, Outcome&);
    std::optional<base::Mono> deadline() const;
    std::size_t size() const { return entries_.size(); }

private:
    enum class State { incomplete, reachable, stale, delay, probing };
    using Key = std::pair<PortIndex, base::Ip6>;
    struct Entry {
        State state = State::incomplete;
        base::Mac mac;
        base::Mono until{}; ///< of reachable: when it becomes stale; else when something is due
        unsigned asks_left = 0;
        base::Duration interval{};
        bool answer_wanted = false; ///< Probed is due
        std::vector<base::Bytes> waiting;
        bool known() const { return state != State::incomplete; }
    };

    Entry* create(const Key&);
    void schedule(const Key&, Entry&, base::Mono);
    void unschedule(const Key&, const Entry&);
    void ask(const Key&, Entry&, base::Now, Outcome&);
    void known(const Key&, Entry&, const base::Mac&, State, base::Now, Outcome&);
    void fail(const Key&, Outcome&);

    std::map<Key, Entry> entries_;
    std::set<std::pair<base::Mono, Key>> due_;
};

} // namespace peers::common
