#include "peers/pmip6/mutants_lma_tables.h"

namespace peers::pmip6 {

namespace lma_wire_tables {

using namespace std::chrono_literals;
using namespace common;
using wire::BindingAcknowledgement;
using wire::BindingUpdate;

std::vector<Mutant> of_fields() {
    return {
        without_bootstrap(answering("lma-wrong-sequence", "acknowledges the number after the one asked",
                                    {"PMIP6-LMA-083", "PMIP6-LMA-110"}, is_any,
                                    [](BindingAcknowledgement& ack) { ++ack.sequence; })),
        answering("lma-forgets-the-proxy-flag", "answers refused proxy updates with P=0", {"PMIP6-FMT-009"},
                  refuses, [](BindingAcknowledgement& ack) { ack.p = false; }),
        answering(
            "lma-sets-reserved-bits", "sends ones in the reserved bits", {"PMIP6-FMT-011"}, is_any,
            [](BindingAcknowledgement& ack) { ack.reserved = 0x03; }, later),
        without_bootstrap(answering("lma-bad-checksum", "sends a checksum that does not verify",
                                    {"PMIP6-MH-002"}, is_any,
                                    [](BindingAcknowledgement& ack) { ack.header.checksum = 0xdead; })),
        without_bootstrap(answering("lma-wrong-payload-proto", "sends Payload Proto 41", {"PMIP6-MH-003"},
                                    is_any,
                                    [](BindingAcknowledgement& ack) { ack.header.payload_proto = 41; })),
        answering(
            "lma-sets-the-reserved-octet", "sends a one in the Mobility Header's reserved octet",
            {"PMIP6-MH-013"}, is_any, [](BindingAcknowledgement& ack) { ack.header.reserved = 1; }, later),
        answering(
            "lma-no-padding", "packs options without alignment",
            {"PMIP6-FMT-030", "PMIP6-FMT-040", "PMIP6-FMT-070"}, is_any,
            [](BindingAcknowledgement& ack) { ack.options = laid_out(ack.options, false, 0, 0); }, later),
        answering(
            "lma-misaligned-prefix", "starts the prefix option an octet late", {"PMIP6-FMT-021"}, is_any,
            [](BindingAcknowledgement& ack) { ack.options = laid_out(ack.options, false, 1, 0); }, later),
        answering(
            "lma-dirty-padding", "fills padding with ones", {"PMIP6-FMT-070"}, is_any,
            [](BindingAcknowledgement& ack) { ack.options = laid_out(ack.options, true, 8, 0xff); }, later),
        answering("lma-says-it-still-lives", "acknowledges de-registrations with a lifetime",
                  {"PMIP6-LMA-066"}, releases, [](BindingAcknowledgement& ack) { ack.lifetime = 1; }),
        answering("lma-135-with-the-next-number", "returns the last accepted number plus one",
                  {"PMIP6-LMA-117"}, refuses,
                  [](BindingAcknowledgement& ack) {
                      if (ack.status == status::sequence_out_of_window)
                          ++ack.sequence;
                  }),
    };
}

std::vector<Mutant> of_options() {
    return {
        answering_without<wire::HomeNetworkPrefix>(
            "lma-no-prefix-in-acceptances", "accepts without naming a prefix",
            {"PMIP6-LMA-074", "PMIP6-LMA-070", "PMIP6-FMT-020"}, releases),
        answering_without<wire::HomeNetworkPrefix>(
            "lma-no-prefix-in-refusals", "refuses without echoing the prefix", {"PMIP6-LMA-073"}, refuses),
        answering_with<wire::HomeNetworkPrefix>(
            "lma-wrong-prefix-echo", "echoes another prefix when it refuses", {"PMIP6-LMA-073"}, refuses,
            [](auto& option) { option.prefix.octets[7] ^= 0xff; }),
        answering_with<wire::HomeNetworkPrefix>(
            "lma-sets-the-reserved-octet-of-the-prefix",
            "sends a one in the reserved octet of the prefix option", {"PMIP6-FMT-023"}, is_any,
            [](auto& option) { option.reserved = 1; }, later),
        without_bootstrap(answering_with<wire::HomeNetworkPrefix>(
            "lma-wrong-prefix-length", "grants /64 and says /63", {"PMIP6-FMT-025", "PMIP6-LMA-040"}, accepts,
            [](auto& option) { option.prefix_length = 63; })),
        answering_without<wire::Timestamp>("lma-no-timestamp-in-refusals", "refuses without a timestamp",
                                           {"PMIP6-LMA-105"}, refuses),
        without_bootstrap(answering_with<wire::Timestamp>(
            "lma-changes-the-timestamp", "returns valid timestamps with another last bit",
            {"PMIP6-LMA-111", "PMIP6-LMA-079"}, accepts, [](auto& option) { option.value ^= 1; })),
        answering_with<wire::Timestamp>("lma-tells-ntp-time", "tells its time as seconds since 1900",
                                        {"PMIP6-LMA-113", "PMIP6-FMT-043"}, refuses,
                                        [](auto& option) {
                                            constexpr std::uint64_t from_1900_to_1970 = 2'208'988'800;
                                            option.value = ((option.value >> 16) + from_1900_to_1970) << 32;
                                        }),
        answering("lma-timestamp-in-number-mode", "stamps answers to updates without a timestamp",
                  {"PMIP6-LMA-116"}, is_any,
                  [](BindingAcknowledgement& ack) {
                      if (!wire::find<wire::Timestamp>(ack.options))
                          ack.options.insert(ack.options.begin(), wire::Timestamp{.value = 0x46dca0008000});
                  }),
        answering("lma-names-somebody-in-160", "puts an identifier into the refusal for a missing one",
                  {"PMIP6-LMA-081"}, refuses,
                  [](BindingAcknowledgement& ack) {
                      if (ack.status != status::missing_identifier)
                          return;
                      if (auto* empty = wire::find<wire::MobileNodeIdentifier>(ack.options)) // RFC 5213
                          empty->nai = "mn1@example.net";
                      else
                          ack.options.push_back(wire::MobileNodeIdentifier{.nai = "mn1@example.net"});
                  }),
        answering_with<wire::MobileNodeIdentifier>("lma-cuts-the-identifier",
                                                   "returns refused identifiers cut short", {"PMIP6-LMA-080"},
                                                   refuses, [](auto& option) { option.nai.pop_back(); }),
        answering_without<wire::LinkLocalAddress>(
            "lma-no-link-local-address", "leaves the link-local address out", {"PMIP6-LMA-075"}, is_any),
        answering(
            "lma-uninvited-link-local-address", "adds a link-local address that nobody asked for",
            {"PMIP6-LMA-076"}, accepts,
            [](BindingAcknowledgement& ack) {
                if (!wire::find<wire::LinkLocalAddress>(ack.options) && ack.lifetime != 0)
                    ack.options.push_back(wire::LinkLocalAddress{});
            },
            later),
        answering(
            "lma-late-advice", "advises a refresh after the lifetime", {"PMIP6-LMA-161"}, accepts,
            [](BindingAcknowledgement& ack) {
                ack.options.push_back(
                    wire::BindingRefreshAdvice{.interval = static_cast<std::uint16_t>(ack.lifetime + 1)});
            },
            later),
    };
}

std::vector<Mutant> of_answers() {
    const auto outgoing = [](std::string id, std::string title, std::vector<std::string> violates,
                             Misdeed misdeed) {
        return spoilt(
            std::move(id), "lma", std::move(title), std::move(violates),
            [misdeed = std::move(misdeed)](Wrong& lma, const model::NodeConfig&) { lma.outgoing(misdeed); });
    };
    return {
        outgoing("lma-refuses-in-silence", "does not say that it refuses",
                 {"PMIP6-LMA-035", "PMIP6-LMA-023", "PMIP6-LMA-112"},
                 drop(is<BindingAcknowledgement>(refuses))),
        outgoing("lma-says-no-twice", "sends every refusal twice", {"PMIP6-LMA-035"},
                 duplicate(is<BindingAcknowledgement>(refuses), 5ms)),
        outgoing("lma-late-farewell", "acknowledges de-registrations after their delay", {"PMIP6-LMA-064"},
                 delay(is<BindingAcknowledgement>(releases), 1500ms)),
        without_bootstrap(outgoing("lma-late",
                                   "acknowledges after a second and a half, as if it tested for duplicates",
                                   {"PMIP6-LMA-159"}, delay(is<BindingAcknowledgement>(), 1500ms))),
        without_bootstrap(outgoing("lma-silent", "registers and answers nothing",
                                   {"PMIP6-LMA-224", "PMIP6-LMA-054"}, drop(is<BindingAcknowledgement>()))),
        without_bootstrap(outgoing("lma-answers-from-another-address",
                                   "answers from an address of its own choice", {"PMIP6-LMA-071"},
                                   edit(is<BindingAcknowledgement>(),
                                        [](wire::Packet& packet) {
                                            packet.find<wire::Ipv6>()->source.octets[15] ^= 0x70;
                                            return true;
                                        }))),
        outgoing("lma-routes-its-answers", "adds a type 2 routing header to its refusals", {"PMIP6-LMA-085"},
                 edit(is<BindingAcknowledgement>(refuses),
                      [](wire::Packet& packet) {
                          for (auto layer = packet.layers.begin(); layer != packet.layers.end(); ++layer)
                              if (const auto* ip = std::get_if<wire::Ipv6>(&*layer)) {
                                  packet.layers.insert(layer + 1,
                                                       wire::RoutingType2{.home_address = ip->destination});
                                  return true;
                              }
                          return false;
                      })),
        outgoing("lma-no-binding-error", "ignores unknown messages", {"PMIP6-MH-009"},
                 drop(is<wire::BindingError>())),
        outgoing("lma-wrong-binding-error", "calls an unknown message an unknown binding", {"PMIP6-MH-009"},
                 edit<wire::BindingError>([](wire::BindingError& error) { error.status = 1; })),
        outgoing(
            "lma-binding-error-names-an-address", "writes its peer into a Binding Error", {"PMIP6-MH-010"},
            edit(is<wire::BindingError>(),
                 [](wire::Packet& packet) {
                     packet.find<wire::BindingError>()->home_address = packet.find<wire::Ipv6>()->destination;
                     return true;
                 })),
        outgoing("lma-no-parameter-problem", "drops bad headers without a word",
                 {"PMIP6-MH-005", "PMIP6-MH-007"}, drop(is<wire::ParameterProblem>())),
        outgoing("lma-points-elsewhere", "points at the first octet of the packet",
                 {"PMIP6-MH-005", "PMIP6-MH-007"},
                 edit<wire::ParameterProblem>([](wire::ParameterProblem& problem) { problem.pointer = 0; })),
    };
}

std::vector<Mutant> of_hearing() {
    const auto mended = [](std::string id, std::string title, std::vector<std::string> violates,
                           std::function<void(wire::MobilityHeader&)> mend) {
        return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                      [mend = std::move(mend)](Wrong& lma, const model::NodeConfig&) {
                          lma.incoming(
                              edit<BindingUpdate>([mend](BindingUpdate& update) { mend(update.header); }));
                      });
    };
    return {
        mended("lma-ignores-checksums", "processes updates whose checksum is wrong",
               {"PMIP6-MH-001", "PMIP6-LMA-021"},
               [](wire::MobilityHeader& header) { header.checksum.reset(); }),
        mended("lma-ignores-payload-proto", "processes updates with any Payload Proto",
               {"PMIP6-MH-004", "PMIP6-LMA-021"},
               [](wire::MobilityHeader& header) { header.payload_proto.reset(); }),
        deaf("lma-stumbles-over-reserved-bits", "drops updates with reserved bits set", {"PMIP6-FMT-005"},
             [](const BindingUpdate& update) { return update.reserved != 0; }),
        deaf("lma-stumbles-over-the-reserved-octet", "drops updates with the header's reserved octet set",
             {"PMIP6-MH-013"}, [](const BindingUpdate& update) { return update.header.reserved != 0; }),
        deaf("lma-stumbles-over-the-prefix", "drops updates with the prefix option's reserved octet set",
             {"PMIP6-FMT-024"},
             [](const BindingUpdate& update) {
                 const auto* option = wire::find<wire::HomeNetworkPrefix>(update.options);
                 return option && option->reserved != 0;
             }),
        deaf("lma-stumbles-over-unknown-options", "drops updates with an option that it does not know",
             {"PMIP6-FMT-071"},
             [](const BindingUpdate& update) {
                 const auto* option = wire::find<wire::UnknownMobilityOption>(update.options);
                 return option && option->type > 200;
             }),
        deaf("lma-stumbles-over-padding", "drops updates with anything but zeros in PadN", {"PMIP6-FMT-073"},
             [](const BindingUpdate& update) {
                 for (const auto* pad : wire::find_all<wire::PadN>(update.options))
                     for (const std::uint8_t octet : pad->data)
                         if (octet != 0)
                             return true;
                 return false;
             }),
        deaf("lma-wants-its-order-of-options", "drops updates that name the node first", {"PMIP6-FMT-072"},
             [](const BindingUpdate& update) {
                 return !update.options.empty() &&
                        std::holds_alternative<wire::MobileNodeIdentifier>(update.options.front());
             }),
        deaf("lma-wants-the-a-flag", "drops updates that ask for no acknowledgement", {"PMIP6-LMA-084"},
             [](const BindingUpdate& update) { return !update.a; }),
        deaf("lma-abhors-the-h-flag", "drops updates with H=1", {"PMIP6-LMA-164", "PMIP6-LMA-225"},
             [](const BindingUpdate& update) { return update.h; }),
        deaf("lma-abhors-other-flags", "drops updates with L, K, M or R", {"PMIP6-LMA-165"},
             [](const BindingUpdate& update) { return update.l || update.k || update.m || update.r; }),
        spoilt("lma-stumbles-over-extension-headers", "lma", "drops updates behind other extension headers",
               {"PMIP6-MH-017"},
               [](Wrong& lma, const model::NodeConfig&) {
                   lma.incoming(drop(both(is<BindingUpdate>(), [](const wire::Packet& packet) {
                       return packet.find<wire::HopByHop>() || packet.find<wire::DestinationOptions>();
                   })));
               }),
    };
}

} // namespace lma_wire_tables

std::vector<Mutant> lma_wire_mutants() {
    using namespace lma_wire_tables;
    std::vector<Mutant> all;
    for (auto part : {of_fields, of_options, of_answers, of_hearing})
        for (Mutant& mutant : part())
            all.push_back(std::move(mutant));
    return all;
}

} // namespace peers::pmip6
