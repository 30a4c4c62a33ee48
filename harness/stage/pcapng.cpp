#include "harness/stage/pcapng.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stage {
namespace {

// draft-ietf-opsawg-pcapng, 4.
enum : std::uint32_t { section_header = 0x0a0d0d0a, interface_description = 1, enhanced_packet = 6 };
enum : std::uint16_t {
    end_of_options = 0,
    comment_option = 1,
    interface_name = 2,
    interface_text = 3,
    application_name = 4,
    resolution = 9
};
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t ethernet = 1;
constexpr std::uint8_t nanoseconds = 9;
constexpr std::size_t flush_at = 1U << 16;

/// In the byte order of this host, which the section header tells.
template <class T>
void append(base::Bytes& to, T value) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&value);
    to.insert(to.end(), octets, octets + sizeof value);
}

void append(base::Bytes& to, base::View octets) {
    to.insert(to.end(), octets.begin(), octets.end());
    to.resize((to.size() + 3) & ~std::size_t{3});
}

void option(base::Bytes& to, std::uint16_t code, base::View value) {
    append(to, code);
    append(to, static_cast<std::uint16_t>(value.size()));
    append(to, value);
}

void option(base::Bytes& to, std::uint16_t code, std::string_view text) {
    constexpr std::size_t longest = 0xfff0;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    option(to, code, base::View(octets, std::min(text.size(), longest)));
}

std::uint32_t word(const base::Bytes& block, std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, block.data() + at, sizeof value);
    return value;
}

base::Bytes block_of(std::uint32_t type, base::View body) {
    base::Bytes block;
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    block.reserve(length);
    append(block, type);
    append(block, length);
    append(block, body);
    append(block, length);
    return block;
}

[[noreturn]] void fail(const std::string& attempted, const std::string& path) {
    throw std::system_error(errno, std::generic_category(), attempted + " " + path);
}

void write_all(int file, base::View octets, const std::string& path) {
    while (!octets.empty()) {
        const auto taken = ::write(file, octets.data(), octets.size());
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken < 0)
            fail("write the capture", path);
        octets = octets.subspan(static_cast<std::size_t>(taken));
    }
}

int create(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        fail("create the capture", path);
    return file;
}

/// The block with a comment behind its packet. Ours carry no other options.
base::Bytes commented(const base::Bytes& block, const std::string& comment) {
    base::Bytes body(block.begin() + 8, block.end() - 4);
    option(body, comment_option, comment);
    option(body, end_of_options, base::View{});
    return block_of(enhanced_packet, body);
}

} // namespace

PcapngWriter::PcapngWriter(std::string path, std::string_view application, std::string_view about)
    : path_(std::move(path)), file_(create(path_)) {
    base::Bytes body;
    append(body, byte_order_magic);
    append(body, std::uint16_t{1});
    append(body, std::uint16_t{0});
    append(body, ~std::uint64_t{0}); // the length of the section is not known
    if (!about.empty())
        option(body, comment_option, about);
    option(body, application_name, application);
    option(body, end_of_options, base::View{});
    block(section_header, body);
    flush();
}

PcapngWriter::~PcapngWriter() {
    try {
        close();
    } catch (const std::system_error&) {
        if (file_ >= 0)
            ::close(file_);
    }
}

void PcapngWriter::block(std::uint32_t type, const base::Bytes& body) {
    append(pending_, base::View(block_of(type, body)));
    if (pending_.size() >= flush_at)
        flush();
}

std::uint64_t PcapngWriter::add(const std::string& link, base::Wall at, base::View frame,
                                const std::string& from) {
    const auto [known, is_new] = links_.try_emplace({link, from}, static_cast<std::uint32_t>(links_.size()));
    base::Bytes body;
    if (is_new) {
        append(body, ethernet);
        append(body, std::uint16_t{0});
        append(body, std::uint32_t{0}); // no limit of length
        option(body, interface_name, link);
        if (!from.empty())
            option(body, interface_text, from);
        option(body, resolution, base::View(&nanoseconds, 1));
        option(body, end_of_options, base::View{});
        block(interface_description, body);
        body.clear();
    }
    const auto stamp = static_cast<std::uint64_t>(at.count());
    append(body, known->second);
    append(body, static_cast<std::uint32_t>(stamp >> 32));
    append(body, static_cast<std::uint32_t>(stamp));
    append(body, static_cast<std::uint32_t>(frame.size()));
    append(body, static_cast<std::uint32_t>(frame.size()));
    append(body, frame);
    block(enhanced_packet, body);
    return ++count_;
}

void PcapngWriter::comment(std::uint64_t number, std::string_view text) {
    std::string& whole = comments_[number];
    whole.append(whole.empty() ? "" : "\n").append(text);
}

void PcapngWriter::flush() {
    // Taken out first: after a mistake half of it may be written, and must not be written again.
    const auto octets = std::exchange(pending_, {});
    write_all(file_, octets, path_);
}

void PcapngWriter::rewrite_with_comments() {
    const std::string other = path_ + ".commented";
    std::FILE* in = std::fopen(path_.c_str(), "rbe");
    if (!in)
        fail("read the capture", path_);
    const int out = create(other);
    base::Bytes block, together;
    std::uint64_t number = 0;
    try {
        for (;;) {
            block.resize(8);
            if (std::fread(block.data(), 1, 8, in) != 8)
                break;
            const auto length = word(block, 4);
            block.resize(length);
            if (length < 12 || std::fread(block.data() + 8, 1, length - 8, in) != length - 8)
                break;
            if (word(block, 0) == enhanced_packet)
                if (const auto comment = comments_.find(++number); comment != comments_.end())
                    block = commented(block, comment->second);
            together.insert(together.end(), block.begin(), block.end());
            if (together.size() >= flush_at)
                write_all(out, std::exchange(together, {}), other);
        }
        write_all(out, together, other);
    } catch (const std::system_error&) {
        std::fclose(in);
        ::close(out);
        ::unlink(other.c_str());
        throw; // the capture without comments stays
    }
    std::fclose(in);
    if (::close(out) != 0 || std::rename(other.c_str(), path_.c_str()) != 0)
        fail("replace the capture", path_);
}

void PcapngWriter::close() {
    if (file_ < 0)
        return;
    flush();
    if (::close(std::exchange(file_, -1)) != 0)
        fail("close the capture", path_);
    if (!comments_.empty())
        rewrite_with_comments();
}

} // namespace stage
