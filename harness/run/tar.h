#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace run {

/// Writes an archive in the ustar format (POSIX.1-1988), file by file; nothing in it tells who wrote it.
class Tar {
public:
    explicit Tar(std::function<void(std::string_view)> write) : write_(std::move(write)) {}
    /// False for a name that the format cannot hold: more than 100 octets behind its last stroke, or 155
    /// before it.
    bool add(const std::string& name, std::string_view content);
    void finish();

private:
    std::function<void(std::string_view)> write_;
};

} // namespace run
