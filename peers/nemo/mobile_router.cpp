#include "peers/nemo/mobile_router.h"

#include "harness/base/text.h"
#include "peers/mip6/home_registration.h"
#include "peers/nemo/told.h"

#include <algorithm>

namespace peers::nemo {

namespace {

std::uint64_t mixed(std::uint64_t x) { // splitmix64
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

} // namespace

MobileRouter::MobileRouter(const model::NodeConfig& config, AdjustMr adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)) {
    policy_ = mr_policy(settings_);
    if (adjust_)
        adjust_(policy_);
    const auto& ports = config_.self.ports;
    for (common::PortIndex port = 0; port < ports.size(); ++port) {
        if (ports[port].name == "access")
            access_ = port;
        else if (ports[port].link.empty())
            down_.insert(port);
    }
}

common::Wants MobileRouter::wants() const {
    return {.mobility_types = {wire::BindingRefreshRequest::kind.type,
                               wire::BindingAcknowledgement::kind.type, wire::BindingError::kind.type},
            .udp_ports = {},
            .icmp_types = {wire::HomeAgentDiscoveryReply::kind.type}};
}

bool MobileRouter::is_ingress(common::PortIndex port) const {
    return port != access_ && port < config_.self.ports.size();
}

std::vector<common::PortIndex> MobileRouter::ingress() const {
    std::vector<common::PortIndex> out;
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port)
        if (is_ingress(port))
            out.push_back(port);
    return out;
}

/// The wall clock goes in, so that correlators after a restart are others than those before (digest, 9).
std::uint16_t MobileRouter::fresh_correlation() {
    if (!policy_.own_correlations)
        return 1;
    for (;;) {
        random_ = mixed(random_);
        const auto number = static_cast<std::uint16_t>(random_ >> 16);
        if (number != 0 && !by_correlation(number))
            return number;
    }
}

void MobileRouter::start(base::Now now, common::Output& out) {
    random_ = mixed(config_.seed ^ static_cast<std::uint64_t>(now.wall.count()));
    sequence_ = static_cast<std::uint16_t>(random_ >> 32);
    out.add_address(access_, {policy_.home_address, 128});
    const auto ports = ingress();
    for (std::size_t i = 0; i < policy_.owned.size() && !ports.empty(); ++i) {
        Network own;
        own.prefix = policy_.owned[i].canonical();
        own.persistent = true;
        own.implicit = policy_.implicit;
        own.port = ports[i % ports.size()];
        networks_.push_back(own);
    }
    for (unsigned i = 0; i < policy_.wanted && policy_.requests; ++i)
        want(now);
    wants_list_ = policy_.asks_list;
    for (const common::PortIndex port : ports) { // what is not of our prefixes goes nowhere
        common::Rule other{.name = "ingress " + std::to_string(port), .order = 100};
        other.port = port;
        if (policy_.checks_inner_sources)
            other.verdict = common::Drop{};
        else
            other.verdict = common::ByRoute{};
        out.set_rule(std::move(other));
    }
}

void MobileRouter::want(base::Now now) {
    Need need;
    need.correlation = fresh_correlation();
    need.persistent = policy_.persistent;
    need.implicit = policy_.implicit;
    need.not_before = now.mono;
    needs_.push_back(need);
}

void MobileRouter::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* packet = std::get_if<common::Arrived>(&input)) {
        if (packet->for_us)
            arrived(*packet, now, out);
    } else if (const auto* up = std::get_if<model::Carrier>(&input)) {
        carrier(*up, now, out);
    } else if (const auto* event = std::get_if<model::Told>(&input)) {
        told(*event, now, out);
    }
}

void MobileRouter::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    const wire::Packet& content = *packet.packet;
    if (const auto* ra = content.find<wire::RouterAdvertisement>(); ra && packet.port == access_) {
        heard_router(*ra, packet, now, out);
    } else if (content.find<wire::RouterSolicitation>() && is_ingress(packet.port)) {
        advertise(packet.port, now, out);
    } else if (content.find<wire::BindingAcknowledgement>()) {
        answered(content, now, out);
    } else if (content.find<wire::BindingRefreshRequest>()) {
        if (bound_ && mip6::home_address_of(content) == policy_.home_address)
            update(now, out);
    } else if (const auto* reply = content.find<wire::HomeAgentDiscoveryReply>()) {
        discovered(*reply, now, out);
    }
}

void MobileRouter::carrier(const model::Carrier& change, base::Now now, common::Output& out) {
    if (change.port == access_) {
        router_.reset();
        solicitations_ = change.up ? 3 : 0;
        solicit_at_.reset();
        if (change.up)
            solicit(now, out);
        return;
    }
    if (!change.up) {
        down_.insert(change.port);
        return;
    }
    down_.erase(change.port);
    bool installed = false;
    for (Network& one : networks_)
        if (one.port == change.port && !one.installed && (bound_ || one.delegated)) {
            put_on_link(one, out);
            installed = installed || one.delegated;
        }
    advertise(change.port, now, out);
    if (installed && bound_ && policy_.confirms)
        update(now, out);
}

void MobileRouter::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "state")
        return answer_state(event, out);
    if (event.event == "want") {
        const auto count = base::parse_number(argument(event, "count")).value_or(1);
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 64); ++i)
            want(now);
        update(now, out);
    } else if (event.event == "synchronise") {
        wants_list_ = true;
        update(now, out);
    } else if (event.event == "refresh") {
        update(now, out);
    } else if (event.event == "interface") {
        for (const common::PortIndex port : ingress())
            if (config_.self.ports[port].name == argument(event, "port"))
                carrier({port, argument(event, "is") == "up"}, now, out);
    } else if (event.event == "home-agent") {
        const auto address = base::parse_ip6(argument(event, "address"));
        const auto found = address ? std::ranges::find(policy_.agents, *address) : policy_.agents.end();
        if (!address)
            return;
        if (found == policy_.agents.end())
            policy_.agents.push_back(*address);
        lost_binding(now, out);
        agent_ =
            static_cast<std::size_t>(std::ranges::find(policy_.agents, *address) - policy_.agents.begin());
        wants_list_ = policy_.asks_list;
        if (!policy_.asks_at_another_agent)
            for (Need& need : needs_)
                need.not_before = now.mono + policy_.back_off;
        update(now, out);
    }
}

void MobileRouter::answer_state(const model::Told& question, common::Output& out) const {
    const std::string of = argument(question, "of");
    if (of == "routes" || of == "neighbours" || of == "tunnels")
        return; // the stack's
    model::Arguments fields = question.arguments;
    std::vector<std::string> prefixes;
    for (const Network& one : networks_)
        prefixes.push_back(base::text(one.prefix));
    std::ranges::sort(prefixes);
    fields["prefixes"] = base::join(prefixes, " ");
    fields["bound"] = bound_ ? "1" : "0";
    fields["care-of"] = base::text(care_of_);
    fields["count"] = std::to_string(prefixes.size());
    out.note("state", std::move(fields));
}

void MobileRouter::tick(base::Now now, common::Output& out) {
    const auto due = [&](std::optional<base::Mono>& when) {
        if (!when || *when > now.mono)
            return false;
        when.reset();
        return true;
    };
    if (due(solicit_at_))
        solicit(now, out);
    if (due(expires_at_))
        lost_binding(now, out);
    std::vector<base::Prefix> over;
    for (const Network& one : networks_)
        if (one.valid_until && *one.valid_until <= now.mono)
            over.push_back(one.prefix);
    for (const base::Prefix& prefix : over)
        withdraw(prefix, out);
    if (due(advertise_at_))
        advertise_all(now, out);
    if (due(discover_at_) && discovering_) {
        discovering_ = false;
        next_agent(now, out);
    }
    if (outstanding_ && outstanding_->again <= now.mono) {
        if (outstanding_->lifetime == 0)
            outstanding_.reset(); // it is gone, whether or not anybody says so
        else
            update(now, out, true);
        return;
    }
    const bool refresh = due(refresh_at_), retry = due(retry_at_);
    const bool asks = bound_ && !outstanding_ && std::ranges::any_of(needs_, [&](const Need& need) {
                          return need.state == Need::State::open && need.not_before <= now.mono;
                      });
    if (refresh || retry || asks)
        update(now, out);
}

std::optional<base::Mono> MobileRouter::deadline() const {
    std::optional<base::Mono> earliest;
    const auto consider = [&](const std::optional<base::Mono>& when) {
        if (when && (!earliest || *when < *earliest))
            earliest = when;
    };
    for (const auto& when : {solicit_at_, refresh_at_, expires_at_, retry_at_, discover_at_, advertise_at_})
        consider(when);
    if (outstanding_)
        consider(outstanding_->again);
    for (const Network& one : networks_)
        consider(one.valid_until);
    for (const Need& need : needs_)
        if (need.state == Need::State::open && bound_ && !outstanding_)
            consider(need.not_before);
    return earliest;
}

} // namespace peers::nemo
