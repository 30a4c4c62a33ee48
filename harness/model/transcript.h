#pragma once

#include "harness/base/now.h"
#include "harness/model/machine.h"
#include "harness/wire/packet.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace model {

/// What the wire did with a frame.
enum class Fate { delivered, dropped, delayed, duplicated, swapped, corrupted, rewritten, undeliverable };

std::string_view name(Fate);

/// A frame entered a link, seen where its sender put it on the wire.
struct Seen {
    std::string link;
    std::string from;    ///< node that put it there
    wire::Packet packet; ///< from the Ethernet header on; raw holds the octets
    Fate fate = Fate::delivered;
    base::Mono delivered{}; ///< when it comes out at the other end; for delayed ones later
    /// Names of the nodes that own the IPv6 source and destination (of the outermost header); empty:
    /// nobody's.
    std::string source, destination;
};
/// A node said something, or answered a state question.
struct Said {
    std::string node;
    Note note;
};
/// A process of the SUT or of a kernel node ended by itself.
struct Died {
    std::string node, how; ///< "exit 1", "signal 11", "over its memory limit"
};
/// An order was carried out, or could not be: attach, tell, restart…
struct Done {
    std::string order;   ///< "attach mn1 mag1"
    std::string trouble; ///< empty: done. "not-claimed: …" when the SUT's profile offers no way to do it
};
/// A flow's end points report what only they can know (TCP: octets in order, resets).
struct FlowReport {
    std::string flow;
    Arguments arguments;
};

struct Event {
    std::uint64_t number =
        0; ///< packets count from 1 as in the capture file; other events carry the last number
    base::Mono at{};
    base::Wall wall{}; ///< the tester's wall clock
    std::variant<Seen, Said, Died, Done, FlowReport> what;
};

} // namespace model
