#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/stage/lab/descriptor.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stage::lab {

/// One end of a veth pair.
struct VethEnd {
    int index = 0;    ///< explicit: the two ends of a pair must differ, or carrier changes come a second late
    std::string name; ///< at most 15 characters
    std::optional<base::Mac> mac;
    unsigned mtu = 1500;
};

struct LinkState {
    int index = 0;
    std::string name;
    base::Mac mac;
    unsigned mtu = 0;
    bool up = false, running = false;
    std::uint64_t transmit_drops = 0;
};

struct AddressState {
    int index = 0;
    base::Prefix address;
    bool tentative = false;
};

struct RouteState {
    base::Prefix to;
    base::Ip6 via; ///< unspecified: on link
    int index = 0;
};

/// A conversation with the kernel about the network of the namespace in which it was opened. Requests are
/// collected and sent together: that makes a topology cost milliseconds. Raw rtnetlink rather than libnl: six
/// kinds of message are all that is needed.
class Netlink {
public:
    Netlink();

    void add_veth(const VethEnd& here, const VethEnd& there, int namespace_of_there);
    /// A virtual interface of another kind: "ip6tnl", "dummy", …
    void add_link(const std::string& name, const std::string& kind);
    void set_up(int index, bool up);
    void set_mtu(int index, unsigned mtu);
    /// Without duplicate address detection.
    void add_address(int index, const base::Prefix&);
    /// `via` unspecified: on link. Index 0: the kernel finds the device by the gateway.
    void add_route(const base::Prefix& to, const base::Ip6& via, int index);
    /// Sends what was collected; throws std::system_error with the first request that was refused.
    void commit();

    std::vector<LinkState> links();
    /// One of them. Unlike a list this makes newer kernels act on a change of carrier at once, which they may
    /// put off for a second otherwise.
    LinkState link(int index);
    std::vector<AddressState> addresses();
    /// IPv6 routes of the main table, without those that every interface has for multicast and its own
    /// addresses.
    std::vector<RouteState> routes();
    /// Index of the interface with that name; nullopt if there is none.
    std::optional<int> index_of(const std::string& name);

private:
    struct Request;
    Request& begin(std::uint16_t type, std::uint16_t flags, std::string what);
    using Each = std::function<void(const void*)>;
    void ask(base::Bytes request, const Each& each);
    void dump(std::uint16_t type, unsigned char family, const Each& each);

    struct Request {
        std::string what;
        base::Bytes octets;
    };
    Descriptor socket_;
    std::uint32_t sequence_ = 0;
    std::vector<Request> requests_;
};

/// Hears when links and IPv6 addresses of its namespace change: readable after each change.
class NetlinkWatch {
public:
    NetlinkWatch();
    int descriptor() const { return socket_.get(); }
    /// Takes note of all that has come; false if nothing has.
    bool drain();

private:
    Descriptor socket_;
};

/// Switches off what lets a node send frames with unfinished checksums or more than an MTU, which only a real
/// network card would mend. In the namespace of the calling thread.
void switch_offloads_off(const std::string& interface);

} // namespace stage::lab
