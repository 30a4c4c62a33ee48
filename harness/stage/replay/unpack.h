#pragma once

#include "harness/stage/replay/source.h"

#include <memory>
#include <string>

namespace stage::replay {

/// What a compressed stream begins with.
enum class Packing { none, gzip, zstd };
Packing packing_of(base::View head);

/// Unpacks a stream while it is read; memory does not grow with it.
class Unpacked {
public:
    virtual ~Unpacked() = default;
    /// As Read: how many octets there are, 0 at the end or where the stream is damaged.
    virtual std::size_t read(std::uint8_t* into, std::size_t size) = 0;
    /// What is wrong with the stream, as the end of a sentence that begins with "the"; empty: nothing so far.
    const std::string& damage() const { return damage_; }

protected:
    std::string damage_;
};
/// Of gzip or zstd, with any number of members; `packed` stands at its first octet.
std::shared_ptr<Unpacked> unpack(Packing, Source packed);

} // namespace stage::replay
