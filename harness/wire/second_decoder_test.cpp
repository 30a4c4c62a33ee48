// tests/second_decoder.py decodes the golden vectors of what no other dissector knows; its reading and ours
// have to be the same, field by field.
#include "harness/wire/describer.h"
#include "harness/wire/golden_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace wire {

namespace {

bool of_interest(const std::string& name) {
    static const std::set<std::string, std::less<>> names{"mobile-network-prefix", "mnp-request",
                                                          "mnp-confirmation", "ho-request", "ho-response"};
    return names.contains(name) || name.rfind("context-", 0) == 0;
}

void collect(const std::string& vector, const Element& element, std::vector<std::string>& lines) {
    if (of_interest(element.name)) {
        std::vector<std::string> fields;
        for (const auto& attribute : element.attributes)
            fields.push_back(vector + ": " + element.name + "." + attribute.name + "=" +
                             text(attribute.value, nullptr));
        std::sort(fields.begin(), fields.end());
        lines.insert(lines.end(), fields.begin(), fields.end());
    }
    for (const auto& child : element.children)
        collect(vector, child, lines);
}

} // namespace

TEST(SecondDecoder, ReadsTheGoldenVectorsAsWeDo) {
    std::vector<std::string> ours, theirs;
    for (const auto& golden : goldens()) {
        bool known =
            golden.name[0] == 'V' || (golden.name.rfind("HO", 0) == 0 && golden.name != "HO Request with AH");
        if (known)
            collect(golden.name,
                    describe_everything(decode_ip(golden.octets, golden.profile), golden.profile), ours);
    }
    std::ifstream file(SOURCE_DIR "/captures/expected/golden-second.txt");
    for (std::string line; std::getline(file, line);)
        theirs.push_back(line);
    ASSERT_GT(theirs.size(), 100u);
    EXPECT_EQ(ours, theirs);
}

} // namespace wire
