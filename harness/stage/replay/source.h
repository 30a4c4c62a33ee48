#pragma once

#include "harness/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <functional>
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
        return end_ - begin_ >= size ? base::View(buffer_.data() + begin_, size) : refill(size);
    }
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

    Read read_;
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::uint64_t offset_ = 0;
    bool ended_ = false;
};

} // namespace stage::replay
