#pragma once

#include "harness/judge/dialogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace judge {

using namespace std::chrono_literals;

inline base::Ip6 address(const char* text) {
    return base::parse_ip6(text).value();
}

inline const base::Ip6 mag1 = address("2001:db8:0:1::1"), mag2 = address("2001:db8:0:2::1"),
                       lma = address("2001:db8:0:ff::1"), cn = address("2001:db8:cc::1"),
                       mn = address("2001:db8:100:1::7");

/// A conversation about one node, told step by step.
class Conversation : public testing::Test {
protected:
    explicit Conversation(std::string of = "pmip6", std::string under = "draft02")
        : spec(std::move(of)), profile(std::move(under)) {
        for (const auto& id : dialogue_requirements(spec)) {
            model::Requirement one;
            one.id = id;
            one.level = model::Level::must;
            ledger.add(one);
        }
    }
    Signal signal(bool is_answer) {
        Signal out;
        out.packet = ++packets;
        out.at = now;
        out.is_answer = is_answer;
        out.is_proxy = spec.starts_with("pmip6");
        out.gateway = gateway;
        out.anchor = lma;
        out.about = {reinterpret_cast<const std::uint8_t*>(nai.data()), nai.size()};
        out.hash = Sessions::hash(out.about, lma);
        out.sequence = sequence;
        out.lifetime = lifetime;
        if (stamp != 0)
            out.stamp = stamp;
        return out;
    }
    template <class Change>
    void update(Change change) {
        ++sequence;
        stamp += stamp != 0 ? 1000 : 0;
        auto one = signal(false);
        change(one);
        dialogue().see(one);
    }
    void update() {
        update([](Signal&) {});
    }
    template <class Change>
    void answer(Change change) {
        auto one = signal(true);
        one.prefix = base::Prefix{address("2001:db8:100:1::"), 64};
        change(one);
        dialogue().see(one);
    }
    void answer() {
        answer([](Signal&) {});
    }
    void exchange() {
        update();
        answer();
    }
    void uplink() { dialogue().see(Tunnelled{++packets, now, gateway, lma, mn, cn}); }
    void downlink() { dialogue().see(Tunnelled{++packets, now, lma, gateway, cn, mn}); }

    Dialogue& dialogue() {
        if (!dialogue_) {
            Dialogue::Options options;
            options.ledger = &ledger;
            options.spec = spec;
            options.dialect = {profile, {}};
            dialogue_.emplace(std::move(options));
        }
        return *dialogue_;
    }
    /// "ID verdict packet" of everything but what is right, and "+N" behind a consequence of packet N.
    std::vector<std::string> wrong() {
        std::vector<std::string> out;
        for (const auto& finding : dialogue().findings())
            if (finding.verdict != model::Verdict::pass)
                out.push_back(finding.requirement + " " + std::string(model::name(finding.verdict)) + " " +
                              std::to_string(finding.packet) +
                              (finding.name == "consequence-of" ? " +" + finding.value : ""));
        return out;
    }
    bool is_kept(const std::string& id) {
        return std::ranges::any_of(dialogue().findings(), [&](const auto& finding) {
            return finding.requirement == id && finding.verdict == model::Verdict::pass;
        });
    }
    using Wrong = std::vector<std::string>;

    std::string spec, profile;
    base::Wall now = 1'700'000'000s;
    std::uint64_t packets = 0, stamp = 1'000'000;
    std::uint16_t sequence = 100, lifetime = 900;
    base::Ip6 gateway = mag1;
    std::string nai = "mn1@example.net";
    model::Ledger ledger;
    std::optional<Dialogue> dialogue_;
};

} // namespace judge
