// Writes a realistic Proxy Mobile IPv6 capture (RFC 5213 dialect; pcap with nanoseconds, Ethernet).
//   gen_capture OUT.pcap PACKETS [mix|signalling] [MOBILE-NODES] [SEED] [FAULTS-PER-MILLION-REFRESHES]
// Every node lives: RS, PBU/PBA, RA, sometimes DHCPv6 through the relay, then data in the tunnel and
// refreshes, sometimes a handover, sometimes a refusal or a retransmission, at last a de-registration, and
// again from the start. It packs its octets by itself and shares no code with the decoder that it is there to
// exercise.
#include "harness/base/ip.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using base::Ip6;

class Random {
public:
    explicit Random(std::uint64_t seed) : a_(seed * 0x9e3779b97f4a7c15ULL + 1), b_(~a_) {
        for (int i = 0; i < 20; ++i)
            (*this)();
    }
    std::uint64_t operator()() {
        std::uint64_t x = a_;
        a_ = b_;
        x ^= x << 23;
        b_ = x ^ b_ ^ (x >> 18) ^ (a_ >> 5);
        return b_ + a_;
    }
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>((((*this)() >> 32) * n) >> 32); }
    bool percent(std::uint32_t n) { return below(100) < n; }

private:
    std::uint64_t a_, b_;
};

/// One frame under construction.
struct Frame {
    std::array<std::uint8_t, 2048> octets;
    std::size_t size = 0;

    void number(std::uint64_t value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            octets[size++] = static_cast<std::uint8_t>(value >> shift);
    }
    void raw(const void* from, std::size_t n) {
        std::memcpy(&octets[size], from, n);
        size += n;
    }
    void zero(std::size_t n) {
        std::memset(&octets[size], 0, n);
        size += n;
    }
    void put16(std::size_t at, std::size_t value) {
        octets[at] = static_cast<std::uint8_t>(value >> 8);
        octets[at + 1] = static_cast<std::uint8_t>(value);
    }
    void align(std::size_t start, std::size_t n, std::size_t y) {
        const std::size_t gap = (y + n * 64 - (size - start)) % n;
        if (gap == 1)
            number(0, 1);
        if (gap >= 2) {
            number(1, 1);
            number(gap - 2, 1);
            zero(gap - 2);
        }
    }
    std::uint16_t checksum(std::size_t ip, std::uint8_t protocol, std::size_t start) const {
        std::uint64_t sum = protocol + (size - start);
        const auto add = [&](std::size_t from, std::size_t n) {
            for (std::size_t i = 0; i + 1 < n; i += 2)
                sum += static_cast<std::uint64_t>(octets[from + i] << 8 | octets[from + i + 1]);
            if (n & 1)
                sum += static_cast<std::uint64_t>(octets[from + n - 1] << 8);
        };
        add(ip + 8, 32);
        add(start, size - start);
        while (sum >> 16)
            sum = (sum & 0xffff) + (sum >> 16);
        return static_cast<std::uint16_t>(~sum);
    }
};

enum Kind : std::uint8_t { all_routers = 5, mag = 3, lma = 4, server = 6, node = 9 };

struct MobileNode {
    enum { detached, bound, leaving } state = detached;
    std::uint32_t id = 0, mag = 0;
    std::uint8_t access_technology = 4;
    std::uint16_t sequence = 0;
    unsigned refreshes = 0;
    std::uint64_t interface_id = 0, stamp = 0; ///< stamp: of the last update
};

/// What can be made wrong in one packet; the packets are told in OUT.pcap.faults.
enum class Fault {
    none,
    checksum,
    answer_checksum,
    payload_proto,
    reserved,
    answer_reserved,
    prefix_reserved,
    padding,
    acknowledge,
    sequence,
    lifetime,
    stamp,
    early,
    same_sequence,
    stray,
};
constexpr std::array fault_names{"none",
                                 "checksum",
                                 "answer-checksum",
                                 "payload-proto",
                                 "reserved",
                                 "answer-reserved",
                                 "prefix-reserved",
                                 "padding",
                                 "acknowledge",
                                 "sequence",
                                 "lifetime",
                                 "stamp",
                                 "early",
                                 "same-sequence",
                                 "stray"};

constexpr std::uint32_t mags = 16, lmas = 2;
constexpr std::uint16_t lifetime = 21600; // a day: no binding runs out in the longest capture
constexpr std::uint64_t second = 1'000'000'000;

Ip6 address(std::uint8_t kind, std::uint32_t number) {
    Ip6 result{{0x20, 0x01, 0x0d, 0xb8, 0, kind}};
    result.octets[14] = static_cast<std::uint8_t>((number + 1) >> 8);
    result.octets[15] = static_cast<std::uint8_t>(number + 1);
    return result;
}

Ip6 home_network_prefix(std::uint32_t id) {
    Ip6 result{{0x20, 0x01, 0x0d, 0xb8, static_cast<std::uint8_t>(0x80 | (id >> 24))}};
    result.octets[5] = static_cast<std::uint8_t>(id >> 16);
    result.octets[6] = static_cast<std::uint8_t>(id >> 8);
    result.octets[7] = static_cast<std::uint8_t>(id);
    return result;
}

Ip6 with_interface(Ip6 prefix, std::uint64_t interface_id) {
    for (unsigned i = 0; i < 8; ++i)
        prefix.octets[8 + i] = static_cast<std::uint8_t>(interface_id >> (56 - 8 * i));
    return prefix;
}

const Ip6 fe80{{0xfe, 0x80}};
const Ip6 common_router = with_interface(fe80, 0x0200000000000001ULL);

class Generator {
public:
    Generator(std::FILE* out, std::FILE* told, std::uint64_t packets, bool signalling, std::uint32_t nodes,
              std::uint64_t seed, std::uint32_t faults)
        : out_(out), told_(told), want_(packets), signalling_(signalling), faults_(faults), random_(seed),
          nodes_(nodes) {
        for (auto& octet : junk_)
            octet = static_cast<std::uint8_t>(random_());
        for (std::uint32_t i = 0; i < nodes; ++i) {
            nodes_[i].id = i;
            nodes_[i].mag = random_.below(mags);
            nodes_[i].access_technology = random_.below(2) ? 4 : 3;
            nodes_[i].sequence = static_cast<std::uint16_t>(random_());
            nodes_[i].interface_id = random_() & ~(1ULL << 57);
        }
    }
    void run() {
        const std::uint32_t header[6] = {0xa1b23c4d, 0x00040002, 0, 0, 262144, 1};
        std::fwrite(header, sizeof header, 1, out_);
        while (packets_ < want_)
            live(nodes_[random_.below(static_cast<std::uint32_t>(nodes_.size()))]);
    }
    std::uint64_t packets() const { return packets_; }

private:
    void live(MobileNode& who) {
        switch (who.state) {
        case MobileNode::detached:
            arrive(who);
            break;
        case MobileNode::bound:
            if (!signalling_ && random_.percent(52)) {
                for (std::uint32_t burst = 1 + random_.below(4); burst > 0; --burst)
                    data(who);
                break;
            }
            random_.percent(75) ? refresh(who) : hand_over(who);
            if (--who.refreshes == 0)
                who.state = MobileNode::leaving;
            break;
        case MobileNode::leaving:
            exchange(who, 4, 0);
            who.state = MobileNode::detached;
            break;
        }
    }
    void arrive(MobileNode& who) {
        if (!signalling_)
            router_solicitation(who);
        ++who.sequence;
        binding(who, false, 1, lifetime, 0, true);
        if (random_.percent(1)) {
            binding(who, true, 1, 0, static_cast<std::uint8_t>(152 + random_.below(10)), false);
            return;
        }
        binding(who, true, 1, lifetime, 0, false);
        if (!signalling_)
            router_advertisement(who);
        who.state = MobileNode::bound;
        who.refreshes = 2 + random_.below(8);
        if (!signalling_ && random_.percent(60))
            dhcp_exchange(who);
    }
    void refresh(MobileNode& who) {
        if (faults_ && random_.below(1'000'000) < faults_)
            return refresh_wrongly(who);
        ++who.sequence;
        binding(who, false, 5, lifetime, 0, false);
        if (random_.below(200) == 0) { // the answer is late: once more after a second
            clock_ += second;
            ++who.sequence;
            binding(who, false, 5, lifetime, 0, false);
        }
        binding(who, true, 5, lifetime, 0, false);
        if (!signalling_ && random_.below(4) == 0)
            router_advertisement(who);
    }
    /// A refresh with the next kind of fault in it, and what sound nodes make of that.
    void refresh_wrongly(MobileNode& who) {
        const auto kind = static_cast<Fault>(1 + told_count_++ % (fault_names.size() - 1));
        const auto update = [&](Fault fault) {
            fault_ = fault;
            binding(who, false, 5, lifetime, 0, false);
        };
        const auto answer = [&](Fault fault) {
            fault_ = fault;
            binding(who, true, 5, lifetime, 0, false);
        };
        const auto again = [&](std::uint64_t after) {
            clock_ += after;
            ++who.sequence;
        };
        ++who.sequence;
        switch (kind) {
        case Fault::stray: {
            MobileNode elsewhere = who;
            elsewhere.mag = (who.mag + 1) % mags;
            clock_ += 2 * second; // nothing is on its way any more
            fault_ = kind;
            return data(elsewhere);
        }
        case Fault::checksum:
        case Fault::payload_proto: // is not answered
            update(kind);
            again(second);
            update(Fault::none);
            break;
        case Fault::answer_checksum: // is not heard
        case Fault::sequence:
            update(Fault::none);
            answer(kind);
            again(second);
            update(Fault::none);
            break;
        case Fault::early:
            update(Fault::none);
            again(second / 5);
            update(kind);
            break;
        case Fault::same_sequence:
            update(Fault::none);
            clock_ += second;
            update(kind);
            break;
        case Fault::answer_reserved:
        case Fault::lifetime:
        case Fault::stamp:
            update(Fault::none);
            return answer(kind);
        default:
            update(kind);
        }
        answer(Fault::none);
    }
    void hand_over(MobileNode& who) {
        exchange(who, 4, 0);
        who.mag = (who.mag + 1 + random_.below(mags - 1)) % mags;
        if (!signalling_)
            router_solicitation(who);
        exchange(who, 3, lifetime);
        if (!signalling_) {
            router_advertisement(who);
            if (random_.below(2))
                dhcp_exchange(who);
        }
    }
    void exchange(MobileNode& who, std::uint8_t handoff, std::uint16_t asked) {
        ++who.sequence;
        binding(who, false, handoff, asked, 0, false);
        binding(who, true, handoff, asked, 0, false);
    }

    void ethernet(std::uint8_t to_kind, std::uint32_t to, std::uint8_t from_kind, std::uint32_t from) {
        frame_.size = 0;
        mac(to_kind, to);
        mac(from_kind, from);
        frame_.number(0x86dd, 2);
    }
    void mac(std::uint8_t kind, std::uint32_t number) {
        frame_.number(2, 1);
        frame_.number(kind, 1);
        frame_.number(number, 4);
    }
    std::size_t ipv6(const Ip6& from, const Ip6& to, std::uint8_t next, std::uint8_t hops) {
        const std::size_t start = frame_.size;
        frame_.number(0x60000000, 4);
        frame_.number(0, 2);
        frame_.number(next, 1);
        frame_.number(hops, 1);
        frame_.raw(from.octets.data(), 16);
        frame_.raw(to.octets.data(), 16);
        return start;
    }
    void set_length(std::size_t ip) { frame_.put16(ip + 4, frame_.size - ip - 40); }
    void emit() {
        clock_ += 200 + random_.below(60000);
        const std::uint32_t header[4] = {
            static_cast<std::uint32_t>(clock_ / second), static_cast<std::uint32_t>(clock_ % second),
            static_cast<std::uint32_t>(frame_.size), static_cast<std::uint32_t>(frame_.size)};
        std::fwrite(header, sizeof header, 1, out_);
        std::fwrite(frame_.octets.data(), frame_.size, 1, out_);
        ++packets_;
        if (fault_ != Fault::none)
            std::fprintf(told_, "%s %llu\n", fault_names[static_cast<std::size_t>(fault_)],
                         static_cast<unsigned long long>(packets_));
        fault_ = Fault::none;
    }

    /// A PBU, or the PBA that answers it, with the options of RFC 5213.
    void binding(MobileNode& who, bool answer, std::uint8_t handoff, std::uint16_t asked, std::uint8_t status,
                 bool any_prefix) {
        const std::uint64_t now = clock_ / second << 16 | (clock_ % second) * 65536 / second;
        if (!answer)
            who.stamp = std::max(now, who.stamp + 1);
        const Ip6 care_of = address(mag, who.mag), anchor = address(lma, who.id % lmas);
        if (answer)
            ethernet(mag, who.mag, lma, who.id % lmas);
        else
            ethernet(lma, who.id % lmas, mag, who.mag);
        const std::size_t ip = answer ? ipv6(anchor, care_of, 135, 64) : ipv6(care_of, anchor, 135, 64);
        const std::size_t start = frame_.size;
        frame_.number(fault_ == Fault::payload_proto ? 0x1100 : 0x3b00, 2);
        frame_.number(answer ? 6 : 5, 1);
        frame_.zero(3);
        if (answer) {
            frame_.number(status, 1);
            frame_.number(fault_ == Fault::answer_reserved ? 0x21 : 0x20, 1);
            frame_.number(fault_ == Fault::sequence ? who.sequence + 7U : who.sequence, 2);
        } else {
            frame_.number(who.sequence, 2);
            frame_.number(fault_ == Fault::reserved      ? 0x8201
                          : fault_ == Fault::acknowledge ? 0x0200
                                                         : 0x8200,
                          2);
        }
        frame_.number(fault_ == Fault::lifetime ? asked + 1U : asked, 2);
        char nai[64];
        const int length =
            std::snprintf(nai, sizeof nai, "mn%09u@realm%02u.example.net", who.id, who.id % 37);
        frame_.number(8, 1);
        frame_.number(static_cast<std::uint64_t>(length + 1), 1);
        frame_.number(1, 1);
        frame_.raw(nai, static_cast<std::size_t>(length));
        frame_.align(start, 8, 4);
        if (fault_ == Fault::padding) // there are six octets of it
            frame_.octets[frame_.size - 1] = 0xff;
        frame_.number(fault_ == Fault::prefix_reserved ? 0x161201 : 0x161200, 3);
        frame_.number(any_prefix ? 0 : 64, 1);
        frame_.raw((any_prefix ? Ip6{} : home_network_prefix(who.id)).octets.data(), 16);
        frame_.align(start, 4, 0);
        frame_.number(0x17020000U | handoff, 4);
        frame_.align(start, 4, 0);
        frame_.number(0x18020000U | who.access_technology, 4);
        frame_.align(start, 8, 0);
        frame_.number(0x19080000, 4);
        mac(node, who.id);
        frame_.align(start, 8, 6);
        frame_.number(0x1a10, 2);
        frame_.raw((answer && status == 0 ? common_router : Ip6{}).octets.data(), 16);
        frame_.align(start, 8, 2);
        frame_.number(0x1b08, 2);
        frame_.number((answer && status != 0 ? now : who.stamp) + (fault_ == Fault::stamp ? 1 : 0), 8);
        frame_.align(start, 8, 0);
        frame_.octets[start + 1] = static_cast<std::uint8_t>((frame_.size - start) / 8 - 1);
        set_length(ip);
        const std::uint16_t sum = frame_.checksum(ip, 135, start);
        const bool is_wrong = fault_ == Fault::checksum || fault_ == Fault::answer_checksum;
        frame_.put16(start + 4, is_wrong ? sum ^ 0x0101U : sum);
        emit();
    }
    void link_layer_option(std::uint8_t kind, std::uint32_t number) {
        frame_.number(0x0101, 2);
        mac(kind, number);
    }
    void finish_icmp(std::size_t ip, std::size_t start) {
        set_length(ip);
        frame_.put16(start + 2, frame_.checksum(ip, 58, start));
        emit();
    }
    void router_solicitation(const MobileNode& who) {
        ethernet(all_routers, 2, node, who.id);
        Ip6 group{{0xff, 0x02}};
        group.octets[15] = 2;
        const std::size_t ip = ipv6(with_interface(fe80, who.interface_id), group, 58, 255),
                          start = frame_.size;
        frame_.number(0x85000000, 4);
        frame_.zero(4);
        link_layer_option(node, who.id);
        finish_icmp(ip, start);
    }
    void router_advertisement(const MobileNode& who) {
        ethernet(node, who.id, mag, who.mag);
        const std::size_t ip = ipv6(common_router, with_interface(fe80, who.interface_id), 58, 255);
        const std::size_t start = frame_.size;
        frame_.number(0x86000000, 4);
        frame_.number(0x40000708, 4);
        frame_.zero(8);
        link_layer_option(mag, who.mag);
        frame_.number(0x05010000, 4);
        frame_.number(1460, 4);
        frame_.number(0x030440c0, 4);
        frame_.number(3600, 4);
        frame_.number(1800, 4);
        frame_.zero(4);
        frame_.raw(home_network_prefix(who.id).octets.data(), 16);
        finish_icmp(ip, start);
    }
    void dhcp_exchange(const MobileNode& who) {
        dhcp(who, false);
        dhcp(who, true);
    }
    void dhcp(const MobileNode& who, bool reply) {
        const Ip6 relay = address(mag, who.mag), far = address(server, 0);
        if (reply)
            ethernet(mag, who.mag, server, 1);
        else
            ethernet(server, 1, mag, who.mag);
        const std::size_t ip = reply ? ipv6(far, relay, 17, 64) : ipv6(relay, far, 17, 64),
                          start = frame_.size;
        frame_.number(0x02230223, 4);
        frame_.zero(4);
        frame_.number(reply ? 13 : 12, 1);
        frame_.number(0, 1);
        frame_.raw(with_interface(home_network_prefix(who.id), 1).octets.data(), 16);
        frame_.raw(with_interface(fe80, who.interface_id).octets.data(), 16);
        frame_.number(0x00120004, 4);
        frame_.number(who.id, 4);
        frame_.number(9, 2);
        const std::size_t length = frame_.size;
        frame_.zero(2);
        dhcp_message(who, reply ? 7 : 3);
        frame_.put16(length, frame_.size - length - 2);
        set_length(ip);
        frame_.put16(start + 4, frame_.size - start);
        frame_.put16(start + 6, frame_.checksum(ip, 17, start));
        emit();
    }
    void dhcp_message(const MobileNode& who, std::uint8_t type) {
        frame_.number(type, 1);
        frame_.number((who.id * 2654435761U) & 0xffffff, 3);
        frame_.number(0x0001000a00030001ULL, 8);
        mac(node, who.id);
        frame_.number(0x0002000a00030001ULL, 8);
        mac(server, 1);
        frame_.number(0x00030028, 4);
        frame_.number(who.id, 4);
        frame_.number(1000, 4);
        frame_.number(2000, 4);
        frame_.number(0x00050018, 4);
        frame_.raw(with_interface(home_network_prefix(who.id), who.interface_id).octets.data(), 16);
        frame_.number(1800, 4);
        frame_.number(3600, 4);
        frame_.number(0x000800020000ULL, 6);
        frame_.number(0x0006000400170018ULL, 8);
    }
    void data(const MobileNode& who) {
        const bool down = random_.percent(60) && fault_ == Fault::none, tcp = random_.percent(70);
        const std::uint32_t anchor = who.id % lmas;
        if (down)
            ethernet(mag, who.mag, lma, anchor);
        else
            ethernet(lma, anchor, mag, who.mag);
        const Ip6 care_of = address(mag, who.mag), lmaa = address(lma, anchor),
                  far = address(0xcc, who.id % 200);
        const Ip6 home = with_interface(home_network_prefix(who.id), who.interface_id);
        const std::size_t outer = down ? ipv6(lmaa, care_of, 41, 64) : ipv6(care_of, lmaa, 41, 64);
        const std::uint8_t protocol = tcp ? 6 : 17;
        const std::size_t inner = down ? ipv6(far, home, protocol, 60) : ipv6(home, far, protocol, 60);
        const std::size_t start = frame_.size;
        const std::uint32_t dice = random_.below(100);
        const std::uint32_t size = dice < 45   ? random_.below(40)
                                   : dice < 65 ? 100 + random_.below(400)
                                               : 1200 + random_.below(120);
        const std::uint32_t port = 40000 + who.id % 20000;
        frame_.number(down ? 443 : port, 2);
        frame_.number(down ? port : 443, 2);
        if (tcp) {
            frame_.number(random_(), 8);
            frame_.number(0x5010ffff, 4);
            frame_.zero(4);
        } else {
            frame_.number(8 + size, 2);
            frame_.zero(2);
        }
        frame_.raw(&junk_[random_.below(100)], size);
        set_length(inner);
        set_length(outer);
        frame_.put16(start + (tcp ? 16 : 6), frame_.checksum(inner, protocol, start));
        emit();
    }

    std::FILE *out_, *told_; ///< told_: of the faults
    std::uint64_t want_, packets_ = 0, clock_ = 1'700'000'000ULL * second;
    bool signalling_;
    std::uint32_t faults_;
    std::size_t told_count_ = 0;
    Fault fault_ = Fault::none; ///< of the packet that comes next
    Random random_;
    std::vector<MobileNode> nodes_;
    Frame frame_{};
    std::array<std::uint8_t, 1500> junk_{};
};

std::uint64_t argument(int count, char** values, int at, std::uint64_t otherwise) {
    return at < count ? std::strtoull(values[at], nullptr, 0) : otherwise;
}

} // namespace

int main(int count, char** values) {
    if (count < 3) {
        std::fprintf(stderr,
                     "usage: %s OUT.pcap PACKETS [mix|signalling] [NODES] [SEED] [FAULTS-PER-MILLION]\n",
                     values[0]);
        return 2;
    }
    const std::uint64_t packets = argument(count, values, 2, 0);
    const bool signalling = count > 3 && std::string_view(values[3]) == "signalling";
    std::uint64_t nodes = argument(count, values, 4, 0);
    if (nodes == 0)
        nodes = packets / 40 < 10 ? 10 : packets / 40;
    std::FILE* out = std::fopen(values[1], "wb");
    if (!out) {
        std::perror(values[1]);
        return 1;
    }
    // Written in large pieces it lies in the page cache as it would if it had been read from a disk.
    std::setvbuf(out, nullptr, _IOFBF, 4u << 20);
    const auto faults = static_cast<std::uint32_t>(argument(count, values, 6, 0));
    std::FILE* told = faults ? std::fopen((std::string(values[1]) + ".faults").c_str(), "w") : stderr;
    if (!told) {
        std::perror(values[1]);
        return 1;
    }
    Generator generator(out, told, packets, signalling, static_cast<std::uint32_t>(nodes),
                        argument(count, values, 5, 1), faults);
    generator.run();
    const bool written = std::fclose(out) == 0 && (told == stderr || std::fclose(told) == 0);
    std::fprintf(stderr, "%llu packets, %llu mobile nodes\n",
                 static_cast<unsigned long long>(generator.packets()),
                 static_cast<unsigned long long>(nodes));
    return written ? 0 : 1;
}
