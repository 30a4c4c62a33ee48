#pragma once

#include "harness/wire/chain.h"
#include "harness/wire/packet.h"

namespace wire {

/// Writes messages into octets, following their descriptions: pads, aligns, and makes every Derived field
/// right that has no value of its own.
class Encoder final : public Visitor {
public:
    /// One call of a description, in its order: where the field came to lie. Scopes are options and layers.
    struct Mark {
        enum class What { field, open, close } what = What::field;
        std::string_view name;
        std::size_t offset = 0, size = 0; ///< octets; of an open one the whole scope
        unsigned bit = 0;                 ///< where a field begins in the first of them
    };

    /// `marks` may be null: nobody wants to know the places then.
    Encoder(const Packet&, const Profile&, std::vector<Mark>* marks);
    base::Bytes take() { return std::move(out_); }

private:
    struct Patch {
        std::size_t layer = 0, offset = 0; ///< in octets, except that `bits` may begin in the middle of one
        unsigned bit = 0, bits = 0;
        Right right;
    };

    void on_number(const Field&, std::uint64_t&, unsigned bits) override;
    void on_bit(const Field&, bool&) override;
    void on_reserved(const Field&, std::uint64_t&, unsigned bits) override;
    void on_derived(const Field&, Derived&, unsigned bits, const Right&) override;
    void on_address(const Field&, std::span<std::uint8_t>, FieldType) override;
    void on_octets(const Field&, base::Bytes&, std::size_t size) override;
    void on_text(const Field&, std::string&) override;
    void on_trailer(const Field&, base::Bytes&) override;
    void on_end(const Field&, bool&) override;
    void on_option_type(const Field&, std::uint64_t&, unsigned bits) override;
    void on_message_type(const Field&, std::uint64_t&, const Names&) override;
    void on_options(Family, OptionList&, bool* unpadded) override;
    void on_nested(std::vector<Dhcpv6Any>&, base::Bytes&) override;

    void option(Family, const Shape&, void* object);
    void close_option(Family, const Shape&, const HeaderFields&, std::size_t start, std::size_t from);
    void pad(Alignment);
    void put(std::uint64_t value, unsigned bits);
    void patch(const Patch&, std::uint64_t value);
    void finish();
    void mark(const Field&, std::size_t offset, std::size_t size);
    std::size_t open(std::string_view name);
    void close(std::size_t opened);

    const Packet& packet_;
    base::Bytes out_;
    unsigned bit_ = 0;      ///< bits of the last octet already written
    std::size_t layer_ = 0; ///< being written
    std::vector<std::size_t> starts_, header_ends_, ends_;
    std::vector<const base::Bytes*> trailers_;
    std::vector<Patch> patches_;
    std::uint64_t option_type_ = 0;
    std::vector<Mark>* marks_;
};

/// Marks as places with paths.
std::vector<Placed> places_of(const std::vector<Encoder::Mark>&);

} // namespace wire
