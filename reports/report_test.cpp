#include "reports/console.h"
#include "reports/events.h"
#include "reports/failure.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/test_support.h"
#include "reports/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace reports {
namespace {

using model::Verdict;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;
using namespace testing_support;

std::string junit(Junit::Dialect dialect, const std::vector<model::CaseResult>& results) {
    const model::Ledger known = ledger();
    std::string out;
    Junit report([&](std::string_view text) { out += text; }, dialect, &known);
    play(report, results);
    return out;
}

std::string console(Console::Options options, const std::vector<model::CaseResult>& results) {
    const model::Ledger known = ledger();
    std::string out;
    Console report([&](std::string_view text) { out += text; }, options, &known);
    play(report, results);
    return out;
}

std::string ndjson(const std::vector<model::CaseResult>& results) {
    std::string out;
    Ndjson report([&](std::string_view text) { out += text; });
    play(report, results);
    return out;
}

TEST(Samples, AreAsApproved) {
    expect_approved("run.junit.xml", junit(Junit::Dialect::jenkins, sample()));
    expect_approved("run.junit-rich.xml", junit(Junit::Dialect::rich, sample()));
    expect_approved("run.console.txt", console({}, sample()));
    expect_approved("run.events.ndjson", ndjson(sample()));
}

TEST(Junit, CountsEachOutcomeWhereViewersLookForIt) {
    const std::string xml = junit(Junit::Dialect::jenkins, sample());
    EXPECT_THAT(xml, HasSubstr("tests=\"9\" failures=\"2\" errors=\"2\" skipped=\"2\""));
    EXPECT_THAT(xml,
                HasSubstr("<error type=\"inconclusive\" message=\"given: no answer to the first update\">"));
    EXPECT_THAT(xml,
                HasSubstr("<error type=\"harness\" message=\"veth core-mag1: Operation not permitted\">"));
    EXPECT_THAT(xml, HasSubstr("<skipped type=\"unsupported\" message=\"needs ip6tnl\">"));
    EXPECT_THAT(xml, HasSubstr("name=\"green\" time=\"0.484\"/>"));
    EXPECT_THAT(xml, Not(HasSubstr(" line=\"")));
}

TEST(Junit, RichDialectAttachesTheCaptureFirst) {
    const std::string xml = junit(Junit::Dialect::rich, {failing()});
    EXPECT_THAT(xml, HasSubstr("file=\"suites/pmip6/lma/ordering.xml\" line=\"4\""));
    EXPECT_THAT(xml, HasSubstr("<property name=\"PMIP6-LMA-113\" value=\"fail\"/>"));
    const std::size_t capture =
        xml.find("[[ATTACHMENT|out/20260301T100000-1/pmip6.lma.ordering.stale-timestamp/"
                 "capture.pcapng]]");
    ASSERT_NE(capture, std::string::npos);
    EXPECT_LT(capture, xml.find("transcript.txt]]"));
}

TEST(Junit, HoldsNothingThatXmlForbids) {
    for (const auto dialect : {Junit::Dialect::jenkins, Junit::Dialect::rich}) {
        const std::string xml = junit(dialect, {hostile()});
        for (const char c : xml)
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
        EXPECT_THAT(xml, Not(HasSubstr("]]> </failure>")));
        EXPECT_THAT(xml,
                    HasSubstr("\\x1b[2J\\x07 ]]&gt; &lt;/failure&gt; &amp; &quot;quoted&quot; \\xff\\xfe"));
        EXPECT_THAT(xml, HasSubstr("nul\\x00 inside"));
    }
}

TEST(Junit, IsADocumentWithNoCaseAtAll) {
    EXPECT_THAT(junit(Junit::Dialect::jenkins, {}), HasSubstr("tests=\"0\" failures=\"0\" errors=\"0\""));
}

TEST(Junit, TakesTenThousandCases) {
    const std::vector<model::CaseResult> many(10000, failing());
    EXPECT_THAT(junit(Junit::Dialect::jenkins, many), HasSubstr("tests=\"10000\" failures=\"10000\""));
}

TEST(Console, TellsAFailureWithAllItsEvidence) {
    const std::string out = console({}, {failing()});
    for (const char* part :
         {"suites/pmip6/lma/ordering.xml:19:5  pmip6/lma/ordering/stale-timestamp  FAIL",
          "PMIP6-LMA-113 (MUST, 5.4)  A refusal for a stale timestamp carries the anchor's own time.",
          "timestamp.value  expected 2026-03-01T10:00:00 ± 2s   actual 2026-03-01T09:59:00   at octet 96",
          "#42  +0.213900s  <packet><binding-acknowledgement status=\"156\"/></packet>",
          "again:   mobiconform run pmip6/lma/ordering/stale-timestamp --seed 7",
          "capture: out/20260301T100000-1/pmip6.lma.ordering.stale-timestamp/capture.pcapng"})
        EXPECT_THAT(out, HasSubstr(part));
}

TEST(Console, ShowsTheGravestOfManyFindings) {
    model::CaseResult many = failing();
    model::Finding deviation = many.findings[0];
    deviation.verdict = Verdict::deviation;
    deviation.sentence = "only a deviation";
    many.findings.assign(20, deviation);
    many.findings.push_back(failing().findings[0]);
    const std::string out = console({}, {many});
    EXPECT_LT(out.find("another time than the anchor's own"), out.find("only a deviation"));
    EXPECT_THAT(out, HasSubstr("and 15 findings more"));
}

TEST(Console, MovesNothingInAPipe) {
    const std::string out = console({}, sample());
    EXPECT_EQ(out.find('\r'), std::string::npos);
    EXPECT_EQ(out.find('\x1b'), std::string::npos);
}

TEST(Console, KeepsOneLineWithinTheWidthOfATerminal) {
    Console::Options options;
    options.terminal = true;
    options.width = 40;
    std::vector<std::string> lines;
    const model::Ledger known = ledger();
    Console report([&](std::string_view text) { lines.emplace_back(text); }, options, &known);
    report.run_started(info(3));
    lines.clear();
    report.case_started("pmip6/lma/registration/a-case-with-a-rather-long-name[offset=-1h]");
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_LE(lines[0].size(), 40u - 1 + 1 + 3); // carriage return, text, erase to the end of the line
    EXPECT_EQ(lines[0].find('\n'), std::string::npos);
}

TEST(Console, CountsEvenNothing) {
    EXPECT_THAT(console({}, {}), HasSubstr("0 passed, 0 failed, 0 skipped"));
}

TEST(Events, ComeBackAsTheResultsThatWentIn) {
    const auto before = sample();
    const auto after = results_of(ndjson(before));
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i].id != hostile().id) {
            EXPECT_EQ(json(after[i]), json(before[i]));
        }
    EXPECT_EQ(after[3].findings.at(0).differences.at(0).offset, 96u);
    EXPECT_EQ(after[3].findings.at(0).where.line, 19u);
}

TEST(Events, OfAnEarlierRunMayBeAnything) {
    EXPECT_TRUE(
        results_of(
            "\n\n{}\n[1,2]\nnull\n{\"event\":\"case-ended\"}\n{\"event\":\"case-ended\",\"result\":7}\n"
            "{\"event\":\"case-ended\",\"result\":{\"id\":\"x\",\"verdict\":\"odd\"}}\n\xff\xfe{{{{")
            .empty());
    EXPECT_EQ(
        results_of("{\"event\":\"case-ended\",\"result\":{\"id\":\"x\",\"verdict\":\"fail\",\"seed\":-1.5,"
                   "\"findings\":[3,{\"verdict\":\"fail\",\"differences\":[null]}]}}")
            .at(0)
            .findings.size(),
        1u);
}

TEST(Events, AreOneLineEach) {
    const std::string out = ndjson({hostile()});
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 4);
}

TEST(Documents, AreObjectsEvenWithASingleKey) {
    EXPECT_EQ(list_json({}), "{\"cases\":[]}\n");
    EXPECT_EQ(mutants_json({}), "{\"mutants\":[],\"cases\":[]}\n");
}

TEST(Documents, ListNamesTheKeysOfTheContract) {
    model::Case one;
    one.id = "pmip6/lma/x";
    one.under_test = {"lma"};
    const std::string out = list_json({&one});
    for (const char* key : {"\"id\"", "\"suite\"", "\"file\"", "\"line\"", "\"title\"", "\"role\"",
                            "\"proves\"", "\"needs\"", "\"stages\"", "\"cost\":\"short\""})
        EXPECT_THAT(out, HasSubstr(key));
}

TEST(Documents, MutantsSayWhyOneSurvives) {
    KillMatrix matrix;
    KillMatrix::Mutant killed, survivor;
    killed.id = "a";
    killed.killed_by = {"x"};
    survivor.id = "b";
    survivor.survivor_because = "no case claims PMIP6-LMA-001";
    matrix.mutants = {killed, survivor};
    const std::string out = mutants_json(matrix);
    EXPECT_THAT(out, HasSubstr("\"id\":\"a\",\"role\":\"\",\"violates\":[],\"killed_by\":[\"x\"],"
                               "\"convicted\":{},\"survivor_because\":null"));
    EXPECT_THAT(out, HasSubstr("\"survivor_because\":\"no case claims PMIP6-LMA-001\""));
    EXPECT_THAT(text(matrix), HasSubstr("2 mutants: 1 killed, 1 survive, 0 equivalent"));
}

TEST(Text, KeepsWellFormedUtf8AndNothingElse) {
    EXPECT_EQ(clean("± 2s → mn1"), "± 2s → mn1");
    EXPECT_EQ(clean("\xc0\x80"), "\\xc0\\x80");          // overlong
    EXPECT_EQ(clean("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // a surrogate
    EXPECT_EQ(clean("\xc2\x9b"
                    "31m"),
              "\\xc2\\x9b31m");                          // CSI in one character
    EXPECT_EQ(clean("\xe2\x82"), "\\xe2\\x82");          // cut
    EXPECT_EQ(clean("\xef\xbf\xbf"), "\\xef\\xbf\\xbf"); // U+FFFF
    EXPECT_EQ(clean("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Text, WritesTimesBeforeTheStart) {
    EXPECT_EQ(since_start(1500us), "+0.001500s");
    EXPECT_EQ(since_start(-1500us), "-0.001500s");
}

TEST(Text, QuotesForAShell) {
    EXPECT_EQ(shell_word("pmip6/lma/x"), "pmip6/lma/x");
    EXPECT_EQ(shell_word("x[a=1]"), "'x[a=1]'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word(""), "''");
}

} // namespace
} // namespace reports
