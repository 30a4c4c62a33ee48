#include "peers/netmip6/hierarchy.h"

#include "peers/common/settings.h"
#include "peers/common/stack.h"
#include "peers/netmip6/codes.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr unsigned most_attempts = 4;
constexpr unsigned node_prefix_length = 64; // PC-25

/// Spreads identities over the prefixes of a MAP; the same on all routers.
std::uint64_t spread(const std::string& nai, unsigned attempt) {
    std::uint32_t hash = 2166136261u; // FNV-1a
    for (const char c : nai)
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
    return 1 + (hash + attempt) % 0xfffeu;
}

} // namespace

HierarchyPolicy hierarchy_policy(const model::NodeConfig& config) {
    const common::SettingsReader settings(config.self.settings);
    HierarchyPolicy out;
    for (const base::Prefix& one : settings.prefixes("maps"))
        out.maps.push_back({one.address, one.canonical()});
    out.discovers = settings.flag("map-discovery", false);
    out.prefix_length = static_cast<unsigned>(
        std::min<std::uint64_t>(settings.number("map-prefix-length", out.prefix_length), node_prefix_length));
    out.tells_former = settings.flag("former-map", false);
    return out;
}

Hierarchy::Hierarchy(const model::NodeConfig& config, Attachments& attachments, HierarchyPolicy policy,
                     const ClientPolicy& client)
    : profile_(common::profile_of(config)), attachments_(attachments), policy_(std::move(policy)),
      client_(client) {
    client_.most_sends = policy_.most_sends;
    client_.check_routing = policy_.needs_routing;
}

/// What is configured or comes from AAA, before what was advertised.
std::optional<MapSetting> Hierarchy::map_of(const Session& session, base::Now now) const {
    for (const MapSetting& one : policy_.maps)
        if (session.profile.map == one.address)
            return one;
    if (!policy_.maps.empty())
        return policy_.maps.front();
    const Discovered* best = nullptr;
    for (const Discovered& one : discovered_)
        if (one.until > now.mono && (!best || one.preference > best->preference))
            best = &one;
    return best ? std::optional(best->map) : std::nullopt;
}

/// RFC 4140, 5 and 7.3; an option of another length is none for the decoder.
void Hierarchy::discover(const wire::RouterAdvertisement& news, base::Now now) {
    constexpr std::size_t most_discovered = 100;
    for (const auto* option : wire::find_all<wire::MapOption>(news.options)) {
        if (policy_.check_discovered && !option->address.is_routable_unicast())
            continue;
        std::erase_if(discovered_, [&](const Discovered& one) { return one.map.address == option->address; });
        const std::chrono::seconds valid(policy_.check_discovered ? option->valid_lifetime
                                                                  : std::max(option->valid_lifetime, 600u));
        if (valid.count() == 0 || discovered_.size() >= most_discovered)
            continue;
        const base::Prefix around{option->address, policy_.prefix_length};
        discovered_.push_back({{option->address, around.canonical()}, option->preference, now.mono + valid});
    }
}

/// One /64 of the MAP's prefix for each node (PC-25).
base::Ip6 Hierarchy::regional_of(const Session& session, const MapSetting& map, unsigned attempt) const {
    if (!policy_.regional_prefix)
        return base::slaac(attachments_.care_of(), session.mac);
    if (map.prefix.length >= node_prefix_length)
        return base::slaac(map.prefix.address, session.mac);
    return base::slaac(map.prefix.subnet(spread(session.nai, attempt), node_prefix_length).address,
                       session.mac);
}

bool Hierarchy::prepare(Session& session, base::Now now, common::Output& out) {
    const auto map = map_of(session, now);
    if (!map || (session.by_handover && !policy_.obtains_new && domains_[session.nai].map != map->address))
        return true;
    Domain& domain = domains_[session.nai];
    const bool client = session.profile.client || (!policy_.distinguishes && !session.by_handover);
    const bool same = domain.map == map->address && !domain.regional.is_unspecified();
    if (!same || !policy_.keeps_regional) {
        domain.kept = false;
        const unsigned elsewhere =
            policy_.keeps_regional ? 0 : attachments_.care_of().octets[15]; // of a router that does not care
        domain.regional = regional_of(session, *map, domain.attempt + elsewhere);
        domain.ready = false;
    }
    domain.map = map->address;
    if (client && policy_.advertises_map) {
        // The one binding that there is: the node registers with its home agent itself.
        Parties& parties = session.home.parties();
        parties.anchor = map->address;
        parties.home = domain.regional;
        parties.key = policy_.key;
        parties.map = true;
        return true;
    }
    if (domain.ready) {
        session.home.parties().care_of = domain.regional;
        return true;
    }
    begin(session, domain, now, out);
    return domain.failed || !policy_.waits_for_map;
}

void Hierarchy::begin(Session& session, Domain& domain, base::Now now, common::Output& out) {
    Parties parties;
    parties.anchor = domain.map;
    parties.care_of = attachments_.care_of();
    parties.home = policy_.regional_home ? domain.regional : parties.care_of;
    parties.nai = session.home.parties().nai;
    parties.key = policy_.key;
    parties.map = policy_.marks_local;
    const std::uint16_t last = domain.local.sequence();
    domain.local = Registration(parties, client_);
    if (last)
        domain.local.set_sequence(static_cast<std::uint16_t>(last + 1));
    domain.local.request(now);
    domain.waiting = true;
    pump(domain, now, out);
}

void Hierarchy::pump(Domain& domain, base::Now now, common::Output& out) {
    for (Registration* one : {&domain.local, &domain.former})
        if (auto packet = one->due(now, profile_))
            out.send(std::move(*packet));
}

bool Hierarchy::on(const common::Input& input, base::Now now, common::Output& out) {
    const auto* arrived = std::get_if<common::Arrived>(&input);
    if (arrived && policy_.discovers && arrived->port == core_port && !arrived->tunnel)
        if (const auto* news = arrived->packet->find<wire::RouterAdvertisement>())
            discover(*news, now);
    const auto* ip =
        arrived && arrived->for_us && !arrived->tunnel ? wire::outer_ip(*arrived->packet) : nullptr;
    if (!ip || !arrived->packet->find<wire::BindingAcknowledgement>())
        return false;
    for (auto& [nai, domain] : domains_) {
        if (ip->source == domain.former.parties().anchor) {
            const auto outcome = domain.former.hear(*arrived->packet, now, profile_);
            if (outcome != Registration::Outcome::ignored) {
                former_concluded(std::string(nai), domain, outcome, out);
                pump(domain, now, out);
                return true;
            }
        }
        if (ip->source != domain.map)
            continue;
        const auto outcome = domain.local.hear(*arrived->packet, now, profile_);
        if (outcome == Registration::Outcome::ignored)
            continue;
        concluded(std::string(nai), outcome, now, out);
        return true;
    }
    return false;
}

void Hierarchy::concluded(const std::string& nai, Registration::Outcome outcome, base::Now now,
                          common::Output& out) {
    using Outcome = Registration::Outcome;
    const auto found = domains_.find(nai);
    if (found == domains_.end() || outcome == Outcome::ignored)
        return;
    Domain& domain = found->second;
    Session* session = attachments_.session_of(nai);
    if (outcome == Outcome::again)
        return pump(domain, now, out);
    if (outcome == Outcome::deleted || !session) {
        domains_.erase(found);
        return;
    }
    if (outcome == Outcome::accepted) {
        domain.ready = true;
        install(*session, domain, out);
    } else if (domain.local.status() == status::duplicate_address && domain.attempt < most_attempts) {
        ++domain.attempt; // somebody else's: the next one
        const MapSetting map = map_of(*session, now).value_or(MapSetting{domain.map, {domain.map, 48}});
        domain.regional = regional_of(*session, map, domain.attempt);
        return begin(*session, domain, now, out);
    } else {
        out.note("no map", {{"nai", nai}});
        domain.ready = false;
        domain.failed = true;
        if (!policy_.falls_back)
            return;
    }
    if (domain.waiting)
        go_on(*session, domain, now, out);
}

/// The MAP has spoken, or has not: the home agent's turn.
void Hierarchy::go_on(Session& session, Domain& domain, base::Now now, common::Output& out) {
    domain.waiting = false;
    session.home.parties().care_of = domain.ready ? domain.regional : attachments_.care_of();
    if (domain.ready && policy_.within_grant)
        session.home.limit(domain.local.granted());
    if (domain.ready && domain.kept && policy_.hides_moves && domain.binding)
        session.home.adopt(domain.binding->sequence, domain.binding->timestamp,
                           domain.binding->granted_lifetime, domain.binding->remaining_lifetime, now);
    else if (domain.binding)
        session.home.take_over(domain.binding->sequence, domain.binding->timestamp, now);
    else
        session.home.request(now);
    domain.binding.reset();
    if (!domain.former.parties().anchor.is_unspecified()) {
        domain.former.request(now);
        pump(domain, now, out);
    }
    attachments_.resume(session, now, out);
}

/// What comes out of it for an address that is not here any more would go back to the MAP, and come again.
void Hierarchy::add_tunnel_to(const base::Ip6& map, common::Output& out) const {
    constexpr int order_rest = 100;
    const common::TunnelEnds outer{attachments_.care_of(), map};
    out.add_tunnel(outer);
    common::Rule rest{.name = "rest of " + base::text(map), .order = order_rest, .tunnel = outer};
    rest.verdict = common::Drop{};
    if (policy_.drops_rest)
        out.set_rule(std::move(rest));
}

/// The regional address is this router's, and its packets go by the MAP (source: two tunnels, one in the
/// other).
void Hierarchy::install(const Session& session, Domain& domain, common::Output& out) {
    const common::TunnelEnds outer{attachments_.care_of(), domain.map};
    add_tunnel_to(domain.map, out);
    out.add_address(core_port, {domain.regional, 128});
    if (policy_.tunnels)
        out.add_route({session.home.parties().anchor, 128}, outer);
}

void Hierarchy::withdraw(Session& session, base::Now now, common::Output& out) {
    const auto found = domains_.find(session.nai);
    if (found == domains_.end())
        return;
    Domain& domain = found->second;
    forget_former(session.nai, domain, out);
    if (domain.ready)
        out.remove_address(core_port, domain.regional);
    const bool leaves = session.phase == Phase::bound; // not by a handover, in which the MAP knows better
    if (domain.local.is_bound() && leaves && !session.attached) {
        domain.local.deregister(now);
        return pump(domain, now, out);
    }
    domains_.erase(found);
}

void Hierarchy::tick(base::Now now, common::Output& out) {
    std::vector<std::string> due;
    for (const auto& [nai, domain] : domains_)
        for (const auto& at : {domain.local.deadline(), domain.former.deadline()})
            if (at && *at <= now.mono && (due.empty() || due.back() != nai))
                due.push_back(nai);
    for (const std::string& nai : due) {
        former_concluded(nai, domains_[nai], domains_[nai].former.tick(now), out);
        concluded(nai, domains_[nai].local.tick(now), now, out);
        if (const auto found = domains_.find(nai); found != domains_.end())
            pump(found->second, now, out);
    }
}

std::optional<base::Mono> Hierarchy::deadline() const {
    std::optional<base::Mono> out;
    for (const auto& [nai, domain] : domains_)
        for (const auto& at : {domain.local.deadline(), domain.former.deadline()})
            if (at && (!out || *at < *out))
                out = at;
    return out;
}

std::optional<common::TunnelEnds> Hierarchy::tunnel(const Session& session) const {
    const auto found = domains_.find(session.nai);
    if (found == domains_.end() || !found->second.ready)
        return std::nullopt;
    return common::TunnelEnds{found->second.regional, session.home.parties().anchor};
}

bool Hierarchy::carries(const common::TunnelEnds& ends) const {
    return std::ranges::any_of(domains_, [&](const auto& one) {
        return one.second.ready && ends.local == attachments_.care_of() && ends.remote == one.second.map;
    });
}

void Hierarchy::give(const Session& session, base::Now, wire::ContextOptions& options) const {
    const auto found = domains_.find(session.nai);
    if (found == domains_.end() || !policy_.gives_map)
        return;
    wire::ContextHierarchy option;
    option.map_address = found->second.map;
    option.regional_address = found->second.regional;
    option.client = session.profile.client;
    options.push_back(option);
}

void Hierarchy::take(Session& session, const wire::ContextOptions& options, base::Now now) {
    domains_.erase(session.nai);
    const auto* option = wire::find<wire::ContextHierarchy>(options);
    if (!map_of(session, now))
        return;
    Domain& domain = domains_[session.nai];
    if (const auto* binding = wire::find<wire::ContextBinding>(options))
        domain.binding = *binding;
    if (!option)
        return;
    session.profile.client = option->client;
    const auto is_it = [&](const base::Ip6& address) { return address == option->map_address; };
    const bool ours =
        std::ranges::any_of(policy_.maps, is_it, &MapSetting::address) ||
        std::ranges::any_of(discovered_, [&](const auto& one) { return is_it(one.map.address); });
    if (!ours)
        return remember_former(domain, *option, session.nai);
    session.profile.map = option->map_address;
    domain.map = option->map_address;
    domain.regional = option->regional_address;
    domain.kept = domain.binding && domain.binding->care_of_address == option->regional_address;
}

} // namespace peers::netmip6
