#pragma once

#include "peers/common/role.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace peers::pmip6 {

/// A role without a node: virtual time, the state that its commands would build in the stack, and everything
/// that it sent. For tests and fuzzers.
class RoleBench {
public:
    struct Sent {
        base::Mono at{};
        std::optional<common::PortIndex> port; ///< none: by the routing table
        std::optional<base::Mac> to;
        wire::Packet packet;
    };

    explicit RoleBench(common::Role& role, base::Wall wall = std::chrono::milliseconds(1'188'864'000'500))
        : now{{}, wall}, role_(&role) {
        common::Output out;
        role_->start(now, out);
        carry_out(out);
    }

    base::Now now;
    std::vector<Sent> sent;
    std::vector<common::Probe> probes;
    std::vector<model::Note> notes;
    std::map<base::Prefix, common::Target> routes;
    std::vector<common::Rule> rules;
    std::set<common::TunnelEnds> tunnels;
    std::map<common::PortIndex, std::set<base::Ip6>> addresses;

    void give(const common::Input& input) {
        common::Output out;
        role_->on(input, now, out);
        carry_out(out);
    }
    void tell(std::string event, model::Arguments arguments = {}) {
        give(model::Told{std::move(event), std::move(arguments)});
    }
    void arrive(const wire::Packet& packet, common::PortIndex port = 0, base::Mac source = {},
                std::optional<common::TunnelEnds> tunnel = {}) {
        give(common::Arrived{port, source, tunnel, true, &packet});
    }
    /// Lets that much time pass; the role is woken exactly when it wants to be.
    void run(base::Duration time) {
        const base::Mono end = now.mono + time;
        for (auto due = role_->deadline(); due && *due <= end; due = role_->deadline()) {
            advance(std::max(*due, now.mono));
            common::Output out;
            role_->tick(now, out);
            carry_out(out);
        }
        advance(end);
    }
    /// A step of the node's wall clock.
    void step_clock(base::Duration by) { now.wall += by; }

    /// The packets that have a layer of that type, in their order.
    template <class T>
    std::vector<const Sent*> all() const {
        std::vector<const Sent*> found;
        for (const Sent& one : sent)
            if (one.packet.find<T>())
                found.push_back(&one);
        return found;
    }
    /// The last one; null if there is none.
    template <class T>
    const T* last() const {
        const auto found = all<T>();
        return found.empty() ? nullptr : found.back()->packet.template find<T>();
    }
    template <class T>
    std::size_t count() const {
        return all<T>().size();
    }
    void clear() {
        sent.clear();
        probes.clear();
        notes.clear();
    }
    bool noted(std::string_view text) const {
        return std::any_of(notes.begin(), notes.end(), [&](const auto& note) { return note.text == text; });
    }

    /// What the rules say of a packet that is to be forwarded; ByRoute if they say nothing.
    common::Verdict verdict(std::optional<common::PortIndex> port, std::optional<common::TunnelEnds> tunnel,
                            const base::Ip6& source, const base::Ip6& destination) const {
        const common::Rule* best = nullptr;
        for (const common::Rule& rule : rules) {
            if ((rule.port && rule.port != port) || (rule.tunnel && rule.tunnel != tunnel) ||
                !rule.source.contains(source) || !rule.destination.contains(destination))
                continue;
            if (!best || rule.order < best->order)
                best = &rule;
        }
        return best ? best->verdict : common::Verdict{common::ByRoute{}};
    }
    /// Where the routing table sends it; nullopt without a route.
    std::optional<common::Target> route(const base::Ip6& destination) const {
        std::optional<common::Target> target;
        unsigned length = 0;
        for (const auto& [prefix, to] : routes)
            if (prefix.contains(destination) && (!target || prefix.length >= length)) {
                target = to;
                length = prefix.length;
            }
        return target;
    }

private:
    void advance(base::Mono to) {
        now.wall += to - now.mono;
        now.mono = to;
    }
    void carry_out(common::Output& out) {
        for (common::Command& command : out.commands)
            std::visit([this](auto& one) { apply(one); }, command);
    }
    void apply(common::SendPacket& c) { sent.push_back({now.mono, {}, {}, std::move(c.packet)}); }
    void apply(common::SendOnPort& c) { sent.push_back({now.mono, c.port, c.to, std::move(c.packet)}); }
    void apply(common::AddAddress& c) { addresses[c.port].insert(c.address.address); }
    void apply(common::RemoveAddress& c) { addresses[c.port].erase(c.address); }
    void apply(common::AddRoute& c) { routes[c.route.to] = c.route.target; }
    void apply(common::RemoveRoute& c) { routes.erase(c.to); }
    void apply(common::SetRule& c) {
        for (common::Rule& rule : rules) {
            if (rule.name == c.rule.name) {
                rule = std::move(c.rule);
                return;
            }
        }
        rules.push_back(std::move(c.rule));
    }
    void apply(common::RemoveRule& c) {
        std::erase_if(rules, [&](const common::Rule& rule) { return rule.name == c.name; });
    }
    void apply(common::AddTunnel& c) { tunnels.insert(c.ends); }
    void apply(common::RemoveTunnel& c) { tunnels.erase(c.ends); }
    void apply(common::Probe& c) { probes.push_back(c); }
    template <class Other>
    void apply(Other&) {}
    void apply(model::Note& c) { notes.push_back(std::move(c)); }

    common::Role* role_;
};

} // namespace peers::pmip6
