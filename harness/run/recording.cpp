#include "harness/run/recording.h"

#include "harness/base/text.h"
#include "harness/crypto/association.h"
#include "harness/run/files.h"
#include "harness/run/mobility_keys.h"
#include "harness/run/opened.h"
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
    {"lma", "mag", "pmip6-nemo", "network-anchor", "pmip6.xml pmip6-nemo.xml traffic.xml",
     "pbu refresh handover de-registration router-pbu router-refresh router-handover pba to-node "
     "tunnelled-to-node from-node"},
    {"mag", "lma", "pmip6-nemo", "network-gateway", "pmip6.xml pmip6-nemo.xml nd.xml",
     "pbu pba router-pba ra"},
    {"dr", "relay", "pmip6-nemo", "delegating-router", "pmip6.xml pmip6-nemo.xml", "relayed"},
    {"mr", "gateway", "pmip6-nemo", "proxied-router", "pmip6.xml pmip6-nemo.xml nd.xml", "ra"},
    {"ha", "ar", "netmip6", "nm-ha", "netmip6.xml traffic.xml", "ar-bu update ack to-node tunnelled-to-node"},
    {"ar", "ha", "netmip6", "nm-ar", "netmip6.xml nd.xml", "bu granting-reply ra"},
    {"sar", "tar", "netmip6", "nm-sar", "netmip6.xml nd.xml", "bu granting-reply ra"},
    {"tar", "sar", "netmip6", "nm-tar", "netmip6.xml nd.xml", "bu granting-reply ra"},
    {"map", "ar", "netmip6", "nm-map", "netmip6.xml hierarchy.xml", "local-update local-ba"},
};

const Stand* stand_of(const std::string& role, const std::string& profile) {
    for (const auto& one : stands)
        if (role == one.role && spec_of(profile) == one.spec)
            return &one;
    return nullptr;
}

/// What is looked for when a dialect is recognised, in the octets of one message.
struct Signs {
    bool proxy = false, host = false, rfc5213 = false, network = false, access_router = false,
         delegation = false, handover = false;
};

void look(const wire::Packet& packet, Signs& signs) {
    const auto* update = packet.find<wire::BindingUpdate>();
    const auto* answer = packet.find<wire::BindingAcknowledgement>();
    const auto* options = update ? &update->options : answer ? &answer->options : nullptr;
    if (!options)
        return;
    const bool named = wire::find<wire::MobileNodeIdentifier>(*options);
    const bool at_home = packet.find<wire::DestinationOptions>() || packet.find<wire::RoutingType2>();
    signs.access_router |= named && wire::find<wire::Authentication>(*options);
    signs.proxy |= named && !at_home;
    signs.host |= at_home;
    signs.rfc5213 |= wire::find<wire::HandoffIndicator>(*options) != nullptr;
    signs.network |= named && !at_home && wire::find<wire::MobileNetworkPrefix>(*options);
}

/// A packet with what its protection lets the owner of the keys see.
struct Opened {
    wire::Packet packet;
    std::string protection; ///< "esp", "ah"; empty where it has none
    bool is_closed = false;
};

Opened read(const stage::replay::Record& record, const wire::Profile& profile, crypto::Watcher& watcher) {
    Opened out{stage::replay::decode(record, profile), {}};
    out.protection = out.packet.find<wire::EspHeader>()              ? "esp"
                     : out.packet.find<wire::AuthenticationHeader>() ? "ah"
                                                                     : "";
    if (out.protection.empty() || (watcher.empty() && out.protection == "ah"))
        return out;
    crypto::Verdict why = crypto::Verdict::accepted;
    if (auto inside = opened(watcher, out.packet, profile, &why))
        out.packet = std::move(*inside);
    out.is_closed = why != crypto::Verdict::accepted;
    return out;
}

std::string recognised(const std::string& path, const std::vector<crypto::Association>& keys) {
    auto capture = stage::replay::Capture::open(path);
    const auto profile = profile_named("rfc5213");
    crypto::Watcher watcher(keys);
    Signs signs;
    std::size_t messages = 0;
    while (const auto* record = capture.next()) {
        const auto inside = stage::replay::carried(*record);
        if (inside.what == stage::replay::Carried::What::nothing)
            continue;
        const auto walk = inside.what == stage::replay::Carried::What::ethernet
                              ? wire::walk_frame(inside.bytes)
                              : wire::walk_ip(inside.bytes);
        constexpr std::uint8_t ho_request = 200, ho_response = 201;
        signs.handover |=
            walk.what == wire::Walk::What::icmp6 && (walk.type == ho_request || walk.type == ho_response);
        signs.delegation |= walk.what == wire::Walk::What::dhcp;
        if (walk.what != wire::Walk::What::mobility && walk.what != wire::Walk::What::protected_)
            continue;
        look(read(*record, profile, watcher).packet, signs);
        if (++messages == most_messages)
            break;
    }
    if (signs.access_router || (signs.handover && !signs.proxy && !signs.host))
        return "netmip6";
    if (signs.proxy)
        return signs.network ? "pmip6-nemo" : signs.rfc5213 ? "rfc5213" : "draft02";
    return signs.host ? "nemo-pd" : signs.delegation ? "pmip6-nemo" : "draft02";
}

/// Forms speak of "mn1", whatever the first mobile node of the bench is called.
void rename(model::Value& value, const std::string& first) {
    if (value.op == model::Value::Op::reference && value.text.starts_with(first + "."))
        value.text = "mn1" + value.text.substr(first.size());
    for (auto& operand : value.operands)
        rename(operand, first);
}

void rename(model::ElementSpec& element, const std::string& first) {
    for (auto& field : element.fields)
        rename(field.value, first);
    for (auto& child : element.children)
        rename(child, first);
}

model::PacketSpec for_mn1(model::PacketSpec packet, const model::Topology& topology) {
    if (!topology.identity("mn1") && !topology.identities.empty())
        for (auto& layer : packet.layers)
            rename(layer, topology.identities.front().name);
    return packet;
}

std::vector<crypto::Association> load_associations(const std::string& path) {
    std::vector<std::string> mistakes;
    auto out = crypto::parse(read_file(path), mistakes).associations;
    if (!mistakes.empty())
        throw Trouble(path + ": " + base::join(mistakes, "; "));
    return out;
}

std::string role_of(const std::string& profile, const std::string& as) {
    const auto spec = spec_of(profile);
    for (const auto& one : stands) // of each specification the role that answers comes first
        if (spec == one.spec && (as.empty() || as == one.counterpart))
            return one.role;
    throw Trouble(fmt::format("nobody is a {} where {} is spoken", as, profile));
}

/// The RFC 4285 keys with which the authenticators of a recording are verified: those of the bench, which
/// our own recordings were made on. With another SPI nothing is verified.
std::vector<peers::netmip6::Key> bench_keys(const std::string& profile, const Options& options) {
    if (profile != "netmip6")
        return {};
    return mobility_keys(bench_for(role_of(profile, options.as), profile).topology);
}

/// netmip6-01, 5: all that access routers register in it are regional addresses, with a MAP.
bool is_regional(const Recording& recording) {
    bool is_any = false;
    for (const auto& one : recording.packets)
        if (const auto* update = one.packet.find<wire::BindingUpdate>()) {
            if (!update->m)
                return false;
            is_any = true;
        }
    return recording.profile == "netmip6" && is_any;
}

bool is_wanted(const wire::Walk& walk, const wire::Profile& profile, std::size_t& traffic) {
    using What = wire::Walk::What;
    constexpr std::uint8_t solicitation = 133, advertisement = 134;
    switch (walk.what) {
    case What::mobility:
    case What::icmp6_error:
    case What::icmp6:
    case What::protected_:
        return true;
    case What::neighbor:
        return walk.type == solicitation || walk.type == advertisement;
    case What::dhcp:
        return profile.dialect == wire::Profile::Dialect::pmip6_nemo ||
               profile.dialect == wire::Profile::Dialect::draft02 ||
               profile.dialect == wire::Profile::Dialect::rfc5213;
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
    const auto keys =
        options.security.empty() ? std::vector<crypto::Association>{} : load_associations(options.security);
    out.profile = options.profile_given ? options.profile : recognised(path, keys);
    const auto profile = profile_named(out.profile);
    crypto::Watcher watcher(keys);
    AuthenticationWatcher authentication(bench_keys(out.profile, options));
    std::uint64_t closed = 0;
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
        if (!is_wanted(walk, profile, traffic))
            continue;
        if (out.packets.size() >= most_messages + most_traffic)
            continue;
        auto seen = read(*record, profile, watcher);
        if (seen.is_closed) {
            ++closed;
            continue;
        }
        messages += seen.packet.find<wire::HoRequest>() || seen.packet.find<wire::HoResponse>();
        const bool signals = seen.packet.find_last<wire::BindingUpdate>() ||
                             seen.packet.find_last<wire::BindingAcknowledgement>();
        messages += walk.what == wire::Walk::What::mobility || walk.what == wire::Walk::What::dhcp || signals;
        if (signals && !seen.protection.empty())
            out.protection = seen.protection;
        authentication.look(seen.packet);
        script::Recorded one;
        one.number = record->number;
        // A clock that was set back must not make pauses negative.
        one.at = latest = std::max(latest, base::Mono{record->at - *start});
        one.wall = record->at;
        one.link = capture.interfaces()[record->interface].name;
        one.packet = std::move(seen.packet);
        one.element = wire::describe(one.packet, profile);
        out.packets.push_back(std::move(one));
    }
    out.troubles = capture.troubles();
    if (closed != 0)
        out.troubles.push_back(fmt::format("{}: {} protected packet{} could not be opened: --sa FILE", path,
                                           closed, closed == 1 ? "" : "s"));
    if (traffic > most_traffic)
        out.troubles.push_back(
            fmt::format("{}: of {} packets of user traffic only the first {} are looked at", path, traffic,
                        most_traffic));
    if (out.packets.size() == most_messages + most_traffic)
        out.troubles.push_back(fmt::format("{}: only the first {} messages are looked at", path, messages));
    if (packets == 0)
        throw Trouble(fmt::format("{}: not one packet could be read", path));
    if (messages == 0 && closed != 0)
        throw Trouble(fmt::format("{}: what is signalled is protected: give the keys (--sa FILE)", path));
    if (messages == 0)
        throw Trouble(fmt::format("{}: there is no Mobility Header in its {} packets", path, packets));
    return out;
}

std::string role_under_test(const Recording& recording, const Options& options) {
    const auto role = role_of(recording.profile, options.as);
    return role == "ha" && is_regional(recording) ? "map" : role;
}

script::Bench bench_for(const std::string& role, const std::string& profile) {
    const Stand* stand = stand_of(role, profile);
    if (!stand)
        throw Trouble(fmt::format("a {} cannot be tested by a recording where {} is spoken", role, profile));
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
        {"one-mag", {"mag1", "lma"}},
        {"mag", {"lma1", "mag1"}},
        {"home-agent", {"mr1", "ha"}},
        {"mobile-router", {"ha", "mr"}},
        {"network-anchor", {"mag1", "lma"}},
        {"network-gateway", {"lma", "mag1"}},
        {"nm-ha", {"ar1", "ha"}},
        {"nm-ar", {"ha", "ar1"}},
        {"nm-sar", {"ha", "sar"}},
        {"nm-tar", {"ha", "tar"}},
        {"nm-map", {"ar1", "map"}},
        {"delegating-router", {"mag1", "dr"}},
        {"proxied-router", {"gw1", "mr"}}};
    const auto& [from, to] = ends.at(stand->topology);
    const std::string nobody = "from=\"x\" to=\"x\"";
    for (std::size_t at = probe.find(nobody); at != std::string::npos; at = probe.find(nobody, at))
        probe.replace(at, nobody.size(), fmt::format("from=\"{}\" to=\"{}\"", from, to));
    const auto loaded = load_texts({{"bench", probe}}, profile);
    const auto& scenario = loaded->library.cases.at(0);
    script::Bench out;
    out.role = role;
    out.spec = stand->spec;
    out.templates = stand->templates;
    out.topology_name = stand->topology;
    out.topology = scenario.topology;
    for (const auto& key : mobility_keys(out.topology))
        out.associations.insert(fmt::format("{}", key.spi));
    for (std::size_t i = 0; i < names.size() && i < scenario.body.size(); ++i)
        if (const auto* send = std::get_if<model::Send>(&scenario.body[i].what))
            out.forms[names[i]] = for_mn1(send->packet, out.topology);
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
