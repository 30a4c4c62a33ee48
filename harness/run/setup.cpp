#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/script/loader.h"
#include "harness/script/sut.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

// The verbs for who sets something up: lint, profile.

namespace run {

int lint_verb(const Options& options) {
    std::vector<model::Mistake> mistakes;
    std::vector<script::Text> suites;
    script::Known known;
    const std::string tree = shown(data_directory() + "/suites");
    std::vector<std::string> paths = files_below(tree, ".xml");
    for (const auto& directory : options.suites)
        for (auto& path : files_below(directory, ".xml"))
            paths.push_back(std::move(path));
    paths.insert(paths.end(), options.what.begin(), options.what.end());
    std::vector<script::Text> baselines;
    std::size_t files = 0;
    for (const auto& path : paths) {
        script::Text text{shown(path), read_file(path)};
        ++files;
        switch (file_kind(text.contents)) {
        case Kind::other:
            if (std::find(options.what.begin(), options.what.end(), path) == options.what.end())
                break;
            [[fallthrough]]; // whoever names it takes it for a suite, and is told
        case Kind::suite:
            suites.push_back(std::move(text));
            break;
        case Kind::sut:
            script::load_sut(std::move(text), mistakes);
            break;
        case Kind::baseline:
            baselines.push_back(std::move(text));
            break;
        }
    }
    model::Ledger ledger;
    script::Options how;
    how.tree = tree;
    how.source = [](std::string_view name) -> std::optional<std::string> {
        try {
            return read_file(std::string(name));
        } catch (const Trouble&) {
            return std::nullopt;
        }
    };
    const auto own = script::lint(suites, how);
    mistakes.insert(mistakes.end(), own.begin(), own.end());
    if (!baselines.empty()) {
        how.ledger = &ledger;
        std::vector<model::Mistake> told; // by lint() already
        for (const auto& one : script::load(suites, how, told).cases)
            known.cases.push_back(one.id);
        known.requirements = ledger.ids();
        for (auto& text : baselines)
            script::load_baseline(std::move(text), known, mistakes);
    }
    print(mistakes);
    if (mistakes.empty())
        fmt::print("{} files, no mistake\n", files);
    else
        fmt::print(stderr, "{} mistake{} in {} files\n", mistakes.size(), mistakes.size() == 1 ? "" : "s",
                   files);
    return mistakes.empty() ? 0 : 2;
}

int profile_verb(const Options& options) {
    const std::string text = script::new_profile(options.new_role);
    if (text.empty())
        throw Trouble(fmt::format("\"{}\" is no role that an implementation can take: {}", options.new_role,
                                  base::join(script::sut_roles(), " ")));
    write_to_output()(text);
    // What its template and its hooks may be asked for. Words that a profile has no place for are not
    // claimed.
    const std::string path = data_directory() + "/suites/settings.xml";
    if (const auto words = script::explain_settings({shown(path), read_file(path)}, options.new_role);
        !words.empty())
        write_to_output()(fmt::format("\n<!-- {}-->\n", words));
    return 0;
}

} // namespace run
