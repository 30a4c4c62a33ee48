#pragma once

#include "harness/base/bytes.h"
#include "harness/base/now.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stage {

/// Writes a capture in the pcapng format: an interface for each link, stamps in nanoseconds, comments on
/// packets. The file is whole at any time up to the last flush, whatever happens to the process. Throws
/// std::system_error with the name of the file.
class PcapngWriter {
public:
    /// Replaces a file of that name. `application` is shown as what wrote it, `about` as a comment on the
    /// whole.
    explicit PcapngWriter(std::string path, std::string_view application = "mobiconform",
                          std::string_view about = {});
    PcapngWriter(const PcapngWriter&) = delete;
    PcapngWriter& operator=(const PcapngWriter&) = delete;
    /// Closes; a mistake of the disk is swallowed here, so call close() to hear of it.
    ~PcapngWriter();

    /// Appends an Ethernet frame; its number in the file, from 1. A link is declared when it is first used,
    /// once for each node that puts frames there: `from` becomes its description.
    std::uint64_t add(const std::string& link, base::Wall at, base::View frame, const std::string& from = {});
    /// What a reader of the capture shall see at that packet; several comments make several lines.
    void comment(std::uint64_t number, std::string_view text);
    void flush();
    /// Writes the comments into the file and closes it. Nothing can be added afterwards.
    void close();

private:
    void block(std::uint32_t type, const base::Bytes& body);
    void rewrite_with_comments();

    std::string path_;
    int file_ = -1;
    base::Bytes pending_; ///< whole blocks
    std::map<std::pair<std::string, std::string>, std::uint32_t> links_;
    std::map<std::uint64_t, std::string> comments_;
    std::uint64_t count_ = 0;
};

} // namespace stage
