#include "reports/events.h"
#include "reports/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace reports {
namespace {

using testing::HasSubstr;
using testing::Not;

// What stands between the tags of the data, as a browser would find it: to the first closing tag.
std::string data_of(const std::string& html) {
    const std::string open = "<script type=\"application/json\" id=\"events\">";
    const auto begin = html.find(open);
    EXPECT_NE(begin, std::string::npos);
    const auto start = begin + open.size();
    return html.substr(start, html.find("</script", start) - start);
}

std::string case_ended(const nlohmann::json& result) {
    return nlohmann::json{{"v", 1}, {"event", "case-ended"}, {"result", result}}.dump() + "\n";
}

TEST(Page, HoldsTheEventsThatItWasMadeFrom) {
    const auto events =
        nlohmann::json::parse(data_of(page(case_ended({{"id", "s/a"}, {"verdict", "fail"}}))));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0]["result"]["id"], "s/a");
}

TEST(Page, LetsNothingOutOfItsData) {
    const std::string nasty =
        "</script><script>alert(1)</script><!-- ]]> <img src=x onerror=alert(1)> & \xe2\x80\xa8";
    const std::string html = page(case_ended({{"id", nasty}, {"verdict", "fail"}, {"title", nasty}}));
    const auto events = nlohmann::json::parse(data_of(html));
    EXPECT_EQ(events.at(0)["result"]["id"], nasty); // whole, and only there
    EXPECT_THAT(html, Not(HasSubstr("alert(1)</script>")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
}

TEST(Page, PassesOverWhatIsNoEvent) {
    const std::string html =
        page("garbage {\n[1,2]\n\xff\xfe\n\n7\n" + case_ended({{"id", "s/a"}}) + "{\"event\":");
    EXPECT_EQ(nlohmann::json::parse(data_of(html)).size(), 1u);
    EXPECT_EQ(nlohmann::json::parse(data_of(page(""))).size(), 0u);
}

TEST(Page, ReplacesOctetsThatAreNoText) {
    const std::string html = page("{\"event\":\"run-started\",\"command\":\"a\xff\"}\n");
    EXPECT_TRUE(nlohmann::json::parse(data_of(html), nullptr, false).is_array());
}

TEST(Page, NamesOnlyTheRequirementOfWhatPassed) {
    const nlohmann::json passed{{"verdict", "pass"}, {"requirement", "X-1"}, {"packet_text", "<packet/>"}},
        failed{{"verdict", "fail"}, {"requirement", "X-2"}, {"packet_text", "<packet/>"}};
    const auto events =
        nlohmann::json::parse(data_of(page(case_ended({{"id", "a"}, {"findings", {passed, failed}}}))));
    const auto& findings = events.at(0)["result"]["findings"];
    EXPECT_EQ(findings.at(0), (nlohmann::json{{"verdict", "pass"}, {"requirement", "X-1"}}));
    EXPECT_EQ(findings.at(1)["packet_text"], "<packet/>");
}

TEST(Page, AsksNobodyForAnything) {
    const std::string html = page("");
    EXPECT_THAT(html, HasSubstr("default-src 'none'"));
    for (const char* word :
         {"http://", "https://", "src=", "@import", "innerHTML", "document.write", "eval("})
        EXPECT_THAT(html, Not(HasSubstr(word))) << word;
}

TEST(Page, IsMadeOfTenThousandCases) {
    const std::string one = case_ended({{"id", "s/a"}, {"verdict", "pass"}});
    std::string many;
    for (int i = 0; i < 10000; ++i)
        many += one;
    EXPECT_EQ(nlohmann::json::parse(data_of(page(many))).size(), 10000u);
}

} // namespace
} // namespace reports
