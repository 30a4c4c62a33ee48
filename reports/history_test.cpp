#include "reports/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace {

using model::Verdict;
using testing::HasSubstr;
using testing::Not;

PastRun run(std::initializer_list<std::pair<const char*, Verdict>> cases) {
    PastRun out;
    out.started = "2026-03-01T10:00:00Z";
    out.suts = {"acme-lma 1.2 (lma)"};
    for (const auto& [id, verdict] : cases) {
        model::CaseResult result;
        result.id = id;
        result.verdict = verdict;
        out.add(result);
    }
    return out;
}

TEST(History, RemembersTheGravestOfAllRounds) {
    const auto one = run({{"a", Verdict::pass}, {"a", Verdict::fail}, {"a", Verdict::inconclusive}});
    EXPECT_EQ(one.cases.at("a"), 'F');
}

TEST(History, ComesBackAsItWasWritten) {
    const auto first = run({{"a", Verdict::pass}}),
               second = run({{"a", Verdict::error}, {"b", Verdict::pass}});
    const auto all =
        parse_history(history_line(first) + "garbage\n[]\n{\"cases\":7}\n{\"cases\":{\"c\":\"XX\"}}\n" +
                      history_line(second));
    ASSERT_EQ(all.size(), 3u); // one that knows of no case
    EXPECT_EQ(all[0].suts, first.suts);
    EXPECT_EQ(marks(all, "a"), "P-E");
    EXPECT_EQ(marks(all, "b"), "--P");
    EXPECT_EQ(marks(all, "c"), "");
}

TEST(History, IsBounded) {
    std::string file;
    for (int i = 0; i < 100; ++i)
        file += history_line(run({{"a", i == 99 ? Verdict::fail : Verdict::pass}}));
    EXPECT_EQ(marks(parse_history(file, 3), "a"), "PPF");
}

TEST(History, TellsFlakyFromBroken) {
    EXPECT_FALSE(is_flapping("PPPFFF")); // it broke
    EXPECT_FALSE(is_flapping("FFFDPP")); // it was mended
    EXPECT_TRUE(is_flapping("PPFPP"));
    EXPECT_TRUE(is_flapping("FS-PI"));
    EXPECT_FALSE(is_flapping("PS-SP"));
    EXPECT_THAT(text_of_marks("PFSP"), HasSubstr("red in 1 of the last 3 runs: PFSP (now so, now so)"));
    EXPECT_EQ(text_of_marks("SS"), "");
}

TEST(History, TellsOfWhatWasEverRed) {
    const std::vector<PastRun> runs{run({{"a/x", Verdict::pass}, {"a/y", Verdict::fail}}),
                                    run({{"a/x", Verdict::pass}, {"a/y", Verdict::pass}})};
    EXPECT_THAT(text(runs, {}), HasSubstr("FP  a/y\n"));
    EXPECT_THAT(text(runs, {}), Not(HasSubstr("a/x")));
    EXPECT_THAT(text(runs, "*/x"), HasSubstr("PP  a/x\n"));
    EXPECT_THAT(history_json(runs, {}), HasSubstr(R"("cases":[{"id":"a/y","marks":"FP","flaky":false}])"));
}

} // namespace
} // namespace reports
