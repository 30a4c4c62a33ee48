#include "harness/stage/lab/netlink.h"

#include "harness/stage/lab/netlink_message.h"

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace stage::lab {

using namespace rtnetlink;

namespace {

void describe(base::Bytes& message, const VethEnd& end) {
    attribute(message, IFLA_IFNAME, end.name);
    attribute(message, IFLA_MTU, end.mtu);
    if (end.mac)
        attribute(message, IFLA_ADDRESS, end.mac->octets);
}

Descriptor open_socket(unsigned groups) {
    Descriptor made =
        checked(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "open an rtnetlink socket");
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("bind an rtnetlink socket");
    return made;
}

} // namespace

Netlink::Netlink() : socket_(open_socket(0)) {}

Netlink::Request& Netlink::begin(std::uint16_t type, std::uint16_t flags, std::string what) {
    Request& request = requests_.emplace_back();
    request.what = std::move(what);
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    header.nlmsg_seq = ++sequence_;
    append(request.octets, header);
    return request;
}

void Netlink::add_veth(const VethEnd& here, const VethEnd& there, int namespace_of_there) {
    auto& message = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                          fmt::format("make the veth pair {} and {}", here.name, there.name))
                        .octets;
    append(message, link_header(here.index));
    describe(message, here);
    nested(message, IFLA_LINKINFO, [&] {
        attribute(message, IFLA_INFO_KIND, std::string("veth"));
        nested(message, IFLA_INFO_DATA, [&] {
            nested(message, VETH_INFO_PEER, [&] {
                append(message, link_header(there.index));
                describe(message, there);
                attribute(message, IFLA_NET_NS_FD, static_cast<std::uint32_t>(namespace_of_there));
            });
        });
    });
}

void Netlink::add_link(const std::string& name, const std::string& kind) {
    auto& message =
        begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, fmt::format("make the {} {}", kind, name)).octets;
    append(message, link_header(0));
    attribute(message, IFLA_IFNAME, name);
    nested(message, IFLA_LINKINFO, [&] { attribute(message, IFLA_INFO_KIND, kind); });
}

void Netlink::set_up(int index, bool up) {
    auto& message =
        begin(RTM_NEWLINK, 0, fmt::format("set interface {} {}", index, up ? "up" : "down")).octets;
    ifinfomsg header = link_header(index);
    header.ifi_change = IFF_UP;
    header.ifi_flags = up ? static_cast<unsigned>(IFF_UP) : 0U;
    append(message, header);
}

void Netlink::set_mtu(int index, unsigned mtu) {
    auto& message =
        begin(RTM_NEWLINK, 0, fmt::format("set the MTU of interface {} to {}", index, mtu)).octets;
    append(message, link_header(index));
    attribute(message, IFLA_MTU, mtu);
}

void Netlink::add_address(int index, const base::Prefix& address) {
    auto& message = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
                          fmt::format("give {} to interface {}", base::text(address), index))
                        .octets;
    ifaddrmsg header{};
    header.ifa_family = AF_INET6;
    header.ifa_prefixlen = static_cast<std::uint8_t>(address.length);
    header.ifa_flags = IFA_F_NODAD;
    header.ifa_scope = address.address.is_link_local() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    header.ifa_index = static_cast<std::uint32_t>(index);
    append(message, header);
    attribute(message, IFA_LOCAL, address.address.octets);
    attribute(message, IFA_ADDRESS, address.address.octets);
}

void Netlink::add_route(const base::Prefix& to, const base::Ip6& via, int index) {
    auto& message = begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
                          fmt::format("route {} via {}", base::text(to), base::text(via)))
                        .octets;
    rtmsg header{};
    header.rtm_family = AF_INET6;
    header.rtm_dst_len = static_cast<std::uint8_t>(to.length);
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    append(message, header);
    if (to.length > 0)
        attribute(message, RTA_DST, to.canonical().address.octets);
    if (!via.is_unspecified())
        attribute(message, RTA_GATEWAY, via.octets);
    if (index > 0)
        attribute(message, RTA_OIF, static_cast<std::uint32_t>(index));
}

void Netlink::commit() {
    if (requests_.empty())
        return;
    const auto requests = std::exchange(requests_, {});
    const std::uint32_t first = sequence_ - static_cast<std::uint32_t>(requests.size()) + 1;
    std::size_t answered = 0, refused = requests.size();
    int reason = 0;
    // A veth pair makes two netdevices per message: some tens of requests fit the socket's buffer with their
    // answers.
    constexpr std::size_t at_once = 32;
    for (std::size_t start = 0; start < requests.size(); start += at_once) {
        const std::size_t end = std::min(start + at_once, requests.size());
        base::Bytes together;
        for (std::size_t i = start; i < end; ++i) {
            const std::size_t at = together.size();
            const auto& octets = requests[i].octets;
            const auto length = static_cast<std::uint32_t>(octets.size());
            together.insert(together.end(), octets.begin(), octets.end());
            std::memcpy(together.data() + at, &length, sizeof length);
        }
        if (::send(socket_.get(), together.data(), together.size(), 0) < 0)
            fail(requests[start].what);
        while (answered < end) {
            alignas(nlmsghdr) std::array<char, 32768> answer{};
            const auto size = ::recv(socket_.get(), answer.data(), answer.size(), 0);
            if (size < 0)
                fail(requests[answered].what);
            auto left = static_cast<unsigned>(size);
            for (auto* one = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(one, left);
                 one = NLMSG_NEXT(one, left)) {
                if (one->nlmsg_type != NLMSG_ERROR)
                    continue;
                ++answered;
                const auto& error = body<nlmsgerr>(one);
                if (error.error != 0 && refused == requests.size()) {
                    refused = one->nlmsg_seq - first;
                    reason = -error.error;
                }
            }
        }
    }
    if (refused < requests.size()) {
        errno = reason;
        fail(requests[refused].what);
    }
}

NetlinkWatch::NetlinkWatch() : socket_(open_socket(RTMGRP_LINK | RTMGRP_IPV6_IFADDR)) {}

bool NetlinkWatch::drain() {
    std::array<char, 16384> heap{};
    bool any = false;
    // ENOBUFS means that notices were lost: a reason to look, too.
    while (::recv(socket_.get(), heap.data(), heap.size(), MSG_DONTWAIT) > 0 || errno == ENOBUFS) {
        any = true;
        errno = 0;
    }
    return any;
}

void switch_offloads_off(const std::string& interface) {
    const Descriptor any =
        checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "open a socket for ethtool");
    for (const int command : {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO}) {
        ethtool_value value{static_cast<std::uint32_t>(command), 0};
        ifreq request{};
        std::strncpy(request.ifr_name, interface.c_str(), sizeof request.ifr_name - 1);
        request.ifr_data = reinterpret_cast<char*>(&value);
        // EOPNOTSUPP: it cannot do it, hence does not.
        if (::ioctl(any.get(), SIOCETHTOOL, &request) != 0 && errno != EOPNOTSUPP)
            fail("switch the offloads of " + interface + " off");
    }
}

} // namespace stage::lab
