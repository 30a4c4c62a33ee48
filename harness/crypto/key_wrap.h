#pragma once

#include "harness/base/bytes.h"

#include <optional>

namespace crypto {

/// AES Key Wrap (RFC 3394) under a key-encryption key of 16, 24 or 32 octets. The key is a multiple of eight
/// octets, 16 at least; nullopt for other sizes.
std::optional<base::Bytes> wrap_key(base::View kek, base::View key);

/// The inverse; nullopt where the integrity check fails: another key, or octets that were changed.
std::optional<base::Bytes> unwrap_key(base::View kek, base::View wrapped);

} // namespace crypto
