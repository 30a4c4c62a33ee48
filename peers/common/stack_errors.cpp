#include "peers/common/stack.h"

#include <algorithm>

namespace peers::common {

namespace {

/// True for ICMPv6 errors and redirects, as far as the packet shows it: about these nothing is reported.
bool is_error_message(base::View ip) {
    const Upper upper = upper_of(ip);
    std::uint8_t next = upper.protocol;
    std::size_t at = upper.offset;
    if (next == protocol::fragment && at + 8 < ip.size() && (base::read16(ip, at + 2) & 0xfff8) == 0) {
        next = ip[at];
        at += 8;
    }
    return next == protocol::icmp6 && at < ip.size() && (ip[at] < 128 || ip[at] == wire::Redirect::kind.type);
}

} // namespace

/// RFC 4443, 2.4 (e).
bool Stack::may_report(base::View invoking, const Origin& origin, bool to_multicast_too) const {
    const base::Ip6 source = source_of(invoking);
    const bool was_group = destination_of(invoking).is_multicast() || origin.link_group;
    return options_.sends_errors && !origin.own && !source.is_unspecified() && !source.is_multicast() &&
           !own_.contains(source) && (!was_group || to_multicast_too) && !is_error_message(invoking);
}

void Stack::report(base::View invoking, wire::Layer error, const Origin& origin, base::Now now) {
    const auto* problem = std::get_if<wire::ParameterProblem>(&error);
    const bool to_multicast_too =
        std::holds_alternative<wire::PacketTooBig>(error) || (problem && problem->code == 2);
    if (!may_report(invoking, origin, to_multicast_too) || !errors_.allow(now))
        return;
    const base::Ip6 to = source_of(invoking), asked = destination_of(invoking);
    base::Ip6 source = is_own(asked, origin.port) ? asked : source_for(to);
    if (to.is_link_local() && !is_own(asked, origin.port))
        source = link_local(origin.port);
    if (source.is_unspecified())
        return;
    // As much of the packet as fits the minimum MTU (RFC 4443, 2.4 (c)).
    const std::size_t room = minimum_mtu - ip6_size - 8;
    const base::View quoted = invoking.first(std::min(room, invoking.size()));
    std::visit(
        [&](auto& message) {
            if constexpr (requires { message.invoking; })
                message.invoking.assign(quoted.begin(), quoted.end());
        },
        error);
    const base::Bytes octets = wire::encode({{wire::Ipv6{source, to}, std::move(error)}, {}, {}}, profile_);
    if (to.is_link_local())
        to_link(origin.port, to, octets, false, now);
    else
        send(octets, now);
}

void Stack::relay_error(const QuotedInner& inner, wire::Layer error, base::Now now) {
    report(inner.packet, std::move(error), {}, now);
}

} // namespace peers::common
