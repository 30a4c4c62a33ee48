#include "harness/judge/meter.h"

#include <algorithm>

namespace judge {
namespace {

std::size_t ip_headers(const wire::Packet& packet) {
    return static_cast<std::size_t>(std::ranges::count_if(packet.layers, [](const auto& layer) {
        return std::holds_alternative<wire::Ipv6>(layer) || std::holds_alternative<wire::Ipv4>(layer);
    }));
}

bool came_out(model::Fate fate) {
    return fate != model::Fate::dropped && fate != model::Fate::undeliverable &&
           fate != model::Fate::corrupted;
}

} // namespace

Meter::Meter(model::Flow flow, const model::Topology& topology)
    : flow_(std::move(flow)), topology_(topology) {}

/// Does the frame reach the destination on a link of its own, for itself and not for a router beside it?
bool Meter::arrives(const model::Seen& seen, const std::string& destination) const {
    if (seen.from == destination || !came_out(seen.fate))
        return false;
    const auto* link = topology_.link(seen.link);
    const auto* node = topology_.node(destination);
    const auto* identity = topology_.identity(destination);
    base::Mac mac;
    bool on_link = link && link->identity == destination;
    if (on_link && identity)
        mac = identity->mac;
    if (node)
        for (const auto& port : node->ports)
            if (port.link == seen.link || (on_link && port.link.empty())) {
                on_link = true;
                mac = port.mac;
            }
    if (!on_link)
        return false;
    if (ip_headers(seen.packet) > 1 && seen.destination != destination)
        return false;
    const auto* ethernet = seen.packet.find<wire::Ethernet>();
    return !ethernet || mac == base::Mac{} || ethernet->destination.is_group() ||
           ethernet->destination == mac;
}

void Meter::see(const model::Event& event, const model::Seen& seen) {
    const auto marked = model::flow_mark(seen.packet);
    if (!marked || marked->mark.port != flow_.port)
        return;
    last_seen_ = std::max(last_seen_, event.at);
    const bool back = marked->mark.back != marked->is_reply;
    const std::string& source = back ? flow_.to : flow_.from;
    const std::string& destination = back ? flow_.from : flow_.to;
    auto& packet = packets_[back][marked->mark.sequence];
    if (seen.from == source) {
        if (!packet.sent)
            packet.sent = event.at;
    } else {
        packet.path.insert(seen.from);
    }
    if (ip_headers(seen.packet) > 1)
        for (const auto& end : {seen.source, seen.destination})
            if (!end.empty() && end != source && end != destination)
                packet.path.insert(end);
    if (!arrives(seen, destination))
        return;
    const auto at = std::max(event.at, seen.delivered);
    if (packet.received.empty())
        order_[back].push_back(marked->mark.sequence);
    for (int copies = seen.fate == model::Fate::duplicated ? 2 : 1; copies > 0; --copies)
        packet.received.push_back(at);
}

void Meter::report(const model::Arguments& arguments) {
    told_ = arguments;
}

Meter::Count Meter::count(bool back) const {
    return count(back, back);
}

Meter::Count Meter::round_trips() const {
    return count(false, true);
}

Meter::Count Meter::count(bool sent_back, bool received_back) const {
    Count result;
    std::vector<base::Mono> deliveries;
    std::optional<base::Mono> first_sent, last_sent;
    for (const auto& [sequence, packet] : packets_[sent_back])
        if (packet.sent) {
            ++result.sent;
            first_sent = first_sent ? std::min(*first_sent, *packet.sent) : *packet.sent;
            last_sent = last_sent ? std::max(*last_sent, *packet.sent) : *packet.sent;
            const auto other = packets_[received_back].find(sequence);
            result.lost += other == packets_[received_back].end() || other->second.received.empty() ? 1 : 0;
        }
    for (const auto& [sequence, packet] : packets_[received_back]) {
        if (packet.received.empty())
            continue;
        ++result.received;
        result.duplicated += packet.received.size() - 1;
        deliveries.push_back(packet.received.front());
        result.paths.push_back(packet.path);
    }
    std::uint64_t highest = 0;
    for (const auto sequence : order_[received_back]) {
        result.reordered += sequence < highest ? 1 : 0;
        highest = std::max(highest, sequence);
    }
    std::ranges::sort(deliveries);
    if (first_sent) {
        base::Mono last = *first_sent;
        for (const auto at : deliveries) {
            result.gap = std::max(result.gap, at - last);
            last = at;
        }
        result.gap = std::max(result.gap, *last_sent - last);
    }
    return result;
}

bool Meter::all_sent() const {
    if (flow_.packets == 0)
        return false;
    const auto sent = [&](bool back) {
        return static_cast<std::uint64_t>(std::ranges::count_if(
            packets_[back], [](const auto& one) { return one.second.sent.has_value(); }));
    };
    return sent(false) >= flow_.packets &&
           (!flow_.both_ways || flow_.protocol == "echo" || sent(true) >= flow_.packets);
}

} // namespace judge
