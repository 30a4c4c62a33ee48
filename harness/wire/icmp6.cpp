#include "harness/wire/icmp6.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

namespace {

/// RFC 4443, 2.1. `code` null: the message has only code 0.
void describe_header(Icmp6Header& header, Visitor& v, const Kind& kind, std::uint8_t* code = nullptr,
                     const Names* codes = nullptr) {
    v.fixed("icmp-type", header.type, 8, code_point(kind, v.profile()));
    if (code)
        v.number({"code", codes}, *code);
    else
        v.fixed("code", header.code, 8, 0);
    v.checksum(header.checksum, Right::Sum::icmp6);
}

} // namespace

void UnknownIcmp6::describe(Visitor& v) {
    v.number({"icmp-type"}, type);
    v.number({"code"}, code);
    v.checksum(header.checksum, Right::Sum::icmp6);
    v.rest("data", data);
}

void DestinationUnreachable::describe(Visitor& v) {
    describe_header(header, v, kind, &code, &names::unreachable_code);
    v.reserved("reserved", reserved);
    v.rest("invoking", invoking);
}

void PacketTooBig::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"mtu"}, mtu);
    v.rest("invoking", invoking);
}

void TimeExceeded::describe(Visitor& v) {
    describe_header(header, v, kind, &code, &names::time_exceeded_code);
    v.reserved("reserved", reserved);
    v.rest("invoking", invoking);
}

void ParameterProblem::describe(Visitor& v) {
    describe_header(header, v, kind, &code, &names::parameter_problem_code);
    v.number({"pointer"}, pointer);
    v.rest("invoking", invoking);
}

void EchoRequest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.number({"sequence"}, sequence);
    v.rest("data", data);
}

void EchoReply::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.number({"sequence"}, sequence);
    v.rest("data", data);
}

void MldQuery::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"max-response-delay", nullptr, "ms"}, max_response_delay);
    v.reserved("reserved", reserved);
    v.address("group", group);
    v.rest("sources", sources);
}

void MldReport::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"max-response-delay", nullptr, "ms"}, max_response_delay);
    v.reserved("reserved", reserved);
    v.address("group", group);
}

void MldDone::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"max-response-delay", nullptr, "ms"}, max_response_delay);
    v.reserved("reserved", reserved);
    v.address("group", group);
}

void MldReportV2::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.number({"count"}, count);
    v.rest("records", records);
}

void HomeAgentDiscoveryRequest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.reserved("reserved", reserved);
}

void HomeAgentDiscoveryReply::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.reserved("reserved", reserved);
    v.rest("addresses", addresses);
}

void MobilePrefixSolicitation::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.reserved("reserved", reserved);
}

void MobilePrefixAdvertisement::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.bit("M", m);
    v.bit("O", o);
    v.reserved("reserved", reserved, 14);
    v.options(Family::nd, options);
}

void RouterSolicitation::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.options(Family::nd, options);
}

void RouterAdvertisement::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"hop-limit"}, hop_limit);
    v.bit("M", m);
    v.bit("O", o);
    v.bit("H", h);
    v.number({"preference"}, preference, 2);
    v.reserved("reserved", reserved, 3);
    v.number({"router-lifetime", nullptr, "s"}, router_lifetime);
    v.number({"reachable-time", nullptr, "ms"}, reachable_time);
    v.number({"retrans-timer", nullptr, "ms"}, retrans_timer);
    v.options(Family::nd, options);
}

void NeighborSolicitation::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.address("target", target);
    v.options(Family::nd, options);
}

void NeighborAdvertisement::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.bit("R", r);
    v.bit("S", s);
    v.bit("O", o);
    v.reserved("reserved", reserved, 29);
    v.address("target", target);
    v.options(Family::nd, options);
}

void Redirect::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.address("target", target);
    v.address("destination", destination);
    v.options(Family::nd, options);
}

void HoRequest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.bit("C", c);
    v.bit("H", h);
    v.reserved("reserved", reserved, 14);
    v.options(Family::context, options);
}

void HoResponse::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"identifier"}, identifier);
    v.number({"status", &names::ho_status}, status);
    v.ends_here("short-form", short_form);
    if (short_form)
        return;
    v.reserved("reserved", reserved);
    v.options(Family::context, options);
}

} // namespace wire
