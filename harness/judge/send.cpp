#include "harness/judge/key.h"
#include "harness/judge/protection.h"
#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A stage that shows what it sent in another form than expected is believed after that time.
constexpr base::Duration doubt = milliseconds(200);
/// Address resolution gives up after three seconds (RFC 4861, 10).
constexpr base::Duration send_limit = seconds(4);

std::string joined(const std::vector<std::string>& sentences) {
    return fmt::format("{}", fmt::join(sentences, "; "));
}

/// The packet as it lies in a frame, from the IP header on.
base::View ip_octets(const wire::Packet& packet) {
    std::size_t header = 0;
    for (const auto& layer : packet.layers)
        if (std::holds_alternative<wire::Ethernet>(layer))
            header += 14;
        else if (std::holds_alternative<wire::Vlan>(layer))
            header += 4;
        else
            break;
    return base::View(packet.raw).subspan(std::min(header, packet.raw.size()));
}

/// Sends a packet and ends when it is seen on the wire.
class Sending : public Running {
public:
    Sending(const model::Send& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}

    void start() override {
        const auto from = world().expand(what_.ends.from, scope().round);
        const auto to = world().expand(what_.ends.to, scope().round);
        node_ = from.empty() ? std::string{} : from.front();
        std::vector<std::string> mistakes;
        auto emit = compose(what_.packet, {node_, to.empty() ? std::string{} : to.front(), {}, {}}, view(),
                            world().sequences, mistakes);
        if (!mistakes.empty()) {
            error("the packet cannot be sent: " + joined(mistakes));
            return;
        }
        if (world().options.sign)
            world().options.sign(emit.packet);
        emit.port = expand(what_.port);
        if (!to.empty())
            hand_to(to.front(), emit);
        kind_ = wire::kind(emit.packet);
        model::Emit plain = emit;
        // With protection of its own making, only its node knows how it will look.
        lies_ = std::erase_if(plain.packet.layers, is_protection) != 0 ||
                std::ranges::any_of(emit.edits, [](const model::Edit& edit) {
                    return edit.layer == "esp" || edit.layer == "ah" || edit.layer.starts_with("esp-") ||
                           edit.layer.ends_with("-key");
                });
        octets_ = octets(plain, world().options.profile);
        sent_ = world().now.mono;
        world().order(model::SendPacket{node_, std::move(emit)});
    }

    Reaction see(const Sighting& sighting) override {
        if (finished() || sighting.seen.from != node_)
            return Reaction::none;
        // The frame may be filled up behind the packet.
        const auto seen = ip_octets(sighting.seen.packet);
        if (seen.size() >= octets_.size() && std::ranges::equal(seen.first(octets_.size()), octets_)) {
            sent(sighting.capture());
            return Reaction::taken;
        }
        const auto plain = plain_octets(sighting.seen.packet, world().options.profile);
        if (is_sealed(sighting.seen.packet) ? lies_ : !plain.empty() && plain == octets_) {
            sent(sighting.capture());
            return Reaction::taken;
        }
        if (!candidate_ && sighting.kind() == kind_)
            candidate_ = sighting.capture();
        return Reaction::none;
    }

    void hear(const model::Event& event) override {
        if (const auto* done = std::get_if<model::Done>(&event.what);
            done && !finished() && !done->trouble.empty() && done->order == "send from " + node_)
            error("the packet cannot be sent: " + done->trouble);
    }

    void tick() override {
        if (finished())
            return;
        if (candidate_ && world().now.mono >= due(sent_ + doubt))
            sent(candidate_);
        else if (world().now.mono >= due(sent_ + send_limit))
            error(fmt::format("the packet that {} was to send never came on the wire", node_));
    }
    void close() override { finish_at(Outcome::met, world().now.mono); }
    std::optional<base::Mono> deadline() const override {
        return due(sent_ + (candidate_ ? doubt : send_limit));
    }

private:
    /// With a port, a neighbour there is the first hop, whatever the destination of the packet is.
    void hand_to(const std::string& neighbour, model::Emit& emit) const {
        const auto& topology = world().environment.topology();
        const auto *from = topology.node(node_), *to = topology.node(neighbour);
        const auto* own = from ? from->port(emit.port) : nullptr;
        if (!own || !to || emit.packet.layers.empty() ||
            std::holds_alternative<wire::Ethernet>(emit.packet.layers[0]))
            return;
        for (const auto& port : to->ports) {
            const auto* link = topology.link(port.link);
            if (!link || (port.link != own->link && link->identity != node_))
                continue;
            wire::Ethernet ethernet;
            ethernet.source = own->mac;
            ethernet.destination = port.mac;
            emit.packet.layers.insert(emit.packet.layers.begin(), ethernet);
            return;
        }
    }

    void sent(const Capture& capture) {
        world().stimulus_link = capture->link;
        world().stimulus_node = capture->from;
        world().environment.bind(step().as, scope().round, capture);
        finish_at(Outcome::met, capture->at, capture->number);
    }

    const model::Send& what_;
    std::string node_, kind_;
    base::Bytes octets_;
    bool lies_ = false; ///< about its protection
    base::Mono sent_{};
    Capture candidate_;
};

/// A standing reply.
class Answering : public Running {
public:
    Answering(const model::Answer& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}

    void start() override {}
    bool is_background() const override { return true; }

    bool answers(const Sighting& sighting) override {
        if (finished() || !is_of_kind(what_.to_what, sighting.seen.packet))
            return false;
        const auto meeting = meets(what_.ends, sighting, world(), scope().round);
        if (!meeting.key || !compare(what_.to_what, sighting.element(), view(&sighting.element())).matches())
            return false;
        reply(sighting);
        if (what_.count && ++count_ >= *what_.count)
            finish_at(Outcome::met, sighting.event.at, sighting.event.number);
        return true;
    }

    void step_ended(const std::string& name, bool, const MarkPtr& mark) override {
        if (!what_.until.empty() && name == what_.until)
            finish(Outcome::met, mark);
    }
    void close() override { finish_at(Outcome::met, world().now.mono); }
    std::vector<const model::Step*> waiting() const override { return {}; }

private:
    void reply(const Sighting& sighting) {
        const auto own = world().nodes_named(world().expand(what_.ends.to, scope().round));
        const auto& seen = sighting.seen;
        const bool is_ours = std::ranges::find(own, seen.destination) != own.end();
        const std::string node = is_ours || own.empty() ? seen.destination : own.front();
        std::vector<std::string> mistakes;
        Ways ways{node, seen.source.empty() ? seen.from : seen.source, {}, {}};
        if (const auto* asked = wire::outer_ip(seen.packet)) {
            if (!asked->destination.is_multicast())
                ways.source = asked->destination;
            ways.destination = asked->source;
        }
        auto emit = compose(what_.reply, ways, view(&sighting.element()), world().sequences, mistakes);
        if (world().options.sign)
            world().options.sign(emit.packet);
        if (mistakes.empty())
            world().order(model::SendPacket{node, std::move(emit)});
        else
            error(fmt::format("packet {} cannot be answered: {}", sighting.event.number, joined(mistakes)));
    }

    const model::Answer& what_;
    std::uint64_t count_ = 0;
};

} // namespace

std::unique_ptr<Running> running(const model::Send& what, const model::Step& step, Scope scope) {
    return std::make_unique<Sending>(what, step, std::move(scope));
}

std::unique_ptr<Running> running(const model::Answer& what, const model::Step& step, Scope scope) {
    return std::make_unique<Answering>(what, step, std::move(scope));
}

} // namespace judge
