#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/model/transcript.h"
#include "harness/stage/lab/stream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pollfd;

namespace stage::lab {

/// The ends of flows at nodes of the kernel: real sockets in their namespaces. UDP and echo carry the marker
/// by which the flow is measured on the links; TCP counts at its ends what only they know. Nothing here
/// blocks.
class FlowEnds {
public:
    FlowEnds();
    ~FlowEnds();

    using End = FlowEnd;
    /// Packets with the marker, from an end of the kernel. Throws std::system_error.
    void source(const model::Flow&, const End&, bool backwards, base::Mono now);
    /// Takes what arrives for the flow, so that the kernel does not answer that nobody is there.
    void sink(const model::Flow&, const End&);
    /// A TCP connection between two ends of the kernel.
    void connect(const model::Flow&, const End& client, const End& server, base::Mono now);
    /// Stops the ends of a flow; a TCP flow reports.
    void end(const std::string& flow);

    void descriptors(std::vector<pollfd>&) const;
    std::optional<base::Mono> due() const;
    /// Sends what is due and takes what has come.
    void work(base::Mono now);
    /// Names of the TCP flows that have been connected since the last call.
    std::vector<std::string> connected();
    /// What ended flows have to report, and those that came to their end by themselves.
    std::vector<model::FlowReport> reports();

private:
    class Datagrams;
    Datagrams& datagrams(const model::Flow&, const End&);
    std::vector<std::unique_ptr<Datagrams>> datagrams_;
    std::vector<std::unique_ptr<Stream>> streams_;
    std::vector<model::FlowReport> reports_;
    std::vector<std::string> connected_;
};

} // namespace stage::lab
