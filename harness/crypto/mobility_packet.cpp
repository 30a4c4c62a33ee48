#include "harness/crypto/mobility_packet.h"

#include "harness/crypto/chain.h"

namespace crypto {

namespace {

constexpr std::uint8_t mobility_header = 135, update_type = 5, acknowledgement_type = 6;
constexpr std::uint8_t pad_one = 0, alternate_care_of = 3;
constexpr std::size_t source_at = 8, destination_at = 24, fixed_octets = 12;

/// RFC 3775, 6.2.5: the address that is registered, if it is not the source.
std::optional<base::Ip6> alternate_care_of_in(base::View header) {
    for (std::size_t at = fixed_octets; at < header.size();) {
        if (header[at] == pad_one) {
            ++at;
            continue;
        }
        if (at + 2 > header.size() || at + 2 + header[at + 1] > header.size())
            return std::nullopt;
        if (header[at] == alternate_care_of && header[at + 1] == 16)
            return address_at(header, at + 2);
        at += std::size_t{2} + header[at + 1];
    }
    return std::nullopt;
}

} // namespace

std::optional<MobilityPacket> mobility_packet(base::View ip) {
    const auto chain = chain_of(ip);
    if (!chain || chain->next != mobility_header || chain->at + fixed_octets > chain->end)
        return std::nullopt;
    MobilityPacket out;
    out.at = chain->at;
    out.size = (std::size_t{ip[out.at + 1]} + 1) * 8;
    if (out.at + out.size > chain->end || (chain->type != update_type && chain->type != acknowledgement_type))
        return std::nullopt;
    out.is_update = chain->type == update_type;
    const base::Ip6 plain = address_at(ip, out.is_update ? source_at : destination_at);
    out.who.home = out.is_update ? chain->source : chain->destination;
    out.who.care_of = plain;
    out.has_home = out.who.home != plain;
    if (out.is_update)
        out.who.care_of = alternate_care_of_in(ip.subspan(out.at, out.size)).value_or(plain);
    return out;
}

} // namespace crypto
