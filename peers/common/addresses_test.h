#pragma once

#include "harness/base/ip.h"

/// How tests write addresses. They throw std::bad_optional_access where the text is none.
namespace peers {

inline base::Ip6 ip(const char* text) {
    return base::parse_ip6(text).value();
}
inline base::Prefix prefix(const char* text) {
    return base::parse_prefix(text).value();
}

} // namespace peers
