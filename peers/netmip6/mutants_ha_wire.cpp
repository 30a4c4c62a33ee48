#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

namespace ha_wire_tables {

using namespace common;
using wire::BindingAcknowledgement;

} // namespace ha_wire_tables

std::vector<Mutant> ha_wire_mutants() {
    using namespace ha_wire_tables;
    std::vector<Mutant> all;
    const auto ack = [&all](const char* id, const char* title, std::vector<std::string> violates,
                            const std::function<void(BindingAcknowledgement&)>& change) {
        all.push_back(without_bootstrap(
            spoilt(std::string("nm-ha-") + id, "ha", title, std::move(violates),
                   [change](Wrong& wrong) { wrong.outgoing(edit<BindingAcknowledgement>(change)); })));
    };
    ack("checksum", "does not compute the checksum", {"NETMIP6-HA-063"},
        [](BindingAcknowledgement& ba) { ba.header.checksum = 0xdead; });
    ack("reserved-bits", "sets reserved bits", {"NETMIP6-HA-064"},
        [](BindingAcknowledgement& ba) { ba.reserved = 1; });
    ack("wrong-authenticator", "signs something else", {"NETMIP6-HA-080"}, [](BindingAcknowledgement& ba) {
        for (auto& option : ba.options)
            if (auto* found = std::get_if<wire::Authentication>(&option);
                found && !found->authenticator.empty())
                found->authenticator[0] ^= 1;
    });
    const auto hearing = [&all](const char* id, const char* title, std::vector<std::string> violates,
                                Spoil spoil) {
        all.push_back(spoilt(std::string("nm-ha-") + id, "ha", title, std::move(violates), std::move(spoil)));
    };
    hearing("believes-checksums", "verifies no checksum", {"NETMIP6-HA-034"}, [](Wrong& wrong) {
        wrong.incoming(edit<wire::BindingUpdate>([](auto& update) { update.header.checksum.reset(); }));
    });
    hearing("any-payload-proto", "takes any Payload Proto", {"NETMIP6-HA-036"}, [](Wrong& wrong) {
        wrong.incoming(edit<wire::BindingUpdate>([](auto& update) { update.header.payload_proto.reset(); }));
    });
    hearing("minds-reserved-bits", "drops updates with reserved bits", {"NETMIP6-HA-038"}, [](Wrong& wrong) {
        wrong.incoming(
            drop(is<wire::BindingUpdate>([](const auto& update) { return update.reserved != 0; })));
    });
    hearing("minds-unknown-options", "drops updates with unknown options", {"NETMIP6-HA-039"},
            [](Wrong& wrong) {
                wrong.incoming(drop(is<wire::BindingUpdate>([](const auto& update) {
                    return wire::find<wire::UnknownMobilityOption>(update.options) != nullptr;
                })));
            });
    hearing("reports-no-types", "sends no Binding Errors", {"NETMIP6-HA-035", "NETMIP6-HA-043"},
            [](Wrong& wrong) { wrong.outgoing(drop(kind("binding-error"))); });
    hearing("reports-no-problems", "sends no Parameter Problems", {"NETMIP6-HA-036", "NETMIP6-HA-037"},
            [](Wrong& wrong) { wrong.outgoing(drop(kind("parameter-problem"))); });
    hearing("skips-overruns", "passes over what overruns", {"NETMIP6-HA-040"}, [](Wrong& wrong) {
        wrong.incoming(edit(is<wire::BindingUpdate>(), [](wire::Packet& packet) {
            return remove<wire::RawOption>(packet.find<wire::BindingUpdate>()->options);
        }));
    });
    hearing("tells-no-time-exceeded", "says nothing of used up hop limits", {"NETMIP6-HA-008"},
            [](Wrong& wrong) { wrong.outgoing(drop(kind("time-exceeded"))); });
    hearing("asks-for-no-refresh", "asks for no refresh", {"NETMIP6-HA-071"},
            [](Wrong& wrong) { wrong.outgoing(drop(kind("binding-refresh-request"))); });
    all.back().survivor_because = "a MAY: whether it asks is observed, and neither is wrong";
    return all;
}

} // namespace peers::netmip6
