#include "harness/script/steps.h"

#include "harness/base/text.h"
#include "harness/script/value.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

const model::PacketSpec* packet_of(const model::Step& step) {
    if (const auto* send = std::get_if<model::Send>(&step.what))
        return send->packet.again.empty() ? &send->packet : nullptr;
    if (const auto* expect = std::get_if<model::Expect>(&step.what))
        return &expect->packet;
    return nullptr;
}

/// In what is sent, an option that is absent is simply left out.
void leave_out_absent(model::ElementSpec& element) {
    std::erase_if(element.children, [](const auto& child) { return child.absent; });
    for (auto& child : element.children)
        leave_out_absent(child);
}

bool writes_addresses(const model::PacketSpec& packet) {
    return std::any_of(packet.layers.begin(), packet.layers.end(),
                       [](const auto& layer) { return layer.kind == "ipv6" || layer.kind == "ethernet"; });
}

} // namespace

const std::vector<std::string>& step_kinds() {
    static const std::vector<std::string> all{
        "send",   "answer", "expect", "never",    "any-order", "either", "optional", "record",
        "repeat", "attach", "detach", "move",     "tell",      "stop",   "start",    "restart",
        "clock",  "impair", "flow",   "end-flow", "phase",     "state",  "wait"};
    return all;
}

void collect_names(const Tag& tag, const Context& context, std::set<std::string>& names) {
    static const std::set<std::string> blocks{"any-order", "either", "optional", "repeat",
                                              "phase",     "branch", "given",    "finally"};
    for (const auto& child : tag.children()) {
        const std::string name = child.name();
        const auto& kinds = step_kinds();
        const bool step = std::find(kinds.begin(), kinds.end(), name) != kinds.end();
        if ((!step && !blocks.count(name)) || !condition(child, context).holds)
            continue;
        if (const auto as = child.attr("as"))
            names.insert(as->value);
        if (name == "record" && child.has("name"))
            names.insert(child.value("name"));
        if (blocks.count(name))
            collect_names(child, context, names);
    }
}

model::Steps StepReader::read(const std::vector<Tag>& tags) {
    model::Steps steps;
    for (const auto& tag : tags) {
        const Condition when = condition(tag, context_);
        if (!when.holds)
            continue;
        model::Step step;
        step.when = when.later;
        step.where = tag.where();
        step.as = tag.value("as");
        step.by = scope_.duty(tag.attr("by"));
        step.proves = read_proofs(tag.attr("proves"), context_);
        if (!one(tag, step))
            continue;
        scope_.define(step.as, packet_of(step), step.where);
        steps.push_back(std::move(step));
    }
    return steps;
}

bool StepReader::one(const Tag& tag, model::Step& step) {
    if (packet_step(tag, step) || block_step(tag, step) || world_step(tag, step))
        return true;
    const std::string name = tag.name();
    if (name == "use")
        context_.mistake(tag.where(), fmt::format("there is no fragment {}", quoted(tag.value("fragment"))));
    else
        context_.mistake(tag.where(),
                         fmt::format("unknown step {}{}", quoted(name), did_you_mean(name, step_kinds())));
    return false;
}

bool StepReader::packet_step(const Tag& tag, model::Step& step) {
    const std::string name = tag.name();
    if (name == "send")
        step.what = send(tag);
    else if (name == "answer")
        step.what = answer(tag);
    else if (name == "expect")
        step.what = expect(tag);
    else if (name == "never")
        step.what = never(tag);
    else
        return false;
    return true;
}

void StepReader::only(const Tag& tag, std::vector<std::string> allowed) const {
    allowed.insert(allowed.end(), {"as", "by", "proves", "when"});
    tag.only(allowed, *context_.mistakes);
}

model::Ends StepReader::ends(const Tag& tag) const {
    return {scope_.nodes(tag.attr("from"), true), scope_.nodes(tag.attr("to"), true),
            scope_.link(tag.attr("on"))};
}

PacketPlace StepReader::place(const std::string& self, bool edits) const {
    std::string by_default;
    if (const auto& all = scope_.identities(); !all.empty())
        by_default = std::find(all.begin(), all.end(), "mn1") != all.end() ? "mn1" : all.front();
    return {self.empty() ? by_default : self, &scope_.identities(), edits};
}

/// The packet that a step waits for.
model::PacketSpec StepReader::matched(const Tag& tag, std::string& about) const {
    auto [packet, named] = packets_.read(tag.children(), place(about, false), about);
    about = named;
    scope_.check(packet, {.matched = true}, tag.where());
    return packet;
}

model::PacketSpec StepReader::sent(const Tag& tag, const std::string& self, Scope::Allowed allowed) const {
    auto packet = packets_.read(tag.children(), place(self, true)).packet;
    std::erase_if(packet.layers, [](const auto& layer) { return layer.absent; });
    for (auto& layer : packet.layers)
        leave_out_absent(layer);
    scope_.check(packet, allowed, tag.where());
    scope_.check_sendable(packet);
    return packet;
}

model::Send StepReader::send(const Tag& tag) {
    only(tag, {"from", "to", "port", "again"});
    model::Send send;
    tag.required("from", *context_.mistakes);
    send.ends = ends(tag);
    send.port = tag.value("port");
    send.packet = sent(tag, {}, {});
    send.packet.again = scope_.earlier(tag.attr("again"));
    if (!send.packet.again.empty() && !send.packet.layers.empty())
        context_.mistake(tag.where(), "\"again\" sends a captured packet: only edits may stand inside");
    if (send.packet.again.empty() && send.packet.layers.empty() && tag.children().empty())
        context_.mistake(tag.where(), "\"send\" needs a packet inside, or \"again\"");
    if (send.ends.to.empty() && send.packet.again.empty() && !send.packet.layers.empty() &&
        !writes_addresses(send.packet))
        context_.mistake(tag.where(), "\"send\" needs \"to\", or an ipv6 layer with a destination");
    for (const auto& from : send.ends.from) {
        const auto* node = scope_.topology().node(from);
        if (node && node->player != model::Player::tester)
            context_.mistake(tag.attr("from")->at(),
                             fmt::format("{} is played by the {}: only the tester's nodes send", from,
                                         model::name(node->player)));
        if (node && !send.port.empty() && !node->port(send.port))
            context_.mistake(tag.attr("port")->at(),
                             fmt::format("{} has no port {}", from, quoted(send.port)));
    }
    return send;
}

model::Answer StepReader::answer(const Tag& tag) {
    only(tag, {"from", "to", "on", "until", "count", "for"});
    model::Answer answer;
    answer.ends = ends(tag);
    answer.until = scope_.later(tag.attr("until"));
    answer.count = read_number(tag.attr("count"), context_);
    std::string about = scope_.identity(tag.attr("for"));
    for (const auto& part : tag.children()) {
        if (part.name() == "match") {
            part.only({}, *context_.mistakes);
            answer.to_what = packets_.read(part.children(), place(about, false), about).packet;
            scope_.check(answer.to_what, {.matched = true, .later = true}, part.where());
        } else if (part.name() == "reply") {
            part.only({}, *context_.mistakes);
            answer.reply = sent(part, about, {.matched = true, .later = true});
        } else {
            context_.mistake(
                part.where(),
                fmt::format("unknown element {} in an answer{}", quoted(part.name()),
                            did_you_mean(part.name(), std::vector<std::string>{"match", "reply"})));
        }
    }
    if (!tag.child("match") || !tag.child("reply"))
        context_.mistake(tag.where(), "\"answer\" needs a <match> and a <reply> inside");
    return answer;
}

std::optional<model::Bound> StepReader::bound(const Tag& tag, const std::string& name) const {
    const auto time = read_duration(tag.attr(name), context_);
    if (!time)
        return std::nullopt;
    return model::Bound{*time, read_proofs(tag.attr(name + ".proves"), context_)};
}

/// count="exactly 2", "at least 1", "at most 3", "2..5" or just "2".
void StepReader::counts(const Tag& tag, model::Expect& expect) const {
    expect.in = read_duration(tag.attr("in"), context_);
    expect.per_second = read_number(tag.attr("per-second"), context_);
    expect.burst = read_number(tag.attr("burst"), context_);
    const auto count = tag.attr("count");
    if (!count)
        return;
    const std::string& text = count->value;
    const auto number = [](std::string_view digits) { return base::parse_number(base::trim(digits)); };
    const std::size_t dots = text.find("..");
    if (text.starts_with("exactly "))
        expect.exactly = number(text.substr(8));
    else if (text.starts_with("at least "))
        expect.at_least = number(text.substr(9));
    else if (text.starts_with("at most "))
        expect.at_most = number(text.substr(8));
    else if (dots != std::string::npos && number(text.substr(0, dots)) && number(text.substr(dots + 2))) {
        expect.at_least = number(text.substr(0, dots));
        expect.at_most = number(text.substr(dots + 2));
    } else
        expect.exactly = number(text);
    if (!expect.exactly && !expect.at_least && !expect.at_most)
        context_.mistake(
            count->at(),
            fmt::format("{} is no count: write \"exactly 2\", \"at least 2\", \"at most 2\" or 2..5",
                        quoted(text)));
}

model::Expect StepReader::expect(const Tag& tag) {
    only(tag, {"from", "to", "on", "within", "within.proves", "after", "after.proves", "since", "for",
               "answers", "count", "in", "per-second", "burst"});
    model::Expect expect;
    expect.ends = ends(tag);
    expect.within = bound(tag, "within");
    expect.not_before = bound(tag, "after");
    if (expect.within && expect.not_before && expect.within->time < expect.not_before->time)
        context_.mistake(tag.attr("within")->at(), "\"within\" ends before \"after\" begins");
    expect.since = scope_.earlier(tag.attr("since"));
    expect.answers = scope_.earlier(tag.attr("answers"));
    expect.about = scope_.identity(tag.attr("for"));
    counts(tag, expect);
    expect.packet = matched(tag, expect.about);
    if (tag.children().empty())
        context_.mistake(tag.where(), "\"expect\" needs a packet inside");
    return expect;
}

model::Never StepReader::never(const Tag& tag) {
    only(tag, {"from", "to", "on", "for", "until", "about", "answers", "since"});
    model::Never never;
    never.ends = ends(tag);
    never.about = scope_.identity(tag.attr("about"));
    never.answers = scope_.earlier(tag.attr("answers"));
    never.since = scope_.earlier(tag.attr("since"));
    never.until = scope_.later(tag.attr("until"));
    never.quiet = tag.value("for") == "quiet";
    if (!never.quiet)
        never.for_time = read_duration(tag.attr("for"), context_);
    if (tag.has("for") == tag.has("until"))
        context_.mistake(tag.where(), "\"never\" holds either \"for\" a time or \"until\" a step");
    never.packet = matched(tag, never.about);
    if (tag.children().empty())
        context_.mistake(tag.where(), "\"never\" needs a packet inside");
    return never;
}

model::Value StepReader::checked_value(const Attr& attr, Scope::Allowed allowed) const {
    model::Value value = read_value(attr, context_);
    scope_.check(value, allowed);
    return value;
}

} // namespace script
