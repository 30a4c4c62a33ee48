#pragma once

#include "harness/base/bytes.h"
#include "harness/model/machine.h"
#include "harness/wire/packet.h"

#include <vector>

namespace model {

/// Applies lies told after the checksum to the octets of a frame or packet. `decoded` is what those octets
/// decode to: it says where the named layers start. An edit whose layer is missing, or which lies behind the
/// end, does nothing. The innermost layer of that name counts.
void apply(const std::vector<Edit>& edits, const wire::Packet& decoded, base::Bytes& octets);

} // namespace model
