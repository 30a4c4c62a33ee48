#include "harness/run/needs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

model::Case needing(std::vector<std::string> needs) {
    model::Case out;
    out.needs = std::move(needs);
    return out;
}

const std::vector<stage::lab::Feature> host{{"userns", true, "", ""},
                                            {"esp", false, "Requested type not found", ""},
                                            {"kea", true, "/usr/sbin/kea-dhcp6", ""}};

TEST(Needs, AreMetByWhatTheHostHas) {
    const auto one = needing({"kea", "role-lma"});
    const auto unmet = unmet_needs({&one}, "lab", host);
    EXPECT_FALSE(unmet.contains("kea"));
    EXPECT_FALSE(unmet.contains("role-lma"));
    EXPECT_EQ(unmet.at("esp"), "Requested type not found"); // whoever asks for it hears the system's reason
}

TEST(Needs, AreNotMetByARoleThatNobodyPlays) {
    const auto one = needing({"role-bartender"});
    EXPECT_EQ(unmet_needs({&one}, "lab", host).at("role-bartender"), "no reference peer plays that role");
    EXPECT_EQ(unmet_needs({&one}, "sim", host).at("role-bartender"), "no reference peer plays that role");
}

TEST(Needs, ThatNobodyHasHeardOfAreNotMet) {
    const auto one = needing({"kae"});
    EXPECT_THAT(unmet_needs({&one}, "lab", host).at("kae"), HasSubstr("did you mean \"kea\"?"));
}

TEST(Needs, OfTheImplementationAreNotAskedOfTheHost) {
    const auto one = needing({"home-agent", "ripng", "ipsec", "dhcp"});
    EXPECT_FALSE(unmet_needs({&one}, "lab", host).contains("home-agent"));
    EXPECT_FALSE(unmet_needs({&one}, "sim", host).contains("ripng"));
    EXPECT_FALSE(unmet_needs({&one}, "sim", host).contains("ipsec"));
    EXPECT_FALSE(unmet_needs({&one}, "sim", host).contains("dhcp"));
    EXPECT_TRUE(must_be_claimed("home-agent"));
    EXPECT_TRUE(must_be_claimed("ripng"));
    EXPECT_FALSE(must_be_claimed("ipsec")); // whoever says nothing of it is asked to have it
}

TEST(Needs, OfAKernelAreNotMetInVirtualTime) {
    const auto one = needing({"kea"});
    EXPECT_EQ(unmet_needs({&one}, "sim", host).at("kea"), "there is no such thing in virtual time");
}

TEST(Needs, AreTacitWhereAKernelPlays) {
    model::Case one;
    model::Node node;
    node.role = "lma";
    node.player = model::Player::peer;
    one.topology.nodes = {node};
    EXPECT_THAT(tacit_needs(one, "sim", {}), IsEmpty());
    EXPECT_THAT(tacit_needs(one, "lab", {}), ElementsAre("userns"));
    EXPECT_THAT(tacit_needs(one, "lab", {"lma"}), ElementsAre("userns", "veth", "packet", "sysctl"));
    one.topology.nodes[0].player = model::Player::kernel;
    EXPECT_THAT(tacit_needs(one, "lab", {}), ElementsAre("userns", "veth", "packet", "sysctl"));
}

} // namespace
} // namespace run
