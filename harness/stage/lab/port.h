#pragma once

#include "harness/base/bytes.h"
#include "harness/base/now.h"
#include "harness/stage/lab/descriptor.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace stage::lab {

/// An Ethernet interface as a source and sink of frames: an AF_PACKET socket with a receive ring. Hears all
/// that comes in, nothing that itself sends.
class FramePort {
public:
    /// What was lost on the way in, since the last question.
    struct Losses {
        std::uint64_t dropped = 0;   ///< the ring was full
        std::uint64_t truncated = 0; ///< longer than the MTU of the ring's slots
        std::uint64_t unsent = 0;    ///< the interface did not take it
        bool any() const { return dropped + truncated + unsent > 0; }
    };
    struct Frame {
        int interface = 0; ///< index
        base::Wall at{};   ///< the kernel's stamp
        base::Bytes bytes;
    };
    static constexpr std::size_t default_ring = 8U << 20;

    /// Interface 0 is all of the calling thread's namespace. `mtu` bounds what a slot holds; `ring` is in
    /// octets and is rounded up. Throws std::system_error.
    FramePort(int interface_index, unsigned mtu, std::size_t ring = default_ring);
    /// On a packet socket of protocol 0, of whatever namespace; the interface is one of that.
    FramePort(Descriptor socket, int interface_index, unsigned mtu, std::size_t ring = default_ring);
    FramePort(const FramePort&) = delete;
    FramePort& operator=(const FramePort&) = delete;
    ~FramePort();

    /// Readable when a frame has come.
    int descriptor() const { return socket_.get(); }
    /// Appends at most `most` frames that have come; the number of them.
    std::size_t read(std::vector<Frame>& frames, std::size_t most);
    /// False if the interface does not take it (down, or longer than its MTU). That it had no room is counted
    /// in losses().unsent.
    bool write(int interface_index, base::View frame);
    /// Lets frames to all groups in at a real network card …
    void hear_all_groups(int interface_index);
    /// … or those to anybody.
    void hear_everything(int interface_index);
    Losses losses();
    /// Takes note of an interface that went down: until then the descriptor stays readable.
    void clear_error();

private:
    Descriptor socket_;
    std::uint8_t* ring_ = nullptr;
    std::size_t ring_size_ = 0, slot_size_ = 0, slots_ = 0, next_ = 0;
    Losses losses_;
};

} // namespace stage::lab
