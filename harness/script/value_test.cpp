#include "harness/script/test_support.h"
#include "harness/script/value.h"

#include <gmock/gmock.h>

using namespace script;
using model::Value;
using Op = Value::Op;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

struct Parsed {
    Value value;
    std::vector<model::Mistake> mistakes;
};

/// The place of octet n is column n + 1.
Parsed parse(std::string_view text) {
    Mistakes mistakes;
    const auto file = std::make_shared<const std::string>("v");
    auto value = parse_value(
        text,
        [&](std::size_t at) {
            return model::Where{file, 1, static_cast<unsigned>(at + 1)};
        },
        mistakes);
    return {std::move(value), mistakes.sorted()};
}

Value good(std::string_view text) {
    auto [value, mistakes] = parse(text);
    EXPECT_THAT(test::lines(mistakes), IsEmpty()) << text;
    return value;
}

void expect_literal(const Value& value, const std::string& text) {
    EXPECT_EQ(value.op, Op::literal);
    EXPECT_EQ(value.text, text);
}

void expect_reference(const Value& value, const std::string& path) {
    EXPECT_EQ(value.op, Op::reference);
    EXPECT_EQ(value.text, path);
}

void expect_mistake(std::string_view text, unsigned column, const std::string& part) {
    const auto all = parse(text).mistakes;
    ASSERT_THAT(all, SizeIs(1)) << text;
    EXPECT_EQ(all[0].where.column, column) << text;
    EXPECT_THAT(all[0].sentence, HasSubstr(part)) << text;
}

} // namespace

TEST(Values, LiteralsStayText) {
    for (const std::string text :
         {"7", "0x10", "accepted", "timestamp-mismatch", "2001:db8::1", "2001:db8:1::/64",
          "::", "mn1@example.net", "-1h", "+2s", "00 01 ff", "02:00:00:00:10:01", "a..b@example.net"})
        expect_literal(good(text), text);
}

TEST(Values, QuotationTakesEverythingAsItStands) {
    expect_literal(good("'a + b, ${x}'"), "a + b, ${x}");
    expect_literal(good("''"), "");
    expect_literal(good(""), "");
}

TEST(Values, StarMeansAny) {
    EXPECT_EQ(good("*").op, Op::any);
}

TEST(Values, RangeHasTwoEnds) {
    const auto value = good("1..5");
    ASSERT_EQ(value.op, Op::range);
    expect_literal(value.operands[0], "1");
    expect_literal(value.operands[1], "5");
    EXPECT_EQ(good("${x.lifetime}..900").op, Op::range);
    EXPECT_EQ(good("0 .. 300ms").op, Op::range);
}

TEST(Values, SetHoldsForms) {
    const auto value = good("{0, 130, 150..160, not 7}");
    ASSERT_EQ(value.op, Op::set);
    ASSERT_THAT(value.operands, SizeIs(4));
    expect_literal(value.operands[1], "130");
    EXPECT_EQ(value.operands[2].op, Op::range);
    EXPECT_EQ(value.operands[3].op, Op::negation);
}

TEST(Values, MaskComparesBitsButAPrefixIsALiteral) {
    const auto value = good("0x20/0x3f");
    ASSERT_EQ(value.op, Op::mask);
    expect_literal(value.operands[1], "0x3f");
    expect_literal(good("::/0"), "::/0");
}

TEST(Values, NegationTakesAForm) {
    const auto value = good("not {0, 1}");
    ASSERT_EQ(value.op, Op::negation);
    EXPECT_EQ(value.operands[0].op, Op::set);
}

TEST(Values, ToleranceStandsBehindASum) {
    const auto value = good("${now} + -1h ± 2s");
    ASSERT_EQ(value.op, Op::tolerance);
    EXPECT_EQ(value.operands[0].op, Op::sum);
    expect_literal(value.operands[0].operands[1], "-1h");
    expect_literal(value.operands[1], "2s");
}

TEST(Values, ReferencesKeepTheirPath) {
    for (const std::string path : {"now", "x.sequence", "x.home-network-prefix.prefix", "x.time",
                                   "this.lifetime", "lma.address", "mn1.nai", "sut.clock-offset", "i",
                                   "name[2]", "name[*].sequence", "r[i].home-network-prefix.prefix"})
        expect_reference(good("${" + path + "}"), path);
}

TEST(Values, RoundsMayStandInsideReferencesAndLiterals) {
    expect_reference(good("${mn${i}.nai}"), "mn${i}.nai");
    expect_literal(good("mn${i}@example.net"), "mn${i}@example.net");
    expect_literal(good("${i}@example.net"), "${i}@example.net");
}

TEST(Values, ArithmeticBindsAsUsual) {
    const auto value = good("${x.sequence} + 2 * 3 - 1");
    ASSERT_EQ(value.op, Op::difference);
    ASSERT_EQ(value.operands[0].op, Op::sum);
    EXPECT_EQ(value.operands[0].operands[1].op, Op::product);
    EXPECT_EQ(good("${a} − 1").op, Op::difference);
    EXPECT_EQ(good("${a} × 2").op, Op::product);
}

TEST(Values, OrderIsWrittenInWords) {
    EXPECT_EQ(good("after ${x.sequence}").op, Op::after);
    EXPECT_EQ(good("greater than ${x.value} + 1").op, Op::greater);
    EXPECT_EQ(good("less than 5").op, Op::less);
    EXPECT_EQ(good("distinct").op, Op::distinct);
}

TEST(Values, PrefixesAndListsAreWrittenInWords) {
    EXPECT_EQ(good("in ${mn1.prefix}").op, Op::in_prefix);
    expect_literal(good("in 2001:db8:100::/48").operands[0], "2001:db8:100::/48");
    const auto host = good("host 5 in ${mn1.prefix}");
    ASSERT_EQ(host.op, Op::host_in);
    expect_literal(host.operands[0], "5");
    expect_reference(host.operands[1], "mn1.prefix");
    EXPECT_EQ(good("overlaps none of ${r[*].home-network-prefix.prefix}").op, Op::overlaps_none);
    EXPECT_EQ(good("equal in ${r[*].sequence}").op, Op::equal_in);
    EXPECT_EQ(good("not in ${mn1.prefix}").operands[0].op, Op::in_prefix);
}

TEST(Values, TildeMarksTheTypical) {
    const auto value = good("~${now}");
    EXPECT_TRUE(value.typical);
    expect_reference(value, "now");
    expect_literal(good("~next"), "next");
    EXPECT_FALSE(good("next").typical);
}

TEST(Values, PrintedValuesReadTheSameAgain) {
    for (const std::string text :
         {"7", "*", "1..5", "{0, 130}", "0x20/0x3f", "not 0", "${now} ± 2s", "~900", "after ${x.sequence}",
          "host 5 in ${mn1.prefix}", "equal in ${r[*].sequence}", "${a} + 1", "distinct", "''"}) {
        EXPECT_EQ(script::text(good(text)), text);
    }
}

TEST(Values, MistakesPointAtTheirColumn) {
    expect_mistake("${x.sequence", 1, "does not end");
    expect_mistake("1 + ${x", 5, "does not end");
    expect_mistake("{0, 130", 1, "this set does not end");
    expect_mistake("'abc", 1, "quotation does not end");
    expect_mistake("${}", 1, "is no reference");
    expect_mistake("${a b}", 1, "is no reference");
    expect_mistake("1..", 4, "a value is missing");
    expect_mistake("${a} ± ", 9, "a value is missing"); // the sign has two octets
    expect_mistake("{1} 2", 5, "stands behind the end");
    expect_mistake("host 5", 7, "host NUMBER in PREFIX");
    expect_mistake("1, 2", 2, "stands behind the end");
}

TEST(Values, DeepNestingIsAMistake) {
    std::string deep;
    for (int i = 0; i < 100; ++i)
        deep += "not ";
    EXPECT_THAT(parse(deep + "1").mistakes, SizeIs(1));
    EXPECT_THAT(parse(std::string(100, '{')).mistakes, SizeIs(1));
}

namespace {

std::vector<std::string> literal_mistakes(const std::string& element, const std::string& field,
                                          std::string_view text) {
    const auto* kind = wire::find_kind(element);
    Mistakes mistakes;
    check_literals(good(text), *kind->field(field), element, mistakes);
    std::vector<std::string> all;
    for (const auto& mistake : mistakes.sorted())
        all.push_back(mistake.sentence);
    return all;
}

} // namespace

TEST(Literals, HaveTheTypeOfTheirField) {
    EXPECT_THAT(literal_mistakes("binding-acknowledgement", "status", "timestamp-mismatch"), IsEmpty());
    EXPECT_THAT(literal_mistakes("binding-acknowledgement", "status", "{0, accepted, 128..255}"), IsEmpty());
    EXPECT_THAT(
        literal_mistakes("binding-acknowledgement", "status", "acepted"),
        ElementsAre(
            "status of binding-acknowledgement has no value \"acepted\" (did you mean \"accepted\"?)"));
    EXPECT_THAT(literal_mistakes("binding-acknowledgement", "status", "256"),
                ElementsAre("status of binding-acknowledgement has 8 bits: 256 does not fit"));
    EXPECT_THAT(literal_mistakes("binding-update", "A", "2"),
                ElementsAre("A of binding-update is a bit, 0 or 1, not \"2\""));
    EXPECT_THAT(literal_mistakes("home-network-prefix", "prefix", "2001:db8::/64"), IsEmpty());
    EXPECT_THAT(literal_mistakes("home-network-prefix", "prefix", "2001:dg8::"),
                ElementsAre("prefix of home-network-prefix is an IPv6 address, not \"2001:dg8::\""));
    EXPECT_THAT(literal_mistakes("ethernet", "source", "02:00"),
                ElementsAre("source of ethernet is an Ethernet address, not \"02:00\""));
    EXPECT_THAT(literal_mistakes("echo-request", "data", "0"),
                ElementsAre("data of echo-request holds octets in hexadecimal, not \"0\""));
    EXPECT_THAT(literal_mistakes("dhcpv4-server-identifier", "address", "1.2.3"),
                ElementsAre("address of dhcpv4-server-identifier is an IPv4 address, not \"1.2.3\""));
}

TEST(Literals, TimesFitFieldsThatHaveAUnit) {
    EXPECT_THAT(literal_mistakes("binding-update", "lifetime", "1h"), IsEmpty());
    EXPECT_THAT(literal_mistakes("binding-update", "sequence", "1h"), SizeIs(1));
    EXPECT_THAT(literal_mistakes("binding-update", "sequence", "next"), IsEmpty());
    EXPECT_THAT(literal_mistakes("timestamp", "value", "${now} + -1h ± 2s"), IsEmpty());
}

TEST(Literals, NothingIsAddedToAddresses) {
    const std::string way = ": host N in PREFIX is the N-th address of a prefix";
    EXPECT_THAT(literal_mistakes("ipv6", "destination", "${mn1.prefix} + 1"),
                ElementsAre("nothing can be added to destination of ipv6" + way));
    EXPECT_THAT(literal_mistakes("home-network-prefix", "prefix", "{::/0, ${mn1.prefix} - 1}"),
                ElementsAre("nothing can be added to prefix of home-network-prefix" + way));
    EXPECT_THAT(literal_mistakes("ipv6", "destination", "host 1 in ${mn1.prefix} + 1"),
                ElementsAre("nothing can be added to a prefix" + way));
    EXPECT_THAT(literal_mistakes("ipv6", "destination", "host ${i} + 1 in ${mn1.prefix}"), IsEmpty());
    EXPECT_THAT(literal_mistakes("binding-update", "sequence", "${first.sequence} + 1"), IsEmpty());
}

TEST(Literals, MasksNeedNumbersAndPrefixFormsNeedPrefixes) {
    EXPECT_THAT(literal_mistakes("binding-update", "reserved", "0x20/0x3f"), IsEmpty());
    EXPECT_THAT(literal_mistakes("mobile-node-identifier", "nai", "a/b"), SizeIs(1));
    EXPECT_THAT(literal_mistakes("ipv6", "source", "in 2001:db8::/32"), IsEmpty());
    EXPECT_THAT(literal_mistakes("ipv6", "source", "in mn1"), ElementsAre("\"mn1\" is no prefix"));
    EXPECT_THAT(literal_mistakes("ipv6", "source", "host x in ${mn1.prefix}"),
                ElementsAre("\"x\" is no number"));
}
