#include "peers/pmip6/mutant_tables.h"

#include <algorithm>

namespace peers::pmip6 {

namespace lma_tables {

using namespace std::chrono_literals;

/// An anchor without some of the checks.
AdjustLma without(std::vector<Check> checks) {
    return [checks = std::move(checks)](LmaPolicy& policy) {
        std::erase_if(policy.checks, [&](Check check) {
            return std::find(checks.begin(), checks.end(), check) != checks.end();
        });
    };
}

AdjustLma with(bool LmaPolicy::*field, bool value) {
    return [field, value](LmaPolicy& policy) { policy.*field = value; };
}

AdjustLma with(std::uint8_t LmaPolicy::*field, std::uint8_t value) {
    return [field, value](LmaPolicy& policy) { policy.*field = value; };
}

AdjustLma ordering(bool Ordering::*field, bool value) {
    return [field, value](LmaPolicy& policy) { policy.ordering.*field = value; };
}

std::vector<Mutant> of_admission() {
    return {
        lma_by_policy("lma-accepts-unknown-nodes", "gives a prefix to nodes without a profile",
                      {"PMIP6-LMA-024"}, without({Check::known_node})),
        lma_by_policy("lma-serves-everybody", "serves nodes whose profile says no", {"PMIP6-LMA-025"},
                      without({Check::service})),
        lma_by_policy("lma-trusts-every-sender", "lets anybody register anybody",
                      {"PMIP6-LMA-029", "PMIP6-SEC-009"}, without({Check::sender, Check::mag_of_node})),
        lma_by_policy("lma-ignores-the-scope-of-gateways", "lets every gateway register every node",
                      {"PMIP6-LMA-028", "PMIP6-SEC-018"}, without({Check::mag_of_node})),
        lma_by_policy("lma-other-status-for-no-identifier", "refuses with 129 instead of 160",
                      {"PMIP6-LMA-023"}, with(&LmaPolicy::missing_identifier, status::prohibited)),
        lma_by_policy("lma-other-status-for-unknown-node", "refuses with 130 instead of 133 or 153",
                      {"PMIP6-LMA-024"}, with(&LmaPolicy::unknown_node, status::no_resources)),
        lma_by_policy("lma-other-status-for-no-service", "refuses with 129 instead of 152", {"PMIP6-LMA-025"},
                      with(&LmaPolicy::not_entitled, status::prohibited)),
        lma_by_policy("lma-other-status-for-strangers", "refuses with 129 instead of 154", {"PMIP6-LMA-029"},
                      with(&LmaPolicy::not_authorised, status::prohibited)),
        lma_by_policy("lma-other-status-for-no-prefix-option", "refuses with 130 instead of 129 or 158",
                      {"PMIP6-LMA-030"}, with(&LmaPolicy::missing_prefix, status::no_resources)),
        lma_by_policy("lma-cannot-be-switched-off", "goes on as an anchor although it is none",
                      {"PMIP6-LMA-155"}, with(&LmaPolicy::service, true)),
    };
}

std::vector<Mutant> of_ordering() {
    return {
        lma_by_policy("lma-ignores-the-clock", "accepts timestamps of any time",
                      {"PMIP6-LMA-107", "PMIP6-LMA-106", "PMIP6-LMA-112", "PMIP6-LMA-031"},
                      ordering(&Ordering::check_window, false)),
        lma_by_policy("lma-accepts-equal-timestamps", "takes the same timestamp twice",
                      {"PMIP6-LMA-108", "PMIP6-SEC-019"}, ordering(&Ordering::equal_is_newer, true)),
        lma_by_policy("lma-accepts-older-timestamps", "asks only whether a timestamp is near its clock",
                      {"PMIP6-LMA-108", "PMIP6-LMA-119", "PMIP6-LMA-125", "PMIP6-LMA-121"},
                      ordering(&Ordering::check_newer, false)),
        lma_by_policy("lma-compares-whole-seconds", "throws the fraction of timestamps away",
                      {"PMIP6-LMA-123", "PMIP6-LMA-007"}, ordering(&Ordering::ignore_fraction, true)),
        lma_by_policy("lma-forgets-the-order", "remembers no timestamp and no number",
                      {"PMIP6-LMA-108", "PMIP6-SEC-019", "PMIP6-LMA-115"},
                      with(&LmaPolicy::remember_order, false)),
        lma_by_policy("lma-judges-numbers-beside-timestamps",
                      "wants rising numbers although there is a timestamp", {"PMIP6-LMA-109"},
                      ordering(&Ordering::sequence_with_timestamp, true)),
        lma_by_policy("lma-ignores-numbers", "accepts any number without a timestamp",
                      {"PMIP6-LMA-115", "PMIP6-LMA-117", "PMIP6-LMA-114"},
                      ordering(&Ordering::check_sequence, false)),
        lma_by_policy("lma-compares-numbers-without-wrap", "takes 5 for less than 65520", {"PMIP6-LMA-115"},
                      ordering(&Ordering::sequence_modulo, false)),
        lma_by_policy("lma-other-status-for-timestamps", "refuses timestamps with 128 instead of 156",
                      {"PMIP6-LMA-112"},
                      [](LmaPolicy& policy) {
                          policy.outside_window = policy.lower_timestamp = policy.equal_timestamp =
                              status::unspecified;
                      }),
        lma_by_policy("lma-other-status-for-numbers", "refuses numbers with 129 instead of 135",
                      {"PMIP6-LMA-117"}, with(&LmaPolicy::old_sequence, status::prohibited)),
        lma_by_policy("lma-does-not-tell-its-time", "returns the refused timestamp", {"PMIP6-LMA-113"},
                      with(&LmaPolicy::echo_bad_timestamp, true)),
        lma_by_policy("lma-refusals-count-as-last", "a refused update raises the bar for the next",
                      {"PMIP6-LMA-034"}, with(&LmaPolicy::refusal_counts_as_last, true)),
        lma_by_policy("lma-acts-on-refusals", "registers and says that it does not",
                      {"PMIP6-LMA-034", "PMIP6-LMA-181"}, with(&LmaPolicy::act_on_refusal, true)),
    };
}

std::vector<Mutant> of_prefixes() {
    return {
        lma_by_policy("lma-shares-prefixes", "gives a second node the prefix of the first",
                      {"PMIP6-LMA-041", "PMIP6-LMA-008", "PMIP6-DOM-009"},
                      with(&LmaPolicy::share_bound_prefix, true)),
        lma_by_policy("lma-other-status-for-an-empty-pool", "refuses with 128 instead of 130",
                      {"PMIP6-LMA-042"}, with(&LmaPolicy::exhausted, status::unspecified)),
        lma_by_policy("lma-keeps-released-prefixes", "never gives a prefix out again", {"PMIP6-LMA-065"},
                      with(&LmaPolicy::release_prefixes, false)),
        lma_by_policy("lma-grants-every-hint", "gives whatever prefix is asked for",
                      {"PMIP6-LMA-044", "PMIP6-LMA-045", "PMIP6-LMA-008"},
                      [](LmaPolicy& policy) {
                          policy.check_owned = policy.check_hint_authorised = policy.check_prefix_holder =
                              false;
                      }),
        lma_by_policy("lma-grants-foreign-prefixes", "gives prefixes that it does not own", {"PMIP6-LMA-045"},
                      [](LmaPolicy& policy) { policy.check_owned = policy.check_hint_authorised = false; }),
        lma_by_policy("lma-grants-the-prefix-of-another", "asks only whether the prefix is its own and free",
                      {"PMIP6-LMA-044"}, with(&LmaPolicy::check_hint_authorised, false)),
        lma_by_policy("lma-other-status-for-hints", "refuses hints with 129 instead of 155",
                      {"PMIP6-LMA-044"}, with(&LmaPolicy::prefix_of_another, status::prohibited)),
        lma_by_policy("lma-takes-another-prefix-at-refresh", "says yes to a refresh for another prefix",
                      {"PMIP6-LMA-050", "PMIP6-LMA-058"}, with(&LmaPolicy::check_same_prefix, false)),
        lma_by_policy("lma-gives-a-new-prefix-at-refresh", "allocates anew at every update",
                      {"PMIP6-LMA-055", "PMIP6-LMA-005", "PMIP6-DOM-007"},
                      with(&LmaPolicy::new_prefix_at_refresh, true)),
        lma_by_policy("lma-forgets-link-local-addresses", "stores no link-local address",
                      {"PMIP6-LMA-048", "PMIP6-LMA-004", "PMIP6-LMA-078"},
                      with(&LmaPolicy::keep_link_local, false)),
        without_bootstrap(lma_by_policy("lma-grants-more-than-asked", "grants a hundred units on top",
                                        {"PMIP6-LMA-150"}, with(&LmaPolicy::grant_more_than_asked, true))),
        lma_by_policy("lma-ignores-the-validity-of-prefixes", "grants lifetimes beyond that of the prefix",
                      {"PMIP6-LMA-156"}, [](LmaPolicy& policy) { policy.prefix_valid.reset(); }),
        without_bootstrap(lma_by_policy("lma-acknowledges-with-status-1", "accepts with 1 instead of 0",
                                        {"PMIP6-LMA-224", "PMIP6-LMA-054", "PMIP6-LMA-066", "PMIP6-LMA-158"},
                                        with(&LmaPolicy::success, 1))),
    };
}

std::vector<Mutant> of_departure() {
    return {
        lma_by_policy("lma-forgets-the-delay", "deletes at once", {"PMIP6-LMA-062", "PMIP6-LMA-063"},
                      with(&LmaPolicy::delay_deletion, false)),
        lma_by_policy("lma-has-a-delay-of-its-own", "waits 200 ms whatever it is told",
                      {"PMIP6-LMA-062", "PMIP6-LMA-220", "PMIP6-LMA-221"},
                      [](LmaPolicy& policy) { policy.delay = 200ms; }),
        lma_by_policy("lma-waits-too-long", "adds six seconds to the delay",
                      {"PMIP6-LMA-065", "PMIP6-LMA-220", "PMIP6-LMA-221"},
                      [](LmaPolicy& policy) { policy.delay += 6s; }),
        lma_by_policy("lma-never-deletes", "acknowledges de-registrations and keeps the entry",
                      {"PMIP6-LMA-065"}, with(&LmaPolicy::delete_at_deregistration, false)),
        lma_by_policy("lma-deletes-returned-nodes",
                      "deletes at the end of the delay although the node is back",
                      {"PMIP6-LMA-063", "PMIP6-LMA-068"}, with(&LmaPolicy::cancel_delay, false)),
        lma_by_policy("lma-refusal-saves-the-entry", "a refused update stops the deletion", {"PMIP6-LMA-223"},
                      with(&LmaPolicy::refusal_cancels_delay, true)),
        lma_by_policy("lma-obeys-foreign-deregistrations",
                      "deletes at the word of a gateway that has not the node", {"PMIP6-LMA-061"},
                      with(&LmaPolicy::check_care_of_at_deregistration, false)),
        lma_by_policy("lma-binds-at-lifetime-0", "takes a de-registration of nobody for a registration",
                      {"PMIP6-LMA-067"}, with(&LmaPolicy::register_without_lifetime, true)),
        lma_by_policy("lma-never-expires", "keeps entries beyond their lifetime",
                      {"PMIP6-LMA-152", "PMIP6-LMA-020"}, with(&LmaPolicy::expire, false)),
    };
}

std::vector<Mutant> of_entries() {
    return {
        lma_by_policy("lma-keeps-one-entry", "lets a new node take the place of the others",
                      {"PMIP6-LMA-001"}, with(&LmaPolicy::one_entry_only, true)),
        lma_by_policy("lma-evicts-for-new-nodes", "throws somebody out when its pool is empty",
                      {"PMIP6-LMA-154"}, with(&LmaPolicy::evict_when_full, true)),
        lma_by_policy("lma-lets-nodes-share-a-hint", "grants a prefix of the pool that somebody has",
                      {"PMIP6-LMA-009"}, with(&LmaPolicy::check_prefix_holder, false)),
        lma_by_policy("lma-does-not-look-at-profiles", "gives prefixes of the pool whatever the profile says",
                      {"PMIP6-LMA-012"}, with(&LmaPolicy::use_profile_prefix, false)),
        without_bootstrap(lma_by_policy("lma-keeps-no-entries", "accepts and remembers nothing",
                                        {"PMIP6-LMA-046"}, with(&LmaPolicy::keep_entries, false))),
        lma_by_policy("lma-lives-as-asked", "keeps entries as long as asked, whatever it granted",
                      {"PMIP6-LMA-047", "PMIP6-LMA-157"}, with(&LmaPolicy::live_as_asked, true)),
        lma_by_policy("lma-does-not-extend", "accepts refreshes and lets the first lifetime run out",
                      {"PMIP6-LMA-051", "PMIP6-LMA-184"}, with(&LmaPolicy::refresh_extends, false)),
        lma_by_policy("lma-looks-up-by-gateway", "takes a node at another gateway for another node",
                      {"PMIP6-LMA-032"}, with(&LmaPolicy::forget_at_handover, true)),
        lma_by_policy("lma-repetition-saves-the-entry", "a second de-registration stops the deletion",
                      {"PMIP6-LMA-069"}, with(&LmaPolicy::repetition_cancels_deletion, true)),
        lma_by_policy("lma-returns-to-old-values", "a return during the delay gets the old lifetime",
                      {"PMIP6-LMA-222"}, with(&LmaPolicy::keep_values_during_delay, true)),
        lma_by_policy("lma-counts-in-eight-seconds", "takes a unit of lifetime for eight seconds",
                      {"PMIP6-FMT-007"}, [](LmaPolicy& policy) { policy.unit = 8s; }),
        lma_by_policy("lma-ends-early", "ends entries when half of what it granted is over",
                      {"PMIP6-LMA-153"}, [](LmaPolicy& policy) { policy.unit = 2s; }),
        lma_by_policy("lma-ignores-its-own-limit", "grants more than its configuration allows",
                      {"PMIP6-LMA-151"}, [](LmaPolicy& policy) { policy.max_lifetime = 0xffff; }),
        lma_by_policy("lma-drops-static-tunnels", "makes and removes tunnels that are to stay",
                      {"PMIP6-LMA-183"}, with(&LmaPolicy::static_tunnels, false)),
        lma_by_policy("lma-refuses-foreign-farewells",
                      "refuses the de-registration of a gateway that has not the node", {"PMIP6-LMA-060"},
                      with(&LmaPolicy::foreign_deregistration, status::prohibited)),
        lma_by_policy("lma-announces-nothing", "tells no router of its prefixes", {"PMIP6-LMA-191"},
                      [](LmaPolicy& policy) { policy.announce.clear(); }),
        lma_by_policy("lma-announces-foreign-prefixes", "tells routers of more than it has",
                      {"PMIP6-LMA-191"},
                      [](LmaPolicy& policy) {
                          policy.pools.push_back(base::parse_prefix("2001:db8:dead::/48").value());
                      }),
        lma_by_policy("lma-records-no-type", "enters hosts as if gateways had registered them",
                      {"PMIP6-LMA-002"}, with(&LmaPolicy::record_type, false)),
        lma_by_policy("lma-changes-the-type", "lets a gateway register a host, and a host what a gateway has",
                      {"PMIP6-LMA-160"}, with(&LmaPolicy::check_type, false)),
        lma_by_policy("lma-serves-no-hosts", "is no home agent although it is told to be one",
                      {"PMIP6-LMA-166"}, with(&LmaPolicy::hosts, false)),
        lma_by_policy("lma-keeps-old-tunnels", "leaves the tunnel to the previous gateway open",
                      {"PMIP6-LMA-053"}, with(&LmaPolicy::drop_old_tunnel, false)),
    };
}

std::vector<Mutant> of_forwarding() {
    return {
        lma_by_policy("lma-keeps-the-route", "tunnels to the old gateway after a handover",
                      {"PMIP6-LMA-057", "PMIP6-LMA-006"}, with(&LmaPolicy::move_route, false)),
        lma_by_policy("lma-drops-shared-tunnels", "takes the tunnel along with the first node that leaves",
                      {"PMIP6-LMA-182", "PMIP6-LMA-186", "PMIP6-LMA-053", "PMIP6-LMA-185"},
                      with(&LmaPolicy::count_tunnel_users, false)),
        without_bootstrap(lma_by_policy("lma-does-not-tunnel", "registers and forwards nothing",
                                        {"PMIP6-LMA-049", "PMIP6-LMA-192", "PMIP6-LMA-180", "PMIP6-LMA-190"},
                                        with(&LmaPolicy::encapsulate, false))),
        lma_by_policy("lma-forwards-foreign-sources", "lets every inner source out of a tunnel",
                      {"PMIP6-LMA-195"}, with(&LmaPolicy::check_inner_source, false)),
    };
}

} // namespace lma_tables

std::vector<Mutant> lma_policy_mutants() {
    using namespace lma_tables;
    std::vector<Mutant> all;
    for (auto part : {of_admission, of_ordering, of_prefixes, of_departure, of_entries, of_forwarding})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
