#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace {

/// Room for options in the largest Mobility Header (RFC 3775, 6.1.1): 256 units of eight octets but for the
/// twelve octets of the fixed part.
constexpr std::size_t most_octets = 2048 - 12;
constexpr std::size_t first_prefix = 20, further_prefix = 24, confirmation_size = 32;

} // namespace

/// What the router was not told yet and has not asked for (A 3.1.2, 5.1): shortened lifetimes, and prefixes
/// that it has lost.
void HomeAgent::add_news(Visit& visit, wire::BindingAcknowledgement& ack, base::Now now) {
    Client& client = *visit.client;
    for (Lease& lease : client.leases) {
        if (!lease.news)
            continue;
        wire::MnpConfirmation news;
        news.prefix = lease.prefix.address;
        news.prefix_length = static_cast<std::uint8_t>(lease.prefix.length);
        news.prefix_type = type_of(lease.prefix);
        news.p = lease.persistent;
        news.i = lease.implicit;
        news.valid_lifetime = valid_of(lease, ack.lifetime, now);
        ack.options.push_back(news);
        lease.news = false;
    }
    for (const Withdrawn& lost : client.withdrawn) {
        wire::MnpConfirmation news;
        news.prefix = lost.prefix.address;
        news.prefix_length = static_cast<std::uint8_t>(lost.prefix.length);
        news.prefix_type = type_of(lost.prefix);
        news.p = lost.persistent;
        news.status = confirmation::not_registered;
        ack.options.push_back(news);
    }
    client.withdrawn.clear();
}

/// A 5.2: all prefixes that are tied to the router.
void HomeAgent::add_list(const Visit& visit, wire::BindingAcknowledgement& ack) const {
    std::vector<wire::MobileNetworkPrefix> list;
    for (const Lease& lease : visit.client->leases) {
        const bool is_new = std::ranges::find(visit.granted, lease.prefix) != visit.granted.end();
        if ((!policy_.lists_delegated && lease.delegated) || (!policy_.lists_new && is_new))
            continue;
        wire::MobileNetworkPrefix option;
        option.prefix = lease.prefix.address;
        option.prefix_length = static_cast<std::uint8_t>(lease.prefix.length);
        option.p = lease.persistent == policy_.tells_persistent;
        option.i = lease.implicit == policy_.tells_implicit;
        option.d = lease.delegated == policy_.tells_delegated;
        list.push_back(option);
        if (policy_.lists_twice)
            list.push_back(option);
    }
    const std::size_t octets = confirmation_size * visit.answers.size() +
                               (list.empty() ? 0 : first_prefix + further_prefix * (list.size() - 1));
    if (octets > most_octets && policy_.bounds_answers)
        return; // S would claim that the list is complete (digest, AMB-A24)
    ack.s = true;
    if (policy_.lists)
        for (const auto& option : list)
            ack.options.push_back(option);
}

void HomeAgent::reply(Visit& visit, std::uint8_t value, std::uint16_t lifetime, base::Now now,
                      common::Output& out) {
    const wire::BindingUpdate& update = visit.update();
    const bool accepted = value < mip6::status::unspecified;
    const bool has_news = !visit.answers.empty() || visit.wants_list;
    if (!update.a && accepted && (!has_news || policy_.silent_without_a))
        return;
    wire::BindingAcknowledgement ack;
    ack.status = value;
    ack.r = update.r || policy_.returns_r_always;
    ack.sequence = update.sequence;
    ack.lifetime = lifetime;
    if (value == mip6::status::sequence_out_of_window && visit.client && visit.client->binding)
        ack.sequence = visit.client->binding->sequence;
    for (const wire::MnpConfirmation& answer : visit.answers)
        ack.options.push_back(answer);
    if (accepted && visit.client && update.r && policy_.delegates) {
        Client& client = *visit.client;
        const bool volunteers = policy_.volunteers && client.list_pending;
        if (policy_.volunteers)
            add_news(visit, ack, now);
        if ((visit.wants_list && policy_.echoes_s) || volunteers) {
            add_list(visit, ack);
            client.list_pending = false;
        }
    } else if (accepted && visit.client && visit.wants_list && policy_.echoes_s) {
        add_list(visit, ack); // a fault: S without R
    }
    out.send(mip6::to_mobile_node(visit.registration.home_agent, visit.registration.source,
                                  visit.registration.home_address, std::move(ack)));
}

} // namespace peers::nemo
