// The golden vectors of the three digests (pmip6 2.5, nemo 10, netmip6 12), in the packets that carry them
// there.
#include "harness/wire/golden_test.h"

namespace wire {

namespace {

using base::operator""_hex;
using base::Bytes;
using D = Profile::Dialect;

base::Ip6 ip(const char* text) {
    return *base::parse_ip6(text);
}

void append(Bytes& to, const Bytes& more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// IPv6 header (RFC 2460, 3) written out, so that no encoder of ours is needed.
Bytes ipv6(const char* source, const char* destination, std::uint8_t next, std::uint8_t hops,
           const Bytes& payload) {
    Bytes packet{0x60,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(payload.size() >> 8),
                 static_cast<std::uint8_t>(payload.size()),
                 next,
                 hops};
    for (const auto& address : {ip(source), ip(destination)})
        packet.insert(packet.end(), address.octets.begin(), address.octets.end());
    append(packet, payload);
    return packet;
}

/// Destination options with a Home Address option at 8n+6 in front of a mobility header.
Bytes from_home(const char* home, const Bytes& message) {
    Bytes all = "87020102 0000c910"_hex;
    auto address = ip(home);
    all.insert(all.end(), address.octets.begin(), address.octets.end());
    append(all, message);
    return all;
}

/// Routing header type 2 in front of a mobility header.
Bytes to_home(const char* home, const Bytes& message) {
    Bytes all = "87020201 00000000"_hex;
    auto address = ip(home);
    all.insert(all.end(), address.octets.begin(), address.octets.end());
    append(all, message);
    return all;
}

/// UDP with the checksum of RFC 768 and RFC 2460, 8.1, summed here on its own.
Bytes udp(const char* source, const char* destination, std::uint16_t from, std::uint16_t to,
          const Bytes& data) {
    auto size = static_cast<std::uint16_t>(data.size() + 8);
    Bytes all(8);
    base::write16(all, 0, from);
    base::write16(all, 2, to);
    base::write16(all, 4, size);
    append(all, data);
    std::uint32_t sum = 17u + size;
    for (const auto& address : {ip(source), ip(destination)})
        for (std::size_t i = 0; i < 16; i += 2)
            sum += base::read16(address.octets, i);
    Bytes even = all;
    even.resize((even.size() + 1) / 2 * 2);
    for (std::size_t i = 0; i < even.size(); i += 2)
        sum += base::read16(even, i);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    base::write16(all, 6, static_cast<std::uint16_t>(~sum));
    return all;
}

Ipv6 header(const char* source, const char* destination, std::uint8_t hops = 64) {
    return {.source = ip(source), .destination = ip(destination), .hop_limit = hops};
}

DestinationOptions home(const char* address) {
    return {.options = {HomeAddressOption{.address = ip(address)}}};
}

constexpr auto mag = "2001:db8:0:1::1", lma = "2001:db8:0:ff::1";
const MobileNodeIdentifier mn1{.nai = "mn1@example.net"};
const Timestamp t2007{.value = 0x000046dca0008000};

void pmip6(std::vector<Golden>& all) {
    const std::string nai = "<mobile-node-identifier subtype=\"nai\" nai=\"mn1@example.net\"/>";
    const std::string stamp = "<timestamp value=\"77913391136768\"/>";
    all.push_back(
        {"G1",
         {D::draft02},
         ipv6(
             mag, lma, 135, 64,
             "3b0a0500 89e30001 82000384 16120000 00000000 00000000 00000000 00000000 01040000 00001a10 "
             "00000000"
             "00000000 00000000 00000000 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex),
         "<binding-update sequence=\"1\" A=\"1\" P=\"1\" lifetime=\"900\"><home-network-prefix "
         "prefix-length=\"0\" "
         "prefix=\"::\"/><link-local-address address=\"::\"/>" +
             stamp + nai + "</binding-update>",
         {header(mag, lma),
          BindingUpdate{.sequence = 1,
                        .a = true,
                        .p = true,
                        .lifetime = 900,
                        .options = {HomeNetworkPrefix{}, LinkLocalAddress{}, t2007, mn1}}}});
    all.push_back(
        {"G2",
         {D::draft02},
         ipv6(mag, lma, 135, 64,
              "3b070500 65120001 c2000384 16120000 00000000 00000000 00000000 00000000 01001b08 000046dc "
              "a0008000"
              "0810016d 6e314065 78616d70 6c652e6e 65740100"_hex),
         "<binding-update sequence=\"1\" A=\"1\" H=\"1\" P=\"1\" lifetime=\"900\"><home-network-prefix "
         "prefix-length=\"0\" prefix=\"::\"/>" +
             stamp + nai + "</binding-update>",
         {header(mag, lma), BindingUpdate{.sequence = 1,
                                          .a = true,
                                          .h = true,
                                          .p = true,
                                          .lifetime = 900,
                                          .options = {HomeNetworkPrefix{}, t2007, mn1}}}});
    all.push_back(
        {"G3",
         {D::draft02},
         ipv6(
             lma, mag, 135, 64,
             "3b0a0600 dd470020 00010384 16120040 20010db8 01000001 00000000 00000000 01040000 00001a10 "
             "fe800000"
             "00000000 00000000 00000001 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex),
         "<binding-acknowledgement status=\"accepted\" P=\"1\" sequence=\"1\" "
         "lifetime=\"900\"><home-network-prefix "
         "prefix-length=\"64\" prefix=\"2001:db8:100:1::\"/><link-local-address address=\"fe80::1\"/>" +
             stamp + nai + "</binding-acknowledgement>",
         {header(lma, mag),
          BindingAcknowledgement{
              .p = true,
              .sequence = 1,
              .lifetime = 900,
              .options = {HomeNetworkPrefix{.prefix = ip("2001:db8:100:1::"), .prefix_length = 64},
                          LinkLocalAddress{.address = ip("fe80::1")}, t2007, mn1}}}});
    all.push_back(
        {"G4",
         {D::rfc5213},
         ipv6(lma, mag, 135, 64,
              "3b070600 8d769c20 00010000 16120000 00000000 00000000 00000000 00000000 01001b08 000046dc "
              "a0008000"
              "0810016d 6e314065 78616d70 6c652e6e 65740100"_hex),
         "<binding-acknowledgement status=\"timestamp-mismatch\" P=\"1\" sequence=\"1\" lifetime=\"0\">"
         "<home-network-prefix prefix-length=\"0\" prefix=\"::\"/>" +
             stamp + nai + "</binding-acknowledgement>",
         {header(lma, mag),
          BindingAcknowledgement{
              .status = 156, .p = true, .sequence = 1, .options = {HomeNetworkPrefix{}, t2007, mn1}}}});
}

constexpr auto care_of = "2001:db8:cafe::10", hoa = "2001:db8:100::10", ha = "2001:db8:100::1";
constexpr auto lmaa = "2001:db8:a::1", mag_b = "2001:db8:b::1";

void nemo_update(std::vector<Golden>& all, const char* name, const Bytes& mh, std::string text,
                 BindingUpdate update) {
    all.push_back({name,
                   {D::nemo_pd},
                   ipv6(care_of, ha, 60, 64, from_home(hoa, mh)),
                   std::move(text),
                   {header(care_of, ha), home(hoa), std::move(update)}});
}

void nemo_acknowledgement(std::vector<Golden>& all, const char* name, const Bytes& mh, std::string text,
                          BindingAcknowledgement acknowledgement) {
    all.push_back({name,
                   {D::nemo_pd},
                   ipv6(ha, care_of, 43, 64, to_home(hoa, mh)),
                   std::move(text),
                   {header(ha, care_of), RoutingType2{.home_address = ip(hoa)}, std::move(acknowledgement)}});
}

void nemo_pd(std::vector<Golden>& all) {
    nemo_update(all, "V1", "3b010500991e0001c60001c201020000"_hex,
                "<binding-update sequence=\"1\" A=\"1\" H=\"1\" R=\"1\" S=\"1\" lifetime=\"450\"/>",
                {.sequence = 1, .a = true, .h = true, .r = true, .s = true, .lifetime = 450});
    nemo_update(
        all, "V2", "3b0205004b560002c40001c2fd0640801234000301020000"_hex,
        "<binding-update sequence=\"2\" A=\"1\" H=\"1\" R=\"1\" lifetime=\"450\"><mnp-request "
        "prefix-length=\"64\" P=\"1\" correlation-id=\"4660\" prefix-type=\"global\"/></binding-update>",
        {.sequence = 2,
         .a = true,
         .h = true,
         .r = true,
         .lifetime = 450,
         .options = {
             MnpRequest{.prefix_length = 64, .p = true, .correlation_id = 0x1234, .prefix_type = 3}}});
    nemo_acknowledgement(
        all, "V3", "3b040600de180040000201c2fe1a40a012340003ffffffff20010db8020000010000000000000000"_hex,
        "<binding-acknowledgement status=\"accepted\" R=\"1\" sequence=\"2\" "
        "lifetime=\"450\"><mnp-confirmation "
        "prefix-length=\"64\" P=\"1\" D=\"1\" correlation-id=\"4660\" status=\"success\" "
        "prefix-type=\"global\" "
        "valid-lifetime=\"infinite\" prefix=\"2001:db8:200:1::\"/></binding-acknowledgement>",
        {.r = true,
         .sequence = 2,
         .lifetime = 450,
         .options = {MnpConfirmation{.prefix = ip("2001:db8:200:1::"),
                                     .prefix_length = 64,
                                     .p = true,
                                     .d = true,
                                     .correlation_id = 0x1234,
                                     .prefix_type = 3,
                                     .valid_lifetime = 0xffffffff}}});
    nemo_update(
        all, "V4",
        "3b06050029220003c40001c20612a04020010db802000001000000000000000001020000fd063c0012350003fd0640401236"
        "0002"
        "01020000"_hex,
        "<binding-update sequence=\"3\" A=\"1\" H=\"1\" R=\"1\" lifetime=\"450\"><mobile-network-prefix "
        "P=\"1\" D=\"1\" prefix-length=\"64\" prefix=\"2001:db8:200:1::\"/><mnp-request "
        "prefix-length=\"60\" correlation-id=\"4661\" prefix-type=\"global\"/><mnp-request "
        "prefix-length=\"64\" I=\"1\" correlation-id=\"4662\" "
        "prefix-type=\"unique-local\"/></binding-update>",
        {.sequence = 3,
         .a = true,
         .h = true,
         .r = true,
         .lifetime = 450,
         .options = {
             MobileNetworkPrefix{.prefix = ip("2001:db8:200:1::"), .prefix_length = 64, .p = true, .d = true},
             MnpRequest{.prefix_length = 60, .correlation_id = 0x1235, .prefix_type = 3},
             MnpRequest{.prefix_length = 64, .i = true, .correlation_id = 0x1236, .prefix_type = 2}}});
    nemo_acknowledgement(
        all, "V5",
        "3b060600917d0060000401c20612a04020010db8020000010000000000000000010200000612c03820010db8020100000000"
        "00000000"
        "0000"_hex,
        "<binding-acknowledgement status=\"accepted\" R=\"1\" S=\"1\" sequence=\"4\" lifetime=\"450\">"
        "<mobile-network-prefix P=\"1\" D=\"1\" prefix-length=\"64\" prefix=\"2001:db8:200:1::\"/>"
        "<mobile-network-prefix P=\"1\" I=\"1\" prefix-length=\"56\" prefix=\"2001:db8:201::\"/>"
        "</binding-acknowledgement>",
        {.r = true,
         .s = true,
         .sequence = 4,
         .lifetime = 450,
         .options = {
             MobileNetworkPrefix{.prefix = ip("2001:db8:200:1::"), .prefix_length = 64, .p = true, .d = true},
             MobileNetworkPrefix{
                 .prefix = ip("2001:db8:201::"), .prefix_length = 56, .p = true, .i = true}}});
    nemo_acknowledgement(all, "V6", "3b0106005dbc0060000401c201020000"_hex,
                         "<binding-acknowledgement status=\"accepted\" R=\"1\" S=\"1\" sequence=\"4\" "
                         "lifetime=\"450\"/>",
                         {.r = true, .s = true, .sequence = 4, .lifetime = 450});
    nemo_acknowledgement(
        all, "V7", "3b0406004c930000000501c2fe1a0020123402000000000000000000000000000000000000000000"_hex,
        "<binding-acknowledgement status=\"accepted\" sequence=\"5\" lifetime=\"450\"><mnp-confirmation "
        "prefix-length=\"0\" D=\"1\" correlation-id=\"4660\" status=\"not-mobile-router\" "
        "prefix-type=\"any\" "
        "valid-lifetime=\"0\" prefix=\"::\"/></binding-acknowledgement>",
        {.sequence = 5,
         .lifetime = 450,
         .options = {MnpConfirmation{.d = true, .correlation_id = 0x1234, .status = 2}}});
}

void pmip6_nemo(std::vector<Golden>& all) {
    const MobileNodeIdentifier mr1{.nai = "mr1@example.net"};
    const Timestamp stamp{.value = 0x00004a0c1d2e3000};
    const std::string nai = "<mobile-node-identifier subtype=\"nai\" nai=\"mr1@example.net\"/>";
    const std::string middle = "<home-network-prefix prefix-length=\"0\" prefix=\"::\"/><handoff-indicator "
                               "value=\"attachment-over-new-interface\"/><access-technology-type "
                               "value=\"ieee-802.11\"/>";
    const std::string time = "<timestamp value=\"81415889629184\"/>";
    all.push_back(
        {"V8",
         {D::pmip6_nemo},
         ipv6(mag_b, lmaa, 135, 64,
              "3b0b05007a15000ac60001c20810016d7231406578616d706c652e6e65740104000000001612000000000000000000"
              "0000000000"
              "00000000170200011802000401001b0800004a0c1d2e30000612800000000000000000000000000000000000"_hex),
         "<binding-update sequence=\"10\" A=\"1\" H=\"1\" R=\"1\" P=\"1\" lifetime=\"450\">" + nai + middle +
             time + "<mobile-network-prefix R=\"1\" prefix-length=\"0\" prefix=\"::\"/></binding-update>",
         {header(mag_b, lmaa),
          BindingUpdate{.sequence = 10,
                        .a = true,
                        .h = true,
                        .r = true,
                        .p = true,
                        .lifetime = 450,
                        .options = {mr1, HomeNetworkPrefix{}, HandoffIndicator{.value = 1},
                                    AccessTechnologyType{.value = 4}, stamp,
                                    MobileNetworkPrefix{.r = true}}}}});
    all.push_back(
        {"V9",
         {D::pmip6_nemo},
         ipv6(lmaa, mag_b, 135, 64,
              "3b0b06005db90060000a01c20810016d7231406578616d706c652e6e65740104000000001612004020010db8020000"
              "0a00000000"
              "00000000170200011802000401001b0800004a0c1d2e30000612004020010db8030000010000000000000000"_hex),
         "<binding-acknowledgement status=\"accepted\" R=\"1\" P=\"1\" sequence=\"10\" lifetime=\"450\">" +
             nai +
             "<home-network-prefix prefix-length=\"64\" prefix=\"2001:db8:200:a::\"/><handoff-indicator "
             "value=\"attachment-over-new-interface\"/><access-technology-type value=\"ieee-802.11\"/>" +
             time +
             "<mobile-network-prefix prefix-length=\"64\" "
             "prefix=\"2001:db8:300:1::\"/></binding-acknowledgement>",
         {header(lmaa, mag_b),
          BindingAcknowledgement{
              .r = true,
              .p = true,
              .sequence = 10,
              .lifetime = 450,
              .options = {mr1, HomeNetworkPrefix{.prefix = ip("2001:db8:200:a::"), .prefix_length = 64},
                          HandoffIndicator{.value = 1}, AccessTechnologyType{.value = 4}, stamp,
                          MobileNetworkPrefix{.prefix = ip("2001:db8:300:1::"), .prefix_length = 64}}}}});
    all.push_back(
        {"V10",
         {D::pmip6_nemo},
         ipv6(lmaa, mag_b, 135, 64,
              "3b090600439a8260000a00000810016d7231406578616d706c652e6e65740104000000001612000000000000000000"
              "0000000000"
              "00000000170200011802000401001b0800004a0c1d2e300001020000"_hex),
         "<binding-acknowledgement status=\"insufficient-resources\" R=\"1\" P=\"1\" sequence=\"10\" "
         "lifetime=\"0\">" +
             nai + middle + time + "</binding-acknowledgement>",
         {header(lmaa, mag_b),
          BindingAcknowledgement{.status = 130,
                                 .r = true,
                                 .p = true,
                                 .sequence = 10,
                                 .options = {mr1, HomeNetworkPrefix{}, HandoffIndicator{.value = 1},
                                             AccessTechnologyType{.value = 4}, stamp}}}});
}

constexpr auto router = "fe80::ff:fe00:1", servers = "ff02::1:2", relay = "2001:db8:b::1",
               server = "2001:db8:d::1";

void dhcp_exchange(std::vector<Golden>& all, const char* name, const char* from, const char* to,
                   std::uint16_t port_from, std::uint16_t port_to, const Bytes& octets, std::string text,
                   Layer message) {
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

} // namespace

const std::vector<Golden>& goldens() {
    static const std::vector<Golden> all = [] {
        std::vector<Golden> made;
        pmip6(made);
        nemo_pd(made);
        pmip6_nemo(made);
        dhcp(made);
        handover(made);
        registration(made);
        return made;
    }();
    return all;
}

} // namespace wire
