// Golden vectors of the digests of Proxy Mobile IPv6 (2.5) and NEMO (10), in the packets that carry them
// there.
#include "harness/wire/golden_frames_test.h"

namespace wire {

namespace golden {

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

static void nemo_update(std::vector<Golden>& all, const char* name, const Bytes& mh, std::string text,
                        BindingUpdate update) {
    all.push_back({name,
                   {D::nemo_pd},
                   ipv6(care_of, ha, 60, 64, from_home(hoa, mh)),
                   std::move(text),
                   {header(care_of, ha), home(hoa), std::move(update)}});
}

static void nemo_acknowledgement(std::vector<Golden>& all, const char* name, const Bytes& mh,
                                 std::string text, BindingAcknowledgement acknowledgement) {
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

} // namespace golden

const std::vector<Golden>& goldens() {
    static const std::vector<Golden> all = [] {
        std::vector<Golden> made;
        golden::pmip6(made);
        golden::nemo_pd(made);
        golden::pmip6_nemo(made);
        golden::dhcp(made);
        golden::handover(made);
        golden::registration(made);
        return made;
    }();
    return all;
}

} // namespace wire
