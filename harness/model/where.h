#pragma once

#include <memory>
#include <string>

namespace model {

/// A place in a file that somebody wrote; carried from the loader to the last report.
struct Where {
    std::shared_ptr<const std::string> file; ///< as the user named it; null for "nowhere"
    unsigned line = 0, column = 0;           ///< from 1; 0 if unknown
    bool known() const { return file && line != 0; }
};

/// "suites/pmip6/lma.xml:12:5"; empty when unknown.
std::string text(const Where&);

/// One thing wrong in a file, as the user reads it.
struct Mistake {
    Where where;
    std::string sentence;
};

} // namespace model
