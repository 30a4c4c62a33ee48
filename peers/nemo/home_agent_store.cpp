#include "harness/base/text.h"
#include "peers/nemo/home_agent.h"

#include <algorithm>

namespace peers::nemo {

namespace {

std::string argument(const model::Told& told, const char* name) {
    const auto found = told.arguments.find(name);
    return found == told.arguments.end() ? std::string() : found->second;
}

} // namespace

/// A 8: persistent allocations are in the store before the router hears of them; what is queued first is done
/// first.
void HomeAgent::keep_grants(const Visit& visit, common::Output& out) {
    for (const base::Prefix& prefix : visit.granted)
        if (const Lease* lease = visit.client->find(prefix))
            if (lease->persistent || policy_.stores_transient)
                put(*visit.client, *lease, out);
}

void HomeAgent::put(const Client& client, const Lease& lease, common::Output& out) const {
    if (store_.empty() || !policy_.writes_store)
        return;
    out.note("store", {{"store", store_},
                       {"op", "put"},
                       {"key", base::text(lease.prefix)},
                       {"home-address", base::text(client.home_address)},
                       {"correlation", std::to_string(lease.correlation)},
                       {"implicit", lease.implicit ? "1" : "0"},
                       {"persistent", lease.persistent ? "1" : "0"},
                       {"status", std::to_string(lease.granted)}});
}

void HomeAgent::erase(const base::Prefix& prefix, common::Output& out) const {
    if (!store_.empty())
        out.note("store", {{"store", store_}, {"op", "erase"}, {"key", base::text(prefix)}});
}

/// A prefix that another home agent, or this one before it was restarted, has delegated.
void HomeAgent::stored(const model::Told& record) {
    const auto home = base::parse_ip6(argument(record, "home-address"));
    const auto prefix = base::parse_prefix(argument(record, "key"));
    Client* client = home ? client_of(*home) : nullptr;
    if (!client || !prefix || client->find(*prefix))
        return;
    Lease lease;
    lease.prefix = prefix->canonical();
    lease.correlation =
        static_cast<std::uint16_t>(base::parse_number(argument(record, "correlation")).value_or(0));
    lease.implicit = argument(record, "implicit") == "1";
    lease.persistent = argument(record, "persistent") == "1";
    lease.granted = static_cast<std::uint8_t>(base::parse_number(argument(record, "status")).value_or(0));
    lease.delegated = true;
    persistent_pool_.take(lease.prefix);
    pool_.take(lease.prefix);
    client->leases.push_back(lease);
}

void HomeAgent::erased(const model::Told& record, common::Output& out) {
    const auto prefix = base::parse_prefix(argument(record, "key"));
    if (!prefix)
        return;
    for (auto& [home, client] : clients_) {
        if (!client.find(*prefix))
            continue;
        std::erase_if(client.leases, [&](const Lease& lease) { return lease.prefix == *prefix; });
        persistent_pool_.release(*prefix);
        pool_.release(*prefix);
        if (!client.binding)
            continue;
        std::erase(client.binding->routed, *prefix);
        out.remove_route(*prefix);
        out.remove_rule("up " + base::text(*prefix));
        out.remove_rule("down " + base::text(*prefix));
    }
}

} // namespace peers::nemo
