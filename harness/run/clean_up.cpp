#include "harness/run/clean_up.h"

#include "harness/run/mentions.h"
#include "harness/wire/packet.h"

#include <fmt/format.h>

#include <utility>

namespace run {
namespace {

template <class Message>
std::string nai_in(const Message& message) {
    for (const auto& option : message.options)
        if (const auto* identifier = std::get_if<wire::MobileNodeIdentifier>(&option))
            return identifier->nai;
    return {};
}

/// The same packet about another mobile node.
model::PacketSpec about(model::PacketSpec packet, const std::string& identity) {
    const std::string own = "barrier.";
    each_value(packet, [&](model::Value& value) {
        if (value.op == model::Value::Op::reference && value.text.starts_with(own))
            value.text = identity + "." + value.text.substr(own.size());
    });
    return packet;
}

void set_sequence(model::PacketSpec& packet, std::uint16_t sequence) {
    for (auto& layer : packet.layers)
        for (auto& field : layer.fields)
            if (field.name == "sequence")
                field.value = {model::Value::Op::literal, fmt::format("{}", sequence), {}, false, {}};
}

} // namespace

Registrations::Registrations(const model::Topology& topology, std::string box) : box_(std::move(box)) {
    for (const auto& identity : topology.identities)
        identities_[identity.nai] = identity.name;
}

std::string Registrations::identity_of(const std::string& nai) const {
    const auto found = identities_.find(nai);
    return found == identities_.end() ? std::string{} : found->second;
}

void Registrations::see(const model::Seen& seen) {
    constexpr std::uint8_t first_refusal = 128; // RFC 3775, 6.1.8
    if (const auto* update = seen.packet.find<wire::BindingUpdate>()) {
        if (const auto who = identity_of(nai_in(*update)); !who.empty() && seen.destination == box_)
            sequences_[who] = update->sequence;
    } else if (const auto* answer = seen.packet.find<wire::BindingAcknowledgement>()) {
        const auto who = identity_of(nai_in(*answer));
        if (who.empty() || seen.source != box_ || answer->status >= first_refusal)
            return;
        if (answer->lifetime == 0)
            open_.erase(who);
        else
            open_[who] = {who, seen.destination, box_, 0};
    }
}

std::vector<Registrations::One> Registrations::open() const {
    std::vector<One> out;
    for (const auto& [who, one] : open_) {
        out.push_back(one);
        if (const auto sequence = sequences_.find(who); sequence != sequences_.end())
            out.back().sequence = sequence->second;
    }
    return out;
}

std::optional<model::Case> release_case(const model::Case& scenario, const model::Library& library,
                                        const Registrations::One& registration) {
    for (const auto& barrier : scenario.topology.barriers) {
        const auto release = library.templates.find(barrier.send + "/release"),
                   answer = library.templates.find(barrier.expect);
        const auto* from = scenario.topology.node(registration.from);
        if (release == library.templates.end() || answer == library.templates.end() || !from ||
            from->player != model::Player::tester)
            continue;
        model::Case out = scenario;
        out.given.clear();
        out.finally.clear();
        model::Step send, expect;
        send.as = "released";
        model::PacketSpec request = about(release->second, registration.identity);
        set_sequence(request, static_cast<std::uint16_t>(registration.sequence + 1));
        send.what = model::Send{{{registration.from}, {registration.at}, {}}, request, {}};
        model::Expect awaited;
        awaited.ends = {{registration.at}, {registration.from}, {}};
        awaited.packet = about(answer->second, registration.identity);
        awaited.within = model::Bound{std::chrono::milliseconds(300), {}};
        awaited.answers = "released";
        expect.what = awaited;
        out.body = {send, expect};
        return out;
    }
    return std::nullopt;
}

} // namespace run
