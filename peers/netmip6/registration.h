#pragma once

#include "harness/wire/packet.h"
#include "peers/netmip6/client_policy.h"
#include "peers/netmip6/keys.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace peers::netmip6 {

/// Between whom a binding is, and for whom.
struct Parties {
    base::Ip6 anchor;  ///< home agent or MAP
    base::Ip6 care_of; ///< source of the updates
    base::Ip6 home;    ///< unspecified: the wildcard, an address is wanted (PC-12)
    std::string nai;
    Key key;
    bool map = false; ///< M, no H (RFC 4140, 6.1)
};

/// One binding of a Binding Update List (RFC 3775, 11): what an access router has with one anchor for one
/// node. It sends nothing itself: what is to be sent is asked for. Times are monotonic, timestamps NTP.
class Registration {
public:
    enum class Phase { idle, registering, bound, refreshing, deregistering, failed };
    /// What an acknowledgement, or the lack of one, has come to.
    enum class Outcome {
        ignored,  ///< nothing of ours
        accepted, ///< bound, or bound longer
        again,    ///< something was set right: the next update is due
        refused,  ///< status() says why
        deleted,  ///< the binding is gone, as was wanted
        expired,  ///< the granted lifetime is over
        given_up, ///< nobody has answered
    };
    /// Puts further options behind the identifier.
    using Extend = std::function<void(wire::BindingUpdate&)>;

    Registration() = default;
    Registration(Parties, const ClientPolicy&);

    /// Registers, or registers anew with changed parties; an exchange that runs is given up.
    void request(base::Now);
    /// As request, going on behind what another router had (subtype 4 of a context): number and timestamp.
    void take_over(std::uint16_t sequence, std::uint64_t timestamp, base::Now);
    /// Goes on with a binding that another router has made and that stands as it is: only refreshes follow.
    void adopt(std::uint16_t sequence, std::uint64_t timestamp, std::uint16_t granted,
               std::uint16_t remaining, base::Now);
    /// Ends the binding: lifetime 0.
    void deregister(base::Now);
    /// Ends it here, and tells nobody.
    void drop();
    /// No refresh until thaw(): another router may have the binding by now.
    void freeze();
    void thaw(base::Now);

    /// The packet that is due now, signed; nullopt if none is.
    std::optional<wire::Packet> due(base::Now, const wire::Profile&, const Extend& = {});
    /// A packet with a Binding Acknowledgement.
    Outcome hear(const wire::Packet&, base::Now, const wire::Profile&);
    /// To be called when deadline() has come: expired, given_up or ignored.
    Outcome tick(base::Now);
    std::optional<base::Mono> deadline() const;

    const Parties& parties() const { return parties_; }
    Parties& parties() { return parties_; }
    Phase phase() const { return phase_; }
    bool is_bound() const { return phase_ == Phase::bound || phase_ == Phase::refreshing; }
    std::uint8_t status() const { return status_; }
    std::uint16_t sequence() const { return sequence_; }
    void set_sequence(std::uint16_t next) { next_ = next; }
    std::uint64_t timestamp() const { return timestamp_; }
    std::uint16_t flags() const { return flags_; } ///< of the latest update, as on the wire
    std::uint16_t granted() const { return granted_; }
    std::uint16_t remaining(base::Now) const; ///< units of four seconds
    std::optional<base::Mono> expires() const { return expires_; }
    void limit(std::uint16_t lifetime) { most_lifetime_ = lifetime; } ///< never ask for more
    /// The clock of the anchor as far as it has told it.
    base::Duration clock_offset() const { return clock_offset_; }

private:
    struct Transmission {
        std::uint16_t sequence = 0;
        std::uint64_t timestamp = 0;
    };
    void begin(base::Now, base::Duration first);
    wire::Packet update(base::Now, const wire::Profile&, const Extend&);
    bool belongs(const wire::Packet&, const wire::BindingAcknowledgement&, const wire::Profile&) const;
    Outcome accept(const wire::Packet&, const wire::BindingAcknowledgement&, base::Now);
    Outcome refuse(const wire::BindingAcknowledgement&, base::Now);

    Parties parties_;
    ClientPolicy policy_;
    Phase phase_ = Phase::idle;
    std::optional<std::uint16_t> next_; ///< number of the next update, where it is no simple successor
    std::uint16_t sequence_ = 0, flags_ = 0, granted_ = 0, asked_ = 0, most_lifetime_ = 0xffff;
    std::uint64_t timestamp_ = 0;
    std::uint8_t status_ = 0;
    unsigned sends_ = 0;
    bool frozen_ = false;
    base::Duration wait_{}, clock_offset_{};
    std::vector<Transmission> open_; ///< of the running exchange
    std::deque<base::Mono> recent_;  ///< the latest transmissions, for the rate
    std::optional<base::Mono> transmit_at_, refresh_at_, expires_;
};

} // namespace peers::netmip6
