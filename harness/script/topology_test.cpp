#include "harness/script/test_support.h"
#include "harness/script/topology.h"

#include <gmock/gmock.h>

using namespace script;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

struct Read {
    explicit Read(const std::string& inside)
        : document({"t.xml", "<topology name=\"t\">\n" + inside + "</topology>"}, mistakes) {
        context.mistakes = &mistakes;
        TopologyReader reader(context);
        reader.read({document, document.root()});
        topology = reader.finish();
    }
    std::vector<std::string> lines() const { return test::lines(mistakes.sorted()); }
    Mistakes mistakes;
    Document document;
    Context context;
    model::Topology topology;
};

const std::string core = R"(<link name="core" latency="1ms" mtu="1280"/>)";

} // namespace

TEST(Topology, NodesHavePortsRoutesAndSettings) {
    const Read read(core + R"(<says>Small
      and simple.</says><node name="lma" role="lma" played="kernel">
      <port link="core" address="2001:db8::1/64 2001:db8:1::1/48" mac="02:00:00:00:00:07"/><port link="core" name="second"/>
      <route to="::/0" via="2001:db8::fe"/><set pool="2001:db8:100::/48"/><set delay="1s"/></node>)");
    EXPECT_THAT(read.lines(), IsEmpty());
    EXPECT_EQ(read.topology.says, "Small and simple.");
    EXPECT_EQ(read.topology.link("core")->latency, 1ms);
    EXPECT_EQ(read.topology.link("core")->mtu, 1280u);
    const auto* lma = read.topology.node("lma");
    EXPECT_EQ(lma->player, model::Player::kernel);
    EXPECT_EQ(base::text(lma->address()), "2001:db8::1");
    ASSERT_THAT(lma->port("core")->addresses, SizeIs(2));
    EXPECT_EQ(base::text(lma->port("core")->mac), "02:00:00:00:00:07");
    EXPECT_NE(lma->port("second")->mac, base::Mac{});
    EXPECT_EQ(base::text(lma->routes.at(0).via), "2001:db8::fe");
    EXPECT_EQ(lma->settings.at("delay"), "1s");
    EXPECT_EQ(lma->settings.at("pool"), "2001:db8:100::/48");
}

TEST(Topology, AKernelNodeMayRunAProgram) {
    const Read read(core + R"(<node name="dhcp" role="host" played="kernel"><port link="core"/>
      <run program="kea-dhcp6" begins="by-step"/></node>)");
    EXPECT_THAT(read.lines(), IsEmpty());
    EXPECT_EQ(read.topology.node("dhcp")->settings.at("program"), "kea-dhcp6");
    EXPECT_EQ(read.topology.node("dhcp")->settings.at("program-begins"), "by-step");
    const Read wrong(core + R"(<node name="a" role="host" played="tester"><run program="kea-dhcp6"/></node>
      <node name="b" role="host" played="kernel"><run program="../../etc/x"/><run program="y"/></node>)");
    EXPECT_THAT(wrong.lines(),
                ElementsAre(HasSubstr("no program runs there"), HasSubstr("is no name of a program"),
                            HasSubstr("b runs a program already")));
}

TEST(Topology, EveryPortHasAnEthernetAddressOfItsOwn) {
    const Read read(
        core +
        R"(<node name="a" role="mag"><port link="core"/><access for="mn*"/></node><node name="b" role="mag"><port link="core"/></node>
      <node name="mn1" role="mn"/><mobile-node name="mn" count="3"/>)");
    std::set<base::Mac> seen;
    for (const auto& node : read.topology.nodes)
        for (const auto& port : node.ports) {
            EXPECT_TRUE(seen.insert(port.mac).second) << node.name << ' ' << port.name;
            EXPECT_FALSE(port.mac.is_group());
        }
}

TEST(Topology, AccessGivesAPortAndALinkForEachMobileNode) {
    const Read read(
        core + R"(<node name="mag1" role="mag"><port link="core"/><access for="mn1 x*" latency="5ms"/></node>
      <mobile-node name="mn1"/><mobile-node name="x1"/><mobile-node name="x2"/><mobile-node name="y"/>)");
    EXPECT_THAT(read.lines(), IsEmpty());
    const auto* wanted = read.topology.link("mag1-mn1");
    ASSERT_NE(wanted, nullptr);
    EXPECT_EQ(wanted->access, "mag1");
    EXPECT_EQ(wanted->identity, "mn1");
    EXPECT_EQ(wanted->latency, 5ms);
    EXPECT_EQ(read.topology.node("mag1")->port("mn1")->link, "mag1-mn1");
    EXPECT_NE(read.topology.link("mag1-x2"), nullptr);
    EXPECT_EQ(read.topology.link("mag1-y"), nullptr);
}

TEST(Topology, ANodeOfAMobileNodesNameHasADetachedPort) {
    const Read read(
        R"(<node name="mn1" role="mn"/><mobile-node name="mn1" link-address="02:00:00:00:10:01"/>)");
    const auto* port = read.topology.node("mn1")->port("access");
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->link, "");
    EXPECT_EQ(base::text(port->mac), "02:00:00:00:10:01");
    // RFC 4291, appendix A: the universal bit is inverted.
    EXPECT_EQ(base::text(read.topology.identity("mn1")->link_local), "fe80::ff:fe00:1001");
}

TEST(Topology, ACountStandsForManyMobileNodes) {
    const Read read(core + R"(<node name="lma" role="lma"><port link="core"/></node>
      <mobile-node name="mn" count="50" nai="mn${i}@example.net" lma="lma" prefix="2001:db8:200:${i}::/64"><policy mags="lma"/></mobile-node>)");
    EXPECT_THAT(read.lines(), IsEmpty());
    ASSERT_THAT(read.topology.identities, SizeIs(50));
    EXPECT_EQ(read.topology.identities[49].name, "mn50");
    EXPECT_EQ(read.topology.identities[49].nai, "mn50@example.net");
    EXPECT_EQ(base::text(*read.topology.identities[8].home_network_prefix), "2001:db8:200:9::/64");
    EXPECT_EQ(read.topology.identities[49].policy.at("mags"), "lma");
    EXPECT_THAT(Read("<mobile-node name=\"mn\" count=\"99999\"/>").lines(),
                ElementsAre(HasSubstr("at most 2000 mobile nodes")));
}

TEST(Topology, NamesItsMistakes) {
    const auto mistakes_of = [](const std::string& inside) { return Read(core + inside).lines(); };
    EXPECT_THAT(mistakes_of("<lnk/>"),
                ElementsAre(HasSubstr("unknown element \"lnk\" in a topology (did you mean \"link\"?)")));
    EXPECT_THAT(mistakes_of("<node name=\"n\"/>"),
                ElementsAre(HasSubstr("\"node\" needs an attribute \"role\"")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\" played=\"kernal\"/>"),
                ElementsAre(HasSubstr(
                    "played is one of peer, tester, kernel, not \"kernal\" (did you mean \"kernel\"?)")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><prt/></node>"),
                ElementsAre(HasSubstr("unknown element \"prt\" in a node (did you mean \"port\"?)")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><port link=\"cor\"/></node>"),
                ElementsAre(HasSubstr("n is on link \"cor\", which there is not (did you mean \"core\"?)")));
    EXPECT_THAT(
        mistakes_of("<node name=\"n\" role=\"r\"><port link=\"core\" address=\"2001:db8::1\"/></node>"),
        ElementsAre(HasSubstr("\"2001:db8::1\" is no address with a prefix length")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><port link=\"core\" mac=\"02\"/></node>"),
                ElementsAre(HasSubstr("\"02\" is no Ethernet address")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><port link=\"core\"/><port link=\"core\"/></node>"),
                ElementsAre(HasSubstr("n has two ports called \"core\"")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><route to=\"x\" via=\"::1\"/></node>"),
                ElementsAre(HasSubstr("a route goes to PREFIX/LENGTH via ADDRESS")));
    EXPECT_THAT(mistakes_of("<node name=\"n\" role=\"r\"><access for=\"mn9\"/></node>"),
                ElementsAre(HasSubstr("n gives access to \"mn9\", which is no mobile node")));
    EXPECT_THAT(
        mistakes_of("<node name=\"a\" role=\"r\"><port link=\"core\" address=\"::5/64\"/></node><node "
                    "name=\"b\" role=\"r\"><port link=\"core\" address=\"::5/64\"/></node>"),
        ElementsAre(HasSubstr("b has address ::5, which is that of a")));
    EXPECT_THAT(mistakes_of("<mobile-node name=\"m\" link-address=\"x\"/>"),
                ElementsAre(HasSubstr("\"x\" is no Ethernet address")));
    EXPECT_THAT(mistakes_of("<mobile-node name=\"m\" link-local=\"::1\"/>"),
                ElementsAre(HasSubstr("\"::1\" is no link-local address")));
    EXPECT_THAT(mistakes_of("<mobile-node name=\"m\" prefix=\"::1\"/>"),
                ElementsAre(HasSubstr("\"::1\" is no prefix")));
    EXPECT_THAT(mistakes_of("<mobile-node name=\"m\" lma=\"lmb\"><policy mags=\"mag9\"/></mobile-node>"),
                ElementsAre(HasSubstr("m has \"lmb\" as its lma, which is no node"),
                            HasSubstr("m may use \"mag9\", which is no node")));
    EXPECT_THAT(
        mistakes_of("<mobile-node name=\"m\"><polcy/></mobile-node>"),
        ElementsAre(HasSubstr("unknown element \"polcy\" in a mobile node (did you mean \"policy\"?)")));
    EXPECT_THAT(mistakes_of("<barrier role=\"lma\" from=\"x\" send=\"a\" expect=\"b\"/>"),
                ElementsAre(HasSubstr("the barrier of lma comes from \"x\", which is no node")));
    EXPECT_THAT(mistakes_of("<play node=\"x\" as=\"peer\"/>"),
                ElementsAre(HasSubstr("there is no node \"x\"")));
}
