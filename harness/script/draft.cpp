#include "harness/script/draft.h"

#include "harness/script/drafter.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

using namespace std::chrono_literals;

/// A packet that is seen again within that time on its way is the same one.
constexpr base::Duration on_its_way = 50ms;
constexpr base::Duration same_moment = 2ms;
constexpr std::size_t most_steps = 2000;

} // namespace

const wire::Element* ip_in(const wire::Element& packet, std::size_t nth) {
    for (const auto& layer : packet.children)
        if (layer.name == "ipv6" && nth-- == 0)
            return &layer;
    return nullptr;
}

base::Ip6 address_in(const wire::Element& element, std::string_view field) {
    const auto* attribute = element.attribute(field);
    const auto* address = attribute ? std::get_if<base::Ip6>(&attribute->value) : nullptr;
    return address ? *address : base::Ip6{};
}

void Drafter::left_out(const std::string& why) {
    ++left_out_[why];
}

std::string Drafter::fresh(const std::string& name) {
    const unsigned count = ++names_[name];
    return count == 1 ? name : fmt::format("{}-{}", name, count);
}

DraftStep& Drafter::add(DraftStep step, const Recorded& packet) {
    step.at = packet.at;
    step.number = packet.number;
    const bool expected = step.what == DraftStep::What::expect;
    step.is_cause = !expected;
    constexpr std::size_t most_told = 50;
    // An authenticator that is wrong is sent as it was.
    const auto fault = std::ranges::find_if(packet.packet.faults, [](const wire::Fault& one) {
        return !one.where.ends_with("/authentication/authenticator");
    });
    if (step.what == DraftStep::What::send && fault != packet.packet.faults.end() &&
        corrected_.size() < most_told)
        corrected_.push_back(fmt::format("#{} is wrong ({}), and sent right where no field says so",
                                         packet.number, wire::text(*fault)));
    if (step.cause == 0 && expected)
        step.cause = last_cause_;
    steps_.push_back(std::move(step));
    if (!expected)
        last_cause_ = steps_.size();
    return steps_.back();
}

/// The same packet on its next link, or heard by another interface of the recorder.
bool Drafter::is_seen_before(const Recorded& packet) {
    std::string own;
    std::uint64_t hop_limit = 0;
    bool is_outer = true;
    for (const auto& layer : packet.element.children) {
        if (layer.name == "ethernet" || layer.name == "vlan")
            continue;
        wire::Element plain = layer;
        if (layer.name == "ipv6") {
            if (is_outer)
                if (const auto* limit = layer.attribute("hop-limit"))
                    hop_limit = std::get<std::uint64_t>(limit->value);
            is_outer = false;
            std::erase_if(plain.attributes, [](const auto& one) { return one.name == "hop-limit"; });
        }
        own += wire::text(plain);
    }
    std::erase_if(ways_, [&](const Way& way) { return packet.at - way.at > on_its_way; });
    const bool seen = std::ranges::any_of(ways_, [&](const Way& way) {
        const bool passed_on = way.hop_limit > hop_limit || way.link != packet.link;
        return way.text == own && (passed_on || packet.at - way.at < same_moment);
    });
    if (!seen)
        ways_.push_back({std::move(own), packet.link, packet.at, hop_limit});
    return seen;
}

std::string Drafter::identity_of(const Recorded& packet) const {
    if (bench_.has_names())
        for (const auto* option : {"mobile-node-identifier", "context-identity"})
            if (const auto* nai = field_in(packet, option, "nai"))
                return cast_.named(wire::text(nai->value, nai->kind));
    if (bench_.is_proxied())
        return {};
    if (bench_.role == "mr")
        return "mr";
    for (const auto& layer : packet.element.children) {
        if (const auto* option = layer.child("home-address-option"))
            return cast_.at_home(address_in(*option, "address"));
        if (layer.name == "routing-2")
            return cast_.at_home(address_in(layer, "home-address"));
    }
    return {};
}

/// A sender's clock as most of its timestamps show it. One that was refused may have been wrong on purpose.
void Drafter::find_clocks() {
    std::set<std::uint64_t> refused;
    for (const auto& packet : recording_)
        if (packet.packet.find<wire::BindingAcknowledgement>() &&
            number_in(packet, {}, "status").value_or(0) >= 128)
            refused.insert(number_in(packet, {}, "sequence").value_or(0));
    std::map<std::string, std::vector<base::Duration>> offsets;
    for (const auto& packet : recording_)
        if (const auto stamp = stamp_in(packet);
            stamp && packet.packet.find<wire::BindingUpdate>() &&
            !refused.contains(number_in(packet, {}, "sequence").value_or(0)))
            if (const auto* ip = wire::outer_ip(packet.packet))
                offsets[cast_.place(ip->source).node].push_back(*stamp - packet.wall);
    for (auto& [node, all] : offsets) {
        const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
        std::ranges::nth_element(all, middle);
        relaxation_.set_clock(node, *middle);
    }
}

Request* Drafter::asked_by(const Recorded& packet, const std::string& from, const std::string& to,
                           const std::string& identity) {
    const auto sequence = number_in(packet, {}, "sequence");
    Request* near = nullptr;
    for (auto request = requests_.rbegin(); request != requests_.rend(); ++request) {
        if (request->from != to || request->to != from || request->identity != identity)
            continue;
        if (number_in(*request->packet, {}, "sequence") == sequence)
            return &*request;
        if (!near && !request->answered)
            near = &*request;
    }
    return near;
}

void Drafter::take(const Recorded& packet) {
    const auto* ip = wire::outer_ip(packet.packet);
    const auto* element = message_in(packet.element);
    if (!ip || !element)
        return left_out("what is not IPv6");
    const std::string kind = element->name;
    if (kind == "router-solicitation")
        return solicitation(packet);
    if (kind == "router-advertisement")
        return advertisement(packet);
    if (kind.starts_with("neighbor-") || kind.starts_with("mld-") || kind == "redirect")
        return left_out("neighbour discovery");
    static const std::set<std::string, std::less<>> headers{
        "ipv6", "ipv4", "hop-by-hop", "destination-options", "routing-2", "routing", "fragment", "esp", "ah"};
    if (headers.contains(kind))
        return left_out("what cannot be read");
    if (is_seen_before(packet))
        return;
    const auto from = cast_.place(ip->source).node, to = cast_.place(ip->destination).node;
    if (kind.starts_with("dhcpv6-") && bench_.role == "mr" && bench_.is_proxied())
        return requested(packet);
    if (kind.starts_with("dhcpv6-") && bench_.role == "mag" && bench_.topology.node("dhcp"))
        return relayed(packet, from, to);
    if (kind.starts_with("dhcpv6-") && bench_.role != "dr")
        return left_out("DHCPv6");
    if (kind == "udp" || kind.starts_with("echo-"))
        return traffic(packet, from, to);
    const bool sent = cast_.is_under_test(to) && !from.empty() && !cast_.is_under_test(from);
    const bool expected = cast_.is_under_test(from) && !to.empty() && !cast_.is_under_test(to);
    if (!sent && !expected)
        return left_out(from.empty() || to.empty() ? "messages of strangers" : "messages of others");
    const bool proxied = bench_.is_proxied();
    const auto* proxy = packet.packet.find<wire::BindingUpdate>();
    const auto* answer = packet.packet.find<wire::BindingAcknowledgement>();
    told_.clear();
    if (proxy && proxy->p == proxied && kind == "binding-update")
        this->update(packet, from, to);
    else if (answer && answer->p == proxied && kind == "binding-acknowledgement")
        acknowledgement(packet, from, to);
    else if (kind.starts_with("dhcpv6-"))
        delegation(packet, from, to);
    else if (bench_.is_by_routers() && kind.starts_with("ho-"))
        handover_message(packet, from, to);
    else
        other_message(packet, from, to);
}

Draft Drafter::draft() {
    find_clocks();
    for (const auto& packet : recording_) {
        if (steps_.size() >= most_steps) {
            left_out(fmt::format("what comes behind {} steps", most_steps));
            continue;
        }
        take(packet);
    }
    if (!is_compared()) // there whatever else is said is found by itself
        note_silence();
    arrange();
    Draft out;
    auto setups = cast_.setups();
    for (const auto& node : bench_.topology.nodes)
        if (node.role == "lma" && !options_.protection.empty())
            setups.push_back(
                fmt::format("<setup node=\"{}\" protect=\"{}\"/>", node.name, options_.protection));
    write_draft({bench_, options_, cast_.additions(), setups, recording_}, steps_, out);
    out.remarks = cast_.remarks();
    for (const auto& [why, count] : left_out_)
        out.remarks.push_back(fmt::format("{} packet{} left out: {}", count, count == 1 ? "" : "s", why));
    out.remarks.insert(out.remarks.end(), corrected_.begin(), corrected_.end());
    return out;
}

Draft draft(const std::vector<Recorded>& recording, const Bench& bench, const DraftOptions& options) {
    return Drafter(recording, bench, options).draft();
}

} // namespace script
