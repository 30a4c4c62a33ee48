#pragma once

#include "harness/model/scenario.h"

#include <string>
#include <vector>

namespace script {

/// A field as a case would write it. `usual`: its sender would say that by itself, or it follows from the
/// request.
struct WrittenField {
    std::string name, text;
    bool usual = false;
};

/// An element of a packet as a case would write it.
struct Written {
    std::string name;
    std::vector<WrittenField> fields;
    std::vector<Written> children;
    std::vector<std::string> without; ///< options that the template has and the packet has not

    const WrittenField* field(std::string_view name) const;
    /// Nothing in it says anything of its own.
    bool is_usual() const;
};

/// What a packet is written for.
enum class Manner {
    sent,     ///< what the template says anyway, and what is usual, is left out
    expected, ///< what is usual is free
    compared, ///< every field is insisted on, and nothing more may come
};

/// The element as a use of that form of a template; `self` is the mobile node that it is about.
Written against(const Written& whole, const model::ElementSpec& form, const std::string& self, Manner);
/// The element as it stands, without a template.
Written plainly(const Written& whole, Manner);
/// What the form says of that field, with ${self} resolved and without ~; empty if nothing.
std::string said_by(const model::ElementSpec& form, std::string_view field, const std::string& self);
/// True if all that the form insists on is written so, and, unless more is free, nothing is written that it
/// does not speak of.
bool says_the_same(const Written& whole, const model::ElementSpec& form, const std::string& self,
                   bool more_is_free);

/// What the recording does not show because it is zero must be zero again: reserved bits.
void insist_on_reserved(Written&);

/// As XML on one line.
std::string xml(const Written&);
/// An attribute's value as it stands between quotation marks.
std::string quoted_for_xml(std::string_view text);

} // namespace script
