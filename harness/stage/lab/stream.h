#pragma once

#include "harness/base/bytes.h"
#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/model/transcript.h"
#include "harness/stage/lab/descriptor.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct pollfd;

namespace stage::lab {

/// One end of a flow: where its sockets live, and the addresses as text.
struct FlowEnd {
    int space = -1; ///< descriptor of the network namespace
    std::string from, to;
};

/// How often, and how long, a flow tries to send its first packet: until it has an address and a route.
inline constexpr base::Duration flow_retry = std::chrono::milliseconds(5),
                                flow_patience = std::chrono::seconds(3);

/// Between packets of a flow with that rate a second.
inline base::Duration interval(double rate) {
    return std::chrono::duration_cast<base::Duration>(
        std::chrono::duration<double>(1 / std::clamp(rate, 0.001, 100'000.0)));
}

/// A TCP connection between two kernels, with octets in it whose order can be checked. Never blocks.
class Stream {
public:
    /// Starts to connect, as soon as the client has an address and a route. The flow's rate is in pieces of
    /// its size a second. Throws std::system_error.
    Stream(const model::Flow&, const FlowEnd& client, const FlowEnd& server, base::Mono now);

    const std::string& name() const { return flow_.name; }
    void descriptors(std::vector<pollfd>&) const;
    std::optional<base::Mono> due() const;
    void work(base::Mono now);
    bool connected() const { return connected_; }
    /// All that was to be sent has arrived, or the connection is broken.
    bool complete() const;
    bool reported() const { return reported_; }
    /// "bytes" and "back.bytes": received in order; "sent" and "back.sent"; "connected", "reset" and
    /// "disordered": yes or no.
    model::FlowReport report();

private:
    /// What one side has sent and got. Octet n of a stream is a fixed function of n.
    struct Side {
        Descriptor socket;
        std::uint64_t to_send = 0, sent = 0, received = 0;
        bool closed = false; ///< the other side has ended
    };
    void try_to_connect();
    void send(Side&);
    void receive(Side&);

    model::Flow flow_;
    Descriptor listener_;
    Side client_, server_;
    FlowEnd end_; ///< the client's
    base::Mono started_{}, next_{};
    std::uint64_t pieces_ = 0;
    bool connected_ = false, reset_ = false, disordered_ = false, reported_ = false;
};

} // namespace stage::lab
