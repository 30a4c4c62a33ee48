#include "harness/stage/replay/capture.h"

#include "harness/stage/replay/unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace stage::replay {

namespace {

constexpr std::uint32_t pcap_microseconds = 0xa1b2c3d4, pcap_nanoseconds = 0xa1b23c4d,
                        pcap_modified = 0xa1b2cd34;
constexpr std::uint32_t section_header = 0x0a0d0d0a, byte_order = 0x1a2b3c4d;
// libpcap refuses more as well: no link carries it, so the header must be damaged.
constexpr std::uint32_t largest_packet = 256u << 10;
constexpr std::size_t most_interfaces = 65536, most_troubles = 100;

std::uint32_t swap32(std::uint32_t value) {
    return __builtin_bswap32(value);
}

std::uint32_t host32(base::View bytes, std::size_t at) {
    std::uint32_t value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

// Ticks of any resolution as nanoseconds, without overflow for any input.
base::Wall wall_of(std::uint64_t ticks, const Capture::Interface& on) {
    constexpr std::uint64_t latest = 9'000'000'000; // what 64 bits of nanoseconds hold
    // Nearly all captures count in one of these two, and a division by a constant is none.
    if (on.offset_seconds == 0 && on.units_per_second == 1'000'000 && ticks < latest * 1'000'000)
        return base::Wall{static_cast<std::int64_t>(ticks * 1000)};
    if (on.offset_seconds == 0 && on.units_per_second == 1'000'000'000 && ticks < latest * 1'000'000'000)
        return base::Wall{static_cast<std::int64_t>(ticks)};
    const std::uint64_t seconds = ticks / on.units_per_second, rest = ticks % on.units_per_second;
    const auto fraction = static_cast<std::int64_t>(static_cast<long double>(rest) * 1e9L /
                                                    static_cast<long double>(on.units_per_second));
    const auto whole = static_cast<std::int64_t>(std::min(seconds, latest));
    const std::int64_t shift = std::clamp<std::int64_t>(on.offset_seconds, -whole, 9'000'000'000 - whole);
    return base::Wall{(whole + shift) * 1'000'000'000 + fraction};
}

/// Why packets of that link type are not read.
std::string refusal(std::uint32_t link_type) {
    for (const std::uint32_t air : {105u, 119u, 127u, 163u, 192u}) // 802.11, with Prism, radiotap, AVS, PPI
        if (link_type == air)
            return fmt::format(
                "link type {} is radio frames of IEEE 802.11{}, which are not read here: capture "
                "behind the access point",
                link_type, air == 127 ? " with radiotap headers" : "");
    return fmt::format("link type {} is not known here", link_type);
}

} // namespace

Framing framing_of(std::uint32_t link_type) {
    switch (link_type) {
    case 1:
        return Framing::ethernet;
    case 0:
    case 108:
        return Framing::null_loop;
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
        return Framing::ip;
    case 113:
        return Framing::linux_sll;
    case 276:
        return Framing::linux_sll2;
    default:
        return Framing::unknown;
    }
}

Carried carried(const Record& record) {
    using What = Carried::What;
    const base::View bytes = record.bytes;
    const auto ip_from = [&](std::size_t at) {
        const bool is_ip = bytes.size() > at && (bytes[at] >> 4 == 6 || bytes[at] >> 4 == 4);
        return is_ip ? Carried{What::ip, bytes.subspan(at), at} : Carried{};
    };
    const auto is_service_tag = [](std::uint16_t type) { return type == 0x88a8 || type == 0x9100; };
    const auto behind_type = [&](std::size_t type_at, std::size_t header) {
        if (bytes.size() < header)
            return Carried{};
        std::uint16_t type = base::read16(bytes, type_at);
        while ((type == 0x8100 || is_service_tag(type)) && bytes.size() >= header + 4) {
            type = base::read16(bytes, header + 2);
            header += 4;
        }
        return type == 0x86dd || type == 0x0800 ? ip_from(header) : Carried{};
    };
    switch (record.framing) {
    case Framing::ethernet:
        // The decoder's frames have customer tags only.
        if (bytes.size() >= 14 && is_service_tag(base::read16(bytes, 12)))
            return behind_type(12, 14);
        return {What::ethernet, bytes, 0};
    case Framing::ip:
        return ip_from(0);
    case Framing::null_loop:
        return ip_from(4);
    case Framing::linux_sll:
        return behind_type(14, 16);
    case Framing::linux_sll2:
        return behind_type(0, 20);
    case Framing::unknown:
        break;
    }
    return {};
}

Capture::Capture(Read read, std::string name) : source_(std::move(read)), name_(std::move(name)) {}

Capture Capture::open(const std::string& path) {
    return {read_from(path), path == "-" ? "standard input" : path};
}

std::uint16_t Capture::u16(base::View bytes, std::size_t at) const {
    std::uint16_t value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return swapped_ ? __builtin_bswap16(value) : value;
}

std::uint32_t Capture::u32(base::View bytes, std::size_t at) const {
    const std::uint32_t value = host32(bytes, at);
    return swapped_ ? swap32(value) : value;
}

void Capture::trouble(const std::string& sentence) {
    if (troubles_.size() < most_troubles)
        troubles_.push_back(name_ + ": " + sentence);
    else if (troubles_.size() == most_troubles)
        troubles_.push_back(name_ + ": further damage is not listed");
}

const Record* Capture::end(const std::string& sentence) {
    const bool damaged = unpacked_ && !unpacked_->damage().empty();
    if (damaged)
        trouble("the " + unpacked_->damage() + ": judged up to there");
    else if (!sentence.empty())
        trouble(sentence);
    cut_ = cut_ || damaged || !sentence.empty();
    format_ = Format::ended;
    return nullptr;
}

const Record* Capture::next() {
    if (format_ == Format::unread)
        begin();
    source_.take(pending_);
    pending_ = 0;
    switch (format_) {
    case Format::pcap:
        return next_pcap();
    case Format::pcapng:
        return next_block();
    default:
        return nullptr;
    }
}

bool Capture::next(Batch& batch, std::size_t most) {
    // Who has read it last reads into the same memory again.
    if (!batch.octets.empty())
        source_.prefer(batch.octets.back().get());
    batch.records.clear();
    batch.octets.clear();
    while (batch.records.size() < most) {
        const Record* record = next();
        if (!record)
            break;
        batch.records.push_back(*record);
        // A batch ends with the octets that have been read.
        if (batch.octets.empty() || source_.buffer() != batch.octets.back().get()) {
            batch.octets.push_back(source_.keep());
            if (batch.records.size() > 1)
                break;
        }
        if (format_ == Format::pcap)
            next_pcap(batch, most);
        if (!holds_next())
            break;
    }
    return !batch.records.empty();
}

/// The next record or block has been read as a whole already, if its length is true.
bool Capture::holds_next() const {
    const std::size_t header = format_ == Format::pcap ? record_header_ : 8;
    if (!source_.holds(pending_ + header))
        return false;
    const std::uint32_t length = u32(source_.window().subspan(pending_), format_ == Format::pcap ? 8 : 4);
    return source_.holds(pending_ + length + (format_ == Format::pcap ? header : 0));
}

void Capture::begin() {
    if (const Packing packing = packing_of(source_.peek(4)); packing != Packing::none) {
        unpacked_ = unpack(packing, std::move(source_));
        source_ = Source(
            [from = unpacked_](std::uint8_t* into, std::size_t size) { return from->read(into, size); });
    }
    const base::View head = source_.peek(4);
    if (head.empty()) {
        end("the capture is empty");
        return;
    }
    if (head.size() < 4) {
        end(fmt::format("{} octets are no capture", head.size()));
        return;
    }
    const std::uint32_t magic = host32(head, 0);
    for (const std::uint32_t known : {pcap_microseconds, pcap_nanoseconds, pcap_modified})
        if (magic == known || magic == swap32(known)) {
            swapped_ = magic != known;
            begin_pcap(known);
            return;
        }
    if (magic == section_header) {
        format_ = Format::pcapng;
        read_comment();
    } else
        end(fmt::format("this is neither pcap nor pcapng: it begins with {}", base::hex(head)));
}

void Capture::begin_pcap(std::uint32_t magic) {
    const base::View header = source_.peek(24);
    if (header.size() < 24) {
        end(fmt::format("the file ends inside its header, after {} of 24 octets", header.size()));
        return;
    }
    nanoseconds_ = magic == pcap_nanoseconds;
    record_header_ = magic == pcap_modified ? 24 : 16;
    const std::uint32_t network = u32(header, 20);
    Interface on;
    on.link_type = network & 0xffff;
    on.snap_length = u32(header, 16);
    on.framing = framing_of(on.link_type);
    on.frame_check = network & 0x04000000 ? (network >> 28) * 2 : 0;
    on.units_per_second = nanoseconds_ ? 1'000'000'000 : 1'000'000;
    interfaces_.push_back(on);
    source_.take(24);
    format_ = Format::pcap;
    if (on.framing == Framing::unknown)
        end(refusal(on.link_type) + ": none of its packets is read");
}

const Record* Capture::next_pcap() {
    const std::uint64_t at = source_.offset();
    const base::View header = source_.peek(record_header_);
    if (header.empty())
        return end({});
    if (header.size() < record_header_)
        return end(fmt::format("the file ends inside the header of packet {} at octet {}: judged up to there",
                               record_.number + 1, at));
    const std::uint32_t seconds = u32(header, 0), fraction = u32(header, 4);
    const std::uint32_t length = u32(header, 8), wire_length = u32(header, 12);
    if (length > largest_packet)
        return end(fmt::format(
            "packet {} at octet {} claims {} octets, more than any link carries: judged up to there",
            record_.number + 1, at, length));
    const base::View whole = source_.peek(record_header_ + length);
    if (whole.size() < record_header_ + length)
        return end(fmt::format("the file ends inside packet {} at octet {}: judged up to there",
                               record_.number + 1, at));
    if (fraction >= (nanoseconds_ ? 1'000'000'000u : 1'000'000u))
        trouble(fmt::format("packet {} at octet {} has {} as its fraction of a second", record_.number + 1,
                            at, fraction));
    pending_ = whole.size();
    const auto nanoseconds = static_cast<std::int64_t>(std::uint64_t{seconds} * 1'000'000'000 +
                                                       std::uint64_t{fraction} * (nanoseconds_ ? 1u : 1000u));
    return deliver(0, base::Wall{nanoseconds}, whole.subspan(record_header_), wire_length);
}

/// What is sound and has been read already; anything else is left to next().
void Capture::next_pcap(Batch& batch, std::size_t most) {
    source_.take(std::exchange(pending_, 0));
    if (interfaces_[0].frame_check != 0)
        return;
    // All that is asked for with each record stands in variables of its own, which stay in registers.
    const base::View window = source_.window();
    const std::uint32_t unit = nanoseconds_ ? 1'000'000'000u : 1'000'000u, head = record_header_;
    const std::uint64_t scale = nanoseconds_ ? 1 : 1000;
    const bool swapped = swapped_;
    const auto number_at = [&](std::size_t at) {
        const std::uint32_t value = host32(window, at);
        return swapped ? swap32(value) : value;
    };
    const Framing framing = interfaces_[0].framing;
    std::uint64_t number = record_.number;
    std::size_t at = 0;
    while (batch.records.size() < most && window.size() - at >= head) {
        const std::uint32_t fraction = number_at(at + 4), length = number_at(at + 8);
        if (length > largest_packet || fraction >= unit || window.size() - at - head < length)
            break;
        const auto nanoseconds =
            static_cast<std::int64_t>(std::uint64_t{number_at(at)} * 1'000'000'000 + fraction * scale);
        batch.records.push_back({++number, base::Wall{nanoseconds}, 0, framing,
                                 window.subspan(at + head, length), number_at(at + 12)});
        at += head + length;
    }
    record_.number = number;
    source_.take(at);
}

const Record* Capture::deliver(std::uint32_t interface, base::Wall at, base::View bytes,
                               std::uint32_t wire_length) {
    const Interface& on = interfaces_[interface];
    if (on.frame_check != 0 && bytes.size() >= wire_length)
        bytes = bytes.first(bytes.size() - std::min<std::size_t>(bytes.size(), on.frame_check));
    ++record_.number;
    record_.at = at;
    record_.interface = interface;
    record_.framing = on.framing;
    record_.bytes = bytes;
    record_.wire_length = wire_length;
    return &record_;
}

const Record* Capture::next_block() {
    for (;;) {
        const std::uint64_t at = source_.offset();
        const base::View head = source_.peek(12);
        if (head.empty())
            return end({});
        if (head.size() < 12)
            return end(fmt::format("the file ends inside a block at octet {}: judged up to there", at));
        if (host32(head, 0) == section_header) {
            if (!read_section())
                return nullptr;
            continue;
        }
        const std::uint32_t type = u32(head, 0), length = u32(head, 4);
        if (length < 12)
            return end(
                fmt::format("the block at octet {} claims a length of {}: judged up to there", at, length));
        if (length % 4 != 0)
            trouble(
                fmt::format("the block at octet {} has length {}, which is no multiple of 4", at, length));
        const std::uint64_t padded = (std::uint64_t{length} + 3) / 4 * 4;
        const bool is_packet = type == 2 || type == 3 || type == 6;
        if ((!is_packet && type != 1) || padded > Source::largest) {
            if (is_packet)
                trouble(fmt::format("the packet block at octet {} has {} octets: passed over", at, length));
            if (!source_.skip(padded))
                return end(fmt::format("the file ends inside the block at octet {}: judged up to there", at));
            continue;
        }
        const base::View block = source_.peek(static_cast<std::size_t>(padded));
        if (block.size() < padded)
            return end(fmt::format("the file ends inside the block at octet {}: judged up to there", at));
        if (u32(block, block.size() - 4) != length)
            trouble(fmt::format("the block at octet {} ends with another length than it begins with", at));
        const base::View body = block.subspan(8, block.size() - 12);
        pending_ = block.size();
        const Record* record = nullptr;
        if (type == 1)
            read_interface(body);
        else
            record = read_packet(type, body, at);
        if (record)
            return record;
        source_.take(pending_);
        pending_ = 0;
    }
}

/// Of the first section, which is read again as a block.
void Capture::read_comment() {
    constexpr std::uint16_t comment = 1;
    const base::View head = source_.peek(28);
    if (head.size() < 28)
        return;
    swapped_ = host32(head, 8) == swap32(byte_order);
    const std::uint32_t length = u32(head, 4);
    if (length < 28 || length > Source::largest)
        return;
    base::View options = source_.peek(length);
    if (options.size() < length)
        return;
    options = options.subspan(24, length - 28);
    while (options.size() >= 4) {
        const std::uint16_t code = u16(options, 0), size = u16(options, 2);
        const std::size_t padded = (std::size_t{size} + 3) / 4 * 4;
        if (code == 0 || options.size() < 4 + padded)
            return;
        if (code == comment)
            comment_.assign(options.begin() + 4, options.begin() + 4 + size);
        options = options.subspan(4 + padded);
    }
}

bool Capture::read_section() {
    const std::uint64_t at = source_.offset();
    const base::View head = source_.peek(28);
    if (head.size() < 28) {
        end(fmt::format("the file ends inside the section header at octet {}: judged up to there", at));
        return false;
    }
    const std::uint32_t order = host32(head, 8);
    if (order != byte_order && order != swap32(byte_order)) {
        end(fmt::format("the section header at octet {} has no byte order: judged up to there", at));
        return false;
    }
    swapped_ = order != byte_order;
    const std::uint32_t length = u32(head, 4);
    if (length < 28) {
        end(fmt::format("the section header at octet {} claims a length of {}: judged up to there", at,
                        length));
        return false;
    }
    // Its interfaces count from 0 again; those of earlier sections keep their place for whoever remembers
    // them.
    section_start_ = interfaces_.size();
    if (!source_.skip((std::uint64_t{length} + 3) / 4 * 4)) {
        end(fmt::format("the file ends inside the section header at octet {}: judged up to there", at));
        return false;
    }
    return true;
}

void Capture::read_interface(base::View body) {
    if (body.size() < 8) {
        trouble(fmt::format("the interface description at octet {} is too short", source_.offset()));
        return;
    }
    if (interfaces_.size() >= most_interfaces) {
        trouble(fmt::format("more than {} interfaces: the packets of further ones are passed over",
                            most_interfaces));
        return;
    }
    Interface on;
    on.link_type = u16(body, 0);
    on.snap_length = u32(body, 4);
    on.framing = framing_of(on.link_type);
    read_options(body.subspan(8), on);
    if (on.framing == Framing::unknown)
        trouble(fmt::format("{}: the packets of interface {} are passed over", refusal(on.link_type),
                            interfaces_.size() - section_start_));
    interfaces_.push_back(std::move(on));
}

void Capture::read_options(base::View options, Interface& on) const {
    constexpr std::uint16_t name = 2, description = 3, resolution = 9, frame_check = 13, offset = 14;
    while (options.size() >= 4) {
        const std::uint16_t code = u16(options, 0), length = u16(options, 2);
        const std::size_t padded = (std::size_t{length} + 3) / 4 * 4;
        if (code == 0 || options.size() < 4 + std::size_t{length})
            return;
        const base::View value = options.subspan(4, length);
        if (code == name)
            on.name.assign(value.begin(), value.begin() + std::min<std::ptrdiff_t>(length, 64));
        if (code == description)
            on.description.assign(value.begin(), value.begin() + std::min<std::ptrdiff_t>(length, 64));
        if (code == resolution && length >= 1) {
            const unsigned power = value[0] & 0x7f;
            on.units_per_second = 1;
            // Resolutions finer than 64 bits of ticks can hold within a second occur in no real capture.
            for (unsigned i = 0; i < std::min(power, value[0] & 0x80 ? 62u : 18u); ++i)
                on.units_per_second *= value[0] & 0x80 ? 2 : 10;
        }
        if (code == frame_check && length >= 1)
            on.frame_check = value[0];
        if (code == offset && length >= 8) {
            std::array<std::uint32_t, 2> half{u32(value, 0), u32(value, 4)};
            if (!swapped_)
                std::swap(half[0], half[1]); // the file is little-endian: the low half comes first
            on.offset_seconds = static_cast<std::int64_t>(std::uint64_t{half[0]} << 32 | half[1]);
        }
        if (options.size() < 4 + padded)
            return;
        options = options.subspan(4 + padded);
    }
}

const Record* Capture::read_packet(std::uint32_t type, base::View body, std::uint64_t at) {
    const std::size_t fixed = type == 3 ? 4 : 20;
    if (body.size() < fixed) {
        trouble(fmt::format("the packet block at octet {} is too short", at));
        return nullptr;
    }
    const std::uint32_t number = type == 3 ? 0 : type == 2 ? u16(body, 0) : u32(body, 0);
    const std::size_t interface = section_start_ + number;
    if (number >= most_interfaces || interface >= interfaces_.size()) {
        ++record_.number; // it is a packet all the same, and Wireshark counts it
        trouble(fmt::format("packet {} at octet {} belongs to interface {}, which nothing describes",
                            record_.number, at, number));
        return nullptr;
    }
    const Interface& on = interfaces_[interface];
    std::uint32_t wire_length = u32(body, type == 3 ? 0 : 16), length = wire_length;
    if (type != 3)
        length = u32(body, 12);
    else if (on.snap_length != 0)
        length = std::min(length, on.snap_length);
    const std::size_t room = body.size() - fixed;
    if (length > room) {
        trouble(fmt::format("packet {} at octet {} claims {} octets in a block for {}", record_.number + 1,
                            at, length, room));
        length = static_cast<std::uint32_t>(room);
    }
    const std::uint64_t ticks = type == 3 ? 0 : std::uint64_t{u32(body, 4)} << 32 | u32(body, 8);
    return deliver(static_cast<std::uint32_t>(interface), wall_of(ticks, on), body.subspan(fixed, length),
                   wire_length);
}

} // namespace stage::replay
