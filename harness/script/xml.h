#pragma once

#include "harness/model/where.h"
#include "harness/script/mistakes.h"
#include "harness/script/source.h"

#include <pugixml.hpp>

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace script {

/// A well-formed XML file with the place of everything in it. pugixml is lenient; what XML forbids is a
/// mistake here: NUL and other control characters, invalid UTF-8, duplicate attributes, several roots, text
/// beside the root, undefined entities, `<` in attributes. A DOCTYPE is refused, so are more than 4 MiB and
/// 64 levels.
class Document {
public:
    Document(Text text, Mistakes& mistakes);
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// Null if the file could not be read; the mistakes say why.
    pugi::xml_node root() const { return root_; }
    const std::string& name() const { return *name_; }

    model::Where start() const { return at(0); }
    model::Where at(pugi::xml_node node) const;
    /// Of the attribute's name.
    model::Where at(pugi::xml_attribute attribute) const;
    /// Of an octet of the attribute's value, as it reads after entities are replaced.
    model::Where inside(pugi::xml_attribute attribute, std::size_t offset) const;

private:
    model::Where at(std::size_t offset) const;
    std::size_t offset(const char* place) const { return static_cast<std::size_t>(place - buffer_.data()); }
    std::size_t raw_offset(pugi::xml_attribute attribute, std::size_t offset) const;
    std::string_view raw_value(pugi::xml_attribute attribute) const;
    bool readable(Mistakes& mistakes);
    bool shallow(Mistakes& mistakes) const;
    pugi::xml_node only_root(Mistakes& mistakes) const;
    void check(pugi::xml_node node, Mistakes& mistakes) const;
    void check_attributes(pugi::xml_node node, Mistakes& mistakes) const;
    void check_entities(std::string_view raw, std::size_t begin, Mistakes& mistakes) const;

    std::shared_ptr<const std::string> name_;
    std::string source_;                 ///< as written: line and column count here
    std::string buffer_;                 ///< pugixml works in place: names and values keep their offsets
    std::vector<std::size_t> continued_; ///< offsets of octets that continue a character
    std::vector<std::size_t> lines_;     ///< offsets at which lines begin
    pugi::xml_document document_;
    pugi::xml_node root_;
};

class Tag;

/// What `vary` binds while one variation of a case is read.
struct Variables {
    std::map<std::string, std::string, std::less<>> values;
    std::map<std::string, pugi::xml_node, std::less<>> fragments; ///< the chosen <as>
};

/// An attribute with its variables replaced.
struct Attr {
    std::string name, value;
    const Document* document = nullptr;
    pugi::xml_attribute source;
    bool substituted = false;

    /// Place of the name.
    model::Where where() const { return document->at(source); }
    /// Place of an octet of the value; of the whole value where variables moved the octets.
    model::Where at(std::size_t offset = 0) const;
};

/// An element of a file as the loaders see it: variables of the case are replaced in attributes, and
/// fragments stand in for their <use fragment="…"/>. Cheap to copy; document and variables outlive it.
class Tag {
public:
    Tag() = default;
    Tag(const Document& document, pugi::xml_node node, const Variables* variables = nullptr)
        : document_(&document), node_(node), variables_(variables) {}

    explicit operator bool() const { return static_cast<bool>(node_); }
    std::string name() const { return node_.name(); }
    model::Where where() const { return document_ ? document_->at(node_) : model::Where{}; }
    pugi::xml_node node() const { return node_; }
    const Document* document() const { return document_; }
    const Variables* variables() const { return variables_; }
    Tag with(const Variables* variables) const { return {*document_, node_, variables}; }

    std::optional<Attr> attr(std::string_view name) const;
    std::vector<Attr> attrs() const;
    /// The value of an attribute; `otherwise` if there is none.
    std::string value(std::string_view name, std::string_view otherwise = {}) const;
    /// Parts of the value between white space.
    std::vector<std::string> words(std::string_view name) const;
    bool has(std::string_view name) const { return static_cast<bool>(find(name)); }
    /// Child elements in order, fragments spliced in.
    std::vector<Tag> children() const;
    Tag child(std::string_view name) const;
    /// Text inside, white space folded.
    std::string text() const;

    /// Attributes outside the list are mistakes.
    void only(std::initializer_list<std::string_view> allowed, Mistakes& mistakes) const;
    void only(const std::vector<std::string>& allowed, Mistakes& mistakes) const;
    /// The attribute's value, or a mistake.
    std::string required(std::string_view name, Mistakes& mistakes) const;

private:
    pugi::xml_attribute find(std::string_view name) const;
    Attr read(pugi::xml_attribute attribute) const;
    template <class Words>
    void only_of(const Words& allowed, Mistakes& mistakes) const;

    const Document* document_ = nullptr;
    pugi::xml_node node_;
    const Variables* variables_ = nullptr;
};

} // namespace script
