#include "harness/stage/lab/descriptor.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace stage::lab {

void Descriptor::reset() {
    if (number_ >= 0)
        ::close(number_);
    number_ = -1;
}

void fail(const std::string& attempted) {
    throw std::system_error(errno, std::generic_category(), attempted);
}

Descriptor checked(int number, const std::string& attempted) {
    if (number < 0)
        fail(attempted);
    return Descriptor(number);
}

bool write_file(const std::string& path, const std::string& text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

} // namespace stage::lab
