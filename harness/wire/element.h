#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wire {

/// One registry: 156 ⇄ "timestamp-mismatch". Both columns are unique; sorted by number.
struct Names {
    struct Entry {
        std::uint64_t number;
        std::string_view name;
    };
    std::vector<Entry> entries;
    std::optional<std::string_view> name_of(std::uint64_t) const;
    std::optional<std::uint64_t> number_of(std::string_view) const;
};

/// The value of one field. A string stands for text fields (NAI), and, in an Element that is to be built, for
/// any field whose value is still text ("timestamp-mismatch", "0x1234", "2001:db8::1", "c0ffee").
using Scalar = std::variant<std::uint64_t, base::Ip6, base::Ip4, base::Mac, base::Bytes, std::string>;

enum class FieldType { number, bit, ip6, ip4, mac, octets, text };

/// What the vocabulary knows of one attribute.
struct FieldKind {
    std::string name;
    FieldType type = FieldType::number;
    unsigned bits = 0;            ///< of a number; 0 for the others
    const Names* names = nullptr; ///< symbolic values, if there is a registry
    /// Lengths, checksums, next headers, option types: right by themselves. Absent from a described packet
    /// that is right; written into a packet to be built it is a lie, told before the checksum is computed.
    bool derived = false;
    std::string unit; ///< "4s" for binding lifetimes, "s", "ms"; empty for plain numbers;
                      ///< "48.16" and "32.32" are seconds in fixed point since 1970 and since 1900
};

/// What the vocabulary knows of one element: a layer of a packet, a message or an option.
struct ElementKind {
    std::string name;
    std::vector<FieldKind> fields;
    std::vector<std::string> children; ///< names of the options it may hold
    bool is_layer = false;             ///< may stand directly in a packet
    const FieldKind* field(std::string_view name) const;
};

struct Attribute {
    std::string name;
    Scalar value;
    const FieldKind* kind = nullptr; ///< null while the element is only text
    std::size_t offset = 0;          ///< of its first octet, from the start of the frame; 0 when built
};

/// A packet, a layer or an option in suite vocabulary. This is what scripts write, the judge compares and
/// people read; peers use the typed values of packet.h instead.
struct Element {
    std::string name;
    std::vector<Attribute> attributes;
    std::vector<Element> children;
    std::size_t offset = 0, size = 0; ///< octets of the frame that it covers; 0 when built

    const Attribute* attribute(std::string_view name) const;
    const Element* child(std::string_view name) const;
};

/// Every element that any packet can contain, sorted by name. The same object for the whole life of the
/// process.
const std::vector<ElementKind>& vocabulary();
const ElementKind* find_kind(std::string_view name);

/// Interprets text as a value of that field: symbolic names, decimal and 0x numbers, addresses, hexadecimal
/// octets. Numbers that do not fit the field's bits, and leftovers behind a value, give nullopt.
std::optional<Scalar> parse_scalar(const FieldKind&, std::string_view text);

/// The value as a suite would write it (symbolic if there is a name for it). `kind` may be null.
std::string text(const Scalar&, const FieldKind* kind);

/// One line of XML-like suite vocabulary: <pbu sequence="1"><timestamp value="…"/></pbu>. Pasted into a suite
/// it is a step's packet.
std::string text(const Element&);

} // namespace wire
