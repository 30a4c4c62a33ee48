// Encapsulating Security Payload, transport mode (RFC 4303).
#include "harness/crypto/transform.h"

#include <algorithm>

namespace crypto {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::uint8_t no_next_header = 59;

} // namespace

std::optional<base::Bytes> Transform::seal_esp(base::View ip, const Chain& chain, std::uint32_t spi,
                                               std::uint32_t sequence, const Lies* lies) {
    // RFC 4303, 2.4: 1, 2, 3, … up to the block of the cipher and four octets
    base::Bytes plain(ip.begin() + static_cast<std::ptrdiff_t>(chain.at), ip.end());
    const std::size_t block = block_size(association_.cipher), upper = plain.size();
    const std::size_t padding = (block - (upper + 2) % block) % block;
    for (std::size_t i = 1; i <= padding; ++i)
        plain.push_back(lapses_.pads_with_zeros ? 0 : static_cast<std::uint8_t>(i));
    plain.push_back(static_cast<std::uint8_t>(padding));
    plain.push_back(chain.next);
    if (lies)
        for (std::size_t i = 0; i < lies->trailer.size() && upper + i < plain.size(); ++i)
            plain[upper + i] ^= lies->trailer[i];

    base::Bytes out(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(chain.at));
    out[chain.named] = static_cast<std::uint8_t>(Protocol::esp);
    const std::size_t start = out.size();
    out.resize(start + header_size);
    base::write32(out, start, spi);
    base::write32(out, start + 4, sequence);
    const base::Bytes iv = cipher_.iv(seed_, sequence);
    out.insert(out.end(), iv.begin(), iv.end());
    const base::Bytes header(out.begin() + static_cast<std::ptrdiff_t>(start),
                             out.begin() + static_cast<std::ptrdiff_t>(start + header_size));
    cipher_.seal(iv, header, plain, out);
    if (mac_) {
        base::View covered = base::View(out).subspan(start);
        if (lapses_.covers_no_header)
            covered = covered.subspan(header_size);
        if (lapses_.covers_no_trailer)
            covered = covered.first(covered.size() - 4);
        const auto icv = mac_->of({covered});
        out.insert(out.end(), icv.begin(), icv.begin() + static_cast<std::ptrdiff_t>(mac_->size()));
    }
    if (lies) {
        const std::size_t size = mac_ ? mac_->size() : gcm_icv;
        const std::size_t icv = out.size() - size;
        for (std::size_t i = 0; i < lies->icv.size() && icv + i < out.size(); ++i)
            out[icv + i] ^= lies->icv[i];
        out.resize(icv + std::min(lies->icv_octets.value_or(size), size));
    }
    if (!fix_length(out))
        return std::nullopt;
    return out;
}

/// How many octets a careless receiver takes for the ICV: as many as fit.
std::size_t Transform::short_icv(base::View esp) {
    for (std::size_t size = mac_->size(); size >= 4; size -= 4) {
        if (esp.size() < header_size + size)
            continue;
        const auto right = mac_->of({esp.first(esp.size() - size)});
        if (equal(base::View(right).first(size), esp.last(size)))
            return size;
    }
    return 4;
}

Opened Transform::open_esp(base::View ip, const Chain& chain, bool windowed) {
    Opened out;
    const base::View esp = ip.subspan(chain.at);
    const std::size_t iv_octets = iv_size(association_.cipher);
    const std::size_t icv_octets = mac_ ? mac_->size() : gcm_icv;
    if (esp.size() < header_size)
        return out;
    out.spi = base::read32(esp, 0);
    out.sequence = base::read32(esp, 4);
    const std::size_t least = header_size + iv_octets + 2 + (lapses_.accepts_short_icv ? 4 : icv_octets);
    if (esp.size() < least)
        return out;
    const std::size_t taken = lapses_.accepts_short_icv && mac_ ? short_icv(esp) : icv_octets;
    if (windowed) {
        out.verdict = ask(out.sequence);
        if (out.verdict != Verdict::accepted)
            return out;
        if (lapses_.marks_before_icv)
            window_.mark(out.sequence);
    }
    base::View covered = mac_ ? esp.first(esp.size() - taken) : esp;
    const base::View sealed = covered.subspan(header_size + iv_octets);
    if (mac_) {
        if (lapses_.covers_no_header)
            covered = covered.subspan(header_size);
        if (lapses_.covers_no_trailer && covered.size() > 4)
            covered = covered.first(covered.size() - 4);
        if (!authentic({covered}, esp.last(taken))) {
            out.verdict = Verdict::not_authentic;
            return out;
        }
    }
    base::Bytes plain;
    if (!cipher_.open(esp.subspan(header_size, iv_octets), esp.first(header_size), sealed, plain)) {
        out.verdict = mac_ ? Verdict::malformed : Verdict::not_authentic;
        return out;
    }
    if (windowed)
        window_.mark(out.sequence);
    out.verdict = Verdict::malformed;
    if (plain.size() < 2)
        return out;
    const std::size_t padding = plain[plain.size() - 2];
    const std::uint8_t next = plain.back();
    if (padding + 2 > plain.size())
        return out;
    const std::size_t upper = plain.size() - 2 - padding;
    if (!lapses_.ignores_padding)
        for (std::size_t i = 0; i < padding; ++i)
            if (plain[upper + i] != i + 1) {
                out.verdict = Verdict::wrong_padding;
                return out;
            }
    out.verdict = Verdict::accepted;
    out.ip.assign(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(chain.at));
    out.ip[chain.named] = next;
    if (next != no_next_header) // RFC 4303, 2.6: a dummy packet has nothing inside
        out.ip.insert(out.ip.end(), plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(upper));
    fix_length(out.ip);
    return out;
}

} // namespace crypto
