#include "harness/run/checker.h"

#include "harness/run/opened.h"
#include "harness/run/profiles.h"
#include "harness/stage/host/host.h"
#include "harness/stage/host/in_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace run {

namespace {

judge::RuleBook::Options rule_options(const model::Library& library, const Checker::Options& options) {
    judge::RuleBook::Options out;
    out.profile = options.profile;
    out.dialect = {options.profile_name, {}};
    out.ledger = library.ledger;
    out.strict = options.strict;
    out.most_findings = options.most_findings;
    out.foreign = true; // who made it is unknown: what this project chose binds nobody
    out.has_keys = false;
    out.under_test = {"*"};
    return out;
}

using stage::replay::Carried;

constexpr std::uint8_t tcp = 6;
/// Packets at once for which memory is asked for; what three blocks bring fits into the first-level cache.
constexpr std::size_t block = 32;
/// As many packets ahead octets are asked for.
constexpr std::size_t ahead = 6;

/// IPv6 in Ethernet without tags, as nearly every packet.
bool is_plain(const stage::replay::Record& record) {
    return record.framing == stage::replay::Framing::ethernet && record.bytes.size() >= 14 &&
           record.bytes[12] == 0x86 && record.bytes[13] == 0xdd;
}

/// Its upper layer stands behind an AH. The glance at the headers has followed them, so their lengths are
/// sound.
bool is_authenticated(base::View octets, const wire::Walk& walk) {
    if (walk.inner_ip == wire::Walk::none || walk.inner_ip + 40 > octets.size())
        return false;
    const auto chain = crypto::chain_of(octets.subspan(walk.inner_ip));
    return chain && chain->next == static_cast<std::uint8_t>(crypto::Protocol::ah);
}

/// What the rules speak of.
bool is_signalling(const wire::Packet& packet) {
    const auto kind = wire::kind(packet);
    return kind != "esp" && kind != "ah" && kind != "payload" && kind != "udp";
}

base::Ip6 address_at(base::View octets, std::size_t at) {
    base::Ip6 out;
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), 16, out.octets.begin());
    return out;
}

bool is_ipv6(base::View octets, std::size_t at) {
    return at < octets.size() && octets.size() - at >= 40 && octets[at] >> 4 == 6;
}

bool is_6in6(base::View octets, const wire::Walk& walk) {
    return is_ipv6(octets, walk.outer_ip) && is_ipv6(octets, walk.inner_ip);
}

judge::Dialogue::Options dialogue_options(const model::Library& library, const Checker::Options& options) {
    judge::Dialogue::Options out;
    out.ledger = library.ledger;
    out.dialect = {options.profile_name, {}};
    out.strict = options.strict;
    out.most_findings = options.most_findings;
    out.spec = spec_of(options.profile_name);
    out.is_judging = library.ledger; // without a ledger nobody knows how binding a rule is
    return out;
}

} // namespace

Checker::Checker(const model::Library& library, const Options& options)
    : profile_(options.profile), roles_(options.roles, options.profile), dialect_{options.profile_name, {}},
      library_(library), own_options_(rule_options(library, options)), rules_(library.rules, own_options_),
      precedents_(library.rules, dialect_, profile_, roles_), dialogue_(dialogue_options(library, options)),
      use_precedents_(options.precedents), threads_(options.threads), signals_(profile_),
      watcher_(options.associations) {}

void Checker::share_with(Checker& other) {
    other_ = &other;
    families_ = Families(family_of(profile_.dialect));
}

/// Of mobility messages only: what else nodes send is judged under either dialect, each for its own roles.
bool Checker::is_others(const wire::Packet& packet) {
    return other_ && families_.of(packet) != family_of(profile_.dialect);
}

void Checker::read(stage::replay::Capture& capture) {
    name_ = capture.name();
    // Who sent a packet is looked up among the interfaces, which are still being read.
    capture_ = nodes_ ? &capture : nullptr;
    const unsigned threads = nodes_ ? 1 : threads_;
    std::vector<Part> parts(threads > 1 ? 3 * threads : 1);
    stage::host::in_order(
        {[&](std::size_t place) { return !stage::host::interrupted() && capture.next(parts[place].batch); },
         [&](std::size_t place) { look(parts[place]); }, [&](std::size_t place) { deliver(parts[place]); }},
        threads, parts.size());
    capture_ = nullptr;
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

// Made in the place where it is wanted: a copy of it would have to wait for what has just been written.
Checker::Glance Checker::Glance::of(const stage::replay::Record& record) {
    if (is_plain(record))
        return {wire::walk_frame(record.bytes), record.bytes, true};
    const auto inside = stage::replay::carried(record);
    if (inside.what == Carried::What::ethernet)
        return {wire::walk_frame(inside.bytes), inside.bytes, true};
    return {wire::walk_ip(inside.bytes), inside.bytes, false};
}

void Checker::Glance::unwrap() {
    for (unsigned depth = 0; depth < 4 && walk.what == wire::Walk::What::wrapped; ++depth) {
        octets = octets.subspan(walk.message);
        walk = wire::walk_ip(octets);
        is_frame = false;
    }
}

void Checker::look(Part& part) const {
    part.steps.clear();
    part.likes.clear();
    part.exchanges.clear();
    part.tunnelled.clear();
    part.blocks.clear();
    const auto add = [&part](std::uint32_t record, What what) {
        part.steps.push_back({record, what});
        if (part.steps.size() % block == 0)
            part.blocks.push_back(part.here());
    };
    part.blocks.emplace_back();
    for (std::uint32_t at = 0; at < part.batch.records.size(); ++at) {
        const auto& record = part.batch.records[at];
        // Nothing else tells the processor where the next packets begin.
        if (at + ahead < part.batch.records.size()) {
            const auto* far = part.batch.records[at + ahead].bytes.data();
            judge::ask_for(far + 48);
            judge::ask_for(far + 112);
        }
        Glance glance = Glance::of(record);
        glance.unwrap();
        const auto& walk = glance.walk;
        if (walk.what == wire::Walk::What::data) {
            if (walk.tunnels != 1 || !is_6in6(glance.octets, walk))
                continue;
            tunnelled(part.tunnelled.emplace_back().packet, record, glance);
            add(at, What::tunnelled);
        } else if (walk.is_signalling()) {
            add(at, look(record, glance, part));
        } else if (walk.what == wire::Walk::What::protected_ ||
                   (walk.what == wire::Walk::What::fragment && walk.type != tcp)) {
            add(at, What::decode);
        }
    }
    part.blocks.resize(part.blocks.size() + 3, part.here()); // the last of them are empty
}

/// Of a message: whether it is like one that was judged before.
Checker::What Checker::look(const stage::replay::Record& record, const Glance& glance, Part& part) const {
    if (!use_precedents_ || other_ || record.wire_length > record.bytes.size() ||
        (!watcher_.empty() && is_authenticated(glance.octets, glance.walk)))
        return What::decode;
    const auto* known = precedents_.match(glance.octets, glance.walk, record.at);
    if (!known)
        return What::decode;
    const auto& places = judge::Precedents::places(*known);
    if (!is_update_or_answer(glance.walk)) {
        part.likes.push_back({known, address_at(glance.octets, places.inner_ip + 8),
                              address_at(glance.octets, places.inner_ip + 24), record.at});
        return What::like;
    }
    auto& exchange = part.exchanges.emplace_back();
    exchange.known = known;
    exchange.signal.packet = record.number;
    exchange.signal.at = record.at;
    Signals::read(exchange.signal, places, glance.octets, glance.walk);
    return What::exchange;
}

// What lies far away in memory is asked for before it is needed, step by step, each while an earlier block is
// delivered: by then it is there, and the processor never waits for one thing alone.

void Checker::fetch_slots(Part& part, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at)
        sessions.fetch_slot(part.exchanges[at].signal.hash);
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at) {
        auto& [packet, hash] = part.tunnelled[at];
        packet.from_party = sessions.known_party(packet.from);
        packet.to_party = sessions.known_party(packet.to);
        hash = judge::Sessions::prefix_hash(sessions.is_anchor(packet.from_party) ? packet.destination
                                                                                  : packet.source);
        sessions.fetch_prefix_slot(hash);
    }
}

void Checker::fetch_sessions(Part& part, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at) {
        auto& [known, signal, session] = part.exchanges[at];
        judge::ask_for({reinterpret_cast<const char*>(signal.about.data()), signal.about.size()});
        session = sessions.fetch_session(signal.hash);
    }
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at)
        sessions.fetch_prefix_session(part.tunnelled[at].hash);
}

void Checker::fetch_names(const Part& part, const Place& from, const Place& to) const {
    for (std::size_t at = from.exchange; at < to.exchange; ++at)
        dialogue_.sessions().fetch_name(part.exchanges[at].session);
}

void Checker::deliver(Part& part) {
    Place next;
    for (std::size_t at = 0; at < part.steps.size(); ++at) {
        if (at % block == 0) {
            const auto* here = &part.blocks[at / block];
            if (at == 0) {
                fetch_slots(part, here[0], here[2]);
                fetch_sessions(part, here[0], here[1]);
            }
            fetch_names(part, here[0], here[1]);
            fetch_sessions(part, here[1], here[2]);
            fetch_slots(part, here[2], here[3]);
        }
        const auto& record = part.batch.records[part.steps[at].record];
        switch (part.steps[at].what) {
        case What::decode:
            decode(record);
            break;
        case What::like:
            deliver(part.likes[next.like++], record);
            break;
        case What::exchange:
            deliver(part.exchanges[next.exchange++], record);
            break;
        case What::tunnelled:
            deliver(part.tunnelled[next.tunnelled++].packet);
            break;
        }
    }
    packets_ = part.batch.records.back().number;
}

void Checker::deliver(const Like& like, const stage::replay::Record& record) {
    if (!precedents_.is_between_known(*like.known, like.source, like.destination))
        return decode(record);
    tick(like.at);
}

void Checker::deliver(const Exchange& exchange, const stage::replay::Record& record) {
    const auto& signal = exchange.signal;
    const bool is_known = signal.is_answer
                              ? precedents_.is_between_known(*exchange.known, signal.anchor, signal.gateway)
                              : precedents_.is_between_known(*exchange.known, signal.gateway, signal.anchor);
    if (!is_known || signal.about.empty())
        return decode(record);
    tick(signal.at);
    dialogue_.see(signal);
}

void Checker::deliver(const judge::Tunnelled& packet) {
    dialogue_.see(packet);
    if (other_) {
        auto same = packet; // parties have other numbers there
        same.from_party = same.to_party = judge::Session::none;
        other_->dialogue_.see(same);
    }
}

void Checker::decode(const stage::replay::Record& record) {
    Glance glance = Glance::of(record);
    glance.unwrap();
    deliver(record, glance);
}

void Checker::deliver(const stage::replay::Record& record, const Glance& glance) {
    using Walked = wire::Walk::What;
    // ESP hides what it holds; an AH can be read, but who has the key wants to know whether it is true.
    if (glance.walk.what == Walked::data) {
        if (!is_6in6(glance.octets, glance.walk))
            return;
        judge::Tunnelled packet;
        tunnelled(packet, record, glance);
        deliver(packet);
    } else if (glance.walk.what == Walked::fragment) {
        reassemble(record, glance);
    } else if (glance.walk.what == Walked::protected_ ||
               (!watcher_.empty() && is_authenticated(glance.octets, glance.walk))) {
        unlock(record, glance);
    } else if (glance.walk.is_signalling()) {
        see(record, glance);
    }
}

void Checker::reassemble(const stage::replay::Record& record, const Glance& glance) {
    if (glance.walk.inner_ip >= glance.octets.size())
        return;
    const auto whole = reassembly_.add(glance.octets.subspan(glance.walk.inner_ip), record.at);
    if (!whole)
        return;
    Glance inside{wire::walk_ip(*whole), *whole, false};
    inside.unwrap();
    if (inside.walk.what != wire::Walk::What::fragment)
        deliver(record, inside);
}

wire::Packet Checker::decoded(const stage::replay::Record& record, const Glance& glance) const {
    auto packet = glance.is_frame ? wire::decode_frame(glance.octets, profile_)
                                  : wire::decode_ip(glance.octets, profile_);
    // What was put together of fragments lies in no record.
    const std::less<> before;
    if (!before(glance.octets.data(), record.bytes.data()) &&
        before(glance.octets.data(), record.bytes.data() + record.bytes.size()))
        for (auto& fault : packet.faults)
            fault.offset += static_cast<std::size_t>(glance.octets.data() - record.bytes.data());
    return packet;
}

/// Octets of the message itself are missing, not only what a link adds behind it.
bool Checker::is_cut(const stage::replay::Record& record, const Glance& glance) {
    const std::size_t at = glance.walk.inner_ip;
    if (record.wire_length <= record.bytes.size() || at == wire::Walk::none || at + 20 > glance.octets.size())
        return false;
    const bool is_v4 = glance.octets[at] >> 4 == 4;
    const std::size_t size =
        is_v4 ? base::read16(glance.octets, at + 2) : 40u + base::read16(glance.octets, at + 4);
    if (at + size <= glance.octets.size())
        return false;
    if (cut_++ == 0)
        first_cut_ = record.number;
    return true;
}

void Checker::tick(base::Wall at) {
    ++messages_;
    if (!start_)
        start_ = at;
    last_ = std::max(last_, base::Mono{at - *start_});
}

void Checker::see(const stage::replay::Record& record, const Glance& glance) {
    if (other_ && glance.walk.what == wire::Walk::What::mobility) {
        if (is_others(decoded(record, glance)))
            return other_->see(record, glance);
    } else if (other_) {
        other_->see(record, glance);
        ++shared_;
    }
    tick(record.at);
    if (is_cut(record, glance))
        return;
    if (use_precedents_)
        if (const auto* known = precedents_.match(glance.octets, glance.walk, record.at)) {
            const auto& places = judge::Precedents::places(*known);
            if (precedents_.is_between_known(*known, address_at(glance.octets, places.inner_ip + 8),
                                             address_at(glance.octets, places.inner_ip + 24))) {
                if (auto signal = signals_.of(places, glance.octets, glance.walk)) {
                    signal->packet = record.number;
                    signal->at = record.at;
                    dialogue_.see(*signal);
                }
                return;
            }
        }
    judge(record, glance.walk, decoded(record, glance));
}

void Checker::unlock(const stage::replay::Record& record, const Glance& glance) {
    if (watcher_.empty()) {
        ++sealed_[crypto::Verdict::no_association];
        return;
    }
    crypto::Verdict why = crypto::Verdict::malformed;
    auto packet = opened(watcher_, decoded(record, glance), profile_, &why);
    if (why != crypto::Verdict::accepted || !packet) {
        ++sealed_[why];
        return;
    }
    if (is_others(*packet))
        return other_->unlock(record, glance);
    if (!packet->find<wire::EspHeader>() || is_signalling(*packet)) {
        tick(record.at);
        judge(record, glance.walk, std::move(*packet), false);
    }
}

void Checker::judge(const stage::replay::Record& record, const wire::Walk& walk, wire::Packet packet,
                    bool is_precedent) {
    roles_.see(packet);
    model::Event event;
    event.number = record.number;
    event.at = last_;
    event.wall = record.at;
    model::Seen seen;
    seen.packet = std::move(packet);
    const auto sender = roles_.sender(seen.packet), receiver = roles_.receiver(seen.packet);
    const bool is_right =
        capture_ ? judge_among_nodes(event, seen, record) : rules_.see(event, seen, sender, receiver);
    follow(seen.packet, record, is_right);
    if (is_right && use_precedents_ && is_precedent)
        precedents_.add(seen.packet, walk, record.at);
}

bool Checker::judge_among_nodes(const model::Event& event, model::Seen& seen,
                                const stage::replay::Record& record) {
    const auto& on = capture_->interfaces()[record.interface];
    seen.link = on.name;
    seen.from = on.description;
    const auto owner = [&](const base::Ip6& address) {
        if (const auto* node = nodes_->topology.owner(address))
            return node->name;
        const auto spoken = spoken_.find(address);
        return spoken != spoken_.end() ? spoken->second : std::string{};
    };
    if (const auto* ip = wire::outer_ip(seen.packet)) {
        // An address that a node made for itself is that of the node that is the first to use it.
        if (ip->source.is_routable_unicast() && !nodes_->topology.owner(ip->source) && spoken_.size() < 10000)
            spoken_.try_emplace(ip->source, seen.from);
        seen.source = owner(ip->source);
        seen.destination = owner(ip->destination);
    }
    return own_rules_->see(event, seen, nodes_->topology);
}

void Checker::introduce(const Nodes& nodes) {
    nodes_ = nodes;
    use_precedents_ = false; // they know parties by their addresses
    auto options = own_options_;
    options.foreign = nodes.foreign;
    options.under_test = nodes.under_test;
    own_rules_.emplace(library_.rules, std::move(options));
    std::set<base::Ip6> exempt;
    for (const auto& node : nodes.topology.nodes)
        if (!nodes.under_test.contains(node.name))
            for (const auto& port : node.ports)
                for (const auto& address : port.addresses)
                    exempt.insert(address.address);
    dialogue_.exempt(std::move(exempt));
}

void Checker::follow(const wire::Packet& packet, const stage::replay::Record& record, bool is_right) {
    auto signal = signals_.of(packet);
    if (!signal)
        return;
    signal->packet = record.number;
    signal->at = record.at;
    signal->is_right = is_right;
    signal->is_heeded = std::ranges::none_of(
        packet.faults, [](const auto& fault) { return fault.kind == wire::FaultKind::checksum; });
    dialogue_.see(*signal);
}

void Checker::tunnelled(judge::Tunnelled& out, const stage::replay::Record& record, const Glance& glance) {
    out.packet = record.number;
    out.at = record.at;
    out.from = address_at(glance.octets, glance.walk.outer_ip + 8);
    out.to = address_at(glance.octets, glance.walk.outer_ip + 24);
    out.source = address_at(glance.octets, glance.walk.inner_ip + 8);
    out.destination = address_at(glance.octets, glance.walk.inner_ip + 24);
}

} // namespace run
