#include "harness/base/text.h"
#include "harness/script/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

// Elements and attributes as the loaders see them.

namespace script {

model::Where Attr::at(std::size_t offset) const {
    return document->inside(source, substituted ? 0 : offset);
}

namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Replaces ${name} where the name is a variable; everything else stays.
bool substitute(std::string& text, const Variables& variables) {
    bool changed = false;
    for (std::size_t i = text.find("${"); i != std::string::npos; i = text.find("${", i)) {
        std::size_t end = i + 2;
        while (end < text.size() && is_name_character(text[end]))
            ++end;
        const auto found = variables.values.find(std::string_view(text).substr(i + 2, end - i - 2));
        if (end < text.size() && text[end] == '}' && found != variables.values.end()) {
            text.replace(i, end + 1 - i, found->second);
            i += found->second.size();
            changed = true;
        } else {
            i += 2;
        }
    }
    return changed;
}

} // namespace

pugi::xml_attribute Tag::find(std::string_view name) const {
    auto found = node_.first_attribute();
    while (found && found.name() != name)
        found = found.next_attribute();
    return found;
}

Attr Tag::read(pugi::xml_attribute attribute) const {
    Attr out{attribute.name(), attribute.value(), document_, attribute, false};
    if (variables_)
        out.substituted = substitute(out.value, *variables_);
    return out;
}

std::optional<Attr> Tag::attr(std::string_view name) const {
    const auto found = find(name);
    return found ? std::optional<Attr>(read(found)) : std::nullopt;
}

std::vector<Attr> Tag::attrs() const {
    std::vector<Attr> all;
    for (auto one = node_.first_attribute(); one; one = one.next_attribute())
        if (find(one.name()) == one) // the first of its name
            all.push_back(read(one));
    return all;
}

std::string Tag::value(std::string_view name, std::string_view otherwise) const {
    const auto found = find(name);
    if (!found)
        return std::string(otherwise);
    std::string value = found.value();
    if (variables_)
        substitute(value, *variables_);
    return value;
}

std::vector<std::string> Tag::words(std::string_view name) const {
    return base::split(value(name));
}

std::vector<Tag> Tag::children() const {
    std::vector<Tag> all;
    for (auto child = node_.first_child(); child; child = child.next_sibling()) {
        if (child.type() != pugi::node_element)
            continue;
        const auto fragment = variables_ && std::strcmp(child.name(), "use") == 0
                                  ? child.attribute("fragment")
                                  : pugi::xml_attribute{};
        if (fragment) {
            const auto found = variables_->fragments.find(std::string_view(fragment.value()));
            if (found != variables_->fragments.end()) {
                for (const auto& part : Tag(*document_, found->second, variables_).children())
                    all.push_back(part);
                continue;
            }
        }
        all.emplace_back(*document_, child, variables_);
    }
    return all;
}

Tag Tag::child(std::string_view name) const {
    for (const auto& child : children())
        if (child.node_.name() == name)
            return child;
    return {};
}

std::string Tag::text() const {
    std::string all;
    for (auto child = node_.first_child(); child; child = child.next_sibling())
        if (const auto type = child.type(); type == pugi::node_pcdata || type == pugi::node_cdata) {
            const std::string_view part = child.value();
            all.reserve(all.size() + part.size() + 1);
            (all += part) += ' ';
        }
    if (variables_)
        substitute(all, *variables_);
    // Words between single spaces, in place: requirements alone have thousands of them.
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    char* end = all.data();
    for (const char *from = all.data(), *last = from + all.size(); from != last;) {
        if (is_space(*from)) {
            ++from;
            continue;
        }
        if (end != all.data())
            *end++ = ' ';
        while (from != last && !is_space(*from))
            *end++ = *from++;
    }
    all.resize(static_cast<std::size_t>(end - all.data()));
    return all;
}

template <class Words>
void Tag::only_of(const Words& allowed, Mistakes& mistakes) const {
    for (auto one = node_.first_attribute(); one; one = one.next_attribute()) {
        const std::string_view name = one.name();
        if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
            mistakes.add(
                document_->at(one),
                fmt::format("{} has no attribute {}{}", quoted(node_.name()), quoted(name),
                            did_you_mean(name, std::vector<std::string>(allowed.begin(), allowed.end()))));
    }
}

void Tag::only(std::initializer_list<std::string_view> allowed, Mistakes& mistakes) const {
    only_of(allowed, mistakes);
}

void Tag::only(const std::vector<std::string>& allowed, Mistakes& mistakes) const {
    only_of(allowed, mistakes);
}

std::string Tag::required(std::string_view name, Mistakes& mistakes) const {
    if (!find(name))
        mistakes.add(where(), fmt::format("{} needs an attribute {}", quoted(node_.name()), quoted(name)));
    return value(name);
}

} // namespace script
