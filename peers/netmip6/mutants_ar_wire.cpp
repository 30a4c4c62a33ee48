#include "peers/netmip6/mutant_tables.h"

#include <algorithm>

namespace peers::netmip6 {

namespace ar_wire_tables {

using namespace common;
using wire::BindingUpdate;

Mutant with_lapse(const std::string& role, const std::string& lapse, std::string title,
                  std::vector<std::string> violates) {
    return {"nm-" + role + "-security-" + lapse,
            role,
            std::move(title),
            std::move(violates),
            {},
            [lapse](model::NodeConfig config) {
                config.self.settings["lapses"] = lapse;
                return make_ar(config);
            }};
}

} // namespace ar_wire_tables

std::vector<Mutant> ar_wire_mutants() {
    using namespace ar_wire_tables;
    std::vector<Mutant> all;
    const auto update = [&all](const char* id, const char* title, std::vector<std::string> violates,
                               const std::function<void(BindingUpdate&)>& change) {
        all.push_back(spoilt(std::string("nm-ar-") + id, "ar", title, std::move(violates),
                             [change](Wrong& wrong) { wrong.outgoing(edit<BindingUpdate>(change)); }));
    };
    update("payload-proto", "names another header behind the update", {"NETMIP6-AR-080"},
           [](BindingUpdate& bu) { bu.header.payload_proto = 6; });
    update("reserved-bits", "sets reserved bits", {"NETMIP6-AR-083"},
           [](BindingUpdate& bu) { bu.reserved = 1; });
    update("checksum", "does not compute the checksum", {"NETMIP6-AR-082"},
           [](BindingUpdate& bu) { bu.header.checksum = 0xdead; });
    update("wrong-authenticator", "signs something else", {"NETMIP6-BOTH-023", "NETMIP6-BOTH-022"},
           [](BindingUpdate& bu) {
               for (auto& option : bu.options)
                   if (auto* found = std::get_if<wire::Authentication>(&option);
                       found && !found->authenticator.empty())
                       found->authenticator[0] ^= 1;
           });
    update("authenticates-first", "puts the authenticator before the rest",
           {"NETMIP6-AR-112", "NETMIP6-BOTH-020", "NETMIP6-BOTH-026"}, [](BindingUpdate& bu) {
               std::rotate(bu.options.begin(), bu.options.end() - 1, bu.options.end());
           });
    update("unaligned", "aligns nothing", {"NETMIP6-BOTH-019"}, [](BindingUpdate& bu) {
        bu.unpadded = true;
        bu.options.insert(bu.options.begin(), wire::Pad1{});
    });
    update("other-subtype", "names the node by something else than a NAI", {"NETMIP6-AR-111"},
           [](BindingUpdate& bu) {
               for (auto& option : bu.options)
                   if (auto* found = std::get_if<wire::MobileNodeIdentifier>(&option))
                       found->subtype = 2;
           });
    update("not-padded", "leaves the padding out", {"NETMIP6-AR-081"}, [](BindingUpdate& bu) {
        bu.unpadded = true;
        bu.options.push_back(wire::Pad1{});
    });
    for (Mutant& mutant : all)
        mutant.breaks_bootstrap = true;
    const auto hears = [&all](const char* id, const char* role, const char* title,
                              std::vector<std::string> violates, Spoil spoil) {
        all.push_back(spoilt(std::string("nm-") + id, role, title, std::move(violates), std::move(spoil)));
    };
    hears("ar-believes-checksums", "ar", "verifies no checksum", {"NETMIP6-AR-102"}, [](Wrong& wrong) {
        wrong.incoming(edit<wire::BindingAcknowledgement>([](auto& ack) { ack.header.checksum.reset(); }));
    });
    using wire::Dhcpv6Message;
    hears("ar-deaf-to-dhcp", "ar", "does not hear DHCPv6", {"NETMIP6-AR-011", "NETMIP6-AR-012"},
          [](Wrong& wrong) { wrong.incoming(drop(is<Dhcpv6Message>())); });
    hears("ar-leases-anything", "ar", "leases another address than was assigned", {"NETMIP6-AR-024"},
          [](Wrong& wrong) {
              wrong.outgoing(edit<Dhcpv6Message>([](Dhcpv6Message& message) {
                  for (auto& option : message.options)
                      if (auto* association = std::get_if<wire::IaNa>(&option))
                          for (auto& inner : association->options)
                              if (auto* address = std::get_if<wire::IaAddress>(&inner))
                                  address->address.octets[15] ^= 1;
              }));
          });
    hears("ar-replies-at-once", "ar", "answers a Solicit with a Reply", {"NETMIP6-AR-025"}, [](Wrong& wrong) {
        wrong.outgoing(edit<Dhcpv6Message>([](Dhcpv6Message& message) {
            if (message.type == wire::dhcpv6::advertise)
                message.type = wire::dhcpv6::reply;
        }));
    });
    hears("ar-leases-the-refused", "ar", "leases an address where none was assigned", {"NETMIP6-AR-026"},
          [](Wrong& wrong) {
              wrong.outgoing(edit<Dhcpv6Message>([](Dhcpv6Message& message) {
                  if (!remove<wire::StatusCode>(message.options))
                      return;
                  wire::IaNa association{.iaid = 1};
                  wire::IaAddress address;
                  address.address = *base::parse_ip6("2001:db8:dead::1");
                  address.preferred_lifetime = address.valid_lifetime = 3600;
                  association.options.emplace_back(address);
                  message.options.emplace_back(association);
              }));
          });
    hears("sar-minds-reserved-bits", "sar", "drops requests with reserved bits", {"NETMIP6-SAR-018"},
          [](Wrong& wrong) {
              wrong.incoming(
                  drop(is<wire::HoRequest>([](const auto& request) { return request.reserved != 0; })));
          });
    hears("sar-minds-unknown-options", "sar", "drops requests with unknown options", {"NETMIP6-SAR-023"},
          [](Wrong& wrong) {
              wrong.incoming(drop(is<wire::HoRequest>([](const auto& request) {
                  return wire::find<wire::ForeignNdOption>(request.options) != nullptr;
              })));
          });
    hears("tar-minds-unknown-options", "tar", "drops responses with unknown options", {"NETMIP6-TAR-045"},
          [](Wrong& wrong) {
              wrong.incoming(drop(is<wire::HoResponse>([](const auto& response) {
                  return wire::find<wire::ForeignNdOption>(response.options) != nullptr;
              })));
          });
    hears("tar-minds-short-responses", "tar", "drops responses of seven octets", {"NETMIP6-TAR-044"},
          [](Wrong& wrong) {
              wrong.incoming(
                  drop(is<wire::HoResponse>([](const auto& response) { return response.short_form; })));
          });
    hears("tar-deaf", "tar", "does not hear the base station",
          {"NETMIP6-TAR-002", "NETMIP6-TAR-004", "NETMIP6-AR-059"},
          [](Wrong& wrong) { wrong.deaf_to("ho-indication"); });
    all.back().breaks_bootstrap = true;

    all.push_back(with_lapse("sar", "skips-icv", "verifies no ICV", {"NETMIP6-BOTH-011", "NETMIP6-SAR-046"}));
    all.push_back(with_lapse("sar", "accepts-replays", "has no window", {"NETMIP6-BOTH-013"}));
    all.push_back(
        with_lapse("sar", "ignores-spi", "finds the association by the addresses", {"NETMIP6-BOTH-012"}));
    all.push_back(without_bootstrap(
        with_lapse("sar", "sends-clear", "answers in the clear", {"NETMIP6-SAR-031", "NETMIP6-BOTH-006"})));
    all.push_back(with_lapse("tar", "sends-clear", "asks in the clear",
                             {"NETMIP6-TAR-025", "NETMIP6-BOTH-006", "NETMIP6-BOTH-001", "NETMIP6-TAR-005"}));
    all.push_back(with_lapse("tar", "skips-icv", "verifies no ICV", {"NETMIP6-BOTH-011"}));
    all.push_back(
        with_lapse("tar", "repeats-sequence", "sends the same number again and again", {"NETMIP6-BOTH-014"}));
    all.push_back(with_lapse("tar", "starts-at-zero", "begins with number zero", {"NETMIP6-BOTH-008"}));

    const auto message = [&all](const char* id, const char* role, const char* title,
                                std::vector<std::string> violates, AdjustAr adjust) {
        all.push_back(without_bootstrap(
            ar_by_policy(std::string("nm-") + id, role, title, std::move(violates), std::move(adjust))));
    };
    message("sar-response-from-elsewhere", "sar", "answers from another address", {"NETMIP6-SAR-028"},
            [](ArPolicy& p) { p.response_from_asked = false; });
    message("sar-response-elsewhere", "sar", "answers somebody else", {"NETMIP6-SAR-029"},
            [](ArPolicy& p) { p.response_to_asker = false; });
    message("sar-response-code", "sar", "answers with another code", {"NETMIP6-SAR-033"},
            [](ArPolicy& p) { p.ho.response_code = 1; });
    message("sar-response-reserved", "sar", "fills the reserved octet", {"NETMIP6-SAR-042"},
            [](ArPolicy& p) { p.response_reserved = 1; });
    message("sar-response-checksum", "sar", "answers without checksum", {"NETMIP6-SAR-034"},
            [](ArPolicy& p) { p.spoils_checksum = true; });
    message("tar-request-code", "tar", "asks with another code", {"NETMIP6-TAR-027"},
            [](ArPolicy& p) { p.ho.request_code = 1; });
    message("tar-request-reserved", "tar", "sets reserved bits", {"NETMIP6-TAR-033"},
            [](ArPolicy& p) { p.request_reserved = 1; });
    message("tar-request-checksum", "tar", "asks without checksum", {"NETMIP6-TAR-028"},
            [](ArPolicy& p) { p.spoils_checksum = true; });
    return all;
}

} // namespace peers::netmip6
