#include "harness/stage/lab/stream.h"

#include "harness/base/ip.h"
#include "harness/stage/lab/namespace.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace stage::lab {
namespace {

/// No short period, so that octets that went missing or came twice are noticed.
std::uint8_t octet(std::uint64_t position) {
    return static_cast<std::uint8_t>((position * 0x9e3779b97f4a7c15U) >> 56);
}

sockaddr_in6 socket_address(const std::string& address, std::uint16_t port) {
    sockaddr_in6 made{};
    made.sin6_family = AF_INET6;
    made.sin6_port = htons(port);
    if (const auto parsed = base::parse_ip6(address))
        std::memcpy(&made.sin6_addr, parsed->octets.data(), parsed->octets.size());
    return made;
}

Descriptor tcp_socket(const std::string& flow) {
    Descriptor made = checked(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                              "open a TCP socket for flow " + flow);
    constexpr int yes = 1;
    ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return made;
}

void bind_to(int socket, const sockaddr_in6& address, const std::string& flow) {
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("bind an end of flow " + flow);
}

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

const char* yes_or_no(bool value) {
    return value ? "yes" : "no";
}

} // namespace

Stream::Stream(const model::Flow& flow, const FlowEnd& client, const FlowEnd& server, base::Mono now)
    : flow_(flow), end_(client), started_(now), next_(now) {
    {
        const InNamespace inside(server.space);
        listener_ = tcp_socket(flow.name);
        bind_to(listener_.get(), socket_address("::", flow.port), flow.name);
        if (::listen(listener_.get(), 1) != 0)
            fail("listen for flow " + flow.name);
    }
    if (base::parse_ip6(client.to).value_or(base::Ip6{}).is_unspecified()) {
        errno = EDESTADDRREQ; // connect() would take it for this very node
        fail("connect flow " + flow.name);
    }
    try_to_connect();
}

/// The client may not have its address or its route yet.
void Stream::try_to_connect() {
    const InNamespace inside(end_.space);
    Descriptor socket = tcp_socket(flow_.name);
    if (!end_.from.empty() && end_.from != "::") {
        const auto from = socket_address(end_.from, 0);
        if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
            return;
    }
    const auto to = socket_address(end_.to, flow_.port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ||
        errno == EINPROGRESS)
        client_.socket = std::move(socket);
}

void Stream::descriptors(std::vector<pollfd>& watched) const {
    const auto side = [&](const Side& one) {
        const bool unsent = connected_ && one.sent < one.to_send;
        if (one.socket && !reset_ && !(one.closed && !unsent))
            watched.push_back({one.socket.get(), static_cast<short>(POLLIN | (unsent ? POLLOUT : 0)), 0});
    };
    side(client_);
    side(server_);
    if (!connected_)
        watched.push_back({listener_.get(), POLLIN, 0});
}

std::optional<base::Mono> Stream::due() const {
    const bool all = flow_.packets > 0 && pieces_ >= flow_.packets;
    const bool waits = !client_.socket && !reset_;
    return waits || (connected_ && !reset_ && !all) ? std::optional(next_) : std::nullopt;
}

void Stream::work(base::Mono now) {
    if (!client_.socket && !reset_ && now >= next_) {
        try_to_connect();
        next_ = now + flow_retry;
        reset_ = !client_.socket && now >= started_ + flow_patience;
    }
    if (!connected_) {
        server_.socket =
            Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        connected_ = static_cast<bool>(server_.socket);
        if (connected_)
            next_ = now;
    }
    while (connected_ && due() && next_ <= now) {
        ++pieces_;
        client_.to_send += flow_.size;
        if (flow_.both_ways)
            server_.to_send += flow_.size;
        next_ += interval(flow_.rate);
    }
    for (Side* side : {&client_, &server_}) {
        receive(*side);
        send(*side);
    }
}

void Stream::send(Side& side) {
    std::array<std::uint8_t, 4096> piece{};
    while (connected_ && side.socket && side.sent < side.to_send) {
        const auto count = std::min<std::uint64_t>(piece.size(), side.to_send - side.sent);
        for (std::uint64_t i = 0; i < count; ++i)
            piece[i] = octet(side.sent + i);
        const auto taken = ::send(side.socket.get(), piece.data(), count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken < 0) {
            reset_ = reset_ || !would_block();
            return;
        }
        side.sent += static_cast<std::uint64_t>(taken);
    }
}

void Stream::receive(Side& side) {
    std::array<std::uint8_t, 16384> piece{};
    for (int i = 0; i < 64 && side.socket && !side.closed; ++i) {
        const auto count = ::recv(side.socket.get(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (count < 0) {
            reset_ = reset_ || (!would_block() && errno != ENOTCONN);
            return;
        }
        side.closed = count == 0;
        for (std::size_t at = 0; at < static_cast<std::size_t>(count) && !disordered_; ++at)
            if (piece[at] == octet(side.received))
                ++side.received;
            else
                disordered_ = true;
    }
}

bool Stream::complete() const {
    if (reset_ || disordered_)
        return true;
    const auto all = flow_.packets * flow_.size;
    return flow_.packets > 0 && server_.received >= all && (!flow_.both_ways || client_.received >= all);
}

model::FlowReport Stream::report() {
    reported_ = true;
    return {flow_.name,
            {{"bytes", std::to_string(server_.received)},
             {"sent", std::to_string(client_.sent)},
             {"back.bytes", std::to_string(client_.received)},
             {"back.sent", std::to_string(server_.sent)},
             {"connected", yes_or_no(connected_)},
             {"resets", reset_ ? "1" : "0"},
             {"disordered", yes_or_no(disordered_)}}};
}

} // namespace stage::lab
