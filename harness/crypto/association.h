#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/crypto/algorithms.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crypto {

enum class Protocol : std::uint8_t { esp = 50, ah = 51 };
std::string_view name(Protocol);

/// A security association of one direction (RFC 4301, 4.1), transport mode, manual key. The addresses are
/// those of the nodes: of a packet with a Home Address option or a type 2 routing header the home address
/// (RFC 3776, 3).
struct Association {
    Protocol protocol = Protocol::esp;
    base::Ip6 source, destination;
    std::uint32_t spi = 0;
    Cipher cipher = Cipher::null;
    base::Bytes cipher_key; ///< of AES-GCM with its four octets of salt
    Integrity integrity = Integrity::none;
    base::Bytes integrity_key;
    unsigned window = 64;    ///< numbers that may come out of order; 0: replays are not noticed
    std::uint32_t first = 1; ///< sequence number of the first packet that is sent
    bool operator==(const Association&) const = default;
};

/// An entry of the security policy database (RFC 4301, 4.4.1): what packets of that kind need. The first
/// entry that selects a packet decides; a packet that none selects goes by.
struct Policy {
    enum class Verdict : std::uint8_t { protect, bypass, discard };
    Verdict verdict = Verdict::protect;
    Protocol protocol = Protocol::esp; ///< that protects
    base::Prefix source, destination;  ///< ::/0 by default
    std::uint8_t upper = 0;            ///< next header of the message; 0: any
    std::optional<std::uint8_t> type;  ///< MH or ICMPv6 type
    bool operator==(const Policy&) const = default;
};

struct Configuration {
    std::vector<Association> associations;
    std::vector<Policy> policies;
    bool empty() const { return associations.empty() && policies.empty(); }
    bool operator==(const Configuration&) const = default;
};

/// Records apart by semicolons or ends of line; "#" to the end of the line is a comment:
///   sa esp|ah SOURCE DESTINATION spi N [cipher NAME HEX] [integrity NAME HEX] [window N] [first N]
///   policy protect|bypass|discard SOURCE DESTINATION [with esp|ah] [upper N] [type N]
/// Addresses of policies may be prefixes. What is wrong is appended to `mistakes`, without the keys, as
/// "line N: …"; the rest is read all the same.
Configuration parse(std::string_view text, std::vector<std::string>& mistakes);

/// The inverse, records apart by "; ". Holds keys: for configuration only, never for reports.
std::string text(const Configuration&);

} // namespace crypto
