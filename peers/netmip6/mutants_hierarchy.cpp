#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

/// Of access routers that use MAPs otherwise than they have to.
std::vector<Mutant> hierarchy_mutants() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* role, const char* id, const char* title,
                            std::vector<std::string> violates, AdjustAr adjust) {
        all.push_back(ar_by_policy(std::string("nm-") + role + "-" + id, role, title, std::move(violates),
                                   std::move(adjust)));
    };
    add("sar", "knows-no-map", "registers with the home agent alone", {"NETMIP6-AR-053"},
        [](P& p) { p.hierarchy.maps.clear(); });
    add("sar", "marks-home", "registers with the MAP as with a home agent", {"NETMIP6-AR-054"},
        [](P& p) { p.hierarchy.marks_local = false; });
    add("sar", "regional-is-its-own", "has its own address for a regional one", {"NETMIP6-AR-055"},
        [](P& p) { p.hierarchy.regional_home = false; });
    add("sar", "regional-of-its-own-link", "makes regional addresses of another prefix", {"NETMIP6-AR-056"},
        [](P& p) { p.hierarchy.regional_prefix = false; });
    add("sar", "does-not-wait-for-the-map", "tells the home agent before the MAP has acknowledged",
        {"NETMIP6-AR-061"}, [](P& p) { p.hierarchy.waits_for_map = false; });
    add("sar", "outlives-the-map", "asks the home agent for more than the MAP has granted",
        {"NETMIP6-AR-062"}, [](P& p) {
            p.hierarchy.within_grant = false;
            p.client.lifetime = 300;
        });
    add("sar", "past-the-map", "sends nothing through the MAP", {"NETMIP6-AR-065"},
        [](P& p) { p.hierarchy.tunnels = false; });
    add("tar", "sends-back", "sends back to the MAP what came for a node that has left", {"NETMIP6-SAR-006"},
        [](P& p) { p.hierarchy.drops_rest = false; });
    add("sar", "hides-the-map", "gives a context without the MAP", {"NETMIP6-SAR-048"},
        [](P& p) { p.hierarchy.gives_map = false; });
    add("sar", "hides-the-prefix-of-the-map", "serves a node with a client as any other", {"NETMIP6-AR-066"},
        [](P& p) { p.hierarchy.advertises_map = false; });
    add("sar", "serves-all-as-clients", "takes every node for one with a client", {"NETMIP6-AR-068"},
        [](P& p) { p.hierarchy.distinguishes = false; });
    add("sar", "waits-for-ever-for-the-map", "does without service where no MAP answers", {"NETMIP6-AR-071"},
        [](P& p) { p.hierarchy.falls_back = false; });
    add("tar", "new-regional-address", "changes the regional address inside the domain",
        {"NETMIP6-AR-057", "NETMIP6-AR-067"}, [](P& p) { p.hierarchy.keeps_regional = false; });
    add("tar", "tells-of-moves", "tells the home agent of moves inside the domain", {"NETMIP6-AR-058"},
        [](P& p) { p.hierarchy.hides_moves = false; });
    return all;
}

} // namespace peers::netmip6
