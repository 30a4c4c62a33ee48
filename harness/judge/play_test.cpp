#include "harness/base/text.h"
#include "harness/judge/play.h"

#include <gtest/gtest.h>

namespace judge::play {

using model::Level;

model::Value literal(std::string text) {
    model::Value value;
    value.text = std::move(text);
    return value;
}

model::Value reference(std::string path) {
    auto value = literal(std::move(path));
    value.op = model::Value::Op::reference;
    return value;
}

model::Value op(model::Value::Op which, std::vector<model::Value> operands) {
    model::Value value;
    value.op = which;
    value.operands = std::move(operands);
    return value;
}

model::Value typical(model::Value value) {
    value.typical = true;
    return value;
}

model::Proofs proofs(const std::string& ids) {
    model::Proofs all;
    for (const auto& id : base::split(ids))
        all.push_back({id, {}});
    return all;
}

model::FieldSpec field(std::string name, model::Value value, std::string proves) {
    return {std::move(name), std::move(value), proofs(proves), {}, {}};
}

model::ElementSpec element(std::string kind, std::vector<model::FieldSpec> fields,
                           std::vector<model::ElementSpec> children) {
    model::ElementSpec spec;
    spec.kind = std::move(kind);
    spec.fields = std::move(fields);
    spec.children = std::move(children);
    return spec;
}

model::PacketSpec packet(model::ElementSpec message, std::vector<model::ElementSpec> layers) {
    model::PacketSpec spec;
    spec.message = message.kind;
    spec.layers = std::move(layers);
    spec.layers.push_back(std::move(message));
    return spec;
}

model::Step send(std::string from, std::string to, model::PacketSpec what, std::string as) {
    return step(model::Send{{{std::move(from)}, {std::move(to)}, {}}, std::move(what), {}}, {},
                std::move(as));
}

model::Step expect(std::string from, std::string to, model::PacketSpec what, base::Duration within,
                   std::string proves) {
    model::Expect expect;
    expect.ends = {{std::move(from)}, {std::move(to)}, {}};
    expect.packet = std::move(what);
    expect.within = model::Bound{within, {}};
    return step(std::move(expect), std::move(proves));
}

model::Step never(std::string from, model::PacketSpec what, base::Duration for_time, std::string proves) {
    model::Never never;
    if (!from.empty())
        never.ends.from = {std::move(from)};
    never.packet = std::move(what);
    never.for_time = for_time;
    return step(std::move(never), std::move(proves));
}

model::PacketSpec pbu() {
    auto spec = packet(
        element("binding-update",
                {field("A", literal("1")), field("P", literal("1")),
                 field("sequence", typical(literal("next"))), field("lifetime", typical(literal("1h")))},
                {element("mobile-node-identifier", {field("nai", typical(reference("mn1.nai")))}),
                 element("home-network-prefix", {field("prefix", typical(literal("::")))}),
                 element("timestamp", {field("value", typical(reference("now")))})}));
    spec.about_field = "mobile-node-identifier.nai";
    spec.answers_field = "sequence";
    spec.repeats = {"sequence", "timestamp"};
    spec.template_name = "pbu";
    return spec;
}

model::PacketSpec pba(std::string status) {
    auto spec = packet(element(
        "binding-acknowledgement", {field("P", literal("1")), field("status", literal(std::move(status)))},
        {element("mobile-node-identifier", {field("nai", typical(reference("mn1.nai")))})}));
    spec.about_field = "mobile-node-identifier.nai";
    spec.answers_field = "sequence";
    spec.template_name = "pba";
    return spec;
}

model::Topology one_mag() {
    model::Topology topology;
    topology.name = "one-mag";
    topology.links = {{"core", milliseconds(1), 1500, {}, {}},
                      {"mag1-mn1", milliseconds(1), 1500, "mag1", "mn1"}};
    const auto node = [&](std::string name, std::string role, model::Player player, std::string_view address,
                          std::string_view mac) {
        model::Node one;
        one.name = std::move(name);
        one.role = std::move(role);
        one.player = player;
        one.ports.push_back({"core", "core", *base::parse_mac(mac), {*base::parse_prefix(address)}, 1500});
        topology.nodes.push_back(std::move(one));
    };
    node("lma", "lma", model::Player::peer, "2001:db8:0:ff::1/48", "02:00:00:00:00:ff");
    node("mag1", "mag", model::Player::tester, "2001:db8:0:1::1/48", "02:00:00:00:00:01");
    node("mag2", "mag2", model::Player::peer, "2001:db8:0:2::1/48", "02:00:00:00:00:02");
    node("cn", "host", model::Player::kernel, "2001:db8:0:9::1/48", "02:00:00:00:00:09");
    topology.nodes[1].ports.push_back({"mn1", "mag1-mn1", *base::parse_mac("02:00:00:00:01:01"), {}, 1500});
    topology.identities.push_back(
        {"mn1", "mn1@example.net", *base::parse_mac("02:00:00:00:10:01"), {}, {}, "lma", {}});
    topology.identities.push_back(
        {"mn2", "mn2@example.net", *base::parse_mac("02:00:00:00:10:02"), {}, {}, "lma", {}});
    return topology;
}

wire::Packet binding_update(std::uint16_t sequence, std::string nai) {
    wire::BindingUpdate update;
    update.sequence = sequence;
    update.a = update.p = true;
    update.lifetime = 900;
    update.options = {wire::MobileNodeIdentifier{std::move(nai)}, wire::HomeNetworkPrefix{},
                      wire::Timestamp{sequence}};
    wire::Packet result;
    result.layers = {wire::Ipv6{}, update};
    return result;
}

wire::Packet binding_acknowledgement(std::uint16_t sequence, std::uint8_t status, std::string nai) {
    wire::BindingAcknowledgement answer;
    answer.sequence = sequence;
    answer.status = status;
    answer.p = true;
    answer.lifetime = 900;
    wire::HomeNetworkPrefix prefix;
    prefix.prefix = *base::parse_ip6("2001:db8:100:1::");
    prefix.prefix_length = 64;
    answer.options = {wire::MobileNodeIdentifier{std::move(nai)}, prefix};
    wire::Packet result;
    result.layers = {wire::Ipv6{}, answer};
    return result;
}

Play::Play(model::Steps body, model::Steps given, model::Steps finally) {
    scenario.id = "test/case";
    scenario.topology = one_mag();
    scenario.under_test = {"lma"};
    scenario.given = std::move(given);
    scenario.body = std::move(body);
    scenario.finally = std::move(finally);
    for (const auto& [id, level] : std::vector<std::pair<std::string, Level>>{{"A-1", Level::must},
                                                                              {"A-2", Level::must},
                                                                              {"A-3", Level::base},
                                                                              {"S-1", Level::should},
                                                                              {"E-1", Level::expected},
                                                                              {"M-1", Level::may}})
        ledger.add({id, level, "LMA", "5", "", "", "", "", "", "test", false});
    library.ledger = &ledger;
}

Play& Play::start() {
    interpreter = std::make_unique<Interpreter>(scenario, library, options);
    interpreter->start(both(), orders);
    return *this;
}

void Play::deliver(const std::string& from, base::Bytes frame, const std::string& link, model::Fate fate) {
    model::Seen seen;
    seen.link = link;
    seen.from = from;
    seen.packet = wire::decode_frame(frame, options.profile);
    seen.fate = fate;
    seen.delivered = now + milliseconds(1);
    if (const auto* ip = wire::outer_ip(seen.packet)) {
        const auto* source = scenario.topology.owner(ip->source);
        const auto* destination = scenario.topology.owner(ip->destination);
        seen.source = source ? source->name : std::string{};
        seen.destination = destination ? destination->name : std::string{};
    }
    ++number;
    event(seen);
}

Play& Play::frame(std::string from, std::string to, wire::Packet what, std::string link, model::Fate fate) {
    wire::Packet framed;
    base::Mac destination;
    if (const auto* on = scenario.topology.link(link); on && !on->identity.empty())
        destination = scenario.topology.identity(on->identity)->mac;
    framed.layers.push_back(
        wire::Ethernet{destination, scenario.topology.node(from)->ports.front().mac, {}, {}});
    for (auto& layer : what.layers)
        framed.layers.push_back(std::move(layer));
    if (auto* ip = framed.find<wire::Ipv6>()) {
        if (ip->source.is_unspecified())
            ip->source = scenario.topology.node(from)->address();
        if (const auto* node = scenario.topology.node(to); node && ip->destination.is_unspecified())
            ip->destination = node->address();
    }
    deliver(from, wire::encode(framed, options.profile), link, fate);
    return *this;
}

Play& Play::event(decltype(model::Event::what) what) {
    interpreter->on({number, now, both().wall, std::move(what)}, both(), orders);
    return *this;
}

Play& Play::pass(base::Duration duration) {
    const auto end = now + duration;
    for (int ticks = 0; ticks < 100'000; ++ticks) {
        const auto deadline = interpreter->deadline();
        if (!deadline || *deadline > end)
            break;
        now = std::max(now, *deadline);
        interpreter->tick(both(), orders);
    }
    now = end;
    return *this;
}

Play& Play::sent() {
    for (; answered_ < orders.size(); ++answered_) {
        const auto* order = std::get_if<model::SendPacket>(&orders[answered_]);
        if (!order)
            continue;
        base::Bytes frame(14);
        const auto mac = scenario.topology.node(order->node)->ports.front().mac;
        std::copy(mac.octets.begin(), mac.octets.end(), frame.begin() + 6);
        frame[12] = 0x86;
        frame[13] = 0xdd;
        const auto packet = octets(order->emit, options.profile);
        frame.insert(frame.end(), packet.begin(), packet.end());
        const std::string from = order->node;
        ++answered_;
        deliver(from, std::move(frame), "core", model::Fate::delivered);
        return *this;
    }
    ADD_FAILURE() << "nothing was ordered to be sent";
    return *this;
}

Play& Play::finish() {
    const auto end = now + std::chrono::hours(24);
    while (!interpreter->done() && now < end)
        pass(std::max<base::Duration>(milliseconds(1), interpreter->deadline().value_or(now) - now));
    EXPECT_TRUE(interpreter->done()) << "the case does not end";
    return *this;
}

std::string Play::verdicts() const {
    std::string all;
    for (const auto& finding : findings()) {
        if (!all.empty())
            all += "; ";
        all += finding.requirement + (finding.requirement.empty() ? "" : " ") +
               std::string(model::name(finding.verdict));
    }
    return all;
}

} // namespace judge::play
