// protection_samples: packets protected with every algorithm, one a line, for protection_compare.py.
//   esp|ah SPI CIPHER KEY|- INTEGRITY KEY|- PLAIN SEALED
//   mn-ha|mn-aaa SPI KEY CARE-OF HOME HEADER

#include "harness/crypto/mobility_authentication.h"
#include "harness/crypto/samples_test.h"
#include "harness/wire/packet.h"

#include <fmt/format.h>

namespace {

using namespace crypto;

const base::Ip6 home = *base::parse_ip6("2001:db8:4000:1::5");

wire::BindingUpdate update(std::size_t name_octets) {
    wire::BindingUpdate out;
    out.sequence = 7;
    out.lifetime = 900;
    wire::MobileNodeIdentifier identifier;
    identifier.nai = std::string(name_octets, 'n') + "@example.net";
    out.options = {identifier};
    return out;
}

std::vector<base::Bytes> plain_packets() {
    std::vector<base::Bytes> out;
    wire::Ipv6 ip{samples::mag, samples::lma};
    ip.traffic_class = 0xb8;
    ip.flow_label = 0x12345;
    for (const std::size_t name : {1u, 2u, 3u, 4u, 30u, 100u})
        out.push_back(wire::encode({{ip, update(name)}, {}, {}}));
    wire::DestinationOptions options;
    options.options = {wire::HomeAddressOption{home, {}}};
    out.push_back(wire::encode({{ip, options, update(5)}, {}, {}}));
    wire::RoutingType2 routing;
    routing.home_address = home;
    out.push_back(wire::encode({{ip, routing, wire::BindingAcknowledgement{}}, {}, {}}));
    wire::HopByHop hop;
    hop.options = {wire::RouterAlert{}, wire::UnknownIpv6Option{0x3e, {1, 2, 3, 4}, {}}};
    out.push_back(wire::encode({{ip, hop, options, update(5)}, {}, {}}));
    return out;
}

void print_authentication(AuthenticationOption::Kind kind, std::uint32_t spi, std::size_t octets) {
    for (const std::size_t name : {1u, 2u, 3u, 4u, 20u}) {
        wire::BindingUpdate message = update(name);
        wire::ReplayProtection id;
        id.timestamp = 0xc92c0a8000000000;
        wire::Authentication option;
        option.subtype = static_cast<std::uint8_t>(kind);
        option.spi = spi;
        option.authenticator.resize(octets);
        message.options.push_back(id);
        message.options.push_back(option);
        const base::Bytes packet = wire::encode({{wire::Ipv6{samples::mag, samples::lma}, message}, {}, {}});
        base::Bytes header(packet.begin() + 40, packet.end());
        const base::Bytes key = samples::random_octets(16, static_cast<std::uint32_t>(name));
        if (authenticate(header, kind, {samples::mag, home}, key))
            fmt::print("{} {} {} {} {} {}\n", kind == AuthenticationOption::Kind::mn_ha ? "mn-ha" : "mn-aaa",
                       spi, base::hex(key), base::text(samples::mag), base::text(home), base::hex(header));
    }
}

std::string or_dash(const base::Bytes& key) {
    return key.empty() ? "-" : base::hex(key);
}

} // namespace

int main() {
    std::uint32_t spi = 0x1000;
    for (Association one : samples::all()) {
        one.spi = ++spi;
        Transform transform(one, 42);
        for (const base::Bytes& plain : plain_packets())
            if (const auto sealed = transform.protect(plain))
                fmt::print("{} {} {} {} {} {} {} {}\n", name(one.protocol), one.spi, name(one.cipher),
                           or_dash(one.cipher_key), name(one.integrity), or_dash(one.integrity_key),
                           base::hex(plain), base::hex(*sealed));
    }
    print_authentication(AuthenticationOption::Kind::mn_ha, 256, 12);
    print_authentication(AuthenticationOption::Kind::mn_aaa, hmac_sha1_spi, 12);
    print_authentication(AuthenticationOption::Kind::mn_aaa, hmac_sha1_spi, 20);
    return 0;
}
