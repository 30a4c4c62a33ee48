#pragma once

#include "harness/stage/lab/descriptor.h"

#include <string>

namespace stage::lab {

/// Enters a network namespace for a scope; the calling thread is back where it was afterwards. A socket made
/// inside keeps that namespace for ever, so that one process can hold sockets of all nodes. Throws
/// std::system_error.
class InNamespace {
public:
    explicit InNamespace(int namespace_descriptor);
    InNamespace(const InNamespace&) = delete;
    InNamespace& operator=(const InNamespace&) = delete;
    ~InNamespace();

private:
    Descriptor home_;
};

/// A new network namespace, held by nothing but the descriptor: no name, no file. Throws std::system_error.
Descriptor make_network_namespace();
/// The namespace of the calling thread.
Descriptor own_network_namespace();

/// Sets a variable below /proc/sys/net, of the calling thread's namespace: "ipv6/conf/all/forwarding". Throws
/// std::system_error naming the variable.
void set_variable(const std::string& name, const std::string& value);
/// Its value without the final newline; empty if there is no such variable.
std::string variable(const std::string& name);

} // namespace stage::lab
