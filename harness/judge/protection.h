#pragma once

#include "harness/wire/packet.h"

namespace judge {

/// An ESP header or an AH.
bool is_protection(const wire::Layer&);

/// Its protection hides what is inside from us: no keys, or the wrong ones.
bool is_sealed(const wire::Packet&);

/// A packet whose protection was opened, from the IP header on, as it was before it was protected. Empty for
/// one without protection, or a sealed one.
base::Bytes plain_octets(const wire::Packet&, const wire::Profile&);

} // namespace judge
