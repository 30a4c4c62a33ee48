#pragma once

#include <string>

namespace stage::host {

/// A directory into which one process at a time writes. It is free again when the process ends, however that
/// happens; what the process forks does not hold it.
class DirectoryLock {
public:
    /// Takes the directory if nobody has it. Where it cannot be written to, or the file system knows no
    /// locks, it counts as free.
    explicit DirectoryLock(const std::string& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    /// Another process has it.
    bool is_taken() const { return taken_; }

private:
    std::string path_;
    int descriptor_ = -1, owner_ = 0;
    bool taken_ = false;
};

} // namespace stage::host
