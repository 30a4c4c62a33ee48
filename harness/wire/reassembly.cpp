#include "harness/wire/reassembly.h"

#include "harness/wire/checksum.h"

#include <algorithm>

namespace wire {

namespace {

constexpr std::size_t most_open = 256, most_pieces = 128, largest = 65535;
constexpr base::Duration patience = std::chrono::seconds(60);

base::Ip6 address(base::View octets, std::size_t at, std::size_t size) {
    base::Ip6 out;
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), size,
                out.octets.begin() + static_cast<std::ptrdiff_t>(16 - size));
    return out;
}

} // namespace

struct Reassembly::Fragment {
    Key key;
    base::Bytes head; ///< empty but of the first fragment
    std::size_t offset = 0;
    bool is_last = false;
    base::View payload;
};

std::optional<Reassembly::Fragment> Reassembly::fragment_of(base::View packet) {
    if (packet.size() >= 20 && packet[0] >> 4 == 4)
        return fragment_of_4(packet);
    if (packet.size() < 40 || packet[0] >> 4 != 6)
        return std::nullopt;
    const std::size_t end = 40u + base::read16(packet, 4);
    if (end > packet.size())
        return std::nullopt; // cut: what it held is lost
    std::size_t at = 40, next_at = 6;
    while (packet[next_at] != 44) {
        const std::uint8_t next = packet[next_at];
        if ((next != 0 && next != 43 && next != 60) || at + 8 > end)
            return std::nullopt;
        next_at = at;
        at += packet[at + 1] * 8u + 8;
        if (at > end)
            return std::nullopt;
    }
    if (at + 8 > end)
        return std::nullopt;
    Fragment out;
    out.key = {address(packet, 8, 16), address(packet, 24, 16), packet[at], base::read32(packet, at + 4)};
    const std::uint16_t field = base::read16(packet, at + 2);
    out.offset = field & 0xfff8;
    out.is_last = (field & 1) == 0;
    out.payload = packet.subspan(at + 8, end - at - 8);
    if (out.offset == 0) {
        out.head.assign(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(at));
        out.head[next_at] = packet[at];
    }
    return out;
}

std::optional<Reassembly::Fragment> Reassembly::fragment_of_4(base::View packet) {
    const std::size_t header = (packet[0] & 15u) * 4, end = base::read16(packet, 2);
    if (header < 20 || end < header || end > packet.size())
        return std::nullopt;
    const std::uint16_t field = base::read16(packet, 6);
    Fragment out;
    out.key = {address(packet, 12, 4), address(packet, 16, 4), packet[9], base::read16(packet, 4)};
    out.offset = (field & 0x1fffu) * 8;
    out.is_last = (field & 0x2000) == 0;
    out.payload = packet.subspan(header, end - header);
    if (out.offset == 0)
        out.head.assign(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(header));
    return out;
}

void Reassembly::forget(const Key& key) {
    const auto found = open_.find(key);
    ages_.erase(found->second.age);
    open_.erase(found);
}

void Reassembly::make_room(base::Wall now) {
    while (!ages_.empty()) {
        const Key oldest = ages_.front();
        if (open_.size() < most_open && now - open_.at(oldest).since < patience)
            return;
        forget(oldest);
        ++lost_;
    }
}

std::optional<base::Bytes> Reassembly::whole(const Datagram& datagram) {
    if (!datagram.size || datagram.head.empty())
        return std::nullopt;
    base::Bytes out = datagram.head;
    for (const Piece& piece : datagram.pieces) { // sorted, and none overlaps
        if (piece.offset != out.size() - datagram.head.size())
            return std::nullopt;
        out.insert(out.end(), piece.octets.begin(), piece.octets.end());
    }
    const std::size_t payload = out.size() - datagram.head.size();
    if (payload != *datagram.size || out.size() > largest)
        return std::nullopt;
    if (out[0] >> 4 == 6) {
        base::write16(out, 4, static_cast<std::uint16_t>(out.size() - 40));
        return out;
    }
    base::write16(out, 2, static_cast<std::uint16_t>(out.size()));
    base::write16(out, 6, 0);
    base::write16(out, 10, 0);
    InternetSum sum;
    sum.add(base::View(out).first(datagram.head.size()));
    base::write16(out, 10, sum.fold());
    return out;
}

std::optional<base::Bytes> Reassembly::add(base::View packet, base::Wall at) {
    auto fragment = fragment_of(packet);
    if (!fragment)
        return std::nullopt;
    make_room(at);
    const auto [found, is_new] = open_.try_emplace(fragment->key);
    Datagram& datagram = found->second;
    if (is_new) {
        datagram.since = at;
        datagram.age = ages_.insert(ages_.end(), fragment->key);
    }
    const std::size_t begin = fragment->offset, end = begin + fragment->payload.size();
    const auto place = std::ranges::lower_bound(datagram.pieces, begin, {}, &Piece::offset);
    if (place != datagram.pieces.end() && place->offset == begin &&
        std::ranges::equal(place->octets, fragment->payload))
        return std::nullopt; // the same once more
    const bool overlaps = (place != datagram.pieces.end() && place->offset < end) ||
                          (place != datagram.pieces.begin() &&
                           std::prev(place)->offset + std::prev(place)->octets.size() > begin);
    datagram.is_void |= overlaps || end > largest || datagram.pieces.size() >= most_pieces ||
                        (fragment->is_last && datagram.size && *datagram.size != end);
    if (datagram.is_void)
        return std::nullopt;
    datagram.pieces.insert(place, {begin, {fragment->payload.begin(), fragment->payload.end()}});
    if (fragment->is_last)
        datagram.size = end;
    if (fragment->offset == 0)
        datagram.head = std::move(fragment->head);
    auto out = whole(datagram);
    if (out)
        forget(fragment->key);
    return out;
}

} // namespace wire
