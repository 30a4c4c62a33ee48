#pragma once

#include "harness/wire/chain.h"
#include "harness/wire/packet.h"

#include <array>

namespace wire {

/// Reads octets into messages, following their descriptions. Total: whatever does not fit a description
/// becomes an unknown alternative or a Payload, and a fault.
class Decoder final : public Visitor {
public:
    Decoder(base::View octets, const Profile&, Packet&);
    void frame();
    void packet();

private:
    /// What the next octets are, by the header in front of them.
    struct Next {
        enum class By { nothing, ether_type, protocol, ports } by = By::nothing;
        std::uint32_t number = 0;
        bool opaque = false; ///< a fragment: the number is right, but the octets are not a header
    };
    struct Checked { ///< a Derived field that can be judged only when the layer's extent is known
        Derived* field = nullptr;
        Right right;
        std::size_t offset = 0;
    };
    struct Scope { ///< one step of the path of a fault
        std::string_view name;
        OptionList* list = nullptr;
    };
    struct Body { ///< the option that is being read
        const Shape* shape = nullptr;
        std::size_t start = 0, from = 0, end = 0;
        std::uint32_t type = 0;
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

    void chain(Next next);
    std::size_t shape_for(const Next&);
    bool layer(std::size_t shape);
    void settle(std::size_t shape);
    bool fall_back(std::size_t shape, const Next&);
    void payload();
    void payload_behind_message();
    Next next_of(std::size_t shape, Next before);
    void settle_next_headers();
    /// The Ethernet header that carries layers[at] directly; null if something else is in between.
    Ethernet* frame_of(std::size_t at);
    void set_header_length(std::uint64_t value, const Right&);
    void set_total_length(std::uint64_t value, const Right&);

    void padded_options(Family, OptionList&, bool* unpadded);
    bool padded_pass(OptionList&, bool keep_pads);
    bool pads_as_sent(std::size_t from, std::size_t to, Alignment);
    void plain_options(Family, OptionList&);
    bool option(Family, OptionList&, const Body&);
    bool body(OptionList&, std::size_t shape, Body);
    void raw_option(OptionList&);
    bool context_option(OptionList&, std::size_t start, std::size_t end);

    std::uint64_t take(unsigned bits);
    bool has(std::size_t size);
    void fault(FaultKind, std::size_t offset, std::string_view field = {});
    void truncated(std::size_t offset);
    void enter(std::string_view name, OptionList* list = nullptr);
    void leave() { --depth_; }

    base::View octets_;
    Packet& packet_;
    std::size_t at_ = 0;      ///< next octet
    unsigned bit_ = 0;        ///< bits of it already read
    std::size_t start_ = 0;   ///< of the layer: alignment counts from here
    std::size_t end_ = 0;     ///< of the layer or option
    std::size_t limit_ = 0;   ///< of what the enclosing header carries
    bool short_ = false;      ///< a fixed field did not fit
    bool truncated_ = false;  ///< reported
    bool cut_ = false;        ///< octets are missing, so that checksums say nothing
    bool layer_cut_ = false;  ///< of this very layer
    bool has_length_ = false; ///< the layer tells its own end
    std::size_t length_at_ = 0;
    std::array<Checked, 4> checked_;
    std::size_t checks_ = 0;
    Body body_;
    std::array<Scope, 40> path_;
    std::size_t depth_ = 0;
    unsigned nesting_ = 0;
};

} // namespace wire
