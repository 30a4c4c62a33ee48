#include "peers/common/stack.h"

#include "harness/base/text.h"
#include "harness/model/edit.h"
#include "peers/common/code_points.h"
#include "peers/common/guard.h"

#include <algorithm>

namespace peers::common {

namespace {

template <class... Handlers>
struct Cases : Handlers... {
    using Handlers::operator()...;
};
template <class... Handlers>
Cases(Handlers...) -> Cases<Handlers...>;

} // namespace

wire::Profile profile_of(const model::NodeConfig& config) {
    using Dialect = wire::Profile::Dialect;
    static constexpr std::pair<std::string_view, Dialect> dialects[] = {{"draft02", Dialect::draft02},
                                                                        {"rfc5213", Dialect::rfc5213},
                                                                        {"nemo-pd", Dialect::nemo_pd},
                                                                        {"pmip6-nemo", Dialect::pmip6_nemo},
                                                                        {"netmip6", Dialect::netmip6}};
    wire::Profile profile;
    for (const auto& [name, dialect] : dialects)
        if (name == config.profile)
            profile.dialect = dialect;
    set_code_points(profile, config.self.settings);
    return profile;
}

Stack::Stack(const model::NodeConfig& config, Options options)
    : config_(config), options_(std::move(options)), profile_(profile_of(config)),
      ports_(config.self.ports.size()), gate_(guard_of(config)) {
    for (PortIndex port = 0; port < ports_.size(); ++port) {
        const model::Port& configured = config_.self.ports[port];
        ports_[port].up = !configured.link.empty();
        ports_[port].mtu = configured.mtu;
        ports_[port].groups.insert(base::all_nodes);
        if (options_.forwards)
            ports_[port].groups.insert(base::all_routers);
        const bool has_link_local =
            std::ranges::any_of(configured.addresses,
                                [](const base::Prefix& address) { return address.address.is_link_local(); });
        if (!has_link_local)
            add_address(port, {base::link_local(configured.mac), 64});
        for (const base::Prefix& address : configured.addresses)
            add_address(port, address);
    }
    for (const model::Route& route : config_.self.routes)
        if (const auto port = port_for({}, route.via))
            routes_.add({route.to, PortTarget{*port, route.via}});
}

void Stack::carrier(PortIndex port, bool up, base::Now) {
    if (port >= ports_.size() || ports_[port].up == up)
        return;
    ports_[port].up = up;
    if (!up)
        neighbours_.forget(port);
}

void Stack::tick(base::Now now) {
    Neighbours::Outcome outcome;
    neighbours_.tick(now, outcome);
    carry_out(outcome, now);
    for (const base::Bytes& first : reassembly_.tick(now))
        report(first, wire::TimeExceeded{1, {}, 0, {}}, {}, now);
}

std::optional<base::Mono> Stack::deadline() const {
    const auto a = neighbours_.deadline(), b = reassembly_.deadline();
    return a && b ? std::min(a, b) : a ? a : b;
}

void Stack::perform(Command command, base::Now now) {
    std::visit(Cases{
                   [&](const SendPacket& c) { send(wire::encode(c.packet, profile_), now); },
                   [&](const SendOnPort& c) { send_on_port(c, now); },
                   [&](SendFrame& c) {
                       if (c.port < ports_.size() && ports_[c.port].up)
                           actions_.push_back(model::FrameOut{c.port, std::move(c.octets)});
                   },
                   [&](const AddAddress& c) { add_address(c.port, c.address); },
                   [&](const RemoveAddress& c) { remove_address(c.port, c.address); },
                   [&](const SetProxy& c) {
                       if (c.port >= ports_.size())
                           return;
                       if (c.on)
                           ports_[c.port].proxies.insert(c.address);
                       else
                           ports_[c.port].proxies.erase(c.address);
                   },
                   [&](const JoinGroup& c) {
                       if (c.port >= ports_.size())
                           return;
                       if (c.join)
                           ports_[c.port].groups.insert(c.group);
                       else
                           ports_[c.port].groups.erase(c.group);
                   },
                   [&](const AddRoute& c) { routes_.add(c.route); },
                   [&](const RemoveRoute& c) { routes_.remove(c.to); },
                   [&](SetRule& c) { rules_.set(std::move(c.rule)); },
                   [&](const RemoveRule& c) { rules_.remove(c.name); },
                   [&](const AddTunnel& c) { tunnels_.add(c.ends, c.settings); },
                   [&](const RemoveTunnel& c) { tunnels_.remove(c.ends); },
                   [&](const SetNeighbour& c) {
                       Neighbours::Outcome outcome;
                       neighbours_.set(c.port, c.address, c.mac, now, outcome);
                       carry_out(outcome, now);
                   },
                   [&](const ForgetNeighbours& c) { neighbours_.forget(c.port); },
                   [&](const Probe& c) {
                       Neighbours::Outcome outcome;
                       neighbours_.probe(c, now, outcome);
                       carry_out(outcome, now);
                   },
                   [&](const SetMtu& c) {
                       if (c.port < ports_.size() && c.mtu >= minimum_mtu)
                           ports_[c.port].mtu = std::min(c.mtu, config_.self.ports[c.port].mtu);
                   },
                   [&](model::Note& note) { actions_.push_back(std::move(note)); },
               },
               command);
}

void Stack::collect(model::Actions& actions) {
    for (model::Action& action : actions_)
        actions.push_back(std::move(action));
    actions_.clear();
}

std::optional<Stack::ForRole> Stack::next_for_role() {
    if (for_role_.empty())
        return std::nullopt;
    ForRole next = std::move(for_role_.front());
    for_role_.pop_front();
    if (auto* arrived = std::get_if<Arrived>(&next.input))
        arrived->packet = next.packet.get();
    return next;
}

std::optional<PortIndex> Stack::port_named(std::string_view name) const {
    const auto& ports = config_.self.ports;
    const auto found = std::ranges::find(ports, name, &model::Port::name);
    return found == ports.end() ? std::nullopt : std::optional{static_cast<PortIndex>(found - ports.begin())};
}

base::Ip6 Stack::link_local(PortIndex port) const {
    for (const base::Prefix& address : ports_[port].addresses)
        if (address.address.is_link_local())
            return address.address;
    return {};
}

bool Stack::is_own(const base::Ip6& address, PortIndex port) const {
    const auto owners = own_.find(address);
    if (owners == own_.end())
        return false;
    return !address.is_link_local() || std::ranges::find(owners->second, port) != owners->second.end();
}

base::Ip6 Stack::source_for(const base::Ip6& destination) const {
    const Target* target = routes_.find(destination);
    if (const auto* tunnel = target ? std::get_if<TunnelEnds>(target) : nullptr)
        return tunnel->local;
    const auto port = target ? std::optional{std::get<PortTarget>(*target).port} : port_for({}, destination);
    if (!port)
        return {};
    if (destination.is_link_local() || (destination.is_multicast() && (destination.octets[1] & 0xf) == 2))
        return link_local(*port);
    base::Ip6 best;
    for (const base::Prefix& address : ports_[*port].addresses)
        if (!address.address.is_link_local() && (best.is_unspecified() || address.contains(destination)))
            best = address.address;
    for (const PortState& other : ports_)
        for (const base::Prefix& address : other.addresses)
            if (best.is_unspecified() && !address.address.is_link_local())
                best = address.address;
    return best.is_unspecified() ? link_local(*port) : best;
}

void Stack::add_address(PortIndex port, const base::Prefix& address) {
    if (port >= ports_.size())
        return;
    remove_address(port, address.address);
    ports_[port].addresses.push_back(address);
    ports_[port].groups.insert(address.address.solicited_node());
    own_[address.address].push_back(port);
    if (address.length < 128 && !address.address.is_link_local())
        routes_.add({address.canonical(), PortTarget{port, std::nullopt}});
}

void Stack::remove_address(PortIndex port, const base::Ip6& address) {
    if (port >= ports_.size())
        return;
    auto& addresses = ports_[port].addresses;
    const auto found = std::ranges::find(addresses, address, &base::Prefix::address);
    if (found == addresses.end())
        return;
    const base::Prefix gone = *found;
    addresses.erase(found);
    auto& owners = own_[address];
    std::erase(owners, port);
    if (owners.empty())
        own_.erase(address);
    const auto group_used = [&](const base::Prefix& other) {
        return other.address.solicited_node() == address.solicited_node();
    };
    if (std::ranges::none_of(addresses, group_used))
        ports_[port].groups.erase(address.solicited_node());
    const auto on_same_link = [&](const base::Prefix& other) {
        return other.canonical() == gone.canonical();
    };
    if (gone.length < 128 && !address.is_link_local() && std::ranges::none_of(addresses, on_same_link))
        routes_.remove(gone.canonical());
}

/// The port on whose link an address is, or, for link-local and multicast ones, the port that has the source.
std::optional<PortIndex> Stack::port_for(const base::Ip6& source, const base::Ip6& destination) const {
    if (!destination.is_link_local() && !destination.is_multicast())
        for (PortIndex port = 0; port < ports_.size(); ++port)
            for (const base::Prefix& address : ports_[port].addresses)
                if (!address.address.is_link_local() && address.contains(destination))
                    return port;
    if (const auto owners = own_.find(source); owners != own_.end())
        return owners->second.front();
    for (PortIndex port = 0; port < ports_.size(); ++port)
        if (ports_[port].up)
            return port;
    return std::nullopt;
}

void Stack::send_on_port(const SendOnPort& what, base::Now now) {
    if (what.port >= ports_.size())
        return;
    const base::Bytes octets = wire::encode(what.packet, profile_);
    base::View ip = ip6_packet(octets);
    base::Bytes guarded;
    if (ip.empty() || !guard(ip, guarded))
        return;
    if (what.to)
        return to_mac(what.port, *what.to, ip);
    to_link(what.port, destination_of(ip), ip, false, now);
}

void Stack::emit(const model::Emit& what, base::Now now) {
    const Meant meant = gate_.empty() ? Meant{what.packet, false, {}, what.edits, {}} : meant_by(what);
    base::Bytes octets = wire::encode(meant.packet, profile_);
    const bool framed =
        !what.packet.layers.empty() && std::holds_alternative<wire::Ethernet>(what.packet.layers[0]);
    if (!meant.before.empty())
        model::apply(meant.before,
                     framed ? wire::decode_frame(octets, profile_) : wire::decode_ip(octets, profile_),
                     octets);
    if (!gate_.empty() && octets.size() > (framed ? ethernet_size : 0)) {
        const std::ptrdiff_t link = framed ? ethernet_size : 0;
        const base::Bytes ip =
            disguise(gate_, base::View(octets).subspan(static_cast<std::size_t>(link)), meant, profile_);
        if (ip.empty()) {
            actions_.push_back(model::Note{"not sent: it cannot be protected", {}});
            return;
        }
        octets.resize(static_cast<std::size_t>(link));
        octets.insert(octets.end(), ip.begin(), ip.end());
    }
    const wire::Ipv6* ip = wire::outer_ip(what.packet);
    const std::optional<PortIndex> port = port_named(what.port);
    if (!framed)
        return emit_packet(octets, ip, port, now);
    const auto out =
        port ? port : port_for(ip ? ip->source : base::Ip6{}, ip ? ip->destination : base::Ip6{});
    if (out && ports_[*out].up)
        actions_.push_back(model::FrameOut{*out, std::move(octets)});
}

/// Where a packet goes is decided by what was meant, not by what an edit made of it.
void Stack::emit_packet(base::View octets, const wire::Ipv6* meant, std::optional<PortIndex> port,
                        base::Now now) {
    const base::Ip6 source = meant ? meant->source : base::Ip6{};
    base::Ip6 next_hop = meant ? meant->destination : base::Ip6{};
    const bool is_routed = meant && !next_hop.is_multicast() && !next_hop.is_link_local();
    const Target* target = is_routed ? routes_.find(next_hop) : nullptr;
    if (const auto* out = target ? std::get_if<PortTarget>(target) : nullptr) {
        if (!port)
            port = out->port;
        if (out->gateway && *port == out->port)
            next_hop = *out->gateway;
    }
    if (!port)
        port = port_for(source, next_hop);
    if (!port || !ports_[*port].up) {
        actions_.push_back(model::Note{"not sent: no port with carrier", {}});
        return;
    }
    if (options_.claims_emitted_sources && source.is_routable_unicast() && !own_.contains(source))
        add_address(*port, {source, 128});
    const unsigned mtu = config_.self.ports[*port].mtu;
    if (octets.size() <= mtu || ip6_packet(octets).empty())
        return to_link(*port, next_hop, octets, false, now);
    for (const base::Bytes& fragment : fragments_of(ip6_packet(octets), mtu, next_fragment_++))
        to_link(*port, next_hop, fragment, false, now);
}

} // namespace peers::common
