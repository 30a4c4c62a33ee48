#include "peers/pmip6/mutant_tables.h"

namespace peers::pmip6 {

namespace mag_wire_tables {

using namespace std::chrono_literals;
using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;

/// A gateway whose updates are changed, from the `first` of all on.
Mutant asking(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(BindingUpdate&)> change, std::uint64_t first = 1) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [first, change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.outgoing(edit<BindingUpdate>(change).from(first));
                  });
}

/// A gateway whose advertisements are changed.
Mutant advertising(std::string id, std::string title, std::vector<std::string> violates,
                   std::function<void(wire::RouterAdvertisement&, const model::NodeConfig&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig& config) {
                      mag.outgoing(edit<wire::RouterAdvertisement>(
                          [change, config](wire::RouterAdvertisement& ra) { change(ra, config); }));
                  });
}

/// A gateway that does not hear acknowledgements of some kind.
Mutant deaf(std::string id, std::string title, std::vector<std::string> violates,
            std::function<bool(const BindingAcknowledgement&)> to) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [to = std::move(to)](Wrong& mag, const model::NodeConfig&) {
                      mag.incoming(drop(is<BindingAcknowledgement>(to)));
                  });
}

Mutant mended(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(wire::MobilityHeader&)> mend) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [mend = std::move(mend)](Wrong& mag, const model::NodeConfig&) {
                      mag.incoming(edit<BindingAcknowledgement>(
                          [mend](BindingAcknowledgement& ack) { mend(ack.header); }));
                  });
}

/// Shows every advertisement to the nodes on all access links.
class Indiscreet : public model::Machine {
public:
    Indiscreet(std::unique_ptr<model::Machine> machine, const model::NodeConfig& config)
        : machine_(std::move(machine)) {
        for (std::size_t port = 0; port < config.self.ports.size(); ++port)
            if (config.topology.identity(config.self.ports[port].name))
                access_.push_back(port);
    }
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        model::Actions made;
        machine_->on(stimulus, now, made);
        spread(made, out);
    }
    void tick(base::Now now, model::Actions& out) override {
        model::Actions made;
        machine_->tick(now, made);
        spread(made, out);
    }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    void spread(model::Actions& made, model::Actions& out) const {
        for (model::Action& action : made) {
            if (const auto* frame = std::get_if<model::FrameOut>(&action);
                frame && wire::decode_frame(frame->bytes).find<wire::RouterAdvertisement>())
                for (const std::size_t port : access_)
                    if (port != frame->port)
                        out.push_back(model::FrameOut{port, frame->bytes});
            out.push_back(std::move(action));
        }
    }
    std::unique_ptr<model::Machine> machine_;
    std::vector<std::size_t> access_;
};

/// Tunnels to the anchor what a node sends from its link-local address.
class LinkLocalForwarder : public model::Machine {
public:
    LinkLocalForwarder(std::unique_ptr<model::Machine> machine, const model::NodeConfig& config)
        : machine_(std::move(machine)), own_(config.self.address()) {
        for (const model::Node& node : config.topology.nodes)
            if (node.role == "lma" && anchor_.is_unspecified())
                anchor_ = node.address();
    }
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        machine_->on(stimulus, now, out);
        const auto* frame = std::get_if<model::FrameIn>(&stimulus);
        const auto* ip = frame ? frame->packet->find<wire::Ipv6>() : nullptr;
        if (!ip || !ip->source.is_link_local() || !ip->destination.is_routable_unicast() ||
            ip->destination == own_)
            return;
        wire::Packet tunnelled;
        tunnelled.layers.push_back(wire::Ipv6{.source = own_, .destination = anchor_});
        for (const wire::Layer& layer : frame->packet->layers)
            if (!std::holds_alternative<wire::Ethernet>(layer))
                tunnelled.layers.push_back(layer);
        machine_->on(model::Emit{std::move(tunnelled), {}, {}}, now, out);
    }
    void tick(base::Now now, model::Actions& out) override { machine_->tick(now, out); }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    std::unique_ptr<model::Machine> machine_;
    base::Ip6 own_, anchor_;
};

template <class Decorator>
Mutant decorated(std::string id, std::string title, std::vector<std::string> violates) {
    return {
        std::move(id), "mag", std::move(title), std::move(violates), {}, [](const model::NodeConfig& config) {
            return std::make_unique<Decorator>(make_mag(config), config);
        }};
}

constexpr std::uint64_t from_1900_to_1970 = 2'208'988'800;

void as_ntp(wire::Timestamp& stamp) {
    stamp.value = ((stamp.value >> 16) + from_1900_to_1970) << 32 | (stamp.value & 0xffff) << 16;
}

std::vector<Mutant> of_updates() {
    return {
        asking(
            "mag-sets-reserved-bits", "sends ones in the reserved bits", {"PMIP6-FMT-004"},
            [](BindingUpdate& update) { update.reserved = 1; }, later),
        asking("mag-sets-the-reserved-octet", "sends a one in the Mobility Header's reserved octet",
               {"PMIP6-MH-013"}, [](BindingUpdate& update) { update.header.reserved = 1; }),
        without_bootstrap(asking("mag-bad-checksum", "sends a checksum that does not verify",
                                 {"PMIP6-MH-002"},
                                 [](BindingUpdate& update) { update.header.checksum = 0xdead; })),
        without_bootstrap(asking("mag-wrong-payload-proto", "sends Payload Proto 41", {"PMIP6-MH-003"},
                                 [](BindingUpdate& update) { update.header.payload_proto = 41; })),
        asking(
            "mag-no-padding", "packs options without alignment", {"PMIP6-FMT-040", "PMIP6-FMT-070"},
            [](BindingUpdate& update) { update.options = laid_out(update.options, false, 0, 0); }, later),
        asking(
            "mag-misaligned-prefix", "starts the prefix option an octet late", {"PMIP6-FMT-021"},
            [](BindingUpdate& update) { update.options = laid_out(update.options, false, 1, 0); }, later),
        asking(
            "mag-sets-the-reserved-octet-of-the-prefix",
            "sends a one in the reserved octet of the prefix option", {"PMIP6-FMT-023"},
            [](BindingUpdate& update) {
                if (auto* option = wire::find<wire::HomeNetworkPrefix>(update.options))
                    option->reserved = 1;
            },
            later),
        asking("mag-asks-for-a-length", "asks for ::/64 instead of ::/0", {"PMIP6-MAG-086"},
               [](BindingUpdate& update) {
                   if (auto* option = wire::find<wire::HomeNetworkPrefix>(update.options))
                       option->prefix_length = 64;
               }),
        without_bootstrap(asking("mag-ntp-timestamps", "counts from 1900 in 32.32",
                                 {"PMIP6-FMT-042", "PMIP6-FMT-043", "PMIP6-MAG-098"},
                                 [](BindingUpdate& update) {
                                     if (auto* option = wire::find<wire::Timestamp>(update.options))
                                         as_ntp(*option);
                                 })),
        asking("mag-global-link-local", "reports a global address as link-local",
               {"PMIP6-FMT-032", "PMIP6-MAG-063"},
               [](BindingUpdate& update) {
                   if (auto* option = wire::find<wire::LinkLocalAddress>(update.options))
                       option->address = base::parse_ip6("2001:db8::1").value();
               }),
        asking("mag-anonymous-farewell", "de-registers without saying whom", {"PMIP6-MAG-081"},
               [](BindingUpdate& update) {
                   if (update.lifetime == 0)
                       remove<wire::MobileNodeIdentifier>(update.options);
               }),
        asking("mag-farewell-without-prefix", "de-registers without a prefix option", {"PMIP6-MAG-082"},
               [](BindingUpdate& update) {
                   if (update.lifetime == 0)
                       remove<wire::HomeNetworkPrefix>(update.options);
               }),
        spoilt("mag-same-numbers-without-timestamps", "mag", "counts nothing when it has no timestamps",
               {"PMIP6-LMA-102"},
               [](Wrong& mag, const model::NodeConfig&) {
                   // The anchor's answer is brought into line again, so that only the wire shows it.
                   auto last = std::make_shared<std::uint16_t>(0);
                   mag.outgoing(edit<BindingUpdate>([last](BindingUpdate& update) {
                       if (wire::find<wire::Timestamp>(update.options))
                           return;
                       *last = update.sequence;
                       if (update.sequence > 500)
                           update.sequence = 501;
                   }));
                   mag.incoming(edit<BindingAcknowledgement>([last](BindingAcknowledgement& ack) {
                       if (ack.sequence == 501 && *last > 500)
                           ack.sequence = *last;
                   }));
               }),
        without_bootstrap(spoilt("mag-wrong-clock", "mag", "lives in another hour", {"PMIP6-MAG-098"},
                                 [](Wrong& mag, const model::NodeConfig&) {
                                     mag.clock([](base::Now now) {
                                         now.wall += 1h;
                                         return now;
                                     });
                                 })),
        without_bootstrap(spoilt(
            "mag-late", "mag", "takes three seconds to speak", {"PMIP6-MAG-080"},
            [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(delay(is<BindingUpdate>(), 3s)); })),
        spoilt("mag-notices-no-departure", "mag", "does not hear that a node has left",
               {"PMIP6-MAG-092", "PMIP6-MAG-194"},
               [](Wrong& mag, const model::NodeConfig&) { mag.deaf_to("detached"); }),
    };
}

std::vector<Mutant> of_answers() {
    return {
        mended("mag-ignores-checksums", "takes answers whose checksum is wrong", {"PMIP6-MH-018"},
               [](wire::MobilityHeader& header) { header.checksum.reset(); }),
        mended("mag-ignores-payload-proto", "takes answers with any Payload Proto", {"PMIP6-MH-019"},
               [](wire::MobilityHeader& header) { header.payload_proto.reset(); }),
        deaf("mag-stumbles-over-reserved-bits", "drops answers with reserved bits set", {"PMIP6-FMT-012"},
             [](const BindingAcknowledgement& ack) { return ack.reserved != 0; }),
        deaf("mag-stumbles-over-the-prefix", "drops answers with the prefix option's reserved octet set",
             {"PMIP6-FMT-024"},
             [](const BindingAcknowledgement& ack) {
                 const auto* option = wire::find<wire::HomeNetworkPrefix>(ack.options);
                 return option && option->reserved != 0;
             }),
        deaf("mag-stumbles-over-unknown-options", "drops answers with an option that it does not know",
             {"PMIP6-FMT-075"},
             [](const BindingAcknowledgement& ack) {
                 const auto* option = wire::find<wire::UnknownMobilityOption>(ack.options);
                 return option && option->type > 200;
             }),
        spoilt("mag-ignores-advice", "mag", "refreshes when it pleases", {"PMIP6-MAG-118"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.incoming(edit<BindingAcknowledgement>(
                       [](BindingAcknowledgement& ack) { remove<wire::BindingRefreshAdvice>(ack.options); }));
               }),
        spoilt("mag-believes-in-its-lifetime", "mag", "takes the lifetime that it asked for as granted",
               {"PMIP6-MAG-113", "PMIP6-MAG-091"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.incoming(edit<BindingAcknowledgement>([](BindingAcknowledgement& ack) {
                       if (ack.lifetime != 0)
                           ack.lifetime = 900;
                   }));
               }),
        spoilt("mag-no-binding-error", "mag", "ignores unknown messages", {"PMIP6-MH-020"},
               [](Wrong& mag, const model::NodeConfig&) { mag.outgoing(drop(is<wire::BindingError>())); }),
    };
}

std::vector<Mutant> of_links() {
    return {
        decorated<Indiscreet>("mag-indiscreet", "shows each node the prefixes of all", {"PMIP6-MAG-046"}),
        decorated<LinkLocalForwarder>("mag-forwards-link-local", "forwards packets with a link-local source",
                                      {"PMIP6-MAG-158"}),
        advertising("mag-always-stateless", "advertises A without M whatever the profile says",
                    {"PMIP6-MAG-022"},
                    [](wire::RouterAdvertisement& ra, const model::NodeConfig&) {
                        ra.m = false;
                        if (auto* option = wire::find<wire::PrefixInformation>(ra.options))
                            option->a = true;
                    }),
        advertising("mag-speaks-with-its-own-voice", "advertises another hop limit than its neighbours",
                    {"PMIP6-MAG-041"},
                    [](wire::RouterAdvertisement& ra, const model::NodeConfig& config) {
                        ra.hop_limit = config.self.name == "mag2" ? 32 : 64;
                    }),
        advertising("mag-other-flags-elsewhere", "sets O at one gateway and not at the other",
                    {"PMIP6-DOM-006"},
                    [](wire::RouterAdvertisement& ra, const model::NodeConfig& config) {
                        ra.o = config.self.name == "mag2";
                    }),
        spoilt("mag-delivers-from-anywhere", "mag", "takes tunnelled packets from any sender",
               {"PMIP6-MAG-159"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   const base::Ip6 own = config.self.address();
                   base::Ip6 anchor;
                   for (const model::Node& node : config.topology.nodes)
                       if (node.role == "lma" && anchor.is_unspecified())
                           anchor = node.address();
                   mag.incoming(edit(any_packet(), [=](wire::Packet& packet) {
                       const auto* inner = packet.find_last<wire::Ipv6>();
                       auto* outer = packet.find<wire::Ipv6>();
                       if (!outer || inner == outer || outer->destination != own)
                           return false;
                       outer->source = anchor;
                       return true;
                   }));
               }),
        without_bootstrap(spoilt("mag-drops-the-downlink", "mag",
                                 "lets nothing out of the tunnel to its nodes", {"PMIP6-MAG-150"},
                                 [](Wrong& mag, const model::NodeConfig& config) {
                                     const base::Ip6 own = config.self.address();
                                     mag.incoming(drop([own](const wire::Packet& packet) {
                                         const auto* outer = packet.find<wire::Ipv6>();
                                         return outer && outer->destination == own &&
                                                packet.find_last<wire::Ipv6>() != outer &&
                                                !packet.find<wire::ParameterProblem>() &&
                                                !packet.find<wire::DestinationUnreachable>();
                                     }));
                                 })),
    };
}

} // namespace mag_wire_tables

std::vector<Mutant> mag_wire_mutants() {
    using namespace mag_wire_tables;
    std::vector<Mutant> all;
    for (auto part : {of_updates, of_answers, of_links})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
