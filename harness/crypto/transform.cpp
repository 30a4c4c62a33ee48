#include "harness/crypto/transform.h"

#include "harness/base/text.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace crypto {

namespace {

base::Bytes changed(base::Bytes key, const base::Bytes& by) {
    for (std::size_t i = 0; i < key.size() && i < by.size(); ++i)
        key[i] ^= by[i];
    return key;
}

unsigned window_of(const Association& association, const Lapses& lapses) {
    if (lapses.accepts_replays || association.window == 0)
        return 0;
    return association.window + (lapses.window_too_large ? 1 : 0) - (lapses.window_too_small ? 1 : 0);
}

constexpr std::pair<std::string_view, bool Lapses::*> lapse_names[] = {
    {"skips-icv", &Lapses::skips_icv},
    {"accepts-replays", &Lapses::accepts_replays},
    {"accepts-zero", &Lapses::accepts_zero},
    {"window-too-small", &Lapses::window_too_small},
    {"window-too-large", &Lapses::window_too_large},
    {"refuses-late", &Lapses::refuses_late},
    {"marks-before-icv", &Lapses::marks_before_icv},
    {"ignores-addresses", &Lapses::ignores_addresses},
    {"ignores-spi", &Lapses::ignores_spi},
    {"accepts-clear", &Lapses::accepts_clear},
    {"compares-half-icv", &Lapses::compares_half_icv},
    {"accepts-short-icv", &Lapses::accepts_short_icv},
    {"ignores-padding", &Lapses::ignores_padding},
    {"covers-no-header", &Lapses::covers_no_header},
    {"covers-no-trailer", &Lapses::covers_no_trailer},
    {"repeats-sequence", &Lapses::repeats_sequence},
    {"starts-at-zero", &Lapses::starts_at_zero},
    {"wraps", &Lapses::wraps},
    {"skips-numbers", &Lapses::skips_numbers},
    {"pads-with-zeros", &Lapses::pads_with_zeros},
    {"sends-clear", &Lapses::sends_clear},
    {"sends-other-spi", &Lapses::sends_other_spi},
    {"changes-spi", &Lapses::changes_spi},
    {"protects-everything", &Lapses::protects_everything},
    {"forgets-peers", &Lapses::forgets_peers},
    {"ignores-selectors", &Lapses::ignores_selectors},
    {"answers-bad", &Lapses::answers_bad},
};

} // namespace

std::string_view name(Verdict verdict) {
    static constexpr std::string_view names[] = {"accepted",
                                                 "malformed",
                                                 "no association for its SPI",
                                                 "addresses that the association is not for",
                                                 "replayed",
                                                 "behind the window",
                                                 "not authentic",
                                                 "wrong padding",
                                                 "against the policy"};
    return names[static_cast<std::size_t>(verdict)];
}

Lapses lapses_of(std::string_view words) {
    Lapses out;
    for (const std::string& word : base::split(words))
        for (const auto& [name, member] : lapse_names)
            if (name == word)
                out.*member = true;
    return out;
}

Transform::Transform(const Association& association, std::uint64_t seed, const Lapses& lapses)
    : association_(association), seed_(seed), lapses_(lapses),
      cipher_(association.cipher, association.cipher_key), window_(window_of(association, lapses)),
      next_(lapses.starts_at_zero ? 0 : association.first) {
    if (association.integrity != Integrity::none)
        mac_.emplace(association.integrity, association.integrity_key);
}

std::uint32_t Transform::take_number() {
    constexpr std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
    const std::uint32_t number = next_;
    if (!lapses_.repeats_sequence)
        next_ = next_ == last ? (lapses_.wraps ? 1 : 0) : next_ + (lapses_.skips_numbers ? 2 : 1);
    return number;
}

std::optional<base::Bytes> Transform::protect(base::View ip, const Lies* lies) {
    const auto chain = chain_of(ip);
    if (!chain)
        return std::nullopt;
    if (lies && lies->any_key()) { // a transform of its own, so that ours keeps its keys
        Association other = association_;
        other.integrity_key = changed(other.integrity_key, lies->integrity_key);
        other.cipher_key = changed(other.cipher_key, lies->cipher_key);
        Lies rest = *lies;
        rest.integrity_key.clear();
        rest.cipher_key.clear();
        if (!rest.sequence)
            rest.sequence = take_number();
        return Transform(other, seed_).protect(ip, &rest);
    }
    const std::uint32_t spi = lies && lies->spi ? *lies->spi : association_.spi;
    const bool numbered = lies && lies->sequence;
    if (!numbered && next_ == 0 && !lapses_.starts_at_zero)
        return std::nullopt;
    const std::uint32_t sequence = numbered ? *lies->sequence : take_number();
    const bool other = lapses_.sends_other_spi || (lapses_.changes_spi && sequence > association_.first);
    const std::uint32_t told = other ? spi + 1 : spi;
    return association_.protocol == Protocol::esp
               ? seal_esp(ip.first(chain->end), *chain, told, sequence, lies)
               : seal_ah(ip.first(chain->end), *chain, told, sequence);
}

Verdict Transform::ask(std::uint32_t sequence) const {
    using Answer = ReplayWindow::Answer;
    if (lapses_.refuses_late && sequence <= window_.highest())
        return Verdict::too_old;
    switch (window_.ask(sequence)) {
    case Answer::fresh:
        return Verdict::accepted;
    case Answer::zero:
        return lapses_.accepts_zero ? Verdict::accepted : Verdict::replayed;
    case Answer::seen:
        return Verdict::replayed;
    case Answer::too_old:
        return Verdict::too_old;
    }
    return Verdict::malformed;
}

bool Transform::authentic(Mac::Parts parts, base::View icv) {
    if (lapses_.skips_icv)
        return true;
    if (lapses_.compares_half_icv || lapses_.accepts_short_icv) {
        const auto right = mac_->of(parts);
        const std::size_t compared = std::min(icv.size(), mac_->size() / (lapses_.compares_half_icv ? 2 : 1));
        return equal(base::View(right).first(compared), icv.first(compared));
    }
    return mac_->verify(parts, icv);
}

Opened Transform::open(base::View ip) {
    const auto chain = chain_of(ip);
    if (!chain || chain->next != static_cast<std::uint8_t>(association_.protocol))
        return {};
    ip = ip.first(chain->end);
    return association_.protocol == Protocol::esp ? open_esp(ip, *chain, true) : open_ah(ip, *chain, true);
}

Opened Transform::look(base::View ip) {
    const auto chain = chain_of(ip);
    if (!chain || chain->next != static_cast<std::uint8_t>(association_.protocol))
        return {};
    ip = ip.first(chain->end);
    return association_.protocol == Protocol::esp ? open_esp(ip, *chain, false) : open_ah(ip, *chain, false);
}

} // namespace crypto
