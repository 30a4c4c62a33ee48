#include "peers/netmip6/aaa_server.h"
#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

namespace aaa_tables {

Mutant server(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(AaaServerPolicy&)> adjust) {
    return {std::move(id),
            "aaa",
            std::move(title),
            std::move(violates),
            {},
            [adjust = std::move(adjust)](const model::NodeConfig& config) {
                return make_aaa_server(config, adjust);
            }};
}

} // namespace aaa_tables

/// Of routers, and of servers, that deal with AAA otherwise than they have to.
std::vector<Mutant> aaa_mutants() {
    using namespace aaa_tables;
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        all.push_back(
            ar_by_policy(std::string("nm-ar-") + id, "ar", title, std::move(violates), std::move(adjust)));
    };
    add("serves-unasked", "serves nodes without asking AAA", {"NETMIP6-AR-001"},
        [](P& p) { p.asks_aaa = false; });
    add("asks-nameless", "does not tell AAA for whom it asks", {"NETMIP6-AR-002"},
        [](P& p) { p.radius.names_user = false; });
    add("asks-anonymously", "does not tell AAA who asks", {"NETMIP6-AR-002"},
        [](P& p) { p.radius.names_nas = false; });
    add("keeps-the-credential", "does not show AAA what the node has shown", {"NETMIP6-AR-002"},
        [](P& p) { p.radius.shows_credential = false; });
    add("takes-no-for-yes", "takes a reject for an accept", {"NETMIP6-AR-003"},
        [](P& p) { p.radius.reject_is_accept = true; });
    add("serves-the-rejected", "serves whom AAA does not want", {"NETMIP6-AR-003", "NETMIP6-AR-013"},
        [](P& p) { p.obeys_aaa = false; });
    add("asks-once", "asks a silent server once", {"NETMIP6-AR-004"},
        [](P& p) { p.radius.retransmits = false; });
    add("asks-anew", "asks a silent server by other words each time", {"NETMIP6-AR-004"},
        [](P& p) { p.radius.keeps_identifier = false; });
    add("asks-steadily", "asks a silent server at a steady pace", {"NETMIP6-AR-004"},
        [](P& p) { p.radius.doubles = false; });
    add("asks-for-ever", "never gives a silent server up", {"NETMIP6-AR-004"},
        [](P& p) { p.radius.gives_up = false; });
    add("believes-anything", "takes accepts whose authenticator is wrong", {"NETMIP6-AR-005"},
        [](P& p) { p.radius.verifies = false; });
    add("wants-to-be-told", "needs AAA to name a home agent", {"NETMIP6-AR-006", "NETMIP6-AR-008"},
        [](P& p) { p.radius.needs_agent = true; });
    add("knows-better", "does not read what AAA says of a node", {"NETMIP6-AR-007", "NETMIP6-AR-017"},
        [](P& p) { p.radius.reads_profile = false; });
    add("own-keys-only", "signs with the common key although AAA gave one", {"NETMIP6-AR-051"},
        [](P& p) { p.radius.reads_keys = false; });
    add("wants-no-identity", "does not ask for a chargeable identity, nor accounts for it",
        {"NETMIP6-AR-122"}, [](P& p) { p.radius.sends_identity = false; });
    add("forgets-the-class", "accounts without the class of the accept", {"NETMIP6-AR-121"},
        [](P& p) { p.radius.sends_class = false; });
    add("never-ends", "does not end sessions whose time is over", {"NETMIP6-AR-123"},
        [](P& p) { p.obeys_session_timeout = false; });
    add("cannot-be-disconnected", "does not hear that AAA ends a session", {"NETMIP6-AR-124"},
        [](P& p) { p.radius.disconnects = false; });
    add("ends-silently", "does not acknowledge that it ends a session", {"NETMIP6-AR-124"},
        [](P& p) { p.radius.acknowledges = false; });
    add("ends-for-anybody", "ends sessions for who does not know the secret", {"NETMIP6-AR-125"},
        [](P& p) { p.radius.verifies_disconnects = false; });
    all.push_back(server("nm-aaa-tells-keys", "sends keys in clear", {"NETMIP6-AAA-003"},
                         [](AaaServerPolicy& p) { p.hides_keys = false; }));
    return all;
}

} // namespace peers::netmip6
