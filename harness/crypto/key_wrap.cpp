#include "harness/crypto/key_wrap.h"

#include <openssl/evp.h>

#include <memory>

namespace crypto {

namespace {

constexpr std::size_t block = 8, least_key = 16;

const EVP_CIPHER* wrapping(std::size_t kek) {
    return kek == 16   ? EVP_aes_128_wrap()
           : kek == 24 ? EVP_aes_192_wrap()
           : kek == 32 ? EVP_aes_256_wrap()
                       : nullptr;
}

std::optional<base::Bytes> run_wrap(base::View kek, base::View octets, bool wraps) {
    const EVP_CIPHER* cipher = wrapping(kek.size());
    const std::size_t least = wraps ? least_key : least_key + block;
    if (!cipher || octets.size() < least || octets.size() % block != 0)
        return std::nullopt;
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    if (!context)
        return std::nullopt;
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    base::Bytes out(octets.size() + 2 * block);
    int written = 0;
    const bool done =
        EVP_CipherInit_ex(context.get(), cipher, nullptr, kek.data(), nullptr, wraps ? 1 : 0) > 0 &&
        EVP_CipherUpdate(context.get(), out.data(), &written, octets.data(),
                         static_cast<int>(octets.size())) > 0;
    if (!done || written <= 0)
        return std::nullopt;
    out.resize(static_cast<std::size_t>(written));
    return out;
}

} // namespace

std::optional<base::Bytes> wrap_key(base::View kek, base::View key) {
    return run_wrap(kek, key, true);
}

std::optional<base::Bytes> unwrap_key(base::View kek, base::View wrapped) {
    return run_wrap(kek, wrapped, false);
}

} // namespace crypto
