#include "peers/nemo/mr_policy.h"

#include "peers/common/settings.h"

namespace peers::nemo {

MrPolicy mr_policy(const model::Settings& settings) {
    const common::SettingsReader read(settings);
    MrPolicy policy;
    policy.home_address = base::parse_ip6(read.text("home-address").value_or("")).value_or(base::Ip6{});
    policy.home = read.prefix("home-prefix").value_or(base::Prefix{policy.home_address, 64}.canonical());
    for (const std::string& word : read.words("home-agents"))
        if (const auto address = base::parse_ip6(word))
            policy.agents.push_back(*address);
    policy.owned = read.prefixes("owned");
    policy.wanted = static_cast<unsigned>(read.number("prefixes", policy.owned.empty() ? 1 : 0));
    policy.explicit_mode = read.text("mode").value_or("explicit") != "implicit";
    policy.persistent = read.flag("persistent", policy.persistent);
    policy.implicit = read.flag("implicit", policy.implicit);
    policy.length = static_cast<std::uint8_t>(read.number("prefix-length", policy.length));
    policy.type = static_cast<std::uint8_t>(read.number("prefix-type", policy.type));
    policy.lifetime = read.lifetime("lifetime", policy.lifetime);
    const auto bootstrap = read.text("bootstrap").value_or("both");
    policy.asks_list = bootstrap != "request";
    policy.asks_prefixes = bootstrap != "list";
    policy.advertise = read.duration("advertise", policy.advertise);
    policy.back_off = read.duration("back-off", policy.back_off);
    return policy;
}

} // namespace peers::nemo
