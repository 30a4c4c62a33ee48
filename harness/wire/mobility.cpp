#include "harness/wire/mobility.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

namespace {

/// RFC 3775, 6.1.1. `type` null: the right one is that of the kind.
void describe_header(MobilityHeader& header, Visitor& v, const Kind& kind, std::uint8_t* type = nullptr) {
    v.fixed("payload-proto", header.payload_proto, 8, 59);
    v.header_length("header-length", header.header_length, 8, 8, 8);
    if (type)
        v.number({"mh-type"}, *type);
    else
        v.fixed("mh-type", header.type, 8, kind.type);
    v.reserved("mh-reserved", header.reserved);
    v.checksum(header.checksum, Right::Sum::mobility);
}

} // namespace

void UnknownMobility::describe(Visitor& v) {
    describe_header(header, v, kind, &type);
    v.rest("data", data);
}

void BindingRefreshRequest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.options(Family::mobility, options, &unpadded);
}

void HomeTestInit::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.number({"home-init-cookie"}, home_init_cookie);
    v.options(Family::mobility, options, &unpadded);
}

void CareOfTestInit::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.reserved("reserved", reserved);
    v.number({"care-of-init-cookie"}, care_of_init_cookie);
    v.options(Family::mobility, options, &unpadded);
}

void HomeTest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"home-nonce-index"}, home_nonce_index);
    v.number({"home-init-cookie"}, home_init_cookie);
    v.number({"home-keygen-token"}, home_keygen_token);
    v.options(Family::mobility, options, &unpadded);
}

void CareOfTest::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"care-of-nonce-index"}, care_of_nonce_index);
    v.number({"care-of-init-cookie"}, care_of_init_cookie);
    v.number({"care-of-keygen-token"}, care_of_keygen_token);
    v.options(Family::mobility, options, &unpadded);
}

void BindingUpdate::describe(Visitor& v) {
    bool nemo = v.under(Profile::Dialect::nemo_pd);
    bool alternative = nemo && v.profile().nemo_alternative_s_bits;
    describe_header(header, v, kind);
    v.number({"sequence"}, sequence);
    v.bit("A", a);
    v.bit("H", h);
    v.bit("L", l);
    v.bit("K", k);
    v.bit("M", m);
    v.bit("R", r);
    if (nemo && !alternative)
        v.bit("S", s);
    else
        v.bit("P", p);
    v.reserved("reserved", reserved, alternative ? 5 : 9);
    if (alternative) { // 0x0008: the three bits behind it are still reserved
        v.bit("S", s);
        v.reserved("reserved2", reserved2, 3);
    }
    v.number({"lifetime", nullptr, "4s"}, lifetime);
    v.options(Family::mobility, options, &unpadded);
}

void BindingAcknowledgement::describe(Visitor& v) {
    bool nemo = v.under(Profile::Dialect::nemo_pd);
    bool alternative = nemo && v.profile().nemo_alternative_s_bits;
    describe_header(header, v, kind);
    v.number({"status", &names::binding_status}, status);
    v.bit("K", k);
    v.bit("R", r);
    if (nemo && !alternative)
        v.bit("S", s);
    else
        v.bit("P", p);
    v.reserved("reserved", reserved, alternative ? 4 : 5);
    if (alternative)
        v.bit("S", s);
    v.number({"sequence"}, sequence);
    v.number({"lifetime", nullptr, "4s"}, lifetime);
    v.options(Family::mobility, options, &unpadded);
}

void BindingError::describe(Visitor& v) {
    describe_header(header, v, kind);
    v.number({"status", &names::binding_error_status}, status);
    v.reserved("reserved", reserved);
    v.address("home-address", home_address);
    v.options(Family::mobility, options, &unpadded);
}

} // namespace wire
