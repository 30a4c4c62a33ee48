#pragma once

#include "harness/model/verdict.h"
#include "harness/model/where.h"

#include <string>
#include <vector>

namespace model {

/// What a known implementation is expected to do wrong (or right): only differences from it are news.
struct Expectation {
    std::string case_id;     ///< or a pattern with * and ?
    std::string requirement; ///< empty: the verdict of the whole case
    Verdict verdict{};
    std::string message;  ///< text that the finding's sentence contains; empty: any
    std::string reason;   ///< why it is so, for a person
    std::string owner;    ///< who sees to it
    std::string expires;  ///< "2027-01-31", the last day on which it excuses anything; empty: never
    std::string versions; ///< of the implementation, that it speaks of: "1.2", "1.2..1.4", "..1.4", "2.0..";
                          ///< empty: all
    bool flaky = false;   ///< now so, now green
    Where where;
};

struct Baseline {
    std::string sut; ///< name of the profile it was taken from; empty: any
    std::vector<Expectation> expectations;
};

} // namespace model
