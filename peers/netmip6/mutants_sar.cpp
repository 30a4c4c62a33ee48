#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> sar_mutants() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        all.push_back(
            ar_by_policy(std::string("nm-sar-") + id, "sar", title, std::move(violates), std::move(adjust)));
    };
    const auto broken = [&](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustAr adjust) {
        add(id, title, std::move(violates), std::move(adjust));
        all.back().breaks_bootstrap = true;
    };

    // What it hears
    add("any-hop-limit", "takes requests from anywhere", {"NETMIP6-SAR-013"},
        [](P& p) { p.ho.hop_limit = false; });
    add("any-code", "takes any code", {"NETMIP6-SAR-014"}, [](P& p) { p.ho.code = false; });
    add("any-length", "answers requests that are cut", {"NETMIP6-SAR-024"}, [](P& p) {
        p.ho.length = false;
        p.ho.answers_cut = true;
    });
    add("takes-zero-length", "passes over options without length", {"NETMIP6-SAR-021"},
        [](P& p) { p.ho.zero_length = false; });
    add("any-format", "needs no identity", {"NETMIP6-SAR-019", "NETMIP6-SAR-022", "NETMIP6-SAR-025"},
        [](P& p) { p.ho.format = false; });
    add("takes-contradictions", "takes the first of two names", {"NETMIP6-SAR-020"},
        [](P& p) { p.ho.contradiction = false; });
    add("trusts-everybody", "gives contexts to whoever asks",
        {"NETMIP6-SAR-045", "NETMIP6-SAR-038", "NETMIP6-SAR-001"}, [](P& p) { p.ho.authentication = false; });
    add("permits-everybody", "has no list", {"NETMIP6-SAR-040"}, [](P& p) { p.ho.permission = false; });
    add("probing-allowed", "looks a node up before it asks who may", {"NETMIP6-SAR-040"},
        [](P& p) { p.ho.permission_first = false; });
    add("pretends", "succeeds for nodes that are not here", {"NETMIP6-SAR-039"},
        [](P& p) { p.ho.location = false; });

    // What it says
    add("wrong-format-status", "calls bad format something else", {"NETMIP6-SAR-037"},
        [](P& p) { p.refused_format = ho_status::not_located; });
    add("wrong-authentication-status", "calls failed authentication something else", {"NETMIP6-SAR-038"},
        [](P& p) { p.refused_authentication = ho_status::prohibited; });
    add("wrong-location-status", "calls an unknown node something else",
        {"NETMIP6-SAR-039", "NETMIP6-SAR-041"}, [](P& p) { p.refused_location = 9; });
    add("wrong-permission-status", "calls what is prohibited something else", {"NETMIP6-SAR-040"},
        [](P& p) { p.refused_permission = ho_status::not_located; });
    add("context-with-refusal", "refuses, and gives the context", {"NETMIP6-SAR-004"},
        [](P& p) { p.context_with_refusal = true; });
    broken("other-identifier", "answers with another identifier", {"NETMIP6-SAR-035"},
           [](P& p) { p.echoes_identifier = false; });
    broken("hop-limit-64", "answers with hop limit 64", {"NETMIP6-SAR-030"},
           [](P& p) { p.response_hop_limit = 64; });
    broken("gives-nothing", "succeeds without a context", {"NETMIP6-SAR-002", "NETMIP6-SAR-043"},
           [](P& p) { p.transfers = false; });
    broken("wrong-sequence", "tells another number than it used", {"NETMIP6-SAR-002"},
           [](P& p) { p.right_sequence = false; });
    add("of-everybody", "tells of all its nodes", {"NETMIP6-SAR-003"}, [](P& p) { p.of_everybody = true; });
    add("context-without-c", "gives a context that nobody wanted", {"NETMIP6-SAR-016"},
        [](P& p) { p.context_without_c = true; });
    add("leaves-without-h", "takes any question for a handover", {"NETMIP6-SAR-017"},
        [](P& p) { p.leaves_without_h = true; });
    add("gives-keys-away", "gives keys in the clear", {"NETMIP6-SAR-047"}, [](P& p) {
        p.key_mode = KeyMode::clear;
        p.allow_clear_keys = true;
    });
    add("forgets-answers", "answers a repetition anew", {"NETMIP6-SAR-010"},
        [](P& p) { p.keeps_answers = false; });
    add("floods-refusals", "refuses as often as it is asked", {"NETMIP6-SAR-044"},
        [](P& p) { p.limits_refusals = false; });

    // What it does
    add("refreshes-on", "refreshes a binding that it gave away", {"NETMIP6-SAR-009"},
        [](P& p) { p.freezes = false; });
    add("stops-early", "stops serving with the response", {"NETMIP6-SAR-008"},
        [](P& p) { p.serves_until_detach = false; });
    add("keeps-tunnel", "goes on delivering", {"NETMIP6-SAR-006", "NETMIP6-SAR-005"},
        [](P& p) { p.tears_down = false; });
    add("deletes-the-targets", "deletes the binding when the node leaves", {"NETMIP6-SAR-007"},
        [](P& p) { p.deletes_at_teardown = true; });
    add("gives-up-the-staying", "forgets a node that has stayed", {"NETMIP6-SAR-011"},
        [](P& p) { p.guards = false; });
    return all;
}

} // namespace peers::netmip6
