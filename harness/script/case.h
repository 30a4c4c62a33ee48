#pragma once

#include "harness/model/scenario.h"
#include "harness/script/context.h"
#include "harness/script/template.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace script {

/// What a suite says of all its cases.
struct SuiteHead {
    std::string name, spec, section;
    std::vector<std::string> under_test; ///< roles
    std::vector<std::string> topologies; ///< the first is the default
    std::string templates_key;           ///< tells these templates from those of other suites
    std::string only_profiles;           ///< empty: all
};

/// Reads cases and writes out their variations.
class CaseReader {
public:
    /// Finds a <topology> by its name; an empty tag if there is none.
    using FindTopology = std::function<Tag(const std::string& name)>;

    CaseReader(const Context& context, const SuiteHead& head, const Templates& templates, FindTopology find)
        : context_(context), head_(head), templates_(templates), find_(std::move(find)) {}

    /// Adds one case for each variation, and the barriers that they need.
    void read(const Tag& tag, model::Library& library);

private:
    struct Choice {
        std::string variable, text; ///< text: the value, or the name of the fragment
        pugi::xml_node fragment;
        std::optional<model::Cost> cost;
    };
    using Row = std::vector<Choice>; ///< chosen together: one from each <vary> of a <zip>

    std::vector<Row> axis(const Tag& vary) const;
    std::vector<Row> zip(const Tag& tag) const;
    std::vector<std::vector<Row>> axes(const Tag& tag) const;
    Choice choice(const Tag& vary, const std::string& text) const;
    std::optional<Choice> fragment(const Tag& vary, const Tag& as) const;
    void variation(const Tag& tag, const Row& chosen, model::Library& library);
    void head(const Tag& tag, model::Case& one) const;
    bool topology(const Tag& tag, model::Case& one);
    void cast(const Tag& tag, const model::Case& one) const;
    void steps(const Tag& tag, model::Case& one);
    void barriers(const Tag& tag, model::Case& one, model::Library& library);

    const Context& context_;
    const SuiteHead& head_;
    const Templates& templates_;
    FindTopology find_;
    std::map<std::string, model::Where> names_; ///< of the cases so far
};

} // namespace script
