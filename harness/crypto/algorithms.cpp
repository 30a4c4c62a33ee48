#include "harness/crypto/algorithms.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace crypto {

namespace {

constexpr std::size_t salt_size = 4;

constexpr std::pair<Integrity, std::string_view> integrities[] = {
    {Integrity::none, "none"},
    {Integrity::hmac_sha1_96, "hmac-sha1-96"},
    {Integrity::hmac_sha2_256_128, "hmac-sha2-256-128"},
    {Integrity::hmac_md5_96, "hmac-md5-96"}};
constexpr std::pair<Cipher, std::string_view> ciphers[] = {
    {Cipher::null, "null"}, {Cipher::aes_cbc, "aes-cbc"}, {Cipher::aes_gcm, "aes-gcm"}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
    for (const auto& [one, name] : table)
        if (one == value)
            return name;
    return {};
}

void must(int result, const char* what) {
    if (result <= 0)
        throw std::runtime_error(std::string("the cryptographic library refuses to ") + what);
}

int length(base::View octets) {
    return static_cast<int>(octets.size());
}

/// Null data makes the library forget its state rather than take no octets.
const std::uint8_t* data(base::View octets) {
    static constexpr std::uint8_t nothing = 0;
    return octets.empty() ? &nothing : octets.data();
}

const char* digest_of(Integrity integrity) {
    return integrity == Integrity::hmac_md5_96    ? "MD5"
           : integrity == Integrity::hmac_sha1_96 ? "SHA1"
                                                  : "SHA256";
}

using MacContext = std::unique_ptr<evp_mac_ctx_st, detail::FreeMac>;
using CipherContext = std::unique_ptr<evp_cipher_ctx_st, detail::FreeCipher>;

MacContext keyed_mac(const char* digest, base::View key) {
    static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    MacContext context(EVP_MAC_CTX_new(hmac));
    std::string name = digest;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
        OSSL_PARAM_construct_end()};
    must(context && EVP_MAC_init(context.get(), data(key), key.size(), parameters), "take the key");
    return context;
}

/// `out` has room for the whole digest. The context can be used again.
void finish(evp_mac_ctx_st* context, Mac::Parts parts, std::uint8_t* out, std::size_t room) {
    must(EVP_MAC_init(context, nullptr, 0, nullptr), "begin a code");
    for (const base::View part : parts)
        must(EVP_MAC_update(context, data(part), part.size()), "continue a code");
    std::size_t written = 0;
    must(EVP_MAC_final(context, out, &written, room), "finish a code");
}

const EVP_CIPHER* algorithm(Cipher cipher, std::size_t key) {
    if (cipher == Cipher::aes_gcm)
        return key == 16 ? EVP_aes_128_gcm() : key == 24 ? EVP_aes_192_gcm() : EVP_aes_256_gcm();
    return key == 16 ? EVP_aes_128_cbc() : key == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

CipherContext keyed_cipher(const EVP_CIPHER* cipher, base::View key, int encrypts) {
    CipherContext context(EVP_CIPHER_CTX_new());
    must(context && EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, encrypts),
         "take the key");
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    return context;
}

} // namespace

void detail::FreeMac::operator()(evp_mac_ctx_st* context) const {
    EVP_MAC_CTX_free(context);
}
void detail::FreeCipher::operator()(evp_cipher_ctx_st* context) const {
    EVP_CIPHER_CTX_free(context);
}

std::string_view name(Integrity integrity) {
    return name_in(integrities, integrity);
}
std::string_view name(Cipher cipher) {
    return name_in(ciphers, cipher);
}
std::optional<Integrity> integrity_named(std::string_view text) {
    for (const auto& [one, name] : integrities)
        if (name == text)
            return one;
    return std::nullopt;
}
std::optional<Cipher> cipher_named(std::string_view text) {
    for (const auto& [one, name] : ciphers)
        if (name == text)
            return one;
    return std::nullopt;
}

std::size_t icv_size(Integrity integrity) {
    return integrity == Integrity::none ? 0 : integrity == Integrity::hmac_sha2_256_128 ? 16 : 12;
}
std::size_t key_size(Integrity integrity) {
    switch (integrity) {
    case Integrity::none:
        return 0;
    case Integrity::hmac_md5_96:
        return 16;
    case Integrity::hmac_sha1_96:
        return 20;
    default:
        return 32;
    }
}
bool fits(Cipher cipher, std::size_t key) {
    if (cipher == Cipher::null)
        return key == 0;
    const std::size_t secret = cipher == Cipher::aes_gcm && key >= salt_size ? key - salt_size : key;
    const bool salted = cipher != Cipher::aes_gcm || key >= salt_size;
    return salted && (secret == 16 || secret == 24 || secret == 32);
}
std::size_t iv_size(Cipher cipher) {
    return cipher == Cipher::null ? 0 : cipher == Cipher::aes_cbc ? 16 : 8;
}
std::size_t block_size(Cipher cipher) {
    return cipher == Cipher::aes_cbc ? 16 : 4; // RFC 4303, 2.4: right-aligned within four octets
}

Mac::Mac(Integrity integrity, base::View key)
    : context_(keyed_mac(digest_of(integrity), key)), size_(icv_size(integrity)) {}

std::array<std::uint8_t, 32> Mac::of(Parts parts) {
    std::array<std::uint8_t, 32> out{};
    finish(context_.get(), parts, out.data(), out.size());
    return out;
}

bool Mac::verify(Parts parts, base::View icv) {
    const auto right = of(parts);
    return equal(base::View(right).first(size_), icv);
}

CipherKey::CipherKey(Cipher cipher, base::View key) : cipher_(cipher) {
    if (cipher == Cipher::null)
        return;
    if (!fits(cipher, key.size()))
        throw std::runtime_error("a key of that size does not fit its cipher");
    base::View secret = key;
    if (cipher == Cipher::aes_gcm) {
        secret = key.first(key.size() - salt_size);
        std::ranges::copy(key.last(salt_size), salt_.begin());
    }
    seal_ = keyed_cipher(algorithm(cipher, secret.size()), secret, 1);
    open_ = keyed_cipher(algorithm(cipher, secret.size()), secret, 0);
    if (cipher == Cipher::aes_cbc)
        nonce_ = keyed_cipher(secret.size() == 16   ? EVP_aes_128_ecb()
                              : secret.size() == 24 ? EVP_aes_192_ecb()
                                                    : EVP_aes_256_ecb(),
                              secret, 1);
}

std::array<std::uint8_t, 12> CipherKey::nonce(base::View iv) const {
    std::array<std::uint8_t, 12> out{};
    std::ranges::copy(salt_, out.begin());
    std::ranges::copy(iv, out.begin() + salt_size);
    return out;
}

void CipherKey::seal(base::View iv, base::View associated, base::View plain, base::Bytes& out) {
    if (cipher_ == Cipher::null) {
        out.insert(out.end(), plain.begin(), plain.end());
        return;
    }
    const bool is_gcm = cipher_ == Cipher::aes_gcm;
    const auto whole = is_gcm ? nonce(iv) : std::array<std::uint8_t, 12>{};
    const std::size_t start = out.size();
    out.resize(start + plain.size() + (is_gcm ? gcm_icv : 0));
    int written = 0;
    must(EVP_EncryptInit_ex(seal_.get(), nullptr, nullptr, nullptr, is_gcm ? whole.data() : iv.data()),
         "take the vector");
    if (is_gcm && !associated.empty())
        must(EVP_EncryptUpdate(seal_.get(), nullptr, &written, associated.data(), length(associated)),
             "authenticate");
    must(EVP_EncryptUpdate(seal_.get(), out.data() + start, &written, data(plain), length(plain)), "encrypt");
    must(EVP_EncryptFinal_ex(seal_.get(), out.data() + start + written, &written), "finish");
    if (is_gcm)
        must(EVP_CIPHER_CTX_ctrl(seal_.get(), EVP_CTRL_AEAD_GET_TAG, gcm_icv,
                                 out.data() + start + plain.size()),
             "tell the code");
}

bool CipherKey::open(base::View iv, base::View associated, base::View sealed, base::Bytes& out) {
    if (cipher_ == Cipher::null) {
        out.insert(out.end(), sealed.begin(), sealed.end());
        return true;
    }
    const bool is_gcm = cipher_ == Cipher::aes_gcm;
    if (is_gcm && sealed.size() < gcm_icv)
        return false;
    const base::View hidden = is_gcm ? sealed.first(sealed.size() - gcm_icv) : sealed;
    if (hidden.size() % (is_gcm ? 1 : 16) != 0)
        return false;
    const auto whole = is_gcm ? nonce(iv) : std::array<std::uint8_t, 12>{};
    const std::size_t start = out.size();
    out.resize(start + hidden.size());
    int written = 0;
    must(EVP_DecryptInit_ex(open_.get(), nullptr, nullptr, nullptr, is_gcm ? whole.data() : iv.data()),
         "take the vector");
    if (is_gcm) {
        std::array<std::uint8_t, gcm_icv> icv{};
        std::ranges::copy(sealed.last(gcm_icv), icv.begin());
        must(EVP_CIPHER_CTX_ctrl(open_.get(), EVP_CTRL_AEAD_SET_TAG, gcm_icv, icv.data()), "take the code");
        if (!associated.empty())
            must(EVP_DecryptUpdate(open_.get(), nullptr, &written, associated.data(), length(associated)),
                 "authenticate");
    }
    must(EVP_DecryptUpdate(open_.get(), out.data() + start, &written, data(hidden), length(hidden)),
         "decrypt");
    if (EVP_DecryptFinal_ex(open_.get(), out.data() + start + written, &written) > 0)
        return true;
    out.resize(start);
    return false;
}

base::Bytes CipherKey::iv(std::uint64_t seed, std::uint64_t number) {
    base::Bytes out(iv_size(cipher_));
    if (cipher_ == Cipher::null)
        return out;
    base::Bytes nonce(16);
    base::write32(nonce, 0, static_cast<std::uint32_t>(seed >> 32));
    base::write32(nonce, 4, static_cast<std::uint32_t>(seed));
    base::write32(nonce, 8, static_cast<std::uint32_t>(number >> 32));
    base::write32(nonce, 12, static_cast<std::uint32_t>(number));
    if (cipher_ == Cipher::aes_gcm) {
        std::copy(nonce.begin() + 8, nonce.end(), out.begin());
        return out;
    }
    int written = 0;
    must(EVP_EncryptUpdate(nonce_.get(), out.data(), &written, nonce.data(), 16), "make a vector");
    return out;
}

std::array<std::uint8_t, 20> hmac_sha1(base::View key, Mac::Parts parts) {
    std::array<std::uint8_t, 20> out{};
    finish(keyed_mac("SHA1", key).get(), parts, out.data(), out.size());
    return out;
}

std::array<std::uint8_t, 32> hmac_sha256(base::View key, Mac::Parts parts) {
    std::array<std::uint8_t, 32> out{};
    finish(keyed_mac("SHA256", key).get(), parts, out.data(), out.size());
    return out;
}

std::array<std::uint8_t, 20> sha1(Mac::Parts parts) {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, 20> out{};
    unsigned written = 0;
    must(context && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr), "begin a digest");
    for (const base::View part : parts)
        must(EVP_DigestUpdate(context.get(), data(part), part.size()), "continue a digest");
    must(EVP_DigestFinal_ex(context.get(), out.data(), &written), "finish a digest");
    return out;
}

bool equal(base::View a, base::View b) {
    return a.size() == b.size() && CRYPTO_memcmp(data(a), data(b), a.size()) == 0;
}

} // namespace crypto
