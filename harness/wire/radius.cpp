#include "harness/wire/radius.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

namespace {

const Names codes{{
    {1, "access-request"},
    {2, "access-accept"},
    {3, "access-reject"},
    {4, "accounting-request"},
    {5, "accounting-response"},
    {11, "access-challenge"},
    {12, "status-server"},
    {40, "disconnect-request"},
    {41, "disconnect-ack"},
    {42, "disconnect-nak"},
}};

const Names accounting_states{{
    {1, "start"},
    {2, "stop"},
    {3, "interim-update"},
}};

} // namespace

void UnknownRadiusAttribute::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}
void RadiusUserName::describe(Visitor& v) {
    v.rest("value", value);
}
void RadiusUserPassword::describe(Visitor& v) {
    v.rest("data", data);
}
void RadiusClass::describe(Visitor& v) {
    v.rest("data", data);
}
void RadiusVendorSpecific::describe(Visitor& v) {
    v.number({"vendor"}, vendor);
    v.rest("data", data);
}
void RadiusSessionTimeout::describe(Visitor& v) {
    v.number({"value", &names::seconds, "s"}, value);
}
void RadiusNasIdentifier::describe(Visitor& v) {
    v.rest("value", value);
}
void RadiusAcctStatusType::describe(Visitor& v) {
    v.number({"value", &accounting_states}, value);
}
void RadiusAcctMultiSessionId::describe(Visitor& v) {
    v.rest("value", value);
}
void RadiusMessageAuthenticator::describe(Visitor& v) {
    v.octets("data", data, 16);
}
void RadiusChargeableUserIdentity::describe(Visitor& v) {
    v.rest("data", data);
}
void RadiusNasIpv6Address::describe(Visitor& v) {
    v.address("address", address);
}
void RadiusHomeAgentAddress::describe(Visitor& v) {
    v.address("address", address);
}

void Radius::describe(Visitor& v) {
    v.number({"code", &codes}, code);
    v.number({"identifier"}, identifier);
    v.total_length("length", length, 16, 0);
    v.octets("authenticator", authenticator, 16);
    v.options(Family::radius, options);
    v.trailer(trailer);
}

} // namespace wire
