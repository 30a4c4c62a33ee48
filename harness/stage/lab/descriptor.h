#pragma once

#include <string>
#include <utility>

namespace stage::lab {

/// A file descriptor with one owner; closed with it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    void reset();

private:
    int number_ = -1;
};

/// Throws std::system_error with errno and what was attempted.
[[noreturn]] void fail(const std::string& attempted);
/// The descriptor, or fail(attempted) where it is negative.
Descriptor checked(int number, const std::string& attempted);

/// Writes a short text in one go, as files of the kernel want it. False, with errno set, if that failed.
bool write_file(const std::string& path, const std::string& text);

} // namespace stage::lab
