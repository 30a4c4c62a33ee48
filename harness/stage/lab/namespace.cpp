#include "harness/stage/lab/namespace.h"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace stage::lab {

Descriptor own_network_namespace() {
    return checked(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC),
                   "open the own network namespace");
}

InNamespace::InNamespace(int namespace_descriptor) : home_(own_network_namespace()) {
    if (::setns(namespace_descriptor, CLONE_NEWNET) != 0)
        fail("enter a network namespace");
}

InNamespace::~InNamespace() {
    // Going on in a foreign namespace would touch the wrong network.
    if (::setns(home_.get(), CLONE_NEWNET) != 0)
        std::abort();
}

Descriptor make_network_namespace() {
    const Descriptor home = own_network_namespace();
    if (::unshare(CLONE_NEWNET) != 0)
        fail("make a network namespace");
    Descriptor made = own_network_namespace();
    if (::setns(home.get(), CLONE_NEWNET) != 0)
        std::abort();
    return made;
}

void set_variable(const std::string& name, const std::string& value) {
    if (!write_file("/proc/sys/net/" + name, value))
        fail("set net/" + name + " to " + value);
}

std::string variable(const std::string& name) {
    const Descriptor file(::open(("/proc/sys/net/" + name).c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text{};
    const auto size = file ? ::read(file.get(), text.data(), text.size()) : -1;
    std::string value(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!value.empty() && value.back() == '\n')
        value.pop_back();
    return value;
}

} // namespace stage::lab
