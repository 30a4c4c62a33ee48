#pragma once

#include "harness/crypto/gate.h"
#include "harness/wire/packet.h"

#include <optional>

namespace run {

/// The packet as somebody with the keys sees it: behind the protection follows what is inside. Where the keys
/// are missing or the packet is not authentic, the protection is its last layer, and `why` says so. nullopt
/// for a packet without protection.
std::optional<wire::Packet> opened(crypto::Watcher&, const wire::Packet&, const wire::Profile&,
                                   crypto::Verdict* why = nullptr);

} // namespace run
