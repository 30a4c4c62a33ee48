// Anchors that hear wrongly: what arrives is spoilt, or one message spoils what they do later.
#include "peers/pmip6/mutants_lma_tables.h"

#include <algorithm>
#include <memory>

namespace peers::pmip6 {

namespace lma_hearing_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using Flag = std::shared_ptr<bool>;

const base::Prefix pool = *base::parse_prefix("2001:db8:100::/48");

bool has_unknown(const BindingUpdate& update, std::uint8_t type) {
    return std::ranges::any_of(update.options, [type](const auto& option) {
        const auto* unknown = std::get_if<wire::UnknownMobilityOption>(&option);
        return unknown && unknown->type == type;
    });
}

/// Every option of that type and of the wrong size is taken for this one.
void guess(BindingUpdate& update, std::uint8_t type, const wire::MobilityOption& instead) {
    for (auto& option : update.options)
        if (const auto* unknown = std::get_if<wire::UnknownMobilityOption>(&option);
            unknown && unknown->type == type)
            option = instead;
}

/// An anchor that hears no update any more once it has heard one of that kind.
Mutant silenced_by(std::string id, std::string title, std::vector<std::string> violates,
                   std::function<bool(const BindingUpdate&)> what) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [what = std::move(what)](Wrong& lma, const model::NodeConfig&) {
                      const Flag silenced = std::make_shared<bool>(false);
                      lma.incoming(drop(is<BindingUpdate>([what, silenced](const BindingUpdate& update) {
                          const bool was = *silenced;
                          *silenced = *silenced || what(update);
                          return was;
                      })));
                  });
}

/// Another source is put in front of packets with such a layer that come from no unicast address.
template <class Layer>
Misdeed believe_source(const base::Ip6& instead) {
    return edit(is<Layer>(), [instead](wire::Packet& packet) {
        auto* ip = packet.find<wire::Ipv6>();
        if (!ip || !(ip->source.is_multicast() || ip->source.is_unspecified() || ip->source.is_link_local() ||
                     ip->source == ip->destination))
            return false;
        ip->source = instead;
        return true;
    });
}

const base::Ip6& inner_destination(const wire::Packet& packet) {
    return packet.find_last<wire::Ipv6>()->destination;
}

std::vector<Mutant> of_options() {
    return {
        hearing("lma-guesses-prefixes", "takes a prefix option of the wrong size for an open request",
                {"PMIP6-FMT-027"},
                [](BindingUpdate& update) { guess(update, 22, wire::HomeNetworkPrefix{}); }),
        silenced_by("lma-locked-out-by-mis-sized-timestamps",
                    "hears nobody after a timestamp of the wrong size", {"PMIP6-FMT-044"},
                    [](const BindingUpdate& update) { return has_unknown(update, 27); }),
        hearing("lma-reads-any-identifier", "takes identifiers of every subtype for NAIs", {"PMIP6-FMT-052"},
                [](BindingUpdate& update) {
                    if (auto* id = wire::find<wire::MobileNodeIdentifier>(update.options))
                        id->subtype = 1;
                }),
        silenced_by("lma-stumbles-over-cut-options", "hears nobody after an option that is cut off",
                    {"PMIP6-FMT-074"},
                    [](const BindingUpdate& update) {
                        return wire::find<wire::RawOption>(update.options) != nullptr;
                    }),
        hearing("lma-ignores-header-length", "reads on where Header Len promises more than there is",
                {"PMIP6-MH-015"}, [](BindingUpdate& update) { update.header.header_length = {}; }),
        spoilt("lma-passes-on-bogus-link-local-addresses", "lma",
               "tells the next gateway whatever the Link-local Address option held", {"PMIP6-FMT-033"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag bogus = std::make_shared<bool>(false);
                   lma.incoming(drop(is<BindingUpdate>([bogus](const BindingUpdate& update) {
                       const auto* told = wire::find<wire::LinkLocalAddress>(update.options);
                       *bogus = *bogus || has_unknown(update, 26) ||
                                (told && !told->address.is_unspecified() && !told->address.is_link_local());
                       return false;
                   })));
                   lma.outgoing(edit<BindingAcknowledgement>([bogus](BindingAcknowledgement& ack) {
                       auto* told = wire::find<wire::LinkLocalAddress>(ack.options);
                       if (told && *bogus)
                           told->address = *base::parse_ip6("2001:db8::1");
                   }));
               }),
        spoilt("lma-answers-for-two", "lma", "answers an update with two identifiers twice",
               {"PMIP6-FMT-076"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag two = std::make_shared<bool>(false);
                   lma.incoming(drop(is<BindingUpdate>([two](const BindingUpdate& update) {
                       *two = wire::find_all<wire::MobileNodeIdentifier>(update.options).size() > 1;
                       return false;
                   })));
                   lma.outgoing(duplicate(is<BindingAcknowledgement>([two](const auto&) { return *two; })));
               }),
        spoilt("lma-grants-half-a-request", "lma",
               "grants a prefix of length zero where half of one is asked for",
               {"PMIP6-LMA-040", "PMIP6-FMT-025"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag half = std::make_shared<bool>(false);
                   lma.incoming(edit<BindingUpdate>([half](BindingUpdate& update) {
                       auto* wanted = wire::find<wire::HomeNetworkPrefix>(update.options);
                       *half = wanted && wanted->prefix.is_unspecified() != (wanted->prefix_length == 0);
                       if (*half)
                           *wanted = {};
                   }));
                   lma.outgoing(edit<BindingAcknowledgement>([half](BindingAcknowledgement& ack) {
                       if (auto* granted = wire::find<wire::HomeNetworkPrefix>(ack.options); granted && *half)
                           granted->prefix_length = 0;
                   }));
               }),
        spoilt("lma-deaf-to-hints", "lma", "hears only updates that leave the prefix to it",
               {"PMIP6-LMA-043", "PMIP6-LMA-167", "PMIP6-LMA-056"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(drop(is<BindingUpdate>([](const BindingUpdate& update) {
                       const auto* wanted = wire::find<wire::HomeNetworkPrefix>(update.options);
                       return wanted && !wanted->prefix.is_unspecified();
                   })));
               }),
        spoilt("lma-never-forgets-a-departure", "lma", "hears no node again that has left", {"PMIP6-LMA-122"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag left = std::make_shared<bool>(false);
                   lma.incoming(drop(is<BindingUpdate>([left](const BindingUpdate& update) {
                       const bool was = *left && update.lifetime != 0;
                       *left = *left || update.lifetime == 0;
                       return was;
                   })));
               }),
    };
}

std::vector<Mutant> of_headers() {
    return {
        spoilt("lma-believes-the-home-address", "lma", "binds the owner of a Home Address option",
               {"PMIP6-LMA-027"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(edit(is<wire::DestinationOptions>(), [](wire::Packet& packet) {
                       const auto* options = packet.find<wire::DestinationOptions>();
                       auto* update = packet.find<BindingUpdate>();
                       auto* id = update ? wire::find<wire::MobileNodeIdentifier>(update->options) : nullptr;
                       if (!id || !wire::find<wire::HomeAddressOption>(options->options))
                           return false;
                       id->nai = "mn2@example.net";
                       return true;
                   }));
               }),
        spoilt("lma-believes-the-alternate-care-of-address", "lma",
               "takes the Alternate Care-of Address for the sender", {"PMIP6-LMA-162"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(edit(is<BindingUpdate>(), [](wire::Packet& packet) {
                       const auto* other =
                           wire::find<wire::AlternateCareOfAddress>(packet.find<BindingUpdate>()->options);
                       if (!other)
                           return false;
                       packet.find<wire::Ipv6>()->source = other->address;
                       return true;
                   }));
               }),
        spoilt("lma-answers-anybody", "lma", "reports unknown messages whoever sent them", {"PMIP6-MH-011"},
               [](Wrong& lma, const model::NodeConfig& config) {
                   lma.incoming(believe_source<wire::UnknownMobility>(first_gateway(config)));
               }),
        spoilt("lma-registers-for-anybody", "lma", "takes updates from addresses that nobody can route to",
               {"PMIP6-MH-016"},
               [](Wrong& lma, const model::NodeConfig& config) {
                   lma.incoming(believe_source<BindingUpdate>(first_gateway(config)));
               }),
        spoilt("lma-reads-unknown-messages-unchecked", "lma", "ignores the checksum of unknown messages",
               {"PMIP6-MH-001"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(edit<wire::UnknownMobility>(
                       [](wire::UnknownMobility& message) { message.header.checksum = {}; }));
               }),
        spoilt("lma-floods-binding-errors", "lma", "sends dozens of Binding Errors for one", {"PMIP6-MH-012"},
               [](Wrong& lma, const model::NodeConfig&) {
                   for (int i = 0; i < 5; ++i)
                       lma.outgoing(duplicate(kind("binding-error")));
               }),
        spoilt("lma-advertises-mobile-prefixes", "lma", "answers mobile prefix solicitations",
               {"PMIP6-LMA-211"},
               [](Wrong& lma, const model::NodeConfig&) {
                   const Flag asked = std::make_shared<bool>(false);
                   lma.incoming(edit(is<wire::MobilePrefixSolicitation>(), [asked](wire::Packet& packet) {
                       *asked = true;
                       packet.layers.back() = wire::EchoRequest{};
                       return true;
                   }));
                   lma.outgoing(edit(is<wire::EchoReply>(), [asked](wire::Packet& packet) {
                       if (*asked)
                           packet.layers.back() = wire::MobilePrefixAdvertisement{};
                       return *asked;
                   }));
               }),
    };
}

std::vector<Mutant> of_traffic() {
    return {
        without_bootstrap(
            spoilt("lma-no-uplink", "lma", "drops what comes through the tunnels", {"PMIP6-LMA-194"},
                   [](Wrong& lma, const model::NodeConfig&) {
                       lma.incoming(drop([](const wire::Packet& packet) { return ip_headers(packet) > 1; }));
                   })),
        spoilt("lma-no-hairpin", "lma", "does not carry packets from node to node", {"PMIP6-LMA-200"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(drop([](const wire::Packet& packet) {
                       return ip_headers(packet) > 1 && pool.contains(inner_destination(packet));
                   }));
               }),
        spoilt("lma-tunnels-the-whole-pool", "lma", "sends what is for nobody to its first node",
               {"PMIP6-LMA-199"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(edit(is<wire::Udp>(), [](wire::Packet& packet) {
                       auto* ip = packet.find<wire::Ipv6>();
                       if (!ip || !pool.contains(ip->destination) || ip->destination.octets[6] < 0xff)
                           return false;
                       ip->destination = *base::parse_ip6("2001:db8:100::1");
                       return true;
                   }));
               }),
    };
}

} // namespace lma_hearing_tables

std::vector<Mutant> lma_hearing_mutants() {
    using namespace lma_hearing_tables;
    std::vector<Mutant> all = of_options();
    for (auto part : {of_headers, of_traffic})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
