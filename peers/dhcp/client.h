#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/wire/dhcpv6.h"

#include <optional>

namespace peers::dhcp {

/// A DHCPv6 client for one address (RFC 3315, 17 and 18): Solicit, Request, and Confirm on a link that may be
/// another one. Pure: it is told what was heard and asked what to send.
class Client {
public:
    explicit Client(const base::Mac& mac) : mac_(mac) {}

    /// The link came up and says that addresses are managed (M of its advertisements). With a lease it asks
    /// whether that still fits, without one for an address; nothing while it is asking already.
    void start(base::Now);
    /// The link is gone: what it is waiting for will not come, and the lease may not fit the next one.
    void stop();
    /// An answer of a server. True if the address has changed or was confirmed.
    bool heard(const wire::Dhcpv6Message&, base::Now);
    /// What is to be sent now; nothing if nothing is due.
    std::optional<wire::Dhcpv6Message> due(base::Now);
    std::optional<base::Mono> deadline() const { return send_at_; }

    bool asking() const { return phase_ != Phase::idle; }
    /// The address that it may use.
    const std::optional<base::Ip6>& address() const { return address_; }

private:
    enum class Phase { idle, soliciting, requesting, confirming };
    void begin(Phase, base::Now);
    wire::Dhcpv6Message message() const;

    base::Mac mac_;
    Phase phase_ = Phase::idle;
    std::uint32_t transaction_ = 0x10000;
    wire::ServerId server_;
    std::optional<base::Ip6> offered_, address_;
    std::optional<base::Mono> send_at_;
    base::Duration timeout_{};
    unsigned sent_ = 0;
};

} // namespace peers::dhcp
