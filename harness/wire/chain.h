#pragma once

#include "harness/wire/layer.h"
#include "harness/wire/visitor.h"

#include <span>

namespace wire {

/// Which number space selects a layer.
enum class Space { none, link, protocol, mobility, icmp6, application };

/// One alternative of Layer, as the codec sees it.
struct LayerShape {
    const Kind* kind = nullptr;
    Space space = Space::none;
    void (*describe)(void* layer, Visitor&) = nullptr;
    Derived* (*next_header)(void* layer) = nullptr; ///< null result: nothing follows by number
};

std::span<const LayerShape> layer_shapes();
void* append_layer(std::vector<Layer>&, std::size_t shape);
void* address_of(Layer&);

/// Element names that depend on the message type.
std::string_view element_name(const Dhcpv6Message&);
std::string_view element_name(const Dhcpv6Relay&);

/// Alternative of `Layer` that T is.
template <class T>
std::size_t layer_index() {
    static const std::size_t index = Layer(std::in_place_type<T>).index();
    return index;
}

/// Alternative that a mobility or ICMPv6 message of that type has; the unknown one if there is none.
std::size_t message_shape(Space, std::uint8_t type, const Profile&);

/// The right next header or EtherType in layers[at], by what follows it.
std::uint32_t right_next_header(const std::vector<Layer>& layers, std::size_t at);

/// The right checksum of layers[at], whose `octets` hold `field` at that offset. Pseudo headers take the home
/// addresses of the chain (RFC 3775, 6.1.1, 9.3.1 and 11.3.1).
std::uint16_t right_checksum(const std::vector<Layer>& layers, std::size_t at, Right::Sum, base::View octets,
                             std::size_t field);

} // namespace wire
