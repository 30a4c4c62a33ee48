#include "harness/script/xml.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace script {
namespace {

constexpr std::size_t most_octets = 4u << 20;
constexpr unsigned deepest_element = 64;
constexpr std::size_t most_attributes = 200;

/// True if each of the eight octets is a printable character of ASCII. All are looked at in one word: most of
/// a file is such text, and each of its octets alone would take longer than reading what it says.
bool are_plain(const char* eight) {
    constexpr std::uint64_t each = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, eight, sizeof word);
    // The top bit of an octet is set by a value from 0x80, by one below 0x20, and by 0x7f.
    return ((word | (word - each * 0x20) | ((word ^ each * 0x7f) - each)) & each * 0x80) == 0;
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
    if (!readable(mistakes))
        return;
    buffer_ = source_;
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

/// Notes on the way where lines begin and characters go on: up to a mistake, which then has its place.
bool Document::readable(Mistakes& mistakes) {
    lines_.push_back(0);
    if (source_.size() > most_octets) {
        mistakes.add(at(std::size_t{0}),
                     fmt::format("the file has {} octets, at most {} are read", source_.size(), most_octets));
        return false;
    }
    for (std::size_t i = 0; i < source_.size();) {
        if (source_.size() - i >= 8 && are_plain(source_.data() + i)) {
            i += 8;
            continue;
        }
        const auto c = static_cast<unsigned char>(source_[i]);
        if (c == '\n')
            lines_.push_back(i + 1);
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
        for (std::size_t more = 1; more < length; ++more)
            continued_.push_back(i + more);
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
        std::size_t attributes = 0;
        for (auto one = node.first_attribute(); one; one = one.next_attribute())
            ++attributes;
        if (attributes > most_attributes) {
            mistakes.add(at(node), fmt::format("an element has more than {} attributes", most_attributes));
            return false;
        }
        if (const auto child = node.first_child()) {
            node = child;
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

void Document::check_attributes(pugi::xml_node node, Mistakes& mistakes) const {
    std::vector<std::string_view> names; // few: searched from the front
    for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
        const std::string_view name = attribute.name();
        if (std::find(names.begin(), names.end(), name) != names.end())
            mistakes.add(at(attribute), fmt::format("attribute {} is written twice", quoted(name)));
        if (names.empty())
            names.reserve(8);
        names.push_back(name);
        const std::string_view raw = raw_value(attribute);
        const std::size_t begin = offset(attribute.value());
        if (const auto less = raw.find('<'); less != std::string_view::npos)
            mistakes.add(at(begin + less), "a \"<\" in an attribute is written &lt;");
        check_entities(raw, begin, mistakes);
    }
}

void Document::check(pugi::xml_node node, Mistakes& mistakes) const {
    check_attributes(node, mistakes);
    for (auto child = node.first_child(); child; child = child.next_sibling()) {
        const auto type = child.type();
        if (type == pugi::node_element) {
            check(child, mistakes);
        } else if (type == pugi::node_pcdata) {
            const std::size_t begin = offset(child.value());
            const std::size_t end = std::min(source_.find('<', begin), source_.size());
            check_entities(std::string_view(source_).substr(begin, end - begin), begin, mistakes);
        } else if (type == pugi::node_comment && std::strstr(child.value(), "--")) {
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

} // namespace script
