#include "peers/nemo/mutant_tables.h"

#include <algorithm>

namespace peers::nemo {

namespace ha_wire_tables {

using common::Mutant;
using common::Wrong;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;
using wire::MnpConfirmation;
using wire::MobileNetworkPrefix;

using Change = std::function<void(BindingAcknowledgement&)>;

/// An agent whose acknowledgements are changed, from the `first` on.
Mutant answering(std::string id, std::string title, std::vector<std::string> violates, Change change,
                 std::uint64_t first = 1) {
    return spoilt_ha(std::move(id), std::move(title), std::move(violates),
                     [change = std::move(change), first](Wrong& ha) {
                         ha.outgoing(common::edit<BindingAcknowledgement>(change).from(first));
                     });
}

/// An agent whose confirmations or listed prefixes are changed.
template <class Option>
Mutant telling(std::string id, std::string title, std::vector<std::string> violates,
               std::function<void(Option&)> change) {
    return answering(std::move(id), std::move(title), std::move(violates),
                     [change = std::move(change)](BindingAcknowledgement& ack) {
                         for (auto& option : ack.options)
                             if (auto* one = std::get_if<Option>(&option))
                                 change(*one);
                     });
}

bool grants(const MnpConfirmation& answer) {
    return answer.status == confirmation::success || answer.status == confirmation::other_length;
}
Mutant granting(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(MnpConfirmation&)> change) {
    return telling<MnpConfirmation>(std::move(id), std::move(title), std::move(violates),
                                    [change = std::move(change)](MnpConfirmation& answer) {
                                        if (grants(answer))
                                            change(answer);
                                    });
}
Mutant refusing(std::string id, std::string title, std::vector<std::string> violates,
                std::function<void(MnpConfirmation&)> change) {
    return telling<MnpConfirmation>(std::move(id), std::move(title), std::move(violates),
                                    [change = std::move(change)](MnpConfirmation& answer) {
                                        if (!grants(answer))
                                            change(answer);
                                    });
}

/// An agent that does not hear updates of some kind.
Mutant deaf(std::string id, std::string title, std::vector<std::string> violates,
            std::function<bool(const BindingUpdate&)> to) {
    return spoilt_ha(std::move(id), std::move(title), std::move(violates), [to = std::move(to)](Wrong& ha) {
        ha.incoming(common::drop(common::is<BindingUpdate>(to)));
    });
}

template <class Option>
std::function<bool(const BindingUpdate&)> has(std::function<bool(const Option&)> also) {
    return [also = std::move(also)](const BindingUpdate& update) {
        return std::ranges::any_of(wire::find_all<Option>(update.options),
                                   [&](const Option* one) { return also(*one); });
    };
}

base::Ip6 elsewhere(base::Ip6 address) {
    address.octets[4] = 0x09;
    address.octets[5] = 0x99;
    return address;
}

/// Options from the first octet on, without padding between them.
void pack(BindingAcknowledgement& ack) {
    ack.unpadded = true;
    ack.options.insert(ack.options.begin(), wire::Pad1{});
    std::size_t octets = 12 + 1;
    for (const auto& option : ack.options) {
        octets += std::holds_alternative<MobileNetworkPrefix>(option) ? 20 : 0;
        octets += std::holds_alternative<MnpConfirmation>(option) ? 28 : 0;
    }
    for (std::size_t left = (8 - octets % 8) % 8; left != 0; --left)
        ack.options.push_back(wire::Pad1{});
}

std::vector<common::Mutant> of_confirmations() {
    return {
        granting("ha-delegates-foreign-space", "names prefixes outside its aggregates",
                 {"NEMOPD-HA-002", "NEMOPD-HA-020"},
                 [](auto& answer) { answer.prefix = elsewhere(answer.prefix); }),
        granting("ha-grants-nothing-for-long", "grants with a lifetime of zero",
                 {"NEMOPD-HA-026", "NEMOPD-HA-027"}, [](auto& answer) { answer.valid_lifetime = 0; }),
        granting("ha-counts-in-four-seconds", "tells valid lifetimes in the unit of bindings",
                 {"NEMOPD-HA-028", "NEMOPD-HA-062"}, [](auto& answer) { answer.valid_lifetime /= 4; }),
        granting("ha-grants-no-length", "forgets the length of what it grants", {"NEMOPD-HA-046"},
                 [](auto& answer) { answer.prefix_length = 0; }),
        granting("ha-flips-p", "tells the other persistence", {"NEMOPD-HA-047", "NEMOPD-HA-018"},
                 [](auto& answer) { answer.p = !answer.p; }),
        granting("ha-flips-i", "tells the other mode", {"NEMOPD-HA-048", "NEMOPD-HA-041"},
                 [](auto& answer) { answer.i = !answer.i; }),
        granting("ha-forgets-d", "answers as if nobody had asked", {"NEMOPD-HA-049"},
                 [](auto& answer) { answer.d = false; }),
        telling<MnpConfirmation>("ha-changes-correlators", "answers under another correlator",
                                 {"NEMOPD-HA-050"}, [](auto& answer) { ++answer.correlation_id; }),
        granting("ha-tells-other-types", "says private of every prefix", {"NEMOPD-HA-061"},
                 [](auto& answer) { answer.prefix_type = prefix_type::site_local; }),
        granting("ha-echoes-undefined-types", "gives prefixes a type that is not defined", {"NEMOPD-HA-061"},
                 [](auto& answer) { answer.prefix_type = 127; }),
        granting("ha-says-1-for-0", "grants with status 1", {"NEMOPD-HA-071"},
                 [](auto& answer) { answer.status = confirmation::not_registered; }),
        refusing("ha-names-prefixes-in-refusals", "refuses with a prefix and a length",
                 {"NEMOPD-HA-070", "NEMOPD-HA-056", "NEMOPD-HA-079", "NEMOPD-HA-078", "NEMOPD-HA-084",
                  "NEMOPD-HA-023"},
                 [](auto& answer) {
                     answer.prefix = *base::parse_ip6("2001:db8:200:ee::");
                     answer.prefix_length = 64;
                 }),
        refusing("ha-grants-the-exhausted", "says success where there is nothing",
                 {"NEMOPD-HA-024", "NEMOPD-HA-056", "NEMOPD-HA-078", "NEMOPD-HA-034", "NEMOPD-HA-084",
                  "NEMOPD-HA-023"},
                 [](auto& answer) { answer.status = confirmation::success; }),
        granting("ha-differs-by-back-end", "clears D for prefixes that were set aside", {"NEMOPD-HA-003"},
                 [](auto& answer) {
                     if (answer.prefix.octets[5] == 0x03)
                         answer.d = false;
                 }),
        granting("ha-long-lengths", "answers odd lengths with 129", {"NEMOPD-HA-079", "NEMOPD-HA-046"},
                 [](auto& answer) {
                     if (answer.prefix_length != 64 && answer.prefix_length != 60)
                         answer.prefix_length = 129;
                 }),
        telling<MnpConfirmation>("ha-sets-reserved-bits-of-confirmations", "sends ones in reserved bits",
                                 {"NEMOPD-HA-077", "NEMOPD-BOTH-006"},
                                 [](auto& answer) { answer.reserved = 0x1f; }),
        telling<MobileNetworkPrefix>("ha-sets-reserved-bits-of-prefixes", "sends ones in reserved bits",
                                     {"NEMOPD-HA-077", "NEMOPD-BOTH-003"},
                                     [](auto& option) { option.reserved = 0x1f; }),
        telling<MnpConfirmation>("ha-miscounts-confirmations", "says Length 28 of a confirmation",
                                 {"NEMOPD-HA-045", "NEMOPD-BOTH-006"},
                                 [](auto& answer) { answer.header.length = 28; }),
        telling<MnpConfirmation>("ha-numbers-of-others", "sends confirmations under an assigned number",
                                 {"NEMOPD-HA-014", "NEMOPD-HA-069", "NEMOPD-BOTH-007"},
                                 [](auto& answer) { answer.header.type = 55; }),
    };
}

std::vector<common::Mutant> of_acknowledgements() {
    return {
        answering("ha-empty-list-without-s", "clears S where the list is empty", {"NEMOPD-HA-011"},
                  [](auto& ack) {
                      if (!wire::find<MobileNetworkPrefix>(ack.options))
                          ack.s = false;
                  }),
        answering("ha-s-without-r", "sets S and clears R", {"NEMOPD-HA-035", "NEMOPD-HA-015"},
                  [](auto& ack) {
                      if (ack.s)
                          ack.r = false;
                  }),
        answering("ha-s-changes-the-rest", "halves the lifetime where it lists", {"NEMOPD-HA-036"},
                  [](auto& ack) {
                      if (ack.s)
                          ack.lifetime /= 2;
                  }),
        answering(
            "ha-sets-reserved-flags", "sends ones behind S", {"NEMOPD-BOTH-002", "NEMOPD-HA-036"},
            [](auto& ack) { ack.reserved = 0x11; }, 2),
        answering("ha-misaligns-prefixes", "packs the list without padding", {"NEMOPD-BOTH-004"},
                  [](auto& ack) {
                      if (ack.s)
                          pack(ack);
                  }),
        answering("ha-requests", "puts a request into an acknowledgement", {"NEMOPD-BOTH-008"},
                  [](auto& ack) {
                      if (ack.s)
                          ack.options.push_back(wire::MnpRequest{.prefix_length = 64});
                  }),
        answering("ha-grants-in-proxy-terms", "lists with R where P belongs", {"NEMOPD-BOTH-012"},
                  [](auto& ack) {
                      for (auto& option : ack.options)
                          if (auto* one = std::get_if<MobileNetworkPrefix>(&option))
                              one->p = false;
                  }),
    };
}

std::vector<common::Mutant> of_hearing() {
    return {
        deaf("ha-deaf-to-confirmations", "drops updates that list a delegated prefix", {"NEMOPD-HA-040"},
             has<MobileNetworkPrefix>([](const auto& one) { return one.d; })),
        deaf("ha-minds-reserved-bits", "drops updates with reserved bits in a request", {"NEMOPD-HA-077"},
             has<wire::MnpRequest>([](const auto& one) { return one.reserved != 0 || one.reserved2 != 0; })),
        deaf("ha-dies-of-odd-lengths", "hears nothing of lengths beyond 128", {"NEMOPD-HA-079"},
             has<wire::MnpRequest>([](const auto& one) { return one.prefix_length > 128; })),
        deaf("ha-dies-of-odd-types", "hears nothing of undefined types", {"NEMOPD-HA-078"},
             has<wire::MnpRequest>([](const auto& one) { return one.prefix_type > 3; })),
        spoilt_ha("ha-deaf-to-assignments", "does not hear of new prefixes", {"NEMOPD-HA-007"},
                  [](Wrong& ha) { ha.deaf_to("assign"); }),
        without_bootstrap(spoilt_ha("ha-sends-nothing-into-tunnels", "tunnels nothing",
                                    {"NEMOPD-HA-216", "NEMOPD-HA-217", "NEMOPD-HA-215", "NEMOPD-HA-067"},
                                    [](Wrong& ha) {
                                        ha.outgoing(common::drop([](const wire::Packet& packet) {
                                            return wire::outer_ip(packet) != wire::inner_ip(packet) &&
                                                   packet.find<wire::Udp>();
                                        }));
                                    })),
        spoilt_ha("ha-takes-nothing-out-of-tunnels", "drops what comes tunnelled", {"NEMOPD-HA-216"},
                  [](Wrong& ha) {
                      ha.incoming(common::drop([](const wire::Packet& packet) {
                          return wire::outer_ip(packet) != wire::inner_ip(packet) && packet.find<wire::Udp>();
                      }));
                  }),
        spoilt_ha("ha-forwards-link-local", "takes link-local sources for the router's prefix",
                  {"NEMOPD-HA-223"},
                  [](Wrong& ha) {
                      ha.incoming(common::edit(common::is<wire::Udp>(), [](wire::Packet& packet) {
                          wire::Ipv6* inner = nullptr;
                          for (auto& layer : packet.layers)
                              if (auto* ip = std::get_if<wire::Ipv6>(&layer))
                                  inner = ip;
                          if (!inner || !inner->source.is_link_local() || inner->destination.is_multicast())
                              return false;
                          inner->source = *base::parse_ip6("2001:db8:300:1::10");
                          return true;
                      }));
                  }),
        spoilt_ha("ha-takes-proxy-updates", "reads a gateway's update as a router's", {"NEMOPD-BOTH-011"},
                  [](Wrong& ha) {
                      ha.outgoing(common::edit<BindingAcknowledgement>([](auto& ack) {
                          if (ack.status == mip6::status::not_home_subnet)
                              ack.status = mip6::status::accepted;
                      }));
                  }),
    };
}

} // namespace ha_wire_tables

std::vector<common::Mutant> ha_wire_mutants() {
    using namespace ha_wire_tables;
    std::vector<Mutant> all;
    for (auto part : {of_confirmations, of_acknowledgements, of_hearing})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::nemo
