#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/run/options.h"
#include "harness/script/source.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace run {

/// Everything that suites say, ours and the user's.
struct Suites {
    model::Ledger ledger;
    model::Library library;
    std::vector<std::string> own_files; ///< that the user named on the command line
};

/// Loads our suites, those of --suites and the .xml files among Options::what. `profile` overrides the
/// dialect (that of a SUT); `claims` are the SUT's. Prints every mistake as file:line:column and throws
/// Finish{2}.
std::unique_ptr<Suites> load_suites(const Options&, const std::string& profile = {},
                                    std::optional<std::vector<std::string>> claims = {});

/// As load_suites, without what nobody needs who plays nothing: of our suites only the passive rules of the
/// specification that the profile belongs to, its ledger and what they stand on.
std::unique_ptr<Suites> load_rules(const Options&);

/// As load_rules, with suites that are in no file.
std::unique_ptr<Suites> load_texts(const std::vector<script::Text>&, const std::string& profile,
                                   std::optional<std::vector<std::string>> claims = {});

/// Prints mistakes as file:line:column: text on standard error.
void print(const std::vector<model::Mistake>&);

/// What the user asked for, in the order of the suites. A word that selects nothing is a Trouble that names
/// the nearest thing there is.
std::vector<const model::Case*> select(const Options&, const Suites&);

/// What templates, topologies and settings of that name are like; empty if nothing is called so.
std::string explain_word(const Options&, const std::string& word);
/// Names that explain_word() knows of templates and topologies.
std::vector<std::string> words_to_explain(const Options&);

/// What a file is, by the first element in it: suites and everything that belongs to them, or what may lie
/// beside them.
enum class Kind {
    suite,
    sut,
    baseline,
    other ///< results, configurations of peers
};
Kind file_kind(const std::string& text);

/// A path as the user would write it from here.
std::string shown(const std::string& path);

} // namespace run
