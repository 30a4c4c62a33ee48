#include "peers/netmip6/access_router.h"

#include "peers/common/access_ports.h"
#include "peers/common/stack.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

std::string_view name(Phase phase) {
    static constexpr std::string_view names[] = {"authenticating", "waiting",  "registering",   "bound",
                                                 "handing-over",   "released", "deregistering", "failed"};
    return names[static_cast<std::size_t>(phase)];
}

AccessRouter::AccessRouter(const model::NodeConfig& config, AdjustAr adjust)
    : config_(config), settings_(config.self.settings), adjust_(std::move(adjust)),
      profile_(common::profile_of(config)), care_of_(config.self.address()),
      random_(config.seed ^ std::hash<std::string>{}(config.self.name)) {
    configure();
    aaa_ = make_aaa(config_, policy_.radius);
    features_ = make_features(config_, *this, policy_);
}

void AccessRouter::configure() {
    policy_ = ar_policy(config_, settings_);
    if (adjust_)
        adjust_(policy_);
}

common::Wants AccessRouter::wants() const {
    common::Wants wants;
    wants.mobility_types = {wire::BindingRefreshRequest::kind.type, wire::BindingUpdate::kind.type,
                            wire::BindingAcknowledgement::kind.type, wire::BindingError::kind.type};
    wants.udp_ports = aaa_->ports();
    for (const auto& feature : features_) {
        for (const std::uint16_t port : feature->udp_ports())
            wants.udp_ports.push_back(port);
        wants.ipv4 = wants.ipv4 || feature->ipv4();
    }
    wants.icmp_types = {profile_.ho_request_type, profile_.ho_response_type};
    wants.any_home_address = true;
    return wants;
}

void AccessRouter::start(base::Now now, common::Output& out) {
    for (common::PortIndex port = 0; port < config_.self.ports.size(); ++port) {
        if (!is_access(port))
            continue;
        // The same on all routers, so that the node's default router stays what it is (PC-20).
        out.remove_address(port, base::link_local(config_.self.ports[port].mac));
        out.add_address(port, {policy_.link_local, 64});
    }
    guard_access(out);
    aaa_->start(now, out);
    for (const auto& feature : features_)
        feature->start(now, out);
}

void AccessRouter::on(const common::Input& input, base::Now now, common::Output& out) {
    if (aaa_->on(input, now, out))
        return heard_of_aaa(now, out);
    for (const auto& feature : features_)
        if (feature->on(input, now, out))
            return;
    if (const auto* packet = std::get_if<common::Arrived>(&input)) {
        arrived(*packet, now, out);
    } else if (const auto* event = std::get_if<model::Told>(&input)) {
        told(*event, now, out);
    } else if (const auto* probed = std::get_if<common::Probed>(&input)) {
        for (auto& [nai, session] : sessions_)
            if (probed->reachable && session.port == probed->port && session.phase == Phase::handing_over &&
                !session.guard_at) {
                out.note("still here", {{"nai", nai}});
                session.phase = Phase::bound;
                session.home.thaw(now);
                return pump(session, now, out);
            }
        for (auto& [nai, session] : sessions_)
            if (session.port == probed->port && session.phase == Phase::handing_over && !session.guard_at) {
                stop_serving(session, true, now, out);
                return erase(nai, out);
            }
    }
}

void AccessRouter::arrived(const common::Arrived& packet, base::Now now, common::Output& out) {
    const auto carries = [&](const auto& feature) { return feature->carries(*packet.tunnel); };
    if ((packet.tunnel && std::ranges::none_of(features_, carries)) || !packet.for_us)
        return;
    if (packet.packet->find<wire::BindingAcknowledgement>())
        return acknowledged(*packet.packet, now, out);
    if (packet.packet->find<wire::BindingRefreshRequest>())
        return asked_to_refresh(*packet.packet, now, out);
    if (packet.packet->find<wire::BindingError>())
        return heard_error(*packet.packet, now, out);
    if (packet.packet->find<wire::ParameterProblem>())
        return heard_problem(*packet.packet, now, out);
    if (packet.packet->find<wire::BindingUpdate>())
        return asked_to_register(*packet.packet, out);
    if (packet.packet->find<wire::RouterSolicitation>())
        return solicited(packet, now, out);
    const base::View ip = ip_octets(*packet.packet);
    const common::Upper upper = ip.empty() ? common::Upper{} : common::upper_of(ip);
    if (upper.protocol != common::protocol::icmp6 || upper.offset >= ip.size())
        return;
    if (ip[upper.offset] == profile_.ho_request_type)
        requested(packet, now, out);
    else if (ip[upper.offset] == profile_.ho_response_type)
        responded(packet, now, out);
}

void AccessRouter::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "set") {
        for (const auto& [name, value] : event.arguments)
            settings_[name] = value;
        configure();
    } else if (event.event == "ho-indication") {
        indicated(event, now, out);
    } else if (event.event == "attached") {
        attach(event, now, out);
    } else if (event.event == "state") {
        answer_state(event, out);
    } else {
        told_of_node(event, now, out);
    }
}

void AccessRouter::told_of_node(const model::Told& event, base::Now now, common::Output& out) {
    const model::Identity* identity = identity_of(event);
    if (!identity)
        return;
    if (event.event == "detached")
        if (Handover* handover = handover_of(identity->nai))
            handover->attached = false;
    Session* session = session_of(identity->nai);
    if (!session)
        return;
    if (event.event == "detached")
        detach(*session, now, out);
    else if (event.event == "release")
        end(*session, "released", now, out);
    else if (event.event == "refresh" && session->home.is_bound()) {
        session->home.request(now);
        pump(*session, now, out);
    }
}

const model::Identity* AccessRouter::identity_of(const model::Told& event) const {
    for (const char* key : {"identity", "nai", "mobile-node"})
        if (const auto found = event.arguments.find(key); found != event.arguments.end()) {
            if (const auto* identity = config_.topology.identity(found->second))
                return identity;
            const auto by_nai =
                std::ranges::find(config_.topology.identities, found->second, &model::Identity::nai);
            if (by_nai != config_.topology.identities.end())
                return &*by_nai;
        }
    return nullptr;
}

bool AccessRouter::is_access(common::PortIndex index) const {
    return common::is_access_port(config_, index);
}

std::optional<common::PortIndex> AccessRouter::port_of(const model::Told& event) const {
    return common::access_port_of(config_, event);
}

void AccessRouter::heard_of_aaa(base::Now now, common::Output& out) {
    for (const AaaNews& news : aaa_->take()) {
        if (const auto* answer = std::get_if<AaaAnswer>(&news))
            authenticated(*answer, now, out);
        else if (Session* session = session_of(std::get<AaaDisconnect>(news).nai))
            end(*session, "disconnected", now, out);
    }
}

void AccessRouter::tick(base::Now now, common::Output& out) {
    aaa_->tick(now, out);
    heard_of_aaa(now, out);
    for (const auto& feature : features_)
        feature->tick(now, out);
    std::vector<std::string> due;
    for (const auto& [nai, session] : sessions_)
        due.push_back(nai);
    for (const std::string& nai : due)
        if (Session* session = session_of(nai))
            wake(*session, now, out);
    due.clear();
    for (const auto& [nai, handover] : handovers_)
        if (handover.next <= now.mono)
            due.push_back(nai);
    for (const std::string& nai : due)
        if (Handover* handover = handover_of(nai)) {
            if (handover->failed)
                handovers_.erase(nai);
            else
                request_context(*handover, now, out);
        }
    std::erase_if(answered_, [&](const Answered& one) { return one.until <= now.mono; });
}

void AccessRouter::wake(Session& session, base::Now now, common::Output& out) {
    const std::string nai = session.nai;
    const auto has_come = [&](std::optional<base::Mono>& timer) {
        const bool come = timer && *timer <= now.mono;
        if (come)
            timer.reset();
        return come;
    };
    if (has_come(session.ends_at) && policy_.obeys_session_timeout) {
        end(session, "session timeout", now, out);
        if (!session_of(nai))
            return;
    }
    if (has_come(session.guard_at)) {
        guard_expired(session, now, out);
        if (!session_of(nai))
            return;
    }
    if (has_come(session.advertise_at))
        advertise(session, now, out);
    concluded(session, session.home.tick(now), nullptr, now, out);
    if (Session* left = session_of(nai))
        pump(*left, now, out);
}

std::optional<base::Mono> AccessRouter::deadline() const {
    std::optional<base::Mono> first = aaa_->deadline();
    const auto consider = [&first](const std::optional<base::Mono>& timer) {
        if (timer && (!first || *timer < *first))
            first = timer;
    };
    for (const auto& feature : features_)
        consider(feature->deadline());
    for (const auto& [nai, session] : sessions_) {
        consider(session.ends_at);
        consider(session.guard_at);
        consider(session.advertise_at);
        consider(session.home.deadline());
    }
    for (const auto& [nai, handover] : handovers_)
        consider(handover.next);
    for (const Answered& one : answered_)
        consider(one.until);
    return first;
}

void AccessRouter::answer_state(const model::Told& question, common::Output& out) const {
    const auto of = question.arguments.find("of");
    const std::string what = of == question.arguments.end() ? "entries" : of->second;
    if (what != "entries" && what != "handovers")
        return; // the stack's
    const model::Identity* identity = identity_of(question);
    model::Arguments fields = question.arguments;
    std::size_t served = 0;
    for (const auto& [nai, session] : sessions_) {
        if (!identity || identity->nai == nai)
            served += session.is_served();
        const std::string before = identity ? "" : session.name + ".";
        if (identity && identity->nai != nai)
            continue;
        fields[before + "state"] = std::string(name(session.phase));
        fields[before + "prefix"] = base::text(session.prefix);
        fields[before + "sequence"] = std::to_string(session.home.sequence());
    }
    fields["count"] = std::to_string(what == "entries" ? served : handovers_.size());
    out.note("state", std::move(fields));
}

} // namespace peers::netmip6
