#include "harness/stage/host/lock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stage::host {

namespace {

/// Whoever had the file before may have removed it while we waited for nothing: then it is no lock any more.
bool is_still_there(int descriptor, const std::string& path) {
    struct stat open = {}, named = {};
    return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
           open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

} // namespace

// A lock of the process (fcntl), not of the open file (flock): the processes of cases are forked, and must
// not keep a directory whose runner was killed.
DirectoryLock::DirectoryLock(const std::string& directory) : path_(directory + "/.lock"), owner_(::getpid()) {
    constexpr int attempts = 10;
    for (int i = 0; i < attempts; ++i) {
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (descriptor_ < 0)
            return;
        struct flock whole = {};
        whole.l_type = F_WRLCK;
        whole.l_whence = SEEK_SET;
        if (::fcntl(descriptor_, F_SETLK, &whole) != 0) {
            taken_ = errno == EACCES || errno == EAGAIN;
            ::close(descriptor_);
            descriptor_ = -1;
            return;
        }
        if (is_still_there(descriptor_, path_))
            return;
        ::close(descriptor_);
        descriptor_ = -1;
    }
}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ < 0)
        return;
    if (owner_ == ::getpid())
        ::unlink(path_.c_str());
    ::close(descriptor_);
}

} // namespace stage::host
