#include "harness/run/sut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

model::NodeConfig config() {
    model::NodeConfig out;
    out.profile = "rfc5213";
    model::Port port;
    port.name = "core";
    port.addresses = {base::parse_prefix("2001:db8:0:ff::1/48").value()};
    out.self.name = "lma";
    out.self.role = "lma";
    out.self.ports = {port};
    out.self.settings["pool"] = "2001:db8:100::/48";
    model::Node mag = out.self;
    mag.name = "mag1";
    mag.role = "mag";
    mag.ports[0].addresses = {base::parse_prefix("2001:db8:0:1::1/48").value()};
    out.topology.nodes = {out.self, mag};
    model::Identity identity;
    identity.name = "mn1";
    identity.nai = "mn1&co@example.net";
    identity.lma = "lma";
    out.topology.identities = {identity};
    return out;
}

TEST(Templates, SeeTheNodeAndTheDomainAroundIt) {
    EXPECT_EQ(render("{{name}} {{address}} {{profile}} {{set.pool}} {{directory}}", config(), "d"),
              "lma 2001:db8:0:ff::1 rfc5213 2001:db8:100::/48 d");
    EXPECT_EQ(render("{{#mags}}{{name}}={{address}};{{/mags}}", config(), {}), "mag1=2001:db8:0:1::1;");
    EXPECT_EQ(render("{{#ports}}{{#addresses}}{{value}}{{/addresses}}{{/ports}}", config(), {}),
              "2001:db8:0:ff::1/48");
}

TEST(Templates, WriteNoHtml) {
    EXPECT_EQ(render("{{#mobile-nodes}}{{nai}} {{lma-address}}{{/mobile-nodes}}", config(), {}),
              "mn1&co@example.net 2001:db8:0:ff::1");
}

TEST(Templates, SayWhereNothingIsKnown) {
    EXPECT_EQ(
        render("{{#mobile-nodes}}{{#prefix}}{{prefix}}{{/prefix}}{{^prefix}}none{{/prefix}}{{/mobile-nodes}}",
               config(), {}),
        "none");
}

TEST(Templates, RenderASettingByNameOrWithAllOthers) {
    run::Implementation one;
    EXPECT_FALSE(run::renders(one, "delay"));
    one.templates = {"pool {{set.pool}}", "{{#set.delay}}wait {{set.delay}}{{/set.delay}}"};
    EXPECT_TRUE(run::renders(one, "pool"));
    EXPECT_TRUE(run::renders(one, "delay"));
    EXPECT_FALSE(run::renders(one, "max-lifetime"));
    one.templates = {"{{#settings}}{{name}} {{value}}\n{{/settings}}"};
    EXPECT_TRUE(run::renders(one, "max-lifetime"));
}

TEST(Templates, NameEveryWordThatNothingReplaces) {
    EXPECT_THAT(unknown_names("{{address}}\n{{adress}} {{#mags}}{{nam}}{{/mags}}"),
                ElementsAre(HasSubstr("line 2: nothing is called \"adress\""), HasSubstr("\"nam\"")));
    EXPECT_THAT(unknown_names("{{! a remark }} {{set.anything}} {{.}} {{&nai}} {{unclosed"), IsEmpty());
}

} // namespace
} // namespace run
