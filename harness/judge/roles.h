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

    /// Another one whenever some address has shown another role.
    std::uint32_t version() const { return version_; }

private:
    using Set = std::vector<std::string>; ///< sorted
    void add(const base::Ip6&, const char* role);
    std::uint32_t number_of(Set);

    AddressIndex given_;
    wire::Profile profile_;
    std::vector<Set> sets_; ///< the first one is empty
    AddressIndex shown_;
    std::uint32_t version_ = 1;
};

/// The same for parties that have numbers (Sessions::party()), of whom it is asked again and again.
class RolesOfParties {
public:
    explicit RolesOfParties(const Roles& roles) : roles_(roles) {}

    /// Roles::set_of(); `party` may be Session::none.
    std::uint32_t set_of(std::uint32_t party, const base::Ip6& address) {
        if (party < known_.size() && known_[party].version == roles_.version())
            return known_[party].set;
        return ask(party, address);
    }

private:
    struct Known {
        std::uint32_t version = 0, set = 0;
    };
    std::uint32_t ask(std::uint32_t party, const base::Ip6&);

    const Roles& roles_;
    std::vector<Known> known_; ///< by party
};

} // namespace judge
