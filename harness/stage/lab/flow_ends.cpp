#include "harness/stage/lab/flow_ends.h"

#include "harness/base/ip.h"
#include "harness/model/flow.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace stage::lab {
namespace {

constexpr int burst = 64;              ///< packets of a flow in one turn of the loop
constexpr std::size_t largest = 65000; ///< octets of payload

} // namespace

/// One node's end of a UDP or echo flow: takes what comes, and sends if told to.
class FlowEnds::Datagrams {
public:
    Datagrams(const model::Flow& flow, int space)
        : name_(flow.name), space_(space), echo_(flow.protocol == "echo") {
        const InNamespace inside(space);
        socket_ = echo_ ? checked(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6),
                                  "open an ICMPv6 socket for flow " + name_)
                        : checked(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                                  "open a UDP socket for flow " + name_);
        if (echo_) {
            icmp6_filter nothing{};
            std::memset(&nothing, 0xff, sizeof nothing);
            ::setsockopt(socket_.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &nothing, sizeof nothing);
            return;
        }
        sockaddr_in6 any{};
        any.sin6_family = AF_INET6;
        any.sin6_port = htons(flow.port);
        if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
            fail("bind the port of flow " + name_);
    }

    const std::string& name() const { return name_; }
    int space() const { return space_; }
    int descriptor() const { return socket_.get(); }
    std::optional<base::Mono> due() const { return sending_ ? std::optional(next_) : std::nullopt; }

    void send(const model::Flow& flow, const End& end, bool backwards, base::Mono now) {
        flow_ = flow;
        from_ = base::parse_ip6(end.from).value_or(base::Ip6{});
        to_ = base::parse_ip6(end.to).value_or(base::Ip6{});
        if (to_.is_unspecified()) {
            errno = EDESTADDRREQ;
            fail("send flow " + name_);
        }
        backwards_ = backwards;
        sending_ = true;
        next_ = started_ = now;
        sequence_ = 0;
    }

    void stop() { sending_ = false; }

    void work(base::Mono now) {
        std::array<char, 2048> heap{};
        for (int i = 0; i < burst && ::recv(socket_.get(), heap.data(), heap.size(), MSG_DONTWAIT) >= 0;
             ++i) {
        }
        for (int i = 0; i < burst && sending_ && next_ <= now; ++i) {
            if (!send_one() && sequence_ == 0 && now < started_ + flow_patience) {
                next_ = now + flow_retry;
                return;
            }
            ++sequence_;
            next_ += interval(flow_.rate);
            sending_ = flow_.packets == 0 || sequence_ < flow_.packets;
        }
    }

private:
    /// False if the kernel refuses, for want of a route or an address. A flow begins when its host has those;
    /// after that, a packet that is refused counts as one that was lost.
    bool send_one() {
        base::Bytes payload = model::flow_payload({flow_.port, backwards_, sequence_},
                                                  std::min<std::size_t>(flow_.size, largest));
        const auto low = static_cast<std::uint16_t>(sequence_);
        if (echo_) {
            base::Bytes header{ICMP6_ECHO_REQUEST, 0, 0, 0};
            header.resize(8);
            base::write16(header, 4, flow_.port);
            base::write16(header, 6, low);
            payload.insert(payload.begin(), header.begin(), header.end());
        }
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = echo_ ? 0 : htons(flow_.port);
        std::memcpy(&to.sin6_addr, to_.octets.data(), to_.octets.size());
        iovec data{payload.data(), payload.size()};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
        msghdr message{};
        message.msg_name = &to;
        message.msg_namelen = sizeof to;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        if (!from_.is_unspecified()) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            cmsghdr* one = CMSG_FIRSTHDR(&message);
            one->cmsg_level = IPPROTO_IPV6;
            one->cmsg_type = IPV6_PKTINFO;
            one->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
            in6_pktinfo source{};
            std::memcpy(&source.ipi6_addr, from_.octets.data(), from_.octets.size());
            std::memcpy(CMSG_DATA(one), &source, sizeof source);
        }
        return ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
    }

    std::string name_;
    int space_;
    bool echo_;
    Descriptor socket_;
    model::Flow flow_;
    base::Ip6 from_, to_;
    bool backwards_ = false, sending_ = false;
    base::Mono started_{}, next_{};
    std::uint64_t sequence_ = 0;
};

FlowEnds::FlowEnds() = default;
FlowEnds::~FlowEnds() = default;

FlowEnds::Datagrams& FlowEnds::datagrams(const model::Flow& flow, const End& end) {
    for (auto& one : datagrams_)
        if (one->name() == flow.name && one->space() == end.space)
            return *one;
    return *datagrams_.emplace_back(std::make_unique<Datagrams>(flow, end.space));
}

void FlowEnds::source(const model::Flow& flow, const End& end, bool backwards, base::Mono now) {
    datagrams(flow, end).send(flow, end, backwards, now);
}

void FlowEnds::sink(const model::Flow& flow, const End& end) {
    datagrams(flow, end);
}

void FlowEnds::connect(const model::Flow& flow, const End& client, const End& server, base::Mono now) {
    streams_.push_back(std::make_unique<Stream>(flow, client, server, now));
}

void FlowEnds::end(const std::string& flow) {
    // The sockets stay: what is still on its way has to find somebody.
    for (auto& one : datagrams_)
        if (one->name() == flow)
            one->stop();
    for (auto& one : streams_)
        if (one->name() == flow && !one->reported())
            reports_.push_back(one->report());
    std::erase_if(streams_, [&](const auto& one) { return one->name() == flow; });
}

void FlowEnds::descriptors(std::vector<pollfd>& watched) const {
    for (const auto& one : datagrams_)
        watched.push_back({one->descriptor(), POLLIN, 0});
    for (const auto& one : streams_)
        one->descriptors(watched);
}

std::optional<base::Mono> FlowEnds::due() const {
    std::optional<base::Mono> earliest;
    const auto consider = [&](std::optional<base::Mono> time) {
        if (time && (!earliest || *time < *earliest))
            earliest = time;
    };
    for (const auto& one : datagrams_)
        consider(one->due());
    for (const auto& one : streams_)
        consider(one->due());
    return earliest;
}

void FlowEnds::work(base::Mono now) {
    for (auto& one : datagrams_)
        one->work(now);
    for (auto& one : streams_) {
        const bool was_connected = one->connected();
        one->work(now);
        if (one->connected() && !was_connected)
            connected_.push_back(one->name());
        if (one->complete() && !one->reported())
            reports_.push_back(one->report());
    }
}

std::vector<std::string> FlowEnds::connected() {
    return std::exchange(connected_, {});
}

std::vector<model::FlowReport> FlowEnds::reports() {
    return std::exchange(reports_, {});
}

} // namespace stage::lab
