#pragma once

#include "harness/crypto/gate.h"
#include "harness/model/machine.h"
#include "harness/model/topology.h"
#include "harness/wire/packet.h"

#include <optional>
#include <vector>

namespace peers::common {

/// The IPsec of a node from its settings: `security` holds associations and policies as crypto::parse reads
/// them. Without it everything goes by. `lapses` names what a mutant leaves undone.
crypto::Gate guard_of(const model::NodeConfig&);

/// A packet of the tester, taken apart into what is sent and what is told on purpose about its protection: an
/// <esp spi= sequence=/> or <ah …/> in front of something else (zero: as it should be), and edits in these.
struct Meant {
    wire::Packet packet;              ///< without the layer of the protection
    bool clear = false;               ///< without protection, whatever the policy says
    std::optional<crypto::Lies> lies; ///< nothing is said: as the policy wants it
    std::vector<model::Edit> before;  ///< on the plain packet
    std::vector<model::Edit> after;   ///< on the protected one
};
Meant meant_by(const model::Emit&);

/// The packet protected, changed as meant; as it is where no association is for it. Empty where it cannot be
/// protected and something is to be told about that.
base::Bytes disguise(crypto::Gate&, base::View ip, const Meant&, const wire::Profile&);

} // namespace peers::common
