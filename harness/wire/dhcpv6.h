#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/option.h"

#include <string>

namespace wire {

struct Dhcpv6Option;
struct Dhcpv6Any;
using Dhcpv6Options = std::vector<Dhcpv6Option>;

/// Any other option, and a known one whose length is not its own.
struct UnknownDhcpv6Option {
    static constexpr Kind kind{"dhcpv6-option"};
    std::uint16_t type = 0;
    base::Bytes data;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const UnknownDhcpv6Option&) const = default;
};

/// RFC 3315, 22.2.
struct ClientId {
    static constexpr Kind kind{"client-id", 1};
    base::Bytes duid;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ClientId&) const = default;
};

/// RFC 3315, 22.3.
struct ServerId {
    static constexpr Kind kind{"server-id", 2};
    base::Bytes duid;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ServerId&) const = default;
};

/// RFC 3315, 22.4.
struct IaNa {
    static constexpr Kind kind{"ia-na", 3};
    std::uint32_t iaid = 0, t1 = 0, t2 = 0; ///< seconds
    Dhcpv6Options options;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IaNa&) const;
};

/// RFC 3315, 22.5.
struct IaTa {
    static constexpr Kind kind{"ia-ta", 4};
    std::uint32_t iaid = 0;
    Dhcpv6Options options;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IaTa&) const;
};

/// RFC 3315, 22.6.
struct IaAddress {
    static constexpr Kind kind{"ia-address", 5};
    base::Ip6 address;
    std::uint32_t preferred_lifetime = 0, valid_lifetime = 0; ///< seconds
    Dhcpv6Options options;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IaAddress&) const;
};

/// RFC 3315, 22.7.
struct OptionRequest {
    static constexpr Kind kind{"option-request", 6};
    base::Bytes codes; ///< two octets for each option
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const OptionRequest&) const = default;
};

/// RFC 3315, 22.8.
struct Preference {
    static constexpr Kind kind{"preference", 7};
    std::uint8_t value = 0;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Preference&) const = default;
};

/// RFC 3315, 22.9.
struct ElapsedTime {
    static constexpr Kind kind{"elapsed-time", 8};
    std::uint16_t value = 0; ///< hundredths of a second
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ElapsedTime&) const = default;
};

/// RFC 3315, 22.10.
struct RelayMessage {
    static constexpr Kind kind{"relay-message", 9};
    std::vector<Dhcpv6Any> message; ///< one; none if the octets are not a message
    base::Bytes data;               ///< those octets
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RelayMessage&) const;
};

/// RFC 3315, 22.11.
struct Dhcpv6Authentication {
    static constexpr Kind kind{"auth", 11};
    std::uint8_t protocol = 0, algorithm = 0, rdm = 0;
    std::uint64_t replay_detection = 0;
    base::Bytes information;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const Dhcpv6Authentication&) const = default;
};

/// RFC 3315, 22.12.
struct ServerUnicast {
    static constexpr Kind kind{"server-unicast", 12};
    base::Ip6 address;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ServerUnicast&) const = default;
};

/// RFC 3315, 22.13.
struct StatusCode {
    static constexpr Kind kind{"status-code", 13};
    std::uint16_t status = 0;
    std::string message;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const StatusCode&) const = default;
};

/// RFC 3315, 22.14.
struct RapidCommit {
    static constexpr Kind kind{"rapid-commit", 14};
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RapidCommit&) const = default;
};

/// RFC 3315, 22.18.
struct InterfaceId {
    static constexpr Kind kind{"interface-id", 18};
    base::Bytes value;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const InterfaceId&) const = default;
};

/// RFC 3315, 22.19.
struct ReconfigureMessage {
    static constexpr Kind kind{"reconfigure-message", 19};
    std::uint8_t message_type = 5;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ReconfigureMessage&) const = default;
};

/// RFC 3315, 22.20.
struct ReconfigureAccept {
    static constexpr Kind kind{"reconfigure-accept", 20};
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const ReconfigureAccept&) const = default;
};

/// RFC 3646, 3.
struct DnsServers {
    static constexpr Kind kind{"dns-servers", 23};
    base::Bytes addresses; ///< sixteen octets for each server
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const DnsServers&) const = default;
};

/// RFC 3646, 4.
struct DomainList {
    static constexpr Kind kind{"domain-list", 24};
    base::Bytes names;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const DomainList&) const = default;
};

/// RFC 3633, 9.
struct IaPd {
    static constexpr Kind kind{"ia-pd", 25};
    std::uint32_t iaid = 0, t1 = 0, t2 = 0; ///< seconds
    Dhcpv6Options options;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IaPd&) const;
};

/// RFC 3633, 10.
struct IaPrefix {
    static constexpr Kind kind{"ia-prefix", 26};
    base::Ip6 prefix;
    std::uint8_t prefix_length = 0;
    std::uint32_t preferred_lifetime = 0, valid_lifetime = 0; ///< seconds
    Dhcpv6Options options;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const IaPrefix&) const;
};

/// RFC 4649, 3.
struct RemoteId {
    static constexpr Kind kind{"remote-id", 37};
    std::uint32_t enterprise = 0;
    base::Bytes value;
    OptionHeader header;
    void describe(Visitor&);
    bool operator==(const RemoteId&) const = default;
};

using Dhcpv6OptionBase =
    std::variant<UnknownDhcpv6Option, RawOption, ClientId, ServerId, IaNa, IaTa, IaAddress, OptionRequest,
                 Preference, ElapsedTime, RelayMessage, Dhcpv6Authentication, ServerUnicast, StatusCode,
                 RapidCommit, InterfaceId, ReconfigureMessage, ReconfigureAccept, DnsServers, DomainList,
                 IaPd, IaPrefix, RemoteId>;

/// A variant of the options above; a struct, because options nest. std::get_if and std::visit work as with
/// any variant.
struct Dhcpv6Option : Dhcpv6OptionBase {
    using Dhcpv6OptionBase::Dhcpv6OptionBase;
    Dhcpv6Option();
    Dhcpv6Option(const Dhcpv6Option&);
    Dhcpv6Option(Dhcpv6Option&&) noexcept;
    Dhcpv6Option& operator=(const Dhcpv6Option&);
    Dhcpv6Option& operator=(Dhcpv6Option&&) noexcept;
    ~Dhcpv6Option();
};

/// RFC 3315, 6: every message between client and server. Its element in suites is "dhcpv6-solicit", …
struct Dhcpv6Message {
    static constexpr Kind kind{"dhcpv6-message"};
    std::uint8_t type = 1;
    std::uint32_t transaction_id = 0; ///< 24 bits
    Dhcpv6Options options;
    void describe(Visitor&);
    bool operator==(const Dhcpv6Message&) const = default;
};

/// RFC 3315, 7: "dhcpv6-relay-forward" (12) and "dhcpv6-relay-reply" (13).
struct Dhcpv6Relay {
    static constexpr Kind kind{"dhcpv6-relay-forward", 12};
    std::uint8_t type = 12;
    std::uint8_t hop_count = 0;
    base::Ip6 link_address, peer_address;
    Dhcpv6Options options;
    void describe(Visitor&);
    bool operator==(const Dhcpv6Relay&) const = default;
};

/// What a relay message option holds.
struct Dhcpv6Any : std::variant<Dhcpv6Message, Dhcpv6Relay> {
    using std::variant<Dhcpv6Message, Dhcpv6Relay>::variant;
};

/// Message types of RFC 3315, 5.3.
namespace dhcpv6 {
constexpr std::uint8_t solicit = 1, advertise = 2, request = 3, confirm = 4, renew = 5, rebind = 6, reply = 7,
                       release = 8, decline = 9, reconfigure = 10, information_request = 11,
                       relay_forward = 12, relay_reply = 13;
}

} // namespace wire
