#include "harness/wire/dhcpv6.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

// Written out: clang 14 dies of defaulted ones on types that contain themselves.
bool IaNa::operator==(const IaNa& other) const {
    return iaid == other.iaid && t1 == other.t1 && t2 == other.t2 && options == other.options &&
           header == other.header;
}
bool IaTa::operator==(const IaTa& other) const {
    return iaid == other.iaid && options == other.options && header == other.header;
}
bool IaAddress::operator==(const IaAddress& other) const {
    return address == other.address && preferred_lifetime == other.preferred_lifetime &&
           valid_lifetime == other.valid_lifetime && options == other.options && header == other.header;
}
bool RelayMessage::operator==(const RelayMessage& other) const {
    return message == other.message && data == other.data && header == other.header;
}
bool IaPd::operator==(const IaPd& other) const {
    return iaid == other.iaid && t1 == other.t1 && t2 == other.t2 && options == other.options &&
           header == other.header;
}
bool IaPrefix::operator==(const IaPrefix& other) const {
    return prefix == other.prefix && prefix_length == other.prefix_length &&
           preferred_lifetime == other.preferred_lifetime && valid_lifetime == other.valid_lifetime &&
           options == other.options && header == other.header;
}

void UnknownDhcpv6Option::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void ClientId::describe(Visitor& v) {
    v.rest("duid", duid);
}
void ServerId::describe(Visitor& v) {
    v.rest("duid", duid);
}

void IaNa::describe(Visitor& v) {
    v.number({"iaid"}, iaid);
    v.number({"t1", &names::seconds, "s"}, t1);
    v.number({"t2", &names::seconds, "s"}, t2);
    v.options(Family::dhcpv6, options);
}

void IaTa::describe(Visitor& v) {
    v.number({"iaid"}, iaid);
    v.options(Family::dhcpv6, options);
}

void IaAddress::describe(Visitor& v) {
    v.address("address", address);
    v.number({"preferred-lifetime", &names::seconds, "s"}, preferred_lifetime);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
    v.options(Family::dhcpv6, options);
}

void OptionRequest::describe(Visitor& v) {
    v.rest("codes", codes);
}
void Preference::describe(Visitor& v) {
    v.number({"value"}, value);
}
void ElapsedTime::describe(Visitor& v) {
    v.number({"value"}, value);
}
void RelayMessage::describe(Visitor& v) {
    v.nested(message, data);
}

void Dhcpv6Authentication::describe(Visitor& v) {
    v.number({"protocol"}, protocol);
    v.number({"algorithm"}, algorithm);
    v.number({"rdm"}, rdm);
    v.number({"replay-detection"}, replay_detection);
    v.rest("information", information);
}

void ServerUnicast::describe(Visitor& v) {
    v.address("address", address);
}

void StatusCode::describe(Visitor& v) {
    v.number({"status", &names::dhcpv6_status}, status);
    v.rest("message", message);
}

void RapidCommit::describe(Visitor&) {}
void InterfaceId::describe(Visitor& v) {
    v.rest("value", value);
}
void ReconfigureMessage::describe(Visitor& v) {
    v.number({"message-type"}, message_type);
}
void ReconfigureAccept::describe(Visitor&) {}
void DnsServers::describe(Visitor& v) {
    v.rest("addresses", addresses);
}
void DomainList::describe(Visitor& v) {
    v.rest("names", names);
}

void IaPd::describe(Visitor& v) {
    v.number({"iaid"}, iaid);
    v.number({"t1", &names::seconds, "s"}, t1);
    v.number({"t2", &names::seconds, "s"}, t2);
    v.options(Family::dhcpv6, options);
}

void IaPrefix::describe(Visitor& v) {
    v.number({"preferred-lifetime", &names::seconds, "s"}, preferred_lifetime);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
    v.number({"prefix-length"}, prefix_length);
    v.address("prefix", prefix);
    v.options(Family::dhcpv6, options);
}

void RemoteId::describe(Visitor& v) {
    v.number({"enterprise"}, enterprise);
    v.rest("value", value);
}

void Dhcpv6Message::describe(Visitor& v) {
    v.message_type(type, names::dhcpv6_message);
    v.number({"transaction-id"}, transaction_id, 24);
    v.options(Family::dhcpv6, options);
}

void Dhcpv6Relay::describe(Visitor& v) {
    v.message_type(type, names::dhcpv6_relay);
    v.number({"hop-count"}, hop_count);
    v.address("link-address", link_address);
    v.address("peer-address", peer_address);
    v.options(Family::dhcpv6, options);
}

} // namespace wire
