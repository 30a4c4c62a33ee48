#include "harness/script/drafter.h"

#include <fmt/format.h>

// DHCPv6 through a gateway that is a relay agent (RFC 3315, 20): nodes and servers are the tester's.

namespace script {
namespace {

Written ports_of_dhcp(const Recorded& packet) {
    Written out{"udp", {}, {}, {}};
    if (const auto* udp = packet.packet.find<wire::Udp>())
        out.fields = {{"source-port", fmt::format("{}", udp->source_port), false},
                      {"destination-port", fmt::format("{}", udp->destination_port), false}};
    return out;
}

/// "solicit" for "dhcpv6-solicit".
std::string short_name(const std::string& kind) {
    return kind.substr(std::string_view("dhcpv6-").size());
}

} // namespace

void Drafter::relayed(const Recorded& packet, const std::string& from, const std::string& to) {
    const auto* ip = wire::outer_ip(packet.packet);
    const auto* said = message_in(packet.element);
    const bool is_envelope = said->name.starts_with("dhcpv6-relay-");
    const auto peer = is_envelope ? address_in(*said, "peer-address") : base::Ip6{};
    const auto asking = cast_.on_link(ip->source), told = cast_.on_link(ip->destination);
    const auto node = is_envelope ? cast_.on_link(peer) : asking.empty() ? told : asking;
    if (node.empty())
        return left_out("DHCPv6 of strangers");
    const bool sent = is_envelope ? cast_.is_under_test(to) : !asking.empty();
    if (is_envelope && (from.empty() || to.empty() || sent == cast_.is_under_test(from)))
        return left_out("DHCPv6 of strangers");
    if (!is_envelope && sent)
        prepare(node, packet, false);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    const auto* inside = said->child("relay-message");
    step.as =
        fresh(short_name(inside && !inside->children.empty() ? inside->children.front().name : said->name));
    const Bearing bearing{sent, nullptr, node, step.as, from, false};
    Written whole = message(packet, bearing, {}, {});
    name_choices(whole, step.as, sent);
    const std::string link_local = "${" + node + ".link-local}";
    if (is_envelope) {
        step.from = from;
        step.to = to;
        const auto asked = relayed_.find(peer);
        for (auto& field : whole.fields)
            if (sent && asked != relayed_.end() &&
                (field.name == "link-address" || field.name == "peer-address"))
                field.text = "${" + asked->second + "." + field.name + "}";
            else if (field.name == "peer-address")
                field.text = link_local;
        if (!sent)
            relayed_[peer] = step.as;
    } else if (sent) {
        step.from = node;
        step.to = cast_.station();
        step.port = "access";
        step.layers.push_back(
            {"ipv6",
             {{"source", link_local, false}, {"destination", relaxation_.address(ip->destination), false}},
             {},
             {}});
    } else {
        step.on = fmt::format("{}-{}", cast_.station(), node);
        step.layers.push_back({"ipv6", {{"destination", link_local, false}}, {}, {}});
    }
    if (sent)
        step.layers.push_back(ports_of_dhcp(packet));
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

} // namespace script
