// A MAG-like router and a mobile node are fed with frames of (milliseconds, port, octets). Whatever they make
// of them, they come to rest, and what they send decodes without faults unless it quotes or forwards what
// came.

#include "peers/common/make.h"
#include "peers/common/router_node.h"
#include "peers/common/test_net.h"

#include <cstdlib>

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

void check(const model::Actions& actions) {
    for (const model::Action& action : actions) {
        const auto* out = std::get_if<model::FrameOut>(&action);
        if (!out)
            continue;
        const wire::Packet packet = wire::decode_frame(out->bytes);
        const auto kind = wire::kind(packet);
        const bool is_own = kind == "neighbor-solicitation" || kind == "neighbor-advertisement" ||
                            kind == "router-solicitation" || kind == "binding-error";
        if (is_own && packet.find_last<wire::Ipv6>() == packet.find<wire::Ipv6>() && !packet.faults.empty() &&
            packet.find<wire::Ipv6>()->hop_limit >= 64)
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
            if (const auto due = machine->deadline(); due && *due <= now.mono)
                machine->tick(now, actions);
            const wire::Packet packet = wire::decode_frame(octets);
            machine->on(model::FrameIn{machine == &first ? port : 0, &packet}, now, actions);
            check(actions);
        }
    }
    return 0;
}
