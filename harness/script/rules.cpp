#include "harness/script/rules.h"

#include "harness/base/text.h"
#include "harness/script/packet.h"
#include "harness/script/value.h"
#include "harness/wire/fault.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

std::vector<std::string> fault_names() {
    std::vector<std::string> all;
    for (int kind = 0; kind <= static_cast<int>(wire::FaultKind::not_padded); ++kind)
        all.emplace_back(wire::name(static_cast<wire::FaultKind>(kind)));
    all.emplace_back("unassigned"); // no fault of octets: a delegated prefix that no anchor has assigned
    return all;
}

bool is_field(std::string_view name) {
    const auto& kinds = wire::vocabulary();
    return std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.field(name); });
}

/// A rule knows no steps and no nodes: the packet that it speaks of is all there is.
void check_references(const model::PacketSpec& packet, const Context& context) {
    each_value(packet, [&](const auto&, const model::FieldSpec& field) {
        // A typical value is for senders: nothing is compared with it.
        if (field.value.typical)
            return;
        each_reference(field.value, [&](const model::Value& reference) {
            if (reference.text != "now" && reference.text != "this" && !reference.text.starts_with("this."))
                context.mistake(reference.where,
                                fmt::format("{} means nothing in a rule: only ${{this.…}} and ${{now}} do",
                                            quoted(reference.text)));
        });
    });
}

model::PacketSpec packet(const Tag& tag, const Templates& templates, const Context& context) {
    tag.only({}, *context.mistakes);
    auto packet = PacketReader(context, templates).read(tag.children(), {"self", nullptr, false}).packet;
    if (tag.children().empty())
        context.mistake(tag.where(), fmt::format("{} needs a packet inside", quoted(tag.name())));
    check_references(packet, context);
    return packet;
}

void faults(const Tag& tag, model::Rule& rule, const Context& context) {
    tag.only({"fault", "in"}, *context.mistakes);
    tag.required("fault", *context.mistakes);
    rule.faults = tag.words("fault");
    static const auto known = fault_names();
    for (const auto& fault : rule.faults)
        if (std::find(known.begin(), known.end(), fault) == known.end())
            context.mistake(tag.attr("fault")->at(tag.attr("fault")->value.find(fault)),
                            fmt::format("there is no fault {}{}", quoted(fault), did_you_mean(fault, known)));
    rule.in = tag.value("in");
    const auto segments = base::split(rule.in, "/");
    for (const auto& segment : segments) {
        // The last part of the path may be a field.
        if (wire::find_kind(segment) || (&segment == &segments.back() && is_field(segment)))
            continue;
        std::vector<std::string> kinds;
        for (const auto& kind : wire::vocabulary())
            kinds.push_back(kind.name);
        context.mistake(tag.attr("in")->at(),
                        fmt::format("unknown element {}{}", quoted(segment), did_you_mean(segment, kinds)));
    }
}

std::optional<model::Level> level_of(std::string_view word) {
    using enum model::Level;
    for (const auto level : {must, must_not, base, should, should_not, expected, may})
        if (model::name(level) == word)
            return level;
    return std::nullopt;
}

void requirement(const Tag& tag, const std::string& suite, model::Ledger& ledger, const Context& context) {
    static const std::vector<std::string> levels{"MUST",       "MUST NOT", "BASE", "SHOULD",
                                                 "SHOULD NOT", "EXPECTED", "MAY"};
    tag.only({"id", "level", "role", "section", "how", "untestable", "project-choice"}, *context.mistakes);
    model::Requirement one;
    one.id = tag.required("id", *context.mistakes);
    const std::string level = tag.required("level", *context.mistakes);
    one.level = level_of(level).value_or(model::Level::may);
    if (!level_of(level) && tag.has("level"))
        context.mistake(tag.attr("level")->at(),
                        fmt::format("there is no level {}{}", quoted(level), did_you_mean(level, levels)));
    one.role = tag.required("role", *context.mistakes);
    one.section = tag.required("section", *context.mistakes);
    one.how = tag.required("how", *context.mistakes);
    one.untestable = tag.value("untestable");
    one.project_choice = read_flag(tag.attr("project-choice"), context);
    if (one.project_choice && !one.section.empty())
        one.section += " (a choice of this project)"; // every report shows where a row comes from
    one.suite = suite;
    for (const auto& part : tag.children()) {
        std::string* into = part.name() == "text"         ? &one.text
                            : part.name() == "stimulus"   ? &one.stimulus
                            : part.name() == "observable" ? &one.observable
                                                          : nullptr;
        if (into)
            *into = part.text();
        else
            context.mistake(part.where(),
                            fmt::format("unknown element {} in a requirement{}", quoted(part.name()),
                                        did_you_mean(part.name(), std::vector<std::string>{"text", "stimulus",
                                                                                           "observable"})));
    }
    if (one.text.empty())
        context.mistake(tag.where(), fmt::format("requirement {} has no text", quoted(one.id)));
    if (ledger.find(one.id))
        context.mistake(tag.attr("id") ? tag.attr("id")->at() : tag.where(),
                        fmt::format("a second requirement {}", quoted(one.id)));
    ledger.add(std::move(one));
}

} // namespace

std::optional<model::Rule> read_rule(const Tag& tag, const std::string& suite, const Templates& templates,
                                     const Context& context) {
    tag.only({"name", "proves", "sender", "receiver", "when"}, *context.mistakes);
    const Condition when = condition(tag, context);
    if (!when.holds)
        return std::nullopt;
    model::Rule rule;
    rule.name = tag.required("name", *context.mistakes);
    tag.required("proves", *context.mistakes);
    rule.proves = read_proofs(tag.attr("proves"), context);
    rule.sender = tag.value("sender");
    rule.receiver = tag.value("receiver");
    rule.suite = suite;
    rule.when = when.later;
    rule.where = tag.where();
    for (const auto& part : tag.children()) {
        const std::string name = part.name();
        if (name == "on")
            rule.on = packet(part, templates, context);
        else if (name == "must")
            rule.must = packet(part, templates, context);
        else if (name == "must-not")
            rule.must_not = packet(part, templates, context);
        else if (name == "never")
            faults(part, rule, context);
        else if (name != "says")
            context.mistake(part.where(),
                            fmt::format("unknown element {} in a rule{}", quoted(name),
                                        did_you_mean(name, std::vector<std::string>{"on", "must", "must-not",
                                                                                    "never", "says"})));
    }
    if (!tag.child("on"))
        context.mistake(tag.where(), fmt::format("rule {} does not say which packets it speaks of: <on>",
                                                 quoted(rule.name)));
    if (!rule.must && !rule.must_not && rule.faults.empty())
        context.mistake(
            tag.where(),
            fmt::format("rule {} demands nothing: <must>, <must-not> or <never fault=…>", quoted(rule.name)));
    return rule;
}

model::Learn read_learn(const Tag& tag, const Templates& templates, const Context& context) {
    model::Learn learn;
    learn.attribute = tag.required("attribute", *context.mistakes);
    learn.key = tag.required("key", *context.mistakes);
    learn.value = tag.required("value", *context.mistakes);
    const std::string from = tag.required("from", *context.mistakes);
    if (wire::find_kind(from)) {
        model::ElementSpec spec;
        spec.kind = from;
        spec.where = tag.where();
        learn.from.layers.push_back(std::move(spec));
        learn.from.message = from;
    } else if (!from.empty()) {
        learn.from =
            PacketReader(context, templates).instance(from, tag.attr("from")->at(), {"self", nullptr, false});
    }
    const auto* message = wire::find_kind(learn.from.message);
    for (const auto& [attribute, path] : {std::pair{"key", learn.key}, std::pair{"value", learn.value}}) {
        const auto* owner = message;
        const auto segments = base::split(path, ".");
        for (std::size_t i = 0; owner && i < segments.size(); ++i) {
            const auto& children = owner->children;
            const bool child = std::find(children.begin(), children.end(), segments[i]) != children.end();
            if (!child && !owner->field(segments[i])) {
                context.mistake(tag.attr(attribute)->at(),
                                fmt::format("{} has no {}{}", owner->name, quoted(segments[i]),
                                            did_you_mean(segments[i], children)));
                break;
            }
            owner = child ? wire::find_kind(segments[i]) : nullptr;
        }
    }
    return learn;
}

void read_requirements(const Tag& file, model::Ledger& ledger, const Context& context) {
    file.only({"suite"}, *context.mistakes);
    const std::string suite = file.required("suite", *context.mistakes);
    for (const auto& tag : file.children()) {
        if (tag.name() == "requirement")
            requirement(tag, suite, ledger, context);
        else
            context.mistake(tag.where(),
                            fmt::format("unknown element {} in requirements{}", quoted(tag.name()),
                                        did_you_mean(tag.name(), std::vector<std::string>{"requirement"})));
    }
}

} // namespace script
