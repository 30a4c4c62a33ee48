#include "peers/radius/codec.h"

#include <gtest/gtest.h>

namespace peers::radius {

namespace {

using namespace base;

std::string text(const Attribute* attribute) {
    return attribute ? std::string(attribute->value.begin(), attribute->value.end()) : std::string("none");
}

// RFC 2865, 7.1: nemo logs in from port 3 of 192.168.1.16.
const Bytes request_of_rfc = "01000038 0f403f9473978057bd83d5cb98f4227a 01066e656d6f"
                             "02120dbe708d93d413ce3196e43f782a0aee 0406c0a80110 050600000003"_hex;
const Bytes accept_of_rfc = "02000026 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001 0f0600000000"
                            "0e06c0a80103"_hex;
const std::string secret = "xyzzy5461";

Message asked() {
    Message out;
    out.identifier = 7;
    for (std::size_t i = 0; i < 16; ++i)
        out.authenticator[i] = static_cast<std::uint8_t>(0xa0 + i);
    out.attributes = {{attribute::user_name, Bytes{'m', 'n', '1'}, 0},
                      {attribute::user_password, Bytes{'h', 'i', 'd', 'd', 'e', 'n'}, 0}};
    return out;
}

} // namespace

TEST(RadiusCodec, ReadsTheRequestOfTheSpecification) {
    const auto decoded = decode_request(request_of_rfc, secret);
    ASSERT_TRUE(decoded.message);
    EXPECT_EQ(decoded.message->code, Code::access_request);
    EXPECT_EQ(text(find(decoded.message->attributes, attribute::user_name)), "nemo");
    EXPECT_EQ(text(find(decoded.message->attributes, attribute::user_password)), "arctangent");
}

TEST(RadiusCodec, BelievesTheAcceptOfTheSpecificationAndNoOther) {
    const Message request = *decode_request(request_of_rfc, secret).message;
    EXPECT_TRUE(decode_response(accept_of_rfc, request, secret).message);
    EXPECT_EQ(decode_response(accept_of_rfc, request, "another").doubt, Doubt::authenticator);
    Bytes changed = accept_of_rfc;
    changed.back() ^= 1;
    EXPECT_EQ(decode_response(changed, request, secret).doubt, Doubt::authenticator);
    changed = accept_of_rfc;
    changed[1] = 1; // another identifier
    EXPECT_EQ(decode_response(changed, request, secret).doubt, Doubt::stranger);
    EXPECT_EQ(decode_response(View(accept_of_rfc).first(30), request, secret).doubt, Doubt::malformed);
    EXPECT_EQ(decode_response(request_of_rfc, request, secret).doubt, Doubt::stranger);
}

TEST(RadiusCodec, SignsRequestsAndHidesPasswords) {
    const Bytes octets = encode_request(asked(), secret);
    const auto decoded = decode_request(octets, secret);
    ASSERT_TRUE(decoded.message);
    EXPECT_EQ(text(find(decoded.message->attributes, attribute::user_password)), "hidden");
    EXPECT_TRUE(find(decoded.message->attributes, attribute::message_authenticator));
    EXPECT_EQ(hex(octets).find("68696464656e"), std::string::npos);
    EXPECT_EQ(decode_request(octets, "another").doubt, Doubt::authenticator);
}

TEST(RadiusCodec, HidesKeysOfAllLengths) {
    for (const std::size_t size : {1U, 15U, 16U, 31U, 32U, 239U}) {
        Message accept;
        accept.code = Code::access_accept;
        accept.attributes = {{vendor_attribute::wimax_key, Bytes(size, 0x5c), wimax}};
        const auto decoded = decode_response(encode_response(accept, asked(), secret), asked(), secret);
        ASSERT_TRUE(decoded.message) << size;
        const auto* opened = find(decoded.message->attributes, vendor_attribute::wimax_key, wimax);
        ASSERT_TRUE(opened) << size;
        EXPECT_EQ(opened->value, Bytes(size, 0x5c));
    }
    Message accept;
    accept.code = Code::access_accept;
    accept.attributes = {{vendor_attribute::wimax_key, Bytes(240, 0x5c), wimax}};
    EXPECT_TRUE(encode_response(accept, asked(), secret).empty());
}

TEST(RadiusCodec, HidesKeysOfVendorsAndOpensThem) {
    Message accept;
    accept.code = Code::access_accept;
    const Bytes key(16, 0x5c);
    accept.attributes = {{vendor_attribute::wimax_key, key, wimax},
                         {vendor_attribute::wimax_spi, Bytes{0, 0, 1, 0}, wimax},
                         {vendor_attribute::map, Bytes(16, 0x20), documentation}};
    const Bytes octets = encode_response(accept, asked(), secret);
    EXPECT_EQ(hex(octets).find(hex(key)), std::string::npos);
    EXPECT_EQ(hex(octets), hex(encode_response(accept, asked(), secret))) << "a run can be played again";
    const auto decoded = decode_response(octets, asked(), secret);
    ASSERT_TRUE(decoded.message);
    const auto* opened = find(decoded.message->attributes, vendor_attribute::wimax_key, wimax);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->value, key);
    EXPECT_EQ(find(decoded.message->attributes, vendor_attribute::wimax_spi, wimax)->value,
              (Bytes{0, 0, 1, 0}));
    EXPECT_EQ(find(decoded.message->attributes, vendor_attribute::map, documentation)->value,
              Bytes(16, 0x20));
}

TEST(RadiusCodec, VerifiesWhoAsksToDisconnect) {
    Message request;
    request.code = Code::disconnect_request;
    request.identifier = 3;
    request.attributes = {{attribute::user_name, Bytes{'m', 'n', '1'}, 0}};
    const Bytes octets = encode_request(request, secret);
    const auto decoded = decode_request(octets, secret);
    ASSERT_TRUE(decoded.message);
    EXPECT_EQ(decode_request(octets, "another").doubt, Doubt::authenticator);
    Message answer;
    answer.code = Code::disconnect_ack;
    EXPECT_TRUE(
        decode_response(encode_response(answer, *decoded.message, secret), *decoded.message, secret).message);
}

TEST(RadiusCodec, RefusesValuesThatDoNotFit) {
    Message long_name = asked();
    long_name.attributes.push_back({attribute::class_, Bytes(254, 1), 0});
    EXPECT_TRUE(encode_request(long_name, secret).empty());
}

TEST(RadiusCodec, SurvivesAnyOctets) {
    const Message request = asked();
    Bytes octets = encode_request(request, secret);
    for (std::size_t i = 0; i < octets.size(); ++i)
        for (const int value : {0, 1, 2, 0x7f, 0xff}) {
            Bytes changed = octets;
            changed[i] = static_cast<std::uint8_t>(value);
            const auto decoded = decode_request(changed, secret);
            EXPECT_NE(decoded.message.has_value(), decoded.doubt.has_value());
            const auto believed = believe(View(changed).first(i), request, secret);
            EXPECT_NE(believed.message.has_value(), believed.doubt.has_value());
        }
}

} // namespace peers::radius
