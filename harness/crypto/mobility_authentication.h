#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace crypto {

/// The mobility message authentication option of a message (RFC 4285, 5) and where it stands.
struct AuthenticationOption {
    enum class Kind : std::uint8_t { mn_ha = 1, mn_aaa = 2 } kind = Kind::mn_ha;
    std::uint32_t spi = 0;
    std::size_t at = 0;            ///< of the option, from the start of the Mobility Header
    std::size_t authenticator = 0; ///< of its authenticator; everything before is covered
    std::size_t size = 0;          ///< of the authenticator
};

/// SPIs up to 255 have a meaning of their own; this one says HMAC-SHA1 to the AAA server (RFC 4285, 5.2).
constexpr std::uint32_t hmac_sha1_spi = 3;
constexpr std::size_t mn_ha_size = 12; ///< octets of an MN-HA authenticator (RFC 4285, 5.1)

/// Between whom a message is authenticated: the addresses are not in the Mobility Header.
struct Mobility {
    base::Ip6 care_of, home;
};

/// The first such option of a Binding Update or Acknowledgement. Total: nullopt for what is none, has none,
/// or has it cut.
std::optional<AuthenticationOption> find_authentication(base::View mobility_header,
                                                        AuthenticationOption::Kind);
/// The timestamp of its replay protection option, NTP format (RFC 4285, 6).
std::optional<std::uint64_t> find_message_id(base::View mobility_header);

/// Fills in the authenticator of an option that is in its place, the last one with its SPI and room for 12
/// octets (MN-HA) or 20 (MN-AAA, which may also have 12). The checksum of the message has to be computed
/// afterwards. False if there is no such option.
bool authenticate(base::Bytes& mobility_header, AuthenticationOption::Kind, const Mobility&, base::View key);

enum class Authenticity { authentic, missing, unknown_spi, wrong };
std::string_view name(Authenticity);

/// Verifies the option of that kind; `spi` is the one that belongs to the key. Total.
Authenticity verify(base::View mobility_header, AuthenticationOption::Kind, const Mobility&,
                    std::uint32_t spi, base::View key);

/// What a home agent answers of the replay protection option: the status codes of RFC 4285, 6.
enum class MessageId { accepted, required, mismatch };

/// The timestamps of each mobile node: one that is not newer than every one before, or too far from our own
/// clock, is refused (RFC 4285, 6).
class MessageIds {
public:
    explicit MessageIds(base::Duration tolerance = std::chrono::seconds(7)) : tolerance_(tolerance) {}
    /// For an authentic message only. Accepted ones are remembered.
    MessageId ask(const std::string& node, std::optional<std::uint64_t> timestamp, base::Wall now);

private:
    base::Duration tolerance_;
    std::map<std::string, std::uint64_t> newest_;
};

/// 32.32 seconds since 1900 (RFC 1305).
std::uint64_t ntp_of(base::Wall);
base::Wall wall_of_ntp(std::uint64_t);

} // namespace crypto
