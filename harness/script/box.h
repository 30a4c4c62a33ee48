#pragma once

#include "harness/model/box.h"
#include "harness/script/context.h"

namespace script {

/// <at interface= address= [port= link-address= nodes= gateway=]><node name= address=/>…</at>: one more port
/// of the box.
void read_box_port(const Tag&, model::Box&, const Context&);

/// <mobile-nodes [nai= from= to= prefixes= names=]/>
void read_mobile_nodes(const Tag&, model::Box&, const Context&);

} // namespace script
