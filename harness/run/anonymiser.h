#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/wire/packet.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace run {

/// Replaces identifiers, addresses and keys, the same by the same wherever it meets them: in text, and in
/// frames, whose lengths stay and whose checksums stay as right or as wrong as they were. Structure is kept:
/// zero stays zero, two addresses of one prefix stay in one prefix, a realm stays one realm, an address that
/// is made of an Ethernet address stays so. Global addresses come to lie in 3fff::/20 (RFC 9637).
class Anonymiser {
public:
    /// Who does not have the secret cannot find back by trying.
    explicit Anonymiser(base::Bytes secret) : secret_(std::move(secret)) {}

    base::Ip6 address(const base::Ip6&);
    base::Ip4 address(const base::Ip4&);
    base::Mac address(const base::Mac&);
    /// "mn1@example.net" → another of the same length.
    std::string identifier(std::string_view);
    /// A key, password or secret in any notation; always another text.
    std::string key(std::string_view);

    std::string text(std::string_view);
    base::Bytes frame(base::View ethernet, const wire::Profile&);

private:
    base::Bytes digest(std::string_view what, base::View of, unsigned attempt);
    /// The same octets for the same in that context, never the same for two; as many as came.
    base::Bytes other(const std::string& context, base::View of);
    std::string word(const std::string& context, std::string_view of);
    void low_octets(std::uint8_t* last_three);
    std::string token(std::string_view);
    std::string hex_run(std::string_view);
    void replace(base::Bytes& frame, std::vector<bool>& done, const wire::Element&);
    void put(base::Bytes& frame, std::vector<bool>& done, std::size_t at, base::View from, base::View to);
    void replace_known(base::Bytes& frame, std::vector<bool>& done);

    base::Bytes secret_;
    std::map<std::pair<std::string, base::Bytes>, base::Bytes> given_;
    std::map<std::string, std::set<base::Bytes>> taken_;
    std::map<base::Bytes, base::Bytes> known_; ///< of 6 or 16 octets, to be found where no field is
    std::map<std::string, std::string> names_; ///< identifiers
};

} // namespace run
