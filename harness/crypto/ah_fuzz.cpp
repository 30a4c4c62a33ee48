// Arbitrary octets as a packet with an AH, and as what is to be authenticated.
#include "harness/crypto/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return crypto::fuzz::run(crypto::Protocol::ah, data, size);
}
