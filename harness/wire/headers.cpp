// The layouts of everything in front of a message.
#include "harness/wire/ethernet.h"
#include "harness/wire/ipv4.h"
#include "harness/wire/ipv6.h"
#include "harness/wire/udp.h"
#include "harness/wire/visitor.h"

namespace wire {

void Ethernet::describe(Visitor& v) {
    v.address("destination", destination);
    v.address("source", source);
    v.next_header("type", type, 16);
    v.trailer(trailer);
}

void Vlan::describe(Visitor& v) {
    v.number({"priority"}, priority, 3);
    v.bit("drop-eligible", drop_eligible);
    v.number({"id"}, id, 12);
    v.next_header("type", type, 16);
}

void Payload::describe(Visitor& v) {
    v.rest("data", data);
}

void Ipv6::describe(Visitor& v) {
    v.fixed("version", version, 4, 6);
    v.number({"traffic-class"}, traffic_class);
    v.number({"flow-label"}, flow_label, 20);
    v.total_length("payload-length", payload_length, 16, 40);
    v.next_header("next-header", next_header);
    v.number({"hop-limit"}, hop_limit);
    v.address("source", source);
    v.address("destination", destination);
    v.trailer(trailer);
}

void Pad1::describe(Visitor&) {}
void PadN::describe(Visitor& v) {
    v.rest("data", data);
}
void RawOption::describe(Visitor& v) {
    v.rest("data", data);
}

void HomeAddressOption::describe(Visitor& v) {
    v.address("address", address);
}
void RouterAlert::describe(Visitor& v) {
    v.number({"value"}, value);
}
void TunnelEncapsulationLimit::describe(Visitor& v) {
    v.number({"limit"}, limit);
}

void UnknownIpv6Option::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void HopByHop::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.header_length("header-length", header_length, 8, 8, 8);
    v.options(Family::ipv6, options, &unpadded);
}

void DestinationOptions::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.header_length("header-length", header_length, 8, 8, 8);
    v.options(Family::ipv6, options, &unpadded);
}

void RoutingType2::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.header_length("header-length", header_length, 8, 8, 8);
    v.fixed("routing-type", routing_type, 8, 2);
    v.number({"segments-left"}, segments_left);
    v.reserved("reserved", reserved);
    v.address("home-address", home_address);
}

void RoutingOther::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.header_length("header-length", header_length, 8, 8, 8);
    v.number({"routing-type"}, routing_type);
    v.number({"segments-left"}, segments_left);
    v.rest("data", data);
}

void Fragment::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.reserved("reserved", reserved);
    v.number({"offset"}, offset, 13);
    v.reserved("reserved-bits", reserved_bits, 2);
    v.bit("more", more);
    v.number({"identification"}, identification);
}

void AuthenticationHeader::describe(Visitor& v) {
    v.next_header("next-header", next_header);
    v.header_length("header-length", header_length, 8, 4, 8);
    v.reserved("reserved", reserved);
    v.number({"spi"}, spi);
    v.number({"sequence"}, sequence);
    v.rest("icv", icv);
}

void EspHeader::describe(Visitor& v) {
    v.number({"spi"}, spi);
    v.number({"sequence"}, sequence);
    v.rest("data", data);
}

void Ipv4::describe(Visitor& v) {
    v.fixed("version", version, 4, 4);
    v.header_length("header-length", header_length, 4, 4, 0);
    v.number({"traffic-class"}, traffic_class);
    v.total_length("total-length", total_length, 16, 0);
    v.number({"identification"}, identification);
    v.reserved("reserved", reserved, 1);
    v.bit("dont-fragment", dont_fragment);
    v.bit("more-fragments", more_fragments);
    v.number({"fragment-offset"}, fragment_offset, 13);
    v.number({"ttl"}, ttl);
    v.next_header("protocol", protocol);
    v.checksum(checksum, Right::Sum::ipv4);
    v.address("source", source);
    v.address("destination", destination);
    v.rest("options", options);
    v.trailer(trailer);
}

void Udp::describe(Visitor& v) {
    v.number({"source-port"}, source_port);
    v.number({"destination-port"}, destination_port);
    v.total_length("length", length, 16, 0);
    v.checksum(checksum, Right::Sum::udp);
    v.trailer(trailer);
}

} // namespace wire
