#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace peers::nemo {

/// A prefix that belongs to a mobile router, provisioned or delegated (nemo-prefix-delegation, 5.3).
struct Lease {
    base::Prefix prefix;
    std::uint16_t correlation = 0;
    bool persistent = false;               ///< outlives the binding
    bool implicit = false;                 ///< routed though an explicit update omits it
    bool delegated = false;                ///< asked for by an MNPReq
    bool confirmed = false;                ///< the router has said that it is installed
    std::optional<base::Mono> valid_until; ///< of its own, beside that of the binding
    std::uint8_t granted = 0;              ///< status of the grant: 0 or 7
    bool fading = false;                   ///< replaced by another one: the correlator is no more its own
    bool news = false;                     ///< the router has not been told of the latest change
};

/// What a home agent remembers of a binding (RFC 3775, 9.1; RFC 3963, 6.1).
struct Binding {
    base::Ip6 care_of, home_agent;
    std::uint16_t sequence = 0, lifetime = 0;
    bool router = false;
    base::Mono expires{};
    std::vector<base::Prefix> routed;
};

/// A prefix that a router has to be told to give up.
struct Withdrawn {
    base::Prefix prefix;
    bool persistent = false;
};

/// A node that the home agent serves, with its row of the prefix table (RFC 3963, 6.1.2).
struct Client {
    std::string name;
    base::Ip6 home_address;
    bool is_router = true; ///< may register with R
    /// Whence its signalling is authenticated, by IPsec or what stands in for it; empty: from everywhere.
    std::vector<base::Prefix> associations;
    bool may_request = true; ///< may be given prefixes
    std::vector<Lease> leases;
    std::vector<base::Prefix> reserved; ///< assigned in advance to its next persistent request
    std::set<base::Prefix> lapsed;      ///< were its own once
    std::vector<Withdrawn> withdrawn;   ///< and not told of yet
    std::optional<Binding> binding;
    std::optional<base::Mono> unbound_since;
    bool list_pending = false; ///< prefixes that it has not been told of

    const Lease* find(const base::Prefix& prefix) const {
        for (const Lease& lease : leases)
            if (lease.prefix == prefix.canonical())
                return &lease;
        return nullptr;
    }
    Lease* find(const base::Prefix& prefix) {
        return const_cast<Lease*>(static_cast<const Client&>(*this).find(prefix));
    }
    Lease* by_correlation(std::uint16_t correlation) {
        for (Lease& lease : leases)
            if (lease.delegated && lease.correlation == correlation)
                return &lease;
        return nullptr;
    }
};

} // namespace peers::nemo
