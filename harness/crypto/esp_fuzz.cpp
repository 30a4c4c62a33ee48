// Arbitrary octets as an ESP packet, and as what is to be protected.
#include "harness/crypto/fuzz_support.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return crypto::fuzz::run(crypto::Protocol::esp, data, size);
}
