#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "peers/common/role.h"
#include "peers/pmip6/retransmission.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace peers::pmip6 {

/// Where a mobile node is in the gateway's state machine (digest, 4.2).
enum class Phase {
    registering,   ///< asked for a binding, none yet
    bound,         ///< served; a refresh may be on its way
    deregistering, ///< gone; the acknowledgement is awaited
    denied,        ///< refused
    plain,         ///< not entitled: local access or nothing
};

std::string_view name(Phase);

/// One copy of an update as it went out.
struct Transmission {
    std::uint16_t sequence = 0;
    std::optional<std::uint64_t> timestamp;
};

/// An update that awaits its acknowledgement.
struct PendingUpdate {
    std::uint16_t sequence = 0; ///< of the latest transmission
    std::optional<std::uint64_t> timestamp;
    std::uint16_t lifetime = 0;              ///< as asked for
    base::Prefix prefix;                     ///< as asked for; ::/0 for any
    bool sent = false;                       ///< false while the rate limit holds the first transmission back
    std::vector<Transmission> transmissions; ///< an answer to any of them counts
    Retransmission retry;

    /// The transmission with that number; null if there was none.
    const Transmission* transmission(std::uint16_t number) const;
};

/// What a gateway does for a mobile router beside its binding (pmip6-nemo-support, 3.2 and 3.3).
struct NetworkState {
    bool wanted = false;              ///< the router is entitled to one
    base::Prefix prefix;              ///< as the anchor assigned it; ::/0 while there is none
    std::optional<base::Prefix> told; ///< by the gateway before, with the router's context
    std::optional<wire::Packet> held; ///< its newest Solicit, until the anchor has answered
    base::Mono held_until{};
    /// What was relayed last, and how often since.
    struct Exchange {
        std::uint32_t transaction = 0;
        std::uint8_t type = 0;
        unsigned repeats = 0;
        wire::Dhcpv6Relay forward;
    };
    std::optional<Exchange> exchange;
    std::optional<base::Mono> repeat_at; ///< the exchange, because the answer named another prefix
    std::optional<base::Mono> over_at;   ///< end of the delegated prefix's lifetime

    bool is_known() const { return prefix.length != 0; }
};

/// Binding Update List entry of a gateway (proxymip6-02, 6.1) for one attached mobile node.
struct Visitor {
    std::string nai;            ///< MN-Identifier
    std::string name;           ///< how suites call it
    base::Mac mac;              ///< link-layer address
    common::PortIndex port = 0; ///< access link
    base::Ip6 link_local;       ///< unspecified: not known
    base::Ip6 lma;
    common::TunnelEnds tunnel;
    base::Prefix prefix; ///< home network prefix as granted; ::/0 while there is none
    Phase phase = Phase::registering;
    std::uint16_t lifetime = 0; ///< as granted, units of four seconds
    std::optional<PendingUpdate> pending;
    Retransmission mismatch_retry; ///< after TIMESTAMP_MISMATCH
    unsigned probes_tried = 0;     ///< addresses asked in the running presence check
    bool probing = false;
    std::optional<base::Ip6> asked_address, leased_address; ///< of DHCPv6, as the relay saw them
    bool ignores_hint = false; ///< the prefix that it had was refused: ask for any
    NetworkState network;

    // Timers
    std::optional<base::Mono> transmit_at;  ///< (re)transmission
    std::optional<base::Mono> refresh_at;   ///< presence check and refresh
    std::optional<base::Mono> expires_at;   ///< end of the granted lifetime
    std::optional<base::Mono> give_up_at;   ///< end of the wait for a de-registration's acknowledgement
    std::optional<base::Mono> advertise_at; ///< next unsolicited advertisement
    std::optional<base::Mono> retry_at;     ///< new attempt after a refusal

    std::optional<base::Mono> deadline() const;
    bool is_bound() const { return phase == Phase::bound; }
};

/// The gateway's visitors, with the one whose timer ends first at hand. Pointers stay good until the entry is
/// erased.
class UpdateList {
public:
    Visitor* find(std::string_view nai);
    const Visitor* find(std::string_view nai) const;
    /// By what a frame shows: where it came in and who sent it.
    Visitor* at(common::PortIndex, const base::Mac&);
    std::vector<Visitor*> on_port(common::PortIndex);
    std::vector<Visitor*> all();
    std::vector<const Visitor*> all() const;
    /// The visitor that awaits an answer from that anchor to that number; null if there is none.
    Visitor* awaiting(const base::Ip6& lma, std::uint16_t sequence);

    Visitor& create(Visitor);
    void erase(std::string_view nai);

    /// To be called when timers of the entry may have changed.
    void reschedule(Visitor&);
    std::optional<base::Mono> next_deadline() const;
    /// Identifier of an entry of which a timer has come; nullopt if there is none.
    std::optional<std::string> due(base::Mono now) const;

    /// Sequence numbers are kept for each node as long as the gateway runs (RFC 3775, 11.7.1; draft, 5.4).
    std::uint16_t sequence(const std::string& nai, std::uint16_t otherwise) const;
    bool knows_sequence(const std::string& nai) const { return sequences_.contains(nai); }
    void set_sequence(const std::string& nai, std::uint16_t value) { sequences_[nai] = value; }

    std::size_t size() const { return entries_.size(); }
    std::size_t bound() const;

private:
    std::map<std::string, Visitor, std::less<>> entries_;
    std::map<std::string, base::Mono> scheduled_;
    std::set<std::pair<base::Mono, std::string>> deadlines_;
    std::map<std::string, std::uint16_t> sequences_;
};

} // namespace peers::pmip6
