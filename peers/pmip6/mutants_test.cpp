#include "peers/pmip6/domain_bench.h"
#include "peers/pmip6/mutants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace {

using namespace std::chrono_literals;
using namespace peers::pmip6;

TEST(Mutants, HaveNamesOfTheirOwn) {
    std::set<std::string> ids;
    for (const Mutant& mutant : mutants()) {
        EXPECT_TRUE(ids.insert(mutant.id).second) << mutant.id;
        EXPECT_TRUE(mutant.id.starts_with(mutant.role + "-")) << mutant.id;
        EXPECT_FALSE(mutant.title.empty()) << mutant.id;
    }
    EXPECT_GE(ids.size(), 36u);
}

TEST(Mutants, ViolateRequirementsThatExist) {
    std::stringstream text;
    for (const char* name : {"pmip6", "pmip6-nemo"}) {
        std::ifstream file(std::string(SOURCE_DIR "/suites/requirements/") + name + ".xml");
        ASSERT_TRUE(file);
        text << file.rdbuf();
    }
    const std::string ledger = text.str();
    for (const Mutant& mutant : mutants()) {
        EXPECT_FALSE(mutant.violates.empty()) << mutant.id;
        for (const std::string& id : mutant.violates)
            EXPECT_NE(ledger.find("\"" + id + "\""), std::string::npos) << mutant.id << " violates " << id;
    }
}

TEST(Mutants, FewMaySurvive) {
    const auto& all = mutants();
    const auto equivalent =
        std::count_if(all.begin(), all.end(), [](const Mutant& m) { return !m.survivor_because.empty(); });
    EXPECT_LE(static_cast<double>(equivalent), 0.03 * static_cast<double>(all.size()));
}

class EveryMutant : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryMutant, RegistersANodeUnlessThatIsWhatItCannotDo) {
    const Mutant& mutant = mutants()[GetParam()];
    const auto played = [&](const char* role) {
        return mutant.role == role ? mutant.make : DomainBench::Maker{};
    };
    DomainBench d(DomainBench::topology(), "draft02", played("lma"), played("mag"), played("mn"));
    d.attach("mn1", "mag1");
    d.net.run_for(2s);
    const bool works = d.state("mag1", {{"of", "entries"}})["count"] == "1" && d.ping(d.address("mn1")) == 1;
    EXPECT_TRUE(works || mutant.breaks_bootstrap) << mutant.id;
    // Whatever it does wrong, it goes on living.
    d.attach("mn1", "mag2");
    d.attach("mn2", "mag1");
    d.net.run_for(5s);
    d.detach("mn1");
    d.net.run_for(5s);
}

INSTANTIATE_TEST_SUITE_P(All, EveryMutant, testing::Range<std::size_t>(0, mutants().size()),
                         [](const auto& param) {
                             std::string name = mutants()[param.param].id;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

} // namespace
