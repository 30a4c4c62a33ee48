#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"

#include <compare>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace peers::common {

/// Puts fragments together (RFC 2460, 4.5): at most 64 packets at a time and 1 MiB in all (the oldest give
/// way), each for 60 s. Overlapping fragments spoil their packet (RFC 5722).
class Reassembly {
public:
    struct Result {
        std::optional<base::Bytes> whole; ///< the packet without Fragment header
        std::optional<std::uint32_t>
            problem_at; ///< Parameter Problem, code 0, about this octet of the fragment
    };
    /// A fragment, whose Fragment header starts at `header` and is named by the octet at `named_at`.
    Result add(base::View ip, std::size_t header, std::size_t named_at, base::Now);

    /// Gives up what has waited too long. Returned: the packets whose first fragment had come (RFC 2460, 4.5:
    /// Time Exceeded, code 1).
    std::vector<base::Bytes> tick(base::Now);
    std::optional<base::Mono> deadline() const;
    std::size_t octets() const { return octets_; }

private:
    struct Key {
        base::Ip6 source, destination;
        std::uint32_t identification = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct Partial {
        Key key;
        base::Mono until{};
        base::Bytes head;                          ///< unfragmentable part, of the first fragment
        base::Bytes first;                         ///< the first fragment as it came, for the error message
        std::map<std::size_t, base::Bytes> pieces; ///< by offset
        std::optional<std::size_t> total;          ///< known once the last fragment is here
        std::size_t octets = 0;
        bool spoilt = false;
    };
    using Partials = std::list<Partial>; ///< the oldest first

    Partial& partial(const Key&, base::Now);
    void erase(Partials::iterator);
    void spoil(Partial&);

    Partials partials_;
    std::map<Key, Partials::iterator> by_key_;
    std::size_t octets_ = 0;
};

} // namespace peers::common
