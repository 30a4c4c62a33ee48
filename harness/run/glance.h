#pragma once

#include "harness/base/now.h"
#include "harness/model/scenario.h"
#include "harness/wire/packet.h"
#include "harness/wire/walk.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace run {

/// Recognises a message that differs from an earlier one only where no rule looks: other numbers,
/// identifiers, addresses, in the same layout. What held for that one holds for it, so that long traces are
/// judged at the speed of reading. Checksums are verified here. A Timestamp that a rule looks at counts as
/// equal to one of the same distance from the time of its packet, to the millisecond.
class Glance {
public:
    Glance(const std::vector<const model::Rule*>&, const wire::Profile&);

    /// What a message has in common with its like. Only BU, BA and neighbour discovery straight behind an
    /// IPv6 header without extension headers have a layout that is known; nullopt for everything else, for
    /// wrong lengths and wrong checksums, and for the first of each layout.
    std::optional<std::uint64_t> print(base::View ip, const wire::Walk&, base::Wall at);
    /// Where the fields are in this layout; call it with the packet decoded when print() gave nothing.
    void learn(base::View ip, const wire::Walk&, const wire::Packet&);
    /// The identifier option of the last message that print() looked at; empty if there is none.
    base::View identifier() const { return identifier_; }

private:
    struct Range {
        std::uint16_t at = 0, size = 0;
        bool is_time = false;
    };
    using Layout = std::vector<Range>;

    std::optional<std::uint64_t> layout(base::View ip, const wire::Walk&);
    bool depends(const std::string& element, const std::string& field) const;

    wire::Profile profile_;
    std::set<std::string> looked_at_; ///< "element.field", or ".field" of any element
    std::unordered_map<std::uint64_t, Layout> layouts_;
    base::View identifier_;
};

/// A hash that mixes well enough for tables that are asked a hundred million times.
std::uint64_t hash_of(base::View, std::uint64_t seed);

} // namespace run
