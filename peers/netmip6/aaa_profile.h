#pragma once

#include "harness/model/topology.h"
#include "peers/netmip6/aaa.h"
#include "peers/radius/codec.h"

#include <optional>
#include <string>

namespace peers::netmip6 {

/// What the policy of a mobile node says that AAA has of it; nullopt if it is not to be served.
std::optional<ServiceProfile> profile_of(const model::Identity&);

/// The mobile node with that identity; null if there is none. Realms compare without case, users as they
/// stand (PC-7).
const model::Identity* identity_of(const model::Topology&, const std::string& nai);

/// The password that a node shows and its AAA server knows: policy `password`, or a text made of its name.
std::string password_of(const model::Identity&);

/// A profile as the attributes of an Access-Accept (netmip6 digest, 10).
radius::Attributes attributes_of(const ServiceProfile&);

/// An Access-Accept as a profile; nullopt if it cannot be used, and `because` says why: an attribute of a
/// wrong size (RFC 2865, 5: as if it were a reject) or two different values where there can be one only.
struct ReadProfile {
    std::optional<ServiceProfile> profile;
    std::string because;
};
ReadProfile read_profile(const radius::Attributes&);

/// Attributes one behind the other, as in a message and in a context, and the reverse.
base::Bytes octets_of(const radius::Attributes&);
radius::Attributes attributes_in(base::View);

} // namespace peers::netmip6
