// Anchors whose acknowledgements are laid out wrongly, or say the right thing in the wrong place.
#include "peers/pmip6/mutants_lma_tables.h"

#include <algorithm>

namespace peers::pmip6 {

namespace lma_formats_tables {

using namespace common;
using wire::BindingAcknowledgement;
using wire::UnknownMobilityOption;

/// Another option takes the place of the first of that type.
template <class Option>
void instead(BindingAcknowledgement& ack, const std::function<UnknownMobilityOption(const Option&)>& make) {
    for (auto& option : ack.options)
        if (const Option* found = std::get_if<Option>(&option)) {
            option = make(*found);
            return;
        }
}

template <class Option>
Mutant answering_instead(std::string id, std::string title, std::vector<std::string> violates, Chosen chosen,
                         std::function<UnknownMobilityOption(const Option&)> make) {
    return answering(
        std::move(id), std::move(title), std::move(violates), chosen,
        [make = std::move(make)](BindingAcknowledgement& ack) { instead<Option>(ack, make); }, later);
}

base::Bytes first_octets(const base::Ip6& address, std::size_t count) {
    return {address.octets.begin(), address.octets.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<Mutant> of_messages() {
    constexpr std::size_t ethernet = 14, ip6 = 40, payload_length = ethernet + 4;
    return {
        answering(
            "lma-swaps-number-and-lifetime", "writes the lifetime where the number belongs",
            {"PMIP6-FMT-008"}, accepts,
            [](BindingAcknowledgement& ack) { std::swap(ack.sequence, ack.lifetime); }, later),
        spoilt("lma-octets-behind-the-answer", "lma", "sends eight octets too many behind its messages",
               {"PMIP6-FMT-008"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(
                       edit_octets(is<BindingAcknowledgement>(), [](base::Bytes& frame, const wire::Packet&) {
                           if (frame.size() < ethernet + ip6)
                               return;
                           frame.insert(frame.end(), 8, 0);
                           const auto size = frame.size() - ethernet - ip6;
                           frame[payload_length] = static_cast<std::uint8_t>(size >> 8);
                           frame[payload_length + 1] = static_cast<std::uint8_t>(size);
                       }).from(later));
               }),
        spoilt("lma-miscounts-header-length", "lma", "counts the first eight octets in Header Len as well",
               {"PMIP6-MH-014"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(
                       edit_octets(is<BindingAcknowledgement>(), [](base::Bytes& frame, const wire::Packet&) {
                           constexpr std::size_t header_length = ethernet + ip6 + 1;
                           if (frame.size() > header_length)
                               ++frame[header_length];
                       }).from(later));
               }),
        spoilt("lma-refuses-by-binding-error", "lma", "tells its refusals in Binding Errors",
               {"PMIP6-FMT-061"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.outgoing(edit(is<BindingAcknowledgement>(refuses), [](wire::Packet& packet) {
                       for (auto& layer : packet.layers)
                           if (const auto* ack = std::get_if<BindingAcknowledgement>(&layer)) {
                               const std::uint8_t status = ack->status;
                               layer = wire::BindingError{.status = status};
                               return true;
                           }
                       return false;
                   }));
               }),
        answering("lma-refuses-below-128", "takes status values out of the range of acceptances",
                  {"PMIP6-FMT-062"}, refuses,
                  [](BindingAcknowledgement& ack) {
                      if (ack.status >= status::proxy_not_enabled)
                          ack.status = static_cast<std::uint8_t>(ack.status - 100);
                  }),
    };
}

std::vector<Mutant> of_options() {
    using wire::HomeNetworkPrefix;
    using wire::LinkLocalAddress;
    using wire::MobileNodeIdentifier;
    using wire::Timestamp;
    constexpr std::uint8_t unassigned = 200;
    return {
        answering_instead<HomeNetworkPrefix>("lma-abbreviates-prefixes",
                                             "leaves out the octets of a prefix that are zero",
                                             {"PMIP6-FMT-022", "PMIP6-FMT-026"}, is_any,
                                             [](const HomeNetworkPrefix& option) {
                                                 base::Bytes data{0, option.prefix_length};
                                                 const auto octets = first_octets(option.prefix, 8);
                                                 data.insert(data.end(), octets.begin(), octets.end());
                                                 return UnknownMobilityOption{.type = 22, .data = data};
                                             }),
        answering_instead<HomeNetworkPrefix>(
            "lma-numbers-options-otherwise", "gives the prefix option a number of its own", {"PMIP6-FMT-060"},
            is_any,
            [](const HomeNetworkPrefix& option) {
                base::Bytes data{0, option.prefix_length};
                data.insert(data.end(), option.prefix.octets.begin(), option.prefix.octets.end());
                return UnknownMobilityOption{.type = unassigned, .data = data};
            }),
        answering_instead<LinkLocalAddress>("lma-long-link-local-address",
                                            "adds an octet to the Link-local Address option",
                                            {"PMIP6-FMT-031"}, is_any,
                                            [](const LinkLocalAddress& option) {
                                                auto data = first_octets(option.address, 16);
                                                data.push_back(0);
                                                return UnknownMobilityOption{.type = 26, .data = data};
                                            }),
        answering_instead<Timestamp>("lma-short-timestamp", "sends whole seconds in four octets",
                                     {"PMIP6-FMT-041"}, is_any,
                                     [](const Timestamp& option) {
                                         const auto seconds = static_cast<std::uint32_t>(option.value >> 16);
                                         base::Bytes data(4);
                                         for (unsigned i = 0; i < 4; ++i)
                                             data[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
                                         return UnknownMobilityOption{.type = 27, .data = data};
                                     }),
        answering_with<MobileNodeIdentifier>("lma-terminates-identifiers",
                                             "ends identifiers with a zero octet", {"PMIP6-FMT-050"}, refuses,
                                             [](auto& option) { option.nai.push_back('\0'); }),
        answering_with<MobileNodeIdentifier>(
            "lma-other-kind-of-identifier", "names nodes under another subtype", {"PMIP6-FMT-051"}, is_any,
            [](auto& option) { option.subtype = 2; }, later),
        answering_with<LinkLocalAddress>("lma-forgets-what-it-was-told",
                                         "returns no address to the gateway that told one", {"PMIP6-LMA-077"},
                                         is_any, [](auto& option) { option.address = {}; }),
        answering_with<HomeNetworkPrefix>("lma-widens-addresses", "says /64 where it grants an address",
                                          {"PMIP6-APB-006"}, accepts,
                                          [](auto& option) {
                                              if (option.prefix_length == 128)
                                                  option.prefix_length = 64;
                                          }),
        answering("lma-invents-an-echo", "names a prefix of its pool where none was asked for",
                  {"PMIP6-LMA-226"}, refuses,
                  [](BindingAcknowledgement& ack) {
                      if (!wire::find<HomeNetworkPrefix>(ack.options))
                          ack.options.insert(ack.options.begin(),
                                             HomeNetworkPrefix{.prefix = *base::parse_ip6("2001:db8:100:7::"),
                                                               .prefix_length = 64});
                  }),
    };
}

std::vector<Mutant> of_addresses() {
    return {
        spoilt("lma-answers-the-first-gateway", "lma", "sends every answer to the same gateway",
               {"PMIP6-LMA-072"},
               [](Wrong& lma, const model::NodeConfig& config) {
                   lma.outgoing(
                       edit(is<BindingAcknowledgement>(), [to = first_gateway(config)](wire::Packet& packet) {
                           packet.find<wire::Ipv6>()->destination = to;
                           return true;
                       }));
               }),
        without_bootstrap(spoilt(
            "lma-transports-over-ipv4", "lma", "sends what it tunnels in IPv4", {"PMIP6-DOM-008"},
            [](Wrong& lma, const model::NodeConfig&) {
                lma.outgoing(
                    edit([](const wire::Packet& packet) { return ip_headers(packet) > 1; },
                         [](wire::Packet& packet) {
                             const auto outer = std::ranges::find_if(packet.layers, [](const auto& layer) {
                                 return std::holds_alternative<wire::Ipv6>(layer);
                             });
                             *outer = wire::Ipv4{.source = {{192, 0, 2, 1}}, .destination = {{192, 0, 2, 2}}};
                             if (auto* ethernet = packet.find<wire::Ethernet>())
                                 ethernet->type = {};
                             return true;
                         }));
            })),
    };
}

} // namespace lma_formats_tables

std::vector<Mutant> lma_format_mutants() {
    using namespace lma_formats_tables;
    std::vector<Mutant> all = of_messages();
    for (auto part : {of_options, of_addresses})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
