#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> ha_mutants() {
    using P = HaPolicy;
    std::vector<Mutant> all;
    const auto add = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustHa adjust) {
        all.push_back(
            ha_by_policy(std::string("nm-ha-") + id, title, std::move(violates), std::move(adjust)));
    };
    const auto broken = [&](const char* id, const char* title, std::vector<std::string> violates,
                            AdjustHa adjust) {
        add(id, title, std::move(violates), std::move(adjust));
        all.back().breaks_bootstrap = true;
    };

    // Assignment
    broken("assigns-anything", "assigns addresses that are none of its own", {"NETMIP6-HA-001"},
           [](P& p) { p.assigns_in_home = false; });
    broken("routes-nothing", "tells the address in no routing header", {"NETMIP6-HA-062", "NETMIP6-HA-002"},
           [](P& p) { p.routing_header = false; });
    add("forgets-assignments", "gives a node another address each time", {"NETMIP6-HA-004"},
        [](P& p) { p.is_sticky = false; });
    broken("assigns-twice", "gives the same prefix to everybody", {"NETMIP6-HA-005"},
           [](P& p) { p.is_unique = false; });
    add("wrong-exhaustion", "refuses for want of addresses with another status",
        {"NETMIP6-HA-006", "NETMIP6-HA-051"}, [](P& p) { p.no_resources = status::unspecified; });
    add("serves-the-nameless", "assigns an address to a node without identity", {"NETMIP6-HA-033"},
        [](P& p) { p.check_identity = false; });
    add("takes-any-subtype", "takes any identifier for a NAI", {"NETMIP6-HA-077"},
        [](P& p) { p.check_subtype = false; });
    add("takes-empty-names", "takes an empty identifier for one", {"NETMIP6-HA-078"},
        [](P& p) { p.check_empty = false; });
    add("serves-foreign-prefixes", "registers addresses that are none of its own", {"NETMIP6-HA-050"},
        [](P& p) { p.check_subnet = false; });
    add("gives-away-addresses", "registers a node for another's address",
        {"NETMIP6-HA-079", "NETMIP6-HA-093"}, [](P& p) { p.check_owner = false; });
    add("changes-named-address", "answers another address than the one that was named", {"NETMIP6-HA-003"},
        [](P& p) { p.changes_named = true; });

    // Validity
    add("needs-no-home-option", "registers without a Home Address option", {"NETMIP6-HA-041"},
        [](P& p) { p.check_home_option = false; });
    add("registers-any-home", "registers addresses that are not unicast", {"NETMIP6-HA-042"}, [](P& p) {
        p.check_home_unicast = false;
        p.check_subnet = false;
    });
    add("takes-any-care-of", "registers care-of addresses that are not unicast", {"NETMIP6-HA-065"},
        [](P& p) { p.check_care_of = false; });
    add("binds-in-circles", "registers a home address as care-of address", {"NETMIP6-HA-066"},
        [](P& p) { p.check_circle = false; });
    add("ignores-sequence", "takes updates in any order", {"NETMIP6-HA-044", "NETMIP6-HA-091"},
        [](P& p) { p.check_sequence = false; });
    add("compares-plainly", "compares sequence numbers as they stand", {"NETMIP6-HA-045"},
        [](P& p) { p.modulo = false; });
    add("hides-its-number", "does not tell the number that it expects", {"NETMIP6-HA-044"},
        [](P& p) { p.tells_sequence = false; });
    broken("picky-about-first-number", "refuses a first update with a high number", {"NETMIP6-HA-046"},
           [](P& p) { p.any_first_sequence = false; });
    add("takes-nonces", "registers at home with nonce indices", {"NETMIP6-HA-047"},
        [](P& p) { p.check_nonce = false; });
    add("lets-h-change", "changes the kind of a registration", {"NETMIP6-HA-048"},
        [](P& p) { p.check_h_change = false; });
    add("needs-no-h", "takes an update without H for a home registration", {"NETMIP6-HA-076"},
        [](P& p) { p.check_h = false; });
    add("serves-anyway", "serves although it is no home agent", {"NETMIP6-HA-049"},
        [](P& p) { p.service = true; });

    // The home link
    add("detects-nothing", "asks nobody whether the address is taken", {"NETMIP6-HA-052"},
        [](P& p) { p.detects_duplicates = false; });
    add("detects-again", "asks at every update", {"NETMIP6-HA-053"},
        [](P& p) { p.detects_at_update = true; });
    add("does-not-defend", "does not answer for the address on the home link", {"NETMIP6-HA-054"},
        [](P& p) { p.proxies = false; });

    // Answers
    broken("says-nothing", "answers no update", {"NETMIP6-HA-055", "NETMIP6-HA-030"},
           [](P& p) { p.answers = false; });
    add("answers-unasked", "answers an accepted update without A", {"NETMIP6-HA-056"},
        [](P& p) { p.answers_silent = true; });
    add("answers-nonsense", "answers what it had to discard", {"NETMIP6-HA-057"},
        [](P& p) { p.answers_discarded = true; });
    broken("counts-on", "answers with the next sequence number", {"NETMIP6-HA-058"},
           [](P& p) { p.copies_sequence = false; });
    add("answers-to-care-of", "answers to the alternate care-of address", {"NETMIP6-HA-061"},
        [](P& p) { p.to_source = false; });
    broken("grants-more", "grants more than was asked for", {"NETMIP6-HA-059"},
           [](P& p) { p.bounds_lifetime = false; });
    broken("grants-nothing", "accepts with a lifetime of zero", {"NETMIP6-HA-059"},
           [](P& p) { p.positive_lifetime = false; });
    add("grants-for-ever", "grants what is asked for, whatever its policy", {"NETMIP6-HA-060"},
        [](P& p) { p.policy_lifetime = false; });

    // The binding
    add("stays-behind", "keeps the old care-of address",
        {"NETMIP6-HA-016", "NETMIP6-HA-067", "NETMIP6-BOTH-002"}, [](P& p) { p.follows_care_of = false; });
    add("never-expires", "keeps a binding beyond its lifetime", {"NETMIP6-HA-070"},
        [](P& p) { p.expires = false; });
    add("does-not-delete", "keeps a binding that was deleted", {"NETMIP6-HA-068", "NETMIP6-HA-074"},
        [](P& p) { p.deletes = false; });
    add("deletes-nothing", "confirms the end of what was never bound", {"NETMIP6-HA-069"},
        [](P& p) { p.refuses_unknown = false; });
    add("deletes-all-of-a-router", "deletes all bindings of an access router with one", {"NETMIP6-HA-075"},
        [](P& p) { p.independent = false; });

    // Authentication
    add("believes-all", "believes every authenticator",
        {"NETMIP6-HA-081", "NETMIP6-HA-031", "NETMIP6-HA-084"}, [](P& p) { p.check_authenticator = false; });
    add("mixes-keys", "takes the key of any node", {"NETMIP6-HA-085"},
        [](P& p) { p.check_per_node = false; });
    add("needs-no-association", "takes updates with an unknown SPI", {"NETMIP6-HA-082"},
        [](P& p) { p.check_association = false; });
    add("needs-no-authenticator", "takes updates without authentication option", {"NETMIP6-HA-083"},
        [](P& p) { p.check_missing = false; });
    broken("signs-nothing", "answers without authentication option", {"NETMIP6-HA-080"},
           [](P& p) { p.authenticates = false; });
    add("talks-before-checking", "tells of sequence and time before it has authenticated", {"NETMIP6-HA-092"},
        [](P& p) { p.authenticates_first = false; });
    add("takes-old-stamps", "takes stale timestamps", {"NETMIP6-HA-087"}, [](P& p) {
        p.check_stale = false;
        p.check_repeated = false;
    });
    add("takes-repeated-stamps", "takes a timestamp twice", {"NETMIP6-HA-086", "NETMIP6-HA-087"}, [](P& p) {
        p.check_repeated = false;
        p.check_sequence = false;
    });
    add("takes-future-stamps", "takes timestamps of the future", {"NETMIP6-HA-088"},
        [](P& p) { p.check_future = false; });
    add("needs-no-stamp", "needs no timestamp", {"NETMIP6-HA-089"},
        [](P& p) { p.check_stamp_present = false; });
    add("hides-its-time", "refuses a timestamp and does not tell its own", {"NETMIP6-HA-087"},
        [](P& p) { p.tells_time = false; });
    broken("drops-stamps", "does not return the timestamp", {"NETMIP6-HA-090"},
           [](P& p) { p.echoes_stamp = false; });

    // AAA
    add("asks-no-aaa", "does not ask AAA for keys", {"NETMIP6-HA-026"}, [](P& p) { p.fetches_keys = false; });
    add("binds-refused", "binds nodes whose key AAA has refused", {"NETMIP6-HA-027"},
        [](P& p) { p.binds_when_refused = true; });
    add("waits-for-aaa", "serves nobody while AAA is silent", {"NETMIP6-HA-028"},
        [](P& p) { p.blocks_while_asking = true; });

    // Handover
    add("changes-address", "confirms another address after a handover", {"NETMIP6-HA-018", "NETMIP6-HA-017"},
        [](P& p) { p.same_home = false; });
    add("bicasts-for-ever", "never ends bicast", {"NETMIP6-HA-021"}, [](P& p) { p.ends_bicast = false; });
    add("bicasts-on", "goes on with bicast when the leg has been ended", {"NETMIP6-HA-021"},
        [](P& p) { p.ends_bicast_by_leg = false; });
    add("bicasts-all", "copies packets of nodes that have not moved", {"NETMIP6-HA-022"},
        [](P& p) { p.bicasts_all = true; });
    add("keeps-oldest-leg", "keeps the oldest leg of three", {"NETMIP6-HA-024"},
        [](P& p) { p.drops_oldest = false; });
    add("deaf-to-old-leg", "takes nothing from the old leg while it lives", {"NETMIP6-HA-023"},
        [](P& p) { p.accepts_old_uplink = false; });
    add("hears-old-leg", "takes packets from a leg that has ended", {"NETMIP6-HA-023"},
        [](P& p) { p.refuses_old_uplink = false; });
    add("deletes-from-old-leg", "lets the old router end the new one's binding", {"NETMIP6-HA-025"},
        [](P& p) { p.leg_only = false; });

    // Traffic
    add("tunnels-nothing", "does not tunnel", {"NETMIP6-HA-007", "NETMIP6-HA-015"},
        [](P& p) { p.tunnels = false; });
    add("takes-any-tunnel", "takes inner packets out of any tunnel", {"NETMIP6-HA-072"},
        [](P& p) { p.check_outer_source = false; });
    return all;
}

} // namespace peers::netmip6
