#include "peers/nemo/mutant_tables.h"

namespace peers::nemo {

namespace ha_tables {

using common::Mutant;

template <class Value>
AdjustHa with(Value HaPolicy::*member, Value value) {
    return [member, value](HaPolicy& policy) { policy.*member = value; };
}
AdjustHa on(bool HaPolicy::*member) {
    return with(member, true);
}
AdjustHa off(bool HaPolicy::*member) {
    return with(member, false);
}

std::vector<common::Mutant> of_the_ground() {
    return {
        ha_by_policy("ha-gives-away-claims", "takes every prefix that is claimed for the claimant's",
                     {"NEMOPD-HA-001", "NEMOPD-HA-010", "NEMOPD-HA-026", "NEMOPD-HA-052", "NEMOPD-HA-054",
                      "NEMOPD-HA-055", "NEMOPD-HA-210", "NEMOPD-HA-211", "NEMOPD-HA-029"},
                     off(&HaPolicy::check_entitled)),
        ha_by_policy("ha-takes-invalid-prefixes", "does not look whether a claimed prefix can be one",
                     {"NEMOPD-HA-053"}, off(&HaPolicy::check_valid_prefix)),
        ha_by_policy("ha-routes-some", "binds although a route is missing", {"NEMOPD-HA-209"},
                     off(&HaPolicy::all_or_nothing)),
        ha_by_policy("ha-ignores-numbers", "does not compare sequence numbers",
                     {"NEMOPD-HA-063", "NEMOPD-HA-083", "NEMOPD-HA-032"}, off(&HaPolicy::check_sequence)),
        ha_by_policy("ha-trusts-everybody", "takes signalling that nobody has authenticated",
                     {"NEMOPD-HA-222", "NEMOPD-BOTH-009"}, off(&HaPolicy::check_association)),
        ha_by_policy("ha-needs-no-h", "accepts R without H", {"NEMOPD-HA-204", "NEMOPD-HA-063"},
                     off(&HaPolicy::check_h)),
        ha_by_policy("ha-asks-not-where-home-is", "refuses foreign home addresses as unknown nodes",
                     {"NEMOPD-HA-205"}, off(&HaPolicy::check_home_subnet)),
        ha_by_policy("ha-lets-r-change", "turns a router into a host and back", {"NEMOPD-HA-206"},
                     off(&HaPolicy::check_r_change)),
        ha_by_policy("ha-minds-r-in-leaving", "refuses a de-registration for its R", {"NEMOPD-HA-207"},
                     off(&HaPolicy::ignores_r_at_deregistration)),
        ha_by_policy("ha-minds-prefixes-in-leaving", "refuses a de-registration for its prefixes",
                     {"NEMOPD-HA-220"}, off(&HaPolicy::ignores_prefixes_at_deregistration)),
        ha_by_policy("ha-binds-what-it-refuses", "refuses, and registers all the same",
                     {"NEMOPD-HA-213", "NEMOPD-HA-209"}, on(&HaPolicy::register_refused)),
        ha_by_policy("ha-serves-hosts-networks", "forwards into networks of nodes without R",
                     {"NEMOPD-HA-202"}, off(&HaPolicy::serves_hosts_as_hosts)),
        ha_by_policy("ha-knows-no-explicit-mode", "ignores the prefixes of an update", {"NEMOPD-HA-201"},
                     off(&HaPolicy::reads_explicit)),
        ha_by_policy("ha-knows-no-implicit-mode", "refuses what lists no prefix", {"NEMOPD-HA-201"},
                     off(&HaPolicy::serves_implicit)),
        ha_by_policy("ha-trusts-inner-sources", "forwards whatever comes out of the tunnel",
                     {"NEMOPD-HA-221", "NEMOPD-HA-009"}, off(&HaPolicy::check_inner_source)),
        ha_by_policy("ha-keeps-routes", "leaves routes behind", {"NEMOPD-HA-219"},
                     off(&HaPolicy::delete_routes)),
        ha_by_policy("ha-keeps-bindings", "acknowledges a de-registration, and keeps the binding",
                     {"NEMOPD-HA-219", "NEMOPD-HA-012"}, off(&HaPolicy::delete_at_deregistration)),
        ha_by_policy("ha-never-expires", "bindings last for ever", {"NEMOPD-HA-019"},
                     off(&HaPolicy::expires)),
        ha_by_policy("ha-stays-with-the-first-address", "tunnels to the first care-of address",
                     {"NEMOPD-HA-215"}, off(&HaPolicy::follows_care_of)),
        without_bootstrap(
            ha_by_policy("ha-routes-no-listed-prefix", "accepts listed prefixes and routes none",
                         {"NEMOPD-HA-208", "NEMOPD-HA-033", "NEMOPD-HA-217"}, off(&HaPolicy::route_listed))),
        ha_by_policy("ha-answers-no-discovery", "knows nothing of home agent discovery", {"NEMOPD-HA-224"},
                     off(&HaPolicy::answers_discovery)),
        ha_by_policy("ha-forgets-r-in-discovery", "answers routers as if they were hosts", {"NEMOPD-HA-224"},
                     off(&HaPolicy::router_flag_in_discovery)),
        ha_by_policy("ha-forgets-r-in-advertisements", "does not advertise that it serves routers",
                     {"NEMOPD-HA-225"}, off(&HaPolicy::router_flag_in_advertisements)),
        ha_by_policy("ha-advertises-hosts", "its proxy advertisements have no Router bit", {"NEMOPD-HA-214"},
                     off(&HaPolicy::router_flag_in_proxy)),
        ha_by_policy("ha-always-says-r", "sets R in every acknowledgement", {"NEMOPD-HA-203"},
                     on(&HaPolicy::returns_r_always)),
    };
}

std::vector<common::Mutant> of_lists() {
    return {
        ha_by_policy("ha-forgets-s", "never sets S", {"NEMOPD-HA-016", "NEMOPD-HA-011", "NEMOPD-HA-044"},
                     off(&HaPolicy::echoes_s)),
        ha_by_policy("ha-lists-nothing", "sets S and lists nothing", {"NEMOPD-HA-017", "NEMOPD-HA-072"},
                     off(&HaPolicy::lists)),
        ha_by_policy("ha-lists-provisioned-only", "leaves delegated prefixes out",
                     {"NEMOPD-HA-005", "NEMOPD-HA-013"}, off(&HaPolicy::lists_delegated)),
        ha_by_policy("ha-lists-no-new-prefix", "leaves out what it has just delegated", {"NEMOPD-HA-072"},
                     off(&HaPolicy::lists_new)),
        ha_by_policy("ha-lists-twice", "names every prefix twice",
                     {"NEMOPD-HA-017", "NEMOPD-HA-072", "NEMOPD-HA-006"}, on(&HaPolicy::lists_twice)),
        ha_by_policy("ha-remembers-what-is-gone", "goes on listing and routing withdrawn prefixes",
                     {"NEMOPD-HA-006", "NEMOPD-HA-029"}, off(&HaPolicy::forgets_removed)),
        ha_by_policy("ha-inverts-p", "tells persistent prefixes as transient", {"NEMOPD-HA-037"},
                     off(&HaPolicy::tells_persistent)),
        ha_by_policy("ha-inverts-i", "tells implicit prefixes as explicit", {"NEMOPD-HA-038"},
                     off(&HaPolicy::tells_implicit)),
        ha_by_policy("ha-inverts-d", "tells delegated prefixes as provisioned", {"NEMOPD-HA-039"},
                     off(&HaPolicy::tells_delegated)),
        ha_by_policy("ha-volunteers-nothing", "keeps changes for itself", {"NEMOPD-HA-008"},
                     off(&HaPolicy::volunteers)),
        ha_by_policy("ha-lists-for-hosts", "acts on S without R", {"NEMOPD-HA-074", "NEMOPD-HA-035"},
                     on(&HaPolicy::s_without_r)),
    };
}

std::vector<common::Mutant> of_requests() {
    return {
        ha_by_policy("ha-answers-no-request", "does not know requests",
                     {"NEMOPD-HA-004", "NEMOPD-HA-014", "NEMOPD-HA-069", "NEMOPD-HA-070"},
                     off(&HaPolicy::answers_requests)),
        ha_by_policy("ha-answers-the-first-request", "answers one request of an update",
                     {"NEMOPD-HA-014", "NEMOPD-HA-069"}, off(&HaPolicy::answers_each)),
        ha_by_policy("ha-delegates-before-it-checks", "serves requests of refused updates", {"NEMOPD-HA-032"},
                     off(&HaPolicy::checks_before_requests)),
        ha_by_policy("ha-ignores-rights", "gives prefixes to routers that may have none",
                     {"NEMOPD-HA-023", "NEMOPD-HA-064"}, off(&HaPolicy::check_right)),
        ha_by_policy("ha-ignores-persistence", "takes whatever persistence there is",
                     {"NEMOPD-HA-018", "NEMOPD-HA-058", "NEMOPD-HA-059"}, off(&HaPolicy::check_persistence)),
        ha_by_policy("ha-ignores-implicit", "grants I although it does not offer it", {"NEMOPD-HA-060"},
                     off(&HaPolicy::check_implicit)),
        ha_by_policy("ha-forgets-correlators", "every request gets a prefix of its own",
                     {"NEMOPD-HA-042", "NEMOPD-HA-081", "NEMOPD-HA-082"},
                     off(&HaPolicy::remembers_correlation)),
        ha_by_policy("ha-confuses-routers", "one correlator is one prefix, whoever asks",
                     {"NEMOPD-HA-043", "NEMOPD-HA-211"}, off(&HaPolicy::correlation_is_per_router)),
        ha_by_policy("ha-keeps-transient-prefixes", "a transient prefix outlives its binding",
                     {"NEMOPD-HA-012", "NEMOPD-HA-066", "NEMOPD-HA-019"}, off(&HaPolicy::frees_transient)),
        ha_by_policy("ha-frees-persistent-prefixes", "a persistent prefix dies with the binding",
                     {"NEMOPD-HA-013"}, off(&HaPolicy::keeps_persistent)),
        ha_by_policy("ha-has-one-size", "gives /64 whatever is asked for", {"NEMOPD-HA-041"},
                     off(&HaPolicy::obeys_length)),
        ha_by_policy("ha-has-one-class", "gives global prefixes only", {"NEMOPD-HA-064", "NEMOPD-HA-041"},
                     off(&HaPolicy::obeys_type)),
        ha_by_policy("ha-does-not-route-delegated", "grants and does not route",
                     {"NEMOPD-HA-051", "NEMOPD-HA-067", "NEMOPD-HA-004", "NEMOPD-HA-033", "NEMOPD-HA-048"},
                     off(&HaPolicy::routes_delegated)),
        ha_by_policy("ha-routes-without-binding", "routes what was asked for with lifetime zero",
                     {"NEMOPD-HA-068"}, on(&HaPolicy::routes_without_binding)),
        ha_by_policy("ha-needs-a-prefix-first", "refuses a first registration that only asks for a prefix",
                     {"NEMOPD-HA-085"}, off(&HaPolicy::counts_grant_as_prefix)),
        ha_by_policy("ha-serves-hosts", "gives prefixes to plain nodes", {"NEMOPD-HA-070"},
                     off(&HaPolicy::answers_hosts)),
        ha_by_policy("ha-never-reclaims", "keeps what nobody uses", {"NEMOPD-HA-055", "NEMOPD-HA-030"},
                     off(&HaPolicy::reclaims)),
        ha_by_policy("ha-leases-unanswered", "takes a prefix for requests that it cannot answer",
                     {"NEMOPD-HA-080"}, off(&HaPolicy::bounds_answers)),
        ha_by_policy("ha-guesses-requests", "reads requests of another length", {"NEMOPD-HA-076"},
                     on(&HaPolicy::takes_malformed)),
        ha_by_policy("ha-loses-prefixes-in-motion", "a new care-of address ends the leases",
                     {"NEMOPD-HA-086"}, off(&HaPolicy::keeps_at_move)),
        ha_by_policy("ha-routes-only-what-is-listed", "forgets implicit prefixes in explicit updates",
                     {"NEMOPD-HA-048", "NEMOPD-HA-038"}, off(&HaPolicy::routes_implicit_always)),
        ha_by_policy("ha-grants-what-it-cannot-route", "says success without a route",
                     {"NEMOPD-HA-034", "NEMOPD-HA-051"}, [](HaPolicy& policy) { policy.unroutable.clear(); }),
        ha_by_policy("ha-cannot-be-without", "delegates although that is switched off", {"NEMOPD-HA-031"},
                     on(&HaPolicy::delegates)),
        ha_by_policy("ha-is-silent-without-a", "leases, and says nothing where A is clear", {"NEMOPD-HA-075"},
                     on(&HaPolicy::silent_without_a)),
        ha_by_policy("ha-leaks-transient-prefixes", "takes a transient prefix for a lifetime of zero",
                     {"NEMOPD-HA-012"}, on(&HaPolicy::grants_transient_unbound)),
        ha_by_policy("ha-reads-confirmations", "routes what a confirmation in an update names",
                     {"NEMOPD-BOTH-008"}, on(&HaPolicy::reads_confirmations)),
        ha_by_policy("ha-takes-what-is-cut-short", "acts on updates whose last option runs over the end",
                     {"NEMOPD-HA-076"}, off(&HaPolicy::check_truncation)),
        ha_by_policy("ha-writes-no-store", "keeps persistent prefixes in its memory only",
                     {"NEMOPD-HA-025", "NEMOPD-HA-065", "NEMOPD-HA-021"}, off(&HaPolicy::writes_store)),
        ha_by_policy("ha-reads-no-store", "does not look what others have delegated",
                     {"NEMOPD-HA-021", "NEMOPD-HA-025"}, off(&HaPolicy::reads_store)),
        ha_by_policy("ha-stores-transient-prefixes", "keeps transient prefixes in the store",
                     {"NEMOPD-HA-066"}, on(&HaPolicy::stores_transient)),
        ha_by_policy("ha-answers-before-it-is-durable", "acknowledges a grant that a crash would take back",
                     {"NEMOPD-HA-065"}, off(&HaPolicy::awaits_store)),
        ha_by_policy("ha-ignores-who-was-quicker", "grants what the store refuses",
                     {"NEMOPD-HA-021", "NEMOPD-HA-042"}, off(&HaPolicy::obeys_refusals)),
        ha_by_policy("ha-forgets-reservations", "gives any prefix though one was set aside",
                     {"NEMOPD-HA-022"}, off(&HaPolicy::uses_reserved)),
        ha_by_policy("ha-stops-at-a-request", "reads no option behind a request", {"NEMOPD-HA-073"},
                     on(&HaPolicy::stops_at_request)),
    };
}

} // namespace ha_tables

std::vector<common::Mutant> ha_policy_mutants() {
    using namespace ha_tables;
    std::vector<Mutant> all;
    for (auto part : {of_the_ground, of_lists, of_requests})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

std::vector<common::Mutant> ha_status_mutants() {
    using namespace ha_tables;
    using Member = std::uint8_t HaPolicy::*;
    const auto other = [](std::string id, std::string title, std::vector<std::string> violates, Member member,
                          std::uint8_t value) {
        return ha_by_policy(std::move(id), std::move(title), std::move(violates), with(member, value));
    };
    constexpr std::uint8_t plain = mip6::status::unspecified;
    return {
        other("ha-other-status-without-service", "refuses routers with 128", {"NEMOPD-HA-218"},
              &HaPolicy::no_router_service, plain),
        other("ha-other-status-without-h", "refuses R without H with 128", {"NEMOPD-HA-204"},
              &HaPolicy::without_h, plain),
        other("ha-other-status-for-r", "refuses a changed R with 128", {"NEMOPD-HA-206"},
              &HaPolicy::r_changed, plain),
        other("ha-other-status-for-bad-prefixes", "refuses invalid prefixes with 128",
              {"NEMOPD-HA-053", "NEMOPD-HA-209"}, &HaPolicy::bad_prefix, plain),
        other("ha-other-status-for-claims", "refuses what is not the router's with 128",
              {"NEMOPD-HA-001", "NEMOPD-HA-210", "NEMOPD-HA-026", "NEMOPD-HA-010"}, &HaPolicy::not_entitled,
              plain),
        other("ha-other-status-without-prefix", "refuses with 128 where there is no prefix",
              {"NEMOPD-HA-212"}, &HaPolicy::nothing_to_forward, plain),
        other("ha-other-status-for-numbers", "refuses old numbers with 128",
              {"NEMOPD-HA-083", "NEMOPD-HA-063"}, &HaPolicy::out_of_window, plain),
        other("ha-other-status-for-strangers", "refuses foreign home addresses with 128", {"NEMOPD-HA-205"},
              &HaPolicy::outside_home, plain),
        ha_by_policy("ha-accepts-without-prefix", "accepts implicit updates of routers without a prefix",
                     {"NEMOPD-HA-212"}, with(&HaPolicy::nothing_to_forward, std::uint8_t{0})),
        other("ha-says-1-for-6", "an empty pool is status 1", {"NEMOPD-HA-056", "NEMOPD-HA-024"},
              &HaPolicy::exhausted, confirmation::not_registered),
        other("ha-says-6-for-8", "no persistent prefixes is status 6", {"NEMOPD-HA-058", "NEMOPD-HA-018"},
              &HaPolicy::not_offered_persistent, confirmation::no_route),
        other("ha-says-6-for-9", "no transient prefixes is status 6", {"NEMOPD-HA-059", "NEMOPD-HA-018"},
              &HaPolicy::not_offered_transient, confirmation::no_route),
        other("ha-says-6-for-10", "no implicit mode is status 6", {"NEMOPD-HA-060"},
              &HaPolicy::not_offered_implicit, confirmation::no_route),
        other("ha-says-0-for-7", "another length is plain success", {"NEMOPD-HA-057"},
              &HaPolicy::shorter_refused, confirmation::success),
        other("ha-says-6-for-2", "a host's request is status 6", {"NEMOPD-HA-070"}, &HaPolicy::not_router,
              confirmation::no_route),
        other("ha-says-4-for-5", "another router's prefix is status 4", {"NEMOPD-HA-055"},
              &HaPolicy::claim_of_another, confirmation::foreign_domain),
        other("ha-says-5-for-4", "another domain's prefix is status 5", {"NEMOPD-HA-054"},
              &HaPolicy::claim_of_foreign, confirmation::of_another),
        other("ha-says-4-for-3", "an invalid prefix is status 4", {"NEMOPD-HA-053"}, &HaPolicy::claim_invalid,
              confirmation::foreign_domain),
        other("ha-says-5-for-1", "a lapsed prefix is status 5", {"NEMOPD-HA-052"},
              &HaPolicy::claim_unregistered, confirmation::of_another),
    };
}

} // namespace peers::nemo
