#pragma once

#include "harness/model/baseline.h"
#include "harness/model/verdict.h"

#include <string>

namespace run {

/// How a result stands to what is known of an implementation: only differences are news.
struct Comparison {
    model::Standing standing = model::Standing::unlisted;
    std::string because; ///< a sentence, where the baseline speaks of the case
};
/// `today` as "2027-01-31": entries that expired before it excuse nothing, and neither do those that speak of
/// other versions than `version`.
Comparison compare(const model::Baseline&, const model::CaseResult&, const std::string& today,
                   const std::string& version = {});

/// True if "1.2..1.4" and the like include that version; numbers within them count as numbers.
bool includes(const std::string& versions, const std::string& version);

/// True for what counts against a run as if there were no baseline.
bool is_news(model::Standing);
/// True for what is wrong with the baseline, or with the case in another way than it has it.
bool is_off_baseline(model::Standing);

} // namespace run
