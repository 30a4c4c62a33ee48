#pragma once

#include "harness/base/bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stage::replay {

/// Fills `into` with at most `size` octets and returns how many; 0 at the end. Throws std::system_error.
using Read = std::function<std::size_t(std::uint8_t* into, std::size_t size)>;

/// Opens a file, or standard input for "-"; the descriptor is closed with the last copy of the function.
/// Throws std::system_error that names the file.
Read read_from(const std::string& path);
/// Octets in memory, copied.
Read read_from(base::Bytes);

/// A window that slides forward over a stream: as many octets at once as asked for, never the whole file.
class Source {
public:
    explicit Source(Read);

    /// The next `size` octets without consuming them, or fewer if the stream ends before. Valid until the
    /// next call of any member. `size` must not exceed `largest`.
    base::View peek(std::size_t size) {
        return end_ - begin_ >= size ? base::View(buffer_.get() + begin_, size) : refill(size);
    }
    /// Keeps what peek() has shown from now on valid, whatever is called, as long as the caller holds it.
    /// Whoever lets go of it does so where no other member is being called: the buffer is used again.
    std::shared_ptr<const std::uint8_t[]> keep() {
        kept_ = true;
        return buffer_;
    }
    /// The buffer of that address is used again before others, as soon as it is free.
    void prefer(const void* buffer) { preferred_ = buffer; }
    /// Changes with every buffer: what keep() gave before does not hold what is shown now.
    const void* buffer() const { return buffer_.get(); }
    /// True if the next `size` octets are there without another read.
    bool holds(std::size_t size) const { return end_ - begin_ >= size; }
    /// What there is of the next `most` octets without waiting for more than one of them; empty at the end.
    base::View available(std::size_t most) {
        if (begin_ == end_)
            refill(1);
        return {buffer_.get() + begin_, std::min(most, end_ - begin_)};
    }
    /// All octets that have been read and not been consumed.
    base::View window() const { return {buffer_.get() + begin_, end_ - begin_}; }
    /// Consumes octets that peek() has shown.
    void take(std::size_t size) {
        begin_ += size;
        offset_ += size;
    }
    /// Consumes octets unseen, however many; false if the stream ends before.
    bool skip(std::uint64_t size);
    /// Octets consumed so far.
    std::uint64_t offset() const { return offset_; }

    static constexpr std::size_t largest = 1u << 20;

private:
    base::View refill(std::size_t size);
    std::shared_ptr<std::uint8_t[]> empty_buffer();

    Read read_;
    std::vector<std::shared_ptr<std::uint8_t[]>> used_; ///< of the usual size; some are still kept
    std::shared_ptr<std::uint8_t[]> buffer_;
    const void* preferred_ = nullptr;
    std::size_t room_ = 0, begin_ = 0, end_ = 0;
    bool kept_ = false; ///< somebody may still look at the buffer
    std::uint64_t offset_ = 0;
    bool ended_ = false;
};

} // namespace stage::replay
