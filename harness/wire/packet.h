#pragma once

#include "harness/base/bytes.h"
#include "harness/wire/element.h"
#include "harness/wire/fault.h"
#include "harness/wire/layer.h"
#include "harness/wire/profile.h"

#include <string>
#include <vector>

namespace wire {

/// A frame or packet as its chain of headers down to the payload. Tunnelled packets continue the chain: a
/// second Ipv6 layer is the inner header.
struct Packet {
    std::vector<Layer> layers;
    Faults faults;   ///< empty when built by hand
    base::Bytes raw; ///< the octets that were decoded; empty when built by hand

    /// First layer of that type, from the outside; null if there is none.
    template <class T>
    const T* find() const {
        for (const auto& layer : layers)
            if (const T* found = std::get_if<T>(&layer))
                return found;
        return nullptr;
    }
    template <class T>
    T* find() {
        return const_cast<T*>(static_cast<const Packet&>(*this).find<T>());
    }
    /// Last layer of that type: of a tunnelled packet the innermost.
    template <class T>
    const T* find_last() const {
        for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
            if (const T* found = std::get_if<T>(&*layer))
                return found;
        return nullptr;
    }
};

/// Total: any octets give a packet and the list of what is wrong with them. Bit meanings and open code points
/// are those of the profile.
Packet decode_frame(base::View ethernet_frame, const Profile& = {});
Packet decode_ip(base::View ipv4_or_ipv6_packet, const Profile& = {});

/// Where a field came to lie.
struct Placed {
    std::string path; ///< "binding-update/home-network-prefix/prefix"; "#2" behind the second of a kind
    std::size_t offset = 0, size = 0; ///< octets from the start of the frame
};

/// Lengths, next headers, alignment and checksums are made right, except where a Derived field says
/// otherwise.
base::Bytes encode(const Packet&, const Profile& = {});
base::Bytes encode(const Packet&, const Profile&, std::vector<Placed>& places);

/// A packet in suite vocabulary: an element "packet" with one child for each layer.
Element describe(const Packet&, const Profile& = {});

/// The inverse; mistakes are sentences about what cannot be built (unknown element or attribute, value that
/// does not fit). The packet holds whatever could be built.
Packet build(const Element& packet, std::vector<std::string>& mistakes, const Profile& = {});

/// Every fixed field of the decoded octets with its place, for comparison with other dissectors and for hex
/// views.
std::vector<Placed> places(const Packet& decoded, const Profile& = {});

/// The addresses between which the innermost or outermost IPv6 header carries the packet; null without IPv6.
const Ipv6* outer_ip(const Packet&);
const Ipv6* inner_ip(const Packet&);

/// Element name of the message that the packet is about: "binding-update", "router-advertisement", "udp", …
/// With a tunnel: that of the innermost packet.
std::string_view kind(const Packet&);

} // namespace wire
