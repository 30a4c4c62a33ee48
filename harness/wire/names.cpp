#include "harness/wire/names.h"

#include <algorithm>

namespace wire {

std::optional<std::string_view> Names::name_of(std::uint64_t number) const {
    auto found =
        std::lower_bound(entries.begin(), entries.end(), number,
                         [](const Entry& entry, std::uint64_t wanted) { return entry.number < wanted; });
    if (found == entries.end() || found->number != number)
        return std::nullopt;
    return found->name;
}

std::optional<std::uint64_t> Names::number_of(std::string_view name) const {
    for (const auto& entry : entries)
        if (entry.name == name)
            return entry.number;
    return std::nullopt;
}

namespace names {

const Names binding_status{{
    {0, "accepted"},
    {1, "prefix-discovery-necessary"},
    {128, "reason-unspecified"},
    {129, "administratively-prohibited"},
    {130, "insufficient-resources"},
    {131, "home-registration-not-supported"},
    {132, "not-home-subnet"},
    {133, "not-home-agent"},
    {134, "dad-failed"},
    {135, "sequence-out-of-window"},
    {136, "expired-home-nonce"},
    {137, "expired-care-of-nonce"},
    {138, "expired-nonces"},
    {139, "registration-type-change"},
    {140, "mr-not-permitted"},
    {141, "invalid-prefix"},
    {142, "not-authorized-for-prefix"},
    {143, "forwarding-setup-failed"},
    {144, "replay-mismatch"},
    {145, "replay-protection-required"},
    {146, "authentication-failed"},
    {152, "proxy-reg-not-enabled"},
    {153, "not-lma-for-this-mobile-node"},
    {154, "mag-not-authorized"},
    {155, "not-authorized-for-home-network-prefix"},
    {156, "timestamp-mismatch"},
    {157, "timestamp-lower-than-previous"},
    {158, "missing-home-network-prefix"},
    {159, "prefix-set-mismatch"},
    {160, "missing-mn-identifier"},
    {161, "missing-handoff-indicator"},
    {162, "missing-access-technology"},
}};

const Names binding_error_status{{{1, "unknown-binding"}, {2, "unrecognized-mh-type"}}};
const Names node_identifier{{{1, "nai"}}};
const Names authentication{{{1, "mn-ha"}, {2, "mn-aaa"}}};

const Names handoff{{
    {1, "attachment-over-new-interface"},
    {2, "handoff-between-interfaces"},
    {3, "handoff-between-mags"},
    {4, "handoff-unknown"},
    {5, "handoff-not-changed"},
}};

const Names access_technology{{
    {1, "virtual"},
    {2, "ppp"},
    {3, "ieee-802.3"},
    {4, "ieee-802.11"},
    {5, "ieee-802.16e"},
    {6, "3gpp-geran"},
    {7, "3gpp-utran"},
    {8, "3gpp-eutran"},
    {9, "3gpp2-ehrpd"},
    {10, "3gpp2-hrpd"},
    {11, "3gpp2-1xrtt"},
    {12, "3gpp2-umb"},
}};

const Names ipv4_acknowledgement{{
    {0, "success"},
    {128, "failure"},
    {129, "administratively-prohibited"},
    {130, "incorrect-address"},
    {131, "invalid-address"},
    {132, "assignment-unavailable"},
    {133, "prefix-not-authorized"},
}};

const Names mnp_status{{
    {0, "success"},
    {1, "not-registered"},
    {2, "not-mobile-router"},
    {3, "invalid-prefix"},
    {4, "not-home-prefix"},
    {5, "in-use"},
    {6, "insufficient-resources"},
    {7, "length-not-available"},
    {8, "persistent-not-offered"},
    {9, "transient-not-offered"},
    {10, "implicit-not-offered"},
}};
const Names prefix_type{{{0, "any"}, {1, "private"}, {2, "unique-local"}, {3, "global"}}};
const Names seconds{{{0xffffffff, "infinite"}}};

const Names ho_status{{
    {0, "success"},
    {1, "poorly-formatted"},
    {2, "authentication-failed"},
    {3, "context-not-located"},
    {4, "administratively-prohibited"},
}};
const Names key_mode{{{0, "none"}, {1, "clear"}, {2, "aes-key-wrap"}}};

const Names unreachable_code{{
    {0, "no-route"},
    {1, "administratively-prohibited"},
    {2, "beyond-scope"},
    {3, "address-unreachable"},
    {4, "port-unreachable"},
    {5, "source-policy-failed"},
    {6, "reject-route"},
}};
const Names time_exceeded_code{{{0, "hop-limit"}, {1, "reassembly"}}};
const Names parameter_problem_code{
    {{0, "erroneous-header-field"}, {1, "unrecognized-next-header"}, {2, "unrecognized-option"}}};

const Names dhcpv6_message{{
    {1, "dhcpv6-solicit"},
    {2, "dhcpv6-advertise"},
    {3, "dhcpv6-request"},
    {4, "dhcpv6-confirm"},
    {5, "dhcpv6-renew"},
    {6, "dhcpv6-rebind"},
    {7, "dhcpv6-reply"},
    {8, "dhcpv6-release"},
    {9, "dhcpv6-decline"},
    {10, "dhcpv6-reconfigure"},
    {11, "dhcpv6-information-request"},
}};
const Names dhcpv6_relay{{{12, "dhcpv6-relay-forward"}, {13, "dhcpv6-relay-reply"}}};

const Names dhcpv6_status{{
    {0, "success"},
    {1, "unspecified-failure"},
    {2, "no-addresses-available"},
    {3, "no-binding"},
    {4, "not-on-link"},
    {5, "use-multicast"},
    {6, "no-prefix-available"},
}};

const Names dhcpv4_message{{
    {1, "discover"},
    {2, "offer"},
    {3, "request"},
    {4, "decline"},
    {5, "ack"},
    {6, "nak"},
    {7, "release"},
    {8, "inform"},
}};

} // namespace names

} // namespace wire
