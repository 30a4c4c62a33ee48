#pragma once

#include "peers/common/role.h"

#include <map>
#include <optional>
#include <string>

namespace peers::common {

/// Sends the marked packets of flows (harness/model/flow.h) at their rate.
class FlowSource {
public:
    /// Told{"flow-start"} and Told{"flow-end"}; false for any other event. A second flow of a name replaces
    /// the first.
    bool on(const model::Told&, base::Now, Output&);
    /// Sends what is due. `own` is the source of flows that name none.
    void tick(base::Now, const base::Ip6& own, Output&);
    std::optional<base::Mono> deadline() const;

private:
    struct Running {
        base::Ip6 from, to;
        bool is_echo = false, back = false;
        std::size_t size = 0;
        base::Duration interval{};
        std::uint64_t left = 0; ///< 0: for ever
        std::uint16_t port = 0;
        std::uint64_t sequence = 0;
        base::Mono next{};
    };
    static void send(Running&, const base::Ip6& own, Output&);
    std::map<std::string, Running> flows_; ///< by name and direction
};

} // namespace peers::common
