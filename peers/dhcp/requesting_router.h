#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/wire/dhcpv6.h"

#include <optional>
#include <vector>

namespace peers::dhcp {

/// What a requesting router is configured with, and what a deliberately wrong one does.
struct RequestPolicy {
    base::Mac mac; ///< of its DUID, and what its IAID is made of
    std::uint64_t seed = 0;
    bool asks_rapid_commit = false;

    // Deliberate faults, all off in a correct router
    bool asks_for_prefixes = true; ///< IA_PD
    bool fresh_iaid = false;       ///< another one after every start
    bool minds_no_prefix = true, minds_times = true, minds_lifetimes = true; ///< of what servers say
    bool minds_transaction = true, minds_server_id = true, minds_client_id = true;
    bool keeps_given_times = true; ///< T1 and T2 as the server has them
    bool rebinds = true;           ///< at T2
    bool rebinds_on_new_link = true;
    bool backs_off = true;
    bool names_prefix_in_release = true;
    bool gives_up_when_over = true; ///< what has expired is used no more
};

/// A prefix that it may use.
struct DelegatedPrefix {
    base::Prefix prefix;
    std::optional<base::Mono> preferred, valid; ///< until then; nullopt: for ever
    bool operator==(const DelegatedPrefix&) const = default;
};

/// A DHCPv6 client that asks for one prefix (RFC 3633, 11 and 12; RFC 3315, 14, 17 and 18). Pure: it is told
/// what was heard and asked what to send.
class RequestingRouter {
public:
    explicit RequestingRouter(RequestPolicy policy);

    /// The link came up: it asks for a prefix, or whether the one it has is still good (RFC 3633, 12.1).
    void link_up(base::Now);
    void link_down();
    /// Gives its prefix back.
    void release(base::Now);
    /// Asks for more time now, whatever T1 says.
    void renew(base::Now);
    /// An answer of a server. True if what it may use has changed.
    bool heard(const wire::Dhcpv6Message&, base::Now);
    /// What is to be sent now; nothing if nothing is due.
    std::optional<wire::Dhcpv6Message> due(base::Now);
    std::optional<base::Mono> deadline() const;

    /// Nothing when it has none or what it had is over.
    std::optional<DelegatedPrefix> delegated(base::Now) const;
    /// It is told one thing about itself: `idle`, `bound`, …
    bool is_bound() const { return phase_ == Phase::bound; }

private:
    enum class Phase { idle, soliciting, requesting, bound, renewing, rebinding, releasing };
    /// How a message is repeated (RFC 3315, 5.5).
    struct Pace {
        base::Duration first{}, most{};
        unsigned count = 0; ///< 0: no limit
    };
    Pace pace() const;
    void begin(Phase, base::Now);
    bool is_for_us(const wire::Dhcpv6Message&) const;
    bool take(const wire::Dhcpv6Message&, base::Now);
    const wire::IaPd* association(const wire::Dhcpv6Message&) const;
    const wire::IaPrefix* usable(const wire::IaPd&) const;
    void next_phase(base::Now);
    wire::Dhcpv6Message message(base::Now) const;
    base::Duration jittered(base::Duration, bool only_longer = false);
    base::Bytes duid() const;

    RequestPolicy policy_;
    Phase phase_ = Phase::idle;
    std::uint32_t transaction_ = 0, iaid_ = 0;
    base::Bytes server_;
    std::optional<base::Prefix> offered_;
    std::optional<DelegatedPrefix> has_;
    std::optional<base::Mono> renew_at_, rebind_at_, send_at_;
    base::Duration timeout_{};
    base::Mono began_{};
    unsigned sent_ = 0;
    std::uint64_t random_ = 0;
};

} // namespace peers::dhcp
