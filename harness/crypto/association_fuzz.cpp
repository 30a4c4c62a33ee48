// Arbitrary text as records of associations: whatever is read can be written and read again.

#include "harness/crypto/association.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace crypto;
    std::vector<std::string> mistakes;
    const auto configuration = parse({reinterpret_cast<const char*>(data), size}, mistakes);
    std::vector<std::string> none;
    if (!(parse(text(configuration), none) == configuration) || !none.empty())
        std::abort();
    return 0;
}
