#pragma once

#include <cstdint>
#include <string>

namespace wire {

/// What the same bits mean depends on who speaks: decoding is always under a profile (nemo digest, 3).
struct Profile {
    enum class Dialect {
        draft02,    ///< proxymip6-02
        rfc5213,    ///< handoff indicator, access technology type, the RFC's statuses
        nemo_pd,    ///< 0x0200 of a BU is S, 0x20 of a BA is S; MNP flags P I D; MNPReq and MNPConf
        pmip6_nemo, ///< 0x0200 is P; MNP flag R
        netmip6,    ///< HO messages on ICMPv6, context options
    };
    Dialect dialect = Dialect::draft02;
    /// Code points that the drafts left open; numbers of the digests unless a profile changes them.
    std::uint8_t mnp_request_option = 253;
    std::uint8_t mnp_confirmation_option = 254;
    std::uint8_t ho_request_type = 200;
    std::uint8_t ho_response_type = 201;
    std::uint8_t ho_option_type = 253;
    bool nemo_alternative_s_bits = false; ///< 0x0008 in a BU and 0x01 in a BA instead

    bool operator==(const Profile&) const = default;
};

} // namespace wire
