#include "peers/dhcp/options.h"

namespace peers::dhcp {

namespace {

constexpr unsigned most_depth = 8;
/// Options of which the decoder knows the layout (RFC 3315, 24.3; RFC 3633, 16).
constexpr bool has_layout(std::uint16_t type) {
    constexpr std::uint16_t known[] = {3, 4, 5, 7, 8, 11, 12, 13, 25, 26};
    return std::ranges::find(known, type) != std::end(known);
}

bool is_sound_within(const wire::Dhcpv6Options& options, unsigned depth) {
    return depth < most_depth && std::ranges::all_of(options, [&](const wire::Dhcpv6Option& one) {
               if (std::holds_alternative<wire::RawOption>(one))
                   return false;
               if (const auto* unknown = std::get_if<wire::UnknownDhcpv6Option>(&one))
                   return !has_layout(unknown->type);
               if (const auto* pd = std::get_if<wire::IaPd>(&one))
                   return is_sound_within(pd->options, depth + 1);
               if (const auto* na = std::get_if<wire::IaNa>(&one))
                   return is_sound_within(na->options, depth + 1);
               if (const auto* prefix = std::get_if<wire::IaPrefix>(&one))
                   return prefix->prefix_length <= 128 && is_sound_within(prefix->options, depth + 1);
               return true;
           });
}

} // namespace

bool is_sound(const wire::Dhcpv6Options& options) {
    return is_sound_within(options, 0);
}

} // namespace peers::dhcp
