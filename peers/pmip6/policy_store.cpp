#include "peers/pmip6/policy_store.h"

#include "harness/base/text.h"

namespace peers::pmip6 {

namespace {

bool is_on(std::string_view text) {
    return text == "on" || text == "yes" || text == "true" || text == "1";
}

void apply(Profile& profile, const model::Arguments& settings) {
    for (const auto& [name, value] : settings) {
        if (name == "service")
            profile.service = is_on(value);
        else if (name == "prefix")
            profile.prefix = base::parse_prefix(value);
        else if (name == "mags")
            profile.mags = base::split(value, " ,");
        else if (name == "lma")
            profile.lma = value;
        else if (name == "pseudonym")
            profile.pseudonyms = base::split(value, " ,");
        else if (name == "local-routing")
            profile.local_routing = value == "default" ? std::optional<bool>{} : is_on(value);
        else if (name == "mobile-router")
            profile.mobile_router = is_on(value);
        else if (name == "prefixes")
            profile.network = base::parse_prefix(value.substr(0, value.find(' ')));
        else if (name == "configuration")
            profile.configuration = value == "stateful" ? Configuration::stateful
                                    : value == "both"   ? Configuration::both
                                                        : Configuration::stateless;
    }
}

template <class Map, class Key>
const Profile* look_up(const std::vector<Profile>& profiles, const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &profiles[found->second];
}

} // namespace

PolicyStore::PolicyStore(const model::Topology& topology) {
    for (const model::Identity& identity : topology.identities) {
        Profile profile;
        profile.name = identity.name;
        profile.nai = identity.nai;
        profile.mac = identity.mac;
        profile.link_local = identity.link_local;
        profile.prefix = identity.home_network_prefix;
        profile.lma = identity.lma;
        apply(profile, identity.policy);
        profiles_.push_back(std::move(profile));
    }
    index();
}

void PolicyStore::index() {
    by_nai_.clear();
    by_identity_.clear();
    by_mac_.clear();
    for (std::size_t i = 0; i < profiles_.size(); ++i) {
        const Profile& p = profiles_[i];
        by_nai_.emplace(p.nai, i);
        by_identity_.emplace(p.nai, i);
        by_identity_.emplace(p.name, i);
        for (const std::string& pseudonym : p.pseudonyms)
            by_identity_.emplace(pseudonym, i);
        if (p.mac != base::Mac{})
            by_mac_.emplace(p.mac, i);
    }
}

const Profile* PolicyStore::by_nai(std::string_view nai) const {
    return reachable_ ? look_up(profiles_, by_nai_, std::string(nai)) : nullptr;
}

const Profile* PolicyStore::by_identity(std::string_view identity) const {
    return reachable_ ? look_up(profiles_, by_identity_, std::string(identity)) : nullptr;
}

const Profile* PolicyStore::by_mac(const base::Mac& mac) const {
    return reachable_ ? look_up(profiles_, by_mac_, mac) : nullptr;
}

bool PolicyStore::change(const model::Arguments& arguments) {
    const auto named = [&](const char* key) {
        const auto found = arguments.find(key);
        return found == arguments.end() ? std::string() : found->second;
    };
    const std::string nai = named("nai"), name = named("mobile-node");
    auto found = by_identity_.find(name.empty() ? nai : name);
    if (found == by_identity_.end()) {
        if (nai.empty())
            return false;
        profiles_.push_back(Profile{.name = name.empty() ? nai : name, .nai = nai});
        index();
        found = by_identity_.find(nai);
    }
    apply(profiles_[found->second], arguments);
    index();
    return true;
}

} // namespace peers::pmip6
