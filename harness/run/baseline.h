#pragma once

#include "harness/model/baseline.h"
#include "harness/model/verdict.h"

#include <string>

namespace run {

/// How a result stands to what is known of an implementation: only differences are news.
enum class Judgement {
    unlisted,  ///< nothing is known of it: judged as if there were no baseline
    as_known,  ///< red as before
    different, ///< a regression, or an entry that is stale
};
struct Comparison {
    Judgement judgement = Judgement::unlisted;
    std::string difference; ///< a sentence, where there is one
};
Comparison compare(const model::Baseline&, const model::CaseResult&);

} // namespace run
