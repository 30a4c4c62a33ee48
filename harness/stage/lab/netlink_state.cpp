#include "harness/stage/lab/netlink.h"
#include "harness/stage/lab/netlink_message.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>

#include <array>
#include <cerrno>
#include <net/if.h>

// What the kernel answers when it is asked for the state of its network.
namespace stage::lab {

using namespace rtnetlink;

void Netlink::ask(base::Bytes request, const Each& each) {
    const auto length = static_cast<std::uint32_t>(request.size());
    std::memcpy(request.data(), &length, sizeof length);
    const bool is_dump = reinterpret_cast<const nlmsghdr*>(request.data())->nlmsg_flags & NLM_F_DUMP;
    if (::send(socket_.get(), request.data(), request.size(), 0) < 0)
        fail("ask for the state of the network");
    for (;;) {
        alignas(nlmsghdr) std::array<char, 65536> answer{};
        const auto size = ::recv(socket_.get(), answer.data(), answer.size(), 0);
        if (size < 0)
            fail("read the state of the network");
        auto left = static_cast<unsigned>(size);
        for (auto* one = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(one, left);
             one = NLMSG_NEXT(one, left)) {
            if (one->nlmsg_type == NLMSG_DONE)
                return;
            if (one->nlmsg_type == NLMSG_ERROR) {
                errno = -body<nlmsgerr>(one).error;
                fail("read the state of the network");
            }
            each(one);
            if (!is_dump)
                return;
        }
    }
}

void Netlink::dump(std::uint16_t type, unsigned char family, const Each& each) {
    base::Bytes message;
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header.nlmsg_seq = ++sequence_;
    append(message, header);
    ifinfomsg all{};
    all.ifi_family = family;
    append(message, all);
    ask(std::move(message), each);
}

namespace {

LinkState link_state(const void* message) {
    const auto& header = body<ifinfomsg>(message);
    LinkState link;
    link.index = header.ifi_index;
    link.up = header.ifi_flags & IFF_UP;
    link.running = header.ifi_flags & IFF_RUNNING;
    each_attribute<ifinfomsg>(message, [&](const rtattr& one) {
        if (one.rta_type == IFLA_IFNAME)
            link.name = static_cast<const char*>(RTA_DATA(&one));
        else if (one.rta_type == IFLA_MTU)
            link.mtu = value_of<std::uint32_t>(one);
        else if (one.rta_type == IFLA_ADDRESS)
            link.mac.octets = value_of<std::array<std::uint8_t, 6>>(one);
        else if (one.rta_type == IFLA_STATS64)
            link.transmit_drops = value_of<rtnl_link_stats64>(one).tx_dropped;
    });
    return link;
}

} // namespace

std::vector<LinkState> Netlink::links() {
    std::vector<LinkState> found;
    dump(RTM_GETLINK, AF_UNSPEC, [&](const void* message) { found.push_back(link_state(message)); });
    return found;
}

LinkState Netlink::link(int index) {
    base::Bytes message;
    nlmsghdr header{};
    header.nlmsg_type = RTM_GETLINK;
    header.nlmsg_flags = NLM_F_REQUEST;
    header.nlmsg_seq = ++sequence_;
    append(message, header);
    append(message, link_header(index));
    LinkState found;
    ask(std::move(message), [&](const void* answer) { found = link_state(answer); });
    return found;
}

std::vector<AddressState> Netlink::addresses() {
    std::vector<AddressState> found;
    dump(RTM_GETADDR, AF_INET6, [&](const void* message) {
        const auto& header = body<ifaddrmsg>(message);
        AddressState& address = found.emplace_back();
        address.index = static_cast<int>(header.ifa_index);
        address.address.length = header.ifa_prefixlen;
        address.tentative = header.ifa_flags & IFA_F_TENTATIVE;
        each_attribute<ifaddrmsg>(message, [&](const rtattr& one) {
            if (one.rta_type == IFA_ADDRESS)
                address.address.address.octets = value_of<std::array<std::uint8_t, 16>>(one);
            else if (one.rta_type == IFA_FLAGS)
                address.tentative = value_of<std::uint32_t>(one) & IFA_F_TENTATIVE;
        });
    });
    return found;
}

std::vector<RouteState> Netlink::routes() {
    std::vector<RouteState> found;
    dump(RTM_GETROUTE, AF_INET6, [&](const void* message) {
        const auto& header = body<rtmsg>(message);
        if (header.rtm_table != RT_TABLE_MAIN || header.rtm_type != RTN_UNICAST)
            return;
        RouteState& route = found.emplace_back();
        route.to.length = header.rtm_dst_len;
        each_attribute<rtmsg>(message, [&](const rtattr& one) {
            if (one.rta_type == RTA_DST)
                route.to.address.octets = value_of<std::array<std::uint8_t, 16>>(one);
            else if (one.rta_type == RTA_GATEWAY)
                route.via.octets = value_of<std::array<std::uint8_t, 16>>(one);
            else if (one.rta_type == RTA_OIF)
                route.index = value_of<int>(one);
        });
    });
    return found;
}

std::optional<int> Netlink::index_of(const std::string& name) {
    for (const auto& link : links())
        if (link.name == name)
            return link.index;
    return std::nullopt;
}

} // namespace stage::lab
