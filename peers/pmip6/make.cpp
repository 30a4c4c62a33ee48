#include "peers/pmip6/make.h"

#include "peers/common/router_node.h"
#include "peers/pmip6/lma.h"
#include "peers/pmip6/mag.h"

namespace peers::pmip6 {

std::unique_ptr<model::Machine> make_lma(const model::NodeConfig& config, AdjustLma adjust) {
    return std::make_unique<common::RouterNode>(config, std::make_unique<Lma>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_mag(const model::NodeConfig& config, AdjustMag adjust) {
    return std::make_unique<common::RouterNode>(config, std::make_unique<Mag>(config, std::move(adjust)));
}

std::unique_ptr<model::Machine> make_lma(const model::NodeConfig& config) {
    return make_lma(config, AdjustLma{});
}

std::unique_ptr<model::Machine> make_mag(const model::NodeConfig& config) {
    return make_mag(config, AdjustMag{});
}

} // namespace peers::pmip6
