#include "harness/run/glance.h"

#include "harness/crypto/association.h"
#include "harness/crypto/chain.h"

namespace run {

namespace {

/// IPv6 in Ethernet without tags, as nearly every packet.
bool is_plain(const stage::replay::Record& record) {
    return record.framing == stage::replay::Framing::ethernet && record.bytes.size() >= 14 &&
           record.bytes[12] == 0x86 && record.bytes[13] == 0xdd;
}

} // namespace

// Made in the place where it is wanted: a copy of it would have to wait for what has just been written.
Glance Glance::of(const stage::replay::Record& record) {
    if (is_plain(record))
        return {wire::walk_frame(record.bytes), record.bytes, true};
    const auto inside = stage::replay::carried(record);
    if (inside.what == stage::replay::Carried::What::ethernet)
        return {wire::walk_frame(inside.bytes), inside.bytes, true};
    return {wire::walk_ip(inside.bytes), inside.bytes, false};
}

void Glance::unwrap_all() {
    for (unsigned depth = 0; depth < 4 && walk.what == wire::Walk::What::wrapped; ++depth) {
        octets = octets.subspan(walk.message);
        walk = wire::walk_ip(octets);
        is_frame = false;
    }
}

/// The glance at the headers has followed them, so their lengths are sound.
bool Glance::is_authenticated() const {
    if (walk.inner_ip == wire::Walk::none || walk.inner_ip + 40 > octets.size())
        return false;
    const auto chain = crypto::chain_of(octets.subspan(walk.inner_ip));
    return chain && chain->next == static_cast<std::uint8_t>(crypto::Protocol::ah);
}

} // namespace run
