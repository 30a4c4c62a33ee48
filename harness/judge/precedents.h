#pragma once

#include "harness/judge/condition.h"
#include "harness/judge/match.h"
#include "harness/judge/roles.h"
#include "harness/model/scenario.h"
#include "harness/wire/layout.h"
#include "harness/wire/walk.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace judge {

/// Packets that were judged. Another one that differs from such a precedent only in values that no rule asks
/// about, between parties of the same roles, breaks the same rules, which mostly are none: it need not be
/// decoded, and it teaches nothing about roles. The rules must refer to nothing but the packet itself and
/// ${now}, as passive rules on a capture do. Bounded in memory: what has no room is judged packet by packet.
class Precedents {
public:
    Precedents(const std::vector<model::Rule>&, const Dialect&, const wire::Profile&, const Roles&);
    Precedents(const Precedents&) = delete;
    Precedents& operator=(const Precedents&) = delete;
    ~Precedents();

    class Known;
    /// The precedent that a packet is like in all but its parties; null if it has to be decoded and judged.
    /// `octets` and `walk` as the decoder would get them. May be asked while another thread calls add().
    const Known* match(base::View octets, const wire::Walk&, base::Wall now) const;

    /// Where a packet that is like the precedent has its values; those of size 0 it has not.
    struct Place {
        std::size_t offset = 0, size = 0;
    };
    struct Places {
        std::size_t inner_ip = 0;
        Place about, stamp, prefix; ///< as in Case; a stamp has eight octets, and
                                    ///< the prefix's length stands before it (RFC 5213, 8.3)
    };
    static const Places& places(const Known&);

    /// What a capture's reader wants to know of a packet that was not decoded.
    struct Case {
        base::Ip6 source, destination;      ///< of the innermost header
        std::optional<base::View> about;    ///< nai of its mobile node identifier
        std::optional<std::uint64_t> stamp; ///< value of its timestamp
        std::optional<base::Prefix> prefix; ///< of its home network prefix
    };
    static Case read(const Known&, base::View octets);
    using Broken = std::vector<std::size_t>;
    /// The rules that all break that are like it and between parties of those roles (Roles::set_of()), as
    /// RuleBook::broken_last() had them; null where none was judged. In the order of the capture only.
    static const Broken* broken(const Known&, std::uint32_t source, std::uint32_t destination);
    const Broken* broken(const Known& known, const base::Ip6& source, const base::Ip6& destination) const {
        return broken(known, roles_.set_of(source), roles_.set_of(destination));
    }
    /// All at once, of what breaks nothing.
    std::optional<Case> find(base::View octets, const wire::Walk&, base::Wall now) const;
    /// Adds a packet after Roles and RuleBook have seen it, with the rules that it broke.
    void add(const wire::Packet&, const wire::Walk&, base::Wall now, const Broken& broken = {});

private:
    struct Asked {           ///< a value that some rule asks about
        std::string element; ///< empty: of any
        std::string field;
        const model::Value* value; ///< null: compared with another field
    };
    void ask(const model::PacketSpec&);
    void ask(const model::ElementSpec&);
    void ask_references(const model::Value&);
    class Alike;
    struct List;
    const List* list_of(std::uint64_t key) const;
    std::unique_ptr<Known> precedent(const wire::Packet&, base::Wall now) const;

    const Dialect& dialect_;
    const wire::Profile& profile_;
    const Roles& roles_;
    model::Topology nowhere_;
    Environment environment_;
    std::vector<Asked> asked_;
    std::vector<std::unique_ptr<Known>> known_;
    std::vector<std::unique_ptr<const Alike>> alike_; ///< those of before too, which may still be asked
    std::vector<std::unique_ptr<List>> lists_;
    std::vector<std::atomic<List*>> first_; ///< by what a walk tells
    std::size_t attempts_ = 0;
    bool prefixes_matter_ = false; ///< a rule compares those of one packet with those of earlier ones
};

} // namespace judge
