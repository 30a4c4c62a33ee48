#include "peers/pmip6/lma.h"

#include <algorithm>

namespace peers::pmip6 {

/// A host's own registration (RFC 3775, 10.3). Where this anchor is no home agent it says so; a proxy
/// registration is never turned into a host's, nor the other way round.
void Lma::serve_host(const common::Arrived& packet, const Request& request, base::Now now,
                     common::Output& out) {
    if (policy_.ignore_plain_update || !request.update->h)
        return;
    const auto* options = packet.packet->find<wire::DestinationOptions>();
    const auto* home = options ? wire::find<wire::HomeAddressOption>(options->options) : nullptr;
    const auto* other = wire::find<wire::AlternateCareOfAddress>(request.update->options);
    HostRequest host{.home = home ? home->address : request.from,
                     .care_of = other ? other->address : request.from,
                     .key = "home:" + base::text(home ? home->address : request.from)};
    if (request.identifier)
        host.key = request.identifier->nai;
    Answer answer{.sequence = request.update->sequence};
    if (const auto status = host_objection(host, request)) {
        answer.status = *status;
        if (const Binding* binding = cache_.find(host.key);
            binding && *status == status::sequence_out_of_window)
            answer.sequence = binding->last.sequence;
        answer_host(home ? &host : nullptr, request, answer, out);
        return;
    }
    if (request.update->lifetime == 0 || host.care_of == host.home) {
        remove(host.key, "de-registered", now, out);
    } else {
        answer.lifetime = std::min(request.update->lifetime, policy_.max_lifetime);
        bind_host(host, request, answer.lifetime, now, out);
    }
    if (request.update->a)
        answer_host(&host, request, answer, out);
}

std::optional<std::uint8_t> Lma::host_objection(const HostRequest& host, const Request& request) const {
    const Binding *named = cache_.find(host.key), *covering = cache_.covering(host.home);
    const auto is_proxy = [](const Binding* binding) { return binding && binding->proxy; };
    if (policy_.check_type && (is_proxy(named) || is_proxy(covering)))
        return policy_.type_change;
    if (!policy_.hosts)
        return policy_.not_an_anchor;
    const bool at_home = std::any_of(policy_.home_links.begin(), policy_.home_links.end(),
                                     [&](const base::Prefix& link) { return link.contains(host.home); });
    if (!at_home || !host.care_of.is_routable_unicast())
        return policy_.not_home_subnet;
    if (named && !sequence_after(request.update->sequence, named->last.sequence))
        return policy_.old_sequence;
    if (!named && (request.update->lifetime == 0 || host.care_of == host.home))
        return policy_.no_entry;
    if (covering && covering != named)
        return policy_.no_entry;
    return std::nullopt;
}

void Lma::bind_host(const HostRequest& host, const Request& request, std::uint16_t lifetime, base::Now now,
                    common::Output& out) {
    Binding* binding = cache_.find(host.key);
    if (binding && binding->prefix.address != host.home) {
        remove(host.key, "replaced", now, out);
        binding = nullptr;
    }
    if (!binding)
        binding = &cache_.create({.nai = host.key, .prefix = {host.home, 128}, .deadline = now.mono});
    const common::TunnelEnds before = binding->tunnel, after{request.to, host.care_of};
    binding->proxy = !policy_.record_type;
    binding->care_of = host.care_of;
    binding->last.sequence = request.update->sequence;
    binding->lifetime = lifetime;
    binding->expires = now.mono + policy_.unit * lifetime;
    cache_.schedule(*binding, binding->expires);
    if (before == after)
        return;
    binding->tunnel = after;
    use_tunnel(*binding, out);
    install(*binding, out);
    if (!before.remote.is_unspecified())
        leave_tunnel(before, binding->nai, out);
}

void Lma::answer_host(const HostRequest* host, const Request& request, const Answer& answer,
                      common::Output& out) const {
    wire::BindingAcknowledgement ack;
    ack.status = answer.status;
    ack.sequence = answer.sequence;
    ack.lifetime = answer.lifetime;
    if (request.identifier)
        ack.options.push_back(wire::MobileNodeIdentifier{.nai = request.identifier->nai});
    wire::Packet reply;
    reply.layers.push_back(wire::Ipv6{.source = request.to, .destination = request.from});
    if (host)
        reply.layers.push_back(wire::RoutingType2{.home_address = host->home});
    reply.layers.push_back(std::move(ack));
    out.send(std::move(reply));
}

bool Lma::is_a_hosts(const Request& request) const {
    if (request.binding)
        return !request.binding->proxy;
    const Binding* holder = request.asks_for_any() ? nullptr : cache_.holder(request.hint());
    return holder && !holder->proxy;
}

/// What a wrong anchor does with a host whom a gateway registers.
void Lma::turn_into_proxy(Request& request, base::Now now, common::Output& out) {
    const Binding* holder = request.binding ? request.binding : cache_.holder(request.hint());
    remove(std::string(holder->nai), "replaced", now, out);
    request.binding = nullptr;
    request.forget_hint = true;
    register_node(request, true, now, out);
}

} // namespace peers::pmip6
