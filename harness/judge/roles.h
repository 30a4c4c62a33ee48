#pragma once

#include "harness/base/ip.h"
#include "harness/judge/rules.h"
#include "harness/wire/packet.h"

#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace judge {

/// Who is who in a capture without a topology: roles are recognised by what somebody sends. Bounded: of more
/// than a million addresses the further ones stay unknown.
class Roles {
public:
    /// Given roles win over recognised ones ("2001:db8::1" is "lma").
    explicit Roles(std::map<base::Ip6, std::string> given = {}, wire::Profile profile = {});

    /// Learns from a packet; call it before the packet is judged.
    void see(const wire::Packet&);
    /// The party behind an address, with every role that it has shown.
    Party party(const base::Ip6&) const;
    /// The parties of the innermost IPv6 header, which carries the message; without one they have no name.
    Party sender(const wire::Packet&) const;
    Party receiver(const wire::Packet&) const;

private:
    void add(const base::Ip6&, const char* role);

    std::map<base::Ip6, std::string> given_;
    wire::Profile profile_;
    std::unordered_map<base::Ip6, std::set<std::string>> shown_;
};

} // namespace judge
