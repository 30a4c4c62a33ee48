#include "harness/crypto/mobility_packet.h"

#include <gtest/gtest.h>

namespace {

using namespace base;

const Bytes digest_key = "000102030405060708090a0b0c0d0e0f"_hex;

/// The update of the digest (12): wildcard, from 2001:db8:b::11 to ::100.
const Bytes wildcard_update =
    "6000000000603c4020010db8000b0000000000000000001120010db8000b00000000000000000100"
    "870201020000c91000000000000000000000000000000000"
    "3b08050065570001c00000960810016d6e31406578616d706c652e6e65740100"
    "1d0600000000000001000a08c92c0a80000000000009110100000100838811be30194e91c9a7dfe9"_hex;

TEST(MobilityPacket, FindsTheEndsOfAnUpdate) {
    const auto found = crypto::mobility_packet(wildcard_update);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->at, 64u);
    EXPECT_EQ(found->size, 72u);
    EXPECT_TRUE(found->is_update);
    EXPECT_TRUE(found->has_home);
    EXPECT_TRUE(found->who.home.is_unspecified());
    EXPECT_EQ(text(found->who.care_of), "2001:db8:b::11");
}

TEST(MobilityPacket, TheDigestsAuthenticatorVerifies) {
    const auto found = crypto::mobility_packet(wildcard_update);
    ASSERT_TRUE(found);
    EXPECT_EQ(crypto::verify(View(wildcard_update).subspan(found->at, found->size),
                             crypto::AuthenticationOption::Kind::mn_ha, found->who, 256, digest_key),
              crypto::Authenticity::authentic);
}

TEST(MobilityPacket, IsTotal) {
    for (std::size_t size = 0; size < wildcard_update.size(); ++size)
        EXPECT_FALSE(crypto::mobility_packet(View(wildcard_update).first(size))) << size;
}

} // namespace
