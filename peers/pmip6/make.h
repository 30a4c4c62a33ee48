#pragma once

#include "harness/model/machine.h"
#include "peers/pmip6/lma_policy.h"
#include "peers/pmip6/mag_policy.h"

#include <memory>

namespace peers::pmip6 {

// The reference anchor and gateway of proxymip6-02; under the profile "rfc5213" of RFC 5213 (statuses,
// options, timers). Settings are those of the node (suites/README.md); durations as "1.5s", lists with
// spaces.
//
// lma: pool (prefixes to allocate from), prefix-length (64), owned (further prefixes that a profile may
// name),
//   prefix-valid (remaining validity of all prefixes; unlimited), delay (MinDelayBeforeBCEDelete: 1s; rfc5213
//   10s), tolerance (300ms), max-lifetime (1h), service (on; off: 131), mags (names or addresses of the
//   authorised gateways; the nodes of role "mag"), static-tunnels (off), refresh-advice (none), dynamic-hints
//   (on: a free prefix of the pool may be asked for), check-inner-source (on), plain-update (refuse |
//   ignore), foreign-deregistration (acknowledge | ignore; rfc5213 ignore), deregistration-without-entry
//   (refuse | ignore; rfc5213 ignore), traffic-during-delay (forward | drop; rfc5213 drop),
//   announce (ports where the prefixes are announced by RIPng; none), announce-interval (30s),
//   hosts (off; on: a home agent of hosts as well), home-link (prefixes of their home addresses). Events: set
//   (settings), policy (mobile-node | nai and what changes, see PolicyStore::change), renumber (mobile-node,
//   prefix optional), delete (mobile-node), state (of, mobile-node optional).
//
// mag: lifetime (1h), timestamps (on), hint (off: ask for ::/0), local-routing (off), probe (1s), advertise
// (3s; 0s:
//   only when solicited), and those of MagPolicy below.
//   Events: attached, detached (mobile-node, port, nai, mac), set, policy, withdraw (mobile-node), renumber
//   (mobile-node), refresh (mobile-node), sequence (mobile-node, value),
//   state (of, mobile-node optional).

std::unique_ptr<model::Machine> make_lma(const model::NodeConfig&);
std::unique_ptr<model::Machine> make_mag(const model::NodeConfig&);

/// With some of its policy changed: what mutants are made of.
std::unique_ptr<model::Machine> make_lma(const model::NodeConfig&, AdjustLma);
std::unique_ptr<model::Machine> make_mag(const model::NodeConfig&, AdjustMag);

} // namespace peers::pmip6
