#pragma once

#include "harness/base/now.h"
#include "harness/wire/packet.h"

#include <string>

namespace wire {

/// One line without its end:
/// {"number","time","layers":[{"name","offset","size","fields":{…},"options":[…]}],"faults"}. Of a decoded
/// packet all fields are there, derived ones too; registry values are numbers, addresses and octets are
/// strings. `time` is printed as seconds since 1970.
std::string json(const Packet&, std::size_t number, base::Wall time, const Profile& = {});

/// The text as a JSON string, with its quotes.
std::string json_string(std::string_view);

} // namespace wire
