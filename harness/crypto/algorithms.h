#pragma once

#include "harness/base/bytes.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>

struct evp_mac_ctx_st;
struct evp_cipher_ctx_st;

namespace crypto {

/// What authenticates a packet: HMAC-SHA1-96 (RFC 2404), HMAC-SHA2-256-128 (RFC 4868), and HMAC-MD5-96 (RFC
/// 2403), which RFC 2402 still demands. `none` stands beside a cipher that authenticates itself.
enum class Integrity : std::uint8_t { none, hmac_sha1_96, hmac_sha2_256_128, hmac_md5_96 };
/// What hides it: NULL (RFC 2410), AES-CBC (RFC 3602), AES-GCM with 16 octets of ICV (RFC 4106). The size of
/// the key says which AES.
enum class Cipher : std::uint8_t { null, aes_cbc, aes_gcm };

std::string_view name(Integrity);
std::string_view name(Cipher);
std::optional<Integrity> integrity_named(std::string_view);
std::optional<Cipher> cipher_named(std::string_view);

/// Octets that AES-GCM adds at the end.
inline constexpr std::size_t gcm_icv = 16;

/// Octets of the ICV on the wire; 0 for none.
std::size_t icv_size(Integrity);
/// Octets of the key: RFC 2403, 2404 and 4868 fix them.
std::size_t key_size(Integrity);
/// May a key of so many octets be used? That of AES-GCM has four octets of salt behind it (RFC 4106, 8.1).
bool fits(Cipher, std::size_t key_octets);
/// Octets of the initialisation vector that each packet carries.
std::size_t iv_size(Cipher);
/// What the plaintext has to be a multiple of.
std::size_t block_size(Cipher);

namespace detail {
struct FreeMac {
    void operator()(evp_mac_ctx_st*) const;
};
struct FreeCipher {
    void operator()(evp_cipher_ctx_st*) const;
};
} // namespace detail

/// A keyed message authentication code; keyed once, used for any number of packets. Throws
/// std::runtime_error where the library refuses the key or fails for want of memory.
class Mac {
public:
    using Parts = std::initializer_list<base::View>;
    Mac(Integrity, base::View key);
    std::size_t size() const { return size_; }
    /// The ICV of the parts one behind the other: size() octets of the result count.
    std::array<std::uint8_t, 32> of(Parts);
    /// In constant time. An ICV of another size is wrong.
    bool verify(Parts, base::View icv);

private:
    std::unique_ptr<evp_mac_ctx_st, detail::FreeMac> context_;
    std::size_t size_ = 0;
};

/// A keyed block cipher or authenticated cipher. `iv` has iv_size() octets.
class CipherKey {
public:
    CipherKey(Cipher, base::View key);
    /// Appends the ciphertext, and for AES-GCM the 16 octets of its ICV. The plaintext is whole blocks.
    void seal(base::View iv, base::View associated, base::View plain, base::Bytes& out);
    /// Appends the plaintext; false where the ICV of AES-GCM is wrong, and then `out` is as it was. The
    /// octets are whole blocks, and for AES-GCM the ICV behind them.
    bool open(base::View iv, base::View associated, base::View sealed, base::Bytes& out);
    /// An initialisation vector that nobody can foretell who does not have the key: AES-CBC encrypts the
    /// nonce (NIST SP 800-38A, appendix C); AES-GCM only needs one that never comes again, and takes the
    /// number.
    base::Bytes iv(std::uint64_t seed, std::uint64_t number);

private:
    std::array<std::uint8_t, 12> nonce(base::View iv) const;

    Cipher cipher_;
    std::array<std::uint8_t, 4> salt_{};
    std::unique_ptr<evp_cipher_ctx_st, detail::FreeCipher> seal_, open_, nonce_;
};

/// One-time results for where keys change with every message.
std::array<std::uint8_t, 20> hmac_sha1(base::View key, Mac::Parts);
std::array<std::uint8_t, 20> sha1(Mac::Parts);
std::array<std::uint8_t, 32> hmac_sha256(base::View key, Mac::Parts);
/// Same octets? In constant time.
bool equal(base::View, base::View);

} // namespace crypto
