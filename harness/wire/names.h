#pragma once

#include "harness/wire/element.h"

namespace wire::names {

extern const Names binding_status;         ///< RFC 3775, 6.1.8; RFC 3963, 5.2; RFC 4285; RFC 5213, 8.9
extern const Names binding_error_status;   ///< RFC 3775, 6.1.9
extern const Names node_identifier;        ///< RFC 4283, 3: subtype
extern const Names authentication;         ///< RFC 4285, 5: subtype
extern const Names handoff;                ///< RFC 5213, 8.4
extern const Names access_technology;      ///< RFC 5213, 8.5
extern const Names ipv4_acknowledgement;   ///< RFC 5555, 3.2.1
extern const Names mnp_status;             ///< nemo-prefix-delegation, 6.5
extern const Names prefix_type;            ///< nemo-prefix-delegation, 6.4
extern const Names seconds;                ///< lifetimes in which all ones are infinite
extern const Names ho_status;              ///< netmip6-01, 4.2
extern const Names key_mode;               ///< netmip6 digest, 4
extern const Names unreachable_code;       ///< RFC 4443, 3.1
extern const Names time_exceeded_code;     ///< RFC 4443, 3.3
extern const Names parameter_problem_code; ///< RFC 4443, 3.4
extern const Names dhcpv6_message;         ///< RFC 3315, 5.3: element names
extern const Names dhcpv6_relay;           ///< RFC 3315, 5.3: element names
extern const Names dhcpv6_status;          ///< RFC 3315, 24.4; RFC 3633, 16
extern const Names dhcpv4_message;         ///< RFC 2132, 9.6

} // namespace wire::names
