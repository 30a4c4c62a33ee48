#pragma once

#include "harness/judge/match.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace judge {

/// What can be broken in a conversation between one that registers and one that accepts.
enum class DialogueRule : std::uint8_t {
    answer_repeats_sequence,
    refusal_tells_sequence,
    grant_within_request,
    leaving_ends_lifetime,
    leaving_answered_at_once,
    stamp_is_answered,
    stamp_comes_back,
    no_stamp_unasked,
    stamps_advance,
    sequences_advance,
    first_timeout,
    first_timeout_of_bound,
    back_off_doubles,
    back_off_of_bound_doubles,
    back_off_is_capped,
    repetition_counts_up,
    refresh_before_end,
    uplink_while_bound,
    uplink_until_end,
    downlink_to_bound,
    downlink_until_end,
    downlink_after_leaving,
};
constexpr std::size_t dialogue_rules = 22;

/// "answer-repeats-sequence".
const char* name(DialogueRule);
/// The requirement of each rule in one specification ("pmip6", "nemo", …) under one dialect; null where it
/// has none, so that nobody can break the rule there.
std::array<const char*, dialogue_rules> requirements_of(std::string_view spec, const Dialect&);
/// All that a finding may name.
std::vector<std::string> dialogue_requirements(std::string_view spec);

} // namespace judge
