#include "harness/stage/replay/source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

namespace stage::replay {

namespace {

// Large enough to make system calls rare, small enough to stay in the second-level cache.
constexpr std::size_t chunk = 256u << 10;

class Descriptor {
public:
    Descriptor(int fd, bool owned) : fd_(fd), owned_(owned) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (owned_)
            ::close(fd_);
    }
    int fd() const { return fd_; }

private:
    int fd_;
    bool owned_;
};

} // namespace

Read read_from(const std::string& path) {
    std::shared_ptr<Descriptor> file;
    if (path == "-") {
        file = std::make_shared<Descriptor>(0, false);
    } else {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            throw std::system_error(errno, std::generic_category(), path);
        file = std::make_shared<Descriptor>(fd, true);
        ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return [file, path](std::uint8_t* into, std::size_t size) {
        for (;;) {
            const ssize_t got = ::read(file->fd(), into, size);
            if (got >= 0)
                return static_cast<std::size_t>(got);
            if (errno != EINTR)
                throw std::system_error(errno, std::generic_category(), path);
        }
    };
}

Read read_from(base::Bytes bytes) {
    return [bytes = std::move(bytes), at = std::size_t{0}](std::uint8_t* into, std::size_t size) mutable {
        const std::size_t part = std::min(size, bytes.size() - at);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), part, into);
        at += part;
        return part;
    };
}

Source::Source(Read read) : read_(std::move(read)), buffer_(empty_buffer()), room_(chunk) {}

/// Memory that was filled before costs nothing; new pages would cost as much as what is read into them.
std::shared_ptr<std::uint8_t[]> Source::empty_buffer() {
    const auto is_free = [](const auto& one) { return one.use_count() == 1; };
    auto free =
        std::ranges::find_if(used_, [&](const auto& one) { return one.get() == preferred_ && is_free(one); });
    if (free == used_.end())
        free = std::ranges::find_if(used_, is_free);
    if (free != used_.end())
        return *free;
    return used_.emplace_back(std::make_shared_for_overwrite<std::uint8_t[]>(chunk));
}

base::View Source::refill(std::size_t size) {
    if (ended_)
        return {buffer_.get() + begin_, std::min(size, end_ - begin_)};
    if (kept_ || room_ < size) {
        room_ = std::max(chunk, size);
        auto other = room_ == chunk ? empty_buffer() : std::make_shared_for_overwrite<std::uint8_t[]>(room_);
        std::memcpy(other.get(), buffer_.get() + begin_, end_ - begin_);
        buffer_ = std::move(other);
        kept_ = false;
    } else if (begin_ != 0) {
        std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    }
    end_ -= begin_;
    begin_ = 0;
    while (end_ < size && !ended_) {
        const std::size_t got = read_(buffer_.get() + end_, room_ - end_);
        ended_ = got == 0;
        end_ += got;
    }
    return {buffer_.get(), std::min(size, end_)};
}

bool Source::skip(std::uint64_t size) {
    while (size != 0) {
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, chunk));
        const std::size_t got = peek(part).size();
        take(got);
        size -= got;
        if (got < part)
            return false;
    }
    return true;
}

} // namespace stage::replay
