#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"

#include <optional>
#include <string_view>
#include <vector>

namespace peers::common {

/// Settings of a node as values. What does not parse counts as not set: the suite's loader complains of it,
/// not a machine.
class SettingsReader {
public:
    explicit SettingsReader(const model::Settings& settings) : settings_(&settings) {}
    std::optional<std::string_view> text(std::string_view name) const;
    bool flag(std::string_view name, bool otherwise) const; ///< on, yes, true, 1
    base::Duration duration(std::string_view name, base::Duration otherwise) const;
    std::optional<base::Duration> duration(std::string_view name) const;
    std::uint64_t number(std::string_view name, std::uint64_t otherwise) const;
    std::optional<base::Prefix> prefix(std::string_view name) const;
    std::vector<base::Prefix> prefixes(std::string_view name) const;
    std::vector<std::string> words(std::string_view name) const;
    /// A duration in units of four seconds, rounded down, at most 65535.
    std::uint16_t lifetime(std::string_view name, std::uint16_t otherwise) const;

private:
    const model::Settings* settings_;
};

/// Units of four seconds in a length of time, rounded down, at most 65535.
std::uint16_t lifetime_units(base::Duration);

} // namespace peers::common
