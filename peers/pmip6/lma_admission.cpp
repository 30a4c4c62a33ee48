#include "peers/pmip6/lma.h"

#include <algorithm>

namespace peers::pmip6 {

base::Prefix Lma::Request::hint() const {
    return base::Prefix{prefix_option->prefix, std::min<unsigned>(prefix_option->prefix_length, 128)}
        .canonical();
}

Lma::Request Lma::read(const common::Arrived& packet) const {
    Request request;
    const wire::Ipv6* ip = packet.packet->find<wire::Ipv6>();
    request.update = packet.packet->find<wire::BindingUpdate>();
    if (!ip || !request.update) {
        request.update = nullptr;
        return request;
    }
    request.from = ip->source;
    request.to = ip->destination;
    const wire::MobilityOptions& options = request.update->options;
    // Another subtype, or none of its octets, names nobody (RFC 4283, 3).
    if (const auto* option = wire::find<wire::MobileNodeIdentifier>(options);
        option && option->subtype == 1 && !option->nai.empty())
        request.identifier = option;
    request.prefix_option = wire::find<wire::HomeNetworkPrefix>(options);
    request.link_local = wire::find<wire::LinkLocalAddress>(options);
    request.network_option = wire::find<wire::MobileNetworkPrefix>(options);
    if (const auto* option = wire::find<wire::Timestamp>(options))
        request.timestamp = option->value;
    return request;
}

Binding* Lma::session_of(const Request& request) {
    const std::string& nai = request.identifier->nai;
    const std::vector<Binding*> sessions = cache_.sessions(nai);
    if (sessions.empty())
        return nullptr;
    if (!policy_.sessions_by_interface)
        return sessions.front();
    if (request.prefix_option && !request.asks_for_any()) {
        for (Binding* one : sessions)
            if (one->prefix.overlaps(request.hint()))
                return one;
        return is_former_prefix(request) ? sessions.front() : nullptr;
    }
    const wire::MobilityOptions& options = request.update->options;
    const auto* interface = wire::find<wire::MobileNodeLinkLayerIdentifier>(options);
    if (!interface)
        return sessions.front();
    const auto* technology = wire::find<wire::AccessTechnologyType>(options);
    const std::string id(interface->identifier.begin(), interface->identifier.end());
    for (Binding* one : sessions)
        if (one->link_layer_id == id && (!technology || one->access_technology == technology->value))
            return one;
    constexpr std::uint8_t between_interfaces = 2;
    const auto* handoff = wire::find<wire::HandoffIndicator>(options);
    const bool moves = handoff && handoff->value == between_interfaces;
    const bool only_one_unnamed = sessions.size() == 1 && sessions.front()->link_layer_id.empty();
    return (moves && sessions.size() == 1) || only_one_unnamed ? sessions.front() : nullptr;
}

void Lma::admit(Request& request, base::Now now, common::Output& out) {
    if (!policy_.service) {
        refuse(request, policy_.not_an_anchor, now, out);
        return;
    }
    if (request.identifier) {
        request.profile = store_.by_nai(request.identifier->nai);
        request.binding = session_of(request);
    }
    for (const Check check : policy_.checks) {
        if (const auto status = objection(check, request, now)) {
            refuse(request, *status, now, out);
            return;
        }
    }
    // A policy without some of the checks still cannot bind what nobody named.
    if (!request.identifier || !request.prefix_option)
        return;
    if (is_a_hosts(request)) {
        if (policy_.check_type)
            refuse(request, policy_.type_change, now, out);
        else
            turn_into_proxy(request, now, out);
        return;
    }
    if (request.update->lifetime == 0 && (request.binding || !policy_.register_without_lifetime))
        deregister(request, now, out);
    else
        register_node(request, true, now, out);
}

std::optional<std::uint8_t> Lma::objection(Check check, const Request& request, base::Now now) const {
    const auto unless = [](bool good, std::uint8_t status) {
        return good ? std::nullopt : std::optional<std::uint8_t>(status);
    };
    const wire::MobilityOptions& options = request.update->options;
    switch (check) {
    case Check::sender:
        return unless(is_mag(request.from), policy_.not_authorised);
    case Check::identifier:
        return unless(request.identifier, policy_.missing_identifier);
    case Check::known_node:
        return unless(request.profile &&
                          (request.profile->lma.empty() || request.profile->lma == config_.self.name),
                      policy_.unknown_node);
    case Check::service:
        return unless(!request.profile || request.profile->service, policy_.not_entitled);
    case Check::mag_of_node:
        return unless(!request.profile || may_register(request.from, *request.profile),
                      policy_.not_authorised);
    case Check::prefix_option:
        return unless(request.prefix_option, policy_.missing_prefix);
    case Check::handoff_indicator:
        return unless(wire::find<wire::HandoffIndicator>(options), status::missing_handoff_indicator);
    case Check::access_technology:
        return unless(wire::find<wire::AccessTechnologyType>(options), status::missing_access_technology);
    case Check::order:
        return order_objection(request, now);
    }
    return std::nullopt;
}

std::optional<std::uint8_t> Lma::order_objection(const Request& request, base::Now now) const {
    const OrderingState* last = request.binding ? &request.binding->last : nullptr;
    switch (policy_.ordering.judge(request.timestamp, request.update->sequence, last, now.wall)) {
    case OrderFault::none:
        return std::nullopt;
    case OrderFault::outside_window:
        return policy_.outside_window;
    case OrderFault::lower:
        return policy_.lower_timestamp;
    case OrderFault::equal:
        return policy_.equal_timestamp;
    case OrderFault::sequence:
        return policy_.old_sequence;
    }
    return std::nullopt;
}

bool Lma::is_named(const base::Ip6& mag, const std::vector<std::string>& names) const {
    const model::Node* node = config_.topology.owner(mag);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return (node && node->name == name) || base::parse_ip6(name) == mag;
    });
}

bool Lma::is_mag(const base::Ip6& address) const {
    if (policy_.mags_only)
        return is_named(address, policy_.mags);
    const model::Node* node = config_.topology.owner(address);
    return node && node->role == "mag";
}

bool Lma::may_register(const base::Ip6& mag, const Profile& profile) const {
    return profile.mags.empty() || is_named(mag, profile.mags);
}

void Lma::refuse(Request& request, std::uint8_t status, base::Now now, common::Output& out) {
    Answer answer{.status = status, .sequence = request.update->sequence};
    if (status == policy_.old_sequence && request.binding && !request.timestamp)
        answer.sequence = request.binding->last.sequence; // 5.4: the last accepted number
    reply(request, answer, now, out);
    out.note("refused", {{"nai", request.identifier ? request.identifier->nai : std::string()},
                         {"status", std::to_string(status)}});
    if (Binding* binding = request.binding) {
        if (policy_.refusal_counts_as_last)
            remember(*binding, request);
        if (policy_.refusal_cancels_delay && binding->waiting) {
            binding->waiting = false;
            cache_.schedule(*binding, binding->expires);
        }
    }
    if (policy_.act_on_refusal && request.identifier && request.prefix_option && request.update->lifetime)
        register_node(request, false, now, out);
}

} // namespace peers::pmip6
