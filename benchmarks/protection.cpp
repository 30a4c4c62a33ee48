// protection: what one 150-octet message costs, protected and verified, against the bare library doing the
// same arithmetic in the same run. Prints one line for each kind of association.

#include "harness/crypto/samples_test.h"
#include "harness/crypto/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>

namespace {

using namespace crypto;
using Clock = std::chrono::steady_clock;

constexpr std::size_t message_octets = 150;
constexpr int rounds = 7;

/// Nanoseconds for one of `count`, the median of all rounds.
double nanoseconds(int count, const std::function<void()>& body) {
    std::vector<double> all;
    for (int round = 0; round < rounds; ++round) {
        const auto start = Clock::now();
        for (int i = 0; i < count; ++i)
            body();
        all.push_back(std::chrono::duration<double, std::nano>(Clock::now() - start).count() / count);
    }
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

void must(bool holds) {
    if (!holds)
        std::abort();
}

void measure(Association association, int count) {
    association.window = 0; // the same packet is opened again and again
    Transform out(association), in(association);
    const base::Bytes plain = samples::packet(135, samples::random_octets(message_octets, 1));
    const base::Bytes sealed = out.protect(plain).value();
    const double ours = nanoseconds(count, [&] { must(out.protect(plain).has_value()); }) +
                        nanoseconds(count, [&] { must(in.open(sealed).verdict == Verdict::accepted); });

    // The same octets through the same keys, and nothing else.
    CipherKey key(association.cipher, association.cipher_key);
    std::optional<Mac> mac;
    if (association.integrity != Integrity::none)
        mac.emplace(association.integrity, association.integrity_key);
    const std::size_t block = block_size(association.cipher);
    const base::Bytes text((message_octets + 2 + block - 1) / block * block, 7), header(8, 1),
        iv(iv_size(association.cipher), 3);
    base::Bytes hidden, opened;
    hidden.reserve(512);
    opened.reserve(512);
    key.seal(iv, header, text, hidden);
    const auto icv = mac ? mac->of({header, iv, hidden}) : std::array<std::uint8_t, 32>{};
    const base::Bytes whole = hidden;
    const double bare = nanoseconds(count,
                                    [&] {
                                        hidden.clear();
                                        key.seal(iv, header, text, hidden);
                                        if (mac)
                                            must(mac->of({header, iv, hidden})[0] == icv[0]);
                                    }) +
                        nanoseconds(count, [&] {
                            opened.clear();
                            if (mac)
                                must(mac->verify({header, iv, whole}, base::View(icv).first(mac->size())));
                            must(key.open(iv, header, whole, opened));
                        });
    fmt::print(
        "{:<4} {:<8} {:<18} {:>7.0f} ns protect + verify, {:>7.0f} ns bare, {:.2f} times, {:.2f} M/s\n",
        name(association.protocol), name(association.cipher), name(association.integrity), ours, bare,
        ours / bare, 1000 / ours);
}

} // namespace

int main(int count, char** arguments) {
    const int messages = count > 1 ? std::atoi(arguments[1]) : 50'000;
    for (const Association& one : samples::all())
        measure(one, std::max(1, messages));
    return 0;
}
