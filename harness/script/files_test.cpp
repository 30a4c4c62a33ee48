// What the repository ships loads: suites, rules, templates, requirements, and the examples of
// suites/README.md.
#include "harness/script/sut.h"
#include "harness/script/test_support.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace script;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

namespace {

const std::filesystem::path root = SOURCE_DIR;

std::optional<std::string> contents(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::optional<std::string> from_tree(std::string_view name) {
    return contents(root / name);
}

/// Every XML file below a directory of the tree, by its name from the root.
std::vector<Text> files_below(const std::string& directory) {
    std::vector<Text> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / directory))
        if (entry.path().extension() == ".xml")
            files.push_back(
                {std::filesystem::relative(entry.path(), root).string(), *contents(entry.path())});
    std::sort(files.begin(), files.end(), [](const Text& a, const Text& b) { return a.name < b.name; });
    return files;
}

/// The XML examples of the README whose first element is that, in order.
std::vector<std::string> examples(const std::string& element) {
    const std::string readme = *from_tree("suites/README.md");
    const std::string fence = "```xml\n";
    std::vector<std::string> all;
    for (std::size_t at = readme.find(fence); at != std::string::npos; at = readme.find(fence, at)) {
        at += fence.size();
        const std::string example = readme.substr(at, readme.find("```", at) - at);
        if (example.starts_with("<" + element + " "))
            all.push_back(example);
    }
    return all;
}

Options options_of_the_tree() {
    Options options;
    options.source = from_tree;
    return options;
}

} // namespace

TEST(Files, AllSuitesLoadUnderEveryProfile) {
    auto files = files_below("suites");
    // Profiles of implementations are no suites: they have a loader of their own.
    std::erase_if(files, [](const Text& one) { return one.name.starts_with("suites/sut/"); });
    EXPECT_THAT(files, Not(IsEmpty()));
    EXPECT_THAT(test::lines(lint(files, options_of_the_tree())), IsEmpty());
}

TEST(Files, TheLedgerHoldsEveryRequirementOfTheFourSpecifications) {
    model::Ledger ledger;
    auto options = options_of_the_tree();
    options.ledger = &ledger;
    std::vector<model::Mistake> mistakes;
    load(files_below("suites/requirements"), options, mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
    std::map<std::string, int> per_suite;
    for (const auto& one : ledger.all())
        ++per_suite[one.suite];
    // As many rows as the extraction of each specification has.
    EXPECT_EQ(per_suite, (std::map<std::string, int>{
                             {"netmip6", 362}, {"nemo", 202}, {"pmip6", 382}, {"pmip6-nemo", 188}}));
    // RFC 3775, 6.2.1 demands it; proxymip6-02 does not repeat it.
    EXPECT_EQ(ledger.find("PMIP6-FMT-072")->level, model::Level::base);
    EXPECT_EQ(ledger.find("PMIP6-LMA-121")->level, model::Level::expected);
    EXPECT_TRUE(ledger.find("NETMIP6-TAR-016")->project_choice);
    EXPECT_THAT(ledger.find("NETMIP6-MN-008")->untestable, Not(IsEmpty()));
}

TEST(Readme, ItsSuiteLoads) {
    const auto suites = examples("suite");
    ASSERT_THAT(suites, SizeIs(1));
    auto files = files_below("suites/requirements");
    files.push_back({"suites/pmip6/example.xml", suites[0]});
    std::vector<model::Mistake> mistakes;
    const auto library = load(files, options_of_the_tree(), mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
    EXPECT_THAT(library.cases, SizeIs(2));
}

TEST(Readme, ItsTopologyAndTemplatesAreWithoutMistakes) {
    const auto topologies = examples("topology"), templates = examples("template");
    ASSERT_THAT(topologies, SizeIs(1));
    ASSERT_THAT(templates, SizeIs(1));
    EXPECT_THAT(test::lines(lint({{"README.md", "<topologies>" + topologies[0] + "</topologies>"}}, {})),
                IsEmpty());
    EXPECT_THAT(test::lines(lint({{"README.md", "<templates>" + templates[0] + "</templates>"}}, {})),
                IsEmpty());
}

TEST(Readme, ItsRulesLoad) {
    const auto rules = examples("rule");
    ASSERT_THAT(rules, SizeIs(1));
    auto files = files_below("suites/requirements");
    files.push_back({"README.md", "<rules suite=\"pmip6\">" + rules[0] + "</rules>"});
    std::vector<model::Mistake> mistakes;
    const auto library = load(files, options_of_the_tree(), mistakes);
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
    EXPECT_THAT(library.rules, SizeIs(2));
}

TEST(Readme, ItsProfileAndBaselineLoad) {
    const auto suts = examples("sut"), baselines = examples("baseline");
    ASSERT_THAT(suts, SizeIs(1));
    ASSERT_THAT(baselines, SizeIs(1));
    std::vector<model::Mistake> mistakes;
    EXPECT_EQ(load_sut({"README.md", suts[0]}, mistakes).name, "acme-lma");
    EXPECT_THAT(load_baseline({"README.md", baselines[0]}, {}, mistakes).expectations, SizeIs(1));
    EXPECT_THAT(test::lines(mistakes), IsEmpty());
}
