// Arbitrary octets as a Mobility Header: no verifier accepts what it did not make, none reads beyond the end.

#include "harness/crypto/mobility_authentication.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace crypto;
    using Kind = AuthenticationOption::Kind;
    const base::View octets(data, size);
    const base::Bytes key(16, 7);
    const Mobility who{*base::parse_ip6("2001:db8::1"), *base::parse_ip6("2001:db8::2")};
    find_message_id(octets);
    for (const Kind kind : {Kind::mn_ha, Kind::mn_aaa}) {
        const auto option = find_authentication(octets, kind);
        const std::uint32_t spi = option ? option->spi : 256;
        if (verify(octets, kind, who, spi, key) == Authenticity::authentic)
            std::abort();
        base::Bytes own(octets.begin(), octets.end());
        const bool right_size =
            option && (option->size == 12 || (kind == Kind::mn_aaa && option->size == 20));
        if (authenticate(own, kind, who, key) && right_size &&
            verify(own, kind, who, spi, key) != Authenticity::authentic)
            std::abort();
    }
    return 0;
}
