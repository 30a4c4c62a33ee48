#include "harness/script/xml.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace script {
namespace {

constexpr std::size_t most_octets = 4u << 20;
constexpr unsigned deepest_element = 64;
constexpr std::ptrdiff_t most_attributes = 200;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Octets of the UTF-8 sequence that begins the text; 0 if it is not well formed.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xf5 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
        (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f))
        return 0;
    return length;
}

std::string sentence_of(pugi::xml_parse_status status) {
    switch (status) {
    case pugi::status_unrecognized_tag:
        return "here begins something that is no XML tag";
    case pugi::status_bad_pi:
        return "this processing instruction does not end";
    case pugi::status_bad_comment:
        return "this comment does not end";
    case pugi::status_bad_cdata:
        return "this CDATA section does not end";
    case pugi::status_bad_doctype:
        return "a DOCTYPE is not allowed";
    case pugi::status_bad_start_element:
        return "this start tag is not well formed";
    case pugi::status_bad_attribute:
        return "this attribute is not well formed";
    case pugi::status_bad_end_element:
        return "this end tag is not well formed";
    case pugi::status_end_element_mismatch:
        return "an element is not closed, or closed under another name";
    case pugi::status_out_of_memory:
        return "the file needs too much memory";
    default:
        return "the file is not well-formed XML";
    }
}

/// True if the reference between `&` and `;` is one that XML itself defines.
bool is_reference(std::string_view name) {
    if (name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos")
        return true;
    if (name.size() < 2 || name.front() != '#' || name.size() > 9)
        return false;
    const bool hexadecimal = name[1] == 'x';
    const std::string digits = (hexadecimal ? "0x" : "") + std::string(name.substr(hexadecimal ? 2 : 1));
    const auto number = base::parse_number(digits);
    return number && (*number >= 0x20 || *number == 9 || *number == 10 || *number == 13) &&
           *number <= 0x10ffff && !(*number >= 0xd800 && *number <= 0xdfff);
}

} // namespace

Document::Document(Text text, Mistakes& mistakes)
    : name_(std::make_shared<const std::string>(std::move(text.name))), source_(std::move(text.contents)) {
    lines_.push_back(0);
    for (std::size_t i = 0; i < source_.size() && i < most_octets; ++i)
        if (source_[i] == '\n')
            lines_.push_back(i + 1);
        else if ((static_cast<unsigned char>(source_[i]) & 0xc0) == 0x80)
            continued_.push_back(i);
    if (!readable(mistakes))
        return;
    buffer_.assign(source_.begin(), source_.end());
    buffer_.push_back('\0');
    constexpr unsigned flags =
        pugi::parse_default | pugi::parse_fragment | pugi::parse_doctype | pugi::parse_comments;
    const auto result =
        document_.load_buffer_inplace(buffer_.data(), source_.size(), flags, pugi::encoding_utf8);
    if (!result) {
        const auto place =
            std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)), source_.size());
        mistakes.add(at(place), sentence_of(result.status));
        return;
    }
    if (!shallow(mistakes))
        return;
    root_ = only_root(mistakes);
    if (root_)
        check(root_, mistakes);
}

pugi::xml_node Document::only_root(Mistakes& mistakes) const {
    pugi::xml_node root;
    for (const auto child : document_.children()) {
        std::string sentence;
        if (child.type() == pugi::node_doctype)
            sentence = "a DOCTYPE is not allowed";
        else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            sentence = "text stands outside the root element";
        else if (child.type() == pugi::node_element && root)
            sentence = fmt::format("a second root element {}: a file has one", quoted(child.name()));
        else if (child.type() == pugi::node_element)
            root = child;
        if (!sentence.empty()) {
            mistakes.add(at(child), std::move(sentence));
            return {};
        }
    }
    if (!root)
        mistakes.add(at(std::size_t{0}), "the file holds no element");
    return root;
}

bool Document::readable(Mistakes& mistakes) const {
    if (source_.size() > most_octets) {
        mistakes.add(at(std::size_t{0}),
                     fmt::format("the file has {} octets, at most {} are read", source_.size(), most_octets));
        return false;
    }
    for (std::size_t i = 0; i < source_.size();) {
        const auto c = static_cast<unsigned char>(source_[i]);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            mistakes.add(at(i), c == 0 ? "a NUL character is not allowed"
                                       : fmt::format("the control character 0x{:02x} is not allowed", c));
            return false;
        }
        const std::size_t length = sequence_length(std::string_view(source_).substr(i));
        if (length == 0) {
            mistakes.add(at(i), "the file is not UTF-8");
            return false;
        }
        i += length;
    }
    return true;
}

bool Document::shallow(Mistakes& mistakes) const {
    unsigned depth = 0;
    for (pugi::xml_node node = document_.first_child(); node;) {
        if (depth >= deepest_element) {
            mistakes.add(at(node), fmt::format("elements are nested more than {} deep", deepest_element));
            return false;
        }
        const auto attributes = node.attributes();
        if (std::distance(attributes.begin(), attributes.end()) > most_attributes) {
            mistakes.add(at(node), fmt::format("an element has more than {} attributes", most_attributes));
            return false;
        }
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node && !node.next_sibling()) {
            node = node.parent();
            --depth;
            if (node.type() == pugi::node_document)
                return true;
        }
        node = node.next_sibling();
    }
    return true;
}

void Document::check(pugi::xml_node node, Mistakes& mistakes) const {
    std::set<std::string_view> names;
    for (const auto attribute : node.attributes()) {
        if (!names.insert(attribute.name()).second)
            mistakes.add(at(attribute),
                         fmt::format("attribute {} is written twice", quoted(attribute.name())));
        const std::string_view raw = raw_value(attribute);
        const std::size_t begin = offset(attribute.value());
        if (const auto less = raw.find('<'); less != std::string_view::npos)
            mistakes.add(at(begin + less), "a \"<\" in an attribute is written &lt;");
        check_entities(raw, begin, mistakes);
    }
    for (const auto child : node.children()) {
        if (child.type() == pugi::node_element) {
            check(child, mistakes);
        } else if (child.type() == pugi::node_pcdata) {
            const std::size_t begin = offset(child.value());
            const std::size_t end = std::min(source_.find('<', begin), source_.size());
            check_entities(std::string_view(source_).substr(begin, end - begin), begin, mistakes);
        } else if (child.type() == pugi::node_comment && std::strstr(child.value(), "--")) {
            mistakes.add(at(child), "\"--\" inside a comment is not allowed");
        }
    }
}

void Document::check_entities(std::string_view raw, std::size_t begin, Mistakes& mistakes) const {
    for (std::size_t i = raw.find('&'); i != std::string_view::npos; i = raw.find('&', i + 1)) {
        const std::size_t end = raw.find(';', i);
        if (end == std::string_view::npos || !is_reference(raw.substr(i + 1, end - i - 1)))
            mistakes.add(at(begin + i),
                         "\"&\" begins no entity that XML defines (write &amp; for the character)");
    }
}

std::string_view Document::raw_value(pugi::xml_attribute attribute) const {
    const std::size_t begin = offset(attribute.value());
    if (begin == 0 || begin > source_.size())
        return {};
    const std::size_t end = std::min(source_.find(source_[begin - 1], begin), source_.size());
    return std::string_view(source_).substr(begin, end - begin);
}

std::size_t Document::raw_offset(pugi::xml_attribute attribute, std::size_t offset_in_value) const {
    const std::string_view raw = raw_value(attribute);
    const std::string_view value = attribute.value();
    std::size_t in_raw = 0;
    for (std::size_t in_value = 0;
         in_value < offset_in_value && in_value < value.size() && in_raw < raw.size();) {
        const std::size_t end = raw[in_raw] == '&' ? raw.find(';', in_raw) : std::string_view::npos;
        if (end != std::string_view::npos && is_reference(raw.substr(in_raw + 1, end - in_raw - 1))) {
            in_raw = end + 1;
            in_value += std::max<std::size_t>(1, sequence_length(value.substr(in_value)));
        } else {
            in_raw += raw.substr(in_raw, 2) == "\r\n" ? 2 : 1;
            ++in_value;
        }
    }
    return offset(attribute.value()) + in_raw;
}

model::Where Document::at(std::size_t place) const {
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), place);
    const std::size_t begin = *std::prev(next);
    // Columns count characters: octets that continue one are passed over.
    const auto from = std::lower_bound(continued_.begin(), continued_.end(), begin);
    const auto to = std::lower_bound(continued_.begin(), continued_.end(), place);
    const auto column = place - begin - static_cast<std::size_t>(to - from) + 1;
    return {name_, static_cast<unsigned>(next - lines_.begin()), static_cast<unsigned>(column)};
}

model::Where Document::at(pugi::xml_node node) const {
    const auto place = node.offset_debug();
    if (place < 0)
        return at(std::size_t{0});
    // pugixml points behind the "<".
    const auto begin = static_cast<std::size_t>(place);
    return at(node.type() == pugi::node_element && begin > 0 ? begin - 1 : begin);
}

model::Where Document::at(pugi::xml_attribute attribute) const {
    return at(offset(attribute.name()));
}

model::Where Document::inside(pugi::xml_attribute attribute, std::size_t offset_in_value) const {
    return at(raw_offset(attribute, offset_in_value));
}

model::Where Attr::at(std::size_t offset) const {
    return document ? document->inside(source, substituted ? 0 : offset) : where;
}

namespace {

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

std::optional<Attr> Tag::attr(std::string_view name) const {
    for (const auto attribute : node_.attributes())
        if (attribute.name() == name) {
            Attr found{attribute.name(), attribute.value(), document_->at(attribute),
                       document_,        attribute,         false};
            if (variables_)
                found.substituted = substitute(found.value, *variables_);
            return found;
        }
    return std::nullopt;
}

std::vector<Attr> Tag::attrs() const {
    std::vector<Attr> all;
    std::set<std::string_view> seen;
    for (const auto attribute : node_.attributes())
        if (seen.insert(attribute.name()).second)
            all.push_back(*attr(attribute.name()));
    return all;
}

std::string Tag::value(std::string_view name, std::string_view otherwise) const {
    const auto found = attr(name);
    return found ? found->value : std::string(otherwise);
}

std::vector<std::string> Tag::words(std::string_view name) const {
    const auto found = attr(name);
    return found ? base::split(found->value) : std::vector<std::string>{};
}

std::vector<Tag> Tag::children() const {
    std::vector<Tag> all;
    for (const auto child : node_.children()) {
        if (child.type() != pugi::node_element)
            continue;
        const auto fragment = child.attribute("fragment");
        if (variables_ && fragment && std::strcmp(child.name(), "use") == 0) {
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
    for (const auto child : node_.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            all += std::string(child.value()) + ' ';
    if (variables_)
        substitute(all, *variables_);
    // Words between single spaces, in place: requirements alone have thousands of them.
    std::size_t size = 0;
    for (const char c : all) {
        const bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!is_space)
            all[size++] = c;
        else if (size != 0 && all[size - 1] != ' ')
            all[size++] = ' ';
    }
    all.resize(size != 0 && all[size - 1] == ' ' ? size - 1 : size);
    return all;
}

void Tag::only(const std::vector<std::string>& allowed, Mistakes& mistakes) const {
    for (const auto attribute : node_.attributes()) {
        const std::string name = attribute.name();
        if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
            mistakes.add(document_->at(attribute),
                         fmt::format("{} has no attribute {}{}", quoted(node_.name()), quoted(name),
                                     did_you_mean(name, allowed)));
    }
}

std::string Tag::required(std::string_view name, Mistakes& mistakes) const {
    const auto found = attr(name);
    if (!found)
        mistakes.add(where(), fmt::format("{} needs an attribute {}", quoted(node_.name()), quoted(name)));
    return found ? found->value : std::string{};
}

} // namespace script
