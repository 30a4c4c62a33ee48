// A MAG-like router and a mobile node are fed with frames of (milliseconds, port, octets). Whatever they make
// of them, they come to rest, and what they send decodes without faults unless it quotes or forwards what
// came.

#include "peers/common/make.h"
#include "peers/common/router_node.h"
#include "peers/common/test_net.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace {

using namespace peers::common;

/// Asks for everything, and does something about everything.
class Greedy : public Role {
public:
    Wants wants() const override { return {{0, 5, 6, 7}, {547}, {200}}; }
    void start(base::Now, Output& output) override {
        const TunnelEnds tunnel{base::parse_ip6("2001:db8::1").value(),
                                base::parse_ip6("2001:db8::2").value()};
        output.add_tunnel(tunnel, {64, 4, 0});
        output.add_route(base::parse_prefix("2001:db8:1::/48").value(), tunnel);
        output.set_rule({"up", 0, 1, {}, {}, {}, tunnel});
        output.set_proxy(0, base::parse_ip6("2001:db8::9").value());
    }
    void on(const Input& input, base::Now, Output& output) override {
        if (const auto* arrived = std::get_if<Arrived>(&input))
            if (const auto* ip = arrived->packet->find<wire::Ipv6>())
                output.probe({arrived->port, ip->source, 2, std::chrono::milliseconds(50)});
    }
    void tick(base::Now, Output&) override {}
    std::optional<base::Mono> deadline() const override { return std::nullopt; }
};

/// Sources that the input has used: packets from these may be forwarded ones.
using Sources = std::set<base::Ip6>;

void remember(const wire::Packet& packet, Sources& sources) {
    for (const auto& layer : packet.layers)
        if (const auto* ip = std::get_if<wire::Ipv6>(&layer))
            sources.insert(ip->source);
}

/// What a node says in its own name is free of faults; inner packets, fragments and quotations are those of
/// others.
void check(const model::Actions& actions, const model::NodeConfig& config, const Sources& sources) {
    for (const model::Action& action : actions) {
        const auto* out = std::get_if<model::FrameOut>(&action);
        if (!out)
            continue;
        if (out->port >= config.self.ports.size() || out->bytes.size() < 54)
            std::abort();
        const wire::Packet packet = wire::decode_frame(out->bytes);
        const auto* ip = packet.find<wire::Ipv6>();
        const bool is_plain = !packet.find<wire::Fragment>() && packet.find_last<wire::Ipv6>() == ip;
        if (!ip || (is_plain && !sources.contains(ip->source) && !packet.faults.empty()))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto router = NodeBuilder("r").port("core", {"2001:db8::1/64"}).port("access").config();
    const auto mobile = NodeBuilder("mn1", "mn").port("access").config();
    RouterNode first(router, std::make_unique<Greedy>());
    const auto second = make_mobile_node(mobile);
    base::Now now{};
    Sources sources;
    base::View rest(data, size);
    for (int steps = 0; rest.size() > 5 && steps < 200; ++steps) {
        now.mono += std::chrono::milliseconds(base::read16(rest, 0));
        const std::size_t port = rest[2] & 1;
        const bool right_mac = rest[2] & 2;
        const std::size_t length = std::min<std::size_t>(base::read16(rest, 3), rest.size() - 5);
        base::Bytes octets(rest.begin() + 5, rest.begin() + 5 + static_cast<std::ptrdiff_t>(length));
        rest = rest.subspan(5 + length);
        for (model::Machine* machine : {static_cast<model::Machine*>(&first), second.get()}) {
            if (right_mac && octets.size() > 14)
                std::ranges::copy(
                    (machine == &first ? router : mobile).self.ports[machine == &first ? port : 0].mac.octets,
                    octets.begin());
            model::Actions actions;
            const wire::Packet packet = wire::decode_frame(octets);
            remember(packet, sources);
            if (const auto due = machine->deadline(); due && *due <= now.mono)
                machine->tick(now, actions);
            machine->on(model::FrameIn{machine == &first ? port : 0, &packet}, now, actions);
            check(actions, machine == &first ? router : mobile, sources);
        }
    }
    return 0;
}
