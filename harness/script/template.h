#pragma once

#include "harness/script/context.h"
#include "harness/script/xml.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace script {

/// The templates that a suite uses. They stay XML until they are used: ${self} and the profile decide what
/// they say.
class Templates {
public:
    /// Reads a <templates> file; the document outlives this object.
    void add(const Tag& file, const Context& context);

    bool has(std::string_view name) const { return forms_.count(std::string(name)) != 0; }
    std::vector<std::string> names() const;

    /// A template with all that it derives from, the most basic first. `base` is an element of the vocabulary
    /// or "packet"; empty after a mistake.
    struct Chain {
        std::string base;
        std::vector<Tag> forms;
        /// The last form that has the attribute says it.
        std::string value(std::string_view attribute) const;
        std::vector<std::string> words(std::string_view attribute) const;
    };
    Chain chain(std::string_view name, const Context& context) const;

    /// `learn` elements of all files.
    const std::vector<Tag>& learns() const { return learns_; }

private:
    struct Form {
        Tag tag;
        std::vector<std::string> profiles; ///< empty: all that have no form of their own
    };
    const Form* form(std::string_view name, const Context& context, const Form* derived) const;

    std::map<std::string, std::vector<Form>> forms_;
    std::vector<Tag> learns_;
};

} // namespace script
