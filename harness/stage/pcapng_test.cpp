#include "harness/stage/pcapng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>

namespace stage {
namespace {

using base::operator""_hex;
using namespace std::chrono_literals;

class Pcapng : public testing::Test {
protected:
    Pcapng() {
        std::string pattern = (std::filesystem::temp_directory_path() / "mobiconform-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Pcapng() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    std::string file() const { return directory_ / "capture.pcapng"; }
    /// What a foreign reader shows of the file; fails the test if it is not content.
    std::string read() const {
        const std::string command = "tshark -r " + file() +
                                    " -T fields -E separator=/s -e frame.number -e frame.interface_name "
                                    "-e frame.time_epoch -e frame.len -e frame.comment 2>&1";
        std::FILE* output = ::popen(command.c_str(), "r");
        std::string text;
        std::array<char, 4096> piece{};
        while (output && std::fgets(piece.data(), piece.size(), output))
            if (std::string_view(piece.data()).find("Running as user") == std::string_view::npos)
                text += piece.data();
        EXPECT_TRUE(output && ::pclose(output) == 0) << text;
        return text;
    }

private:
    std::filesystem::path directory_;
};

constexpr base::Wall epoch = 1'188'864'000s; // 2007-09-04

const base::Bytes solicitation =
    "333300000002 020000000001 86dd 60000000 00083aff fe800000000000000000000000000001"
    "ff020000000000000000000000000002 8500 7d37 00000000"_hex;

TEST_F(Pcapng, IsReadByAForeignProgramWithLinksStampsAndComments) {
    PcapngWriter capture(file());
    EXPECT_EQ(capture.add("core", epoch + 1ns, solicitation), 1U);
    EXPECT_EQ(capture.add("mag1-mn1", epoch + 1500ms, solicitation), 2U);
    EXPECT_EQ(capture.add("core", epoch + 2s, base::View(solicitation).first(61)), 3U);
    capture.comment(2, "PMIP6-MAG-094 pass");
    capture.comment(3, "one");
    capture.comment(3, "two");
    capture.close();
    EXPECT_EQ(read(), "1 core 1188864000.000000001 62 \n"
                      "2 mag1-mn1 1188864001.500000000 62 PMIP6-MAG-094 pass\n"
                      "3 core 1188864002.000000000 61 one\\ntwo\n");
}

TEST_F(Pcapng, IsWholeUpToTheLastFlush) {
    PcapngWriter capture(file());
    capture.add("core", epoch, solicitation);
    capture.flush();
    capture.add("core", epoch, solicitation); // not yet written
    EXPECT_EQ(read(), "1 core 1188864000.000000000 62 \n");
}

TEST_F(Pcapng, IsAValidFileWithoutAnyPacket) {
    PcapngWriter(file()).close();
    EXPECT_EQ(read(), "");
    EXPECT_GT(std::filesystem::file_size(file()), 0U);
}

TEST_F(Pcapng, HasAllPacketsOfALongCapture) {
    {
        PcapngWriter capture(file());
        for (int i = 0; i < 5000; ++i)
            capture.add("core", epoch, solicitation);
        capture.comment(4999, "nearly the last");
    }
    EXPECT_THAT(read(), testing::EndsWith("4999 core 1188864000.000000000 62 nearly the last\n"
                                          "5000 core 1188864000.000000000 62 \n"));
}

TEST_F(Pcapng, NamesTheFileThatItCannotWrite) {
    try {
        PcapngWriter capture("/nowhere/capture.pcapng");
        FAIL() << "it was created";
    } catch (const std::system_error& trouble) {
        EXPECT_THAT(trouble.what(), testing::HasSubstr("/nowhere/capture.pcapng"));
    }
}

TEST_F(Pcapng, TellsThatTheDiskIsFull) {
    EXPECT_THROW(PcapngWriter("/dev/full"), std::system_error);
}

} // namespace
} // namespace stage
