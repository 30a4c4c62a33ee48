#pragma once

#include "harness/stage/fabric.h"
#include "harness/stage/stage.h"
#include "harness/stage/stores.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace stage {

/// The simulator: every node is a machine, time jumps to the next thing that is due, and the same seed gives
/// the same transcript octet for octet.
class Sim : public Stage {
public:
    struct Options {
        wire::Profile profile;
        std::string profile_name; ///< handed to the machines
        std::uint64_t seed = 1;
        /// A run that never ends is our fault, not the SUT's: std::runtime_error after that many deliveries.
        std::uint64_t most_steps = 20'000'000;
        Fabric::Opens opens; ///< what is protected; none: nothing is looked into
        /// This node dies before its n-th step since the beginning: an action of its machine, or the writing
        /// or the syncing of a record. 0: never.
        std::string crashes;
        std::uint64_t crashes_at = 0;
    };
    Sim(model::Topology, Options, const model::MakeMachine&, Fabric::Matches);

    base::Now now() const override;
    std::optional<model::Event> next(std::optional<base::Mono> until) override;
    void perform(const model::Order&) override;
    bool quiescent(base::Mono until) const override;
    std::string name() const override { return "sim"; }

    /// Has the node of Options::crashes died?
    bool has_crashed() const { return options_.crashes_at != 0 && crash_steps_ >= options_.crashes_at; }

    /// Virtual time starts here, so that timestamps are the same in every run: 2007-09-04 00:00 UTC.
    static constexpr base::Wall epoch = std::chrono::seconds(1'188'864'000);

private:
    void build(std::size_t node);
    base::Now local(std::size_t node) const;
    void carry_out(std::size_t node, model::Actions&);
    void tell(std::size_t node, const model::Stimulus&);
    std::optional<base::Mono> due() const;
    void work(); ///< everything that is due at now_
    void work_stores();
    bool survives_step(std::size_t node);
    void stop(std::size_t node, bool wiped = false);

    void order(const model::SendPacket&);
    void order(const model::AttachNode&);
    void order(const model::TellNode&);
    void order(const model::ControlNode&);
    void order(const model::ImpairLink&);
    void order(const model::RunFlow&);
    void done(std::string order, std::string trouble = {});

    Options options_;
    model::MakeMachine make_;
    Fabric fabric_;
    Stores stores_;
    std::vector<std::unique_ptr<model::Machine>> machines_; ///< null: stopped
    std::vector<base::Duration> clock_;                     ///< offset of each node's wall clock
    std::map<std::string, std::string> attached_;           ///< mobile node → access node
    base::Mono now_{};
    std::uint64_t steps_ = 0, crash_steps_ = 0;
};

} // namespace stage
