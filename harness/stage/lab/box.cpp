#include "harness/stage/lab/box.h"

#include "harness/stage/lab/netlink.h"

#include <fmt/format.h>

#include <sys/socket.h>

namespace stage::lab {

BoxLink open_box_link(const std::string& interface, const std::string& port) {
    Netlink netlink;
    const auto index = netlink.index_of(interface);
    if (!index)
        throw NoInterface("this host has no interface " + interface);
    const auto link = netlink.link(*index);
    if (!link.up || !link.running)
        throw std::runtime_error(fmt::format("interface {} {}: nothing can be played through it", interface,
                                             link.up ? "has no carrier" : "is down"));
    // Protocol 0: deaf until somebody listens, so that nothing piles up meanwhile.
    auto socket = checked(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                          fmt::format("open interface {} (it takes root, or CAP_NET_RAW)", interface));
    return {interface, port, link.index, link.mtu, std::make_shared<Descriptor>(std::move(socket))};
}

} // namespace stage::lab
