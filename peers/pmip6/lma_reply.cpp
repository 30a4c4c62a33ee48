#include "peers/pmip6/lma.h"

namespace peers::pmip6 {

namespace {

/// The one link-local address that all gateways of a domain may use (RFC 6543, 4).
constexpr base::Ip6 common_gateway_address{
    {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13}};

template <class Option>
void copy(const wire::MobilityOptions& from, wire::MobilityOptions& to) {
    if (const Option* option = wire::find<Option>(from)) {
        Option fresh = *option;
        fresh.reserved = 0;
        fresh.header = {};
        to.push_back(std::move(fresh));
    }
}

} // namespace

base::Ip6 Lma::link_local_answer(const Request& request, bool accepted) const {
    const base::Ip6 asked = request.link_local->address;
    if (policy_.allocates_link_local && !accepted)
        return asked;
    if (request.binding && !request.binding->link_local.is_unspecified())
        return request.binding->link_local;
    // What is no link-local address is none that a gateway could use: taken for a question.
    if (policy_.allocates_link_local && !asked.is_link_local())
        return common_gateway_address;
    return asked;
}

void Lma::reply(const Request& request, const Answer& answer, base::Now now, common::Output& out) {
    const wire::MobilityOptions& asked = request.update->options;
    const bool accepted = answer.status < status::unspecified;
    const bool nameless = answer.status == policy_.missing_identifier;
    wire::BindingAcknowledgement ack;
    ack.status = answer.status;
    ack.p = true;
    ack.r = policy_.networks && request.update->r;
    ack.sequence = answer.sequence;
    ack.lifetime = answer.lifetime;
    if (accepted && request.binding) {
        ack.options.push_back(wire::HomeNetworkPrefix{
            .prefix = request.binding->prefix.address,
            .prefix_length = static_cast<std::uint8_t>(request.binding->prefix.length)});
    } else if (request.prefix_option) {
        copy<wire::HomeNetworkPrefix>(asked, ack.options);
    } else if (policy_.unspecified_prefix_when_missing && answer.status == policy_.missing_prefix) {
        ack.options.push_back(wire::HomeNetworkPrefix{});
    }
    if (accepted && request.binding && request.binding->network && ack.r)
        ack.options.push_back(wire::MobileNetworkPrefix{
            .prefix = request.binding->network->address,
            .prefix_length = static_cast<std::uint8_t>(request.binding->network->length)});
    copy<wire::HandoffIndicator>(asked, ack.options);
    copy<wire::AccessTechnologyType>(asked, ack.options);
    copy<wire::MobileNodeLinkLayerIdentifier>(asked, ack.options);
    if (request.link_local)
        ack.options.push_back(wire::LinkLocalAddress{.address = link_local_answer(request, accepted)});
    if (request.timestamp) {
        const bool mismatch = answer.status == status::timestamp_mismatch && !policy_.echo_bad_timestamp;
        ack.options.push_back(
            wire::Timestamp{.value = mismatch ? base::timestamp_48_16(now.wall) : *request.timestamp});
    }
    if (accepted && policy_.refresh_advice != 0 && policy_.refresh_advice < answer.lifetime)
        ack.options.push_back(wire::BindingRefreshAdvice{.interval = policy_.refresh_advice});
    if (request.identifier && !nameless)
        ack.options.push_back(wire::MobileNodeIdentifier{.nai = request.identifier->nai});
    else if (nameless && policy_.empty_identifier_when_missing)
        ack.options.push_back(wire::MobileNodeIdentifier{});

    wire::Packet packet;
    packet.layers.push_back(wire::Ipv6{.source = request.to, .destination = request.from});
    packet.layers.push_back(std::move(ack));
    out.send(std::move(packet));
}

} // namespace peers::pmip6
