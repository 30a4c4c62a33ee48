#include "harness/run/files.h"
#include "harness/run/verbs.h"
#include "reports/page.h"

#include <fmt/format.h>

// The verb that makes the page of a run again: report.

namespace run {

void write_page(const std::string& directory) {
    const std::string events = read_file(directory + "/events.ndjson", 4ull << 30);
    write_to(directory + "/report.html")(reports::page(events));
}

int report_verb(const Options& options) {
    for (const auto& directory : options.what) {
        write_page(directory);
        fmt::print("{}/report.html\n", directory);
    }
    return 0;
}

} // namespace run
