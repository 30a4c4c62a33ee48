#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/element.h"
#include "harness/wire/field.h"
#include "harness/wire/profile.h"

#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace wire {

struct Dhcpv6Any;

/// What a description says of one field: its attribute name in suites, its registry and its unit.
struct Field {
    std::string_view name;
    const Names* names = nullptr;
    std::string_view unit = {};
};

/// How the right value of a Derived field comes about.
struct Right {
    enum class Role { fixed, header_length, total_length, rest_length, checksum, next_header };
    enum class Sum { none, mobility, icmp6, udp, ipv4 };
    Role role = Role::fixed;
    std::uint32_t value = 0;          ///< of a fixed one
    std::uint32_t unit = 1, plus = 0; ///< size of the header or packet = field · unit + plus
    Sum sum = Sum::none;
    const base::Bytes* rest = nullptr; ///< the octets that a rest_length counts
};

/// The families of options differ in their header, in what their length counts and in padding.
enum class Family { mobility, ipv6, nd, context, dhcpv6, dhcpv4, radius };

/// The Derived fields of an option's header; `pad` is null outside context options.
struct HeaderFields {
    Derived* type = nullptr;
    Derived* length = nullptr;
    Derived* pad = nullptr;
};

/// One alternative of a variant of options.
struct Shape {
    enum class Form { known, unknown, foreign, raw, pad1, padn };
    const Kind* kind = nullptr;
    Form form = Form::known;
    HeaderFields (*header)(void* option) = nullptr;
    void (*describe)(void* option, Visitor&) = nullptr;
};

/// The number by which a list or header selects the kind under that profile.
inline std::uint16_t code_point(const Kind& kind, const Profile& profile) {
    return kind.code_point ? profile.*kind.code_point : kind.type;
}

/// A vector of some variant of options, without its type.
class OptionList {
public:
    virtual ~OptionList() = default;
    virtual std::span<const Shape> shapes() const = 0;
    virtual std::size_t size() const = 0;
    virtual std::size_t shape_of(std::size_t option) const = 0;
    virtual void* at(std::size_t option) = 0;
    virtual void* append(std::size_t shape) = 0;
    virtual void shrink(std::size_t size) = 0;
};

/// Whoever wants to do something with every field of a message: decoder, encoder, describer, builder,
/// catalogue. Each message and option describes itself to this class, in the order of the wire, once for all
/// of them.
class Visitor {
public:
    explicit Visitor(const Profile& profile) : profile_(profile) {}
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;
    virtual ~Visitor() = default;

    const Profile& profile() const { return profile_; }
    bool under(Profile::Dialect dialect) const { return profile_.dialect == dialect; }

    template <std::unsigned_integral N>
    void number(const Field& field, N& value, unsigned bits = 8 * sizeof(N)) {
        std::uint64_t wide = value;
        on_number(field, wide, bits);
        if (wide != value)
            value = static_cast<N>(wide);
    }
    void bit(std::string_view name, bool& value) { on_bit({name}, value); }
    /// Bits that have to be zero; what is there is kept.
    template <std::unsigned_integral N>
    void reserved(std::string_view name, N& value, unsigned bits = 8 * sizeof(N)) {
        std::uint64_t wide = value;
        on_reserved({name}, wide, bits);
        if (wide != value)
            value = static_cast<N>(wide);
    }
    void fixed(std::string_view name, Derived& value, unsigned bits, std::uint32_t right) {
        on_derived({name}, value, bits, {.value = right});
    }
    /// Length of this header: field · unit + plus octets.
    void header_length(std::string_view name, Derived& value, unsigned bits, unsigned unit, unsigned plus) {
        on_derived({name}, value, bits, {.role = Right::Role::header_length, .unit = unit, .plus = plus});
    }
    /// Length of this header and all that it carries: field + plus octets.
    void total_length(std::string_view name, Derived& value, unsigned bits, unsigned plus) {
        on_derived({name}, value, bits, {.role = Right::Role::total_length, .plus = plus});
    }
    /// Length of `rest`, the octets at the end of the option, which begin `gap` octets behind this field.
    void rest_length(std::string_view name, Derived& value, unsigned bits, const base::Bytes& rest,
                     unsigned gap) {
        on_derived({name}, value, bits, {.role = Right::Role::rest_length, .plus = gap, .rest = &rest});
    }
    void checksum(Derived& value, Right::Sum sum) {
        on_derived({"checksum"}, value, 16, {.role = Right::Role::checksum, .sum = sum});
    }
    void next_header(std::string_view name, Derived& value, unsigned bits = 8) {
        on_derived({name}, value, bits, {.role = Right::Role::next_header});
    }
    void address(std::string_view name, base::Ip6& value) {
        on_address({name}, value.octets, FieldType::ip6);
    }
    void address(std::string_view name, base::Ip4& value) {
        on_address({name}, value.octets, FieldType::ip4);
    }
    void address(std::string_view name, base::Mac& value) {
        on_address({name}, value.octets, FieldType::mac);
    }
    /// All octets up to the end of the option or message.
    void rest(std::string_view name, base::Bytes& value) { on_octets({name}, value, 0); }
    void rest(std::string_view name, std::string& value) { on_text({name}, value); }
    /// Exactly that many octets; an empty value stands for zeros.
    void octets(std::string_view name, base::Bytes& value, std::size_t size) {
        on_octets({name}, value, size);
    }
    /// Octets behind the end of what this header carries.
    void trailer(base::Bytes& value) { on_trailer({"trailer"}, value); }
    /// Not on the wire: true when the message ends here.
    void ends_here(std::string_view name, bool& value) { on_end({name}, value); }
    /// Type of an option without a kind of its own; it stands in the option's header.
    template <std::unsigned_integral N>
    void option_type(N& value) {
        std::uint64_t wide = value;
        on_option_type({"type"}, wide, 8 * sizeof(N));
        if (wide != value)
            value = static_cast<N>(wide);
    }
    /// A type that gives the element its name.
    void message_type(std::uint8_t& value, const Names& names) {
        std::uint64_t wide = value;
        on_message_type({"type"}, wide, names);
        if (wide != value)
            value = static_cast<std::uint8_t>(wide);
    }
    /// The rest of the message. `unpadded` is null in families without padding.
    template <class Option>
    void options(Family family, std::vector<Option>& options, bool* unpadded = nullptr);
    /// The rest of the option: a nested message, or octets that are none.
    void nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) { on_nested(message, data); }

protected:
    virtual void on_number(const Field&, std::uint64_t&, unsigned bits) = 0;
    virtual void on_bit(const Field&, bool&) = 0;
    virtual void on_reserved(const Field&, std::uint64_t&, unsigned bits) = 0;
    virtual void on_derived(const Field&, Derived&, unsigned bits, const Right&) = 0;
    virtual void on_address(const Field&, std::span<std::uint8_t>, FieldType) = 0;
    virtual void on_octets(const Field&, base::Bytes&, std::size_t size) = 0;
    virtual void on_text(const Field&, std::string&) = 0;
    virtual void on_trailer(const Field&, base::Bytes&) = 0;
    virtual void on_end(const Field&, bool&) = 0;
    virtual void on_option_type(const Field&, std::uint64_t&, unsigned bits) = 0;
    virtual void on_message_type(const Field&, std::uint64_t&, const Names&) = 0;
    virtual void on_options(Family, OptionList&, bool* unpadded) = 0;
    virtual void on_nested(std::vector<Dhcpv6Any>&, base::Bytes&) = 0;

private:
    const Profile& profile_;
};

namespace detail {

template <class T>
HeaderFields header_of(void* option) {
    auto& header = static_cast<T*>(option)->header;
    if constexpr (requires { header.pad_length; })
        return {&header.type, &header.length, &header.pad_length};
    else
        return {&header.type, &header.length, nullptr};
}

template <class T>
void describe(void* object, Visitor& visitor) {
    static_cast<T*>(object)->describe(visitor);
}

constexpr Shape::Form form_of(std::string_view name) {
    if (name == "pad1")
        return Shape::Form::pad1;
    if (name == "padn")
        return Shape::Form::padn;
    if (name == "raw")
        return Shape::Form::raw;
    return name == "foreign-nd-option" ? Shape::Form::foreign : Shape::Form::known;
}

/// The variant is the registry: one shape for each alternative, the first of which is the unknown one.
template <class... T>
std::span<const Shape> shapes_of(const std::variant<T...>*) {
    static const auto shapes = [] {
        std::array<Shape, sizeof...(T)> table{
            Shape{&T::kind, form_of(T::kind.name), &header_of<T>, &describe<T>}...};
        table[0].form = Shape::Form::unknown;
        return table;
    }();
    return shapes;
}

template <class... T>
void* emplace(std::variant<T...>& option, std::size_t shape) {
    using Emplace = void* (*)(std::variant<T...>&);
    static constexpr Emplace table[] = {
        [](std::variant<T...>& o) -> void* { return &o.template emplace<T>(); }...};
    return table[shape](option);
}

template <class... T>
void* address(std::variant<T...>& option) {
    return std::visit([](auto& alternative) -> void* { return &alternative; }, option);
}

template <class Option>
class OptionListOf final : public OptionList {
public:
    explicit OptionListOf(std::vector<Option>& options) : options_(options) {}
    std::span<const Shape> shapes() const override { return shapes_of(static_cast<const Option*>(nullptr)); }
    std::size_t size() const override { return options_.size(); }
    std::size_t shape_of(std::size_t option) const override { return options_[option].index(); }
    void* at(std::size_t option) override { return address(options_[option]); }
    void* append(std::size_t shape) override {
        if (options_.capacity() == 0)
            options_.reserve(6); // a usual binding update
        return emplace(options_.emplace_back(), shape);
    }
    void shrink(std::size_t size) override { options_.resize(size); }

private:
    std::vector<Option>& options_;
};

} // namespace detail

template <class Option>
void Visitor::options(Family family, std::vector<Option>& options, bool* unpadded) {
    detail::OptionListOf<Option> list(options);
    on_options(family, list, unpadded);
}

} // namespace wire
