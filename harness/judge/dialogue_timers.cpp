// When an update is repeated (RFC 3775, 11.8; proxymip6-02, 6.9).
#include "harness/judge/dialogue.h"
#include "harness/judge/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {

using namespace std::chrono_literals;

namespace {

// RFC 3775, 12: INITIAL_BINDACK_TIMEOUT and MAX_BINDACK_TIMEOUT; InitialBindackTimeoutFirstReg, which waits
// for the detection of a duplicate address, and which a proxy has no use for.
constexpr base::Duration initial_timeout = 1s, longest_timeout = 32s, first_registration = 1500ms;
// What clocks and captures are apart.
constexpr base::Duration slack = 1s;

} // namespace

void Dialogue::repetition(const Signal& signal, Session& session, const Request& before) {
    const std::uint32_t gateway = before.gateway;
    const bool is_bound = session.bound_to == before.care_of;
    const base::Duration gap = signal.at - before.at;
    const auto breach = [&](Rule rule, std::string sentence, std::string field, std::string expected,
                            std::string actual) {
        return Breach{rule,
                      gateway,
                      signal.packet,
                      signal.at,
                      std::move(sentence),
                      std::move(field),
                      std::move(expected),
                      std::move(actual)};
    };
    if (comes_after(signal.sequence, before.sequence))
        kept(Rule::repetition_counts_up, gateway, signal.packet, signal.at);
    else
        broken(session,
               breach(Rule::repetition_counts_up,
                      fmt::format("the update of packet {} is repeated with a number that is no "
                                  "higher",
                                  before.packet),
                      "sequence", fmt::format("after {}", before.sequence), std::to_string(signal.sequence)));
    if (before.gap == base::Duration{}) {
        const Rule rule = is_bound ? Rule::first_timeout_of_bound : Rule::first_timeout;
        const base::Duration first_timeout = is_bound || !is_host_ ? initial_timeout : first_registration;
        if (10 * gap >= 9 * first_timeout)
            return kept(rule, gateway, signal.packet, signal.at);
        return broken(session,
                      breach(rule, fmt::format("the update of packet {} is repeated too soon", before.packet),
                             "time", "at least " + seconds_of(first_timeout), seconds_of(gap)));
    }
    if (10 * gap > 11 * longest_timeout)
        return undecided(session, breach(Rule::back_off_is_capped,
                                         fmt::format("the next update came {} after packet {}: whether all "
                                                     "between were captured is not to be seen",
                                                     seconds_of(gap), before.packet),
                                         {}, {}, {}));
    kept(Rule::back_off_is_capped, gateway, signal.packet, signal.at);
    const Rule doubles = is_bound ? Rule::back_off_of_bound_doubles : Rule::back_off_doubles;
    const base::Duration due = std::min(2 * before.gap, longest_timeout);
    if (10 * gap < 9 * due)
        return broken(session, breach(doubles,
                                      fmt::format("the update of packet {} is repeated too soon: the one "
                                                  "before was repeated after {}",
                                                  before.packet, seconds_of(before.gap)),
                                      "time", "about " + seconds_of(due), seconds_of(gap)));
    if (10 * gap > 12 * due + 10 * slack)
        return undecided(session, breach(doubles,
                                         fmt::format("{} after packet {} where {} was due: an update may be "
                                                     "missing in the capture",
                                                     seconds_of(gap), before.packet, seconds_of(due)),
                                         {}, {}, {}));
    kept(doubles, gateway, signal.packet, signal.at);
}

} // namespace judge
