#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/model/where.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// From harmless to grave (SUITES 4): a case is as good as its gravest finding. The last two say that a case
/// was not played and are no verdict on anybody.
enum class Verdict { pass, observed, deviation, inconclusive, error, fail, not_claimed, unsupported };

std::string_view name(Verdict);
/// True for inconclusive, error and fail: what keeps a case from being green.
bool is_red(Verdict);

/// One field that is not as it should be.
struct Difference {
    std::string path;             ///< "home-network-prefix.prefix"
    std::string expected, actual; ///< in suite vocabulary
    std::size_t offset = 0;       ///< first octet of the field in the frame, where there is one
    std::size_t size = 0;
};

struct Finding {
    std::string requirement; ///< id; empty: a step that proves nothing in particular
    Level level{};           ///< of the requirement
    Verdict verdict{};
    std::string sentence;     ///< what happened, for a person
    Where where;              ///< step or rule
    std::string step;         ///< its name or kind
    std::string culprit;      ///< node that had the duty
    std::uint64_t packet = 0; ///< number in the capture; 0: none
    base::Mono at{};          ///< since the case began
    std::vector<Difference> differences;
    std::string packet_text; ///< the packet in suite vocabulary
    std::string name, value; ///< of an observation
};

struct CaseResult {
    std::string id, suite, name, title;
    std::vector<std::string> proves;
    std::vector<std::string> roles;
    Where where;
    Verdict verdict = Verdict::pass;
    std::string reason; ///< of error, unsupported, not-claimed
    std::vector<Finding> findings;
    base::Duration took{};
    std::uint64_t seed = 0;
    std::uint64_t packets = 0;
    std::string directory; ///< of capture, transcript and logs, relative to the run's; empty: none kept
    std::string again;     ///< command line that plays exactly this case again
    std::string stage;
};

/// The gravest finding decides; no finding at all is a pass. A case that could not be played to its end is
/// not claimed or unsupported, unless something red was found before.
Verdict gravest(const std::vector<Finding>&);

} // namespace model
