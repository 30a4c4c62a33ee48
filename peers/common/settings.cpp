#include "peers/common/settings.h"

#include "harness/base/text.h"

#include <algorithm>

namespace peers::common {

namespace {

/// Length of the unit in which Lifetime fields count (RFC 3775, 6.1.7).
constexpr int lifetime_unit_seconds = 4;

} // namespace

std::uint16_t lifetime_units(base::Duration d) {
    const auto units = d / std::chrono::seconds(lifetime_unit_seconds);
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(units, 0, 0xffff));
}

std::optional<std::string_view> SettingsReader::text(std::string_view name) const {
    const auto found = settings_->find(std::string(name));
    if (found == settings_->end())
        return std::nullopt;
    return found->second;
}

bool SettingsReader::flag(std::string_view name, bool otherwise) const {
    const auto value = text(name);
    if (!value)
        return otherwise;
    return *value == "on" || *value == "yes" || *value == "true" || *value == "1";
}

std::optional<base::Duration> SettingsReader::duration(std::string_view name) const {
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    const auto parsed = base::parse_duration(*value);
    return parsed && *parsed >= base::Duration{} ? parsed : std::nullopt;
}

base::Duration SettingsReader::duration(std::string_view name, base::Duration otherwise) const {
    return duration(name).value_or(otherwise);
}

std::uint64_t SettingsReader::number(std::string_view name, std::uint64_t otherwise) const {
    const auto value = text(name);
    return value ? base::parse_number(*value).value_or(otherwise) : otherwise;
}

std::vector<std::string> SettingsReader::words(std::string_view name) const {
    const auto value = text(name);
    return value ? base::split(*value, " ,") : std::vector<std::string>{};
}

std::vector<base::Prefix> SettingsReader::prefixes(std::string_view name) const {
    std::vector<base::Prefix> list;
    for (const std::string& word : words(name))
        if (const auto prefix = base::parse_prefix(word))
            list.push_back(*prefix);
    return list;
}

std::optional<base::Prefix> SettingsReader::prefix(std::string_view name) const {
    const auto list = prefixes(name);
    return list.empty() ? std::nullopt : std::optional(list.front());
}

std::uint16_t SettingsReader::lifetime(std::string_view name, std::uint16_t otherwise) const {
    const auto value = duration(name);
    return value ? lifetime_units(*value) : otherwise;
}

} // namespace peers::common
