#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> tar_mutants() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        all.push_back(
            ar_by_policy(std::string("nm-tar-") + id, "tar", title, std::move(violates), std::move(adjust)));
    };
    const auto broken = [&](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        add(id, title, std::move(violates), std::move(adjust));
        all.back().breaks_bootstrap = true;
    };

    // The request
    add("follows-anything", "follows impossible indications", {"NETMIP6-TAR-003"},
        [](P& p) { p.believes_bad_indications = true; });
    add("same-identifiers", "gives all requests one identifier", {"NETMIP6-TAR-029"}, [](P& p) {
        p.random_identifiers = false;
        p.distinct_identifiers = false;
    });
    broken("without-c", "asks for no context", {"NETMIP6-TAR-031"}, [](P& p) { p.sends_c = false; });
    broken("without-h", "does not say that it is a handover", {"NETMIP6-TAR-032"},
           [](P& p) { p.sends_h = false; });
    broken("nameless", "does not say whose context it wants", {"NETMIP6-TAR-036"},
           [](P& p) { p.sends_identity = false; });
    add("hop-limit-64", "asks with hop limit 64", {"NETMIP6-TAR-024"},
        [](P& p) { p.request_hop_limit = 64; });
    add("asks-once", "does not ask again", {"NETMIP6-TAR-016"}, [](P& p) { p.retransmits_request = false; });
    add("changes-identifier", "asks again with another identifier", {"NETMIP6-TAR-016"},
        [](P& p) { p.keeps_identifier = false; });
    add("asks-for-ever", "never stops asking", {"NETMIP6-TAR-016"}, [](P& p) { p.bounds_requests = false; });
    add("asks-steadily", "does not slow down", {"NETMIP6-TAR-016"},
        [](P& p) { p.backs_off_requests = false; });

    // The response
    add("any-hop-limit", "takes responses from anywhere", {"NETMIP6-TAR-037"},
        [](P& p) { p.ho.hop_limit = false; });
    add("any-identifier", "takes responses with any identifier", {"NETMIP6-TAR-039"},
        [](P& p) { p.check_response_identifier = false; });
    add("any-source", "takes responses from any router", {"NETMIP6-TAR-041"},
        [](P& p) { p.check_response_source = false; });
    add("any-node", "takes the context of another node", {"NETMIP6-TAR-020"},
        [](P& p) { p.check_response_identity = false; });
    add("any-status", "takes a refusal for a success", {"NETMIP6-TAR-043", "NETMIP6-TAR-042"},
        [](P& p) { p.check_response_status = false; });
    add("takes-zero-length", "takes responses with options without length", {"NETMIP6-TAR-046"}, [](P& p) {
        p.ho.zero_length = false;
        p.ho.format = false;
    });
    add("takes-overruns", "takes responses with options that overrun", {"NETMIP6-TAR-046"},
        [](P& p) { p.ho.format = false; });
    add("takes-twice", "takes a response twice", {"NETMIP6-TAR-040"}, [](P& p) { p.answers_once = false; });
    add("incomplete-will-do", "uses a context without what is needed", {"NETMIP6-TAR-019"}, [](P& p) {
        p.needs_home = false;
        p.needs_agent = false;
    });

    // The registration
    broken("wildcard", "asks for an address although it was told one", {"NETMIP6-TAR-008", "NETMIP6-TAR-006"},
           [](P& p) { p.registers_wildcard = true; });
    broken("begins-anew", "begins with its own numbers", {"NETMIP6-TAR-009"},
           [](P& p) { p.continues_sequence = false; });
    add("forgets-stamp", "stamps with its own time only", {"NETMIP6-TAR-048"},
        [](P& p) { p.continues_timestamp = false; });
    add("insists", "does not take the number over", {"NETMIP6-TAR-010"},
        [](P& p) { p.client.adopts_sequence = false; });
    broken("nameless-update", "does not say whom it registers", {"NETMIP6-TAR-011"},
           [](P& p) { p.client.identifies = false; });
    broken("bare-update", "sends bare updates", {"NETMIP6-TAR-012"},
           [](P& p) { p.client.authenticates = false; });
    add("steady", "repeats its update without slowing down", {"NETMIP6-TAR-021"},
        [](P& p) { p.client.doubles = false; });
    add("serves-early", "advertises before the home agent has confirmed", {"NETMIP6-TAR-021"},
        [](P& p) { p.serves_before_answer = true; });
    add("deletes-what-never-came", "ends the binding of a node that never came", {"NETMIP6-TAR-018"},
        [](P& p) { p.deletes_when_giving_up = true; });
    add("waits-for-ever", "keeps a node that never came", {"NETMIP6-TAR-018"},
        [](P& p) { p.gives_up_waiting = false; });
    broken("delivers-early", "delivers before the node is there", {"NETMIP6-TAR-013"},
           [](P& p) { p.waits_for_attachment = false; });
    add("gives-up", "does not serve a node without context", {"NETMIP6-TAR-017"},
        [](P& p) { p.falls_back = false; });
    broken("no-router", "is no default router", {"NETMIP6-TAR-015"}, [](P& p) { p.router_lifetime = 0; });
    broken("own-prefix", "advertises another prefix than before", {"NETMIP6-TAR-014"},
           [](P& p) { p.own_prefix = true; });
    return all;
}

} // namespace peers::netmip6
