#include "peers/common/code_points.h"

#include "harness/base/text.h"

#include <utility>

namespace peers::common {

void set_code_points(wire::Profile& profile, const std::map<std::string, std::string>& chosen) {
    using Profile = wire::Profile;
    static constexpr std::pair<const char*, std::uint8_t Profile::*> points[] = {
        {"mnp-request-option", &Profile::mnp_request_option},
        {"mnp-confirmation-option", &Profile::mnp_confirmation_option},
        {"ho-request-type", &Profile::ho_request_type},
        {"ho-response-type", &Profile::ho_response_type},
        {"ho-option-type", &Profile::ho_option_type}};
    for (const auto& [name, member] : points)
        if (const auto found = chosen.find(name); found != chosen.end())
            if (const auto number = base::parse_number(found->second); number && *number <= 0xff)
                profile.*member = static_cast<std::uint8_t>(*number);
    if (const auto found = chosen.find("nemo-alternative-s-bits"); found != chosen.end())
        profile.nemo_alternative_s_bits = found->second == "1";
}

} // namespace peers::common
