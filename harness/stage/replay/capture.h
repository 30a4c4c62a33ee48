#pragma once

#include "harness/base/now.h"
#include "harness/stage/replay/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stage::replay {

class Unpacked;

/// What the octets of a record begin with.
enum class Framing { ethernet, ip, null_loop, linux_sll, linux_sll2, unknown };

/// The meaning of a link-layer type number of pcap and pcapng files.
Framing framing_of(std::uint32_t link_type);

/// One packet of a capture.
struct Record {
    std::uint64_t number = 0;    ///< from 1, over all interfaces, as Wireshark counts
    base::Wall at{};             ///< 1970 if the record has no time
    std::uint32_t interface = 0; ///< index into Capture::interfaces()
    Framing framing = Framing::unknown;
    base::View bytes;              ///< valid until the next call of next()
    std::uint32_t wire_length = 0; ///< more than bytes.size(): the capture holds only the beginning
};

/// Packets that follow each other, for work that goes on while further ones are read.
struct Batch {
    std::vector<Record> records; ///< valid as long as the batch is
    std::vector<std::shared_ptr<const std::uint8_t[]>> octets;
};

/// What one record carries for the decoder.
struct Carried {
    enum class What { ethernet, ip, nothing } what = What::nothing;
    base::View bytes;
    std::size_t offset = 0; ///< of `bytes` in the record
};
/// Strips what is neither Ethernet nor IP; `nothing` for other protocols than IPv4 and IPv6.
Carried carried(const Record&);

/// Reads pcap (both byte orders, microseconds and nanoseconds) and pcapng (all interfaces and sections), also
/// compressed with gzip or zstd, as a stream: memory does not grow with the file. Damage is reported in
/// sentences, and everything before it is delivered; what follows is delivered as well where the format lets
/// us find it.
class Capture {
public:
    struct Interface {
        std::string name, description;
        std::uint32_t link_type = 0;
        std::uint32_t snap_length = 0;
        Framing framing = Framing::unknown;
        std::uint64_t units_per_second = 1'000'000;
        std::int64_t offset_seconds = 0;
        std::uint32_t frame_check = 0; ///< octets of FCS at the end of each record
    };

    /// `name` is how sentences call the capture.
    Capture(Read, std::string name);
    /// A file or "-"; throws std::system_error that names the file.
    static Capture open(const std::string& path);

    /// The next packet; null at the end of the stream or where nothing behind can be found any more.
    const Record* next();
    /// The next packets, some hundred at once and never more than `most`; false at the end, with none.
    bool next(Batch&, std::size_t most = 4096);

    const std::vector<Interface>& interfaces() const { return interfaces_; }
    const std::string& name() const { return name_; }
    /// Reads up to where packets begin; next() does so by itself.
    void prepare() {
        if (format_ == Format::unread)
            begin();
    }
    /// On the whole of a pcapng file; empty before prepare().
    const std::string& comment() const { return comment_; }
    /// Sentences about what was damaged or missing so far, each beginning with the capture's name.
    const std::vector<std::string>& troubles() const { return troubles_; }
    /// True if the end was reached where a record or block began: nothing is missing.
    bool is_whole() const { return !cut_; }

private:
    enum class Format { unread, pcap, pcapng, ended };

    void begin();
    void begin_pcap(std::uint32_t magic);
    const Record* next_pcap();
    void next_pcap(Batch&, std::size_t most);
    const Record* next_block();
    bool holds_next() const;
    bool read_section();
    void read_comment();
    void read_interface(base::View body);
    const Record* read_packet(std::uint32_t type, base::View body, std::uint64_t at);
    void read_options(base::View options, Interface&) const;
    const Record* deliver(std::uint32_t interface, base::Wall at, base::View bytes,
                          std::uint32_t wire_length);

    std::uint16_t u16(base::View, std::size_t at) const;
    std::uint32_t u32(base::View, std::size_t at) const;
    void trouble(const std::string& sentence);
    const Record* end(const std::string& sentence);

    Source source_;
    std::shared_ptr<Unpacked> unpacked_; ///< where the source is compressed
    std::string name_, comment_;
    std::vector<Interface> interfaces_;
    std::size_t section_start_ = 0; ///< first interface of this section
    std::vector<std::string> troubles_;
    Format format_ = Format::unread;
    bool swapped_ = false, nanoseconds_ = false, cut_ = false;
    std::uint32_t record_header_ = 16;
    std::size_t pending_ = 0; ///< octets of the delivered record, still to be taken
    Record record_;
};

} // namespace stage::replay
