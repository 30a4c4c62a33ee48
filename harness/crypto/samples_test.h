#pragma once

#include "harness/crypto/transform.h"

#include <random>

/// What the tests of the transforms are made of.
namespace crypto::samples {

constexpr std::uint8_t mh = 135; // the protocol number of the Mobility Header
inline const base::Ip6 mag = *base::parse_ip6("2001:db8:0:1::1"), lma = *base::parse_ip6("2001:db8:0:ff::1");

/// An IPv6 packet with that next header and payload.
inline base::Bytes packet(std::uint8_t next, const base::Bytes& payload, const base::Ip6& source = mag,
                          const base::Ip6& destination = lma) {
    base::Bytes out(40);
    out[0] = 0x60;
    base::write16(out, 4, static_cast<std::uint16_t>(payload.size()));
    out[6] = next;
    out[7] = 64;
    std::copy(source.octets.begin(), source.octets.end(), out.begin() + 8);
    std::copy(destination.octets.begin(), destination.octets.end(), out.begin() + 24);
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
}

inline base::Bytes random_octets(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    base::Bytes out(size);
    for (auto& octet : out)
        octet = static_cast<std::uint8_t>(random());
    return out;
}

/// A mobility message of that type, as far as anything here looks into it.
inline base::Bytes mobility(std::uint8_t type, std::size_t size = 48) {
    base::Bytes out(size, 0x5a);
    out[0] = 59;
    out[1] = static_cast<std::uint8_t>(size / 8 - 1);
    out[2] = type;
    return out;
}

inline Association esp(Cipher cipher, std::size_t cipher_key, Integrity integrity,
                       std::uint32_t spi = 0x1001) {
    Association out;
    out.source = mag;
    out.destination = lma;
    out.spi = spi;
    out.cipher = cipher;
    out.cipher_key = random_octets(cipher_key, spi);
    out.integrity = integrity;
    out.integrity_key = random_octets(key_size(integrity), spi + 1);
    return out;
}

inline Association ah(Integrity integrity, std::uint32_t spi = 0x1002) {
    Association out = esp(Cipher::null, 0, integrity, spi);
    out.protocol = Protocol::ah;
    return out;
}

/// One of every kind.
inline std::vector<Association> all() {
    using enum Integrity;
    return {esp(Cipher::null, 0, hmac_sha1_96),
            esp(Cipher::null, 0, hmac_sha2_256_128),
            esp(Cipher::aes_cbc, 16, hmac_sha1_96),
            esp(Cipher::aes_cbc, 24, hmac_sha2_256_128),
            esp(Cipher::aes_cbc, 32, hmac_sha2_256_128),
            esp(Cipher::aes_gcm, 20, none),
            esp(Cipher::aes_gcm, 36, none),
            ah(hmac_sha1_96),
            ah(hmac_sha2_256_128)};
}

} // namespace crypto::samples
