#include "harness/judge/sessions.h"

#include <algorithm>
#include <cstring>

namespace judge {

namespace {

// Enough for every mobile node of a large operator.
constexpr std::size_t most = 1'000'000;
constexpr std::size_t most_open = 4;
constexpr std::size_t names_chunk = 64u << 10;

std::uint64_t word(const std::uint8_t* octets, std::size_t size) {
    std::uint64_t value = 0;
    std::memcpy(&value, octets, size);
    return value;
}

std::string_view text_of(base::View octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

base::View octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_in(const base::Ip6& address, const Session& session) {
    if (session.prefix_length == 64)
        return std::memcmp(address.octets.data(), session.prefix.octets.data(), 8) == 0;
    return base::Prefix{session.prefix, session.prefix_length}.contains(address);
}

} // namespace

std::uint64_t Sessions::hash(base::View about, const base::Ip6& anchor) {
    std::uint64_t value = about.size() + 0x9e3779b97f4a7c15;
    std::size_t at = 0;
    for (; at + 8 <= about.size(); at += 8)
        value = (value ^ word(about.data() + at, 8)) * 0x9e3779b97f4a7c15, value ^= value >> 29;
    if (at < about.size()) {
        // Its last eight, some of them once more: a copy of a size that is known needs no call.
        std::uint64_t rest = 0;
        if (about.size() >= 8)
            rest = word(about.data() + about.size() - 8, 8);
        else
            for (const std::uint8_t octet : about)
                rest = rest << 8 | octet;
        value = (value ^ rest) * 0x9e3779b97f4a7c15;
    }
    value ^= word(anchor.octets.data(), 8) * 0xd6e8feb86659fd93;
    value ^= mix(word(anchor.octets.data() + 8, 8) + 0x9e3779b97f4a7c15);
    return mix(value);
}

std::string_view Sessions::keep(base::View text) {
    if (text.size() > names_left_) {
        names_left_ = std::max(names_chunk, text.size());
        names_.push_back(std::make_unique_for_overwrite<char[]>(names_left_));
        names_end_ = names_.back().get();
    }
    std::copy(text.begin(), text.end(), names_end_);
    const std::string_view kept(names_end_, text.size());
    names_end_ += text.size();
    names_left_ -= text.size();
    return kept;
}

Session* Sessions::find(std::uint64_t hash, base::View about, const base::Ip6& anchor) {
    const std::uint32_t known = sessions_by_name_.find(hash, [&](std::uint32_t number) {
        const Session& one = session(number);
        return AddressIndex::is_same(parties_[one.anchor].address, anchor) && one.about == text_of(about);
    });
    if (known != Session::none)
        return &session(known);
    if (size_ >= most) {
        full_ = true;
        return nullptr;
    }
    if (size_ % chunk == 0)
        chunks_.push_back(std::make_unique<Session[]>(chunk));
    const auto number = static_cast<std::uint32_t>(size_++);
    Session& made = session(number);
    made.number = number;
    made.about = keep(about);
    made.anchor = party(anchor);
    parties_[made.anchor].is_anchor = true;
    sessions_by_name_.add(hash, number, [&](std::uint32_t other) {
        const Session& one = session(other);
        return Sessions::hash(octets_of(one.about), parties_[one.anchor].address);
    });
    return &made;
}

Session* Sessions::of_prefix(const base::Ip6& address) {
    const std::uint32_t number = by_prefix_.find(
        prefix_hash(address), [&](std::uint32_t other) { return is_in(address, session(other)); });
    if (number != Session::none)
        return &session(number);
    for (const auto& [length, sessions] : networks_)
        if (const auto* other = sessions.find(base::Prefix{address, length}.canonical().address))
            return &session(*other);
    return nullptr;
}

void Sessions::add_network(const Session& one, const base::Prefix& network) {
    if (network.length > 128 || network.length < 16 || networks_size_ >= 2 * most)
        return;
    auto& sessions = networks_[network.length];
    const std::size_t before = sessions.size();
    sessions.set(network.canonical().address, one.number);
    networks_size_ += sessions.size() - before;
}

void Sessions::index_prefix(const Session& one) {
    const std::uint64_t hash = prefix_hash(one.prefix);
    const std::uint32_t known =
        by_prefix_.find(hash, [&](std::uint32_t other) { return other == one.number; });
    if (known != Session::none || by_prefix_.size() >= 2 * most)
        return;
    by_prefix_.add(hash, one.number, [&](std::uint32_t other) { return prefix_hash(session(other).prefix); });
}

std::uint32_t Sessions::party(const base::Ip6& address) {
    if (const auto* number = party_numbers_.find(address))
        return *number;
    const auto number = static_cast<std::uint32_t>(parties_.size());
    parties_.push_back({address, false});
    party_numbers_.set(address, number);
    return number;
}

Request& Sessions::add_request(Session& session) {
    std::size_t open = 0;
    for (std::uint32_t* at = &session.requests; *at != Session::none;) {
        if (++open == most_open) {
            remove_request(*at);
            break;
        }
        at = &requests_[*at].next;
    }
    std::uint32_t number = free_request_;
    if (number != Session::none) {
        free_request_ = requests_[number].next;
    } else {
        number = static_cast<std::uint32_t>(requests_.size());
        requests_.emplace_back();
    }
    requests_[number] = {};
    requests_[number].next = session.requests;
    session.requests = number;
    return requests_[number];
}

void Sessions::remove_request(std::uint32_t& where) {
    const std::uint32_t number = where;
    where = requests_[number].next;
    requests_[number].next = free_request_;
    free_request_ = number;
}

} // namespace judge
