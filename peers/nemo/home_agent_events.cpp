#include "harness/base/text.h"
#include "peers/nemo/home_agent.h"
#include "peers/nemo/told.h"

#include <algorithm>

namespace peers::nemo {

void HomeAgent::told(const model::Told& event, base::Now now, common::Output& out) {
    if (event.event == "state")
        return answer_state(event, now, out);
    if (told_by_store(event, now, out))
        return;
    if (event.event == "set") {
        for (const auto& [name, value] : event.arguments)
            settings_[name] = value;
        configure();
        return;
    }
    const std::string name = argument(event, "mobile-node");
    for (auto& [home, client] : clients_) {
        if (client.name != name)
            continue;
        const auto prefix = base::parse_prefix(argument(event, "prefix"));
        if (event.event == "assign")
            assign(client, event, now);
        else if (event.event == "withdraw" && prefix)
            withdraw(client, prefix->canonical(), out);
        else if (event.event == "deprecate")
            deprecate(client, event, now);
        else if (event.event == "renumber")
            renumber(client, now, out);
        else if (event.event == "delete")
            remove_binding(client, now, out);
        if (event.event == "assign" || event.event == "deprecate" || event.event == "renumber")
            request_refresh(client, out);
    }
    guard(out);
}

/// The administrator gives the router a further prefix: prefix, [implicit], [valid].
void HomeAgent::assign(Client& client, const model::Told& event, base::Now now) {
    const auto prefix = base::parse_prefix(argument(event, "prefix"));
    if (!prefix || client.find(*prefix))
        return;
    Lease lease;
    lease.prefix = prefix->canonical();
    lease.persistent = true;
    lease.implicit = argument(event, "implicit") == "on";
    if (const auto valid = base::parse_duration(argument(event, "valid")))
        lease.valid_until = now.mono + *valid;
    pool_.take(lease.prefix);
    persistent_pool_.take(lease.prefix);
    client.leases.push_back(lease);
    client.list_pending = true;
}

/// The prefix is nobody's any more: the space is put to another use (A 5.5).
void HomeAgent::withdraw(Client& client, const base::Prefix& prefix, common::Output& out) {
    const Lease* lease = client.find(prefix);
    if (!lease || !policy_.forgets_removed)
        return;
    if (!client.lapsed.contains(prefix)) {
        gone_.insert(prefix);
        client.lapsed.insert(prefix);
    }
    release(client, prefix, out);
    if (!client.binding)
        return;
    std::erase(client.binding->routed, prefix);
    out.remove_route(prefix);
    out.remove_rule("up " + base::text(prefix));
    out.remove_rule("down " + base::text(prefix));
}

/// The prefix of the event, or all of them, ends after `valid`.
void HomeAgent::deprecate(Client& client, const model::Told& event, base::Now now) {
    const auto prefix = base::parse_prefix(argument(event, "prefix"));
    const auto valid = base::parse_duration(argument(event, "valid"));
    if (!valid)
        return;
    for (Lease& lease : client.leases)
        if (!prefix || lease.prefix == prefix->canonical()) {
            lease.valid_until = now.mono + *valid;
            lease.news = true;
        }
}

/// Every prefix is replaced by another one of its kind; the old ones live on for a grace period, if there is
/// one (A 5.5).
void HomeAgent::renumber(Client& client, base::Now now, common::Output& out) {
    const std::vector<Lease> old = client.leases;
    std::vector<base::Prefix> replaced;
    for (const Lease& lease : old) {
        PrefixSpace& space =
            lease.persistent && !persistent_pool_.aggregates().empty() ? persistent_pool_ : pool_;
        const auto fresh = space.allocate(lease.prefix.length, type_of(lease.prefix));
        if (fresh) {
            Lease other = lease;
            other.prefix = *fresh;
            other.confirmed = false;
            client.leases.push_back(other);
            replaced.push_back(*fresh);
        }
        if (policy_.grace > base::Duration{}) {
            Lease& fading = *client.find(lease.prefix);
            fading.valid_until = now.mono + policy_.grace;
            fading.news = true;
            if (fading.delegated && fresh) { // the correlator is the new one's
                if (fading.persistent)
                    erase(client, fading, out);
                fading.delegated = false;
                fading.fading = true;
                if (fading.persistent)
                    put(client, fading, out);
            }
        } else {
            client.withdrawn.push_back({lease.prefix, lease.persistent});
            withdraw(client, lease.prefix, out);
        }
    }
    client.list_pending = true;
    for (const base::Prefix& prefix : replaced)
        if (const Lease* lease = client.find(prefix); lease && lease->delegated && lease->persistent)
            put(client, *lease, out);
}

/// RFC 3775, 6.1.2: the agent may ask for an update; without it the news wait for the next one (digest,
/// AMB-A17).
void HomeAgent::request_refresh(Client& client, common::Output& out) {
    if (!client.binding || !policy_.requests_refresh || !policy_.volunteers)
        return;
    out.send(mip6::to_mobile_node(client.binding->home_agent, client.binding->care_of, client.home_address,
                                  wire::BindingRefreshRequest{}));
}

/// Numbers of everything, and what there is of the node that the question names.
void HomeAgent::answer_state(const model::Told& question, base::Now, common::Output& out) const {
    const std::string of = argument(question, "of"), name = argument(question, "mobile-node");
    if (of == "routes" || of == "neighbours" || of == "tunnels")
        return; // the stack's
    model::Arguments fields = question.arguments;
    std::size_t bindings = 0, leases = 0;
    for (const auto& [home, client] : clients_) {
        if (!name.empty() && client.name != name)
            continue;
        bindings += client.binding ? 1 : 0;
        std::vector<std::string> prefixes;
        for (const Lease& lease : client.leases) {
            leases += lease.delegated ? 1 : 0;
            prefixes.push_back(base::text(lease.prefix));
            fields[base::text(lease.prefix)] = lease.confirmed ? "confirmed" : "assigned";
        }
        std::ranges::sort(prefixes);
        if (!name.empty())
            fields["prefixes"] = base::join(prefixes, " ");
    }
    fields["entries"] = std::to_string(bindings);
    fields["leases"] = std::to_string(leases);
    fields["pool"] = std::to_string(pool_.in_use() + persistent_pool_.in_use());
    fields["count"] = of == "leases" ? fields["leases"] : of == "pool" ? fields["pool"] : fields["entries"];
    out.note("state", std::move(fields));
}

} // namespace peers::nemo
