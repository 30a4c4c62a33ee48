#pragma once

#include "harness/wire/dhcpv4.h"
#include "harness/wire/dhcpv6.h"
#include "harness/wire/ethernet.h"
#include "harness/wire/handover.h"
#include "harness/wire/icmp6.h"
#include "harness/wire/ipv4.h"
#include "harness/wire/ipv6.h"
#include "harness/wire/mobility.h"
#include "harness/wire/ndp.h"
#include "harness/wire/radius.h"
#include "harness/wire/udp.h"

namespace wire {

/// Everything that may stand in a packet: this list is the registry. Payload is what nothing else explains.
using LayerBase =
    std::variant<Payload, Ethernet, Vlan, Ipv6, HopByHop, DestinationOptions, RoutingType2, RoutingOther,
                 Fragment, AuthenticationHeader, EspHeader, Ipv4, Udp,
                 // Mobility Header
                 UnknownMobility, BindingRefreshRequest, HomeTestInit, CareOfTestInit, HomeTest, CareOfTest,
                 BindingUpdate, BindingAcknowledgement, BindingError,
                 // ICMPv6
                 UnknownIcmp6, DestinationUnreachable, PacketTooBig, TimeExceeded, ParameterProblem,
                 EchoRequest, EchoReply, MldQuery, MldReport, MldDone, MldReportV2, RouterSolicitation,
                 RouterAdvertisement, NeighborSolicitation, NeighborAdvertisement, Redirect,
                 HomeAgentDiscoveryRequest, HomeAgentDiscoveryReply, MobilePrefixSolicitation,
                 MobilePrefixAdvertisement, HoRequest, HoResponse,
                 // over UDP
                 Dhcpv6Message, Dhcpv6Relay, Dhcpv4, Radius>;

/// A variant of the above. Its special members are compiled once, in alternatives.cpp: inlined everywhere,
/// they would be most of what there is to compile.
struct Layer : LayerBase {
    using LayerBase::LayerBase;
    Layer();
    Layer(const Layer&);
    Layer(Layer&&) noexcept;
    Layer& operator=(const Layer&);
    Layer& operator=(Layer&&) noexcept;
    ~Layer();
};

/// Element name of that layer: "binding-update", "dhcpv6-solicit", …
std::string_view name(const Layer&);

} // namespace wire
