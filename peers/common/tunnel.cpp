#include "peers/common/tunnel.h"

namespace peers::common {

namespace {

constexpr std::uint8_t limit_option = 4;

} // namespace

base::Bytes outer_headers(const TunnelEnds& ends, const TunnelSettings& settings, std::size_t inner_size) {
    const std::size_t extension = overhead(settings) - ip6_size;
    base::Bytes headers =
        ip6_header(ends.local, ends.remote, extension ? protocol::destination : protocol::ip6,
                   inner_size + extension, settings.hop_limit, settings.traffic_class);
    if (settings.encapsulation_limit) {
        // destination options: the limit, and a PadN of one octet to fill eight
        const std::uint8_t options[] = {
            protocol::ip6, 0, limit_option, 1, *settings.encapsulation_limit, 1, 1, 0};
        headers.insert(headers.end(), std::begin(options), std::end(options));
    }
    return headers;
}

std::optional<EncapsulationLimit> encapsulation_limit_of(base::View ip) {
    // It is the business of the outermost header only, so it stands in a first destination options header.
    if (next_header_of(ip) != protocol::destination || ip.size() < ip6_size + 8)
        return std::nullopt;
    const std::size_t end = ip6_size + (std::size_t{ip[ip6_size + 1]} + 1) * 8;
    for (std::size_t at = ip6_size + 2; at + 2 < std::min(end, ip.size());) {
        if (ip[at] == limit_option && ip[at + 1] == 1)
            return EncapsulationLimit{ip[at + 2], at};
        at += ip[at] == 0 ? 1 : std::size_t{2} + ip[at + 1];
    }
    return std::nullopt;
}

std::optional<QuotedInner> quoted_inner(base::View invoking) {
    if (invoking.size() < 2 * ip6_size || invoking[0] >> 4 != 6)
        return std::nullopt;
    const Upper upper = upper_of(invoking);
    std::size_t inner = upper.offset;
    std::uint8_t next = upper.protocol;
    if (next == protocol::fragment && inner + 8 <= invoking.size()) {
        if (base::read16(invoking, inner + 2) & 0xfff8)
            return std::nullopt; // a later fragment has no inner header
        next = invoking[inner];
        inner += 8;
    }
    if (!upper.complete || next != protocol::ip6 || inner + ip6_size > invoking.size() ||
        invoking[inner] >> 4 != 6)
        return std::nullopt;
    const base::View packet = invoking.subspan(inner);
    return QuotedInner{
        {source_of(invoking), destination_of(invoking)}, packet, ip6_size + base::read16(packet, 4)};
}

} // namespace peers::common
