#include "harness/judge/match.h"
#include "harness/run/cast.h"
#include "harness/stage/sim/sim.h"
#include "peers/common/test_net.h"
#include "peers/mip6/home_registration.h"
#include "peers/nemo/make.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

// A home agent is killed before each of its steps in turn: no prefix may be granted twice, and none lost that
// a router was told of (nemo-prefix-delegation, 5.4 and 8).

namespace run {
namespace {

using peers::common::NodeBuilder;
using std::chrono::milliseconds;

base::Ip6 ip(const std::string& text) {
    return base::parse_ip6(text).value();
}

model::Node agent(const std::string& name, const char* home, const char* core, const char* pool) {
    NodeBuilder out(name, "ha");
    out.port("home", {home}).port("core", {core}).set("home-prefix", "2001:db8:100::/64");
    out.set("pool", pool).set("persistent-pool", "2001:db8:201::/56").set("advertise", "0s");
    out.set("store", "home");
    return out.config().self;
}

model::Topology two_agents() {
    model::Topology out;
    out.links = {{.name = "home", .latency = milliseconds(1)}, {.name = "core", .latency = milliseconds(1)}};
    out.nodes = {agent("ha", "2001:db8:100::1/64", "2001:db8:f00::1/48", "2001:db8:200::/56"),
                 agent("ha2", "2001:db8:100::2/64", "2001:db8:f00::2/48", "2001:db8:202::/56")};
    for (const char* which : {"1", "2"}) {
        NodeBuilder router(std::string("mr") + which, "mr");
        router.port("core", {"2001:db8:f00::" + std::string(which) + "0/48"});
        router.route("2001:db8:100::1/128", "2001:db8:f00::1");
        router.route("2001:db8:100::2/128", "2001:db8:f00::2");
        model::Node node = router.config().self;
        node.player = model::Player::tester;
        out.nodes.push_back(node);
        model::Identity identity;
        identity.name = std::string("router") + which;
        identity.policy = {{"home-address", "2001:db8:100::" + std::string(which) + "0"}};
        out.identities.push_back(identity);
    }
    return out;
}

/// One update, sent again each second until it is answered.
struct Asking {
    const char* router; ///< "1", "2"
    const char* agent;  ///< "ha", "ha2"
    std::vector<std::uint16_t> correlations;
    std::uint16_t lifetime = 450;
};

const std::vector<Asking> story = {
    {"1", "ha", {1}},    {"2", "ha2", {1}},      {"1", "ha", {2, 3}}, {"2", "ha", {2}},
    {"1", "ha", {4}, 0}, {"1", "ha", {2, 5, 6}}, {"2", "ha2", {3}},   {"2", "ha", {4}},
};

class Story {
public:
    Story(const std::string& crashes, std::uint64_t crashes_at, peers::nemo::AdjustHa adjust)
        : crashes_(crashes),
          sim_(two_agents(), options(crashes, crashes_at),
               [adjust = std::move(adjust)](const model::NodeConfig& config) {
                   return config.self.role == "ha" ? peers::nemo::make_ha(config, adjust) : play_role(config);
               },
               {}) {}

    void play() {
        for (const Asking& asking : story)
            for (int attempt = 0; attempt < 5 && !ask(asking); ++attempt) {
            }
        for (const char* name : {"ha", "ha2"})
            sim_.perform(model::ControlNode{
                .verb = model::ControlNode::Verb::restart, .node = name, .how = "kill", .keep_state = true});
        settle(milliseconds(100));
        for (const char* router : {"1", "2"})
            compare_list(router);
    }

    bool has_crashed() const { return sim_.has_crashed(); }
    const std::vector<std::string>& complaints() const { return complaints_; }
    std::size_t grants() const { return promised_.size(); }

private:
    using Owner = std::pair<std::string, std::uint16_t>; ///< router and correlator

    static stage::Sim::Options options(const std::string& crashes, std::uint64_t crashes_at) {
        stage::Sim::Options out;
        out.profile.dialect = wire::Profile::Dialect::nemo_pd;
        out.profile_name = "nemo-pd";
        out.crashes = crashes;
        out.crashes_at = crashes_at;
        return out;
    }

    wire::BindingUpdate update(std::uint16_t lifetime) {
        wire::BindingUpdate out;
        out.sequence = ++sequence_;
        out.a = out.h = out.r = true;
        out.lifetime = lifetime;
        return out;
    }

    void send(const Asking& asking, wire::BindingUpdate bu) {
        const std::string router = asking.router, which = asking.agent == std::string("ha") ? "1" : "2";
        sim_.perform(model::SendPacket{
            "mr" + router,
            {peers::mip6::update_packet(ip("2001:db8:f00::" + router + "0"), ip("2001:db8:100::" + which),
                                        ip("2001:db8:100::" + router + "0"), std::move(bu)),
             {},
             {}}});
    }

    /// What an agent says within a second; whoever died of it is started again.
    std::optional<wire::BindingAcknowledgement> settle(base::Duration time = std::chrono::seconds(1)) {
        std::optional<wire::BindingAcknowledgement> out;
        const base::Mono until = sim_.now().mono + time;
        while (const auto event = sim_.next(until))
            if (const auto* seen = std::get_if<model::Seen>(&event->what))
                if (const auto* ack = seen->packet.find<wire::BindingAcknowledgement>();
                    ack && seen->link == "core" && ack->sequence == sequence_)
                    out = *ack;
        if (sim_.has_crashed() && !is_restarted_) {
            is_restarted_ = true;
            sim_.perform(model::ControlNode{
                .verb = model::ControlNode::Verb::start, .node = crashes_, .how = "orderly"});
        }
        return out;
    }

    bool ask(const Asking& asking) {
        wire::BindingUpdate bu = update(asking.lifetime);
        for (const std::uint16_t correlation : asking.correlations)
            bu.options.push_back(wire::MnpRequest{
                .prefix_length = 64, .p = true, .correlation_id = correlation, .prefix_type = 3});
        send(asking, std::move(bu));
        const auto ack = settle();
        if (!ack)
            return false;
        for (const auto* granted : wire::find_all<wire::MnpConfirmation>(ack->options))
            if (granted->status == 0)
                promise({asking.router, granted->correlation_id},
                        base::Prefix{granted->prefix, granted->prefix_length}.canonical());
        return ack->status < 128;
    }

    void promise(const Owner& owner, const base::Prefix& prefix) {
        for (const auto& [other, theirs] : promised_)
            if (other != owner && theirs.overlaps(prefix))
                complain(base::text(prefix) + " is granted twice");
        const auto [known, is_new] = promised_.emplace(owner, prefix);
        if (!is_new && known->second != prefix)
            complain(base::text(known->second) + " is replaced by " + base::text(prefix));
    }

    /// After everything was killed and has read the store again: the list is what was promised.
    void compare_list(const char* router) {
        std::optional<wire::BindingAcknowledgement> ack;
        for (int attempt = 0; attempt < 3 && !ack; ++attempt) {
            wire::BindingUpdate bu = update(450);
            bu.s = true;
            send({router, "ha2", {}}, std::move(bu));
            ack = settle();
        }
        std::set<base::Prefix> listed, promised;
        if (ack)
            for (const auto* option : wire::find_all<wire::MobileNetworkPrefix>(ack->options))
                listed.insert(base::Prefix{option->prefix, option->prefix_length}.canonical());
        for (const auto& [owner, prefix] : promised_)
            if (owner.first == router)
                promised.insert(prefix);
        for (const auto& prefix : promised)
            if (!listed.contains(prefix))
                complain(base::text(prefix) + " is lost");
        for (const auto& prefix : listed)
            if (!promised.contains(prefix))
                complain(base::text(prefix) + " is nobody's");
    }

    void complain(std::string what) { complaints_.push_back(std::move(what)); }

    std::string crashes_;
    stage::Sim sim_;
    std::uint16_t sequence_ = 0;
    bool is_restarted_ = false;
    std::map<Owner, base::Prefix> promised_;
    std::vector<std::string> complaints_;
};

/// Plays the story with a crash before each step in turn; returns how many of them were complained of.
std::size_t complained_of(const peers::nemo::AdjustHa& adjust, std::uint64_t& steps) {
    std::size_t out = 0;
    for (steps = 1;; ++steps) {
        Story one("ha", steps, adjust);
        one.play();
        if (!one.has_crashed())
            return out;
        out += one.complaints().empty() ? 0 : 1;
    }
}

class CrashOfAHomeAgent : public ::testing::Test {
protected:
    /// The number of crash points.
    static std::uint64_t play_with_crashes_of(const std::string& agent) {
        for (std::uint64_t steps = 1;; ++steps) {
            Story one(agent, steps, {});
            one.play();
            EXPECT_EQ(one.grants(), 10u) << agent << " crashes before step " << steps;
            EXPECT_EQ(one.complaints(), std::vector<std::string>{}) << agent << " crashes before " << steps;
            if (!one.has_crashed() || HasFailure())
                return steps - 1;
        }
    }
};

TEST_F(CrashOfAHomeAgent, LosesNoPrefixAndGrantsNoneTwiceAtAnyStep) {
    // At least: the load, for each grant the put, its writing and its syncing, and for each update the
    // answer.
    EXPECT_GE(play_with_crashes_of("ha"), 1u + 8 * 3 + 6);
    EXPECT_GE(play_with_crashes_of("ha2"), 1u + 2 * 3 + 2);
}

TEST_F(CrashOfAHomeAgent, IsNoticedWhereAnAnswerGoesBeforeItsRecord) {
    std::uint64_t steps = 0;
    EXPECT_GT(complained_of([](auto& policy) { policy.awaits_store = false; }, steps), 0u);
}

TEST_F(CrashOfAHomeAgent, IsNoticedWhereNothingIsStored) {
    std::uint64_t steps = 0;
    const std::size_t noticed = complained_of([](auto& policy) { policy.writes_store = false; }, steps);
    EXPECT_EQ(noticed, steps - 1) << "each of them";
}

} // namespace
} // namespace run
