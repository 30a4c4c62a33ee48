#include "harness/judge/precedents.h"

#include "harness/base/text.h"

#include <algorithm>
#include <array>

namespace judge {

namespace {

// Real traffic has some hundreds of layouts; a hostile capture shall not make us search for long.
constexpr std::size_t most_precedents = 4096, most_attempts = 65536, most_alike = 64, most_roles = 64;
constexpr std::size_t most_lists = 1024; ///< a power of two
constexpr std::size_t small =
    4; ///< octets of a value that seldom changes, so that it may be part of the layout

std::uint64_t key_of(base::View octets, const wire::Walk& walk) {
    return std::uint64_t{octets.size()} << 32 | (walk.message & 0xffff) << 16 |
           std::uint64_t{static_cast<std::uint8_t>(walk.what)} << 8 | walk.type;
}

bool is_same_kind(const std::string& kinds, std::string_view kind) {
    if (kinds.empty() || kinds == kind)
        return true;
    const auto parts = base::split(kinds);
    return std::ranges::find(parts, kind) != parts.end();
}

std::size_t place_of(std::uint64_t key) {
    return (key * 0x9e3779b97f4a7c15 >> 32) & (most_lists - 1);
}

/// What a conversation has to know of hosts that register for themselves: each message says it anew.
bool is_of_a_host(std::string_view element, const wire::Profile& profile) {
    using Dialect = wire::Profile::Dialect;
    return (profile.dialect == Dialect::nemo_pd || profile.dialect == Dialect::netmip6) &&
           (element == "alternate-care-of-address" || element == "mobile-network-prefix" ||
            element == "mnp-confirmation");
}

std::uint64_t number_at(base::View octets, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | octets[at + i];
    return number;
}

} // namespace

/// Once others may ask for it, only that changes between whom it was judged, which is looked at in the order
/// of the capture.
class Precedents::Known {
public:
    struct Watched {
        std::size_t offset = 0, size = 0;
        std::uint8_t first = 0;
        Condition condition;
        bool holds = false; ///< in the precedent
    };

    bool fits(base::View octets, base::Wall now) const {
        return layout.fits(octets) && std::ranges::all_of(watched, [&](const auto& one) {
                   return one.condition.holds(octets.subspan(one.offset, one.size), one.first, now) ==
                          one.holds;
               });
    }

    wire::Layout layout;
    std::vector<Watched> watched;
    /// Parties of which roles it was judged between, and what it broke then.
    struct Judged {
        std::uint32_t source = 0, destination = 0;
        Broken broken;
    };
    std::vector<Judged> judged;
    Places places;
};

/// Those of one key, told apart by the three octets in which they differ most. Another one makes another
/// table, as this one may be asked meanwhile.
class Precedents::Alike {
public:
    explicit Alike(std::vector<Known*> some) : known(std::move(some)), entries_(known.size()) {
        for (std::size_t& offset : offsets_)
            offset = most_telling();
        first_.fill(none);
        for (std::size_t at = entries_.size(); at-- > 0;) {
            Entry& entry = entries_[at];
            entry.known = known[at];
            entry.marks = marks_of(entry.known->layout.pattern());
            entry.next = std::exchange(first_[slot_of(entry.marks)], static_cast<std::uint8_t>(at));
        }
    }
    const Known* find(base::View octets, base::Wall now) const {
        const std::uint32_t marks = marks_of(octets);
        for (auto at = first_[slot_of(marks)]; at != none; at = entries_[at].next)
            if (entries_[at].marks == marks && entries_[at].known->fits(octets, now))
                return entries_[at].known;
        return nullptr;
    }

    std::vector<Known*> known; ///< of the same key, and hence of the same size

private:
    static constexpr std::uint8_t none = 0xff;
    static constexpr unsigned slots = 64;
    struct Entry {
        const Known* known = nullptr;
        std::uint32_t marks = 0;
        std::uint8_t next = none;
    };
    static_assert(most_alike < none);

    static std::size_t slot_of(std::uint32_t marks) { return marks * 0x9e3779b1u >> 26; }
    static_assert(slots == 1u << (32 - 26));
    std::uint32_t marks_of(base::View octets) const {
        return std::uint32_t{octets[offsets_[0]]} | std::uint32_t{octets[offsets_[1]]} << 8 |
               std::uint32_t{octets[offsets_[2]]} << 16;
    }
    /// The octet that with those chosen before leaves the most of them different; the first one if none does.
    std::size_t most_telling() const {
        std::size_t best = offsets_[0], most = 0;
        std::vector<std::uint32_t> marks(known.size());
        for (std::size_t offset = 0; offset < known[0]->layout.pattern().size(); ++offset) {
            const auto octet = known[0]->layout.pattern()[offset];
            const auto is_same = [&](const Known* one) { return one->layout.pattern()[offset] == octet; };
            const auto is_fixed = [&](const Known* one) { return one->layout.is_fixed(offset); };
            if (std::ranges::all_of(known, is_same) || !std::ranges::all_of(known, is_fixed))
                continue;
            for (std::size_t at = 0; at < known.size(); ++at)
                marks[at] = marks_of(known[at]->layout.pattern()) << 8 | known[at]->layout.pattern()[offset];
            std::ranges::sort(marks);
            const auto different =
                static_cast<std::size_t>(std::unique(marks.begin(), marks.end()) - marks.begin());
            if (different > most) {
                most = different;
                best = offset;
            }
        }
        return best;
    }

    std::array<std::size_t, 3> offsets_{};
    std::array<std::uint8_t, slots> first_{};
    std::vector<Entry> entries_;
};

struct Precedents::List {
    std::uint64_t key = 0;
    List* next = nullptr;
    std::atomic<const Alike*> alike = nullptr;
};

Precedents::~Precedents() = default;

Precedents::Precedents(const std::vector<model::Rule>& rules, const Dialect& dialect,
                       const wire::Profile& profile, const Roles& roles)
    : dialect_(dialect), profile_(profile), roles_(roles), environment_(nowhere_, profile),
      first_(most_lists) {
    for (const auto& rule : rules) {
        if (!dialect_.applies(rule.when))
            continue;
        ask(rule.on);
        prefixes_matter_ |= std::ranges::find(rule.faults, "unassigned") != rule.faults.end();
        if (rule.must)
            ask(*rule.must);
        if (rule.must_not)
            ask(*rule.must_not);
    }
}

void Precedents::ask(const model::PacketSpec& spec) {
    for (const auto& layer : spec.layers)
        ask(layer);
}

void Precedents::ask(const model::ElementSpec& spec) {
    for (const auto& field : spec.fields) {
        if (field.value.typical || field.value.op == model::Value::Op::any)
            continue; // only whether it is there counts, and that is part of the layout
        asked_.push_back({spec.kind == "any" ? std::string{} : spec.kind, field.name, &field.value});
        ask_references(field.value);
    }
    for (const auto& child : spec.children)
        ask(child);
}

/// "${this.prefix-information.valid-lifetime}" compares two fields of the packet.
void Precedents::ask_references(const model::Value& value) {
    std::string_view text = value.text;
    if (value.op == model::Value::Op::reference && text != "now")
        asked_.push_back({{}, std::string(text.substr(text.rfind('.') + 1)), nullptr});
    for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto reference = text.substr(at + 2, text.find('}', at) - at - 2);
        asked_.push_back({{}, std::string(reference.substr(reference.rfind('.') + 1)), nullptr});
    }
    for (const auto& operand : value.operands)
        ask_references(operand);
}

const Precedents::List* Precedents::list_of(std::uint64_t key) const {
    const List* list = first_[place_of(key)].load(std::memory_order_acquire);
    while (list && list->key != key)
        list = list->next;
    return list;
}

const Precedents::Known* Precedents::match(base::View octets, const wire::Walk& walk, base::Wall now) const {
    const List* list = list_of(key_of(octets, walk));
    return list ? list->alike.load(std::memory_order_acquire)->find(octets, now) : nullptr;
}

const Precedents::Places& Precedents::places(const Known& precedent) {
    return precedent.places;
}

Precedents::Case Precedents::read(const Known& precedent, base::View octets) {
    const Places& places = precedent.places;
    Case out;
    const auto at = octets.begin() + static_cast<std::ptrdiff_t>(places.inner_ip) + 8;
    std::copy_n(at, 16, out.source.octets.begin());
    std::copy_n(at + 16, 16, out.destination.octets.begin());
    if (places.about.size != 0)
        out.about = octets.subspan(places.about.offset, places.about.size);
    if (places.stamp.size != 0)
        out.stamp = number_at(octets, places.stamp.offset, places.stamp.size);
    if (places.prefix.size != 0) {
        auto& prefix = out.prefix.emplace();
        std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(places.prefix.offset), 16,
                    prefix.address.octets.begin());
        prefix.length = octets[places.prefix.offset - 1];
    }
    return out;
}

const Precedents::Broken* Precedents::broken(const Known& precedent, std::uint32_t source,
                                             std::uint32_t destination) {
    for (const auto& one : precedent.judged)
        if (one.source == source && one.destination == destination)
            return &one.broken;
    return nullptr;
}

std::optional<Precedents::Case> Precedents::find(base::View octets, const wire::Walk& walk,
                                                 base::Wall now) const {
    if (const auto* known = match(octets, walk, now))
        if (const auto one = read(*known, octets);
            const auto* what = broken(*known, one.source, one.destination))
            if (what->empty())
                return one;
    return std::nullopt;
}

std::unique_ptr<Precedents::Known> Precedents::precedent(const wire::Packet& packet, base::Wall now) const {
    auto layout = wire::Layout::of(packet, profile_);
    if (!layout)
        return nullptr;
    auto out = std::make_unique<Known>();
    out->layout = std::move(*layout);
    out->places.inner_ip = out->layout.inner_ip();
    const auto source = packet.raw.at(out->places.inner_ip + 8);
    if (source == 0 || source == 0xff) // nobody, who has no roles to learn
        return nullptr;
    const auto values = out->layout.values();
    const auto place = [](Place& first, const wire::Layout::Value& value) {
        if (first.size == 0)
            first = {value.offset, value.size};
    };
    for (const auto& value : values) {
        if (is_of_a_host(value.element, profile_))
            return nullptr;
        if (prefixes_matter_ && (value.element == "mobile-network-prefix" || value.element == "ia-prefix"))
            return nullptr;
        if (value.element == "mobile-node-identifier" && value.name == "nai")
            place(out->places.about, value);
        else if (value.element == "timestamp" && value.name == "value" && value.size == 8)
            place(out->places.stamp, value);
        else if (value.element == "home-network-prefix" && value.name == "prefix" && value.size == 16)
            place(out->places.prefix, value);
        for (const auto& asked : asked_) {
            if (asked.field != value.name || !is_same_kind(asked.element, value.element))
                continue;
            if (value.size <= small) {
                out->layout.fix(value);
                break;
            }
            const auto* element = wire::find_kind(value.element);
            const auto* kind = element ? element->field(value.name) : nullptr;
            // An address with a prefix length is a prefix for some values.
            if (!kind || !asked.value ||
                (kind->type == wire::FieldType::ip6 && element->field("prefix-length")))
                return nullptr;
            auto condition = Condition::of(*asked.value, *kind, environment_);
            if (!condition)
                return nullptr;
            // Several rules may ask the same.
            if (std::ranges::any_of(out->watched, [&](const auto& one) {
                    return one.offset == value.offset && one.size == value.size && one.first == value.first &&
                           one.condition.is_same(*condition);
                }))
                continue;
            const auto octets = base::View(packet.raw).subspan(value.offset, value.size);
            const bool holds = condition->holds(octets, value.first, now);
            if (const auto bits = condition->bits(); holds && bits && value.size == 8) {
                out->layout.fix(value, *bits);
                continue;
            }
            out->watched.push_back({value.offset, value.size, value.first, std::move(*condition), holds});
        }
    }
    return out;
}

void Precedents::add(const wire::Packet& packet, const wire::Walk& walk, base::Wall now,
                     const Broken& broken) {
    if (!packet.faults.empty())
        return;
    const base::View octets = packet.raw;
    const auto key = key_of(octets, walk);
    auto* list = const_cast<List*>(list_of(key)); // whom only this changes
    std::vector<Known*> known;
    if (list) {
        known = list->alike.load(std::memory_order_relaxed)->known;
        const auto one =
            std::ranges::find_if(known, [&](const Known* other) { return other->fits(octets, now); });
        if (one != known.end()) {
            const auto what = read(**one, octets);
            const auto source = roles_.set_of(what.source), destination = roles_.set_of(what.destination);
            if ((*one)->judged.size() < most_roles && !Precedents::broken(**one, source, destination))
                (*one)->judged.push_back({source, destination, broken});
            return;
        }
    }
    if (known.size() >= most_alike || known_.size() >= most_precedents || attempts_ >= most_attempts)
        return;
    ++attempts_;
    auto one = precedent(packet, now);
    if (!one)
        return;
    const auto what = read(*one, octets);
    one->judged.push_back({roles_.set_of(what.source), roles_.set_of(what.destination), broken});
    known.push_back(one.get());
    known_.push_back(std::move(one));
    alike_.push_back(std::make_unique<const Alike>(std::move(known)));
    if (list) {
        list->alike.store(alike_.back().get(), std::memory_order_release);
        return;
    }
    auto& first = first_[place_of(key)];
    lists_.push_back(std::make_unique<List>());
    lists_.back()->key = key;
    lists_.back()->alike.store(alike_.back().get(), std::memory_order_relaxed);
    lists_.back()->next = first.load(std::memory_order_relaxed);
    first.store(lists_.back().get(), std::memory_order_release);
}

} // namespace judge
