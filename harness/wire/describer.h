#pragma once

#include "harness/wire/packet.h"

namespace wire {

/// Like describe(), and with the derived and reserved fields of the decoded octets, right or not: for
/// comparison with other dissectors. A packet built by hand has no octets, so it is described as by
/// describe().
Element describe_everything(const Packet&, const Profile& = {});

} // namespace wire
