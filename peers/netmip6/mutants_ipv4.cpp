#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

/// Of access routers and home agents that serve IPv4 otherwise than they have to.
std::vector<Mutant> ipv4_mutants() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        all.push_back(
            ar_by_policy(std::string("nm-ar-") + id, "ar", title, std::move(violates), std::move(adjust)));
    };
    add("deaf-to-discover", "does not register when a node asks by DHCP", {"NETMIP6-AR-033"},
        [](P& p) { p.ipv4.registers = false; });
    add("registers-each-discover", "makes an update of each DISCOVER", {"NETMIP6-AR-043"},
        [](P& p) { p.ipv4.once = false; });
    add("offers-early", "offers an address before it has one", {"NETMIP6-AR-043"},
        [](P& p) { p.ipv4.waits = false; });
    add("names-an-ipv6-address", "asks for IPv4 and names an IPv6 address", {"NETMIP6-AR-036"},
        [](P& p) { p.ipv4.wildcard = false; });
    add("asks-no-ipv4", "asks for no IPv4 address", {"NETMIP6-AR-037"}, [](P& p) { p.ipv4.asks = false; });
    add("asks-everybody", "asks for 255.255.255.255", {"NETMIP6-AR-037"},
        [](P& p) { p.ipv4.zeroes = false; });
    add("asks-for-a-prefix", "asks for an IPv4 prefix", {"NETMIP6-AR-038"},
        [](P& p) { p.ipv4.prefix_bit = true; });
    add("offers-another", "offers another address than it was given", {"NETMIP6-AR-042"},
        [](P& p) { p.ipv4.right_address = false; });
    add("offers-unconfirmed", "offers an address that nobody has confirmed", {"NETMIP6-AR-040"},
        [](P& p) { p.ipv4.needs_confirmation = false; });
    add("offers-refused", "offers an address that was refused", {"NETMIP6-AR-040"},
        [](P& p) { p.ipv4.minds_status = false; });
    add("nameless-server", "does not say whose offer it is", {"NETMIP6-AR-035"},
        [](P& p) { p.ipv4.names_server = false; });
    add("never-acknowledges", "does not acknowledge a REQUEST", {"NETMIP6-AR-044"},
        [](P& p) { p.ipv4.acknowledges = false; });
    add("grants-any-address", "acknowledges whatever is asked for", {"NETMIP6-AR-045"},
        [](P& p) { p.ipv4.refuses = false; });
    add("keeps-offers", "keeps an offer that nobody takes", {"NETMIP6-AR-046"},
        [](P& p) { p.ipv4.gives_up_offers = false; });
    add("keeps-released", "does not hear a RELEASE", {"NETMIP6-AR-047"},
        [](P& p) { p.ipv4.releases = false; });
    add("swallows-ipv4", "does not tunnel IPv4 packets", {"NETMIP6-AR-048"},
        [](P& p) { p.ipv4.tunnels = false; });
    add("tunnels-any-ipv4", "tunnels IPv4 packets of any source, and takes them from anybody",
        {"NETMIP6-AR-030", "NETMIP6-AR-031"}, [](P& p) { p.ipv4.checks_source = false; });
    all.push_back(ar_by_policy("nm-tar-forgets-ipv4", "tar", "asks for a new IPv4 address after a handover",
                               {"NETMIP6-TAR-001"}, [](P& p) { p.ipv4.keeps_address = false; }));

    using H = HaPolicy;
    const auto home = [&all](const char* id, const char* title, std::vector<std::string> violates,
                             AdjustHa adjust) {
        all.push_back(
            ha_by_policy(std::string("nm-ha-") + id, title, std::move(violates), std::move(adjust)));
    };
    home("gives-no-ipv4", "assigns no IPv4 address", {"NETMIP6-HA-009"},
         [](H& p) { p.ipv4.assigns = false; });
    home("gives-ipv4-twice", "assigns the same IPv4 address to everybody", {"NETMIP6-HA-009"},
         [](H& p) { p.ipv4.unique = false; });
    home("tells-no-ipv4", "does not tell the IPv4 address in option 29", {"NETMIP6-HA-010"},
         [](H& p) { p.ipv4.returns_option = false; });
    home("no-ipv4-status", "acknowledges no IPv4 address in option 30", {"NETMIP6-HA-010"},
         [](H& p) { p.ipv4.acknowledges = false; });
    home("refuses-own-ipv4", "refuses a node its own IPv4 address", {"NETMIP6-HA-011"},
         [](H& p) { p.ipv4.honours_own = false; });
    home("gives-away-ipv4", "gives a node another's IPv4 address", {"NETMIP6-HA-011"},
         [](H& p) { p.ipv4.refuses_foreign = false; });
    home("refuses-for-ipv4", "refuses an update because of an option that it does not know",
         {"NETMIP6-HA-012"}, [](H& p) { p.ipv4.refuses_update = true; });
    home("swallows-ipv4-down", "does not intercept IPv4 packets", {"NETMIP6-HA-013"},
         [](H& p) { p.ipv4.intercepts = false; });
    home("swallows-ipv4-up", "does not let IPv4 packets out", {"NETMIP6-HA-013"},
         [](H& p) { p.ipv4.tunnels = false; });
    home("ignores-ipv4", "does not know the IPv4 home address option", {"NETMIP6-HA-014"},
         [](H& p) { p.ipv4.supported = false; });
    return all;
}

} // namespace peers::netmip6
