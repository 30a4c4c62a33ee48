#pragma once

#include "harness/stage/lab/descriptor.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace stage::lab {

/// The way to one port of a box: an interface of the namespace in which it was opened, to be used by whoever
/// has the descriptor, in whatever namespace. Nothing of the interface changes: it stays where it is, with
/// its name, its addresses and its state, and hears what is for others only while the descriptor is open.
struct BoxLink {
    std::string interface; ///< its name
    std::string port;      ///< of the node whose part the box takes; empty: its first
    int index = 0;
    unsigned mtu = 1500;
    std::shared_ptr<Descriptor> socket; ///< a packet socket that is deaf so far
};

/// An interface that is not there.
class NoInterface : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Opens the way through an interface of the calling thread's namespace. Throws NoInterface,
/// std::runtime_error for one that is down, std::system_error without the right to open it (CAP_NET_RAW).
BoxLink open_box_link(const std::string& interface, const std::string& port);

} // namespace stage::lab
