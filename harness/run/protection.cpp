#include "harness/run/protection.h"

#include "harness/base/text.h"
#include "harness/run/mobility_keys.h"
#include "harness/run/opened.h"

#include <algorithm>
#include <memory>

namespace run {

namespace {

constexpr std::uint8_t mobility = 135, binding_update = 5, binding_acknowledgement = 6;
constexpr std::uint8_t icmp = 58, echo_request = 128, echo_reply = 129;
constexpr std::uint32_t first_spi = 0x1000;

std::string setting(const model::Node& node, const std::string& name, const std::string& otherwise = {}) {
    const auto found = node.settings.find(name);
    return found == node.settings.end() ? otherwise : found->second;
}

/// A host that is asked whether it is there: what it protects is the echo.
bool is_echo(const model::Node& node) {
    return node.role == "host" && node.settings.contains("protect");
}

/// Home agents need keys for the home addresses of their nodes, so they say themselves that they protect.
bool is_anchor(const model::Node& node) {
    return node.role == "lma" || (node.role == "ha" && node.settings.contains("protect")) || is_echo(node);
}

std::vector<base::Ip6> addresses_of(const model::Node& node) {
    std::vector<base::Ip6> out;
    for (const auto& port : node.ports)
        for (const auto& address : port.addresses)
            if (address.address.is_routable_unicast())
                out.push_back(address.address);
    return out;
}

base::Bytes key(std::uint64_t seed, const crypto::Association& one, std::uint8_t purpose,
                std::size_t octets) {
    static constexpr std::uint8_t label[] = {'m', 'a', 'n', 'u', 'a', 'l'};
    base::Bytes context(8);
    base::write32(context, 0, static_cast<std::uint32_t>(seed >> 32));
    base::write32(context, 4, static_cast<std::uint32_t>(seed));
    base::Bytes out;
    for (std::uint8_t block = 0; out.size() < octets; ++block) {
        const std::uint8_t head[] = {purpose, block, static_cast<std::uint8_t>(one.protocol)};
        const auto more =
            crypto::hmac_sha256(label, {context, head, one.source.octets, one.destination.octets});
        out.insert(out.end(), more.begin(), more.end());
    }
    out.resize(octets);
    return out;
}

/// What an anchor's settings say of all its associations.
crypto::Association kind_of(const model::Node& anchor, const std::string& protect) {
    crypto::Association out;
    out.protocol = protect == "ah" ? crypto::Protocol::ah : crypto::Protocol::esp;
    if (out.protocol == crypto::Protocol::esp)
        out.cipher = crypto::cipher_named(setting(anchor, "cipher")).value_or(crypto::Cipher::null);
    out.integrity = out.cipher == crypto::Cipher::aes_gcm
                        ? crypto::Integrity::none
                        : crypto::integrity_named(setting(anchor, "integrity"))
                              .value_or(crypto::Integrity::hmac_sha2_256_128);
    out.window = static_cast<unsigned>(
        std::min<std::uint64_t>(base::parse_number(setting(anchor, "window")).value_or(64), 0xffff));
    return out;
}

std::size_t cipher_key_octets(const model::Node& anchor, crypto::Cipher cipher) {
    if (cipher == crypto::Cipher::null)
        return 0;
    const auto bits = base::parse_number(setting(anchor, "cipher-bits")).value_or(128);
    const std::size_t octets = bits == 192 || bits == 256 ? static_cast<std::size_t>(bits / 8) : 16;
    return cipher == crypto::Cipher::aes_gcm ? octets + 4 : octets;
}

/// Between one anchor and all others, both ways.
void connect(const model::Topology& topology, const model::Node& anchor, const std::string& protect,
             std::uint64_t seed, crypto::Configuration& all) {
    const crypto::Association kind = kind_of(anchor, protect);
    const std::size_t cipher_octets = cipher_key_octets(anchor, kind.cipher);
    const auto first = base::parse_number(setting(anchor, "first-sequence")).value_or(1);
    for (const base::Ip6& own : addresses_of(anchor)) {
        for (const model::Node& other : topology.nodes) {
            if (&other == &anchor)
                continue;
            for (const base::Ip6& theirs : addresses_of(other))
                for (const bool there : {false, true}) {
                    crypto::Association one = kind;
                    one.source = there ? own : theirs;
                    one.destination = there ? theirs : own;
                    one.spi = first_spi + static_cast<std::uint32_t>(all.associations.size());
                    one.cipher_key = key(seed, one, 1, cipher_octets);
                    one.integrity_key = key(seed, one, 2, crypto::key_size(one.integrity));
                    if (there)
                        one.first = static_cast<std::uint32_t>(first);
                    all.associations.push_back(std::move(one));
                }
        }
        crypto::Policy policy;
        policy.protocol = kind.protocol;
        // Hosts that register themselves have associations of their home addresses, which nobody knows here.
        if (const auto hosts = base::parse_prefix(setting(anchor, "home-link"))) {
            crypto::Policy bypass;
            bypass.verdict = crypto::Policy::Verdict::bypass;
            bypass.source = *hosts;
            bypass.destination = {own, 128};
            all.policies.push_back(bypass);
            std::swap(bypass.source, bypass.destination);
            all.policies.push_back(bypass);
        }
        policy.upper = is_echo(anchor) ? icmp : mobility;
        policy.type = is_echo(anchor) ? echo_request : binding_update;
        policy.destination = {own, 128};
        all.policies.push_back(policy);
        policy.type = is_echo(anchor) ? echo_reply : binding_acknowledgement;
        std::swap(policy.source, policy.destination);
        all.policies.push_back(policy);
    }
}

/// Access routers of NetMIPv6, which hand nodes over to each other (netmip6-01, 7).
bool is_access_router(const model::Node& node) {
    return (node.role == "sar" || node.role == "tar" || node.role == "ar") && setting(node, "ah") != "off";
}

/// AH for the HO messages between two access routers, both ways, with an association for each direction.
void connect_routers(const model::Node& one, const model::Node& other, std::uint64_t seed,
                     crypto::Configuration& all) {
    constexpr std::uint8_t ho_request = 200, ho_response = 201;
    for (const bool there : {true, false}) {
        const model::Node& from = there ? one : other;
        crypto::Association association;
        association.protocol = crypto::Protocol::ah;
        association.integrity =
            crypto::integrity_named(setting(from, "integrity")).value_or(crypto::Integrity::hmac_sha1_96);
        association.source = from.address();
        association.destination = (there ? other : one).address();
        association.spi = first_spi + static_cast<std::uint32_t>(all.associations.size());
        association.integrity_key = key(seed, association, 2, crypto::key_size(association.integrity));
        crypto::Policy policy;
        policy.protocol = crypto::Protocol::ah;
        policy.source = {association.source, 128};
        policy.destination = {association.destination, 128};
        policy.upper = icmp;
        for (const auto& [name, type] :
             {std::pair{"ho-request-type", ho_request}, std::pair{"ho-response-type", ho_response}}) {
            policy.type = static_cast<std::uint8_t>(base::parse_number(setting(from, name)).value_or(type));
            all.policies.push_back(policy);
        }
        all.associations.push_back(std::move(association));
    }
}

/// Of everything what concerns a node.
crypto::Configuration part_of(const crypto::Configuration& all, const model::Node& node) {
    if (node.player == model::Player::tester)
        return all;
    const auto own = addresses_of(node);
    const auto owns = [&](const base::Ip6& address) {
        return std::find(own.begin(), own.end(), address) != own.end();
    };
    crypto::Configuration out = all;
    std::erase_if(out.associations,
                  [&](const auto& one) { return !owns(one.source) && !owns(one.destination); });
    if (out.associations.empty())
        out.policies.clear();
    return out;
}

} // namespace

void protect(model::Topology& topology, const std::string& otherwise, std::uint64_t seed) {
    crypto::Configuration all;
    for (const model::Node& node : topology.nodes) {
        const std::string how = setting(node, "protect", otherwise);
        if (is_anchor(node) && (how == "esp" || how == "ah") && !node.settings.contains("security"))
            connect(topology, node, how, seed, all);
    }
    for (std::size_t i = 0; i < topology.nodes.size(); ++i)
        for (std::size_t j = i + 1; j < topology.nodes.size(); ++j)
            if (is_access_router(topology.nodes[i]) && is_access_router(topology.nodes[j]))
                connect_routers(topology.nodes[i], topology.nodes[j], seed, all);
    if (all.empty())
        return;
    for (model::Node& node : topology.nodes) {
        if (node.settings.contains("security") || (!is_anchor(node) && setting(node, "protect") == "none"))
            continue;
        const auto part = part_of(all, node);
        if (!part.empty())
            node.settings["security"] = crypto::text(part);
    }
}

stage::Fabric::Opens opener(const model::Topology& topology, const wire::Profile& profile) {
    std::vector<crypto::Association> known;
    for (const model::Node& node : topology.nodes) {
        std::vector<std::string> mistakes;
        for (auto& one : crypto::parse(setting(node, "security"), mistakes).associations)
            if (std::find(known.begin(), known.end(), one) == known.end())
                known.push_back(std::move(one));
    }
    const auto authentication = std::make_shared<AuthenticationWatcher>(mobility_keys(topology));
    if (known.empty() && authentication->empty())
        return {};
    return [watcher = std::make_shared<crypto::Watcher>(known), authentication,
            profile](const wire::Packet& packet) -> std::optional<wire::Packet> {
        auto open = opened(*watcher, packet, profile);
        if (open || authentication->empty() ||
            (!packet.find<wire::BindingUpdate>() && !packet.find<wire::BindingAcknowledgement>()))
            return open;
        wire::Packet copy = packet;
        return authentication->look(copy) ? std::optional(std::move(copy)) : std::nullopt;
    };
}

} // namespace run
