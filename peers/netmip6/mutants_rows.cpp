#include "peers/common/make.h"
#include "peers/netmip6/mutant_tables.h"

#include <algorithm>

namespace peers::netmip6 {

namespace rows_tables {

using namespace common;

/// Of the link between routers and home agent, 2001:db8:b::/64.
constexpr base::Ip6 on_core(std::uint8_t last) {
    return {{0x20, 0x01, 0x0d, 0xb8, 0, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}};
}
constexpr base::Ip6 elsewhere = on_core(0x99), serving = on_core(0x11), second_target = on_core(0x13);

/// Believes what has a wrong checksum: under AH, which would notice that it was set right.
Mutant believes_checksums(const std::string& role, std::string violates, Misdeed misdeed) {
    return {"nm-" + role + "-believes-ho-checksums",
            role,
            "verifies no checksum of HO messages",
            {std::move(violates)},
            {},
            [misdeed = std::move(misdeed)](model::NodeConfig config) {
                config.self.settings["lapses"] = "skips-icv";
                auto wrong = std::make_unique<Wrong>(make_ar(config), profile_of(config));
                wrong->incoming(misdeed);
                return wrong;
            }};
}

/// The last layer becomes another one.
Misdeed replace_by(Selects selects, wire::Layer layer) {
    return edit(std::move(selects), [layer = std::move(layer)](wire::Packet& packet) {
        packet.layers.back() = layer;
        return true;
    });
}

bool is_update(const wire::Packet& packet) {
    return packet.find<wire::BindingUpdate>() != nullptr;
}

constexpr std::size_t ip_at = 14, next_header_at = ip_at + 6, length_at = ip_at + 4, behind_ip = ip_at + 40;

/// Hop-by-hop options behind AH instead of in front of it (RFC 2402, 3.1.1).
void move_behind_ah(base::Bytes& frame, const wire::Packet&) {
    constexpr std::size_t ah_size = 24;
    constexpr std::uint8_t hop_by_hop = 0;
    if (frame.size() < behind_ip + ah_size)
        return;
    const std::uint8_t upper = frame[behind_ip];
    frame[behind_ip] = hop_by_hop;
    const base::Bytes header{upper, 0, 1, 4, 0, 0, 0, 0};
    frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(behind_ip + ah_size), header.begin(),
                 header.end());
    base::write16(frame, length_at,
                  static_cast<std::uint16_t>(base::read16(frame, length_at) + header.size()));
}

/// The first fragment for the whole.
void take_first_fragment(base::Bytes& frame, const wire::Packet&) {
    constexpr std::uint8_t fragment = 44, more = 1;
    constexpr std::size_t header = 8;
    if (frame.size() < behind_ip + header || frame[next_header_at] != fragment ||
        base::read16(frame, behind_ip + 2) != more)
        return;
    frame[next_header_at] = frame[behind_ip];
    base::write16(frame, length_at, static_cast<std::uint16_t>(base::read16(frame, length_at) - header));
    frame.erase(frame.begin() + behind_ip, frame.begin() + behind_ip + header);
}

/// Under AH: the first octet of the ICV.
void change_icv(base::Bytes& frame, const wire::Packet&) {
    constexpr std::size_t icv_at = behind_ip + 12;
    if (frame.size() > icv_at)
        frame[icv_at] ^= 1;
}

std::vector<Mutant> routers() {
    using P = ArPolicy;
    std::vector<Mutant> all;
    const auto policy = [&all](const char* role, const char* id, const char* title,
                               std::vector<std::string> violates, AdjustAr adjust) -> Mutant& {
        all.push_back(ar_by_policy(std::string("nm-") + role + "-" + id, role, title, std::move(violates),
                                   std::move(adjust)));
        return all.back();
    };
    policy("ar", "delivers-elsewhere", "delivers on the link of another node", {"NETMIP6-AR-029"}, [](P& p) {
        p.right_link = false;
    }).breaks_bootstrap = true;
    policy("ar", "insists-on-ipv4", "asks for IPv4 although it is switched off", {"NETMIP6-AR-049"},
           [](P& p) { p.serves_ipv4 = true; });
    policy("ar", "uncommon-key", "signs with a number that nobody shares", {"NETMIP6-BOTH-016"}, [](P& p) {
        for (Key& key : p.keys)
            key.spi = 300;
    }).breaks_bootstrap = true;
    policy("ar", "deaf-to-problems", "goes on with who does not speak Mobile IPv6", {"NETMIP6-AR-110"},
           [](P& p) { p.obeys_parameter_problem = false; });
    policy("ar", "hides-care-of", "leaves the address out that ESP does not protect", {"NETMIP6-AR-089"},
           [](P& p) { p.client.names_care_of = false; });
    policy("tar", "registers-early", "registers before it has a context", {"NETMIP6-TAR-007"}, [](P& p) {
        p.registers_early = true;
    }).breaks_bootstrap = true;
    policy("tar", "asks-aaa-first", "serves nobody without asking AAA", {"NETMIP6-TAR-049"}, [](P& p) {
        p.trusts_context = false;
    }).breaks_bootstrap = true;
    policy("tar", "request-from-elsewhere", "asks from another address", {"NETMIP6-TAR-022"}, [](P& p) {
        p.request_from_care_of = false;
    }).breaks_bootstrap = true;
    policy("tar", "request-elsewhere", "asks somebody else", {"NETMIP6-TAR-023"}, [](P& p) {
        p.request_to_serving = false;
    }).breaks_bootstrap = true;
    policy("tar", "counts-identifiers", "gives identifiers in a row", {"NETMIP6-TAR-030"},
           [](P& p) { p.random_identifiers = false; });
    policy("tar", "long-options", "says the length of options in octets", {"NETMIP6-TAR-035"}, [](P& p) {
        p.spoils_options = true;
    }).breaks_bootstrap = true;
    policy("tar", "gives-nothing-back", "gives no context of a node that goes back", {"NETMIP6-BOTH-003"},
           [](P& p) { p.transfers = false; });
    policy("tar", "accounts-apart", "accounts without what the context had", {"NETMIP6-BOTH-027"},
           [](P& p) { p.radius.sends_class = false; });
    policy("tar", "keeps-the-domain", "registers at home where there is another MAP", {"NETMIP6-AR-060"},
           [](P& p) { p.hierarchy.obtains_new = false; });
    policy("tar", "leaves-silently", "does not tell the MAP of the former domain", {"NETMIP6-AR-063"},
           [](P& p) { p.hierarchy.tells_former = false; });
    policy("sar", "any-map-answer", "takes a MAP's answer about another address", {"NETMIP6-AR-064"},
           [](P& p) { p.hierarchy.needs_routing = false; });
    policy("sar", "any-map", "takes MAPs that cannot be used", {"NETMIP6-AR-070"},
           [](P& p) { p.hierarchy.check_discovered = false; });
    policy("sar", "hears-groups", "answers requests to a group", {"NETMIP6-SAR-026"},
           [](P& p) { p.ho.unicast = false; });
    policy("sar", "hides-success", "calls success something else", {"NETMIP6-SAR-036"}, [](P& p) {
        p.granted = 5;
    }).breaks_bootstrap = true;
    policy("sar", "insists-on-ah", "wants AH where the operator does not", {"NETMIP6-BOTH-007"},
           [](P& p) { p.ho.protection = Protection::required; });
    return all;
}

} // namespace rows_tables

/// One for each row of the ledger that nothing in the other tables breaks alone.
std::vector<Mutant> row_mutants() {
    using namespace rows_tables;
    std::vector<Mutant> all = routers();
    const auto add = [&all](const char* id, const char* role, const char* title,
                            std::vector<std::string> violates, Spoil spoil) -> Mutant& {
        all.push_back(spoilt(std::string("nm-") + id, role, title, std::move(violates), std::move(spoil)));
        return all.back();
    };
    const auto odd_type = [](const char* name) {
        return [name](const model::NodeConfig& config) {
            model::NodeConfig other = config;
            other.self.settings[name] = "202";
            return make_ar(other);
        };
    };
    using wire::BindingUpdate, wire::HoRequest, wire::HoResponse;

    // Updates
    add("ar-foreign-care-of", "ar", "registers an address that is not its own", {"NETMIP6-AR-015"},
        [](Wrong& w) {
            w.outgoing(edit(is_update, [](wire::Packet& packet) {
                packet.find<wire::Ipv6>()->source = elsewhere;
                return true;
            }));
        })
        .breaks_bootstrap = true;
    add("ar-no-client", "ar", "has no Mobile IPv6 client", {"NETMIP6-AR-073"}, [](Wrong& w) {
        w.outgoing(drop(is_update));
    }).breaks_bootstrap = true;
    add("ar-ends-twice", "ar", "ends a binding once more when it has ended", {"NETMIP6-AR-079"},
        [](Wrong& w) {
            w.outgoing(duplicate(is<BindingUpdate>([](const auto& update) { return update.lifetime == 0; }),
                                 std::chrono::seconds(2)));
        });
    add("ar-unaligned-ipv4", "ar", "puts the IPv4 home address where it does not belong", {"NETMIP6-AR-039"},
        [](Wrong& w) {
            w.outgoing(edit<BindingUpdate>([](BindingUpdate& update) {
                const auto at = std::ranges::find_if(update.options, [](const auto& option) {
                    return std::holds_alternative<wire::Ipv4HomeAddress>(option);
                });
                if (at == update.options.end())
                    return;
                update.unpadded = true;
                update.options.insert(at, wire::Pad1{});
            }));
        });
    add("ar-tests-return", "ar", "begins return routability", {"NETMIP6-BOTH-017"}, [](Wrong& w) {
        w.outgoing(edit(is_update, [](wire::Packet& packet) {
                       packet.layers = {wire::Layer{*packet.find<wire::Ethernet>()},
                                        wire::Layer{*packet.find<wire::Ipv6>()},
                                        wire::Layer{wire::HomeTestInit{}}};
                       return true;
                   }).from(later));
    });
    add("ar-leases-nothing", "ar", "answers no DHCPv6", {"NETMIP6-AR-012"},
        [](Wrong& w) { w.outgoing(drop(is<wire::Dhcpv6Message>())); });
    add("ar-blackhole", "ar", "says nothing of packets that are too big", {"NETMIP6-AR-032"},
        [](Wrong& w) { w.outgoing(drop(kind("packet-too-big"))); });
    add("tar-old-local-address", "tar", "registers at the MAP from the address of another router",
        {"NETMIP6-TAR-047"}, [](Wrong& w) {
            w.outgoing(edit(is<BindingUpdate>([](const auto& update) { return update.m; }),
                            [](wire::Packet& packet) {
                                packet.find<wire::Ipv6>()->source = serving;
                                return true;
                            }));
        });

    // HO messages
    all.push_back(without_bootstrap({"nm-tar-other-type",
                                     "tar",
                                     "asks with another type",
                                     {"NETMIP6-TAR-026", "NETMIP6-BOTH-005"},
                                     {},
                                     odd_type("ho-request-type")}));
    all.push_back(without_bootstrap({"nm-sar-other-type",
                                     "sar",
                                     "answers with another type",
                                     {"NETMIP6-SAR-032", "NETMIP6-BOTH-005"},
                                     {},
                                     odd_type("ho-response-type")}));
    add("sar-knows-no-request", "sar", "does not know HO Requests", {"NETMIP6-AR-050"}, [](Wrong& w) {
        w.incoming(drop(is<HoRequest>()));
    }).breaks_bootstrap = true;
    add("sar-answers-the-first", "sar", "answers one of two routers", {"NETMIP6-SAR-012"}, [](Wrong& w) {
        w.incoming(drop(both(is<HoRequest>(), is<wire::Ipv6>([](const wire::Ipv6& ip) {
                                 return ip.source == second_target;
                             }))));
    });
    add("sar-takes-one-option", "sar", "drops requests with more than an identity", {"NETMIP6-TAR-034"},
        [](Wrong& w) {
            w.incoming(drop(is<HoRequest>([](const HoRequest& request) {
                return request.options.size() > 1 && wire::find<wire::ContextLink>(request.options);
            })));
        });
    add("sar-takes-fragments", "sar", "takes the first fragment for all", {"NETMIP6-SAR-027"},
        [](Wrong& w) { w.incoming(edit_octets(any_packet(), take_first_fragment)); });
    all.push_back(believes_checksums("sar", "NETMIP6-SAR-015", edit<HoRequest>([](HoRequest& request) {
                                         request.header.checksum.reset();
                                     })));
    all.push_back(believes_checksums("tar", "NETMIP6-TAR-038", edit<HoResponse>([](HoResponse& response) {
                                         response.header.checksum.reset();
                                     })));
    add("tar-ah-in-front", "tar", "puts hop-by-hop options behind AH", {"NETMIP6-BOTH-009"}, [](Wrong& w) {
        w.outgoing(edit_octets(is<wire::AuthenticationHeader>(), move_behind_ah));
    }).breaks_bootstrap = true;
    add("sar-covers-too-much", "sar", "computes the ICV over other octets", {"NETMIP6-BOTH-010"},
        [](Wrong& w) { w.outgoing(edit_octets(is<wire::AuthenticationHeader>(), change_icv)); })
        .breaks_bootstrap = true;
    all.push_back({"nm-sar-knows-no-md5",
                   "sar",
                   "has HMAC-SHA1-96 only",
                   {"NETMIP6-BOTH-015"},
                   {},
                   [](model::NodeConfig config) {
                       std::string& security = config.self.settings["security"];
                       if (security.find("hmac-md5-96") != std::string::npos)
                           security.clear();
                       return make_ar(config);
                   }});

    // Home agents and nodes
    add("ha-knows-no-names", "ha", "does not read the identity of a node", {"NETMIP6-HA-032"}, [](Wrong& w) {
        w.incoming(edit<BindingUpdate>(
            [](BindingUpdate& update) { remove<wire::MobileNodeIdentifier>(update.options); }));
    }).breaks_bootstrap = true;
    add("ha-reports-handovers", "ha", "complains of messages that it does not know", {"NETMIP6-BOTH-004"},
        [](Wrong& w) {
            w.incoming(replace_by(is<HoRequest>(), wire::Udp{.source_port = 9, .destination_port = 9}));
        });
    add("ha-tunnels-link-local", "ha", "takes a link-local address for its node's", {"NETMIP6-HA-073"},
        [](Wrong& w) {
            w.incoming(edit(both(is<wire::Udp>(), is<wire::Ipv6>([](const wire::Ipv6& ip) {
                                     return ip.destination.is_link_local();
                                 })),
                            [](wire::Packet& packet) {
                                packet.find<wire::Ipv6>()->destination =
                                    *base::parse_ip6("2001:db8:4000:1:0:ff:fe00:1001");
                                return true;
                            }));
        });
    add("ha-minds-m", "ha", "drops updates with M", {"NETMIP6-HA-029"},
        [](Wrong& w) { w.incoming(drop(is<BindingUpdate>([](const auto& update) { return update.m; }))); });
    add("ha-signs-for-aaa", "ha", "answers with an option for AAA", {"NETMIP6-AR-117"}, [](Wrong& w) {
        w.outgoing(edit<wire::BindingAcknowledgement>([](wire::BindingAcknowledgement& ack) {
                       ack.options.emplace_back(
                           wire::Authentication{.subtype = 2, .spi = 3, .authenticator = base::Bytes(12)});
                   }).from(later));
    });
    all.push_back(ha_by_policy("nm-ha-signs-the-source", "computes authenticators over the source",
                               {"NETMIP6-BOTH-024"}, [](HaPolicy& p) { p.covers_care_of = false; }));
    all.push_back(ha_by_policy("nm-ha-never-bicasts", "sends no second copy", {"NETMIP6-HA-019"},
                               [](HaPolicy& p) { p.bicast = false; }));
    all.push_back(ha_by_policy("nm-ha-bicasts-anyway", "copies packets although it was told not to",
                               {"NETMIP6-HA-020"}, [](HaPolicy& p) { p.bicast = true; }));
    Mutant node{"nm-mn-registers",
                "mn",
                "registers itself",
                {"NETMIP6-MN-004"},
                {},
                [](const model::NodeConfig& config) {
                    auto wrong = std::make_unique<Wrong>(make_mobile_node(config), profile_of(config));
                    wrong->outgoing(replace_by(is<wire::RouterSolicitation>(), BindingUpdate{}).only(1));
                    return wrong;
                }};
    all.push_back(without_bootstrap(std::move(node)));
    return all;
}

} // namespace peers::netmip6
