#include "harness/wire/mobility_option.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

void UnknownMobilityOption::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void BindingRefreshAdvice::describe(Visitor& v) {
    v.number({"interval", nullptr, "4s"}, interval);
}
void AlternateCareOfAddress::describe(Visitor& v) {
    v.address("address", address);
}

void NonceIndices::describe(Visitor& v) {
    v.number({"home-nonce-index"}, home_nonce_index);
    v.number({"care-of-nonce-index"}, care_of_nonce_index);
}

void AuthorizationData::describe(Visitor& v) {
    v.rest("authenticator", authenticator);
}

void MobileNetworkPrefix::describe(Visitor& v) {
    if (v.under(Profile::Dialect::nemo_pd)) {
        v.bit("P", p);
        v.bit("I", i);
        v.bit("D", d);
        v.reserved("reserved", reserved, 5);
    } else if (v.under(Profile::Dialect::pmip6_nemo)) {
        v.bit("R", r);
        v.reserved("reserved", reserved, 7);
    } else {
        v.reserved("reserved", reserved, 8);
    }
    v.number({"prefix-length"}, prefix_length);
    v.address("prefix", prefix);
}

void MobileNodeIdentifier::describe(Visitor& v) {
    v.number({"subtype", &names::node_identifier}, subtype);
    v.rest("nai", nai);
}

void Authentication::describe(Visitor& v) {
    v.number({"subtype", &names::authentication}, subtype);
    v.number({"spi"}, spi);
    v.rest("authenticator", authenticator);
}

void ReplayProtection::describe(Visitor& v) {
    v.number({"timestamp", nullptr, "32.32"}, timestamp);
}

void HomeNetworkPrefix::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"prefix-length"}, prefix_length);
    v.address("prefix", prefix);
}

void HandoffIndicator::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"value", &names::handoff}, value);
}

void AccessTechnologyType::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"value", &names::access_technology}, value);
}

void MobileNodeLinkLayerIdentifier::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.rest("identifier", identifier);
}

void LinkLocalAddress::describe(Visitor& v) {
    v.address("address", address);
}
void Timestamp::describe(Visitor& v) {
    v.number({"value", nullptr, "48.16"}, value);
}

void Ipv4HomeAddress::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length, 6);
    v.bit("P", p);
    v.reserved("reserved", reserved, 9);
    v.address("address", address);
}

void Ipv4AddressAcknowledgement::describe(Visitor& v) {
    v.number({"status", &names::ipv4_acknowledgement}, status);
    v.number({"prefix-length"}, prefix_length, 6);
    v.reserved("reserved", reserved, 2);
    v.address("address", address);
}

void MnpRequest::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("P", p);
    v.bit("I", i);
    v.reserved("reserved", reserved, 6);
    v.number({"correlation-id"}, correlation_id);
    v.reserved("reserved2", reserved2);
    v.number({"prefix-type", &names::prefix_type}, prefix_type);
}

void MnpConfirmation::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("P", p);
    v.bit("I", i);
    v.bit("D", d);
    v.reserved("reserved", reserved, 5);
    v.number({"correlation-id"}, correlation_id);
    v.number({"status", &names::mnp_status}, status);
    v.number({"prefix-type", &names::prefix_type}, prefix_type);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
    v.address("prefix", prefix);
}

} // namespace wire
