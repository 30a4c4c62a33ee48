#pragma once

#include "harness/judge/condition.h"
#include "harness/judge/match.h"
#include "harness/judge/roles.h"
#include "harness/model/scenario.h"
#include "harness/wire/layout.h"
#include "harness/wire/walk.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace judge {

/// Packets that were judged and found right. Another one that differs from such a precedent only in values
/// that no rule asks about, between parties of the same roles, is right as well: it need not be decoded, and
/// it teaches nothing about roles. The rules must refer to nothing but the packet itself and ${now}, as
/// passive rules on a capture do. Bounded in memory: what has no room is judged packet by packet.
class Precedents {
public:
    Precedents(const std::vector<model::Rule>&, const Dialect&, const wire::Profile&, const Roles&);
    Precedents(const Precedents&) = delete;
    Precedents& operator=(const Precedents&) = delete;

    /// What a capture's reader wants to know of a packet that was not decoded.
    struct Case {
        base::Ip6 source, destination;   ///< of the innermost header
        std::optional<base::View> about; ///< nai of its mobile node identifier
    };
    /// Null if it has to be decoded and judged. `octets` and `walk` as the decoder would get them.
    const Case* find(base::View octets, const wire::Walk&, base::Wall now);
    /// Adds a packet that broke no rule, after Roles and RuleBook have seen it.
    void add(const wire::Packet&, const wire::Walk&, base::Wall now);

private:
    struct Asked {           ///< a value that some rule asks about
        std::string element; ///< empty: of any
        std::string field;
        const model::Value* value; ///< null: compared with another field
    };
    struct Watched {
        std::size_t offset = 0, size = 0;
        std::uint8_t first = 0;
        Condition condition;
        bool holds = false; ///< in the precedent
    };
    struct Precedent {
        wire::Layout layout;
        std::vector<Watched> watched;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> roles; ///< of sender and receiver
        std::size_t about = 0, about_size = 0;                      ///< place of the identifier; 0: none
    };
    void ask(const model::PacketSpec&);
    void ask(const model::ElementSpec&);
    void ask_references(const model::Value&);
    bool fits(const Precedent&, base::View octets, base::Wall now) const;
    std::optional<Precedent> precedent(const wire::Packet&, base::Wall now) const;
    std::pair<std::uint32_t, std::uint32_t> roles(const Precedent&, base::View octets);

    const Dialect& dialect_;
    const wire::Profile& profile_;
    const Roles& roles_;
    model::Topology nowhere_;
    Environment environment_;
    std::vector<Asked> asked_;
    std::unordered_map<std::uint64_t, std::vector<Precedent>> known_; ///< by what a walk tells
    std::size_t count_ = 0, attempts_ = 0;
    Case case_;
};

} // namespace judge
