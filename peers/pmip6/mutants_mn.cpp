// Mobile nodes of a proxy domain that are wrong: hosts that should know nothing of mobility.
#include "peers/common/make.h"
#include "peers/pmip6/mutant_tables.h"

#include <memory>

namespace peers::pmip6 {

namespace mn_tables {

using namespace common;
using namespace std::chrono_literals;

Mutant host(std::string id, std::string title, std::vector<std::string> violates, Spoil spoil) {
    return {std::move(id),
            "mn",
            std::move(title),
            std::move(violates),
            {},
            [spoil = std::move(spoil)](const model::NodeConfig& config) {
                auto wrong = std::make_unique<Wrong>(make_mobile_node(config), profile_of(config));
                spoil(*wrong, config);
                return wrong;
            }};
}

/// Sends a Binding Update of its own to whoever advertises a prefix.
class Signaller : public model::Machine {
public:
    Signaller(std::unique_ptr<model::Machine> machine, bool proxy)
        : machine_(std::move(machine)), proxy_(proxy) {}
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        machine_->on(stimulus, now, out);
        const auto* frame = std::get_if<model::FrameIn>(&stimulus);
        const auto* ra = frame ? frame->packet->find<wire::RouterAdvertisement>() : nullptr;
        const auto* prefix = ra ? wire::find<wire::PrefixInformation>(ra->options) : nullptr;
        if (!prefix)
            return;
        base::Ip6 own = prefix->prefix;
        own.octets[15] = 7;
        wire::Packet update;
        update.layers = {
            wire::Ipv6{.source = own, .destination = frame->packet->find<wire::Ipv6>()->source},
            wire::BindingUpdate{.sequence = 1, .a = true, .h = true, .p = proxy_, .lifetime = 9}};
        machine_->on(model::Emit{std::move(update), {}, "access"}, now, out);
    }
    void tick(base::Now now, model::Actions& out) override { machine_->tick(now, out); }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    std::unique_ptr<model::Machine> machine_;
    bool proxy_;
};

Mutant signaller(std::string id, std::string title, std::vector<std::string> violates, bool proxy) {
    return {std::move(id),
            "mn",
            std::move(title),
            std::move(violates),
            {},
            [proxy](const model::NodeConfig& config) {
                return std::make_unique<Signaller>(make_mobile_node(config), proxy);
            }};
}

/// Of advertisements: from another router than the first that was heard.
Selects from_a_later_router() {
    const auto first = std::make_shared<base::Mac>();
    return [first](const wire::Packet& packet) {
        const auto* frame = packet.find<wire::Ethernet>();
        if (!frame || !packet.find<wire::RouterAdvertisement>())
            return false;
        if (*first == base::Mac{})
            *first = frame->source;
        return frame->source != *first;
    };
}

} // namespace mn_tables

std::vector<Mutant> mn_mutants() {
    using namespace mn_tables;
    return {
        signaller("mn-sends-proxy-updates", "registers itself as if it were its own gateway",
                  {"PMIP6-FMT-002"}, true),
        signaller("mn-signals-mobility", "registers itself", {"PMIP6-MN-001"}, false),
        host("mn-solicits-nobody", "waits for routers in silence", {"PMIP6-MN-002"},
             [](Wrong& mn, const model::NodeConfig&) { mn.outgoing(drop(is<wire::RouterSolicitation>())); }),
        without_bootstrap(host("mn-configures-nothing", "forms no address from what is advertised",
                               {"PMIP6-MN-004"},
                               [](Wrong& mn, const model::NodeConfig&) {
                                   mn.incoming(edit<wire::RouterAdvertisement>(
                                       [](wire::RouterAdvertisement& ra) { ra.options.clear(); }));
                               })),
        host("mn-solicits-for-ever", "solicits twice as often as a host may", {"PMIP6-MN-005"},
             [](Wrong& mn, const model::NodeConfig&) {
                 mn.outgoing(duplicate(is<wire::RouterSolicitation>(), 500ms));
             }),
        host("mn-drops-its-address", "gives its address up where it finds another router", {"PMIP6-MN-006"},
             [](Wrong& mn, const model::NodeConfig&) {
                 const auto moved = std::make_shared<bool>(false);
                 mn.incoming(drop([moved, later = from_a_later_router()](const wire::Packet& packet) {
                     *moved = later(packet) || *moved;
                     return *moved && packet.find<wire::EchoRequest>();
                 }));
             }),
        host("mn-clings-to-its-router", "keeps to the first router that it found", {"PMIP6-MN-009"},
             [](Wrong& mn, const model::NodeConfig&) { mn.incoming(drop(from_a_later_router())); }),
    };
}

} // namespace peers::pmip6
