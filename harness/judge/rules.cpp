#include "harness/judge/rules.h"

#include "harness/base/text.h"
#include "harness/wire/describer.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

bool has_role(const Party& party, const std::vector<std::string>& roles) {
    return roles.empty() || std::ranges::any_of(party.roles, [&](const auto& role) {
               return std::ranges::find(roles, role) != roles.end();
           });
}

/// "binding-update/home-network-prefix#2/reserved" without the ordinals, as segments.
std::vector<std::string> segments(const std::string& path) {
    auto parts = base::split(path, "/");
    for (auto& part : parts)
        if (const auto ordinal = part.find('#'); ordinal != std::string::npos)
            part.resize(ordinal);
    return parts;
}

/// Is the fault inside that element? The path may begin anywhere in the packet.
bool lies_in(const std::string& where, const std::string& element) {
    if (element.empty())
        return true;
    const auto whole = segments(where), part = segments(element);
    return std::search(whole.begin(), whole.end(), part.begin(), part.end()) != whole.end();
}

bool speaks_of(const model::Rule& rule, const wire::Fault& fault, const std::string& message) {
    const auto named = std::ranges::find(rule.faults, wire::name(fault.kind)) != rule.faults.end();
    // Without an element of its own a rule speaks of the message, not of the headers in front of it.
    return named && lies_in(fault.where, rule.in.empty() ? message : rule.in);
}

} // namespace

Party party(const model::Topology& topology, const std::string& name) {
    const auto* node = topology.node(name);
    if (!node)
        return {name, {}, false};
    return {name, {node->role, node->name}, node->player == model::Player::tester};
}

RuleBook::RuleBook(const std::vector<model::Rule>& rules, Options options)
    : options_(std::move(options)), environment_(nowhere_, options_.profile),
      bench_(nowhere_, options_.under_test, options_.ledger, options_.dialect, options_.strict,
             options_.foreign) {
    for (const auto& rule : rules) {
        if (!options_.dialect.applies(rule.when))
            continue;
        const std::size_t index = rules_.size();
        rules_.push_back({&rule, base::split(rule.sender), base::split(rule.receiver)});
        const auto& kind =
            rule.on.message.empty() && !rule.on.layers.empty() ? rule.on.layers.back().kind : rule.on.message;
        if (kind == "any" || kind.empty())
            of_any_kind_.push_back(index);
        else if (kind.find(' ') == std::string::npos)
            by_kind_[kind].push_back(index);
        else
            for (const auto& one : wire::vocabulary())
                if (std::ranges::count(base::split(kind), one.name) != 0)
                    by_kind_[one.name].push_back(index);
    }
    kept_.resize(rules_.size());
}

void RuleBook::learn(const wire::Packet& packet) {
    constexpr std::uint8_t first_refusal = 128;
    constexpr std::size_t most_prefixes = 1'000'000;
    const auto* answer = packet.find_last<wire::BindingAcknowledgement>();
    if (!answer || answer->status >= first_refusal || assigned_.size() >= most_prefixes)
        return;
    for (const auto* network : wire::find_all<wire::MobileNetworkPrefix>(answer->options))
        assigned_.insert(
            base::Prefix{network->prefix, std::min<unsigned>(network->prefix_length, 128)}.canonical());
}

void RuleBook::find_unassigned(const wire::Packet& packet,
                               std::vector<model::Difference>& differences) const {
    const auto* message = packet.find_last<wire::Dhcpv6Message>();
    if (!message)
        return;
    for (const auto& option : message->options) {
        const auto* association = std::get_if<wire::IaPd>(&option);
        if (!association)
            continue;
        for (const auto& inner : association->options) {
            const auto* given = std::get_if<wire::IaPrefix>(&inner);
            if (!given || given->valid_lifetime == 0)
                continue;
            const auto prefix =
                base::Prefix{given->prefix, std::min<unsigned>(given->prefix_length, 128)}.canonical();
            if (!assigned_.contains(prefix))
                differences.push_back({"ia-pd/ia-prefix/prefix", "a prefix that an anchor has assigned",
                                       base::text(prefix), 0, 0});
        }
    }
}

bool RuleBook::see(const model::Event& event, const model::Seen& seen, const model::Topology& topology) {
    broken_last_.clear();
    learn(seen.packet);
    // What a router passes on was judged where its sender put it on the wire.
    if (!seen.source.empty() && seen.source != seen.from)
        return true;
    // What is in a tunnel is said by the inner source, not by the end of the tunnel.
    const auto *outer = wire::outer_ip(seen.packet), *inner = wire::inner_ip(seen.packet);
    if (outer != inner) {
        const auto* speaker = topology.owner(inner->source);
        if (!speaker || speaker->name != seen.from)
            return true;
    }
    return see(event, seen, party(topology, seen.from), party(topology, seen.destination));
}

bool RuleBook::see(const model::Event& event, const model::Seen& seen, const Party& sender,
                   const Party& receiver) {
    broken_last_.clear();
    learn(seen.packet);
    if (sender.is_tester)
        return true;
    const auto kind = wire::kind(seen.packet);
    const auto found = by_kind_.find(kind);
    const bool any = !of_any_kind_.empty() && !is_link_housekeeping(kind);
    if (found == by_kind_.end() && !any)
        return true;
    std::optional<wire::Element>
        element; // most packets of most kinds are passed over without being described
    const auto apply_all = [&](const std::vector<std::size_t>& indexes) {
        for (const auto index : indexes) {
            const auto& compiled = rules_[index];
            if (!has_role(sender, compiled.senders) || !has_role(receiver, compiled.receivers))
                continue;
            if (!element) {
                element = wire::describe_everything(seen.packet, options_.profile);
                ++judged_;
            }
            if (!apply(compiled, event, seen.packet, *element, sender))
                broken_last_.push_back(index);
        }
    };
    if (found != by_kind_.end())
        apply_all(found->second);
    if (any)
        apply_all(of_any_kind_);
    return broken_last_.empty();
}

bool RuleBook::count_again(const std::vector<std::size_t>& rules, const std::string& sender) {
    std::vector<Record*> records;
    for (const auto rule : rules) {
        const auto found = records_.find({rule, sender});
        if (found == records_.end() || found->second.broken < options_.most_findings)
            return false;
        records.push_back(&found->second);
    }
    for (auto* record : records)
        ++record->broken;
    return true;
}

std::vector<model::Difference> RuleBook::broken(const model::Rule& rule, const wire::Packet& packet,
                                                const wire::Element& element, const Viewpoint& view) const {
    std::vector<model::Difference> differences;
    if (rule.must)
        differences = compare(*rule.must, element, view).differences();
    if (rule.must_not && compare(*rule.must_not, element, view).matches()) {
        const auto* message = message_of(element);
        differences.push_back(
            {rule.must_not->layers.empty() ? std::string{} : rule.must_not->layers.back().kind, "not this",
             message ? brief(*message) : std::string{}, message ? message->offset : 0,
             message ? message->size : 0});
    }
    if (std::ranges::find(rule.faults, "unassigned") != rule.faults.end())
        find_unassigned(packet, differences);
    const auto* message = message_of(element);
    for (const auto& fault : packet.faults)
        if (speaks_of(rule, fault, message ? message->name : std::string{}))
            differences.push_back({fault.where, fmt::format("not {}", wire::name(fault.kind)),
                                   wire::text(fault), fault.offset, 1});
    return differences;
}

bool RuleBook::apply(const Compiled& compiled, const model::Event& event, const wire::Packet& packet,
                     const wire::Element& element, const Party& sender) {
    const auto& rule = *compiled.rule;
    Viewpoint view{environment_, options_.dialect, {{event.at, event.wall}, &element, 0, {}}};
    if (!is_of_kind(rule.on, packet) || !compare(rule.on, element, view).matches())
        return true;
    const auto index = static_cast<std::size_t>(&compiled - rules_.data());
    auto differences = broken(rule, packet, element, view);
    if (differences.empty()) {
        if (kept_[index].packet == 0)
            kept_[index] = {event.number, sender.name};
        return true;
    }
    auto& record = records_[{index, sender.name}];
    if (++record.broken > options_.most_findings)
        return false;
    Circumstance here;
    here.where = rule.where;
    here.step = "rule " + rule.name;
    here.culprit = sender.name;
    here.packet = event.number;
    here.at = event.at;
    if (const auto* message = message_of(element))
        here.packet_text = brief(*message);
    bench_.broken(rule.proves, here, fmt::format("rule {} is broken by {}", rule.name, sender.name),
                  std::move(differences), record.findings);
    return false;
}

std::vector<model::Finding> RuleBook::findings() const {
    std::vector<model::Finding> all;
    std::set<std::size_t> broken_by_somebody;
    for (const auto& [key, record] : records_) {
        broken_by_somebody.insert(key.first);
        for (auto finding : record.findings) {
            if (record.broken > options_.most_findings)
                finding.sentence += fmt::format("; {} packets in all", record.broken);
            all.push_back(std::move(finding));
        }
    }
    for (std::size_t index = 0; index < rules_.size(); ++index) {
        const auto& kept = kept_[index];
        if (kept.packet == 0 || broken_by_somebody.contains(index))
            continue;
        const auto& rule = *rules_[index].rule;
        Circumstance here;
        here.where = rule.where;
        here.step = "rule " + rule.name;
        here.culprit = kept.sender;
        here.packet = kept.packet;
        std::size_t first = all.size();
        bench_.passed(rule.proves, here, fmt::format("rule {} holds", rule.name), all);
        if (options_.has_keys || rule.in != "authentication/authenticator")
            continue;
        for (; first < all.size(); ++first) { // whoever cannot verify acquits nobody
            all[first].verdict = model::Verdict::inconclusive;
            all[first].sentence = fmt::format("rule {} is not judged: without their keys (RFC 4285) "
                                              "authenticators are not verified",
                                              rule.name);
        }
    }
    return all;
}

} // namespace judge
