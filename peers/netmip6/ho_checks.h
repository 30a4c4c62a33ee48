#pragma once

#include "harness/wire/packet.h"
#include "peers/netmip6/ar_policy.h"

#include <functional>
#include <string>
#include <string_view>

namespace peers::netmip6 {

/// What has become of a HO message at its receiver.
struct HoJudgement {
    bool discarded = false;  ///< silently; `why` says for the log
    std::string_view why{};  ///< points to a literal
    std::uint8_t status = 0; ///< of a request that is answered
    std::string nai;         ///< whom it is about, where the format is right
    const wire::HoRequest* request = nullptr;
    const wire::HoResponse* response = nullptr;
};

/// What only the receiver knows of the sender and of the node.
struct HoFacts {
    bool was_protected = false; ///< AH has verified: step 1 of the order is behind us
    std::function<bool(const base::Ip6& source, const std::string& nai)> is_permitted;
    std::function<bool(const base::Ip6& source, const std::string& nai)> is_located;
};

/// Steps 2 to 8 of the order of checks (PC-5) for a HO Request. Pure.
HoJudgement judge_request(const wire::Packet&, const HoChecks&, const HoFacts&);

/// Steps 2 to 4 for a HO Response; whether it was asked for is not looked at here.
HoJudgement judge_response(const wire::Packet&, const HoChecks&, bool was_protected);

/// PC-7: the realm without regard to case, the user exactly.
bool is_same_nai(std::string_view, std::string_view);

} // namespace peers::netmip6
