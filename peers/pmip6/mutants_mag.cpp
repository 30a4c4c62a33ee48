#include "peers/pmip6/mutant_tables.h"

namespace peers::pmip6 {

namespace mag_tables {

using namespace std::chrono_literals;

AdjustMag with(bool MagPolicy::*field, bool value) {
    return [field, value](MagPolicy& policy) { policy.*field = value; };
}

/// What the suites' anchors grant.
base::Prefix granted_prefix() {
    return base::parse_prefix("2001:db8:100:1::/64").value();
}

std::vector<Mutant> of_updates() {
    return {
        mag_by_policy("mag-no-backoff", "repeats at the same pace for ever", {"PMIP6-MAG-120"},
                      with(&MagPolicy::doubles, false)),
        mag_by_policy("mag-no-retransmission", "asks once", {"PMIP6-MAG-120"},
                      with(&MagPolicy::retransmit, false)),
        mag_by_policy("mag-same-timestamp", "repeats with the timestamp of the first transmission",
                      {"PMIP6-MAG-098", "PMIP6-LMA-108"}, with(&MagPolicy::restamp, false)),
        mag_by_policy("mag-same-number", "repeats with the number of the first transmission",
                      {"PMIP6-MAG-124"}, with(&MagPolicy::renumber_retransmissions, false)),
        mag_by_policy("mag-hasty", "waits 400 ms for the first answer", {"PMIP6-MAG-121"},
                      [](MagPolicy& policy) { policy.first_timeout = 400ms; }),
        mag_by_policy("mag-patient-refresh", "waits 3 s for the answer to a refresh", {"PMIP6-MAG-122"},
                      [](MagPolicy& policy) { policy.timeout = 3s; }),
        mag_by_policy("mag-uncapped", "doubles its timeout beyond 32 s", {"PMIP6-MAG-123"},
                      [](MagPolicy& policy) { policy.most_timeout = 1000s; }),
        mag_by_policy("mag-floods", "sends any number of updates a second", {"PMIP6-MAG-128"},
                      [](MagPolicy& policy) { policy.most_updates = 0; }),
        mag_by_policy("mag-no-refresh", "lets bindings end", {"PMIP6-MAG-091"},
                      with(&MagPolicy::refresh, false)),
        mag_by_policy("mag-refreshes-blindly", "extends without looking for the node",
                      {"PMIP6-MAG-190", "PMIP6-MAG-191"}, with(&MagPolicy::check_presence, false)),
        mag_by_policy("mag-no-deregistration", "does not tell that a node has left", {"PMIP6-MAG-092"},
                      with(&MagPolicy::deregister, false)),
        mag_by_policy("mag-asks-on", "goes on asking for a node that has left", {"PMIP6-MAG-127"},
                      with(&MagPolicy::stop_when_gone, false)),
        mag_by_policy("mag-registers-everybody", "registers nodes without the service", {"PMIP6-MAG-200"},
                      with(&MagPolicy::register_all, true)),
        without_bootstrap(mag_by_policy("mag-no-proxy-flag", "sends P=0", {"PMIP6-FMT-001"},
                                        with(&MagPolicy::proxy_flag, false))),
        without_bootstrap(mag_by_policy("mag-no-acknowledge-flag", "sends A=0", {"PMIP6-FMT-006"},
                                        with(&MagPolicy::acknowledge_flag, false))),
        without_bootstrap(mag_by_policy("mag-no-identifier", "names nobody", {"PMIP6-MAG-081"},
                                        with(&MagPolicy::identifier_option, false))),
        without_bootstrap(mag_by_policy("mag-no-prefix-option", "leaves the prefix option out",
                                        {"PMIP6-MAG-082"}, with(&MagPolicy::prefix_option, false))),
        mag_by_policy("mag-gives-up-at-156", "does not try again after TIMESTAMP_MISMATCH", {"PMIP6-MAG-099"},
                      with(&MagPolicy::retry_mismatch, false)),
        mag_by_policy("mag-gives-up-at-135", "does not try again after a refused number", {"PMIP6-MAG-114"},
                      with(&MagPolicy::adopt_sequence, false)),
    };
}

std::vector<Mutant> of_answers() {
    return {
        mag_by_policy("mag-ignores-the-number", "takes an answer to any number for its own",
                      {"PMIP6-MAG-110"}, with(&MagPolicy::check_sequence, false)),
        mag_by_policy("mag-ignores-the-timestamp", "takes an answer with any timestamp for its own",
                      {"PMIP6-MAG-110"}, with(&MagPolicy::check_timestamp, false)),
        mag_by_policy("mag-ignores-the-name", "takes an answer about anybody for its own", {"PMIP6-MAG-110"},
                      with(&MagPolicy::check_identifier, false)),
        mag_by_policy("mag-ignores-the-sender", "takes answers from anywhere", {"PMIP6-MAG-111"},
                      with(&MagPolicy::check_source, false)),
        mag_by_policy("mag-serves-when-refused", "takes refusals for acceptances",
                      {"PMIP6-MAG-090", "PMIP6-MAG-154", "PMIP6-FMT-063"},
                      [](MagPolicy& policy) { policy.accept_refusals = policy.hint = true; }),
        mag_by_policy("mag-serves-without-prefix", "takes an acceptance that grants nothing for one",
                      {"PMIP6-MAG-116"}, with(&MagPolicy::accept_without_prefix, true)),
        mag_by_policy("mag-refuses-small-statuses", "takes 1 to 127 for refusals",
                      {"PMIP6-MAG-115", "PMIP6-FMT-063"},
                      with(&MagPolicy::treat_small_status_as_refusal, true)),
        mag_by_policy("mag-insists-on-its-hint", "uses the prefix that it asked for, not the granted one",
                      {"PMIP6-MAG-117", "PMIP6-MAG-004"},
                      [](MagPolicy& policy) { policy.ask_granted_prefix_only = policy.hint = true; }),
        mag_by_policy("mag-serves-beyond-the-end", "goes on when the lifetime is over", {"PMIP6-MAG-101"},
                      with(&MagPolicy::stop_at_expiry, false)),
        mag_by_policy("mag-serves-after-a-refused-refresh", "goes on when a refresh is refused",
                      {"PMIP6-MAG-100"}, with(&MagPolicy::stop_when_refused, false)),
        mag_by_policy("mag-keeps-state", "goes on for a node that has left",
                      {"PMIP6-MAG-093", "PMIP6-MAG-193"}, with(&MagPolicy::keep_state, true)),
    };
}

std::vector<Mutant> of_home_link() {
    return {
        mag_by_policy("mag-advertises-early", "advertises before the binding exists", {"PMIP6-MAG-042"},
                      [](MagPolicy& policy) { policy.early_prefix = granted_prefix(); }),
        mag_by_policy("mag-advertises-when-refused", "advertises the prefix after a refusal",
                      {"PMIP6-MAG-090"}, [](MagPolicy& policy) { policy.refused_prefix = granted_prefix(); }),
        mag_by_policy("mag-ignores-solicitations", "does not answer a solicitation", {"PMIP6-MAG-044"},
                      [](MagPolicy& policy) {
                          policy.answer_solicitations = false;
                          policy.advertise = {};
                      }),
        without_bootstrap(mag_by_policy("mag-is-no-router", "advertises a router lifetime of zero",
                                        {"PMIP6-MAG-045"},
                                        [](MagPolicy& policy) { policy.router_lifetime = 0; })),
        mag_by_policy("mag-prefix-off-link", "advertises the prefix without L", {"PMIP6-MAG-048"},
                      with(&MagPolicy::on_link, false)),
        mag_by_policy("mag-withdraws-nothing", "leaves an old prefix to its lifetime", {"PMIP6-MAG-180"},
                      with(&MagPolicy::withdraw, false)),
        mag_by_policy("mag-keeps-its-link-local-address", "keeps the address that the node has too",
                      {"PMIP6-MAG-066"}, with(&MagPolicy::yield_link_local, false)),
    };
}

std::vector<Mutant> of_forwarding() {
    return {
        mag_by_policy("mag-forwards-early", "forwards before the binding exists", {"PMIP6-MAG-154"},
                      with(&MagPolicy::forward_before_binding, true)),
        without_bootstrap(mag_by_policy("mag-does-not-tunnel", "routes the node's packets as any others",
                                        {"PMIP6-MAG-157", "PMIP6-MAG-089", "PMIP6-MAG-222"},
                                        with(&MagPolicy::encapsulate, false))),
        mag_by_policy("mag-forwards-foreign-sources", "tunnels whatever its node sends",
                      {"PMIP6-MAG-160", "PMIP6-MAG-181"}, with(&MagPolicy::check_source_prefix, false)),
        mag_by_policy("mag-routes-what-the-tunnel-brings",
                      "routes tunnelled packets that are for nobody here", {"PMIP6-MAG-152"},
                      with(&MagPolicy::check_inner_destination, false)),
        mag_by_policy("mag-always-routes-locally", "delivers to neighbours although it may not",
                      {"PMIP6-MAG-222", "PMIP6-MAG-221", "PMIP6-MAG-156"},
                      with(&MagPolicy::local_routing, true)),
        mag_by_policy("mag-never-routes-locally", "tunnels to neighbours although it should not",
                      {"PMIP6-MAG-223", "PMIP6-MAG-220"}, with(&MagPolicy::local_routing, false)),
        mag_by_policy("mag-drops-shared-tunnels", "takes the tunnel along with the first node that leaves",
                      {"PMIP6-MAG-145", "PMIP6-LMA-182", "PMIP6-LMA-186"},
                      with(&MagPolicy::share_tunnel, false)),
    };
}

} // namespace mag_tables

std::vector<Mutant> mag_policy_mutants() {
    using namespace mag_tables;
    std::vector<Mutant> all;
    for (auto part : {of_updates, of_answers, of_home_link, of_forwarding})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
