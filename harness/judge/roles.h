#pragma once

#include "harness/base/ip.h"
#include "harness/judge/address_index.h"
#include "harness/judge/rules.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace judge {

/// Who is who in a capture without a topology: roles are recognised by what somebody sends. Bounded: of more
/// than a million addresses the further ones stay unknown.
class Roles {
public:
    /// Given roles win over recognised ones ("2001:db8::1" is "lma").
    explicit Roles(const std::map<base::Ip6, std::string>& given = {}, wire::Profile profile = {});

    /// Learns from a packet; call it before the packet is judged.
    void see(const wire::Packet&);
    /// The party behind an address, with every role that it has shown.
    Party party(const base::Ip6&) const;
    /// The parties of the innermost IPv6 header, which carries the message; without one they have no name.
    Party sender(const wire::Packet&) const;
    Party receiver(const wire::Packet&) const;

    /// A number for the roles that an address has: the same for another address with the same ones.
    std::uint32_t set_of(const base::Ip6& address) const {
        if (const auto* given = given_.find(address))
            return *given;
        const auto* shown = shown_.find(address);
        return shown ? *shown : 0;
    }

private:
    using Set = std::vector<std::string>; ///< sorted
    void add(const base::Ip6&, const char* role);
    std::uint32_t number_of(Set);

    AddressIndex given_;
    wire::Profile profile_;
    std::vector<Set> sets_; ///< the first one is empty
    AddressIndex shown_;
};

} // namespace judge
