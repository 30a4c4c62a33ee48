#include "harness/wire/dhcpv4.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

void UnknownDhcpv4Option::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void RequestedIpAddress::describe(Visitor& v) {
    v.address("address", address);
}
void IpAddressLeaseTime::describe(Visitor& v) {
    v.number({"value", &names::seconds, "s"}, value);
}
void Dhcpv4MessageType::describe(Visitor& v) {
    v.number({"value", &names::dhcpv4_message}, value);
}
void Dhcpv4ServerIdentifier::describe(Visitor& v) {
    v.address("address", address);
}

void Dhcpv4::describe(Visitor& v) {
    v.number({"op"}, op);
    v.number({"hardware-type"}, hardware_type);
    v.number({"hardware-length"}, hardware_length);
    v.number({"hops"}, hops);
    v.number({"transaction-id"}, transaction_id);
    v.number({"seconds"}, seconds);
    v.bit("broadcast", broadcast);
    v.reserved("reserved", reserved, 15);
    v.address("client-address", client_address);
    v.address("your-address", your_address);
    v.address("server-address", server_address);
    v.address("relay-address", relay_address);
    v.address("hardware-address", hardware_address);
    v.octets("hardware-padding", hardware_padding, 10);
    v.octets("server-name", server_name, 64);
    v.octets("file", file, 128);
    v.fixed("cookie", cookie, 32, 0x63825363);
    v.options(Family::dhcpv4, options);
}

} // namespace wire
