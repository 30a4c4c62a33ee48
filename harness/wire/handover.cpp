#include "harness/wire/handover.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

void UnknownContextOption::describe(Visitor& v) {
    v.number({"subtype"}, subtype);
    v.number({"pad-octets"}, pad_length);
    v.rest("data", data);
}

void ForeignNdOption::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void ContextIdentity::describe(Visitor& v) {
    v.number({"id-type", &names::node_identifier}, id_type);
    v.rest("nai", nai);
}

void ContextHomeAddress::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("complete", complete);
    v.bit("exclusive", exclusive);
    v.reserved("flags-reserved", flags_reserved, 6);
    v.reserved("reserved", reserved);
    v.address("address", address);
}

void ContextHomeAgent::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.address("address", address);
}

void ContextBinding::describe(Visitor& v) {
    v.number({"flags"}, flags);
    v.number({"sequence"}, sequence);
    v.number({"granted-lifetime", nullptr, "4s"}, granted_lifetime);
    v.number({"remaining-lifetime", nullptr, "4s"}, remaining_lifetime);
    v.reserved("reserved", reserved);
    v.number({"timestamp"}, timestamp);
    v.address("care-of-address", care_of_address);
}

void ContextSecurity::describe(Visitor& v) {
    v.number({"spi"}, spi);
    v.number({"algorithm"}, algorithm);
    v.number({"key-mode", &names::key_mode}, key_mode);
    v.rest_length("key-length", key_length, 16, key, 0);
    v.rest("key", key);
}

void ContextIpv4HomeAddress::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("leased", leased);
    v.bit("active", active);
    v.reserved("flags-reserved", flags_reserved, 6);
    v.reserved("reserved", reserved);
    v.address("address", address);
    v.address("gateway", gateway);
}

void ContextLink::describe(Visitor& v) {
    v.number({"hardware-type"}, hardware_type);
    v.rest_length("address-length", address_length, 8, address, 9);
    v.reserved("reserved", reserved);
    v.number({"interface-identifier"}, interface_identifier);
    v.rest("address", address);
}

void ContextHierarchy::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("client", client);
    v.reserved("flags-reserved", flags_reserved, 7);
    v.reserved("reserved", reserved);
    v.address("map-address", map_address);
    v.address("regional-address", regional_address);
}

void ContextSession::describe(Visitor& v) {
    v.rest("attributes", attributes);
}

void ContextDhcp::describe(Visitor& v) {
    v.number({"lease-remaining", nullptr, "s"}, lease_remaining);
    v.address("server", server);
    v.number({"iaid"}, iaid);
    v.number({"preferred-lifetime", &names::seconds, "s"}, preferred_lifetime);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
}

} // namespace wire
