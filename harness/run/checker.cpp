#include "harness/run/checker.h"

#include "harness/run/opened.h"
#include "harness/run/profiles.h"

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

/// What the rules speak of.
bool is_signalling(const wire::Packet& packet) {
    const auto kind = wire::kind(packet);
    return kind != "esp" && kind != "ah" && kind != "payload" && kind != "udp";
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
      roles_of_parties_(roles_), use_precedents_(options.precedents), threads_(options.threads),
      signals_(profile_), watcher_(options.associations) {}

void Checker::share_with(Checker& other) {
    other_ = &other;
    families_ = Families(family_of(profile_.dialect));
}

/// Of mobility messages only: what else nodes send is judged under either dialect, each for its own roles.
bool Checker::is_others(const wire::Packet& packet) {
    return other_ && families_.of(packet) != family_of(profile_.dialect);
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
    if (use_precedents_ && is_like_another(record, glance))
        return;
    judge(record, glance.walk, decoded(record, glance));
}

/// A message that is like one that was judged before is not decoded: what it breaks has been told.
bool Checker::is_like_another(const stage::replay::Record& record, const Glance& glance) {
    const auto* known = precedents_.match(glance.octets, glance.walk, record.at);
    if (!known)
        return false;
    const auto& places = judge::Precedents::places(*known);
    const auto source = glance.address(places.inner_ip + 8),
               destination = glance.address(places.inner_ip + 24);
    const auto* broken = precedents_.broken(*known, source, destination);
    if (!broken || (!broken->empty() && !rules_.count_again(*broken, base::text(source))))
        return false;
    if (auto signal = signals_.of(places, glance.octets, glance.walk)) {
        signal->packet = record.number;
        signal->at = record.at;
        signal->is_right = broken->empty();
        dialogue_.see(*signal);
    }
    return true;
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
    if (use_precedents_ && is_precedent)
        precedents_.add(seen.packet, walk, record.at, rules_.broken_last());
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

} // namespace run
