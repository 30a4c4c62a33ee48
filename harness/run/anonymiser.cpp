#include "harness/run/anonymiser.h"

#include "harness/crypto/algorithms.h"

#include <algorithm>
#include <cctype>

namespace run {

namespace {

bool is_one_of(std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
}

bool is_alnum(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_hex(char c) {
    return base::hex_digit(c) >= 0;
}

base::View view_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool all_zero(base::View octets) {
    return std::all_of(octets.begin(), octets.end(), [](std::uint8_t one) { return one == 0; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

// Names of values that nobody else may know.
bool names_a_key(std::string_view name) {
    const std::string word = lower(name);
    for (const char* one :
         {"key", "secret", "password", "passwd", "passphrase", "psk", "token", "credential"})
        if (word.find(one) != std::string::npos)
            return true;
    return false;
}

} // namespace

base::Bytes Anonymiser::digest(std::string_view what, base::View of, unsigned attempt) {
    const std::uint8_t count[]{static_cast<std::uint8_t>(attempt >> 8), static_cast<std::uint8_t>(attempt)};
    const auto sum = crypto::hmac_sha256(secret_, {view_of(what), base::View(count), of});
    return {sum.begin(), sum.end()};
}

base::Bytes Anonymiser::other(const std::string& context, base::View of) {
    base::Bytes key(of.begin(), of.end());
    const auto found = given_.find({context, key});
    if (found != given_.end())
        return found->second;
    constexpr unsigned most_attempts = 60'000;
    base::Bytes out;
    for (unsigned attempt = 0; attempt < most_attempts; ++attempt) {
        out = digest(context, of, attempt);
        out.resize(of.size());
        if (!all_zero(out) && taken_[context].insert(out).second)
            break;
    }
    given_.emplace(std::pair(context, std::move(key)), out);
    return out;
}

void Anonymiser::low_octets(std::uint8_t* last_three) {
    const base::View old(last_three, 3);
    if (all_zero(old))
        return;
    const auto now = other("low", old);
    std::copy(now.begin(), now.end(), last_three);
}

base::Mac Anonymiser::address(const base::Mac& mac) {
    base::Mac out = mac;
    if (mac.is_group()) {
        // The last octets of a solicited-node group are those of the address.
        if (mac.octets[0] == 0x33 && mac.octets[1] == 0x33 && mac.octets[2] == 0xff)
            low_octets(out.octets.data() + 3);
        return out;
    }
    if (all_zero(mac.octets))
        return out;
    auto vendor = other("vendor", base::View(mac.octets.data(), 3));
    vendor[0] = static_cast<std::uint8_t>((vendor[0] & 0xfc) | 0x02); // one's own, and of one station
    std::copy(vendor.begin(), vendor.end(), out.octets.begin());
    low_octets(out.octets.data() + 3);
    known_.emplace(base::Bytes(mac.octets.begin(), mac.octets.end()),
                   base::Bytes(out.octets.begin(), out.octets.end()));
    return out;
}

base::Ip6 Anonymiser::address(const base::Ip6& old) {
    base::Ip6 out = old;
    auto& to = out.octets;
    if (old.is_unspecified() || old.is_loopback())
        return out;
    if (old.is_multicast()) {
        base::Ip6 group = old;
        std::fill(group.octets.begin() + 13, group.octets.end(), std::uint8_t{0});
        if (group == base::Ip6{}.solicited_node())
            low_octets(to.data() + 13);
        return out;
    }
    if (!old.is_link_local()) {
        const auto site = other("site", base::View(old.octets.data(), 4));
        to[0] = 0x3f;
        to[1] = 0xff;
        to[2] = site[0] & 0x0f;
        to[3] = site[1];
        // Sixteen bits at a time, each under all that stand before it.
        for (std::size_t at = 4; at < 8; at += 2) {
            const base::View part(old.octets.data() + at, 2);
            if (all_zero(part))
                continue;
            const auto now = other("subnet" + base::hex(base::View(old.octets.data(), at)), part);
            std::copy(now.begin(), now.end(), to.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    const base::View interface(old.octets.data() + 8, 8);
    if (interface[3] == 0xff && interface[4] == 0xfe) {
        base::Mac mac{{static_cast<std::uint8_t>(interface[0] ^ 2), interface[1], interface[2], interface[5],
                       interface[6], interface[7]}};
        const base::Mac now = address(mac);
        const auto& n = now.octets;
        const std::uint8_t made[]{
            static_cast<std::uint8_t>(n[0] ^ 2), n[1], n[2], 0xff, 0xfe, n[3], n[4], n[5]};
        std::copy(std::begin(made), std::end(made), to.begin() + 8);
    } else {
        if (const base::View high = interface.first(5); !all_zero(high)) {
            const auto now = other("interface", high);
            std::copy(now.begin(), now.end(), to.begin() + 8);
        }
        low_octets(to.data() + 13);
    }
    known_.emplace(base::Bytes(old.octets.begin(), old.octets.end()), base::Bytes(to.begin(), to.end()));
    return out;
}

base::Ip4 Anonymiser::address(const base::Ip4& old) {
    const auto& o = old.octets;
    if (all_zero(o) || o[0] == 127 || o[0] >= 224)
        return old;
    // Hosts of one network stay in one network; all lie in 10.0.0.0/8.
    const auto network = other("network", base::View(o.data(), 3));
    const std::uint8_t host = o[3] == 0 || o[3] == 255
                                  ? o[3]
                                  : static_cast<std::uint8_t>(other("host", base::View(o.data() + 3, 1))[0]);
    return {{10, network[0], network[1], host}};
}

std::string Anonymiser::word(const std::string& context, std::string_view of) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz", digits = "0123456789";
    std::string out;
    for (unsigned attempt = 0; attempt < 1000; ++attempt) {
        out.clear();
        base::Bytes stream;
        for (std::size_t i = 0; i < of.size(); ++i) {
            if (i % 32 == 0)
                stream = digest(context + std::to_string(i / 32), view_of(of), attempt);
            const std::uint8_t random = stream[i % 32];
            const char c = of[i];
            out += !is_alnum(c)                                  ? c
                   : std::isdigit(static_cast<unsigned char>(c)) ? digits[random % 10]
                                                                 : letters[random % 26];
        }
        if (taken_[context].insert(base::Bytes(out.begin(), out.end())).second)
            break;
    }
    return out;
}

std::string Anonymiser::identifier(std::string_view old) {
    const auto found = names_.find(std::string(old));
    if (found != names_.end())
        return found->second;
    const auto at = old.find('@');
    std::string out;
    if (at == std::string_view::npos) {
        out = word("name", old);
    } else {
        const std::string realm(old.substr(at)); // with its sign: no name is a realm
        auto& known = names_[realm];
        if (known.empty())
            known = word("realm", realm);
        out = word("user" + realm, old.substr(0, at)) + known;
    }
    names_[std::string(old)] = out;
    return out;
}

std::string Anonymiser::key(std::string_view old) {
    return "removed-" + base::hex(base::View(digest("key", view_of(old), 0)).first(4));
}

// Digits of octets: what is known within them is replaced, lengths stay.
std::string Anonymiser::hex_run(std::string_view digits) {
    auto octets = base::parse_hex(digits);
    if (!octets)
        return std::string(digits);
    const base::Bytes before = *octets;
    std::vector<bool> done(octets->size());
    replace_known(*octets, done);
    return *octets == before ? std::string(digits) : base::hex(*octets);
}

// One word of text that may be an address, an identifier, or the octets of either.
std::string Anonymiser::token(std::string_view word) {
    if (const auto at = word.find('@'); at != std::string_view::npos && at != 0 && at + 1 < word.size())
        return identifier(word);
    if (const auto colon = word.find(':'); colon != std::string_view::npos) {
        if (const auto mac = base::parse_mac(word))
            return base::text(address(*mac));
        if (const auto ip = base::parse_ip6(word))
            return base::text(address(*ip));
        return std::string(word);
    }
    if (const auto ip = base::parse_ip4(word))
        return base::text(address(*ip));
    constexpr std::size_t octets_of_a_mac = 12;
    if (word.size() >= octets_of_a_mac && word.size() % 2 == 0 &&
        std::all_of(word.begin(), word.end(), is_hex))
        return hex_run(word);
    return std::string(word);
}

namespace {

// The value of a key begins at `at`, perhaps with a quotation mark, perhaps with one that is escaped: where
// what is in it begins and ends.
std::pair<std::size_t, std::size_t> value_at(std::string_view in, std::size_t at) {
    const std::size_t quote = at < in.size() && in[at] == '\\' ? at + 1 : at;
    if (quote < in.size() && is_one_of("\"'", in[quote])) {
        const auto mark = in.substr(at, quote - at + 1);
        return {quote + 1, std::min(in.find(mark, quote + 1), in.size())};
    }
    return {at, std::min(in.find_first_of(" \t\r\n,;\"'<>)}]\\", at), in.size())};
}

bool is_word_character(char c) {
    return is_alnum(c) || is_one_of(":.@_+-", c);
}

} // namespace

std::string Anonymiser::text(std::string_view in) {
    std::string out, name; // name: the last word, that a value may follow
    std::size_t at = 0;
    while (at < in.size()) {
        const char c = in[at];
        // name="value", name=value, "name": "value", name: value
        if (is_one_of("=:", c) && names_a_key(name)) {
            std::size_t from = at + 1;
            while (from < in.size() && is_one_of(" \t", in[from]))
                ++from;
            const auto [begin, end] = value_at(in, from);
            out += in.substr(at, begin - at);
            if (begin < end)
                out += key(in.substr(begin, end - begin));
            at = end;
            name.clear();
        } else if (c == '\\' && at + 1 < in.size()) { // what stands behind it belongs to it
            out += in.substr(at, 2);
            at += 2;
        } else if (!is_word_character(c)) {
            if (!is_one_of("\"' \t", c))
                name.clear();
            out += c;
            ++at;
        } else {
            std::size_t end = at;
            while (end < in.size() && is_word_character(in[end]))
                ++end;
            while (end > at + 1 && is_one_of(":.", in[end - 1]) && !(end > at + 2 && in[end - 2] == ':'))
                --end;
            const std::string_view word = in.substr(at, end - at);
            out += token(word);
            name = std::string(word);
            at = end;
        }
    }
    return out;
}

void Anonymiser::put(base::Bytes& frame, std::vector<bool>& done, std::size_t at, base::View from,
                     base::View to) {
    // Only where the value stands as it is: a prefix may be written shorter.
    if (at + from.size() > frame.size() ||
        !std::equal(from.begin(), from.end(), frame.begin() + static_cast<std::ptrdiff_t>(at)))
        return;
    std::copy(to.begin(), to.end(), frame.begin() + static_cast<std::ptrdiff_t>(at));
    std::fill_n(done.begin() + static_cast<std::ptrdiff_t>(at), from.size(), true);
}

void Anonymiser::replace(base::Bytes& frame, std::vector<bool>& done, const wire::Element& element) {
    for (const auto& attribute : element.attributes) {
        if (const auto* ip = std::get_if<base::Ip6>(&attribute.value)) {
            put(frame, done, attribute.offset, ip->octets, address(*ip).octets);
        } else if (const auto* mac = std::get_if<base::Mac>(&attribute.value)) {
            put(frame, done, attribute.offset, mac->octets, address(*mac).octets);
        } else if (const auto* ip4 = std::get_if<base::Ip4>(&attribute.value)) {
            put(frame, done, attribute.offset, ip4->octets, address(*ip4).octets);
        } else if (const auto* name = std::get_if<std::string>(&attribute.value)) {
            if (name->find('@') != std::string::npos)
                put(frame, done, attribute.offset, view_of(*name), view_of(identifier(*name)));
        }
    }
    for (const auto& child : element.children)
        replace(frame, done, child);
}

void Anonymiser::replace_known(base::Bytes& frame, std::vector<bool>& done) {
    const auto is_free = [&](std::size_t at, std::size_t size) {
        return std::none_of(done.begin() + static_cast<std::ptrdiff_t>(at),
                            done.begin() + static_cast<std::ptrdiff_t>(at + size),
                            [](bool one) { return one; });
    };
    for (const std::size_t size : {std::size_t{16}, std::size_t{6}})
        for (std::size_t at = 0; at + size <= frame.size(); ++at) {
            if (!is_free(at, size))
                continue;
            const auto begin = frame.begin() + static_cast<std::ptrdiff_t>(at);
            const auto found = known_.find(base::Bytes(begin, begin + static_cast<std::ptrdiff_t>(size)));
            if (found != known_.end())
                put(frame, done, at, found->first, found->second);
        }
    for (const auto& [name, now] : names_) {
        const base::View octets = view_of(name);
        if (name.find('@') == std::string::npos || name.front() == '@')
            continue;
        for (auto at = frame.begin();
             (at = std::search(at, frame.end(), octets.begin(), octets.end())) != frame.end(); ++at)
            if (const auto offset = static_cast<std::size_t>(at - frame.begin());
                is_free(offset, octets.size()))
                put(frame, done, offset, octets, view_of(now));
    }
}

namespace {

// A checksum that was right is to be computed anew; one that was wrong stays what it is.
void forget_lies(wire::Element& now, const wire::Element& before) {
    std::erase_if(now.attributes, [&](const wire::Attribute& one) {
        return one.name == "checksum" && !before.attribute("checksum");
    });
    for (std::size_t i = 0; i < std::min(now.children.size(), before.children.size()); ++i)
        if (now.children[i].name == before.children[i].name)
            forget_lies(now.children[i], before.children[i]);
}

} // namespace

base::Bytes Anonymiser::frame(base::View ethernet, const wire::Profile& profile) {
    base::Bytes out(ethernet.begin(), ethernet.end());
    std::vector<bool> done(out.size());
    const auto before = wire::decode_frame(ethernet, profile);
    const auto described = wire::describe(before, profile);
    replace(out, done, described);
    replace_known(out, done);
    if (std::equal(out.begin(), out.end(), ethernet.begin(), ethernet.end()))
        return out;
    auto element = wire::describe(wire::decode_frame(out, profile), profile);
    forget_lies(element, described);
    std::vector<std::string> mistakes;
    const auto right = wire::encode(wire::build(element, mistakes, profile), profile);
    if (right.size() != out.size())
        return out;
    for (const auto& place : wire::places(before, profile))
        if (place.path.ends_with("checksum") && place.offset + place.size <= out.size())
            std::copy_n(right.begin() + static_cast<std::ptrdiff_t>(place.offset), place.size,
                        out.begin() + static_cast<std::ptrdiff_t>(place.offset));
    return out;
}

} // namespace run
