#pragma once

#include "harness/crypto/samples_test.h"
#include "harness/crypto/transform.h"

#include <algorithm>
#include <cstdlib>

/// What the fuzzers of both transforms have in common: arbitrary octets, and packets with arbitrary content.
namespace crypto::fuzz {

inline void must(bool holds) {
    if (!holds)
        std::abort();
}

/// The octets as they are, or as an extension header and what follows it between two nodes that have
/// associations: the first octet chooses, the second one is the next header.
inline base::Bytes packet(base::View octets) {
    if (octets.size() < 2 || (octets[0] & 1) == 0)
        return {octets.begin(), octets.end()};
    return samples::packet(octets[1], {octets.begin() + 2, octets.end()});
}

/// What is protected opens to what it was, once; with one octet changed it does not.
inline void protects(const Association& one, base::View plain, std::size_t at, std::uint8_t by) {
    Transform out(one), in(one);
    const auto sealed = out.protect(plain);
    if (!sealed)
        return;
    const auto chain = chain_of(plain);
    const Opened opened = in.open(*sealed);
    must(opened.verdict == Verdict::accepted);
    constexpr std::uint8_t dummy = 59; // ESP discards what such a packet holds
    if (chain->next != dummy || one.protocol == Protocol::ah)
        must(std::ranges::equal(opened.ip, plain.first(chain->end)));
    must(in.open(*sealed).verdict == Verdict::replayed);
    if (by == 0)
        return;
    base::Bytes changed = *sealed;
    changed[chain->at + at % (changed.size() - chain->at)] ^= by;
    must(Transform(one).open(changed).verdict != Verdict::accepted);
}

/// One input for the associations of that protocol: which of them, what is changed, and the octets.
inline int run(Protocol protocol, const std::uint8_t* data, std::size_t size) {
    static const auto associations = [protocol] {
        auto some = samples::all();
        std::erase_if(some, [&](const Association& one) { return one.protocol != protocol; });
        return some;
    }();
    if (size < 4)
        return 0;
    const Association& one = associations[data[0] % associations.size()];
    const base::Bytes octets = packet({data + 4, size - 4});
    Transform in(one); // nobody here has sealed it
    must(in.open(octets).verdict != Verdict::accepted);
    must(in.look(octets).verdict != Verdict::accepted);
    protects(one, octets, base::read16({data, size}, 1), data[3]);
    return 0;
}

} // namespace crypto::fuzz
