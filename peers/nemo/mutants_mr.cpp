#include "peers/nemo/mutant_tables.h"

#include <algorithm>
#include <utility>

namespace peers::nemo {

namespace mr_tables {

using common::Mutant;
using common::Wrong;
using wire::BindingUpdate;
using wire::MobileNetworkPrefix;

using Member = bool MrPolicy::*;

Mutant by_policy(std::string id, std::string title, std::vector<std::string> violates, AdjustMr adjust) {
    return {
        std::move(id),
        "mr",
        std::move(title),
        std::move(violates),
        {},
        [adjust = std::move(adjust)](const model::NodeConfig& config) { return make_mr(config, adjust); }};
}
Mutant with(std::string id, std::string title, std::vector<std::string> violates, Member member) {
    return by_policy(std::move(id), std::move(title), std::move(violates),
                     [member](MrPolicy& policy) { policy.*member = true; });
}
Mutant without(std::string id, std::string title, std::vector<std::string> violates, Member member) {
    return by_policy(std::move(id), std::move(title), std::move(violates),
                     [member](MrPolicy& policy) { policy.*member = false; });
}

/// A router whose updates are changed, from the `first` on.
Mutant saying(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(BindingUpdate&)> change, std::uint64_t first = 1) {
    return {std::move(id),
            "mr",
            std::move(title),
            std::move(violates),
            {},
            [change = std::move(change), first](const model::NodeConfig& config) {
                auto wrong = std::make_unique<Wrong>(make_mr(config), common::profile_of(config));
                wrong->outgoing(common::edit<BindingUpdate>(change).from(first));
                return wrong;
            }};
}
Mutant requesting(std::string id, std::string title, std::vector<std::string> violates,
                  std::function<void(wire::MnpRequest&)> change) {
    return saying(std::move(id), std::move(title), std::move(violates),
                  [change = std::move(change)](BindingUpdate& update) {
                      for (auto& option : update.options)
                          if (auto* request = std::get_if<wire::MnpRequest>(&option))
                              change(*request);
                  });
}

/// Prefix options an octet late and nothing aligned.
void pack(BindingUpdate& update) {
    update.unpadded = true;
    update.options.insert(update.options.begin(), wire::Pad1{});
    std::size_t octets = 12 + 1;
    for (const auto& option : update.options) {
        octets += std::holds_alternative<MobileNetworkPrefix>(option) ? 20 : 0;
        octets += std::holds_alternative<wire::MnpRequest>(option) ? 8 : 0;
    }
    for (std::size_t left = (8 - octets % 8) % 8; left != 0; --left)
        update.options.push_back(wire::Pad1{});
}

std::vector<common::Mutant> of_the_ground() {
    return {
        without_bootstrap(without("mr-forgets-r", "registers as a host",
                                  {"NEMOPD-MR-202", "NEMOPD-MR-016", "NEMOPD-MR-034"}, &MrPolicy::sets_r)),
        without_bootstrap(
            without("mr-forgets-h", "registers nowhere in particular", {"NEMOPD-MR-205"}, &MrPolicy::sets_h)),
        without("mr-drops-r-later", "clears R in refreshes", {"NEMOPD-MR-206", "NEMOPD-MR-202"},
                &MrPolicy::keeps_r),
        without("mr-lists-nothing", "knows no explicit mode",
                {"NEMOPD-MR-204", "NEMOPD-MR-010", "NEMOPD-MR-035", "NEMOPD-MR-012"},
                &MrPolicy::lists_in_explicit_mode),
        with("mr-lists-always", "lists prefixes in implicit mode", {"NEMOPD-MR-203"},
             &MrPolicy::lists_in_implicit_mode),
        with("mr-lists-in-leaving", "lists prefixes in de-registrations", {"NEMOPD-MR-217"},
             &MrPolicy::lists_in_leaving),
        without("mr-stays-registered-at-home", "says nothing when it is back", {"NEMOPD-MR-218"},
                &MrPolicy::leaves_at_home),
        without("mr-abandons-agents", "leaves an agent without a word", {"NEMOPD-MR-209"},
                &MrPolicy::leaves_before_another),
        without("mr-minds-no-missing-r", "stays with an agent that serves no routers",
                {"NEMOPD-MR-208", "NEMOPD-MR-209"}, &MrPolicy::minds_missing_r),
        without("mr-looks-for-no-agents", "knows no discovery", {"NEMOPD-MR-208"},
                &MrPolicy::looks_for_agents),
        without("mr-tries-no-other", "knows one agent", {"NEMOPD-MR-211", "NEMOPD-MR-212", "NEMOPD-MR-208"},
                &MrPolicy::tries_others),
        with("mr-minds-every-status", "acts on the statuses of the other mode",
             {"NEMOPD-MR-210", "NEMOPD-MR-213"}, &MrPolicy::minds_other_mode),
        without("mr-never-stops", "goes on when every agent has refused", {"NEMOPD-MR-216"},
                &MrPolicy::stops_when_all_refuse),
        without("mr-keeps-refused-prefixes", "goes on advertising what is refused", {"NEMOPD-MR-214"},
                &MrPolicy::stops_advertising_refused),
        with("mr-advertises-everywhere", "advertises on the visited link", {"NEMOPD-MR-219"},
             &MrPolicy::advertises_on_egress),
        by_policy("mr-trusts-sources", "tunnels whatever source there is", {"NEMOPD-MR-220"},
                  [](MrPolicy& policy) { policy.checks_inner_sources = false; }),
        without("mr-tunnels-nothing", "sends nothing through the tunnel",
                {"NEMOPD-MR-207", "NEMOPD-MR-040", "NEMOPD-MR-050"}, &MrPolicy::tunnels),
        with("mr-tunnels-though-refused", "keeps its tunnel when every agent refuses", {"NEMOPD-MR-216"},
             &MrPolicy::tunnels_when_refused),
        by_policy("mr-has-no-implicit-mode", "lists its prefixes whatever its mode",
                  {"NEMOPD-MR-201", "NEMOPD-MR-203"}, [](MrPolicy& policy) { policy.explicit_mode = true; }),
    };
}

std::vector<common::Mutant> of_requests() {
    return {
        without_bootstrap(
            without("mr-never-requests", "knows no requests",
                    {"NEMOPD-MR-001", "NEMOPD-MR-003", "NEMOPD-MR-018", "NEMOPD-MR-034", "NEMOPD-MR-020",
                     "NEMOPD-MR-002", "NEMOPD-MR-021", "NEMOPD-MR-004", "NEMOPD-MR-013"},
                    &MrPolicy::requests)),
        without_bootstrap(
            without("mr-does-not-install", "takes no notice of what is granted",
                    {"NEMOPD-MR-005", "NEMOPD-MR-040", "NEMOPD-MR-048", "NEMOPD-MR-032", "NEMOPD-MR-001"},
                    &MrPolicy::installs_granted)),
        without_bootstrap(without("mr-does-not-advertise", "uses what is granted in silence",
                                  {"NEMOPD-MR-005", "NEMOPD-MR-040", "NEMOPD-MR-001"},
                                  &MrPolicy::advertises_granted)),
        without("mr-installs-no-list", "reads lists and does nothing",
                {"NEMOPD-MR-006", "NEMOPD-MR-009", "NEMOPD-MR-041"}, &MrPolicy::installs_listed),
        without("mr-requests-though-listed", "asks for prefixes although the list has them",
                {"NEMOPD-MR-006"}, &MrPolicy::uses_the_list_first),
        without("mr-never-confirms", "does not say what it has installed", {"NEMOPD-MR-010", "NEMOPD-MR-048"},
                &MrPolicy::confirms),
        with("mr-confirms-early", "confirms what is not installed", {"NEMOPD-MR-023", "NEMOPD-MR-010"},
             &MrPolicy::confirms_early),
        without("mr-changes-correlators", "repeats a request under another correlator", {"NEMOPD-MR-029"},
                &MrPolicy::keeps_correlation),
        without("mr-has-one-correlator", "uses one correlator for everything",
                {"NEMOPD-MR-030", "NEMOPD-MR-058"}, &MrPolicy::own_correlations),
        without("mr-checks-no-correlator", "takes confirmations that nobody asked for", {"NEMOPD-MR-039"},
                &MrPolicy::checks_correlation),
        without("mr-checks-no-number", "takes an acknowledgement of any number", {"NEMOPD-MR-038"},
                &MrPolicy::checks_sequence),
        without("mr-takes-from-refusals", "uses a prefix out of a refusal", {"NEMOPD-MR-057"},
                &MrPolicy::checks_status),
        without("mr-checks-no-form", "uses malformed confirmations", {"NEMOPD-MR-053"},
                &MrPolicy::checks_form),
        without("mr-does-not-read-d", "takes every confirmation for an answer",
                {"NEMOPD-MR-033", "NEMOPD-MR-056"}, &MrPolicy::reads_d),
        without("mr-lies-about-its-prefixes", "inverts P, I and D", {"NEMOPD-MR-022", "NEMOPD-MR-010"},
                &MrPolicy::tells_flags),
        without("mr-lies-about-its-wishes", "inverts P and I of requests",
                {"NEMOPD-MR-019", "NEMOPD-MR-028", "NEMOPD-MR-036"}, &MrPolicy::tells_wishes),
        without("mr-has-one-size", "asks for /64 always", {"NEMOPD-MR-027"},
                &MrPolicy::asks_configured_length),
        without("mr-advertises-for-ever", "ignores granted lifetimes", {"NEMOPD-MR-032"},
                &MrPolicy::heeds_lifetimes),
        without("mr-ignores-news", "ignores what it has not asked for", {"NEMOPD-MR-056", "NEMOPD-MR-033"},
                &MrPolicy::heeds_unsolicited),
        without("mr-misses-nothing", "keeps what a list lacks",
                {"NEMOPD-MR-007", "NEMOPD-MR-052", "NEMOPD-MR-008"}, &MrPolicy::heeds_missing),
        with("mr-takes-no-list-for-empty", "reads S=0 as an empty list", {"NEMOPD-MR-051"},
             &MrPolicy::takes_no_list_for_empty),
        with("mr-takes-anything-for-a-list", "reads prefixes without S as a list", {"NEMOPD-MR-059"},
             &MrPolicy::takes_unlisted_for_list),
        without("mr-takes-no-other-length", "passes over status 7", {"NEMOPD-MR-048"},
                &MrPolicy::takes_longer),
        without("mr-repeats-its-wish", "asks for the same after 5, 8, 9 and 10",
                {"NEMOPD-MR-046", "NEMOPD-MR-049"}, &MrPolicy::asks_again),
        with("mr-uses-refused-prefixes", "advertises what a refusal names",
             {"NEMOPD-MR-042", "NEMOPD-MR-043", "NEMOPD-MR-044", "NEMOPD-MR-049"}, &MrPolicy::uses_refused),
        without("mr-does-not-wait", "repeats a refused request at once",
                {"NEMOPD-MR-042", "NEMOPD-MR-043", "NEMOPD-MR-044", "NEMOPD-MR-045", "NEMOPD-MR-047",
                 "NEMOPD-MR-050"},
                &MrPolicy::waits),
        without("mr-keeps-transient-prefixes", "goes on when the binding has ended", {"NEMOPD-MR-054"},
                &MrPolicy::drops_transient),
        without("mr-sends-unused-back", "returns packets for nowhere through the tunnel", {"NEMOPD-MR-055"},
                &MrPolicy::discards_unused),
        without("mr-asks-not-after-renumbering", "is content without a prefix",
                {"NEMOPD-MR-020", "NEMOPD-MR-002"}, &MrPolicy::asks_after_renumbering),
        without("mr-asks-late-elsewhere", "registers with another agent before it asks", {"NEMOPD-MR-004"},
                &MrPolicy::asks_at_another_agent),
        without("mr-leaves-when-unanswered", "gives its tunnel up when a request is passed over",
                {"NEMOPD-MR-050"}, &MrPolicy::keeps_binding_without_answer),
        by_policy("mr-never-asks-for-lists", "does not know S",
                  {"NEMOPD-MR-011", "NEMOPD-MR-041", "NEMOPD-MR-025"},
                  [](MrPolicy& policy) { policy.asks_list = false; }),
        by_policy("mr-requests-at-once", "asks for prefixes before it has seen the list",
                  {"NEMOPD-MR-006", "NEMOPD-MR-041"}, [](MrPolicy& policy) { policy.asks_prefixes = true; }),
        by_policy("mr-requests-beside-what-it-has", "wants more than it is configured for", {"NEMOPD-MR-035"},
                  [](MrPolicy& policy) { policy.wanted += 1; }),
        by_policy("mr-keeps-old-lists", "claims a missing prefix for ever", {"NEMOPD-MR-007"},
                  [](MrPolicy& policy) { policy.heeds_missing = false; }),
    };
}

std::vector<common::Mutant> of_formats() {
    return {
        saying("mr-s-without-a", "asks for a list and for no answer", {"NEMOPD-MR-015"},
               [](auto& update) { update.a = !update.s; }),
        without_bootstrap(saying("mr-s-without-r", "asks for a list as a host", {"NEMOPD-MR-016"},
                                 [](auto& update) { update.r = !update.s; })),
        saying("mr-asks-one-by-one", "puts one request into an update", {"NEMOPD-MR-037"},
               [](BindingUpdate& update) {
                   bool is_first = true;
                   std::erase_if(update.options, [&](const wire::MobilityOption& option) {
                       return std::holds_alternative<wire::MnpRequest>(option) &&
                              !std::exchange(is_first, false);
                   });
               }),
        saying("mr-sets-reserved-flags", "sends ones behind S", {"NEMOPD-BOTH-001", "NEMOPD-MR-017"},
               [](auto& update) { update.reserved = 1; }),
        saying("mr-misaligns-prefixes", "packs its prefixes", {"NEMOPD-MR-024", "NEMOPD-BOTH-004"}, pack),
        requesting("mr-sets-reserved-bits-of-requests", "sends ones in reserved bits",
                   {"NEMOPD-MR-026", "NEMOPD-BOTH-005"}, [](auto& request) { request.reserved = 1; }),
        requesting("mr-asks-for-undefined-types", "asks for type 9", {"NEMOPD-MR-031"},
                   [](auto& request) { request.prefix_type = 9; }),
        without_bootstrap(requesting("mr-numbers-of-others", "sends requests under an assigned number",
                                     {"NEMOPD-BOTH-007"}, [](auto& request) { request.header.type = 55; })),
        requesting("mr-asks-for-no-length", "asks for /0", {"NEMOPD-MR-027"},
                   [](auto& request) { request.prefix_length = 0; }),
        saying("mr-sets-reserved-bits-of-prefixes", "sends ones in reserved bits", {"NEMOPD-BOTH-003"},
               [](auto& update) {
                   if (auto* option = wire::find<MobileNetworkPrefix>(update.options))
                       option->reserved = 0x1f;
               }),
        without_bootstrap(saying("mr-asks-with-empty-prefixes", "lists ::/0 instead of a request",
                                 {"NEMOPD-MR-018"},
                                 [](auto& update) {
                                     if (common::remove<wire::MnpRequest>(update.options))
                                         update.options.push_back(MobileNetworkPrefix{});
                                 })),
        saying("mr-confirms-in-agents-words", "sends confirmations", {"NEMOPD-BOTH-008"},
               [](auto& update) { update.options.push_back(wire::MnpConfirmation{.status = 0}); }),
    };
}

} // namespace mr_tables

std::vector<common::Mutant> mr_mutants() {
    using namespace mr_tables;
    std::vector<Mutant> all;
    for (auto part : {of_the_ground, of_requests, of_formats})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::nemo
