#pragma once

#include "harness/base/bytes.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace peers::radius {

// RADIUS messages as octets, made and read by the library of FreeRADIUS: hiding of passwords and keys,
// authenticators and their verification are its business. Pure: no dictionary files, no sockets.

enum class Code : std::uint8_t {
    access_request = 1,
    access_accept = 2,
    access_reject = 3,
    accounting_request = 4,
    accounting_response = 5,
    access_challenge = 11,
    disconnect_request = 40,
    disconnect_ack = 41,
    disconnect_nak = 42,
};

/// Numbers of attributes (RFC 2865, 2866, 3162, 3579, 4372, 5176, 5447, 6572, 6911).
namespace attribute {
constexpr unsigned user_name = 1, user_password = 2, framed_ip_address = 8, service_type = 6,
                   reply_message = 18, class_ = 25, vendor_specific = 26, session_timeout = 27,
                   idle_timeout = 28, calling_station_id = 31, nas_identifier = 32, acct_status_type = 40,
                   acct_session_id = 44, acct_session_time = 46, acct_multi_session_id = 50,
                   nas_port_type = 61, message_authenticator = 80, acct_interim_interval = 85,
                   chargeable_user_identity = 89, nas_ipv6_address = 95, framed_interface_id = 96,
                   framed_ipv6_prefix = 97, error_cause = 101, feature_vector = 124, home_link_prefix = 125,
                   home_agent = 147, home_network_prefix = 151, home_interface_id = 153,
                   home_ipv4_address = 155, home_ipv4_gateway = 161, framed_ipv6_address = 168;
} // namespace attribute

/// Vendors: WiMAX (its attributes have a continuation octet), and the enterprise number of documentation,
/// under which this project has attributes of its own (PC-23).
constexpr unsigned wimax = 24757, documentation = 32473;
namespace vendor_attribute {
constexpr unsigned wimax_home_agent = 7, wimax_key = 12, wimax_spi = 13;
constexpr unsigned map = 1, client = 2, permitted = 3, transferable = 4;
} // namespace vendor_attribute

/// One attribute, in clear: what is hidden on the wire is hidden and opened by the codec.
struct Attribute {
    unsigned type = 0;
    base::Bytes value;
    unsigned vendor = 0; ///< 0: none of a vendor
    bool operator==(const Attribute&) const = default;
};
using Attributes = std::vector<Attribute>;

using Authenticator = std::array<std::uint8_t, 16>;

struct Message {
    Code code = Code::access_request;
    std::uint8_t identifier = 0;
    Authenticator authenticator{}; ///< of an Access-Request the sender's random number; else computed
    Attributes attributes;
};

/// A request in octets, signed; Access-Requests with a Message-Authenticator. Empty if the library refuses
/// (a value of more than 253 octets).
base::Bytes encode_request(const Message&, const std::string& secret);
/// The response to a request, signed over it.
base::Bytes encode_response(const Message&, const Message& request, const std::string& secret);

/// Why a message is not to be used.
enum class Doubt {
    malformed,     ///< RFC 2865, 3: a length that is none, attributes that overrun
    authenticator, ///< RFC 2865, 3; RFC 3579, 3.2; RFC 5176, 2.3: made with another secret
    stranger,      ///< a response of another identifier, or no response to such a request
};
std::string_view name(Doubt);
struct Decoded {
    std::optional<Message> message;
    std::optional<Doubt> doubt; ///< set if there is no message
};
/// A request as a server, or a router asked to disconnect, gets it: verified as far as its code allows.
Decoded decode_request(base::View, const std::string& secret);
/// A response to that request, verified.
Decoded decode_response(base::View, const Message& request, const std::string& secret);

/// What decode_response or decode_request would have said of a message whose authenticator is wrong, had it
/// been right: for a client that does not look at it.
Decoded believe(base::View, const Message& request, const std::string& secret);

/// The first attribute of that number, and all of them.
const Attribute* find(const Attributes&, unsigned type, unsigned vendor = 0);
std::vector<const Attribute*> find_all(const Attributes&, unsigned type, unsigned vendor = 0);

} // namespace peers::radius
