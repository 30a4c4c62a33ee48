#include "harness/crypto/mobility_authentication.h"

#include "harness/crypto/algorithms.h"

#include <algorithm>

namespace crypto {

namespace {

constexpr std::size_t fixed_part = 12; // of a Binding Update and of an Acknowledgement
constexpr std::uint8_t binding_update = 5, binding_acknowledgement = 6;
constexpr std::uint8_t pad1 = 0, authentication = 9, replay_protection = 10;
constexpr std::size_t before_authenticator = 7; // type, length, subtype, SPI

struct Option {
    std::uint8_t type = 0;
    std::size_t at = 0, size = 0; ///< of the whole option
};

/// Calls visit(Option) for each whole option until it returns false.
template <class Visit>
void walk(base::View header, Visit visit) {
    if (header.size() < fixed_part || (header[2] != binding_update && header[2] != binding_acknowledgement))
        return;
    const std::size_t end = std::min(header.size(), (std::size_t{header[1]} + 1) * 8);
    for (std::size_t at = fixed_part; at < end;) {
        if (header[at] == pad1) {
            ++at;
            continue;
        }
        if (at + 2 > end || at + 2 + header[at + 1] > end)
            return;
        const Option option{header[at], at, std::size_t{2} + header[at + 1]};
        if (!visit(option))
            return;
        at += option.size;
    }
}

/// Everything up to the SPI, with a checksum of zero (RFC 4285, 5.1).
base::Bytes covered(base::View header, const AuthenticationOption& option) {
    base::Bytes out(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(option.authenticator));
    out[4] = out[5] = 0;
    return out;
}

std::array<std::uint8_t, 20> code(base::View header, const AuthenticationOption& option, const Mobility& who,
                                  base::View key) {
    const base::Bytes message = covered(header, option);
    if (option.kind == AuthenticationOption::Kind::mn_ha)
        return hmac_sha1(key, {who.care_of.octets, who.home.octets, message});
    const auto digest = sha1({who.care_of.octets, who.home.octets, message}); // RFC 4285, 5.2
    return hmac_sha1(key, {digest});
}

} // namespace

std::string_view name(Authenticity authenticity) {
    static constexpr std::string_view names[] = {"authentic", "no authentication option", "unknown SPI",
                                                 "wrong authenticator"};
    return names[static_cast<std::size_t>(authenticity)];
}

std::optional<AuthenticationOption> find_authentication(base::View header, AuthenticationOption::Kind kind) {
    std::optional<AuthenticationOption> found;
    walk(header, [&](const Option& option) {
        if (option.type != authentication || option.size < before_authenticator ||
            header[option.at + 2] != static_cast<std::uint8_t>(kind))
            return true;
        found = AuthenticationOption{kind, base::read32(header, option.at + 3), option.at,
                                     option.at + before_authenticator, option.size - before_authenticator};
        return false;
    });
    return found;
}

std::optional<std::uint64_t> find_message_id(base::View header) {
    std::optional<std::uint64_t> found;
    walk(header, [&](const Option& option) {
        if (option.type != replay_protection || option.size != 10)
            return true;
        found =
            std::uint64_t{base::read32(header, option.at + 2)} << 32 | base::read32(header, option.at + 6);
        return false;
    });
    return found;
}

bool authenticate(base::Bytes& header, AuthenticationOption::Kind kind, const Mobility& who, base::View key) {
    const auto option = find_authentication(header, kind);
    if (!option || option->size == 0 || option->size > 20)
        return false;
    const auto result = code(header, *option, who, key);
    std::copy_n(result.begin(), option->size,
                header.begin() + static_cast<std::ptrdiff_t>(option->authenticator));
    return true;
}

Authenticity verify(base::View header, AuthenticationOption::Kind kind, const Mobility& who,
                    std::uint32_t spi, base::View key) {
    const auto option = find_authentication(header, kind);
    if (!option)
        return Authenticity::missing;
    if (option->spi != spi)
        return Authenticity::unknown_spi;
    // A shorter code would be guessed sooner; AAA servers take the whole digest or its first 96 bits.
    const bool right_size =
        option->size == mn_ha_size || (kind == AuthenticationOption::Kind::mn_aaa && option->size == 20);
    if (!right_size)
        return Authenticity::wrong;
    const auto right = code(header, *option, who, key);
    return equal(base::View(right).first(option->size), header.subspan(option->authenticator, option->size))
               ? Authenticity::authentic
               : Authenticity::wrong;
}

MessageId MessageIds::ask(const std::string& node, std::optional<std::uint64_t> timestamp, base::Wall now) {
    if (!timestamp)
        return MessageId::required;
    const base::Wall told = wall_of_ntp(*timestamp);
    const base::Duration apart = told > now ? told - now : now - told;
    const auto newest = newest_.find(node);
    if (apart > tolerance_ || (newest != newest_.end() && *timestamp <= newest->second))
        return MessageId::mismatch;
    newest_[node] = *timestamp;
    return MessageId::accepted;
}

namespace {
constexpr std::int64_t from_1900_to_1970 = 2'208'988'800;
constexpr std::int64_t second = 1'000'000'000;
} // namespace

std::uint64_t ntp_of(base::Wall wall) {
    const std::int64_t nanoseconds = wall.count();
    std::int64_t seconds = nanoseconds / second, rest = nanoseconds % second;
    if (rest < 0) {
        rest += second;
        --seconds;
    }
    const std::uint64_t fraction =
        (static_cast<std::uint64_t>(rest) << 32) / static_cast<std::uint64_t>(second);
    return static_cast<std::uint64_t>(seconds + from_1900_to_1970) << 32 | fraction;
}

base::Wall wall_of_ntp(std::uint64_t ntp) {
    const std::int64_t seconds = static_cast<std::int64_t>(ntp >> 32) - from_1900_to_1970;
    const std::uint64_t fraction = (ntp & 0xffffffff) * static_cast<std::uint64_t>(second);
    return base::Wall(seconds * second +
                      static_cast<std::int64_t>((fraction + (std::uint64_t{1} << 31)) >> 32));
}

} // namespace crypto
