#include "harness/wire/layer.h"

// The special members of the variants, each of which is a table over all alternatives: here and nowhere else.
namespace wire {

Layer::Layer() = default;
Layer::Layer(const Layer&) = default;
Layer::Layer(Layer&&) noexcept = default;
Layer& Layer::operator=(const Layer&) = default;
Layer& Layer::operator=(Layer&&) noexcept = default;
Layer::~Layer() = default;

MobilityOption::MobilityOption() = default;
MobilityOption::MobilityOption(const MobilityOption&) = default;
MobilityOption::MobilityOption(MobilityOption&&) noexcept = default;
MobilityOption& MobilityOption::operator=(const MobilityOption&) = default;
MobilityOption& MobilityOption::operator=(MobilityOption&&) noexcept = default;
MobilityOption::~MobilityOption() = default;

NdOption::NdOption() = default;
NdOption::NdOption(const NdOption&) = default;
NdOption::NdOption(NdOption&&) noexcept = default;
NdOption& NdOption::operator=(const NdOption&) = default;
NdOption& NdOption::operator=(NdOption&&) noexcept = default;
NdOption::~NdOption() = default;

Ipv6Option::Ipv6Option() = default;
Ipv6Option::Ipv6Option(const Ipv6Option&) = default;
Ipv6Option::Ipv6Option(Ipv6Option&&) noexcept = default;
Ipv6Option& Ipv6Option::operator=(const Ipv6Option&) = default;
Ipv6Option& Ipv6Option::operator=(Ipv6Option&&) noexcept = default;
Ipv6Option::~Ipv6Option() = default;

ContextOption::ContextOption() = default;
ContextOption::ContextOption(const ContextOption&) = default;
ContextOption::ContextOption(ContextOption&&) noexcept = default;
ContextOption& ContextOption::operator=(const ContextOption&) = default;
ContextOption& ContextOption::operator=(ContextOption&&) noexcept = default;
ContextOption::~ContextOption() = default;

Dhcpv4Option::Dhcpv4Option() = default;
Dhcpv4Option::Dhcpv4Option(const Dhcpv4Option&) = default;
Dhcpv4Option::Dhcpv4Option(Dhcpv4Option&&) noexcept = default;
Dhcpv4Option& Dhcpv4Option::operator=(const Dhcpv4Option&) = default;
Dhcpv4Option& Dhcpv4Option::operator=(Dhcpv4Option&&) noexcept = default;
Dhcpv4Option::~Dhcpv4Option() = default;

Dhcpv6Option::Dhcpv6Option() = default;
Dhcpv6Option::Dhcpv6Option(const Dhcpv6Option&) = default;
Dhcpv6Option::Dhcpv6Option(Dhcpv6Option&&) noexcept = default;
Dhcpv6Option& Dhcpv6Option::operator=(const Dhcpv6Option&) = default;
Dhcpv6Option& Dhcpv6Option::operator=(Dhcpv6Option&&) noexcept = default;
Dhcpv6Option::~Dhcpv6Option() = default;

RadiusAttribute::RadiusAttribute() = default;
RadiusAttribute::RadiusAttribute(const RadiusAttribute&) = default;
RadiusAttribute::RadiusAttribute(RadiusAttribute&&) noexcept = default;
RadiusAttribute& RadiusAttribute::operator=(const RadiusAttribute&) = default;
RadiusAttribute& RadiusAttribute::operator=(RadiusAttribute&&) noexcept = default;
RadiusAttribute::~RadiusAttribute() = default;

} // namespace wire
