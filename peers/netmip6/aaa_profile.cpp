#include "peers/netmip6/aaa_profile.h"

#include "harness/base/text.h"
#include "peers/common/settings.h"
#include "peers/netmip6/radius_codes.h"

#include <algorithm>
#include <cctype>

namespace peers::netmip6 {

namespace {

namespace number = radius::attribute;
namespace own = radius::vendor_attribute;
using radius::Attribute;
using radius::Attributes;

base::Bytes octets(const auto& array) {
    return {array.octets.begin(), array.octets.end()};
}

base::Bytes of_prefix(const base::Prefix& prefix) {
    base::Bytes out{0, static_cast<std::uint8_t>(prefix.length)}; // RFC 3162, 2.3
    const base::Bytes address = octets(prefix.canonical().address);
    out.insert(out.end(), address.begin(), address.end());
    return out;
}

base::Bytes of_identifier(std::uint64_t identifier) {
    base::Bytes out(8);
    base::write32(out, 0, static_cast<std::uint32_t>(identifier >> 32));
    base::write32(out, 4, static_cast<std::uint32_t>(identifier));
    return out;
}

std::uint32_t seconds(base::Duration time) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

/// Reads the attributes of an accept, and remembers what was wrong with them.
class Reader {
public:
    explicit Reader(const Attributes& attributes) : attributes_(attributes) {}

    /// The value of an attribute that may be there once, or several times with the same value.
    const base::Bytes* one(unsigned type, unsigned vendor, std::size_t least, std::size_t most) {
        const auto all = radius::find_all(attributes_, type, vendor);
        if (all.empty())
            return nullptr;
        for (const Attribute* attribute : all) {
            if (attribute->value.size() < least || attribute->value.size() > most)
                doubt("a malformed attribute", type, vendor);
            if (attribute->value != all.front()->value)
                doubt("contradictory values of attribute", type, vendor);
        }
        return because_.empty() ? &all.front()->value : nullptr;
    }
    std::optional<base::Ip6> address(unsigned type, unsigned vendor = 0) {
        const base::Bytes* value = one(type, vendor, 16, 16);
        return value ? std::optional(ip6(*value)) : std::nullopt;
    }
    std::optional<base::Ip4> address4(unsigned type) {
        const base::Bytes* value = one(type, 0, 4, 4);
        return value ? std::optional(ip4(*value)) : std::nullopt;
    }
    /// Prefixes as RFC 3162, 2.3 writes them, with as many octets as are needed.
    std::optional<base::Prefix> prefix(unsigned type) {
        const base::Bytes* value = one(type, 0, 2, 18);
        if (!value)
            return std::nullopt;
        base::Bytes whole(value->begin() + 2, value->end());
        whole.resize(16);
        const base::Prefix out{ip6(whole), (*value)[1]};
        if (out.length <= 128 && (out.length + 7) / 8 <= value->size() - 2)
            return out.canonical();
        doubt("a malformed attribute", type, 0);
        return std::nullopt;
    }
    /// A length in front of all of the address (RFC 5447, 4.2.2).
    std::optional<base::Prefix> link_prefix(unsigned type) {
        const base::Bytes* value = one(type, 0, 17, 17);
        if (!value)
            return std::nullopt;
        if ((*value)[0] <= 128)
            return base::Prefix{ip6(base::View(*value).subspan(1)), (*value)[0]}.canonical();
        doubt("a malformed attribute", type, 0);
        return std::nullopt;
    }
    std::optional<std::uint64_t> identifier(unsigned type) {
        const base::Bytes* value = one(type, 0, 8, 8);
        return value ? std::optional(std::uint64_t{base::read32(*value, 0)} << 32 | base::read32(*value, 4))
                     : std::nullopt;
    }
    std::optional<base::Ip4> home_ipv4(unsigned type) {
        const base::Bytes* value = one(type, 0, 6, 6); // RFC 6572, 4.10
        return value ? std::optional(ip4(base::View(*value).subspan(2))) : std::nullopt;
    }
    std::optional<std::uint32_t> number(unsigned type, unsigned vendor = 0) {
        const base::Bytes* value = one(type, vendor, 4, 4);
        return value ? std::optional(base::read32(*value, 0)) : std::nullopt;
    }
    std::optional<base::Duration> time(unsigned type) {
        const auto value = number(type);
        return value ? std::optional<base::Duration>(std::chrono::seconds(*value)) : std::nullopt;
    }
    const std::string& because() const { return because_; }

    static base::Ip6 ip6(base::View value) {
        base::Ip6 out;
        std::copy_n(value.begin(), out.octets.size(), out.octets.begin());
        return out;
    }
    static base::Ip4 ip4(base::View value) {
        base::Ip4 out;
        std::copy_n(value.begin(), out.octets.size(), out.octets.begin());
        return out;
    }

private:
    void doubt(const char* what, unsigned type, unsigned vendor) {
        if (because_.empty())
            because_ = std::string(what) + " " + std::to_string(type) +
                       (vendor ? " of vendor " + std::to_string(vendor) : std::string{});
    }
    const Attributes& attributes_;
    std::string because_;
};

template <class T>
std::optional<T> first(std::optional<T> a, std::optional<T> b) {
    return a ? a : b;
}

std::string lowered(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool same_identity(const std::string& a, const std::string& b) {
    const auto at = a.rfind('@'), bt = b.rfind('@');
    return a.substr(0, at) == b.substr(0, bt) && (at == std::string::npos) == (bt == std::string::npos) &&
           (at == std::string::npos || lowered(a.substr(at)) == lowered(b.substr(bt)));
}

std::optional<base::Ip6> ip6_in(const common::SettingsReader& settings, std::string_view name) {
    const auto text = settings.text(name);
    return text ? base::parse_ip6(*text) : std::nullopt;
}

std::optional<base::Ip4> ip4_in(const common::SettingsReader& settings, std::string_view name) {
    const auto text = settings.text(name);
    return text ? base::parse_ip4(*text) : std::nullopt;
}

} // namespace

const model::Identity* identity_of(const model::Topology& topology, const std::string& nai) {
    const auto found = std::ranges::find_if(
        topology.identities, [&](const model::Identity& one) { return same_identity(one.nai, nai); });
    return found == topology.identities.end() ? nullptr : &*found;
}

std::string password_of(const model::Identity& identity) {
    const auto found = identity.policy.find("password");
    return found == identity.policy.end() ? "of-" + identity.name : found->second;
}

std::optional<ServiceProfile> profile_of(const model::Identity& identity) {
    const common::SettingsReader policy(identity.policy);
    if (policy.text("access") == "reject")
        return std::nullopt;
    ServiceProfile out;
    out.nai = std::string(policy.text("user-name").value_or(""));
    out.home_agent = ip6_in(policy, "home-agent");
    out.home_address = ip6_in(policy, "home-address");
    out.prefix = policy.prefix("home-prefix");
    if (const auto id = policy.text("interface-id"))
        if (const auto address = base::parse_ip6(
                id->find(':') == std::string_view::npos ? "::" + std::string(*id) : std::string(*id)))
            out.interface_id =
                std::uint64_t{base::read32(address->octets, 8)} << 32 | base::read32(address->octets, 12);
    out.ipv4_address = ip4_in(policy, "ipv4-address");
    out.ipv4_gateway = ip4_in(policy, "ipv4-gateway");
    if (const auto words = policy.words("key"); words.size() == 2)
        out.key = Key{static_cast<std::uint32_t>(base::parse_number(words[0]).value_or(0)),
                      base::parse_hex(words[1]).value_or(base::Bytes{})};
    out.map = ip6_in(policy, "map");
    out.client = policy.flag("client", false);
    for (const std::string& word : policy.words("permitted"))
        if (const auto address = base::parse_ip6(word))
            out.permitted.push_back(*address);
    out.transferable = policy.flag("transferable", true);
    out.session_timeout = policy.duration("session-timeout");
    Attributes session;
    if (const auto text = policy.text("class"))
        session.push_back({number::class_, base::Bytes(text->begin(), text->end()), 0});
    if (const auto text = policy.text("chargeable"))
        session.push_back({number::chargeable_user_identity, base::Bytes(text->begin(), text->end()), 0});
    out.attributes = octets_of(session);
    return out;
}

Attributes attributes_of(const ServiceProfile& profile) {
    Attributes out;
    const auto add = [&](unsigned type, base::Bytes value, unsigned vendor = 0) {
        out.push_back({type, std::move(value), vendor});
    };
    if (!profile.nai.empty())
        add(number::user_name, {profile.nai.begin(), profile.nai.end()});
    if (profile.home_agent)
        add(number::home_agent, octets(*profile.home_agent));
    if (profile.prefix)
        add(number::home_network_prefix, of_prefix(*profile.prefix));
    if (profile.interface_id)
        add(number::home_interface_id, of_identifier(*profile.interface_id));
    if (profile.home_address)
        add(number::framed_ipv6_address, octets(*profile.home_address));
    if (profile.ipv4_address) {
        base::Bytes value{0, 32};
        value.insert(value.end(), profile.ipv4_address->octets.begin(), profile.ipv4_address->octets.end());
        add(number::home_ipv4_address, value);
    }
    if (profile.ipv4_gateway)
        add(number::home_ipv4_gateway, octets(*profile.ipv4_gateway));
    if (profile.key && !profile.key->octets.empty()) {
        add(own::wimax_key, profile.key->octets, radius::wimax);
        add(own::wimax_spi, radius_codes::number(profile.key->spi), radius::wimax);
    }
    if (profile.map)
        add(own::map, octets(*profile.map), radius::documentation);
    if (profile.client)
        add(own::client, radius_codes::number(1), radius::documentation);
    for (const base::Ip6& router : profile.permitted)
        add(own::permitted, octets(router), radius::documentation);
    if (!profile.transferable)
        add(own::transferable, radius_codes::number(0), radius::documentation);
    if (profile.session_timeout)
        add(number::session_timeout, radius_codes::number(seconds(*profile.session_timeout)));
    if (profile.idle_timeout)
        add(number::idle_timeout, radius_codes::number(seconds(*profile.idle_timeout)));
    if (profile.interim)
        add(number::acct_interim_interval, radius_codes::number(seconds(*profile.interim)));
    for (Attribute& one : attributes_in(profile.attributes))
        out.push_back(std::move(one));
    return out;
}

ReadProfile read_profile(const Attributes& attributes) {
    Reader read(attributes);
    ServiceProfile out;
    if (const base::Bytes* name = read.one(number::user_name, 0, 1, 253))
        out.nai.assign(name->begin(), name->end());
    out.home_agent =
        first(read.address(number::home_agent), read.address(own::wimax_home_agent, radius::wimax));
    const auto link = read.link_prefix(number::home_link_prefix);
    const auto framed = read.prefix(number::framed_ipv6_prefix);
    out.prefix = first(read.prefix(number::home_network_prefix), first(link, framed));
    const auto framed_id = read.identifier(number::framed_interface_id);
    out.interface_id = first(read.identifier(number::home_interface_id), framed_id);
    out.home_address = read.address(number::framed_ipv6_address);
    const auto framed4 = read.address4(number::framed_ip_address);
    out.ipv4_address = first(read.home_ipv4(number::home_ipv4_address), framed4);
    out.ipv4_gateway = read.address4(number::home_ipv4_gateway);
    const base::Bytes* key = read.one(own::wimax_key, radius::wimax, 0, 253);
    if (const auto spi = read.number(own::wimax_spi, radius::wimax); key && spi) {
        Key made{*spi, *key};
        made.octets.resize(std::min<std::size_t>(made.octets.size(), 16));
        if (made.is_set())
            out.key = made; // what is no association is none: the common one serves
    }
    out.map = read.address(own::map, radius::documentation);
    out.client = read.number(own::client, radius::documentation).value_or(0) != 0;
    for (const Attribute* one : radius::find_all(attributes, own::permitted, radius::documentation))
        if (one->value.size() == 16)
            out.permitted.push_back(Reader::ip6(one->value));
    out.transferable = read.number(own::transferable, radius::documentation).value_or(1) != 0;
    out.session_timeout = read.time(number::session_timeout);
    out.idle_timeout = read.time(number::idle_timeout);
    out.interim = read.time(number::acct_interim_interval);
    Attributes session;
    for (const Attribute& one : attributes)
        if (!one.vendor && (one.type == number::class_ || one.type == number::chargeable_user_identity ||
                            one.type == number::acct_multi_session_id))
            session.push_back(one);
    out.attributes = octets_of(session);
    if (!read.because().empty())
        return {std::nullopt, read.because()};
    return {out, {}};
}

base::Bytes octets_of(const Attributes& attributes) {
    base::Bytes out;
    for (const Attribute& one : attributes) {
        if (one.vendor || one.value.size() > 253)
            continue;
        out.push_back(static_cast<std::uint8_t>(one.type));
        out.push_back(static_cast<std::uint8_t>(one.value.size() + 2));
        out.insert(out.end(), one.value.begin(), one.value.end());
    }
    return out;
}

Attributes attributes_in(base::View octets) {
    Attributes out;
    while (octets.size() >= 2 && octets[1] >= 2 && octets[1] <= octets.size()) {
        out.push_back({octets[0], base::Bytes(octets.begin() + 2, octets.begin() + octets[1]), 0});
        octets = octets.subspan(octets[1]);
    }
    return out;
}

} // namespace peers::netmip6
