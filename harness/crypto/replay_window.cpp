#include "harness/crypto/replay_window.h"

#include <algorithm>
#include <bit>

namespace crypto {

namespace {
constexpr unsigned word = 64;
constexpr unsigned largest = 1u << 16;
} // namespace

ReplayWindow::ReplayWindow(unsigned size)
    : size_(std::min(size, largest)), bits_(std::bit_ceil(std::max(1u, (size_ + word - 1) / word))) {}

bool ReplayWindow::bit(std::uint32_t sequence) const {
    return bits_[sequence / word % bits_.size()] >> sequence % word & 1;
}

void ReplayWindow::set(std::uint32_t sequence, bool on) {
    const std::uint64_t mask = std::uint64_t{1} << sequence % word;
    auto& bits = bits_[sequence / word % bits_.size()];
    bits = on ? bits | mask : bits & ~mask;
}

ReplayWindow::Answer ReplayWindow::ask(std::uint32_t sequence) const {
    if (size_ == 0)
        return Answer::fresh;
    if (sequence == 0) // the first packet has 1, and the numbers never come round
        return Answer::zero;
    if (sequence > highest_)
        return Answer::fresh;
    if (highest_ - sequence >= size_)
        return Answer::too_old;
    return bit(sequence) ? Answer::seen : Answer::fresh;
}

void ReplayWindow::mark(std::uint32_t sequence) {
    if (sequence > highest_) {
        if (sequence - highest_ >= bits_.size() * word)
            std::ranges::fill(bits_, 0);
        else
            for (std::uint32_t one = highest_ + 1; one != sequence; ++one)
                set(one, false);
        highest_ = sequence;
    } else if (highest_ - sequence >= bits_.size() * word) {
        return; // its place in the ring belongs to another number
    }
    set(sequence, true);
}

} // namespace crypto
