#include "peers/netmip6/hierarchy.h"

#include <algorithm>

// A MAP whose domain a node has left goes on getting its packets for a while. It is told where they are
// wanted now, so that they are not lost (RFC 4140, 8).

namespace peers::netmip6 {

namespace {

constexpr int order_former = 10;
constexpr std::uint16_t longest = 8; // units of four seconds; it is never refreshed
constexpr unsigned most_tells = 3;

std::string rule_of(const std::string& nai) {
    return "down from former " + nai;
}

} // namespace

void Hierarchy::remember_former(Domain& domain, const wire::ContextHierarchy& context,
                                const std::string& nai) const {
    if (!policy_.tells_former || context.client)
        return; // a node with a client of its own sees to that itself
    Parties parties;
    parties.anchor = context.map_address;
    parties.care_of = attachments_.care_of();
    parties.home = context.regional_address;
    parties.nai = nai;
    parties.key = policy_.key;
    parties.map = true;
    ClientPolicy client = client_;
    client.most_sends = most_tells;
    client.refreshes = false;
    domain.former = Registration(parties, client);
    domain.former.limit(longest);
}

void Hierarchy::former_concluded(const std::string& nai, Domain& domain, Registration::Outcome outcome,
                                 common::Output& out) {
    using Outcome = Registration::Outcome;
    switch (outcome) {
    case Outcome::ignored:
    case Outcome::again:
        return;
    case Outcome::accepted:
        if (const Session* session = attachments_.session_of(nai))
            deliver_from_former(*session, domain, out);
        return;
    default:
        forget_former(nai, domain, out);
    }
}

/// What comes by the former MAP comes to the former regional address, out of the tunnel of the home agent.
void Hierarchy::deliver_from_former(const Session& session, const Domain& domain, common::Output& out) const {
    const Parties& former = domain.former.parties();
    if (!domain.former.is_bound() || !session.attached || session.prefix.length == 0)
        return;
    const common::TunnelEnds inner{former.home, session.home.parties().anchor};
    add_tunnel_to(former.anchor, out);
    out.add_address(core_port, {former.home, 128});
    out.add_tunnel(inner);
    common::Rule down{.name = rule_of(session.nai), .order = order_former, .tunnel = inner};
    down.destination = session.prefix;
    down.verdict = common::PortTarget{session.port, {}};
    out.set_rule(std::move(down));
}

void Hierarchy::serve(Session& session, base::Now, common::Output& out) {
    if (const auto found = domains_.find(session.nai); found != domains_.end())
        deliver_from_former(session, found->second, out);
}

void Hierarchy::forget_former(const std::string& nai, Domain& domain, common::Output& out) const {
    const Parties former = domain.former.parties();
    if (former.anchor.is_unspecified())
        return;
    out.remove_rule(rule_of(nai));
    out.remove_address(core_port, former.home);
    if (const Session* session = attachments_.session_of(nai))
        out.remove_tunnel({former.home, session->home.parties().anchor});
    domain.former = Registration();
    const bool shared = std::ranges::any_of(
        domains_, [&](const auto& one) { return one.second.former.parties().anchor == former.anchor; });
    if (!shared)
        out.remove_tunnel({former.care_of, former.anchor});
}

} // namespace peers::netmip6
