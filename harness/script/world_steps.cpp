// Steps that change or watch the world around the packets: links, roles, traffic, states.
#include "harness/base/ip.h"
#include "harness/base/text.h"
#include "harness/script/steps.h"
#include "harness/script/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace script {
namespace {

const std::vector<std::string> bound_names{"lost",      "duplicated", "reordered", "gap",
                                           "delivered", "path",       "bytes"};

/// The bound that an attribute writes: "lost", "forth.lost", "back.gap".
std::optional<std::pair<std::string, std::string>> bound_of(const std::string& attribute) {
    const std::size_t dot = attribute.find('.');
    const std::string direction = dot == std::string::npos ? "" : attribute.substr(0, dot);
    const std::string what = dot == std::string::npos ? attribute : attribute.substr(dot + 1);
    if ((!direction.empty() && direction != "forth" && direction != "back") ||
        std::find(bound_names.begin(), bound_names.end(), what) == bound_names.end())
        return std::nullopt;
    return std::pair{what, direction};
}

std::vector<std::string> with_bounds(std::vector<std::string> allowed) {
    for (const std::string direction : {"", "forth.", "back."})
        for (const auto& name : bound_names) {
            allowed.push_back(direction + name);
            allowed.push_back(direction + name + ".proves");
        }
    return allowed;
}

std::optional<double> parse_real(const std::string& text) {
    char* end = nullptr;
    const double value = text.empty() ? 0 : std::strtod(text.c_str(), &end);
    const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
    return plain && end && *end == '\0' ? std::optional(value) : std::nullopt;
}

} // namespace

bool StepReader::world_step(const Tag& tag, model::Step& step) {
    const std::string name = tag.name();
    if (name == "attach" || name == "detach" || name == "move")
        step.what = attach(tag);
    else if (name == "tell")
        step.what = tell(tag);
    else if (name == "stop" || name == "start" || name == "restart" || name == "clock")
        step.what = control(tag);
    else if (name == "impair")
        step.what = impair(tag);
    else if (name == "flow")
        step.what = flow(tag);
    else if (name == "end-flow")
        step.what = end_flow(tag);
    else if (name == "state")
        step.what = state(tag);
    else
        return false;
    return true;
}

model::Attach StepReader::attach(const Tag& tag) {
    only(tag, {"node", "to", "how"});
    model::Attach attach;
    tag.required("node", *context_.mistakes);
    attach.node = scope_.node(tag.attr("node"));
    if (tag.name() != "detach") {
        tag.required("to", *context_.mistakes);
        attach.to = scope_.node(tag.attr("to"));
        const auto& links = scope_.topology().links;
        const bool possible = std::any_of(links.begin(), links.end(), [&](const model::Link& link) {
            return link.access == attach.to && link.identity == attach.node;
        });
        if (!possible && scope_.topology().node(attach.node) && scope_.topology().node(attach.to))
            context_.mistake(tag.where(), fmt::format("{} gives no access to {} in this topology", attach.to,
                                                      attach.node));
    } else if (tag.has("to")) {
        context_.mistake(tag.attr("to")->where(), "\"detach\" has no \"to\"");
    }
    attach.how = read_choice(tag.attr("how"), {"event", "silent", "carrier"}, context_);
    return attach;
}

std::map<std::string, model::Value> StepReader::arguments(const Tag& tag,
                                                          const std::set<std::string>& except) const {
    static const std::set<std::string> common{"as", "by", "proves", "when"};
    std::map<std::string, model::Value> all;
    for (const auto& attr : tag.attrs())
        if (!common.count(attr.name) && !except.count(attr.name))
            all[attr.name] = checked_value(attr);
    return all;
}

model::Tell StepReader::tell(const Tag& tag) {
    model::Tell tell;
    tag.required("node", *context_.mistakes);
    tell.node = scope_.node(tag.attr("node"));
    tell.event = tag.required("event", *context_.mistakes);
    tell.arguments = arguments(tag, {"node", "event"});
    return tell;
}

model::State StepReader::state(const Tag& tag) {
    model::State state;
    tag.required("node", *context_.mistakes);
    state.node = scope_.node(tag.attr("node"));
    state.of = tag.required("of", *context_.mistakes);
    state.expected = arguments(tag, {"node", "of"});
    return state;
}

model::Control StepReader::control(const Tag& tag) {
    using Verb = model::Control::Verb;
    const std::string name = tag.name();
    model::Control control;
    control.verb = name == "stop"      ? Verb::stop
                   : name == "start"   ? Verb::start
                   : name == "restart" ? Verb::restart
                                       : Verb::clock;
    only(tag, control.verb == Verb::clock ? std::vector<std::string>{"node", "offset"}
                                          : std::vector<std::string>{"node", "how", "state"});
    tag.required("node", *context_.mistakes);
    control.node = scope_.node(tag.attr("node"));
    if (control.verb == Verb::clock) {
        tag.required("offset", *context_.mistakes);
        if (const auto offset = tag.attr("offset")) {
            control.offset = checked_value(*offset);
            if (control.offset.op == model::Value::Op::literal && !base::parse_duration(control.offset.text))
                context_.mistake(offset->at(), fmt::format("{} is no offset of a clock: -1h, 250ms",
                                                           quoted(offset->value)));
        }
    } else {
        control.how = read_choice(tag.attr("how"), {"kill", "orderly"}, context_);
        control.keep_state = read_choice(tag.attr("state"), {"lost", "kept"}, context_) == "kept";
    }
    return control;
}

model::Impair StepReader::impair(const Tag& tag) {
    only(tag, {"link", "from", "effect", "nth", "probability", "by-time", "until"});
    using Effect = model::Impairment::Effect;
    static const std::map<std::string, Effect> effects{
        {"drop", Effect::drop}, {"duplicate", Effect::duplicate}, {"delay", Effect::delay},
        {"swap", Effect::swap}, {"corrupt", Effect::corrupt},     {"rewrite", Effect::rewrite}};
    model::Impair impair;
    auto& what = impair.impairment;
    tag.required("link", *context_.mistakes);
    tag.required("effect", *context_.mistakes);
    what.name = tag.value("as");
    what.link = scope_.link(tag.attr("link"));
    what.from = scope_.node(tag.attr("from"));
    what.effect = effects.at(read_choice(
        tag.attr("effect"), {"drop", "duplicate", "delay", "swap", "corrupt", "rewrite"}, context_));
    for (const auto& word : tag.words("nth")) {
        const auto number = base::parse_number(word);
        if (!number || *number == 0)
            context_.mistake(tag.attr("nth")->at(),
                             fmt::format("{} is no ordinal: 1 is the first", quoted(word)));
        what.ordinals.push_back(number.value_or(1));
    }
    if (const auto probability = tag.attr("probability")) {
        const auto real = parse_real(probability->value);
        if (!real || *real > 1)
            context_.mistake(probability->at(),
                             fmt::format("{} is no probability from 0 to 1", quoted(probability->value)));
        what.probability = real.value_or(1);
    }
    what.delay = read_duration(tag.attr("by-time"), context_).value_or(base::Duration{});
    if (what.effect == Effect::delay && !tag.has("by-time"))
        context_.mistake(tag.where(), "a delay needs \"by-time\"");
    impair.until = scope_.later(tag.attr("until"));
    what.what = packets_.read(tag.children(), place({}, true)).packet;
    scope_.check(what.what, {.matched = true, .later = true}, tag.where());
    what.edits = std::move(what.what.edits);
    what.what.edits.clear();
    if (what.edits.empty() && what.effect == Effect::rewrite)
        context_.mistake(tag.where(), "a rewrite needs an edit inside");
    return impair;
}

/// Bounds of a flow; each may prove something of its own.
std::vector<model::FlowBound> StepReader::bounds(const Tag& tag) const {
    std::vector<model::FlowBound> all;
    for (const auto& attr : tag.attrs()) {
        const auto bound = bound_of(attr.name);
        if (!bound)
            continue;
        model::FlowBound one{
            bound->first, bound->second, {}, read_proofs(tag.attr(attr.name + ".proves"), context_)};
        if (one.what == "path") {
            one.value = literal(attr.value, attr.at());
            auto words = base::split(attr.value);
            const bool known =
                attr.value.starts_with("always one of ") || attr.value.starts_with("at most one of ");
            if (!known)
                context_.mistake(
                    attr.at(),
                    fmt::format("{} is no path: \"always one of NODES\" or \"at most one of NODES\"",
                                quoted(attr.value)));
            for (std::size_t i = attr.value.starts_with("at most") ? 4 : 3; known && i < words.size(); ++i)
                if (!scope_.topology().node(words[i]))
                    context_.mistake(attr.at(attr.value.rfind(words[i])),
                                     fmt::format("there is no node {}", quoted(words[i])));
        } else {
            one.value = checked_value(attr);
        }
        all.push_back(std::move(one));
    }
    return all;
}

model::RunsFlow StepReader::flow(const Tag& tag) {
    only(tag, with_bounds({"from", "to", "protocol", "size", "rate", "packets", "both-ways", "source",
                           "destination", "until", "background"}));
    model::RunsFlow flow;
    auto& what = flow.flow;
    tag.required("from", *context_.mistakes);
    tag.required("to", *context_.mistakes);
    what.name = tag.value("as");
    what.from = scope_.node(tag.attr("from"));
    what.to = scope_.node(tag.attr("to"));
    what.protocol = read_choice(tag.attr("protocol"), {"udp", "tcp", "echo"}, context_);
    what.size = static_cast<unsigned>(read_number(tag.attr("size"), context_).value_or(what.size));
    what.packets = read_number(tag.attr("packets"), context_).value_or(0);
    what.both_ways = read_flag(tag.attr("both-ways"), context_);
    if (const auto rate = tag.attr("rate")) {
        const std::string text =
            rate->value.ends_with("/s") ? rate->value.substr(0, rate->value.size() - 2) : rate->value;
        const auto real = parse_real(text);
        if (!real || *real <= 0)
            context_.mistake(rate->at(), fmt::format("{} is no rate: 100/s", quoted(rate->value)));
        else
            what.rate = *real;
    }
    for (const char* end : {"source", "destination"})
        if (const auto attr = tag.attr(end)) {
            const model::Value value = checked_value(*attr);
            if (value.op == model::Value::Op::literal && !base::parse_ip6(value.text) &&
                !base::parse_ip4(value.text))
                context_.mistake(attr->at(), fmt::format("{} is no address", quoted(attr->value)));
            (attr->name == "source" ? what.source : what.destination) = attr->value;
        }
    flow.until = scope_.later(tag.attr("until"));
    flow.background = read_flag(tag.attr("background"), context_) || tag.has("until");
    flow.bounds = bounds(tag);
    if (!flow.background && what.packets == 0)
        context_.mistake(tag.where(),
                         "a flow needs \"packets\", \"until\" or \"background\", or it never ends");
    if (flow.background && flow.until.empty() && what.name.empty())
        context_.mistake(tag.where(),
                         "a flow in the background needs a name (\"as\") so that <end-flow> can end it");
    return flow;
}

model::EndFlow StepReader::end_flow(const Tag& tag) {
    only(tag, with_bounds({"flow"}));
    tag.required("flow", *context_.mistakes);
    return {scope_.earlier(tag.attr("flow")), bounds(tag)};
}

} // namespace script
