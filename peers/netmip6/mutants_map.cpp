#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

/// Of MAPs that anchor regional addresses otherwise than they have to.
std::vector<Mutant> map_mutants() {
    using P = HaPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustHa adjust) {
        all.push_back(
            ha_by_policy(std::string("nm-map-") + id, title, std::move(violates), std::move(adjust)));
        all.back().role = "map";
    };
    add("gives-away-addresses", "registers a regional address for a second node",
        {"NETMIP6-MAP-001", "NETMIP6-AR-069"}, [](P& p) { p.detects_duplicates = false; });
    add("routes-nothing", "tells the address in no routing header", {"NETMIP6-MAP-002"},
        [](P& p) { p.routing_header = false; });
    all.back().breaks_bootstrap = true;
    add("own-numbers", "does not copy the sequence number", {"NETMIP6-MAP-002"},
        [](P& p) { p.copies_sequence = false; });
    all.back().breaks_bootstrap = true;
    add("serves-foreign-prefixes", "registers addresses that are none of its own", {"NETMIP6-MAP-003"},
        [](P& p) { p.check_subnet = false; });
    add("swallows-packets", "tunnels nothing", {"NETMIP6-MAP-004"}, [](P& p) { p.tunnels = false; });
    add("takes-from-anybody", "lets out what comes from where the node is not", {"NETMIP6-MAP-005"},
        [](P& p) { p.check_outer_source = false; });
    add("believes-anybody", "does not verify who registers", {"NETMIP6-BOTH-018"},
        [](P& p) { p.check_authenticator = false; });
    return all;
}

} // namespace peers::netmip6
