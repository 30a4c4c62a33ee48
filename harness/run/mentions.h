#pragma once

#include "harness/model/scenario.h"

#include <functional>
#include <set>
#include <string>

namespace run {

/// What the steps of a case speak of.
struct Mentions {
    std::set<std::string> names; ///< of nodes, mobile nodes, links and steps, in references too
    std::set<std::string> told;  ///< nodes that hear of a mobile node by an event
    bool pads_by_hand = false;   ///< a message of it is filled up for identifiers of one length
};
Mentions mentions(const model::Case&);

/// Visits every value that a packet, or steps with all that is inside them, are written with.
void each_value(model::PacketSpec&, const std::function<void(model::Value&)>&);
void each_value(model::Steps&, const std::function<void(model::Value&)>&);

} // namespace run
