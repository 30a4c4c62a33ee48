#include "harness/script/draft.h"

#include "harness/script/draft_relax.h"
#include "harness/script/draft_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace script {
namespace {

using namespace std::chrono_literals;

/// A packet that is seen again within that time on its way is the same one.
constexpr base::Duration on_its_way = 50ms;
constexpr base::Duration same_moment = 2ms;
constexpr std::size_t most_steps = 2000;

/// Reads a recording in order and writes down what the tester has to do and what has to come.
class Drafter {
public:
    Drafter(const std::vector<Recorded>& recording, const Bench& bench, const DraftOptions& options)
        : recording_(recording), bench_(bench), options_(options), cast_(recording, bench),
          relaxation_(bench, cast_) {}
    Draft draft();

private:
    bool is_compared() const { return !options_.proves.empty(); }
    void take(const Recorded&);
    void update(const Recorded&, const std::string& from, const std::string& to);
    void acknowledgement(const Recorded&, const std::string& from, const std::string& to);
    void other_message(const Recorded&, const std::string& from, const std::string& to);
    void traffic(const Recorded&, const std::string& from, const std::string& to);
    void bare_traffic(const Recorded&, const wire::Element& ip, const wire::Element& udp);
    void solicitation(const Recorded&);
    void advertisement(const Recorded&);
    void prepare(const std::string& identity, const Recorded&, bool leaves);

    bool is_seen_before(const Recorded&);
    const Request* asked_by(const Recorded&, const std::string& from, const std::string& to,
                            const std::string& identity) const;
    std::string identity_of(const Recorded&) const;
    std::string fresh(const std::string& name);
    Written message(const Recorded&, const Bearing&, const std::string& form, const std::string& self);
    Manner manner(bool sent) const {
        return sent ? Manner::sent : is_compared() ? Manner::compared : Manner::expected;
    }
    Written traffic_layers(const Recorded&, std::vector<Written>& layers, const std::string& form,
                           const std::string& self) const;
    DraftStep& add(DraftStep, const Recorded&);
    void left_out(const std::string& why);
    void find_clocks();
    void arrange();

    const std::vector<Recorded>& recording_;
    const Bench& bench_;
    const DraftOptions& options_;
    Cast cast_;
    Relaxation relaxation_;
    std::vector<DraftStep> steps_;
    std::vector<Request> requests_;
    std::map<std::string, unsigned> names_;
    std::map<std::string, unsigned> left_out_;
    std::map<std::string, std::string> at_; ///< mobile node → gateway or router that it is attached to
    std::map<std::string, std::string> last_advertised_;
    std::set<std::string> told_; ///< traffic since the last signalling
    struct Way {
        std::string text, link;
        base::Mono at{};
        std::uint64_t hop_limit = 0;
    };
    std::vector<Way> ways_;
    std::size_t last_cause_ = 0;
};

const wire::Element* ip_in(const wire::Element& packet, std::size_t nth) {
    for (const auto& layer : packet.children)
        if (layer.name == "ipv6" && nth-- == 0)
            return &layer;
    return nullptr;
}

base::Ip6 address_in(const wire::Element& element, std::string_view field) {
    const auto* attribute = element.attribute(field);
    const auto* address = attribute ? std::get_if<base::Ip6>(&attribute->value) : nullptr;
    return address ? *address : base::Ip6{};
}

void Drafter::left_out(const std::string& why) {
    ++left_out_[why];
}

std::string Drafter::fresh(const std::string& name) {
    const unsigned count = ++names_[name];
    return count == 1 ? name : fmt::format("{}-{}", name, count);
}

DraftStep& Drafter::add(DraftStep step, const Recorded& packet) {
    step.at = packet.at;
    step.number = packet.number;
    const bool expected = step.what == DraftStep::What::expect;
    step.is_cause = !expected;
    if (step.cause == 0 && expected)
        step.cause = last_cause_;
    steps_.push_back(std::move(step));
    if (!expected)
        last_cause_ = steps_.size();
    return steps_.back();
}

/// The same packet on its next link, or heard by another interface of the recorder.
bool Drafter::is_seen_before(const Recorded& packet) {
    std::string own;
    std::uint64_t hop_limit = 0;
    bool is_outer = true;
    for (const auto& layer : packet.element.children) {
        if (layer.name == "ethernet" || layer.name == "vlan")
            continue;
        wire::Element plain = layer;
        if (layer.name == "ipv6") {
            if (is_outer)
                if (const auto* limit = layer.attribute("hop-limit"))
                    hop_limit = std::get<std::uint64_t>(limit->value);
            is_outer = false;
            std::erase_if(plain.attributes, [](const auto& one) { return one.name == "hop-limit"; });
        }
        own += wire::text(plain);
    }
    std::erase_if(ways_, [&](const Way& way) { return packet.at - way.at > on_its_way; });
    const bool seen = std::ranges::any_of(ways_, [&](const Way& way) {
        const bool passed_on = way.hop_limit > hop_limit || way.link != packet.link;
        return way.text == own && (passed_on || packet.at - way.at < same_moment);
    });
    if (!seen)
        ways_.push_back({std::move(own), packet.link, packet.at, hop_limit});
    return seen;
}

std::string Drafter::identity_of(const Recorded& packet) const {
    if (bench_.spec == "pmip6") {
        const auto* nai = field_in(packet, "mobile-node-identifier", "nai");
        return nai ? cast_.named(wire::text(nai->value, nai->kind)) : std::string{};
    }
    if (bench_.role == "mr")
        return "mr";
    for (const auto& layer : packet.element.children) {
        if (const auto* option = layer.child("home-address-option"))
            return cast_.at_home(address_in(*option, "address"));
        if (layer.name == "routing-2")
            return cast_.at_home(address_in(layer, "home-address"));
    }
    return {};
}

/// A sender's clock as most of its timestamps show it.
void Drafter::find_clocks() {
    std::map<std::string, std::vector<base::Duration>> offsets;
    for (const auto& packet : recording_)
        if (const auto stamp = number_in(packet, "timestamp", "value");
            stamp && packet.packet.find<wire::BindingUpdate>())
            if (const auto* ip = wire::outer_ip(packet.packet))
                offsets[cast_.place(ip->source).node].push_back(base::wall_of_48_16(*stamp) - packet.wall);
    for (auto& [node, all] : offsets) {
        std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
        relaxation_.set_clock(node, all[all.size() / 2]);
    }
}

const Request* Drafter::asked_by(const Recorded& packet, const std::string& from, const std::string& to,
                                 const std::string& identity) const {
    const auto sequence = number_in(packet, {}, "sequence");
    const Request* near = nullptr;
    for (auto request = requests_.rbegin(); request != requests_.rend(); ++request) {
        if (request->from != to || request->to != from || request->identity != identity)
            continue;
        if (number_in(*request->packet, {}, "sequence") == sequence)
            return &*request;
        if (!near && !request->answered)
            near = &*request;
    }
    return near;
}

Written Drafter::message(const Recorded& packet, const Bearing& bearing, const std::string& form,
                         const std::string& self) {
    const auto* element = message_in(packet.element);
    const Written whole = relaxation_.relax(*element, packet, bearing);
    const auto known = bench_.forms.find(form);
    Written out;
    if (known == bench_.forms.end() || known->second.layers.empty() ||
        known->second.layers.back().kind != element->name) {
        out = plainly(whole, manner(bearing.sent));
    } else {
        out = against(whole, known->second.layers.back(), self, manner(bearing.sent));
        out.name = form;
        if (!self.empty() && self != bench_.topology.identities.front().name && bench_.spec == "pmip6")
            out.fields.insert(out.fields.begin(), {"for", self, false});
    }
    if (!bearing.sent && is_compared()) {
        out.fields.push_back({"exactly", "1", false});
        out.fields.push_back({"proves", options_.proves, false});
    }
    return out;
}

/// A gateway or a mobile router says something only because a node has come or gone.
void Drafter::prepare(const std::string& identity, const Recorded& packet, bool leaves) {
    if (identity.empty())
        return;
    std::string place = "mag1";
    if (bench_.role == "mr") {
        const auto* ip = wire::outer_ip(packet.packet);
        place = "ar1";
        for (const auto& node : bench_.topology.nodes)
            for (const auto& port : node.ports)
                for (const auto& own : port.addresses)
                    if (ip && node.role == "access-router" && own.length == 64 && own.contains(ip->source))
                        place = node.name;
        leaves = false;
    }
    auto& now = at_[identity];
    if (leaves ? now.empty() : now == place)
        return;
    DraftStep step;
    step.what = leaves        ? DraftStep::What::detach
                : now.empty() ? DraftStep::What::attach
                              : DraftStep::What::move;
    step.from = identity;
    step.to = place;
    add(std::move(step), packet);
    now = leaves ? std::string{} : place;
}

void Drafter::update(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto identity = identity_of(packet);
    const bool leaves = number_in(packet, {}, "lifetime") == 0;
    if (!sent)
        prepare(identity, packet, leaves);
    const auto before = std::find_if(requests_.rbegin(), requests_.rend(),
                                     [&](const Request& one) { return one.identity == identity; });
    const bool bound = before != requests_.rend() && number_in(*before->packet, {}, "lifetime") != 0;
    const std::string kind = leaves                 ? "de-registration"
                             : !bound               ? "registration"
                             : before->from == from ? "refresh"
                                                    : "handover";
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(kind);
    step.from = from;
    step.to = to;
    Bearing bearing{sent, nullptr, identity, step.as, from, false};
    if (bench_.spec == "pmip6") {
        if (!sent)
            step.about = identity;
        const std::string form = !sent                         ? "pbu"
                                 : kind == "registration"      ? "pbu"
                                 : bench_.forms.contains(kind) ? kind
                                                               : "pbu";
        step.layers.push_back(message(packet, bearing, form, identity));
    } else if (bench_.role == "mr") {
        step.layers.push_back(message(packet, bearing, "mr-update", {}));
    } else {
        const auto place = cast_.place(wire::outer_ip(packet.packet)->source);
        const auto form = templates_of(identity) + "-bu";
        const auto* home = ip_in(packet.element, 0);
        const bool has_home = std::ranges::any_of(
            packet.element.children, [](const auto& layer) { return layer.child("home-address-option"); });
        if (!identity.empty() && has_home && place.index == 0 && bench_.forms.contains(form)) {
            step.layers.push_back(message(packet, bearing, form, {}));
        } else {
            if (home)
                step.layers.push_back(
                    {"ipv6",
                     {{"source", relaxation_.address(address_in(*home, "source")), false},
                      {"destination", relaxation_.address(address_in(*home, "destination")), false}},
                     {},
                     {}});
            for (const auto& layer : packet.element.children)
                if (layer.name == "destination-options")
                    step.layers.push_back(plainly(relaxation_.relax(layer, packet, bearing), Manner::sent));
            step.layers.push_back(message(packet, bearing, {}, {}));
        }
    }
    Request request{step.as, &packet, from, to, identity, 0, false};
    add(std::move(step), packet);
    request.step = steps_.size();
    relaxation_.note(request);
    requests_.push_back(std::move(request));
}

void Drafter::acknowledgement(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto identity = identity_of(packet);
    const Request* asked = asked_by(packet, from, to, identity);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh("acknowledgement");
    step.from = from;
    step.to = to;
    const bool granted = number_in(packet, {}, "status").value_or(0) < 128;
    Bearing bearing{sent, asked, identity, step.as, from, granted};
    std::string form = "pba", self = identity;
    if (bench_.spec == "nemo") {
        self.clear();
        const bool routed = std::ranges::any_of(packet.element.children,
                                                [](const auto& layer) { return layer.name == "routing-2"; });
        form = !routed ? std::string{} : bench_.role == "mr" ? "mr-ba" : templates_of(identity) + "-ba";
    }
    if (!sent && asked) {
        step.about = bench_.spec == "pmip6" ? identity : std::string{};
        if (!form.empty() && number_in(*asked->packet, {}, "sequence") == number_in(packet, {}, "sequence"))
            step.answers = asked->name;
        step.cause = asked->step;
    }
    step.layers.push_back(message(packet, bearing, form, self));
    if (asked)
        const_cast<Request*>(asked)->answered = true;
    add(std::move(step), packet);
}

/// Errors, refresh requests and whatever else two nodes say to each other.
void Drafter::other_message(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.as = fresh(message_in(packet.element)->name);
    step.from = from;
    step.to = to;
    const Bearing bearing{sent, nullptr, {}, step.as, from, false};
    Written whole = message(packet, bearing, {}, {});
    std::erase_if(whole.fields, [](const auto& field) { return field.name == "invoking"; });
    step.layers.push_back(std::move(whole));
    add(std::move(step), packet);
}

/// The headers of user traffic, with a template's name where one says the same.
Written Drafter::traffic_layers(const Recorded& packet, std::vector<Written>& layers, const std::string& form,
                                const std::string& self) const {
    for (const auto& layer : packet.element.children) {
        Written out;
        out.name = layer.name;
        if (layer.name == "ipv6")
            for (const auto* end : {"source", "destination"})
                out.fields.push_back({end, relaxation_.address(address_in(layer, end)), false});
        else if (layer.name == "udp" || layer.name.starts_with("echo-"))
            for (const auto& attribute : layer.attributes)
                out.fields.push_back({attribute.name, wire::text(attribute.value, attribute.kind), false});
        else
            continue;
        std::erase_if(out.fields, [](const auto& field) { return field.name == "data"; });
        layers.push_back(std::move(out));
    }
    const auto known = bench_.forms.find(form);
    if (known == bench_.forms.end() || known->second.layers.size() != layers.size())
        return {};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const auto& wanted = known->second.layers[i];
        if (wanted.kind != layers[i].name || !says_the_same(layers[i], wanted, self))
            return {};
    }
    Written use;
    use.name = form;
    if (self != "mn1")
        use.fields.push_back({"for", self, false});
    return use;
}

void Drafter::traffic(const Recorded& packet, const std::string& from, const std::string& to) {
    const auto* outer = ip_in(packet.element, 0);
    const auto* inner = ip_in(packet.element, 1);
    const auto* payload = message_in(packet.element);
    if (!inner) {
        bare_traffic(packet, *outer, *payload);
        return;
    }
    const bool sent = cast_.is_under_test(to), expected = cast_.is_under_test(from);
    const auto source = address_in(*inner, "source"), destination = address_in(*inner, "destination");
    const auto towards = relaxation_.owner_of(destination), away = relaxation_.owner_of(source);
    if (!(sent || expected) || !(relaxation_.is_inside(source) || relaxation_.is_inside(destination)))
        return left_out("user traffic of nobody who was registered");
    if (!told_
             .insert(
                 fmt::format("{}{}{}{}", sent, base::text(source), base::text(destination), payload->name))
             .second)
        return left_out("further user traffic of the same kind");
    DraftStep step;
    step.what = sent ? DraftStep::What::send : DraftStep::What::expect;
    step.from = from;
    step.to = to;
    const auto self = towards.empty() ? away : towards;
    const std::string form = expected ? (towards.empty() ? "tunnelled-from-node" : "tunnelled-to-node")
                             : towards.empty() ? std::string{}
                                               : "tunnelled-for-node";
    const auto use = traffic_layers(packet, step.layers, form, self);
    if (!use.name.empty())
        step.layers = {use};
    else if (expected)
        step.layers.front().fields.clear(); // the ends say where the tunnel goes
    add(std::move(step), packet);
}

/// User traffic outside of tunnels: what goes in, or what has come out of one.
void Drafter::bare_traffic(const Recorded& packet, const wire::Element& ip, const wire::Element& payload) {
    const auto source = address_in(ip, "source"), destination = address_in(ip, "destination");
    const auto towards = relaxation_.owner_of(destination), away = relaxation_.owner_of(source);
    const bool is_inside = relaxation_.is_inside(source) || relaxation_.is_inside(destination);
    if (!is_inside)
        return left_out("user traffic of nobody who was registered");
    const bool came_out = told_.contains(
        fmt::format("{}{}{}{}", true, base::text(source), base::text(destination), payload.name));
    if (!told_.insert(fmt::format("bare{}{}{}", base::text(source), base::text(destination), payload.name))
             .second)
        return left_out("further user traffic of the same kind");
    DraftStep step;
    step.what = came_out ? DraftStep::What::expect : DraftStep::What::send;
    const bool access = bench_.role == "mag" || bench_.role == "mr";
    std::string form;
    if (came_out) {
        if (access && !towards.empty())
            step.on = fmt::format("mag1-{}", towards);
        form = access ? "delivered-to-node" : "from-node";
    } else {
        const bool from_node = relaxation_.is_inside(source);
        if (access != from_node)
            return left_out("user traffic that somebody else carries");
        step.from = access ? away : "cn";
        step.to = access ? "mag1" : bench_.role;
        step.port = access ? "access" : "";
        form = access ? "sent-by-node" : "to-node";
        if (step.from.empty())
            return left_out("user traffic of nobody who was registered");
    }
    const auto use = traffic_layers(packet, step.layers, form, towards.empty() ? away : towards);
    if (!use.name.empty())
        step.layers = {use};
    add(std::move(step), packet);
}

void Drafter::solicitation(const Recorded& packet) {
    const auto* frame = packet.packet.find<wire::Ethernet>();
    std::string identity;
    for (const auto& one : bench_.topology.identities)
        if (frame && one.mac == frame->source)
            identity = one.name;
    if (bench_.role != "mag" || identity.empty())
        return left_out("neighbour discovery");
    prepare(identity, packet, false);
    DraftStep step;
    step.from = identity;
    step.to = "mag1";
    step.port = "access";
    step.layers.push_back({"ipv6",
                           {{"source", "${" + identity + ".link-local}", false},
                            {"destination", "ff02::2", false},
                            {"hop-limit", "255", false}},
                           {},
                           {}});
    step.layers.push_back({"rs", {}, {}, {}});
    last_advertised_.erase(packet.link);
    add(std::move(step), packet);
}

void Drafter::advertisement(const Recorded& packet) {
    const bool of_mag = bench_.role == "mag" && packet.link.starts_with("mag1-");
    const bool of_mr = bench_.role == "mr" && (packet.link == "ingress" || packet.link == "second");
    if (!of_mag && !of_mr)
        return left_out("neighbour discovery");
    const Bearing bearing{false, nullptr, {}, {}, bench_.role, false};
    Written out = message(packet, bearing, "ra", {});
    std::erase_if(out.children,
                  [](const auto& option) { return option.name == "source-link-layer-address"; });
    if (is_compared()) // that option is free
        std::erase_if(out.fields, [](const auto& field) { return field.name == "exactly"; });
    std::string says = xml(out);
    if (last_advertised_[packet.link] == says)
        return left_out("advertisements that say the same again");
    last_advertised_[packet.link] = std::move(says);
    DraftStep step;
    step.what = DraftStep::What::expect;
    step.from = of_mag ? "mag1" : "mr";
    step.on = packet.link;
    step.layers.push_back(std::move(out));
    add(std::move(step), packet);
}

void Drafter::take(const Recorded& packet) {
    const auto* ip = wire::outer_ip(packet.packet);
    const auto* element = message_in(packet.element);
    if (!ip || !element)
        return left_out("what is not IPv6");
    const std::string kind = element->name;
    if (kind == "router-solicitation")
        return solicitation(packet);
    if (kind == "router-advertisement")
        return advertisement(packet);
    if (kind.starts_with("neighbor-") || kind.starts_with("mld-") || kind == "redirect")
        return left_out("neighbour discovery");
    if (is_seen_before(packet))
        return;
    const auto from = cast_.place(ip->source).node, to = cast_.place(ip->destination).node;
    if (kind == "udp" || kind.starts_with("echo-"))
        return traffic(packet, from, to);
    const bool sent = cast_.is_under_test(to) && !from.empty() && !cast_.is_under_test(from);
    const bool expected = cast_.is_under_test(from) && !to.empty() && !cast_.is_under_test(to);
    if (!sent && !expected)
        return left_out(from.empty() || to.empty() ? "messages of strangers" : "messages of others");
    const bool proxied = bench_.spec == "pmip6";
    const auto* proxy = packet.packet.find<wire::BindingUpdate>();
    const auto* answer = packet.packet.find<wire::BindingAcknowledgement>();
    told_.clear();
    if (proxy && proxy->p == proxied && kind == "binding-update")
        this->update(packet, from, to);
    else if (answer && answer->p == proxied && kind == "binding-acknowledgement")
        acknowledgement(packet, from, to);
    else
        other_message(packet, from, to);
}

/// Every answer right behind what it answers: the tester waits for it before it goes on.
void Drafter::arrange() {
    std::vector<DraftStep> out;
    std::vector<bool> placed(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (placed[i])
            continue;
        placed[i] = true;
        out.push_back(steps_[i]);
        if (!steps_[i].is_cause)
            continue;
        for (std::size_t k = i + 1; k < steps_.size(); ++k)
            if (!placed[k] && !steps_[k].is_cause && steps_[k].cause == i + 1) {
                placed[k] = true;
                out.push_back(steps_[k]);
                out.back().due = steps_[k].at - steps_[i].at;
            }
    }
    steps_ = std::move(out);
}

Draft Drafter::draft() {
    find_clocks();
    for (const auto& packet : recording_) {
        if (steps_.size() >= most_steps) {
            left_out(fmt::format("what comes behind {} steps", most_steps));
            continue;
        }
        take(packet);
    }
    arrange();
    Draft out;
    write_draft({bench_, options_, cast_.additions(), recording_}, steps_, out);
    out.remarks = cast_.remarks();
    for (const auto& [why, count] : left_out_)
        out.remarks.push_back(fmt::format("{} packet{} left out: {}", count, count == 1 ? "" : "s", why));
    for (const auto& packet : recording_)
        if (!packet.packet.faults.empty() && out.remarks.size() < 50) {
            const auto* ip = wire::outer_ip(packet.packet);
            if (ip && !cast_.is_under_test(cast_.place(ip->source).node))
                out.remarks.push_back(fmt::format("#{} is sent as it should have been: {}", packet.number,
                                                  wire::text(packet.packet.faults.front())));
        }
    return out;
}

} // namespace

Draft draft(const std::vector<Recorded>& recording, const Bench& bench, const DraftOptions& options) {
    return Drafter(recording, bench, options).draft();
}

} // namespace script
