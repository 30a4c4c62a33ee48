#include "harness/run/cast.h"
#include "harness/run/world.h"
#include "peers/pmip6/make.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace run {
namespace {

using peers::pmip6::Check;
using Ids = std::set<std::string>;

/// Where RFC 5213 and the draft part (digest, 7), for an anchor of the RFC that is asked in the draft's way:
/// the topic, and the requirements of the draft that it then breaks.
const std::map<std::string, Ids>& differences() {
    static const std::map<std::string, Ids> rows{
        {"unknown node: 153 instead of 133", {"PMIP6-LMA-024"}},
        {"no identifier: an empty one in the answer", {"PMIP6-LMA-081"}},
        {"no prefix option: 158 instead of 129", {"PMIP6-LMA-030"}},
        {"another prefix at a refresh: 155 or a new session instead of 129", {"PMIP6-LMA-050"}},
        {"a prefix that matches in part: 159 instead of 129", {"PMIP6-LMA-058"}},
        {"a timestamp below the stored one: 157 instead of 156",
         {"PMIP6-LMA-007", "PMIP6-LMA-108", "PMIP6-LMA-118", "PMIP6-LMA-119", "PMIP6-LMA-121",
          "PMIP6-LMA-125", "PMIP6-SEC-019"}},
        {"the link-local address is the gateway's, and all zeros ask for one",
         {"PMIP6-LMA-004", "PMIP6-LMA-048", "PMIP6-LMA-075", "PMIP6-LMA-077", "PMIP6-LMA-078",
          "PMIP6-FMT-033"}},
        {"MinDelayBeforeBCEDelete: 10 s instead of 1 s", {"PMIP6-LMA-221"}},
    };
    return rows;
}

/// The anchor's cases under the draft's profile, played against an anchor that knows the RFC only.
class Dialect : public testing::Test {
protected:
    static std::unique_ptr<Suites> suites() {
        Options options;
        options.profile = "draft02";
        return load_suites(options);
    }
    static model::MakeMachine anchor_of_the_rfc(peers::pmip6::AdjustLma adjust) {
        return [adjust](const model::NodeConfig& config) {
            if (config.self.role != "lma")
                return play_role(config);
            model::NodeConfig other = config;
            other.profile = "rfc5213";
            return adjust ? peers::pmip6::make_lma(other, adjust) : peers::pmip6::make_lma(other);
        };
    }
    static model::CaseResult play(const Suites& suites, const model::Case& scenario,
                                  peers::pmip6::AdjustLma adjust) {
        WorldOptions options;
        options.make = anchor_of_the_rfc(std::move(adjust));
        return World(suites, std::move(options)).play({&scenario, 1, {}}, {}).result;
    }
};

TEST_F(Dialect, AnAnchorOfTheRfcWantsItsTwoOptionsBeforeAnythingElse) {
    const auto all = suites();
    const auto bootstrap = std::ranges::find_if(
        all->library.cases, [](const model::Case& one) { return one.id == "pmip6/registration/bootstrap"; });
    ASSERT_NE(bootstrap, all->library.cases.end());
    const auto result = play(*all, *bootstrap, {});
    EXPECT_EQ(result.verdict, model::Verdict::fail);
    const bool is_161 = std::ranges::any_of(result.findings, [](const model::Finding& finding) {
        return std::ranges::any_of(finding.differences, [](const model::Difference& difference) {
            return difference.actual.find("missing-handoff-indicator") != std::string::npos;
        });
    });
    EXPECT_TRUE(is_161);
}

TEST_F(Dialect, AnAnchorOfTheRfcThatPardonsThemShowsTheOtherDifferencesAndNoMore) {
    const auto all = suites();
    std::map<std::string, Ids> shown; // requirement, and the cases that show it
    for (const model::Case& one : all->library.cases) {
        if (!one.id.starts_with("pmip6/") || one.under_test != std::vector<std::string>{"lma"})
            continue;
        const auto result = play(*all, one, [](peers::pmip6::LmaPolicy& policy) {
            std::erase(policy.checks, Check::handoff_indicator);
            std::erase(policy.checks, Check::access_technology);
        });
        EXPECT_NE(result.verdict, model::Verdict::error) << one.id << ": " << result.reason;
        for (const auto& finding : result.findings)
            if (finding.verdict == model::Verdict::fail || finding.verdict == model::Verdict::deviation)
                shown[finding.requirement].insert(one.id);
    }
    Ids listed;
    for (const auto& [topic, ids] : differences()) {
        listed.insert(ids.begin(), ids.end());
        EXPECT_TRUE(std::ranges::any_of(ids, [&](const auto& id) { return shown.contains(id); }))
            << "not shown: " << topic;
    }
    for (const auto& [id, cases] : shown)
        EXPECT_TRUE(listed.contains(id)) << id << " in " << *cases.begin();
}

} // namespace
} // namespace run
