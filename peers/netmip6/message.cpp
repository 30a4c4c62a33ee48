#include "peers/netmip6/message.h"

#include "harness/base/text.h"
#include "peers/common/octets.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr auto mn_ha = crypto::AuthenticationOption::Kind::mn_ha;

wire::MobilityOptions* options_of(wire::Packet& packet) {
    if (auto* update = packet.find<wire::BindingUpdate>())
        return &update->options;
    if (auto* answer = packet.find<wire::BindingAcknowledgement>())
        return &answer->options;
    return nullptr;
}

wire::Authentication* authentication_of(wire::Packet& packet) {
    auto* options = options_of(packet);
    if (!options)
        return nullptr;
    for (auto option = options->rbegin(); option != options->rend(); ++option)
        if (auto* found = std::get_if<wire::Authentication>(&*option);
            found && found->subtype == static_cast<std::uint8_t>(mn_ha))
            return found;
    return nullptr;
}

} // namespace

base::View ip_octets(const wire::Packet& packet) {
    const bool framed =
        !packet.layers.empty() && std::holds_alternative<wire::Ethernet>(packet.layers.front());
    const base::View raw = packet.raw;
    const std::size_t header = framed ? common::ethernet_size : 0;
    return raw.size() < header ? base::View{} : common::ip6_packet(raw.subspan(header));
}

void sign(wire::Packet& packet, base::View key, const wire::Profile& profile, std::optional<base::Ip6> home,
          std::optional<base::Ip6> care_of) {
    wire::Authentication* option = authentication_of(packet);
    if (!option)
        return;
    option->authenticator.assign(crypto::mn_ha_size, 0);
    wire::Packet plain = packet;
    std::erase_if(plain.layers, [](const wire::Layer& layer) {
        return std::holds_alternative<wire::Ethernet>(layer) || std::holds_alternative<wire::Vlan>(layer) ||
               std::holds_alternative<wire::AuthenticationHeader>(layer) ||
               std::holds_alternative<wire::EspHeader>(layer);
    });
    const base::Bytes octets = wire::encode(plain, profile);
    const auto found = crypto::mobility_packet(octets);
    if (!found)
        return;
    crypto::Mobility who = found->who;
    who.home = home.value_or(who.home);
    who.care_of = care_of.value_or(who.care_of);
    base::Bytes header(octets.begin() + static_cast<std::ptrdiff_t>(found->at),
                       octets.begin() + static_cast<std::ptrdiff_t>(found->at + found->size));
    if (!crypto::authenticate(header, mn_ha, who, key))
        return;
    const auto made = crypto::find_authentication(header, mn_ha);
    if (made)
        option->authenticator.assign(header.begin() + static_cast<std::ptrdiff_t>(made->authenticator),
                                     header.begin() +
                                         static_cast<std::ptrdiff_t>(made->authenticator + made->size));
}

crypto::Authenticity verify(const wire::Packet& packet, const Key& key, std::optional<base::Ip6> home,
                            std::optional<base::Ip6> care_of) {
    const base::View ip = ip_octets(packet);
    const auto found = crypto::mobility_packet(ip);
    if (!found)
        return crypto::Authenticity::missing;
    crypto::Mobility who = found->who;
    who.home = home.value_or(who.home);
    who.care_of = care_of.value_or(who.care_of);
    return crypto::verify(ip.subspan(found->at, found->size), mn_ha, who, key.spi, key.octets);
}

std::vector<Key> parse_keys(std::string_view text) {
    std::vector<Key> keys;
    for (const std::string& record : base::split(text, ";")) {
        const auto words = base::split(record);
        const auto spi = words.size() == 2 ? base::parse_number(words[0]) : std::nullopt;
        const auto octets = spi ? base::parse_hex(words[1]) : std::nullopt;
        if (octets && *spi <= 0xffffffff)
            keys.push_back({static_cast<std::uint32_t>(*spi), *octets});
    }
    return keys;
}

base::Prefix prefix_of(const base::Ip6& home_address) {
    return base::Prefix{home_address, 64}.canonical();
}

bool is_wildcard(const base::Ip6& address) {
    return address.is_unspecified() ||
           std::ranges::all_of(address.octets, [](std::uint8_t octet) { return octet == 0xff; });
}

} // namespace peers::netmip6
