#include "harness/run/mobility_keys.h"

#include "peers/netmip6/message.h"

#include <algorithm>

namespace run {

namespace {

constexpr std::uint8_t with_home_agent = 1; // subtype MN-HA
constexpr std::size_t most_updates = 10'000;

const wire::Authentication* authentication_in(const wire::Packet& packet) {
    const wire::MobilityOptions* options = nullptr;
    if (const auto* update = packet.find<wire::BindingUpdate>())
        options = &update->options;
    else if (const auto* ack = packet.find<wire::BindingAcknowledgement>())
        options = &ack->options;
    if (!options)
        return nullptr;
    for (const auto* option : wire::find_all<wire::Authentication>(*options))
        if (option->subtype == with_home_agent)
            return option;
    return nullptr;
}

const peers::netmip6::Key* key_of(const std::vector<peers::netmip6::Key>& keys, std::uint32_t spi) {
    const auto found = std::ranges::find(keys, spi, &peers::netmip6::Key::spi);
    return found == keys.end() ? nullptr : &*found;
}

} // namespace

std::vector<peers::netmip6::Key> mobility_keys(const model::Topology& topology) {
    std::vector<peers::netmip6::Key> out;
    const auto add = [&out](const model::Settings& settings, const char* name) {
        if (const auto found = settings.find(name); found != settings.end())
            for (auto& key : peers::netmip6::parse_keys(found->second))
                if (!key_of(out, key.spi))
                    out.push_back(std::move(key));
    };
    for (const model::Node& node : topology.nodes)
        add(node.settings, "keys");
    for (const model::Identity& identity : topology.identities) {
        add(identity.policy, "key");
        add(identity.policy, "ha-key");
    }
    return out;
}

std::function<void(wire::Packet&)> mobility_signer(const model::Topology& topology,
                                                   const wire::Profile& profile) {
    const auto keys = mobility_keys(topology);
    if (keys.empty())
        return {};
    return [keys, profile](wire::Packet& packet) {
        const auto* option = authentication_in(packet);
        if (!option || !option->authenticator.empty())
            return;
        const auto* key = key_of(keys, option->spi);
        if (!key)
            return;
        // A refusal of the wildcard has no routing header and is signed with the wildcard (PC-13).
        std::optional<base::Ip6> home;
        if (packet.find<wire::BindingAcknowledgement>() && !packet.find<wire::RoutingType2>())
            home = base::Ip6{};
        peers::netmip6::sign(packet, key->octets, profile, home);
    };
}

bool AuthenticationWatcher::look(wire::Packet& packet) {
    const auto* option = authentication_in(packet);
    const auto* key = option ? key_of(keys_, option->spi) : nullptr;
    const base::View ip = key ? peers::netmip6::ip_octets(packet) : base::View{};
    const auto found = key ? crypto::mobility_packet(ip) : std::nullopt;
    const auto* header = wire::outer_ip(packet);
    if (!found || !header)
        return false;
    std::optional<base::Ip6> home, care_of;
    if (const auto* update = packet.find<wire::BindingUpdate>()) {
        if (asked_.size() >= most_updates)
            asked_.clear();
        asked_[{header->destination, header->source, update->sequence}] = {found->who.care_of,
                                                                           found->who.home};
    } else if (const auto* ack = packet.find<wire::BindingAcknowledgement>()) {
        const auto asked = asked_.find({header->source, header->destination, ack->sequence});
        if (asked != asked_.end()) {
            care_of = asked->second.care_of;
            if (!found->has_home)
                home = asked->second.home;
        } else if (!found->has_home) {
            return false; // whom it is about is not to be known
        }
    }
    if (peers::netmip6::verify(packet, *key, home, care_of) == crypto::Authenticity::authentic)
        return false;
    const auto at = crypto::find_authentication(ip.subspan(found->at, found->size),
                                                crypto::AuthenticationOption::Kind::mn_ha);
    const std::size_t link = packet.raw.size() - ip.size();
    packet.faults.push_back({wire::FaultKind::wrong_value, link + found->at + (at ? at->authenticator : 0),
                             std::string(wire::kind(packet)) + "/authentication/authenticator"});
    return true;
}

} // namespace run
