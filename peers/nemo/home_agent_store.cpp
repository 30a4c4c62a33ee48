#include "harness/base/text.h"
#include "peers/common/settings.h"
#include "peers/nemo/home_agent.h"
#include "peers/nemo/told.h"

#include <algorithm>

namespace peers::nemo {

namespace {

/// Another agent was quicker that often: then there is nothing to be had.
constexpr unsigned most_refusals = 16;

std::uint64_t number(const model::Told& told, const char* name) {
    return base::parse_number(argument(told, name)).value_or(0);
}

/// An address as a text that sorts as addresses do.
std::string sortable(const base::Ip6& address) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t octet : address.octets) {
        out += digits[octet >> 4];
        out += digits[octet & 15];
    }
    return out;
}

base::Ip6 last_of(const base::Prefix& prefix) {
    base::Ip6 out = prefix.canonical().address;
    for (unsigned bit = prefix.length; bit < 128; ++bit)
        out.octets[bit / 8] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
    return out;
}

/// A router has one prefix for each of its correlators.
std::string owner_of(const Client& client, const Lease& lease) {
    return base::text(client.home_address) + " " +
           (lease.fading ? base::text(lease.prefix) : std::to_string(lease.correlation));
}

} // namespace

void HomeAgent::load_store(common::Output& out) {
    store_ = std::string(common::SettingsReader(settings_).text("store").value_or(""));
    if (store_.empty())
        return;
    ready_ = false;
    out.note("store", {{"store", store_}, {"op", "load"}});
}

bool HomeAgent::told_by_store(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "stored") {
        if (policy_.reads_store)
            stored(event, now);
    } else if (event.event == "erased") {
        erased(event, out);
    } else if (event.event == "kept" || event.event == "refused") {
        answered(event, event.event == "kept", now, out);
    } else if (event.event == "store-ready") {
        ready_ = true;
    } else {
        return false;
    }
    return true;
}

/// Puts what was granted into the store. True if the answer has to wait until that is durable (A 5.4).
bool HomeAgent::awaits_store(const Visit& visit, common::Output& out) {
    const unsigned open = keep_grants(visit, out);
    if (open == 0 || !policy_.awaits_store)
        return false;
    Waiting& waiting = waiting_[visit.client->home_address];
    waiting.update = visit.update();
    waiting.visit = visit;
    waiting.visit.registration.update = &waiting.update;
    waiting.open = open;
    return true;
}

unsigned HomeAgent::keep_grants(const Visit& visit, common::Output& out) const {
    if (store_.empty() || !policy_.writes_store)
        return 0;
    unsigned open = 0;
    for (const base::Prefix& prefix : visit.granted)
        if (const Lease* lease = visit.client->find(prefix))
            if (lease->delegated && (lease->persistent || policy_.stores_transient)) {
                put(*visit.client, *lease, out);
                ++open;
            }
    return open;
}

void HomeAgent::put(const Client& client, const Lease& lease, common::Output& out) const {
    if (store_.empty() || !policy_.writes_store)
        return;
    out.note("store", {{"store", store_},
                       {"op", "put"},
                       {"key", base::text(lease.prefix)},
                       {"first", sortable(lease.prefix.canonical().address)},
                       {"last", sortable(last_of(lease.prefix))},
                       {"owner", owner_of(client, lease)},
                       {"home-address", base::text(client.home_address)},
                       {"correlation", std::to_string(lease.correlation)},
                       {"implicit", lease.implicit ? "1" : "0"},
                       {"persistent", lease.persistent ? "1" : "0"},
                       {"fading", lease.fading ? "1" : "0"},
                       {"status", std::to_string(lease.granted)}});
}

void HomeAgent::erase(const Client& client, const Lease& lease, common::Output& out) const {
    if (!store_.empty() && policy_.writes_store)
        out.note("store", {{"store", store_},
                           {"op", "erase"},
                           {"key", base::text(lease.prefix)},
                           {"owner", owner_of(client, lease)}});
}

/// What the store says to a put: when the last one is durable the router is told.
void HomeAgent::answered(const model::Told& record, bool kept, base::Now now, common::Output& out) {
    const auto home = base::parse_ip6(argument(record, "home-address"));
    const auto prefix = base::parse_prefix(argument(record, "key"));
    const auto found = home ? waiting_.find(*home) : waiting_.end();
    Client* client = home ? client_of(*home) : nullptr;
    if (!prefix || !client)
        return;
    if (!kept && policy_.obeys_refusals) // the prefix stays taken: it is somebody's
        std::erase_if(client->leases, [&](const Lease& lease) {
            return lease.prefix == *prefix && owner_of(*client, lease) == argument(record, "owner");
        });
    if (found == waiting_.end())
        return;
    Waiting& waiting = found->second;
    if (!kept && policy_.obeys_refusals) {
        waiting.again = true;
        ++waiting.refusals;
    }
    if (--waiting.open != 0)
        return;
    Waiting over = std::move(found->second);
    waiting_.erase(found);
    over.visit.registration.update = &over.update;
    if (!over.again)
        return conclude(over.visit, now, out);
    if (over.refusals >= most_refusals)
        return; // the router asks again, later
    receive(over.visit.registration, now, out);
    if (const auto next = waiting_.find(*home); next != waiting_.end())
        next->second.refusals = over.refusals;
}

/// A prefix that another home agent, or this one before it was restarted, has delegated.
void HomeAgent::stored(const model::Told& record, base::Now now) {
    const auto home = base::parse_ip6(argument(record, "home-address"));
    const auto prefix = base::parse_prefix(argument(record, "key"));
    if (!prefix)
        return;
    persistent_pool_.take(*prefix);
    pool_.take(*prefix);
    Client* client = home ? client_of(*home) : nullptr;
    if (!client || client->find(*prefix))
        return;
    Lease lease;
    lease.prefix = prefix->canonical();
    lease.correlation = static_cast<std::uint16_t>(number(record, "correlation"));
    lease.implicit = argument(record, "implicit") == "1";
    lease.persistent = argument(record, "persistent") == "1";
    lease.granted = static_cast<std::uint8_t>(number(record, "status"));
    lease.fading = argument(record, "fading") == "1";
    lease.delegated = !lease.fading;
    client->leases.push_back(lease);
    std::erase(client->reserved, lease.prefix);
    if (!client->binding && !client->unbound_since)
        client->unbound_since = now.mono;
}

void HomeAgent::erased(const model::Told& record, common::Output& out) {
    const auto prefix = base::parse_prefix(argument(record, "key"));
    if (!prefix)
        return;
    persistent_pool_.release(*prefix);
    pool_.release(*prefix);
    for (auto& [home, client] : clients_) {
        if (!client.find(*prefix))
            continue;
        std::erase_if(client.leases, [&](const Lease& lease) { return lease.prefix == *prefix; });
        if (!client.binding)
            continue;
        std::erase(client.binding->routed, *prefix);
        out.remove_route(*prefix);
        out.remove_rule("up " + base::text(*prefix));
        out.remove_rule("down " + base::text(*prefix));
    }
}

} // namespace peers::nemo
