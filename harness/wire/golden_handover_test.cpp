// Golden vectors of DHCPv6 prefix delegation (nemo digest, 10) and of NetMIPv6 (netmip6 digest, 12).
#include "harness/wire/golden_frames_test.h"

namespace wire {

namespace golden {

constexpr auto router = "fe80::ff:fe00:1", servers = "ff02::1:2", relay = "2001:db8:b::1",
               server = "2001:db8:d::1";

static void dhcp_exchange(std::vector<Golden>& all, const char* name, const char* from, const char* to,
                          std::uint16_t port_from, std::uint16_t port_to, const Bytes& octets,
                          std::string text, Layer message) {
    all.push_back(
        {name,
         {D::pmip6_nemo},
         ipv6(from, to, 17, 64, udp(from, to, port_from, port_to, octets)),
         std::move(text),
         {header(from, to), Udp{.source_port = port_from, .destination_port = port_to}, std::move(message)}});
}

void dhcp(std::vector<Golden>& all) {
    const Bytes client_octets = "0001000a00030001020000000001"_hex;
    const ClientId client{.duid = "00030001020000000001"_hex};
    const ServerId server_id{.duid = "000300010200000000aa"_hex};
    const std::string client_text = "<client-id duid=\"00030001020000000001\"/>";
    const std::string server_text = "<server-id duid=\"000300010200000000aa\"/>";
    const IaPrefix hint{.prefix = ip("2001:db8:300:1::"), .prefix_length = 64};
    const std::string hint_text =
        "<ia-prefix preferred-lifetime=\"0\" valid-lifetime=\"0\" prefix-length=\"64\" "
        "prefix=\"2001:db8:300:1::\"/>";
    const Bytes d2 = "01102030 0001000a00030001020000000001 000800020000 00190029000000010000000000000000"
                     "001a001900000000000000004020010db8030000010000000000000000"_hex;
    const Dhcpv6Message solicit{.transaction_id = 0x102030,
                                .options = {client, ElapsedTime{}, IaPd{.iaid = 1, .options = {hint}}}};
    const std::string d2_text = "<dhcpv6-solicit transaction-id=\"1056816\">" + client_text +
                                "<elapsed-time value=\"0\"/><ia-pd iaid=\"1\" t1=\"0\" t2=\"0\">" +
                                hint_text + "</ia-pd></dhcpv6-solicit>";
    dhcp_exchange(
        all, "D1", router, servers, 546, 547,
        "01102030 0001000a00030001020000000001 000800020000 0019000c000000010000000000000000"_hex,
        "<dhcpv6-solicit transaction-id=\"1056816\">" + client_text +
            "<elapsed-time value=\"0\"/><ia-pd iaid=\"1\" t1=\"0\" t2=\"0\"/></dhcpv6-solicit>",
        Dhcpv6Message{.transaction_id = 0x102030, .options = {client, ElapsedTime{}, IaPd{.iaid = 1}}});
    dhcp_exchange(all, "D2", router, servers, 546, 547, d2, d2_text, solicit);
    Bytes d3 = "0c00 00000000000000000000000000000000 fe8000000000000000 0000fffe000001"_hex;
    append(d3, "001200076d72312d703270 00090045"_hex);
    append(d3, d2);
    dhcp_exchange(
        all, "D3", relay, server, 547, 547, d3,
        "<dhcpv6-relay-forward hop-count=\"0\" link-address=\"::\" peer-address=\"fe80::ff:fe00:1\">"
        "<interface-id value=\"6d72312d703270\"/><relay-message>" +
            d2_text + "</relay-message></dhcpv6-relay-forward>",
        Dhcpv6Relay{
            .peer_address = ip(router),
            .options = {InterfaceId{.value = "6d72312d703270"_hex}, RelayMessage{.message = {solicit}}}});
    dhcp_exchange(
        all, "D4", server, router, 547, 546,
        "07102031 0001000a00030001020000000001 0002000a000300010200000000aa 00190029000000010000012c000001e0"
        "001a001900000258000004b04020010db8030000010000000000000000"_hex,
        "<dhcpv6-reply transaction-id=\"1056817\">" + client_text + server_text +
            "<ia-pd iaid=\"1\" t1=\"300\" t2=\"480\"><ia-prefix preferred-lifetime=\"600\" "
            "valid-lifetime=\"1200\" "
            "prefix-length=\"64\" prefix=\"2001:db8:300:1::\"/></ia-pd></dhcpv6-reply>",
        Dhcpv6Message{.type = dhcpv6::reply,
                      .transaction_id = 0x102031,
                      .options = {client, server_id,
                                  IaPd{.iaid = 1,
                                       .t1 = 300,
                                       .t2 = 480,
                                       .options = {IaPrefix{.prefix = ip("2001:db8:300:1::"),
                                                            .prefix_length = 64,
                                                            .preferred_lifetime = 600,
                                                            .valid_lifetime = 1200}}}}});
    dhcp_exchange(
        all, "D5", server, router, 547, 546,
        "07102032 0001000a00030001020000000001 0002000a000300010200000000aa 00190029000000010000000000000000"
        "001a001900000000000000004020010db8030000010000000000000000"_hex,
        "<dhcpv6-reply transaction-id=\"1056818\">" + client_text + server_text +
            "<ia-pd iaid=\"1\" t1=\"0\" t2=\"0\">" + hint_text + "</ia-pd></dhcpv6-reply>",
        Dhcpv6Message{.type = dhcpv6::reply,
                      .transaction_id = 0x102032,
                      .options = {client, server_id, IaPd{.iaid = 1, .options = {hint}}}});
}

constexpr auto sar = "2001:db8:b::11", tar = "2001:db8:b::12", nm_ha = "2001:db8:b::100",
               nm_hoa = "2001:db8:4000:1::5";

void handover(std::vector<Golden>& all) {
    const Bytes request = "c800759f 1234c000 fd030104 016d6e31 40657861 6d706c65 2e6e6574 00000000"_hex;
    const std::string identity = "<context-identity id-type=\"nai\" nai=\"mn1@example.net\"/>";
    const std::string request_text =
        "<ho-request identifier=\"4660\" C=\"1\" H=\"1\">" + identity + "</ho-request>";
    const ContextIdentity who{.nai = "mn1@example.net"};
    const HoRequest asked{.identifier = 0x1234, .c = true, .h = true, .options = {who}};
    all.push_back({"HO Request",
                   {D::netmip6},
                   ipv6(tar, sar, 58, 255, request),
                   request_text,
                   {header(tar, sar, 255), asked}});
    all.push_back(
        {"HO Response 0",
         {D::netmip6},
         ipv6(sar, tar, 58, 255,
              "c90057ee 12340000 fd030104 016d6e31 40657861 6d706c65 2e6e6574 00000000"
              "fd030200 40c00000 20010db8 40000001 00000000 00000005 fd030300 00000000"
              "20010db8 000b0000 00000000 00000100 fd050400 c0000007 00960078 00000000"
              "c92c0a80 00000000 20010db8 000b0000 00000000 00000011 fd020504 00000100"
              "01000000 00000000 fd020600 20c00000 0a400005 0a400001"_hex),
         "<ho-response identifier=\"4660\" status=\"success\">" + identity +
             "<context-home-address prefix-length=\"64\" complete=\"1\" exclusive=\"1\" "
             "address=\"2001:db8:4000:1::5\"/><context-home-agent "
             "address=\"2001:db8:b::100\"/><context-binding "
             "flags=\"49152\" sequence=\"7\" granted-lifetime=\"150\" remaining-lifetime=\"120\" "
             "timestamp=\"14495972845470875648\" care-of-address=\"2001:db8:b::11\"/><context-security "
             "spi=\"256\" "
             "algorithm=\"1\" key-mode=\"none\" key=\"\"/><context-ipv4-home-address prefix-length=\"32\" "
             "leased=\"1\" active=\"1\" address=\"10.64.0.5\" gateway=\"10.64.0.1\"/></ho-response>",
         {header(sar, tar, 255),
          HoResponse{
              .identifier = 0x1234,
              .options = {who, ContextHomeAddress{.address = ip(nm_hoa), .complete = true, .exclusive = true},
                          ContextHomeAgent{.address = ip(nm_ha)},
                          ContextBinding{.flags = 0xc000,
                                         .sequence = 7,
                                         .granted_lifetime = 150,
                                         .remaining_lifetime = 120,
                                         .timestamp = 0xc92c0a8000000000,
                                         .care_of_address = ip(sar)},
                          ContextSecurity{.spi = 256},
                          ContextIpv4HomeAddress{.address = *base::parse_ip4("10.64.0.5"),
                                                 .gateway = *base::parse_ip4("10.64.0.1"),
                                                 .leased = true,
                                                 .active = true}}}}});
    all.push_back({"HO Response 3",
                   {D::netmip6},
                   ipv6(sar, tar, 58, 255, "c900c5dd 12340300"_hex),
                   "<ho-response identifier=\"4660\" status=\"context-not-located\"/>",
                   {header(sar, tar, 255), HoResponse{.identifier = 0x1234, .status = 3}}});
    Bytes with_ah = "60000000 003833ff 20010db8 000b0000 00000000 00000012 20010db8 000b0000"
                    "00000000 00000011 3a040000 00001012 00000001 04f1c65c 859da6ab 4a9be736"_hex;
    append(with_ah, request);
    all.push_back(
        {"HO Request with AH",
         {D::netmip6},
         with_ah,
         request_text,
         {header(tar, sar, 255),
          AuthenticationHeader{.spi = 0x1012, .sequence = 1, .icv = "04f1c65c859da6ab4a9be736"_hex}, asked}});
}

void registration(std::vector<Golden>& all) {
    const MobileNodeIdentifier mn1{.nai = "mn1@example.net"};
    const std::string nai = "<mobile-node-identifier subtype=\"nai\" nai=\"mn1@example.net\"/>";
    const Ipv4HomeAddress any_v4;
    all.push_back(
        {"BU wildcard",
         {D::netmip6},
         ipv6(sar, nm_ha, 60, 64,
              from_home("::", "3b080500 65570001 c0000096 0810016d 6e314065 78616d70 6c652e6e 65740100"
                              "1d060000 00000000 01000a08 c92c0a80 00000000 00091101 00000100 838811be"
                              "30194e91 c9a7dfe9"_hex)),
         "<binding-update sequence=\"1\" A=\"1\" H=\"1\" lifetime=\"150\">" + nai +
             "<ipv4-home-address prefix-length=\"0\" address=\"0.0.0.0\"/><replay-protection "
             "timestamp=\"14495972845470875648\"/><authentication subtype=\"mn-ha\" spi=\"256\" "
             "authenticator=\"838811be30194e91c9a7dfe9\"/></binding-update>",
         {header(sar, nm_ha), home("::"),
          BindingUpdate{
              .sequence = 1,
              .a = true,
              .h = true,
              .lifetime = 150,
              .options = {mn1, any_v4, ReplayProtection{.timestamp = 0xc92c0a8000000000},
                          Authentication{.spi = 256, .authenticator = "838811be30194e91c9a7dfe9"_hex}}}}});
    all.push_back(
        {"BA",
         {D::netmip6},
         ipv6(nm_ha, sar, 43, 64,
              to_home(nm_hoa, "3b090600 51660000 00010096 0810016d 6e314065 78616d70 6c652e6e 65740100"
                              "1d068000 0a400005 1e060080 0a400005 01000a08 c92c0a80 00000000 00091101"
                              "00000100 6f45c0b5 a3925db0 792ec52e"_hex)),
         "<binding-acknowledgement status=\"accepted\" sequence=\"1\" lifetime=\"150\">" + nai +
             "<ipv4-home-address prefix-length=\"32\" address=\"10.64.0.5\"/><ipv4-address-acknowledgement "
             "status=\"success\" prefix-length=\"32\" address=\"10.64.0.5\"/><replay-protection "
             "timestamp=\"14495972845470875648\"/><authentication subtype=\"mn-ha\" spi=\"256\" "
             "authenticator=\"6f45c0b5a3925db0792ec52e\"/></binding-acknowledgement>",
         {header(nm_ha, sar), RoutingType2{.home_address = ip(nm_hoa)},
          BindingAcknowledgement{
              .sequence = 1,
              .lifetime = 150,
              .options = {
                  mn1, Ipv4HomeAddress{.address = *base::parse_ip4("10.64.0.5"), .prefix_length = 32},
                  Ipv4AddressAcknowledgement{.address = *base::parse_ip4("10.64.0.5"), .prefix_length = 32},
                  ReplayProtection{.timestamp = 0xc92c0a8000000000},
                  Authentication{.spi = 256, .authenticator = "6f45c0b5a3925db0792ec52e"_hex}}}}});
    all.push_back(
        {"BU handoff",
         {D::netmip6},
         ipv6(tar, nm_ha, 60, 64,
              from_home(nm_hoa,
                        "3b070500 8a060008 c0000096 0810016d 6e314065 78616d70 6c652e6e 65740102"
                        "00000a08 c92c0aa0 00000000 00091101 00000100 0fe2b795 f5852216 d667937e"_hex)),
         "<binding-update sequence=\"8\" A=\"1\" H=\"1\" lifetime=\"150\">" + nai +
             "<replay-protection timestamp=\"14495972982909829120\"/><authentication subtype=\"mn-ha\" "
             "spi=\"256\" "
             "authenticator=\"0fe2b795f5852216d667937e\"/></binding-update>",
         {header(tar, nm_ha), home(nm_hoa),
          BindingUpdate{
              .sequence = 8,
              .a = true,
              .h = true,
              .lifetime = 150,
              .options = {mn1, ReplayProtection{.timestamp = 0xc92c0aa000000000},
                          Authentication{.spi = 256, .authenticator = "0fe2b795f5852216d667937e"_hex}}}}});
}

} // namespace golden

} // namespace wire
