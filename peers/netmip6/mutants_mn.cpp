// Nodes that are no ordinary hosts.
#include "peers/common/make.h"
#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> mn_mutants() {
    using namespace common;
    const auto host = [](std::string id, std::string title, std::vector<std::string> violates, Spoil spoil) {
        Mutant mutant{std::move(id),
                      "mn",
                      std::move(title),
                      std::move(violates),
                      {},
                      [spoil = std::move(spoil)](const model::NodeConfig& config) {
                          auto wrong = std::make_unique<Wrong>(make_mobile_node(config), profile_of(config));
                          spoil(*wrong);
                          return wrong;
                      }};
        mutant.breaks_bootstrap = true;
        return mutant;
    };
    return {host("nm-mn-solicits-nobody", "waits for advertisements and never solicits",
                 {"NETMIP6-MN-002", "NETMIP6-MN-007"},
                 [](Wrong& wrong) { wrong.outgoing(drop(is<wire::RouterSolicitation>())); }),
            host("nm-mn-hears-no-prefix", "does not hear advertisements", {"NETMIP6-MN-001"},
                 [](Wrong& wrong) { wrong.incoming(drop(is<wire::RouterAdvertisement>())); })};
}

} // namespace peers::netmip6
