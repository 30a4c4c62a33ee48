#include "harness/run/recording.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/run/profiles.h"
#include "harness/stage/host/host.h"
#include "harness/stage/replay/replay.h"
#include "harness/wire/walk.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace run {

namespace {

constexpr std::size_t most_messages = 5000, most_traffic = 2000;

struct Stand {
    const char *role, *counterpart, *spec, *topology, *templates, *forms;
};
/// Where each role can be tested by a recording, and in which words.
constexpr Stand stands[] = {
    {"lma", "mag", "pmip6", "one-mag", "pmip6.xml traffic.xml",
     "pbu refresh handover de-registration pba to-node tunnelled-to-node from-node"},
    {"mag", "lma", "pmip6", "mag", "pmip6.xml nd.xml traffic.xml",
     "pbu pba ra sent-by-node tunnelled-from-node tunnelled-for-node delivered-to-node"},
    {"ha", "mr", "nemo", "home-agent", "nemo.xml",
     "mr-bu mr2-bu mr3-bu host-bu nemo-barrier-bu mr-ba mr2-ba mr3-ba host-ba nemo-barrier-ba"},
    {"mr", "ha", "nemo", "mobile-router", "nemo.xml nd.xml", "mr-update mr-ba ra"},
};

const Stand* stand_of(const std::string& role) {
    for (const auto& one : stands)
        if (role == one.role)
            return &one;
    return nullptr;
}

/// What is looked for when a dialect is recognised, in the octets of one message.
struct Signs {
    bool proxy = false, host = false, rfc5213 = false;
};

void look(const wire::Packet& packet, Signs& signs) {
    const auto* update = packet.find<wire::BindingUpdate>();
    const auto* answer = packet.find<wire::BindingAcknowledgement>();
    const auto* options = update ? &update->options : answer ? &answer->options : nullptr;
    if (!options)
        return;
    const bool named = wire::find<wire::MobileNodeIdentifier>(*options);
    const bool at_home = packet.find<wire::DestinationOptions>() || packet.find<wire::RoutingType2>();
    signs.proxy |= named && !at_home;
    signs.host |= at_home;
    signs.rfc5213 |= wire::find<wire::HandoffIndicator>(*options) != nullptr;
}

std::string recognised(const std::string& path) {
    auto capture = stage::replay::Capture::open(path);
    const auto profile = profile_named("rfc5213");
    Signs signs;
    std::size_t messages = 0;
    while (const auto* record = capture.next()) {
        const auto inside = stage::replay::carried(*record);
        if (inside.what == stage::replay::Carried::What::nothing)
            continue;
        const auto walk = inside.what == stage::replay::Carried::What::ethernet
                              ? wire::walk_frame(inside.bytes)
                              : wire::walk_ip(inside.bytes);
        if (walk.what != wire::Walk::What::mobility)
            continue;
        look(stage::replay::decode(*record, profile), signs);
        if (++messages == most_messages)
            break;
    }
    return signs.proxy ? (signs.rfc5213 ? "rfc5213" : "draft02") : signs.host ? "nemo-pd" : "draft02";
}

bool is_wanted(const wire::Walk& walk, std::size_t& traffic) {
    using What = wire::Walk::What;
    constexpr std::uint8_t solicitation = 133, advertisement = 134;
    switch (walk.what) {
    case What::mobility:
    case What::icmp6_error:
    case What::icmp6:
        return true;
    case What::neighbor:
        return walk.type == solicitation || walk.type == advertisement;
    case What::data:
        return ++traffic <= most_traffic;
    default:
        return false;
    }
}

} // namespace

Recording read_recording(const std::string& path, const Options& options) {
    Recording out;
    out.path = path;
    if (path == "-")
        throw Trouble("a recording is read more than once: give a file");
    out.profile = options.profile_given ? options.profile : recognised(path);
    const auto profile = profile_named(out.profile);
    auto capture = stage::replay::Capture::open(path);
    std::optional<base::Wall> start;
    std::uint64_t packets = 0;
    std::size_t traffic = 0, messages = 0;
    base::Mono latest{};
    while (const auto* record = capture.next()) {
        ++packets;
        if (!start)
            start = record->at;
        const auto inside = stage::replay::carried(*record);
        if (inside.what == stage::replay::Carried::What::nothing || stage::host::interrupted())
            continue;
        const auto walk = inside.what == stage::replay::Carried::What::ethernet
                              ? wire::walk_frame(inside.bytes)
                              : wire::walk_ip(inside.bytes);
        if (!is_wanted(walk, traffic))
            continue;
        if (out.packets.size() >= most_messages + most_traffic)
            continue;
        messages += walk.what == wire::Walk::What::mobility;
        script::Recorded one;
        one.number = record->number;
        // A clock that was set back must not make pauses negative.
        one.at = latest = std::max(latest, base::Mono{record->at - *start});
        one.wall = record->at;
        one.link = capture.interfaces()[record->interface].name;
        one.packet = stage::replay::decode(*record, profile);
        one.element = wire::describe(one.packet, profile);
        out.packets.push_back(std::move(one));
    }
    out.troubles = capture.troubles();
    if (traffic > most_traffic)
        out.troubles.push_back(
            fmt::format("{}: of {} packets of user traffic only the first {} are looked at", path, traffic,
                        most_traffic));
    if (out.packets.size() == most_messages + most_traffic)
        out.troubles.push_back(fmt::format("{}: only the first {} messages are looked at", path, messages));
    if (packets == 0)
        throw Trouble(fmt::format("{}: not one packet could be read", path));
    if (messages == 0)
        throw Trouble(fmt::format("{}: there is no Mobility Header in its {} packets", path, packets));
    return out;
}

std::string role_under_test(const Recording& recording, const Options& options) {
    const bool proxy = recording.profile != "nemo-pd";
    if (options.as.empty())
        return proxy ? "lma" : "ha";
    for (const auto& one : stands)
        if (options.as == one.counterpart) {
            if ((std::string_view(one.spec) == "pmip6") != proxy)
                throw Trouble(fmt::format("{}: nobody is a {} where {} is spoken", recording.path, options.as,
                                          recording.profile));
            return one.role;
        }
    throw Trouble(
        fmt::format("--as: {} cannot be played from a recording; mag, lma, mr and ha can", options.as));
}

script::Bench bench_for(const std::string& role, const std::string& profile) {
    const Stand* stand = stand_of(role);
    if (!stand)
        throw Trouble(fmt::format("a {} cannot be tested by a recording; lma, mag, ha and mr can", role));
    std::string forms;
    const auto names = base::split(stand->forms);
    for (const auto& name : names)
        forms += fmt::format("<send from=\"x\" to=\"x\"><{}/></send>", name);
    std::string probe =
        fmt::format("<suite name=\"bench\" spec=\"{}\" sut=\"{}\"><use templates=\"{}\" "
                    "topology=\"{}\"/><case name=\"forms\" "
                    "title=\"Forms\" cost=\"short\"><says>Each template once.</says>{}</case></suite>",
                    stand->spec, role, stand->templates, stand->topology, forms);
    // Any node of the tester will do: nothing of it is played.
    static const std::map<std::string, std::pair<std::string, std::string>> ends{
        {"lma", {"mag1", "lma"}}, {"mag", {"lma1", "mag1"}}, {"ha", {"mr1", "ha"}}, {"mr", {"ha", "mr"}}};
    const auto& [from, to] = ends.at(role);
    const std::string nobody = "from=\"x\" to=\"x\"";
    for (std::size_t at = probe.find(nobody); at != std::string::npos; at = probe.find(nobody, at))
        probe.replace(at, nobody.size(), fmt::format("from=\"{}\" to=\"{}\"", from, to));
    const auto loaded = load_texts({{"bench", probe}}, profile);
    const auto& scenario = loaded->library.cases.at(0);
    script::Bench out{role, stand->spec, stand->templates, stand->topology, scenario.topology, {}};
    for (std::size_t i = 0; i < names.size() && i < scenario.body.size(); ++i)
        if (const auto* send = std::get_if<model::Send>(&scenario.body[i].what))
            out.forms[names[i]] = send->packet;
    return out;
}

std::string suite_name(const std::string& path) {
    std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
    name = name.substr(0, name.find('.'));
    for (char& c : name)
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-')
            c = '-';
    return name.empty() ? "capture" : name;
}

} // namespace run
