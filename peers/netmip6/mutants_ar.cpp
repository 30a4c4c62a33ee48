#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> ar_mutants() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        all.push_back(
            ar_by_policy(std::string("nm-ar-") + id, "ar", title, std::move(violates), std::move(adjust)));
    };
    const auto broken = [&](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        add(id, title, std::move(violates), std::move(adjust));
        all.back().breaks_bootstrap = true;
    };

    // Access and trigger
    add("asks-no-aaa", "lets everybody in", {"NETMIP6-AR-001", "NETMIP6-AR-002"},
        [](P& p) { p.asks_aaa = false; });
    add("ignores-aaa", "lets in whom AAA rejects", {"NETMIP6-AR-003", "NETMIP6-AR-004", "NETMIP6-AR-013"},
        [](P& p) { p.obeys_aaa = false; });
    broken("needs-no-trigger", "registers as soon as a node is there", {"NETMIP6-AR-009"},
           [](P& p) { p.waits_for_trigger = false; });
    add("registers-each-time", "begins a registration with each solicitation", {"NETMIP6-AR-014"},
        [](P& p) { p.one_registration = false; });
    add("ignores-profile", "does not look at what AAA says",
        {"NETMIP6-AR-007", "NETMIP6-AR-017", "NETMIP6-AAA-002", "NETMIP6-AAA-001"},
        [](P& p) { p.follows_profile = false; });

    // What the node is told
    broken("serves-early", "advertises before the acknowledgement", {"NETMIP6-AR-020"},
           [](P& p) { p.serves_early = true; });
    add("serves-refused", "advertises although it was refused", {"NETMIP6-AR-027"},
        [](P& p) { p.serves_refused = true; });
    broken("own-prefix", "advertises a prefix of its own", {"NETMIP6-AR-021", "NETMIP6-AR-019"},
           [](P& p) { p.own_prefix = true; });
    add("tells-everybody", "advertises on all access links", {"NETMIP6-AR-022"},
        [](P& p) { p.advertises_everywhere = true; });
    add("withdraws-nothing", "does not take a prefix back", {"NETMIP6-AR-023"},
        [](P& p) { p.withdraws = false; });

    // Traffic
    broken("encapsulates-nothing", "does not tunnel what the node sends", {"NETMIP6-AR-028"},
           [](P& p) { p.encapsulates = false; });
    add("tunnels-anything", "tunnels whatever the source is", {"NETMIP6-AR-031"},
        [](P& p) { p.check_source = false; });
    add("takes-any-tunnel", "delivers what comes from anywhere", {"NETMIP6-AR-030"},
        [](P& p) { p.check_tunnel = false; });

    add("own-name", "registers the name that the node came with", {"NETMIP6-AR-076"},
        [](P& p) { p.identity_of_node = true; });

    // The client
    broken("without-a", "asks for no acknowledgement", {"NETMIP6-AR-084"},
           [](P& p) { p.client.flag_a = false; });
    add("without-h", "asks for no home registration", {"NETMIP6-AR-085"},
        [](P& p) { p.client.flag_h = false; });
    add("with-l", "sets L", {"NETMIP6-AR-087"}, [](P& p) { p.client.flag_l = true; });
    add("with-k", "sets K", {"NETMIP6-AR-088"}, [](P& p) { p.client.flag_k = true; });
    add("with-m", "sets M for a home agent", {"NETMIP6-AR-052"}, [](P& p) { p.client.flag_m = true; });
    broken("nameless", "does not say whom it registers", {"NETMIP6-AR-075", "NETMIP6-AR-111"},
           [](P& p) { p.client.identifies = false; });
    broken("unauthenticated", "sends bare updates", {"NETMIP6-AR-018", "NETMIP6-AR-113", "NETMIP6-AR-074"},
           [](P& p) { p.client.authenticates = false; });
    broken("no-home-option", "leaves the Home Address option out", {"NETMIP6-AR-086", "NETMIP6-AR-016"},
           [](P& p) { p.client.home_option = false; });
    broken("no-stamp", "sends no timestamp", {"NETMIP6-BOTH-025"}, [](P& p) { p.client.timestamps = false; });
    add("same-number", "retransmits with the same number", {"NETMIP6-AR-096"},
        [](P& p) { p.client.renumbers = false; });
    add("same-stamp", "retransmits with the same timestamp", {"NETMIP6-AR-120"},
        [](P& p) { p.client.restamps = false; });
    add("steady", "does not slow down", {"NETMIP6-AR-093", "NETMIP6-AR-094"},
        [](P& p) { p.client.doubles = false; });
    add("hasty-first", "begins with one second", {"NETMIP6-AR-093"},
        [](P& p) { p.client.first_timeout = std::chrono::seconds(1); });
    add("slow-refresh", "repeats refreshes as if they were the first", {"NETMIP6-AR-094"},
        [](P& p) { p.client.timeout = std::chrono::milliseconds(1500); });
    add("endless-doubling", "slows down for ever", {"NETMIP6-AR-095"},
        [](P& p) { p.client.most_timeout = std::chrono::hours(1); });
    add("goes-on", "goes on although it was answered", {"NETMIP6-AR-097"},
        [](P& p) { p.client.stops_at_answer = false; });
    add("any-number", "takes an answer with any number", {"NETMIP6-AR-098"}, [](P& p) {
        p.client.check_sequence = false;
        p.client.check_timestamp = false;
    });
    add("any-source", "takes an answer from anybody", {"NETMIP6-AR-103"},
        [](P& p) { p.client.check_source = false; });
    add("no-routing", "needs no routing header", {"NETMIP6-AR-104"}, [](P& p) {
        p.client.check_routing = false;
        p.client.check_home = false;
    });
    add("any-address", "takes any address for one", {"NETMIP6-AR-105"},
        [](P& p) { p.client.check_home = false; });
    add("no-authenticator", "takes answers without authenticator", {"NETMIP6-AR-114"},
        [](P& p) { p.client.needs_authenticator = false; });
    add("any-authenticator", "takes any authenticator", {"NETMIP6-AR-115"},
        [](P& p) { p.client.check_authenticator = false; });
    add("any-stamp", "takes an answer with another timestamp", {"NETMIP6-AR-118"},
        [](P& p) { p.client.check_timestamp = false; });
    add("insists", "does not take the number over", {"NETMIP6-AR-099"},
        [](P& p) { p.client.adopts_sequence = false; });
    add("keeps-its-clock", "does not take the time over", {"NETMIP6-AR-119"},
        [](P& p) { p.client.adopts_clock = false; });
    add("deaf-to-146", "goes on after 146", {"NETMIP6-AR-116"}, [](P& p) { p.client.stops_at_146 = false; });
    add("counts-its-wish", "counts the lifetime that it asked for", {"NETMIP6-AR-100", "NETMIP6-AR-077"},
        [](P& p) { p.client.honours_grant = false; });
    add("unadvised", "does not follow the refresh advice", {"NETMIP6-AR-106"},
        [](P& p) { p.client.honours_advice = false; });
    add("never-refreshes", "lets bindings end", {"NETMIP6-AR-077", "NETMIP6-AR-100"},
        [](P& p) { p.client.refreshes = false; });
    add("one-is-refusal", "takes status 1 for a refusal", {"NETMIP6-AR-107"},
        [](P& p) { p.client.one_is_refusal = true; });
    add("hurries-after-refusal", "goes on after a refusal", {"NETMIP6-AR-101"},
        [](P& p) { p.client.backs_off = false; });
    add("floods", "has no limit for updates", {"NETMIP6-AR-092"}, [](P& p) { p.client.most_updates = 0; });
    add("saturates", "counts to 65535 and stays there", {"NETMIP6-AR-090"},
        [](P& p) { p.client.wraps = false; });
    add("low-spi", "uses a reserved SPI", {"NETMIP6-BOTH-021"}, [](P& p) {
        for (Key& key : p.keys)
            key.spi = 200;
        p.client.any_spi = true;
    });
    all.back().breaks_bootstrap = true;

    // The end
    add("deletes-nothing", "ends a session and keeps its binding",
        {"NETMIP6-AR-078", "NETMIP6-AR-072", "NETMIP6-AR-123", "NETMIP6-AR-124"},
        [](P& p) { p.deletes = false; });
    add("overstays", "does not end a session in time", {"NETMIP6-AR-123"},
        [](P& p) { p.obeys_session_timeout = false; });
    add("asks-beyond", "asks for more than the session lasts", {"NETMIP6-AR-091"},
        [](P& p) { p.bounds_by_session = false; });
    add("deaf-to-requests", "does not refresh when asked", {"NETMIP6-AR-108"},
        [](P& p) { p.answers_refresh_request = false; });
    add("believes-errors", "believes a Binding Error from anybody", {"NETMIP6-AR-109"},
        [](P& p) { p.believes_any_error = true; });
    return all;
}

} // namespace peers::netmip6
