#include "harness/script/settings.h"

#include "harness/script/mistakes.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {

void SettingNames::add(const Tag& root, Mistakes& mistakes) {
    for (const auto& tag : root.children()) {
        const bool of_role = tag.name() == "role";
        if (!of_role && tag.name() != mobile_node) {
            mistakes.add(
                tag.where(),
                fmt::format("unknown element {} in settings{}", quoted(tag.name()),
                            did_you_mean(tag.name(), std::vector<std::string>{"role", "mobile-node"})));
            continue;
        }
        tag.only(of_role ? std::vector<std::string>{"name"} : std::vector<std::string>{}, mistakes);
        auto& role = roles_[of_role ? tag.required("name", mistakes) : std::string(mobile_node)];
        for (const auto& one : tag.children()) {
            const bool is_event = one.name() == "event";
            if (!is_event && one.name() != "setting") {
                mistakes.add(
                    one.where(),
                    fmt::format("unknown element {}{}", quoted(one.name()),
                                did_you_mean(one.name(), std::vector<std::string>{"setting", "event"})));
                continue;
            }
            one.only(is_event ? std::vector<std::string>{"name", "arguments"}
                              : std::vector<std::string>{"name"},
                     mistakes);
            std::string says = one.text();
            if (const auto arguments = one.words("arguments"); !arguments.empty())
                says += " (";
            for (const auto& argument : one.words("arguments"))
                says += fmt::format("{{{}}} ", argument);
            if (says.ends_with(' '))
                says.back() = ')';
            (is_event ? role.events : role.settings)
                .push_back({one.required("name", mistakes), std::move(says)});
        }
    }
}

void SettingNames::check(const Tag& tag, std::string_view role, const std::vector<std::string>& except,
                         Mistakes& mistakes) const {
    const auto known = roles_.find(role);
    if (known == roles_.end())
        return;
    std::vector<std::string> names;
    for (const auto& setting : known->second.settings)
        names.push_back(setting.name);
    const auto holds = [](const std::vector<std::string>& all, const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    for (const auto& attr : tag.attrs())
        if (!holds(except, attr.name) && !holds(names, attr.name))
            mistakes.add(attr.where(), fmt::format("a {} has no setting {}{}", role, quoted(attr.name),
                                                   did_you_mean(attr.name, names)));
}

std::string SettingNames::explained(std::string_view role) const {
    const auto known = roles_.find(role);
    if (known == roles_.end())
        return {};
    std::string out;
    for (const auto& [name, says] : known->second.settings)
        out += fmt::format("  {{{{set.{}}}}}  {}\n", name, says);
    for (const auto& [name, says] : known->second.events)
        out += fmt::format("  hook on=\"{}\"  {}\n", name, says);
    return out;
}

} // namespace script
