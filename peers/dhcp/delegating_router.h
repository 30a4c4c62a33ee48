#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/wire/dhcpv6.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace peers::dhcp {

/// What a delegating router is configured with, and what a deliberately wrong one does.
struct DelegationPolicy {
    std::vector<base::Prefix> pools;                                ///< of the prefixes that it delegates
    unsigned length = 64;                                           ///< of one of them
    std::uint32_t preferred = 600, valid = 900, t1 = 300, t2 = 480; ///< seconds
    bool rapid_commit = false;                                      ///< replies to a Solicit that asks for it
    base::Mac mac;                                                  ///< of its DUID

    // Deliberate faults, all off in a correct router
    bool honours_hints = true;       ///< pmip6-nemo-support, 3.2: the hint says what to delegate
    bool refuses_other_hints = true; ///< no other prefix instead of one that it cannot delegate
    bool checks_server_id = true, checks_client_id = true;
    bool knows_bindings = true;  ///< otherwise it renews whatever it is shown
    bool ends_foreign = true;    ///< lifetime 0 for what is not in the binding
    bool says_no_prefix = true;  ///< status 6; otherwise an empty association
    bool believes_times = false; ///< T1 and T2 are those that were asked for
    bool refreshes = true;       ///< otherwise the lifetimes of the first grant go down
    bool releases = true;        ///< a released prefix can be given again
};

/// A DHCPv6 server that delegates prefixes (RFC 3633, 11 and 12) to whom the hint of a relay agent names
/// (pmip6-nemo-support, 3.2). Pure: a message and the time in, an answer out.
class DelegatingRouter {
public:
    explicit DelegatingRouter(DelegationPolicy policy) : policy_(std::move(policy)) {}
    /// What it says to that; nothing where it has to be silent.
    std::optional<wire::Dhcpv6Message> answer(const wire::Dhcpv6Message&, base::Now);
    /// Forgets its bindings, as after a loss of state.
    void forget() { bindings_.clear(); }
    void configure(DelegationPolicy policy) { policy_ = std::move(policy); }
    const DelegationPolicy& policy() const { return policy_; }
    std::size_t bindings() const { return bindings_.size(); }

private:
    using Key = std::pair<base::Bytes, std::uint32_t>; ///< DUID and IAID
    struct Binding {
        base::Prefix prefix;
        base::Mono until{}, since{};
    };
    bool is_acceptable(const wire::Dhcpv6Message&) const;
    wire::IaPd grant(const Key&, const wire::IaPd& asked, bool commits, base::Now);
    wire::IaPd extend(const Key&, const wire::IaPd& asked, bool is_rebind, bool& silent, base::Now);
    wire::IaPd release(const Key&, const wire::IaPd& asked);
    std::optional<base::Prefix> choose(const Key&, const wire::IaPd& asked, base::Now) const;
    bool is_free(const base::Prefix&, const Key& except, base::Now) const;
    bool in_pool(const base::Prefix&) const;
    void put(wire::IaPd& into, const base::Prefix&, base::Now, const Binding*) const;
    base::Bytes duid() const;

    DelegationPolicy policy_;
    std::map<Key, Binding> bindings_;
};

} // namespace peers::dhcp
