#include "harness/script/scope.h"

#include "harness/base/text.h"
#include "harness/script/packet.h"
#include "harness/script/value.h"
#include "harness/wire/element.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

using Op = model::Value::Op;

const std::set<std::string> reserved{"now", "i", "this", "self", "sut", "any"};

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string without_index(const std::string& segment) {
    return segment.substr(0, segment.find_first_of("[#"));
}

bool has_field(const std::string& element, const std::string& field) {
    const auto* kind = wire::find_kind(element);
    return kind && kind->field(field);
}

bool has_child(const std::string& element, const std::string& child) {
    const auto* kind = wire::find_kind(element);
    return kind && contains(kind->children, child);
}

bool is_sendable(const model::Value& value) {
    switch (value.op) {
    case Op::literal:
    case Op::any:
    case Op::reference:
        return true;
    case Op::sum:
    case Op::difference:
    case Op::product:
    case Op::host_in:
        return std::all_of(value.operands.begin(), value.operands.end(), is_sendable);
    default:
        return false;
    }
}

} // namespace

Scope::Scope(const Context& context, const model::Topology& topology, std::set<std::string> learned)
    : context_(context), topology_(topology), learned_(std::move(learned)) {
    for (const auto& node : topology.nodes)
        node_names_.push_back(node.name);
    for (const auto& identity : topology.identities)
        identity_names_.push_back(identity.name);
    for (const auto& link : topology.links)
        link_names_.push_back(link.name);
}

std::vector<std::string> Scope::step_names() const {
    return {all.begin(), all.end()};
}

void Scope::define(const std::string& name, const model::PacketSpec* packet, const model::Where& where) {
    if (name.empty())
        return;
    if (reserved.count(name) || contains(node_names_, name) || contains(identity_names_, name))
        context_.mistake(where,
                         fmt::format("{} already means something else and cannot name a step", quoted(name)));
    else if (name.find_first_of(".[]${} ") != std::string::npos)
        context_.mistake(where, fmt::format("{} is no name: letters, digits, \"-\" and \"_\"", quoted(name)));
    Named named;
    named.where = where;
    if (packet && packet->message != "any")
        for (const auto& layer : packet->layers)
            named.layers.push_back(layer.kind);
    if (!known.emplace(name, std::move(named)).second)
        context_.mistake(where, fmt::format("a second step called {}", quoted(name)));
}

void Scope::check(const model::Value& value, Allowed allowed) const {
    each_reference(value, [&](const model::Value& one) { reference(one, allowed, context_); });
}

void Scope::check(const model::PacketSpec& packet, Allowed allowed, const model::Where& step) const {
    each_value(packet, [&](const model::ElementSpec& element, const model::FieldSpec& field) {
        // A typical value that has none to refer to is left out.
        Allowed here = allowed;
        here.matched |= field.value.typical;
        each_reference(field.value, [&](const model::Value& one) {
            if (one.where.file == step.file)
                return reference(one, here, context_);
            Mistakes in_template;
            Context there = context_;
            there.mistakes = &in_template;
            reference(one, here, there);
            for (const auto& mistake : in_template.sorted())
                context_.mistake(step,
                                 fmt::format("{} of {}, as the template has it: {} ({})", field.name,
                                             element.kind, mistake.sentence, model::text(mistake.where)));
        });
    });
}

void Scope::check_sendable(const model::PacketSpec& packet) const {
    each_value(packet, [&](const model::ElementSpec& element, const model::FieldSpec& field) {
        if (!is_sendable(field.value))
            context_.mistake(field.where,
                             fmt::format("{} of {} says what is accepted, {}: what is sent needs one value",
                                         field.name, element.kind, quoted(text(field.value))));
    });
}

void Scope::reference(const model::Value& value, Allowed allowed, const Context& context) const {
    const auto segments = base::split(value.text, ".");
    if (segments.empty())
        return context.mistake(value.where, "this reference is empty");
    const std::string& first = segments.front();
    if (has_round(value.text)) {
        if (rounds == 0)
            context.mistake(value.where, fmt::format("{} means a round, and there is no <repeat> around it",
                                                     quoted(value.text)));
        return;
    }
    if (first == "now")
        return;
    if (first == "i") {
        if (rounds == 0)
            context.mistake(value.where, "${i} is the round of a <repeat>, and there is none around it");
        return;
    }
    if (first == "this") {
        if (!allowed.matched)
            context.mistake(value.where,
                            "${this} is the packet that is matched, and nothing is matched here");
        return;
    }
    if (first == "sut" || contains(node_names_, first) || contains(identity_names_, first))
        return attribute(value, segments, context);
    const std::string name = without_index(first);
    if (const auto found = known.find(name); found != known.end())
        return path(value, segments, found->second, context);
    if (all.count(name)) {
        if (!allowed.later)
            context.mistake(value.where, fmt::format("step {} comes later", quoted(name)));
        return;
    }
    std::vector<std::string> candidates = step_names();
    candidates.insert(candidates.end(), node_names_.begin(), node_names_.end());
    candidates.insert(candidates.end(), identity_names_.begin(), identity_names_.end());
    candidates.insert(candidates.end(), reserved.begin(), reserved.end());
    context.mistake(value.where,
                    fmt::format("nothing is called {}{}", quoted(name), did_you_mean(name, candidates)));
}

/// ${mn1.nai}, ${lma.address}, ${mag1.core.link-address}.
void Scope::attribute(const model::Value& value, const std::vector<std::string>& segments,
                      const Context& context) const {
    std::vector<std::string> names{"address", "link-address", "link-local", "clock-offset"};
    const auto* node = topology_.node(segments.front());
    if (node) {
        for (const auto& port : node->ports)
            names.push_back(port.name);
        for (const auto& [setting, text] : node->settings)
            names.push_back(setting);
    }
    if (const auto* identity = topology_.identity(segments.front())) {
        names.insert(names.end(), {"nai", "prefix", "lma", "home-network-prefix", "home-address"});
        for (const auto& [setting, text] : identity->policy)
            names.push_back(setting);
        names.insert(names.end(), learned_.begin(), learned_.end());
    }
    if (segments.size() < 2)
        return context.mistake(value.where,
                               fmt::format("{} needs an attribute behind it, such as ${{{}.address}}",
                                           quoted(value.text), segments.front()));
    if (!contains(names, segments[1]))
        context.mistake(value.where, fmt::format("{} has no attribute {}{}", segments.front(),
                                                 quoted(segments[1]), did_you_mean(segments[1], names)));
}

/// ${stale.sequence}, ${stale.timestamp.value}, ${stale.time}.
void Scope::path(const model::Value& value, const std::vector<std::string>& segments, const Named& step,
                 const Context& context) const {
    if (step.layers.empty() || segments.size() < 2 || segments[1] == "time" || segments[1] == "packet")
        return;
    std::vector<std::string> owners = step.layers;
    owners.insert(owners.end(), {"ipv6", "ethernet"});
    for (std::size_t i = 1; i + 1 < segments.size(); ++i) {
        const std::string element = without_index(segments[i]);
        const bool layer = i == 1 && wire::find_kind(element) && wire::find_kind(element)->is_layer;
        if (!layer && std::none_of(owners.begin(), owners.end(), [&](const auto& owner) {
                return owner == element || has_child(owner, element);
            })) {
            std::vector<std::string> candidates;
            for (const auto& owner : owners)
                if (const auto* kind = wire::find_kind(owner))
                    candidates.insert(candidates.end(), kind->children.begin(), kind->children.end());
            return context.mistake(value.where,
                                   fmt::format("{} holds no {}{}", segments.front(), quoted(element),
                                               did_you_mean(element, candidates)));
        }
        owners = {element};
    }
    const std::string last = without_index(segments.back());
    std::vector<std::string> candidates{"time"};
    for (const auto& owner : owners) {
        if (has_field(owner, last) || has_child(owner, last))
            return;
        if (const auto* kind = wire::find_kind(owner))
            for (const auto& field : kind->fields)
                candidates.push_back(field.name);
    }
    context.mistake(value.where, fmt::format("{} has no field {}{}", segments.front(), quoted(last),
                                             did_you_mean(last, candidates)));
}

std::vector<std::string> Scope::nodes(const std::optional<Attr>& attr, bool or_any) const {
    if (!attr)
        return {};
    auto words = base::split(attr->value);
    for (const auto& word : words)
        if (!has_round(word) && !contains(node_names_, word) && !(or_any && word == "any"))
            context_.mistake(
                attr->at(attr->value.find(word)),
                fmt::format("there is no node {}{}", quoted(word), did_you_mean(word, node_names_)));
    return words;
}

std::string Scope::node(const std::optional<Attr>& attr) const {
    nodes(attr, false);
    return attr ? attr->value : std::string{};
}

std::string Scope::duty(const std::optional<Attr>& attr) const {
    if (!attr)
        return {};
    const auto roles = [&](const model::Node& node) { return node.role == attr->value; };
    if (std::none_of(topology_.nodes.begin(), topology_.nodes.end(), roles))
        return node(attr);
    return attr->value;
}

std::string Scope::identity(const std::optional<Attr>& attr) const {
    if (attr && !has_round(attr->value) && !contains(identity_names_, attr->value))
        context_.mistake(attr->at(), fmt::format("there is no mobile node {}{}", quoted(attr->value),
                                                 did_you_mean(attr->value, identity_names_)));
    return attr ? attr->value : std::string{};
}

std::string Scope::link(const std::optional<Attr>& attr) const {
    if (attr && !has_round(attr->value) && !contains(link_names_, attr->value))
        context_.mistake(attr->at(), fmt::format("there is no link {}{}", quoted(attr->value),
                                                 did_you_mean(attr->value, link_names_)));
    return attr ? attr->value : std::string{};
}

std::string Scope::earlier(const std::optional<Attr>& attr) const {
    if (!attr)
        return {};
    const std::string name = without_index(attr->value);
    if (!known.count(name)) {
        if (all.count(name))
            context_.mistake(attr->at(), fmt::format("step {} comes later", quoted(name)));
        else
            context_.mistake(attr->at(), fmt::format("there is no step {}{}", quoted(name),
                                                     did_you_mean(name, step_names())));
    }
    return attr->value;
}

std::string Scope::later(const std::optional<Attr>& attr) const {
    if (!attr)
        return {};
    if (!all.count(attr->value))
        context_.mistake(attr->at(), fmt::format("there is no step {}{}", quoted(attr->value),
                                                 did_you_mean(attr->value, step_names())));
    else if (known.count(attr->value))
        context_.mistake(attr->at(), fmt::format("step {} is over by then: \"until\" names a later one",
                                                 quoted(attr->value)));
    return attr->value;
}

} // namespace script
