#pragma once

#include "harness/script/xml.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace script {

/// Which settings a role has, which policies a mobile node, and which events can be told: so that a slip of
/// the pen is a mistake and not a case that silently plays with a default. Collected from all files whose
/// root is <settings>.
class SettingNames {
public:
    /// The role under which policies of mobile nodes are kept.
    static constexpr std::string_view mobile_node = "mobile-node";

    void add(const Tag& root, Mistakes& mistakes);
    /// Every attribute but those of `except` has to be a setting of the role. Roles of which nothing is said
    /// may have any.
    void check(const Tag& tag, std::string_view role, const std::vector<std::string>& except,
               Mistakes& mistakes) const;
    /// A line for each setting and event of the role with what it means.
    std::string explained(std::string_view role) const;

private:
    struct Entry {
        std::string name, says;
    };
    struct Role {
        std::vector<Entry> settings, events;
    };
    std::map<std::string, Role, std::less<>> roles_;
};

} // namespace script
