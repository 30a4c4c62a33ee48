#include "harness/script/test_support.h"
#include "harness/script/xml.h"

#include <gmock/gmock.h>

using namespace script;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

std::vector<std::string> mistakes_of(std::string contents) {
    Mistakes mistakes;
    const Document document({"f", std::move(contents)}, mistakes);
    return test::lines(mistakes.sorted());
}

} // namespace

TEST(Xml, TellsTheLineAndColumnOfElementsAndAttributes) {
    Mistakes mistakes;
    const Document document({"f", "<a>\n  <b one=\"1\"\n     two=\"2\"/>\n</a>"}, mistakes);
    EXPECT_TRUE(mistakes.empty());
    const auto b = document.root().child("b");
    EXPECT_EQ(model::text(document.at(b)), "f:2:3");
    EXPECT_EQ(model::text(document.at(b.attribute("one"))), "f:2:6");
    EXPECT_EQ(model::text(document.at(b.attribute("two"))), "f:3:6");
    EXPECT_EQ(model::text(document.inside(b.attribute("two"), 0)), "f:3:11");
}

TEST(Xml, CountsColumnsInCharactersAndThroughEntities) {
    Mistakes mistakes;
    const Document document({"f", "<a b=\"\xc2\xb1 x&amp;y z\"/>"}, mistakes);
    const auto b = document.root().attribute("b");
    EXPECT_STREQ(b.value(), "\xc2\xb1 x&y z");
    EXPECT_EQ(document.inside(b, 3).column, 9u);  // x: the sign is one character of two octets
    EXPECT_EQ(document.inside(b, 5).column, 15u); // y: behind an entity of five
}

TEST(Xml, CollectsDuplicateAttributesWithThePlaceOfTheSecond) {
    EXPECT_THAT(mistakes_of("<a>\n<b x=\"1\" y=\"2\" x=\"3\"/></a>"),
                ElementsAre("f:2:16: attribute \"x\" is written twice"));
}

TEST(Xml, RefusesNul) {
    EXPECT_THAT(mistakes_of(std::string("<a>\n") + '\0' + "</a>"),
                ElementsAre("f:2:1: a NUL character is not allowed"));
}

TEST(Xml, RefusesControlCharacters) {
    EXPECT_THAT(mistakes_of("<a>\x1b</a>"), ElementsAre("f:1:4: the control character 0x1b is not allowed"));
}

TEST(Xml, RefusesOctetsThatAreNoUtf8) {
    EXPECT_THAT(mistakes_of("<a>\xff</a>"), ElementsAre("f:1:4: the file is not UTF-8"));
    EXPECT_THAT(mistakes_of("<a>\xc0\x80</a>"), ElementsAre("f:1:4: the file is not UTF-8"));     // overlong
    EXPECT_THAT(mistakes_of("<a>\xed\xa0\x80</a>"), ElementsAre("f:1:4: the file is not UTF-8")); // surrogate
}

TEST(Xml, SeesEveryOctetOfALongText) {
    const std::string text(24, 'x');
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto with = [&](const std::string& what) {
            return "<a>\n" + std::string(text).replace(at, 1, what) + "</a>";
        };
        const std::string place = "f:2:" + std::to_string(at + 1) + ": ";
        EXPECT_THAT(mistakes_of(with("\x1f")),
                    ElementsAre(place + "the control character 0x1f is not allowed"));
        EXPECT_THAT(mistakes_of(with("\x7f")),
                    ElementsAre(place + "the control character 0x7f is not allowed"));
        EXPECT_THAT(mistakes_of(with("\x80")), ElementsAre(place + "the file is not UTF-8"));
        EXPECT_THAT(mistakes_of(with(" ~\t\r\n")), IsEmpty());
        EXPECT_THAT(mistakes_of(with("\xe2\x82\xac") + "<b/>"), // a character of three octets
                    ElementsAre("f:2:29: a second root element \"b\": a file has one"));
    }
}

TEST(Xml, RefusesADoctype) {
    EXPECT_THAT(mistakes_of("<!DOCTYPE a [<!ENTITY x \"y\">]>\n<a>&x;</a>"), SizeIs(1));
    EXPECT_THAT(mistakes_of("<!DOCTYPE a>\n<a/>")[0], HasSubstr("a DOCTYPE is not allowed"));
}

TEST(Xml, RefusesEntitiesThatXmlDoesNotDefine) {
    EXPECT_THAT(mistakes_of("<a b=\"&x;\"/>"), ElementsAre(HasSubstr("f:1:7: \"&\" begins no entity")));
    EXPECT_THAT(mistakes_of("<a>&x;</a>"), ElementsAre(HasSubstr("f:1:4: \"&\" begins no entity")));
    EXPECT_THAT(mistakes_of("<a b=\"&#0;\"/>"), SizeIs(1));
    EXPECT_THAT(mistakes_of("<a b=\"&#x41;&lt;&#65;&quot;\"/>"), IsEmpty());
}

TEST(Xml, RefusesASecondRootAndTextBesideTheRoot) {
    EXPECT_THAT(mistakes_of("<a/>\n<b/>"), ElementsAre("f:2:1: a second root element \"b\": a file has one"));
    EXPECT_THAT(mistakes_of("<a/>junk"), ElementsAre("f:1:5: text stands outside the root element"));
    EXPECT_THAT(mistakes_of("  <!-- nothing -->"), ElementsAre("f:1:1: the file holds no element"));
    EXPECT_THAT(mistakes_of(""), SizeIs(1));
}

TEST(Xml, RefusesWhatDoesNotEnd) {
    EXPECT_THAT(mistakes_of("<a><b></a>"), SizeIs(1));
    EXPECT_THAT(mistakes_of("<a b=\"1></a>"), SizeIs(1));
    EXPECT_THAT(mistakes_of("<a><!-- </a>"), SizeIs(1));
    EXPECT_THAT(mistakes_of("<a b=\"<\"/>"), ElementsAre("f:1:7: a \"<\" in an attribute is written &lt;"));
    EXPECT_THAT(mistakes_of("<a><!-- x -- y --></a>"), SizeIs(1));
}

TEST(Xml, RefusesDeepNestingInOneSentence) {
    std::string deep;
    for (int i = 0; i < 200000; ++i)
        deep += "<a>";
    for (int i = 0; i < 200000; ++i)
        deep += "</a>";
    EXPECT_THAT(mistakes_of(deep), ElementsAre("f:1:193: elements are nested more than 64 deep"));
}

TEST(Xml, RefusesHugeFilesAndHugeElements) {
    EXPECT_THAT(mistakes_of(std::string(5u << 20, ' ')),
                ElementsAre("f:1:1: the file has 5242880 octets, at most 4194304 are read"));
    std::string wide = "<a";
    for (int i = 0; i < 300; ++i)
        wide += " a" + std::to_string(i) + "=\"\"";
    EXPECT_THAT(mistakes_of(wide + "/>"), ElementsAre("f:1:1: an element has more than 200 attributes"));
}

TEST(Xml, TellsOfABoundedNumberOfMistakes) {
    std::string bad = "<a>";
    for (int i = 0; i < 500; ++i)
        bad += "<b x=\"1\" x=\"2\"/>";
    const auto all = mistakes_of(bad + "</a>");
    ASSERT_THAT(all, SizeIs(201));
    EXPECT_EQ(all.back(), ": and 300 more mistakes");
}

TEST(Xml, FoldsWhiteSpaceInTexts) {
    Mistakes mistakes;
    const Document document({"f", "<a>\n  one \t two\r\n<b>not this</b>three<![CDATA[ four  five ]]>\n</a>"},
                            mistakes);
    EXPECT_TRUE(mistakes.empty());
    EXPECT_EQ(Tag(document, document.root()).text(), "one two three four five");
    const Document blank({"f", "<a> \n </a>"}, mistakes);
    EXPECT_EQ(Tag(blank, blank.root()).text(), "");
}
