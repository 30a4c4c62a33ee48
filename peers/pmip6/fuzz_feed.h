#pragma once

#include "harness/model/machine.h"
#include "harness/wire/packet.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace peers::pmip6 {

/// Feeds a machine with what a fuzzer made up: records of one octet of time, one that says what follows, two
/// of length and the octets. Whatever the machine sends has to decode without faults. Calls std::abort if it
/// does not.
class FuzzFeed {
public:
    FuzzFeed(model::Machine& machine, const model::NodeConfig& config, std::vector<base::Ip6> peers)
        : machine_(&machine), config_(&config), peers_(std::move(peers)) {
        for (std::size_t port = 0; port < config.self.ports.size(); ++port)
            tell(model::Carrier{port, true});
    }

    void eat(base::View input) {
        while (input.size() >= 4) {
            const std::uint8_t time = input[0], what = input[1];
            const std::size_t size = std::min<std::size_t>(base::read16(input, 2) % 2048, input.size() - 4);
            const base::View octets = input.subspan(4, size);
            input = input.subspan(4 + size);
            // Short steps for timers of milliseconds, long ones for lifetimes.
            pass(time < 128 ? std::chrono::milliseconds(time * 10) : std::chrono::seconds((time - 128) * 40));
            swallow(what, octets);
        }
    }

    /// Messages that the machine has sent, all of them without faults.
    std::size_t messages() const { return messages_; }

private:
    void swallow(std::uint8_t what, base::View octets) {
        const std::size_t port = what / 8 % config_->self.ports.size();
        const std::string& mobile =
            config_->topology.identities[what / 8 % config_->topology.identities.size()].name;
        switch (what % 8) {
        case 0:
            frame(port, base::Bytes(octets.begin(), octets.end()));
            break;
        case 1:
        case 2:
        case 3:
            packet(port, what, octets);
            break;
        case 4:
            tell(model::Told{"attached", {{"mobile-node", mobile}, {"port", mobile}}});
            break;
        case 5:
            tell(model::Told{"detached", {{"mobile-node", mobile}, {"port", mobile}}});
            break;
        case 6:
            tell(model::Told{what & 64 ? "renumber" : "delete", {{"mobile-node", mobile}}});
            break;
        default:
            tell(model::Carrier{port, (what & 64) != 0});
        }
    }
    void frame(std::size_t port, const base::Bytes& bytes) {
        const wire::Packet packet = wire::decode_frame(bytes);
        tell(model::FrameIn{port, &packet});
    }
    /// The octets as a Mobility Header or ICMPv6 message, or as what a tunnel holds, of a peer of the node,
    /// with the right checksum.
    void packet(std::size_t port, std::uint8_t what, base::View octets) {
        constexpr std::uint8_t protocols[] = {135, 58, 41};
        const base::Ip6 source = peers_[what / 8 % peers_.size()], destination = config_->self.address();
        base::Bytes bytes(14 + 40);
        std::copy_n(config_->self.ports[port].mac.octets.begin(), 6, bytes.begin());
        bytes[11] = 1;
        base::write16(bytes, 12, 0x86dd);
        bytes[14] = 0x60;
        base::write16(bytes, 18, static_cast<std::uint16_t>(octets.size()));
        bytes[20] = protocols[what % 8 - 1];
        bytes[21] = 255;
        std::copy(source.octets.begin(), source.octets.end(), bytes.begin() + 22);
        std::copy(destination.octets.begin(), destination.octets.end(), bytes.begin() + 38);
        bytes.insert(bytes.end(), octets.begin(), octets.end());
        wire::Packet decoded = wire::decode_frame(bytes);
        for (wire::Layer& layer : decoded.layers)
            std::visit([](auto& one) { forget_checksum(one); }, layer);
        frame(port, wire::encode(decoded));
    }
    template <class Layer>
    static void forget_checksum(Layer& layer) {
        if constexpr (requires { layer.header.checksum; })
            layer.header.checksum.reset();
    }
    void tell(const model::Stimulus& stimulus) {
        model::Actions out;
        machine_->on(stimulus, now_, out);
        inspect(out);
    }
    void pass(base::Duration time) {
        const base::Mono end = now_.mono + time;
        for (int ticks = 0; ticks < 1000; ++ticks) {
            const auto due = machine_->deadline();
            if (!due || *due > end)
                break;
            now_.wall += std::max(*due, now_.mono) - now_.mono;
            now_.mono = std::max(*due, now_.mono);
            model::Actions out;
            machine_->tick(now_, out);
            inspect(out);
        }
        now_.wall += end - now_.mono;
        now_.mono = end;
    }
    /// Every neighbour is there.
    void answer(const wire::NeighborSolicitation& asked, const wire::Packet& packet, std::size_t port) {
        const base::Mac mac{{2, 0, 0, 0, 0x10, 1}};
        const auto* ip = packet.find<wire::Ipv6>();
        if (!ip || ip->source.is_unspecified() || depth_ > 8)
            return;
        wire::Packet reply;
        reply.layers = {wire::Ethernet{.destination = config_->self.ports[port].mac, .source = mac},
                        wire::Ipv6{.source = asked.target, .destination = ip->source, .hop_limit = 255},
                        wire::NeighborAdvertisement{.target = asked.target, .s = true, .o = true}};
        std::get<wire::NeighborAdvertisement>(reply.layers.back())
            .options.push_back(wire::TargetLinkLayerAddress{.address = mac});
        ++depth_;
        frame(port, wire::encode(reply));
        --depth_;
    }
    void inspect(const model::Actions& out) {
        for (const model::Action& action : out) {
            const auto* sent = std::get_if<model::FrameOut>(&action);
            if (!sent)
                continue;
            const wire::Packet packet = wire::decode_frame(sent->bytes);
            if (const auto* asked = packet.find<wire::NeighborSolicitation>())
                answer(*asked, packet, sent->port);
            // Inside of a tunnel, behind a route or quoted by an error is what somebody else made.
            const bool is_own =
                packet.find<wire::Ipv6>() && packet.find<wire::Ipv6>() == packet.find_last<wire::Ipv6>();
            const bool is_signalling =
                packet.find<wire::BindingUpdate>() || packet.find<wire::BindingAcknowledgement>() ||
                packet.find<wire::BindingError>() || packet.find<wire::RouterAdvertisement>();
            if (!is_own || !is_signalling)
                continue;
            ++messages_;
            if (!packet.faults.empty())
                std::abort();
        }
    }

    model::Machine* machine_;
    const model::NodeConfig* config_;
    std::vector<base::Ip6> peers_;
    std::size_t messages_ = 0;
    int depth_ = 0; ///< of answers to answers
    base::Now now_{{}, std::chrono::milliseconds(1'188'864'000'500)};
};

} // namespace peers::pmip6
