#include "reports/comparison.h"
#include "reports/console.h"
#include "reports/events.h"
#include "reports/junit.h"
#include "reports/page.h"
#include "reports/statement.h"
#include "reports/tap.h"
#include "reports/test_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

namespace reports {

namespace testing_support {

void expect_approved(const std::string& file, const std::string& text) {
    const std::string path = SOURCE_DIR "/reports/samples/" + file;
    if (std::getenv("MOBICONFORM_APPROVE"))
        std::ofstream(path, std::ios::binary) << text;
    std::ostringstream approved;
    approved << std::ifstream(path, std::ios::binary).rdbuf();
    EXPECT_EQ(approved.str(), text) << file;
}

} // namespace testing_support

namespace {

using testing::HasSubstr;
using testing::Not;
using namespace testing_support;

model::Ledger bigger_ledger() {
    model::Ledger out = ledger();
    model::Requirement untestable, other, open, choice;
    untestable.id = "PMIP6-LMA-900";
    untestable.level = model::Level::must;
    untestable.role = "LMA";
    untestable.section = "5.10 (RFC3775 10.1)";
    untestable.text = "Nobody outside sees <this> & that.";
    untestable.untestable = "it is a matter of configuration";
    untestable.suite = "pmip6";
    other = untestable;
    other.id = "PMIP6-MAG-001";
    other.role = "MAG";
    other.untestable.clear();
    open = untestable;
    open.id = "PMIP6-BOTH-001";
    open.level = model::Level::should_not;
    open.role = "BOTH";
    open.untestable.clear();
    choice = open;
    choice.id = "PMIP6-LMA-901";
    choice.level = model::Level::expected;
    choice.project_choice = true;
    for (auto* one : {&untestable, &other, &open, &choice})
        out.add(*one);
    return out;
}

template <class Report>
std::string told(const std::vector<model::CaseResult>& results) {
    const model::Ledger known = ledger();
    std::string out;
    Report report([&](std::string_view text) { out += text; }, &known);
    play(report, results);
    return out;
}

std::string events(const RunInfo& about, const std::vector<model::CaseResult>& results, const RunEnd& end) {
    std::string out;
    Ndjson report([&](std::string_view text) { out += text; });
    report.run_started(about);
    for (const auto& one : results)
        report.case_ended(one);
    report.run_ended(end);
    return out;
}

RunInfo foreign(std::uint64_t cases) {
    RunInfo out = info(cases);
    out.stage = "lab";
    out.suts = {"acme \x1b[2J]]> 1.4 (lma)"};
    out.implementations = {{"acme \x1b[2J]]>", "lma", "1.4", "rfc5213"}};
    out.host = "Linux 6.1.0 x86_64, 2 processors";
    return out;
}

Record record(const std::vector<model::CaseResult>& results) {
    RunEnd end;
    end.exit_code = results.empty() ? 0 : 1;
    return record_of(events(foreign(results.size()), results, end));
}

struct Stated {
    model::Ledger ledger = bigger_ledger();
    model::Library library;
    Record run;
    Statement statement;
    explicit Stated(const std::vector<model::CaseResult>& results) : run(record(results)) {
        statement = reports::statement(coverage({ledger, library, run.results, nullptr, {}}), run);
    }
};

// Each case once more, as it stands to a baseline.
std::vector<model::CaseResult> against_a_baseline() {
    using enum model::Standing;
    std::vector<model::CaseResult> out;
    const auto add = [&](const char* name, Verdict verdict, model::Standing standing, const char* because) {
        model::CaseResult one = verdict == Verdict::fail ? failing() : result(name, verdict);
        one.name = name;
        one.id = one.suite + "/" + name;
        one.standing = standing;
        one.standing_because = because;
        out.push_back(one);
    };
    add("new", Verdict::fail, fresh, "");
    add("still", Verdict::fail, still_failing, "known to be fail (ticket 7 ]]>, ann)");
    add("flaky-red", Verdict::fail, flaky, "known to be flaky, fail (ticket 8 \x1b[2J)");
    add("flaky-green", Verdict::pass, flaky, "known to be flaky, fail (ticket 8)");
    add("fixed", Verdict::pass, fixed, "b.xml:3:5: fixed is no longer fail: the case is pass now");
    add("other", Verdict::fail, different, "X-2 is fail, which is not in the baseline");
    add("expired", Verdict::fail, expired, "the entry expired after 2026-01-31");
    add("stale", Verdict::pass, stale,
        "stale is no longer fail: the case is pass now, and the entry expired");
    add("plain", Verdict::pass, unlisted, "");
    return out;
}

void play_against_a_baseline(Listener& report, const std::vector<model::CaseResult>& results) {
    RunInfo about = info(results.size());
    about.baseline = "b.xml";
    PastRun before, earlier;
    earlier.started = "2026-02-01T10:00:00Z";
    earlier.cases = {{"pmip6/lma/ordering/new", 'P'}, {"pmip6/lma/ordering/flaky-red", 'P'}};
    before.started = "2026-02-02T10:00:00Z";
    before.exit_code = 1;
    before.cases = {{"pmip6/lma/ordering/new", 'F'}, {"pmip6/lma/ordering/flaky-red", 'F'}};
    about.past = {earlier, before, earlier};
    report.run_started(about);
    RunEnd end;
    for (const auto& one : results) {
        report.case_ended(one);
        end.tally.add(one.verdict);
        ++end.standings[one.standing];
    }
    end.took = 3s;
    end.exit_code = 1;
    report.run_ended(end);
}

TEST(Samples, OfFurtherListenersAreAsApproved) {
    expect_approved("run.tap.txt", told<Tap>(sample()));
    expect_approved("run.annotations.txt", told<Annotations>(sample()));
}

TEST(Samples, OfARunAgainstABaselineAreAsApproved) {
    const model::Ledger known = ledger();
    std::string console, junit, rich, stream, tap, annotations;
    const auto into = [](std::string& out) { return [&out](std::string_view text) { out += text; }; };
    Console first(into(console), {}, &known);
    Junit second(into(junit), Junit::Dialect::jenkins, &known),
        third(into(rich), Junit::Dialect::rich, &known);
    Ndjson fourth(into(stream));
    Tap fifth(into(tap), &known);
    Annotations sixth(into(annotations), &known);
    for (Listener* one : std::initializer_list<Listener*>{&first, &second, &third, &fourth, &fifth, &sixth})
        play_against_a_baseline(*one, against_a_baseline());
    expect_approved("baseline.console.txt", console);
    expect_approved("baseline.junit.xml", junit);
    expect_approved("baseline.junit-rich.xml", rich);
    expect_approved("baseline.events.ndjson", stream);
    expect_approved("baseline.tap.txt", tap);
    expect_approved("baseline.annotations.txt", annotations);
}

TEST(Samples, OfNothingAgainstABaselineAreAsApproved) {
    std::string console, junit;
    Console first([&](std::string_view text) { console += text; }, {}, nullptr);
    Junit second([&](std::string_view text) { junit += text; }, Junit::Dialect::jenkins, nullptr);
    play_against_a_baseline(first, {});
    play_against_a_baseline(second, {});
    expect_approved("baseline-of-nothing.console.txt", console);
    expect_approved("baseline-of-nothing.junit.xml", junit);
}

TEST(Baselines, AreHeldAgainstTenThousandCases) {
    std::vector<model::CaseResult> many;
    for (int i = 0; i < 10000; ++i) {
        many.push_back(failing());
        many.back().id += std::to_string(i);
        many.back().standing = i % 2 == 0 ? model::Standing::still_failing : model::Standing::fresh;
    }
    std::string junit, tap;
    Junit first([&](std::string_view text) { junit += text; }, Junit::Dialect::jenkins, nullptr);
    Tap second([&](std::string_view text) { tap += text; }, nullptr);
    play_against_a_baseline(first, many);
    play_against_a_baseline(second, many);
    EXPECT_THAT(junit, HasSubstr("tests=\"10000\" failures=\"5000\" errors=\"0\""));
    EXPECT_THAT(junit, HasSubstr("<property name=\"baseline:still failing\" value=\"5000\"/>"));
    EXPECT_THAT(tap, HasSubstr("\nnot ok 10000 - "));
    EXPECT_THAT(tap,
                HasSubstr("\nnot ok 9999 - pmip6/lma/ordering/stale-timestamp9998 # todo still failing"));
}

TEST(Samples, OfAComparisonAreAsApproved) {
    std::vector<model::CaseResult> before = sample(), after = sample();
    before[3].verdict = Verdict::pass; // the hostile one fails anew
    before[3].findings.clear();
    after[0].verdict = Verdict::inconclusive;
    after[0].reason = "host \x07 stalled ]]>";
    after[5].verdict = Verdict::pass;
    after.pop_back();
    const auto compared = compare(record(before), record(after));
    expect_approved("comparison.txt", text(compared));
    expect_approved("comparison.json", comparison_json(compared));
    const auto none = compare(record({}), record({}));
    expect_approved("comparison-of-nothing.txt", text(none));
    expect_approved("comparison-of-nothing.json", comparison_json(none));
}

TEST(Samples, OfAStatementAreAsApproved) {
    const Stated some(sample()), nothing({});
    expect_approved("statement.xml", statement_xml(some.statement));
    std::string html = statement_html(some.statement);
    const auto style = html.find(statement_style()); // as it stands in its own file
    ASSERT_NE(style, std::string::npos);
    html.replace(style, statement_style().size(), "/* reports/page/statement.css */\n");
    expect_approved("statement.html", html);
    expect_approved("statement-of-nothing.xml", statement_xml(nothing.statement));
}

TEST(Statements, ListWhatBindsTheImplementationAndCountTheRest) {
    const Stated some({failing()});
    std::map<std::string, std::string> verdicts;
    for (const auto& row : some.statement.rows)
        verdicts[row.requirement->id] = row.verdict;
    EXPECT_EQ(verdicts["PMIP6-LMA-113"], "does not conform");
    EXPECT_FALSE(verdicts.contains("PMIP6-MAG-001"));
}

TEST(Statements, TellWhatNoRequirementStandsFor) {
    model::CaseResult died = result("died", Verdict::fail);
    model::Finding finding;
    finding.requirement = "SUT-ALIVE";
    finding.verdict = Verdict::fail;
    finding.sentence = "acme <ended> with signal 11";
    died.findings = {finding};
    const Stated some({died, result("green", Verdict::pass)});
    EXPECT_EQ(exit_code(some.statement), 1);
    EXPECT_THAT(statement_xml(some.statement),
                HasSubstr("  <failure case=\"pmip6/lma/ordering/died\" verdict=\"fail\" seed=\"7\" "
                          "capture=\"pmip6.lma.ordering.died/capture.pcapng\" sentence=\"acme &lt;ended&gt; "
                          "with signal 11\"/>\n"));
    EXPECT_THAT(statement_html(some.statement),
                HasSubstr("<h2 class=\"does-not-conform\">Failures that no requirement stands for</h2>\n"
                          "<p><code>pmip6/lma/ordering/died</code>: acme &lt;ended&gt; with signal 11</p>"));
}

// SUITES 4: a fail outweighs our own trouble, which outweighs what is open.
TEST(Statements, EndAsTheirVerdictsSay) {
    const auto code = [](Verdict verdict, int of_run) {
        model::CaseResult one = failing();
        one.verdict = one.findings[0].verdict = verdict;
        Stated stated({one});
        stated.statement.end->exit_code = of_run;
        return exit_code(stated.statement);
    };
    EXPECT_EQ(code(Verdict::fail, 3), 1);
    EXPECT_EQ(code(Verdict::pass, 3), 3);
    EXPECT_EQ(code(Verdict::inconclusive, 4), 4);
    EXPECT_EQ(code(Verdict::deviation, 0), 0);
    EXPECT_EQ(exit_code(Stated({}).statement), 4); // nothing was judged
    model::CaseResult kept = failing();
    kept.verdict = kept.findings[0].verdict = Verdict::pass;
    Stated cut({kept});
    cut.statement.end.reset();
    EXPECT_EQ(exit_code(cut.statement), 3);
}

TEST(Statements, NameWhoWasUnderTest) {
    Stated some({failing()});
    some.statement.info.implementations.clear();
    some.statement.info.suts = {"lma-forgets, a faulty reference peer (lma)"};
    EXPECT_THAT(statement_html(some.statement),
                HasSubstr("<h1>Conformance statement: lma-forgets, a faulty reference peer (lma)</h1>"));
    some.statement.info.suts.clear();
    EXPECT_THAT(statement_html(some.statement), HasSubstr("mobiconform's reference peers 0.1.0"));
}

TEST(Statements, HoldNothingThatXmlForbids) {
    const Stated some({hostile()});
    for (const auto& out : {statement_xml(some.statement), statement_html(some.statement)})
        for (const char c : out)
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
}

TEST(Statements, AreMadeOfTenThousandCases) {
    const Stated many(std::vector<model::CaseResult>(10000, failing()));
    EXPECT_THAT(statement_xml(many.statement), HasSubstr("cases=\"10000\""));
    EXPECT_LT(statement_html(many.statement).size(), 100'000u); // evidence is a few cases, not all
}

TEST(Comparisons, TakeTenThousandCasesAndNone) {
    std::vector<model::CaseResult> many;
    for (int i = 0; i < 10000; ++i) {
        many.push_back(i % 2 == 0 ? failing() : result("x", Verdict::pass));
        many.back().id += std::to_string(i);
    }
    const auto compared = compare(record({}), record(many));
    EXPECT_EQ(compared.count.at(RunComparison::Change::fresh), 5000u);
    EXPECT_THAT(text(compare(record({}), record({}))), Not(HasSubstr("new")));
}

TEST(Tap, IsWholeWithNoCaseAndWithTenThousand) {
    EXPECT_THAT(told<Tap>({}), HasSubstr("TAP version 14\n1..0\n"));
    const std::string many = told<Tap>(std::vector<model::CaseResult>(10000, failing()));
    EXPECT_THAT(many, HasSubstr("\nnot ok 10000 - pmip6/lma/ordering/stale-timestamp\n"));
}

TEST(Tap, KeepsEachCaseOnItsLine) {
    model::CaseResult odd = result("a", Verdict::unsupported);
    odd.id = "a # SKIP\nok 2";
    odd.reason = "x\n1..9";
    EXPECT_THAT(told<Tap>({odd}), HasSubstr("ok 1 - a \\# SKIP ok 2 # SKIP unsupported: x 1..9\n"));
}

TEST(Annotations, KeepTheirTextOnOneLine) {
    const std::string out = told<Annotations>({hostile()});
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
    EXPECT_THAT(out, HasSubstr("::error file=suites/pmip6/lma/ordering.xml,line=19,col=5,title=FAIL "));
    EXPECT_THAT(out, HasSubstr("%0A"));
}

TEST(Stories, ComeBackAsTheyWere) {
    RunEnd end;
    model::CaseResult before = failing();
    before.findings[0].missing = model::Missing{"lma", "mag1", "binding-acknowledgement"};
    const auto after = record_of(events(info(1), {before}, end)).results.at(0);
    ASSERT_TRUE(after.story);
    EXPECT_EQ(json(after), json(before));
    EXPECT_EQ(after.story->rungs.at(2).count, 3u);
    EXPECT_EQ(after.findings.at(0).missing->to, "mag1");
}

TEST(Stories, MayBeAnything) {
    const auto parse = [](const std::string& story) {
        return parse_case_result("{\"id\":\"x\",\"verdict\":\"fail\",\"story\":" + story + "}")->story;
    };
    EXPECT_FALSE(parse("7"));
    const auto odd =
        parse("{\"rungs\":[1,{\"packet\":-1,\"kind\":3}],\"octets\":[{\"hex\":\"zz\",\"fields\":[[1,2]]}],"
              "\"links\":{\"core\":[1,\"lma\"],\"x\":2},\"steps\":{}}");
    ASSERT_TRUE(odd);
    EXPECT_EQ(odd->rungs.size(), 1u);
    EXPECT_TRUE(odd->octets.at(0).octets.empty());
    EXPECT_EQ(odd->links.at("core").size(), 1u);
}

TEST(Stories, StandInThePageApartFromItsEvents) {
    RunEnd end;
    const std::string html = page(events(info(2), {result("a", Verdict::pass), failing()}, end));
    const std::string open = "<script type=\"application/json\" id=\"stories\">";
    const auto begin = html.find(open) + open.size();
    const std::string stories = html.substr(begin, html.find("</script", begin) - begin);
    std::istringstream lines(stories);
    std::string line;
    std::getline(lines, line); // nothing before the first
    std::getline(lines, line);
    EXPECT_EQ(line, "null");
    std::getline(lines, line);
    EXPECT_EQ(nlohmann::json::parse(line)["rungs"].size(), 3u);
    EXPECT_THAT(html.substr(0, begin), Not(HasSubstr("\"story\"")));
}

} // namespace
} // namespace reports
