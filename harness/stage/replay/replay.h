#pragma once

#include "harness/stage/replay/capture.h"
#include "harness/stage/stage.h"

#include <optional>

namespace stage::replay {

/// The packet of a record, decoded; no layers if it is neither Ethernet nor IP. Offsets of faults and fields
/// count from the start of the record.
wire::Packet decode(const Record&, const wire::Profile&);

/// A capture as a world: what happened happens again, in the capture's own time, and nothing can be done
/// about it. Orders are passed over. The ends of packets are resolved with the topology's addresses.
class Replay : public Stage {
public:
    Replay(Capture, model::Topology, wire::Profile);

    base::Now now() const override { return now_; }
    std::optional<model::Event> next(std::optional<base::Mono> until) override;
    void perform(const model::Order&) override {}
    bool quiescent(base::Mono until) const override;
    std::string name() const override { return "replay"; }

    const Capture& capture() const { return capture_; }

private:
    std::string owner(const base::Ip6&) const;
    void read_ahead();

    Capture capture_;
    model::Topology topology_;
    wire::Profile profile_;
    std::optional<base::Wall> start_;
    std::optional<model::Event> ahead_;
    base::Now now_;
};

} // namespace stage::replay
