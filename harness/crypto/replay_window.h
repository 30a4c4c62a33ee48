#pragma once

#include <cstdint>
#include <vector>

namespace crypto {

/// Which sequence numbers have come already (RFC 4303, 3.4.3; RFC 4302, 3.4.3). Asking and marking are apart,
/// because a number may only be marked once its packet has proved to be authentic.
class ReplayWindow {
public:
    enum class Answer { fresh, seen, too_old, zero };

    /// `size` numbers, counted back from the highest one that was marked; 0: nothing is ever refused.
    explicit ReplayWindow(unsigned size = 64);
    Answer ask(std::uint32_t sequence) const;
    void mark(std::uint32_t sequence);
    std::uint32_t highest() const { return highest_; }
    unsigned size() const { return size_; }

private:
    bool bit(std::uint32_t sequence) const;
    void set(std::uint32_t sequence, bool on);

    unsigned size_;
    std::uint32_t highest_ = 0;
    std::vector<std::uint64_t> bits_; ///< a ring over the low bits of the number
};

} // namespace crypto
