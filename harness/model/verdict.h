#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/model/where.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace model {

struct Story;

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

/// A packet that should have come and did not.
struct Missing {
    std::string from, to, kind; ///< nodes, as the step names them; "binding-acknowledgement"
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
    std::optional<Missing> missing;
};

/// How late the harness's own timers fired while a case was played: what this host, not the implementation,
/// did to its times. Nothing is counted below stall_noise.
struct HostStall {
    base::Duration worst{}, total{};
    std::uint64_t count = 0;
    unsigned replays = 0; ///< plays before this one that did not count, because the host stood still
};
constexpr base::Duration stall_noise = std::chrono::milliseconds(50);

/// What became of a red case when it was played once more at the end of a run, nothing else running, with the
/// same seed. It explains the verdict and never replaces it.
struct Alone {
    Verdict verdict = Verdict::pass;
    std::string reason; ///< its headline
    base::Duration took{};
    HostStall stall;
    std::string directory; ///< relative to the run's
};

/// How a result stands to the baseline of its run.
enum class Standing {
    unlisted,      ///< the baseline does not speak of it, or there is none; and it is green
    fresh,         ///< red, and the baseline does not know it
    still_failing, ///< as the baseline has it
    flaky,         ///< the baseline knows that it is now so, now so
    fixed,         ///< the baseline expects something graver: its entry is stale
    different,     ///< in another way than the baseline has it
    expired,       ///< known, but the entry has run out: counts as if it were not there
    stale,         ///< green, and its entry had run out anyway: the entry excuses nothing any more
};
std::string_view
    name(Standing); ///< "", "new", "still failing", "flaky", "fixed", "different", "expired", "stale"

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
    unsigned round = 1; ///< of --repeat
    std::uint64_t packets = 0;
    std::string directory; ///< of capture, transcript and logs, relative to the run's; empty: none kept
    std::string again;     ///< command line that plays exactly this case again
    std::string stage;
    HostStall stall;
    Standing standing = Standing::unlisted;
    std::string standing_because; ///< a sentence: what the baseline says, and whose entry it is
    std::optional<Alone> alone;
    std::shared_ptr<const Story> story; ///< null: none was kept
};

/// The gravest finding decides; no finding at all is a pass. A case that could not be played to its end is
/// not claimed or unsupported, unless something red was found before.
Verdict gravest(const std::vector<Finding>&);

} // namespace model
