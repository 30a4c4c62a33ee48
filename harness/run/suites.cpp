#include "harness/run/suites.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/script/explain.h"
#include "harness/script/loader.h"
#include "reports/events.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

namespace run {

namespace fs = std::filesystem;

namespace {

bool is_file_name(const std::string& word) {
    std::error_code error;
    return word.ends_with(".xml") && (word.find('/') != std::string::npos || fs::exists(word, error));
}

// Profiles of implementations lie beside the suites as examples; they are no suites.
bool is_sut(const std::string& path) {
    return path.find("/sut/") != std::string::npos;
}

/// Ours, those that the user adds, and those among the words.
std::vector<std::string> suite_files(const Options& options, std::vector<std::string> paths) {
    for (const auto& directory : options.suites) {
        if (directory.ends_with(".xml")) {
            paths.push_back(directory);
            continue;
        }
        const auto more = files_below(directory, ".xml");
        paths.insert(paths.end(), more.begin(), more.end());
    }
    for (const auto& word : options.what)
        if (is_file_name(word))
            paths.push_back(word);
    std::set<std::string> seen;
    std::erase_if(paths, [&](const std::string& path) {
        std::error_code error;
        const fs::path canonical = fs::weakly_canonical(path, error);
        return is_sut(path) || !seen.insert(error ? path : canonical.string()).second;
    });
    return paths;
}

} // namespace

std::string shown(const std::string& path) {
    std::error_code error;
    const fs::path near = fs::proximate(path, error);
    return error || near.string().starts_with("..") ? path : near.string();
}

void print(const std::vector<model::Mistake>& mistakes) {
    for (const auto& mistake : mistakes) {
        const std::string where = model::text(mistake.where);
        fmt::print(stderr, "{}{}{}\n", reports::clean(where), where.empty() ? "" : ": ",
                   reports::clean(mistake.sentence));
    }
}

namespace {

using Wanted = std::function<bool(const script::Text&)>;

bool is_named(const Options& options, const std::string& path) {
    return std::find(options.what.begin(), options.what.end(), path) != options.what.end();
}

std::string our_tree() {
    return shown(data_directory() + "/suites");
}

std::vector<std::string> our_files() {
    return files_below(our_tree(), ".xml");
}

/// The rules of one specification and the requirements that they may name; what else they use is read when
/// they use it. Reading everything would take longer than judging a small capture.
std::vector<std::string> rule_files(const std::string& spec) {
    std::vector<std::string> out{our_tree() + "/requirements/" + spec + ".xml",
                                 our_tree() + "/rules/" + spec + ".xml"};
    if (spec == "pmip6-nemo") // stands on the other one
        out.push_back(our_tree() + "/requirements/pmip6.xml");
    return out;
}

std::vector<script::Text> texts_of(const Options& options, const std::vector<std::string>& ours) {
    std::vector<script::Text> out;
    for (const auto& path : suite_files(options, ours)) {
        std::string contents = read_file(path);
        // A profile or a baseline beside somebody's suites is none of them, but where it is named as one.
        if (file_kind(contents) == Kind::suite || is_named(options, path))
            out.push_back({shown(path), std::move(contents)});
    }
    return out;
}

std::unique_ptr<Suites> load(const Options& options, const std::string& profile,
                             std::optional<std::vector<std::string>> claims,
                             const std::vector<std::string>& ours, const Wanted& wanted,
                             const std::vector<script::Text>& further = {}) {
    auto out = std::make_unique<Suites>();
    const std::string tree = our_tree();
    std::vector<script::Text> texts = texts_of(options, ours);
    std::erase_if(texts, [&](const script::Text& text) { return !wanted(text); });
    texts.insert(texts.end(), further.begin(), further.end());
    for (const auto& word : options.what)
        if (is_file_name(word))
            out->own_files.push_back(shown(word));
    script::Options how;
    how.profile = !profile.empty() ? profile : options.profile_given ? options.profile : std::string{};
    how.claims = std::move(claims);
    how.tree = tree;
    how.source = [](std::string_view name) -> std::optional<std::string> {
        try {
            return read_file(std::string(name));
        } catch (const Trouble&) {
            return std::nullopt;
        }
    };
    how.ledger = &out->ledger;
    std::vector<model::Mistake> mistakes;
    out->library = script::load(std::move(texts), how, mistakes);
    out->library.ledger = &out->ledger;
    if (!mistakes.empty()) {
        print(mistakes);
        fmt::print(stderr, "mobiconform: {} mistake{}; nothing was played\n", mistakes.size(),
                   mistakes.size() == 1 ? "" : "s");
        throw Finish{2};
    }
    return out;
}

} // namespace

std::unique_ptr<Suites> load_suites(const Options& options, const std::string& profile,
                                    std::optional<std::vector<std::string>> claims) {
    return load(options, profile, std::move(claims), our_files(), [](const script::Text&) { return true; });
}

Kind file_kind(const std::string& text) {
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
        const std::string_view rest = std::string_view(text).substr(at + 1);
        if (rest.starts_with("!--")) {
            at = text.find("-->", at);
            if (at == std::string::npos)
                break;
            continue;
        }
        if (rest.starts_with("?") || rest.starts_with("!"))
            continue;
        return rest.starts_with("sut")                                      ? Kind::sut
               : rest.starts_with("baseline")                               ? Kind::baseline
               : rest.starts_with("testsuites") || rest.starts_with("peer") ? Kind::other
                                                                            : Kind::suite;
    }
    return Kind::suite;
}

namespace {

bool has_rules(const script::Text& text) {
    return text.contents.find("<case ") == std::string::npos ||
           text.contents.find("<rule ") != std::string::npos;
}

} // namespace

std::unique_ptr<Suites> load_rules(const Options& options) {
    const std::string spec = spec_of(options.profile);
    auto out = load(options, {}, {}, options.suites.empty() ? rule_files(spec) : our_files(), has_rules);
    // The same message may be right in one specification and wrong in another.
    std::erase_if(out->library.rules, [&](const model::Rule& rule) { return rule.suite != spec; });
    return out;
}

std::unique_ptr<Suites> load_texts(const std::vector<script::Text>& texts, const std::string& profile,
                                   std::optional<std::vector<std::string>> claims) {
    return load({}, profile, std::move(claims), our_files(), has_rules, texts);
}

std::string explain_word(const Options& options, const std::string& word) {
    const std::string settings = our_tree() + "/settings.xml";
    return script::explain(texts_of(options, our_files()), word) +
           script::explain_settings({settings, read_file(settings)}, word);
}

std::vector<std::string> words_to_explain(const Options& options) {
    return script::explainable(texts_of(options, our_files()));
}

namespace {

// One word of the command line.
class Word {
public:
    Word(std::string word, const Suites& suites) : word_(std::move(word)), suites_(suites) {
        while (word_.size() > 1 && word_.back() == '/')
            word_.pop_back();
    }
    bool selects(const model::Case& one) const {
        if (is_file_name(word_))
            return one.where.file && *one.where.file == shown(word_);
        if (base::glob(word_, one.id) || one.purpose == word_ || base::glob(word_, one.suite))
            return true;
        if (one.id.starts_with(word_ + "/") || one.id.starts_with(word_ + "["))
            return true;
        const auto ids = one.proves();
        return std::any_of(ids.begin(), ids.end(),
                           [&](const std::string& id) { return base::glob(word_, id); });
    }
    std::string nothing() const {
        std::set<std::string> known;
        for (const auto& one : suites_.library.cases) {
            known.insert(one.id);
            known.insert(one.suite);
            known.insert(one.purpose);
        }
        for (const auto& id : suites_.ledger.ids())
            known.insert(id);
        known.erase("");
        const std::string near = base::nearest(word_, std::vector<std::string>(known.begin(), known.end()));
        if (suites_.ledger.find(word_))
            return fmt::format("no case proves {}", word_);
        return fmt::format("\"{}\" names no case, suite or requirement{}", reports::clean(word_),
                           near.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", near));
    }

private:
    std::string word_;
    const Suites& suites_;
};

model::Cost dearest(const std::string& word) {
    return word == "short" ? model::Cost::brief : word == "long" ? model::Cost::lengthy : model::Cost::medium;
}

template <class Words, class Test>
bool any(const Words& words, Test test) {
    return words.empty() || std::any_of(words.begin(), words.end(), test);
}

bool passes(const Options& options, const Suites& suites, const model::Case& one) {
    const auto ids = one.proves();
    const auto holds = [](const std::vector<std::string>& all, const std::string& wanted) {
        return std::any_of(all.begin(), all.end(),
                           [&](const std::string& each) { return base::glob(wanted, each); });
    };
    const auto of_section = [&](const std::string& section) {
        return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
            const auto* requirement = suites.ledger.find(id);
            if (!requirement)
                return false;
            const auto clauses = base::split(requirement->section, " ,;");
            return std::any_of(clauses.begin(), clauses.end(), [&](const std::string& clause) {
                return clause == section || clause.starts_with(section + ".");
            });
        });
    };
    return one.cost <= dearest(options.cost) &&
           any(options.roles, [&](const auto& role) { return holds(one.under_test, role); }) &&
           any(options.requirements, [&](const auto& id) { return holds(ids, id); }) &&
           any(options.needs, [&](const auto& need) { return holds(one.needs, need); }) &&
           any(options.sections, of_section);
}

} // namespace

std::vector<const model::Case*> select(const Options& options, const Suites& suites) {
    std::optional<std::set<std::string>> failed;
    if (!options.failed_from.empty()) {
        failed.emplace();
        for (const auto& result :
             reports::results_of(read_file(options.failed_from + "/events.ndjson", 1u << 30)))
            if (model::is_red(result.verdict))
                failed->insert(result.id);
    }
    std::vector<Word> words;
    for (const auto& text : options.what)
        words.emplace_back(text, suites);
    std::vector<bool> useful(words.size(), false);
    std::vector<const model::Case*> out;
    for (const auto& one : suites.library.cases) {
        bool wanted = words.empty();
        for (std::size_t i = 0; i < words.size(); ++i)
            if (words[i].selects(one))
                wanted = useful[i] = true;
        if (wanted && passes(options, suites, one) && (!failed || failed->contains(one.id)))
            out.push_back(&one);
    }
    std::string mistakes;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (!useful[i])
            mistakes += (mistakes.empty() ? "" : "\n") + words[i].nothing();
    if (!mistakes.empty())
        throw Trouble(mistakes);
    return out;
}

} // namespace run
