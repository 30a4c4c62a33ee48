#include "harness/script/draft.h"

#include "harness/script/drafter.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

using namespace std::chrono_literals;

/// A packet that is seen again within that time on its way is the same one.
constexpr base::Duration on_its_way = 50ms;
constexpr base::Duration same_moment = 2ms;
constexpr std::size_t most_steps = 2000;

} // namespace

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
    constexpr std::size_t most_told = 50;
    if (step.what == DraftStep::What::send && !packet.packet.faults.empty() && corrected_.size() < most_told)
        corrected_.push_back(fmt::format("#{} is wrong ({}), and sent right where no field says so",
                                         packet.number, wire::text(packet.packet.faults.front())));
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

/// A sender's clock as most of its timestamps show it. One that was refused may have been wrong on purpose.
void Drafter::find_clocks() {
    std::set<std::uint64_t> refused;
    for (const auto& packet : recording_)
        if (packet.packet.find<wire::BindingAcknowledgement>() &&
            number_in(packet, {}, "status").value_or(0) >= 128)
            refused.insert(number_in(packet, {}, "sequence").value_or(0));
    std::map<std::string, std::vector<base::Duration>> offsets;
    for (const auto& packet : recording_)
        if (const auto stamp = number_in(packet, "timestamp", "value");
            stamp && packet.packet.find<wire::BindingUpdate>() &&
            !refused.contains(number_in(packet, {}, "sequence").value_or(0)))
            if (const auto* ip = wire::outer_ip(packet.packet))
                offsets[cast_.place(ip->source).node].push_back(base::wall_of_48_16(*stamp) - packet.wall);
    for (auto& [node, all] : offsets) {
        const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
        std::ranges::nth_element(all, middle);
        relaxation_.set_clock(node, *middle);
    }
}

Request* Drafter::asked_by(const Recorded& packet, const std::string& from, const std::string& to,
                           const std::string& identity) {
    const auto sequence = number_in(packet, {}, "sequence");
    Request* near = nullptr;
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
        if (bearing.sent && !self.empty() && self != bench_.topology.identities.front().name)
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
    const auto before = std::find_if(requests_.rbegin(), requests_.rend(), [&](const Request& one) {
        return one.identity == identity && !one.refused;
    });
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
    Request request{step.as, &packet, from, to, identity, 0, false, false};
    add(std::move(step), packet);
    request.step = steps_.size();
    relaxation_.note(request);
    requests_.push_back(std::move(request));
}

void Drafter::acknowledgement(const Recorded& packet, const std::string& from, const std::string& to) {
    const bool sent = cast_.is_under_test(to);
    const auto identity = identity_of(packet);
    Request* asked = asked_by(packet, from, to, identity);
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
    if (asked) {
        asked->answered = true;
        asked->refused = !granted;
    }
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
    static const std::set<std::string, std::less<>> headers{
        "ipv6", "ipv4", "hop-by-hop", "destination-options", "routing-2", "routing", "fragment", "esp", "ah"};
    if (headers.contains(kind))
        return left_out("what cannot be read");
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

/// What was not answered although the other side went on speaking: silence is a statement too.
void Drafter::note_silence() {
    for (const auto& request : requests_) {
        const auto& asking = steps_[request.step - 1];
        const bool went_on = std::ranges::any_of(steps_, [&](const DraftStep& later) {
            return later.what == DraftStep::What::expect && later.at - asking.at > on_its_way;
        });
        if (request.answered || !went_on || !cast_.is_under_test(request.to))
            continue;
        std::string form = "pba";
        if (bench_.spec == "nemo")
            form =
                request.identity.empty() ? "binding-acknowledgement" : templates_of(request.identity) + "-ba";
        DraftStep step;
        step.what = DraftStep::What::never;
        step.from = request.to;
        step.to = request.from;
        step.about = bench_.spec == "pmip6" ? request.identity : std::string{};
        step.answers = request.name;
        step.at = asking.at;
        step.cause = request.step;
        step.layers.push_back({form, {}, {}, {}});
        steps_.push_back(std::move(step));
    }
}

/// Every answer right behind what it answers: the tester waits for it before it goes on.
void Drafter::arrange() {
    std::map<std::string, std::size_t> named;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        auto& step = steps_[i];
        if (!step.is_cause) // not before what it refers to
            for (const auto& name : names_in(step))
                if (const auto found = named.find(name); found != named.end()) {
                    const auto& other = steps_[found->second];
                    step.cause = std::max(step.cause, other.is_cause ? found->second + 1 : other.cause);
                }
        if (!step.as.empty())
            named[step.as] = i;
    }
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
    if (!is_compared()) // there whatever else is said is found by itself
        note_silence();
    arrange();
    Draft out;
    write_draft({bench_, options_, cast_.additions(), cast_.setups(), recording_}, steps_, out);
    out.remarks = cast_.remarks();
    for (const auto& [why, count] : left_out_)
        out.remarks.push_back(fmt::format("{} packet{} left out: {}", count, count == 1 ? "" : "s", why));
    out.remarks.insert(out.remarks.end(), corrected_.begin(), corrected_.end());
    return out;
}

Draft draft(const std::vector<Recorded>& recording, const Bench& bench, const DraftOptions& options) {
    return Drafter(recording, bench, options).draft();
}

} // namespace script
