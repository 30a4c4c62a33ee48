// Gateways whose updates are laid out wrongly, who stumble over answers, or whose tunnels are not where, or
// not as long as, their bindings are.
#include "peers/pmip6/mutants_mag_tables.h"

#include <algorithm>
#include <map>
#include <memory>

namespace peers::pmip6 {

namespace mag_formats_tables {

using namespace common;
using namespace std::chrono_literals;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using wire::UnknownMobilityOption;

/// A gateway whose updates are changed, from the second on.
Mutant updating(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(BindingUpdate&)> change) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [change = std::move(change)](Wrong& mag, const model::NodeConfig&) {
                      mag.outgoing(edit<BindingUpdate>(change).from(later));
                  });
}

/// The first option of that kind is written otherwise.
template <class Option>
Mutant writing_instead(std::string id, std::string title, std::vector<std::string> violates,
                       std::function<UnknownMobilityOption(const Option&)> make) {
    return updating(std::move(id), std::move(title), std::move(violates),
                    [make = std::move(make)](BindingUpdate& update) {
                        for (auto& option : update.options)
                            if (const Option* found = std::get_if<Option>(&option)) {
                                option = make(*found);
                                return;
                            }
                    });
}

base::Bytes leading(const base::Ip6& address, std::size_t count) {
    return {address.octets.begin(), address.octets.begin() + static_cast<std::ptrdiff_t>(count)};
}

base::Bytes prefix_data(const wire::HomeNetworkPrefix& option, std::size_t octets) {
    base::Bytes data{0, option.prefix_length};
    const auto prefix = leading(option.prefix, octets);
    data.insert(data.end(), prefix.begin(), prefix.end());
    return data;
}

bool carries_a_packet(const wire::Packet& packet) {
    return packet.find<wire::Ipv6>() != packet.find_last<wire::Ipv6>() &&
           !packet.find<wire::DestinationUnreachable>();
}

std::vector<Mutant> of_options() {
    using wire::HomeNetworkPrefix;
    using wire::LinkLocalAddress;
    using wire::MobileNodeIdentifier;
    using wire::Timestamp;
    constexpr std::uint8_t unassigned = 200;
    return {
        writing_instead<HomeNetworkPrefix>(
            "mag-abbreviates-prefixes", "leaves out the octets of a prefix that are zero",
            {"PMIP6-FMT-022", "PMIP6-FMT-026"},
            [](const HomeNetworkPrefix& option) {
                return UnknownMobilityOption{.type = 22, .data = prefix_data(option, 8)};
            }),
        writing_instead<HomeNetworkPrefix>(
            "mag-numbers-options-otherwise", "gives the prefix option a number of its own",
            {"PMIP6-FMT-020", "PMIP6-FMT-060"},
            [](const HomeNetworkPrefix& option) {
                return UnknownMobilityOption{.type = unassigned, .data = prefix_data(option, 16)};
            }),
        spoilt("mag-counts-every-bit", "mag", "says 128 for the length of the prefix that it asks for",
               {"PMIP6-FMT-025"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit<BindingUpdate>([](BindingUpdate& update) {
                       auto* option = wire::find<HomeNetworkPrefix>(update.options);
                       if (option && !option->prefix.is_unspecified())
                           option->prefix_length = 128;
                   }));
               }),
        updating("mag-misaligned-link-local-address", "does not align the Link-local Address option",
                 {"PMIP6-FMT-030"},
                 [](BindingUpdate& update) {
                     if (wire::find<LinkLocalAddress>(update.options))
                         update.options = laid_out(update.options, false, 0, 0);
                 }),
        updating("mag-misaligned-timestamp", "does not align the Timestamp option", {"PMIP6-FMT-040"},
                 [](BindingUpdate& update) {
                     remove<LinkLocalAddress>(update.options);
                     update.options = laid_out(update.options, false, 0, 0);
                 }),
        writing_instead<LinkLocalAddress>("mag-long-link-local-address",
                                          "adds an octet to the Link-local Address option", {"PMIP6-FMT-031"},
                                          [](const LinkLocalAddress& option) {
                                              auto data = leading(option.address, 16);
                                              data.push_back(0);
                                              return UnknownMobilityOption{.type = 26, .data = data};
                                          }),
        writing_instead<Timestamp>("mag-short-timestamp", "sends whole seconds in four octets",
                                   {"PMIP6-FMT-041"},
                                   [](const Timestamp& option) {
                                       const auto seconds = static_cast<std::uint32_t>(option.value >> 16);
                                       base::Bytes data(4);
                                       for (unsigned i = 0; i < 4; ++i)
                                           data[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
                                       return UnknownMobilityOption{.type = 27, .data = data};
                                   }),
        updating("mag-terminates-identifiers", "ends identifiers with a zero octet", {"PMIP6-FMT-050"},
                 [](BindingUpdate& update) {
                     if (auto* option = wire::find<MobileNodeIdentifier>(update.options))
                         option->nai.push_back('\0');
                 }),
        updating("mag-other-kind-of-identifier", "names nodes under another subtype", {"PMIP6-FMT-051"},
                 [](BindingUpdate& update) {
                     if (auto* option = wire::find<MobileNodeIdentifier>(update.options))
                         option->subtype = 2;
                 }),
        spoilt("mag-miscounts-header-length", "mag", "counts the first eight octets in Header Len as well",
               {"PMIP6-MH-014"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.outgoing(edit_octets(is<BindingUpdate>(), [](base::Bytes& frame, const wire::Packet&) {
                                    constexpr std::size_t header_length = 14 + 40 + 1;
                                    if (frame.size() > header_length)
                                        ++frame[header_length];
                                }).from(later));
               }),
        mag_by_policy("mag-knows-no-timestamps", "orders by numbers whatever it is told", {"PMIP6-LMA-104"},
                      [](MagPolicy& policy) { policy.timestamps = false; }),
    };
}

/// Asks somebody for something that is not part of the protocol, once it is accepted.
class Inquisitive : public model::Machine {
public:
    Inquisitive(std::unique_ptr<model::Machine> machine, base::Ip6 own, wire::Layer question)
        : machine_(std::move(machine)), own_(own), question_(std::move(question)) {}
    void on(const model::Stimulus& stimulus, base::Now now, model::Actions& out) override {
        machine_->on(stimulus, now, out);
        const auto* frame = std::get_if<model::FrameIn>(&stimulus);
        if (!frame || !frame->packet->find<BindingAcknowledgement>())
            return;
        wire::Packet packet;
        packet.layers = {wire::Ipv6{.source = own_, .destination = frame->packet->find<wire::Ipv6>()->source},
                         question_};
        machine_->on(model::Emit{std::move(packet), {}, {}}, now, out);
    }
    void tick(base::Now now, model::Actions& out) override { machine_->tick(now, out); }
    std::optional<base::Mono> deadline() const override { return machine_->deadline(); }

private:
    std::unique_ptr<model::Machine> machine_;
    base::Ip6 own_;
    wire::Layer question_;
};

Mutant inquisitive(std::string id, std::string title, std::vector<std::string> violates,
                   wire::Layer question) {
    return {std::move(id),
            "mag",
            std::move(title),
            std::move(violates),
            {},
            [question = std::move(question)](const model::NodeConfig& config) {
                return std::make_unique<Inquisitive>(make_mag(config), config.self.address(), question);
            }};
}

std::vector<Mutant> of_answers() {
    return {
        spoilt("mag-chokes-on-cut-options", "mag", "hears no answer any more after one with a broken option",
               {"PMIP6-FMT-074"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const auto choked = std::make_shared<bool>(false);
                   mag.incoming(drop([choked](const wire::Packet& packet) {
                       if (!packet.find<BindingAcknowledgement>())
                           return false;
                       *choked = *choked || !packet.faults.empty();
                       return *choked;
                   }));
               }),
        spoilt("mag-advertises-every-prefix", "mag", "advertises both prefixes of an answer that has two",
               {"PMIP6-FMT-076"},
               [](Wrong& mag, const model::NodeConfig&) {
                   const auto granted = std::make_shared<std::vector<base::Ip6>>();
                   mag.incoming(edit<BindingAcknowledgement>([granted](BindingAcknowledgement& ack) {
                       granted->clear();
                       for (const auto& option : ack.options)
                           if (const auto* prefix = std::get_if<wire::HomeNetworkPrefix>(&option))
                               granted->push_back(prefix->prefix);
                   }));
                   mag.outgoing(edit<wire::RouterAdvertisement>([granted](wire::RouterAdvertisement& ra) {
                       const auto* found = wire::find<wire::PrefixInformation>(ra.options);
                       if (!found)
                           return;
                       const auto first = *found;
                       for (const base::Ip6& prefix : *granted)
                           if (prefix != first.prefix) {
                               ra.options.push_back(first);
                               std::get<wire::PrefixInformation>(ra.options.back()).prefix = prefix;
                           }
                   }));
               }),
        spoilt("mag-counts-in-eight-seconds", "mag", "takes a unit of lifetime for eight seconds",
               {"PMIP6-FMT-007"},
               [](Wrong& mag, const model::NodeConfig&) {
                   mag.incoming(edit<BindingAcknowledgement>([](BindingAcknowledgement& ack) {
                       ack.lifetime = static_cast<std::uint16_t>(std::min(2 * ack.lifetime, 0xffff));
                   }));
               }),
        inquisitive("mag-looks-for-agents", "asks the anchor which home agents there are", {"PMIP6-LMA-210"},
                    wire::HomeAgentDiscoveryRequest{.identifier = 7}),
        inquisitive("mag-tests-return-routes", "begins a return routability procedure for its node",
                    {"PMIP6-LMA-212"}, wire::HomeTestInit{.home_init_cookie = 7}),
    };
}

/// When bindings end and what the time is, as a gateway hears of both.
struct Ends {
    base::Mono now{};
    std::map<std::string, base::Mono> of;
};

/// A gateway whose tunnel ends at some time that it makes of answers.
Mutant ending(std::string id, std::string title, std::vector<std::string> violates,
              std::function<void(Ends&, const std::string& nai, base::Duration lifetime)> heard) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [heard = std::move(heard)](Wrong& mag, const model::NodeConfig&) {
                      const auto ends = std::make_shared<Ends>();
                      mag.clock([ends](base::Now now) {
                          ends->now = now.mono;
                          return now;
                      });
                      mag.incoming(edit<BindingAcknowledgement>([ends, heard](BindingAcknowledgement& ack) {
                          const auto* named = wire::find<wire::MobileNodeIdentifier>(ack.options);
                          if (named && ack.status < 128 && ack.lifetime != 0)
                              heard(*ends, named->nai, ack.lifetime * 4s);
                      }));
                      mag.outgoing(drop([ends](const wire::Packet& packet) {
                          return carries_a_packet(packet) &&
                                 std::ranges::any_of(ends->of, [&](const auto& end) {
                                     return end.second + 100ms < ends->now;
                                 });
                      }));
                  });
}

std::vector<Mutant> of_tunnels() {
    return {
        ending("mag-tunnel-ends-with-the-first-lifetime", "does not prolong a tunnel at a refresh",
               {"PMIP6-LMA-184"},
               [](Ends& ends, const std::string& nai, base::Duration lifetime) {
                   ends.of.emplace(nai, ends.now + lifetime);
               }),
        ending("mag-tunnel-ends-with-the-shortest", "ends a shared tunnel with the first of its bindings",
               {"PMIP6-LMA-185"},
               [](Ends& ends, const std::string& nai, base::Duration lifetime) {
                   ends.of[nai] = ends.now + lifetime;
               }),
        without_bootstrap(spoilt("mag-tunnels-from-another-address", "mag",
                                 "tunnels from another address than it signals from", {"PMIP6-LMA-086"},
                                 [](Wrong& mag, const model::NodeConfig&) {
                                     mag.outgoing(edit(carries_a_packet, [](wire::Packet& packet) {
                                         packet.find<wire::Ipv6>()->source.octets[15] ^= 4;
                                         return true;
                                     }));
                                 })),
        spoilt("mag-ends-its-own-service", "mag", "tells newcomers from elsewhere that it is no router",
               {"PMIP6-MAG-210"},
               [](Wrong& mag, const model::NodeConfig& config) {
                   if (config.self.name == "mag2")
                       mag.outgoing(edit<wire::RouterAdvertisement>([](wire::RouterAdvertisement& ra) {
                                        ra.router_lifetime = 0;
                                    }).only(1));
               }),
    };
}

} // namespace mag_formats_tables

std::vector<Mutant> mag_format_mutants() {
    using namespace mag_formats_tables;
    std::vector<Mutant> all = of_options();
    for (auto part : {of_answers, of_tunnels})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
