#include "harness/run/files.h"
#include "harness/run/recording.h"
#include "harness/run/verbs.h"
#include "reports/text.h"

#include <fmt/format.h>

namespace run {

// A recording becomes a case that somebody goes on with.

int import_verb(const Options& options) {
    const auto recording = read_recording(options.what.at(0), options);
    const auto bench = bench_for(role_under_test(recording, options), recording.profile);
    script::DraftOptions how;
    how.suite = "imported/" + suite_name(options.out.empty() ? recording.path : options.out);
    how.source = reports::clean(recording.path.substr(recording.path.rfind('/') + 1));
    how.profile = recording.profile;
    how.protection = recording.protection;
    const auto draft = script::draft(recording.packets, bench, how);
    for (const auto& remark : recording.troubles)
        fmt::print(stderr, "{}\n", reports::clean(remark));
    for (const auto& remark : draft.remarks)
        fmt::print(stderr, "{}: {}\n", reports::clean(recording.path), reports::clean(remark));
    if (draft.sent == 0)
        throw Trouble(fmt::format("{}: nothing in it is said to a {}", recording.path, bench.role));
    // What cannot be loaded again is a mistake of ours, and found here.
    const std::string text = reports::clean(draft.text);
    load_texts({{options.out.empty() ? "draft" : options.out, text}}, recording.profile);
    if (options.out.empty())
        write_to_output()(text);
    else
        write_to(options.out)(text);
    return 0;
}

} // namespace run
