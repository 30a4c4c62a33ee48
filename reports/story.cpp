#include "reports/story.h"

#include <nlohmann/json.hpp>

namespace reports {

using nlohmann::ordered_json;

namespace {

void put(ordered_json& out, const char* key, const std::string& value) {
    if (!value.empty())
        out[key] = value;
}

void put(ordered_json& out, const char* key, std::uint64_t value, std::uint64_t usual = 0) {
    if (value != usual)
        out[key] = value;
}

ordered_json step_json(const model::Story::Step& step) {
    ordered_json out{{"kind", step.kind}};
    put(out, "part", step.part);
    put(out, "name", step.name);
    put(out, "from", step.from);
    put(out, "to", step.to);
    put(out, "line", step.line);
    put(out, "column", step.column);
    put(out, "depth", step.depth);
    return out;
}

ordered_json rung_json(const model::Story::Rung& rung) {
    auto out = ordered_json::object();
    put(out, "packet", rung.packet);
    out["at_ns"] = rung.at.count();
    put(out, "link", rung.link);
    put(out, "from", rung.from);
    put(out, "to", rung.to);
    out["kind"] = rung.kind;
    put(out, "text", rung.text);
    put(out, "fate", rung.fate);
    put(out, "count", rung.count, 1);
    put(out, "size", rung.size);
    if (rung.background)
        out["background"] = true;
    return out;
}

ordered_json octets_json(const model::Story::Octets& octets) {
    auto fields = ordered_json::array();
    for (const auto& field : octets.fields)
        fields.push_back(ordered_json::array({field.path, field.offset, field.size}));
    return {{"packet", octets.packet}, {"hex", base::hex(octets.octets)}, {"fields", std::move(fields)}};
}

template <class List, class Make>
void put_list(ordered_json& out, const char* key, const List& list, Make make) {
    if (list.empty())
        return;
    auto all = ordered_json::array();
    for (const auto& one : list)
        all.push_back(make(one));
    out[key] = std::move(all);
}

// Reading back: every value may be missing or of another type.

std::string word_in(const ordered_json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

template <class T>
T count_in(const ordered_json& object, const char* key, T otherwise = {}) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<T>() : otherwise;
}

template <class Take>
void each_object(const ordered_json& object, const char* key, Take take) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_object())
                take(one);
}

model::Story::Step step_of(const ordered_json& one) {
    return {word_in(one, "part"),
            word_in(one, "kind"),
            word_in(one, "name"),
            word_in(one, "from"),
            word_in(one, "to"),
            count_in<unsigned>(one, "line"),
            count_in<unsigned>(one, "column"),
            count_in<unsigned>(one, "depth")};
}

model::Story::Rung rung_of(const ordered_json& one) {
    model::Story::Rung out;
    out.packet = count_in<std::uint64_t>(one, "packet");
    out.at = base::Duration{count_in<std::int64_t>(one, "at_ns")};
    out.link = word_in(one, "link");
    out.from = word_in(one, "from");
    out.to = word_in(one, "to");
    out.kind = word_in(one, "kind");
    out.text = word_in(one, "text");
    out.fate = word_in(one, "fate");
    out.count = count_in<std::uint64_t>(one, "count", 1);
    out.size = count_in<std::size_t>(one, "size");
    const auto background = one.find("background");
    out.background = background != one.end() && background->is_boolean() && background->get<bool>();
    return out;
}

model::Story::Octets octets_of(const ordered_json& one) {
    model::Story::Octets out;
    out.packet = count_in<std::uint64_t>(one, "packet");
    out.octets = base::parse_hex(word_in(one, "hex")).value_or(base::Bytes{});
    if (const auto fields = one.find("fields"); fields != one.end() && fields->is_array())
        for (const auto& field : *fields)
            if (field.is_array() && field.size() == 3 && field[0].is_string() &&
                field[1].is_number_integer() && field[2].is_number_integer())
                out.fields.push_back(
                    {field[0].get<std::string>(), field[1].get<std::size_t>(), field[2].get<std::size_t>()});
    return out;
}

} // namespace

ordered_json story_json(const model::Story& story) {
    auto out = ordered_json::object();
    put(out, "purpose", story.purpose);
    put(out, "says", story.says);
    put_list(out, "steps", story.steps, step_json);
    put_list(out, "nodes", story.nodes, [](const model::Story::Node& node) {
        return ordered_json{{"name", node.name}, {"role", node.role}, {"player", node.player}};
    });
    if (!story.links.empty())
        out["links"] = story.links;
    put_list(out, "rungs", story.rungs, rung_json);
    put(out, "left_out", story.left_out);
    put_list(out, "octets", story.octets, octets_json);
    return out;
}

std::shared_ptr<const model::Story> parse_story(const ordered_json& object) {
    if (!object.is_object())
        return nullptr;
    auto out = std::make_shared<model::Story>();
    out->purpose = word_in(object, "purpose");
    out->says = word_in(object, "says");
    out->left_out = count_in<std::uint64_t>(object, "left_out");
    each_object(object, "steps", [&](const auto& one) { out->steps.push_back(step_of(one)); });
    each_object(object, "nodes", [&](const auto& one) {
        out->nodes.push_back({word_in(one, "name"), word_in(one, "role"), word_in(one, "player")});
    });
    each_object(object, "rungs", [&](const auto& one) { out->rungs.push_back(rung_of(one)); });
    each_object(object, "octets", [&](const auto& one) { out->octets.push_back(octets_of(one)); });
    if (const auto links = object.find("links"); links != object.end() && links->is_object())
        for (const auto& [link, nodes] : links->items())
            if (nodes.is_array())
                for (const auto& node : nodes)
                    if (node.is_string())
                        out->links[link].push_back(node.get<std::string>());
    return out;
}

} // namespace reports
