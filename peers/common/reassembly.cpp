#include "peers/common/reassembly.h"

#include "peers/common/octets.h"

#include <algorithm>

namespace peers::common {

namespace {

constexpr base::Duration patience = std::chrono::seconds(60);
constexpr std::size_t max_partials = 64;
constexpr std::size_t max_octets = 1 << 20;
constexpr std::size_t max_packet = 65535; ///< of what a payload length can say

} // namespace

Reassembly::Result Reassembly::add(base::View ip, std::size_t header, std::size_t named_at, base::Now now) {
    if (header + 8 > ip.size())
        return {};
    const std::uint16_t field = base::read16(ip, header + 2);
    const std::size_t offset = field & 0xfff8;
    const bool more = field & 1;
    const base::View data = ip.subspan(header + 8);
    if (more && data.size() % 8 != 0)
        return {std::nullopt, 4}; // the Payload Length
    if (header - ip6_size + offset + data.size() > max_packet)
        return {std::nullopt, static_cast<std::uint32_t>(header + 2)};

    base::Bytes head(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(header));
    head[named_at] = ip[header];
    if (offset == 0 && !more) { // an atomic fragment stands alone (RFC 6946)
        head.insert(head.end(), data.begin(), data.end());
        base::write16(head, 4, static_cast<std::uint16_t>(head.size() - ip6_size));
        return {std::move(head), std::nullopt};
    }
    Partial& packet = partial({source_of(ip), destination_of(ip), base::read32(ip, header + 4)}, now);
    if (packet.spoilt)
        return {};
    if (const auto twin = packet.pieces.find(offset);
        twin != packet.pieces.end() && std::ranges::equal(twin->second, data))
        return {}; // the network duplicated it
    const auto next = packet.pieces.lower_bound(offset);
    const bool overlaps_next = next != packet.pieces.end() && next->first < offset + data.size();
    const bool overlaps_previous =
        next != packet.pieces.begin() && std::prev(next)->first + std::prev(next)->second.size() > offset;
    const bool beyond = packet.total && (offset + data.size() > *packet.total || !more);
    const bool cuts = !more && !packet.pieces.empty() && packet.pieces.rbegin()->first >= offset;
    if (overlaps_next || overlaps_previous || beyond || cuts || data.empty()) {
        spoil(packet);
        return {};
    }
    packet.pieces.emplace(offset, base::Bytes(data.begin(), data.end()));
    packet.octets += data.size();
    octets_ += data.size();
    if (!more)
        packet.total = offset + data.size();
    if (offset == 0) {
        packet.first.assign(ip.begin(), ip.end());
        packet.head = std::move(head);
        packet.octets += ip.size();
        octets_ += ip.size();
    }
    const std::size_t have = packet.octets - packet.first.size();
    if (!packet.total || have != *packet.total || packet.head.empty()) {
        while (octets_ > max_octets && partials_.size() > 1)
            erase(partials_.begin());
        return {};
    }
    base::Bytes whole = std::move(packet.head);
    for (const auto& [at, piece] : packet.pieces)
        whole.insert(whole.end(), piece.begin(), piece.end());
    base::write16(whole, 4, static_cast<std::uint16_t>(whole.size() - ip6_size));
    erase(by_key_.at(packet.key));
    return {std::move(whole), std::nullopt};
}

std::vector<base::Bytes> Reassembly::tick(base::Now now) {
    std::vector<base::Bytes> late;
    while (!partials_.empty() && partials_.front().until <= now.mono) {
        Partial& oldest = partials_.front();
        if (!oldest.spoilt && !oldest.first.empty())
            late.push_back(std::move(oldest.first));
        erase(partials_.begin());
    }
    return late;
}

std::optional<base::Mono> Reassembly::deadline() const {
    return partials_.empty() ? std::nullopt : std::optional{partials_.front().until};
}

Reassembly::Partial& Reassembly::partial(const Key& key, base::Now now) {
    const auto known = by_key_.find(key);
    if (known != by_key_.end())
        return *known->second;
    if (partials_.size() >= max_partials)
        erase(partials_.begin());
    Partial fresh;
    fresh.key = key;
    fresh.until = now.mono + patience;
    partials_.push_back(std::move(fresh));
    by_key_[key] = std::prev(partials_.end());
    return partials_.back();
}

void Reassembly::erase(Partials::iterator packet) {
    octets_ -= packet->octets;
    by_key_.erase(packet->key);
    partials_.erase(packet);
}

void Reassembly::spoil(Partial& packet) {
    octets_ -= packet.octets;
    packet.octets = 0;
    packet.pieces.clear();
    packet.first.clear();
    packet.spoilt = true;
}

} // namespace peers::common
