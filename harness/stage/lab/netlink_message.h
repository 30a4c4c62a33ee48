#pragma once

#include "harness/base/bytes.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <sys/socket.h>

// How rtnetlink messages are put together and taken apart; for the files of Netlink only.
namespace stage::lab::rtnetlink {

inline void pad(base::Bytes& message) {
    message.resize(NLMSG_ALIGN(message.size()));
}

template <class T>
void append(base::Bytes& message, const T& value) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&value);
    message.insert(message.end(), octets, octets + sizeof value);
    pad(message);
}

inline void attribute(base::Bytes& message, unsigned short type, base::View value) {
    const rtattr header{static_cast<unsigned short>(RTA_LENGTH(value.size())), type};
    append(message, header);
    message.insert(message.end(), value.begin(), value.end());
    pad(message);
}

inline void attribute(base::Bytes& message, unsigned short type, std::uint32_t value) {
    attribute(message, type, base::View(reinterpret_cast<const std::uint8_t*>(&value), sizeof value));
}

inline void attribute(base::Bytes& message, unsigned short type, const std::string& value) {
    attribute(message, type,
              base::View(reinterpret_cast<const std::uint8_t*>(value.c_str()), value.size() + 1));
}

/// Attributes inside an attribute.
inline void nested(base::Bytes& message, unsigned short type, const std::function<void()>& inside) {
    const std::size_t at = message.size();
    append(message, rtattr{0, type});
    inside();
    const auto length = static_cast<unsigned short>(message.size() - at);
    std::memcpy(message.data() + at, &length, sizeof length);
}

inline ifinfomsg link_header(int index) {
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = index;
    return header;
}

template <class Header>
void each_attribute(const void* message, const std::function<void(const rtattr&)>& visit) {
    const auto* header = static_cast<const nlmsghdr*>(message);
    auto left = static_cast<int>(header->nlmsg_len - NLMSG_SPACE(sizeof(Header)));
    const auto* one =
        reinterpret_cast<const rtattr*>(static_cast<const char*>(message) + NLMSG_SPACE(sizeof(Header)));
    for (; RTA_OK(one, left); one = RTA_NEXT(one, left))
        visit(*one);
}

/// What follows the header of a message.
template <class T>
const T& body(const void* message) {
    return *reinterpret_cast<const T*>(static_cast<const char*>(message) + NLMSG_SPACE(0));
}

template <class T>
T value_of(const rtattr& one) {
    T value{};
    std::memcpy(&value, RTA_DATA(&one), std::min<std::size_t>(sizeof value, RTA_PAYLOAD(&one)));
    return value;
}

} // namespace stage::lab::rtnetlink
