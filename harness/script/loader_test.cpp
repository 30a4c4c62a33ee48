#include "harness/script/loader.h"
#include "harness/wire/element.h"

#include <gmock/gmock.h>

using namespace script;
using model::Value;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const char* const topologies = R"(<topologies>
  <topology name="one-mag">
    <link name="core" latency="1ms"/>
    <node name="lma" role="lma" played="peer"><port link="core" address="2001:db8:0:ff::1/48"/><set delay="1s"/></node>
    <node name="mag1" role="mag" played="tester"><port link="core" address="2001:db8:0:1::1/48"/><access for="mn1 mn2"/></node>
    <mobile-node name="mn1" nai="mn1@example.net" lma="lma" link-address="02:00:00:00:10:01"/>
    <mobile-node name="mn2" nai="mn2@example.net" lma="lma"/>
    <barrier role="lma" from="mag1" send="barrier-pbu" expect="barrier-pba"/>
  </topology>
</topologies>)";

const char* const templates = R"(<templates>
  <template name="pbu" of="binding-update" A="1" P="1" H="~0" sequence="~next" lifetime="~900"
            about="mobile-node-identifier.nai" repeats="sequence timestamp">
    <mobile-node-identifier nai="~${self.nai}"/>
    <home-network-prefix prefix="~::" prefix-length="~0"/>
    <timestamp value="~${now}"/>
  </template>
  <template name="pbu" of="pbu" profile="rfc5213"><handoff-indicator value="~1"/></template>
  <template name="pba" of="binding-acknowledgement" P="1" about="mobile-node-identifier.nai" answers="sequence">
    <mobile-node-identifier nai="~${self.nai}"/>
  </template>
  <template name="de-registration" of="pbu" lifetime="0"/>
  <template name="barrier-pbu" of="pbu"/>
  <template name="barrier-pba" of="pba"/>
  <learn attribute="prefix" from="pba" key="mobile-node-identifier.nai" value="home-network-prefix.prefix"/>
</templates>)";

const char* const requirements = R"(<requirements suite="pmip6">
  <requirement id="PMIP6-LMA-106" level="MUST" role="LMA" section="5.4" how="active-lma"><text>one</text></requirement>
  <requirement id="PMIP6-LMA-112" level="MUST" role="LMA" section="5.4" how="active-lma"><text>two</text></requirement>
  <requirement id="PMIP6-LMA-113" level="MUST" role="LMA" section="5.4" how="active-lma"><text>three</text></requirement>
</requirements>)";

/// A suite with that inside, and everything that it needs.
struct Loaded {
    explicit Loaded(const std::string& inside, Options options = {}) {
        options.ledger = &ledger;
        const std::string suite = "<suite name=\"s\" spec=\"pmip6\" sut=\"lma\"><use templates=\"pmip6.xml\" "
                                  "topology=\"one-mag\"/>\n" +
                                  inside + "</suite>";
        library = load({{"s.xml", suite},
                        {"pmip6.xml", templates},
                        {"topologies.xml", topologies},
                        {"pmip6-req.xml", requirements}},
                       options, mistakes);
    }
    std::vector<std::string> sentences() const {
        std::vector<std::string> all;
        for (const auto& mistake : mistakes)
            all.push_back(model::text(mistake.where) + ": " + mistake.sentence);
        return all;
    }
    model::Ledger ledger;
    model::Library library;
    std::vector<model::Mistake> mistakes;
};

const model::FieldSpec& field(const model::ElementSpec& element, const std::string& name) {
    for (const auto& one : element.fields)
        if (one.name == name)
            return one;
    throw std::runtime_error("no field " + name);
}

const model::ElementSpec& child(const model::ElementSpec& element, const std::string& kind) {
    for (const auto& one : element.children)
        if (one.kind == kind)
            return one;
    throw std::runtime_error("no child " + kind);
}

const char* const stale =
    R"(<case name="stale" title="A stale timestamp is refused" purpose="TP-LMA-TS-03" cost="short">
  <says>A PBU stamped outside
     the tolerance is refused.</says>
  <vary name="offset" over="-1h | +1h"/>
  <given>
    <send from="mag1" to="lma"><pbu/></send>
    <expect from="lma" to="mag1" within="1s"><pba status="accepted"/></expect>
  </given>
  <send from="mag1" to="lma" as="stale"><pbu><timestamp value="${now} + ${offset}"/></pbu></send>
  <expect from="lma" to="mag1" within="1s" answers="stale" proves="PMIP6-LMA-106 PMIP6-LMA-112">
    <pba status="timestamp-mismatch"><timestamp value="${now} ± 2s" proves="PMIP6-LMA-113"/></pba>
  </expect>
</case>)";

} // namespace

TEST(Loader, WritesOutEachVariationAsACase) {
    const Loaded loaded(stale);
    EXPECT_THAT(loaded.sentences(), IsEmpty());
    ASSERT_EQ(loaded.library.cases.size(), 2u);
    EXPECT_EQ(loaded.library.cases[0].id, "s/stale[offset=-1h]");
    EXPECT_EQ(loaded.library.cases[1].id, "s/stale[offset=+1h]");
    const auto& one = loaded.library.cases[0];
    EXPECT_EQ(one.title, "A stale timestamp is refused");
    EXPECT_EQ(one.says, "A PBU stamped outside the tolerance is refused.");
    EXPECT_THAT(one.under_test, ElementsAre("lma"));
    EXPECT_THAT(one.proves(), ElementsAre("PMIP6-LMA-106", "PMIP6-LMA-112", "PMIP6-LMA-113"));
    EXPECT_EQ(one.given.size(), 2u);
    ASSERT_EQ(one.body.size(), 2u);
    const auto& send = std::get<model::Send>(one.body[0].what);
    EXPECT_EQ(send.packet.message, "binding-update");
    EXPECT_EQ(send.packet.template_name, "pbu");
    const auto& timestamp = field(child(send.packet.layers[0], "timestamp"), "value").value;
    EXPECT_EQ(timestamp.op, Value::Op::sum);
    EXPECT_EQ(timestamp.operands[1].text, "-1h");
    const auto& expect = std::get<model::Expect>(one.body[1].what);
    EXPECT_EQ(expect.answers, "stale");
    EXPECT_EQ(expect.packet.answers_field, "sequence");
    EXPECT_EQ(expect.within->time, std::chrono::seconds(1));
}
