#include "harness/stage/lab/port.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/socket.h>
#include <utility>

namespace stage::lab {
namespace {

constexpr std::size_t block_size = 1U << 16;
constexpr unsigned headers = ETH_HLEN + 4; // and one tag

template <class T>
void set_option(int socket, int name, const T& value, const char* attempted) {
    if (::setsockopt(socket, SOL_PACKET, name, &value, sizeof value) != 0)
        fail(attempted);
}

} // namespace

// Protocol 0: deaf until it is bound, so that nothing of other interfaces comes in first.
FramePort::FramePort(int interface_index, unsigned mtu, std::size_t ring)
    : FramePort(
          checked(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "open a packet socket"),
          interface_index, mtu, ring) {}

FramePort::FramePort(Descriptor socket, int interface_index, unsigned mtu, std::size_t ring)
    : socket_(std::move(socket)) {
    const int fd = socket_.get();
    set_option(fd, PACKET_VERSION, static_cast<int>(TPACKET_V2), "choose version 2 of the packet ring");
    set_option(fd, PACKET_IGNORE_OUTGOING, 1, "ignore outgoing frames");
    slot_size_ = std::bit_ceil(TPACKET2_HDRLEN + TPACKET_ALIGNMENT + mtu + headers);
    const std::size_t block = std::max(block_size, slot_size_);
    tpacket_req request{};
    request.tp_block_size = static_cast<unsigned>(block);
    request.tp_block_nr = static_cast<unsigned>((std::max(ring, block) + block - 1) / block);
    request.tp_frame_size = static_cast<unsigned>(slot_size_);
    request.tp_frame_nr = static_cast<unsigned>(block / slot_size_ * request.tp_block_nr);
    set_option(fd, PACKET_RX_RING, request, "make a packet ring");
    ring_size_ = block * request.tp_block_nr;
    slots_ = request.tp_frame_nr;
    // Not for children: a process that holds the ring would keep it filling.
    void* mapped = ::mmap(nullptr, ring_size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        fail("map a packet ring");
    ring_ = static_cast<std::uint8_t*>(mapped);
    ::madvise(mapped, ring_size_, MADV_DONTFORK);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = interface_index;
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int reason = errno;
        ::munmap(ring_, ring_size_);
        errno = reason;
        fail("bind a packet socket to its interface");
    }
}

FramePort::~FramePort() {
    ::munmap(ring_, ring_size_);
}

std::size_t FramePort::read(std::vector<Frame>& frames, std::size_t most) {
    std::size_t count = 0;
    for (; count < most; ++count) {
        // Slots divide a block without rest, hence the ring is one row of them.
        auto& slot = *reinterpret_cast<tpacket2_hdr*>(ring_ + next_ * slot_size_);
        std::atomic_ref<__u32> status(slot.tp_status);
        const auto state = status.load(std::memory_order_acquire);
        if (!(state & TP_STATUS_USER))
            break;
        if (slot.tp_snaplen < slot.tp_len)
            ++losses_.truncated;
        const auto* start = ring_ + next_ * slot_size_ + slot.tp_mac;
        Frame& frame = frames.emplace_back();
        sockaddr_ll from{};
        std::memcpy(&from, ring_ + next_ * slot_size_ + TPACKET_ALIGN(sizeof slot), sizeof from);
        frame.interface = from.sll_ifindex;
        frame.at = std::chrono::seconds(slot.tp_sec) + std::chrono::nanoseconds(slot.tp_nsec);
        frame.bytes.assign(start, start + slot.tp_snaplen);
        if (slot.tp_status & TP_STATUS_VLAN_VALID &&
            frame.bytes.size() >= 12) { // the kernel took the tag out
            const auto type = static_cast<std::uint16_t>(
                slot.tp_status & TP_STATUS_VLAN_TPID_VALID ? slot.tp_vlan_tpid : ETH_P_8021Q);
            const std::uint8_t tag[] = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                                        static_cast<std::uint8_t>(slot.tp_vlan_tci >> 8),
                                        static_cast<std::uint8_t>(slot.tp_vlan_tci)};
            frame.bytes.insert(frame.bytes.begin() + 12, std::begin(tag), std::end(tag));
        }
        status.store(TP_STATUS_KERNEL, std::memory_order_release);
        next_ = (next_ + 1) % slots_;
    }
    return count;
}

bool FramePort::write(int interface_index, base::View frame) {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = interface_index;
    to.sll_halen = ETH_ALEN;
    std::copy_n(frame.begin(), std::min<std::size_t>(frame.size(), ETH_ALEN), to.sll_addr);
    if (::sendto(socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&to), sizeof to) == static_cast<ssize_t>(frame.size()))
        return true;
    if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
        ++losses_.unsent;
    return false;
}

void FramePort::hear_all_groups(int interface_index) {
    packet_mreq request{};
    request.mr_ifindex = interface_index;
    request.mr_type = PACKET_MR_ALLMULTI;
    set_option(socket_.get(), PACKET_ADD_MEMBERSHIP, request, "hear all groups");
}

void FramePort::hear_everything(int interface_index) {
    packet_mreq request{};
    request.mr_ifindex = interface_index;
    request.mr_type = PACKET_MR_PROMISC;
    set_option(socket_.get(), PACKET_ADD_MEMBERSHIP, request, "hear frames to anybody");
}

FramePort::Losses FramePort::losses() {
    tpacket_stats statistics{};
    socklen_t size = sizeof statistics;
    if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
        losses_.dropped += statistics.tp_drops;
    return std::exchange(losses_, {});
}

void FramePort::clear_error() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
}

} // namespace stage::lab
