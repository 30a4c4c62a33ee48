#pragma once

#include "harness/base/bytes.h"
#include "harness/wire/element.h"
#include "harness/wire/packet.h"
#include "harness/wire/profile.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wire {

/// What packets of one layout have in common: every octet but those of values that decide nothing for the
/// decoder. Octets that fit the layout of a faultless packet decode into the same layers and options as that
/// packet did, without a fault, and differ from it in these values alone. Telling so takes a few nanoseconds
/// and no memory, where decoding takes a microsecond.
class Layout {
public:
    /// A value that may differ.
    struct Value {
        std::string_view element, name; ///< "binding-update", "sequence"
        FieldType type = FieldType::number;
        std::size_t offset = 0, size = 0; ///< octets
        std::uint8_t first = 0xff;        ///< bits of the first octet that belong to it
    };

    /// nullopt for a packet with faults, built by hand, or with headers that lay themselves out by values.
    static std::optional<Layout> of(const Packet& decoded, const Profile&);

    /// Same size, same octets but for the values, and a checksum that verifies. Never true of octets that the
    /// decoder finds fault with; may be false of some that it does not.
    bool fits(base::View octets) const;
    /// From now on that value has to be the same as well.
    void fix(const Value&);
    /// And those bits of one of eight octets.
    void fix(const Value&, std::uint64_t bits);

    /// That octet is no part of a value: it is the same in all that fits.
    bool is_fixed(std::size_t offset) const { return mask_[offset] == 0xff; }
    const std::vector<Value>& values() const { return values_; }
    /// The octets of the packet that it is of.
    base::View pattern() const { return base::View(pattern_).first(size_); }
    /// Offset of the innermost IPv6 header.
    std::size_t inner_ip() const { return inner_ip_; }

private:
    bool is_like(base::View octets) const;

    /// Set bits of the mask: those that have to be as in the pattern. Both are longer than the packet by the
    /// widest lane.
    base::Bytes pattern_, mask_;
    std::vector<Value> values_;
    std::size_t size_ = 0, inner_ip_ = 0, covered_ = 0, checksum_ = 0; ///< checksum_ is 0 where there is none
    std::uint8_t protocol_ = 0;
    std::uint32_t pseudo_sum_ = 0; ///< length and protocol, in words of this machine's order
};

} // namespace wire
