#pragma once

#include "harness/stage/fabric.h"
#include "harness/stage/lab/flow_ends.h"
#include "harness/stage/lab/foreign.h"
#include "harness/stage/lab/network.h"
#include "harness/stage/lab/port.h"
#include "harness/stage/stage.h"
#include "harness/stage/stores.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pollfd;

namespace stage::lab {

/// The real world: nodes of the kernel and foreign processes live in network namespaces, machines live here,
/// and every frame between any two of them goes through the fabric. One thread, one loop, one clock. To be
/// constructed inside a sandbox. Time starts with the lab.
class Lab : public Stage {
public:
    struct Options {
        wire::Profile profile;
        std::string profile_name; ///< handed to the machines
        std::uint64_t seed = 1;
        base::Duration patience = std::chrono::seconds(5); ///< for links to come up
        /// A loop turn that comes later than this says that the host stalled.
        base::Duration stall = std::chrono::milliseconds(250);
        std::size_t ring = FramePort::default_ring; ///< octets, for what has come and is not read yet
        Fabric::Opens opens;                        ///< what is protected; none: nothing is looked into
        std::string stores; ///< directory of the durable stores of machines; empty: they are kept in memory
    };
    /// Everything is up and every implementation ready afterwards, but for those that are to be probed.
    /// Throws NotReady for an implementation that did not get that far, and std::system_error or
    /// std::runtime_error with what was attempted if the world cannot be built.
    Lab(model::Topology, Options, const model::MakeMachine&, Fabric::Matches, std::vector<SutNode> = {});
    ~Lab() override;

    base::Now now() const override;
    std::optional<model::Event> next(std::optional<base::Mono> until) override;
    void perform(const model::Order&) override;
    bool quiescent(base::Mono) const override { return false; }
    std::string name() const override { return "lab"; }
    std::string trouble() override;

    /// The namespace of a node, to be entered by somebody who keeps the topology up; null for machines.
    KernelNode* kernel_node(const std::string& name) { return network_->node(name); }
    /// Descriptors of the namespaces of all nodes that have one; then "wire", where all links can be heard.
    std::vector<std::pair<std::string, int>> spaces() const;

private:
    /// A kernel node between two links: its carrier falls, then rises, and each takes its time.
    struct Roaming {
        KernelNode* node = nullptr;
        std::size_t port = 0;
        bool rises = false; ///< it is to have carrier in the end
        bool falling = true;
        bool solicits = false; ///< it was attached before, so the kernel will not ask for routers by itself
        base::Mac mac;
        base::Mono deadline{};
        std::string order;
        std::string left;   ///< access node that is told when the carrier has fallen; empty: nobody
        std::string awaits; ///< order of the hook that tells it; the carrier rises when that has ended
        std::function<void()> then;
    };

    /// An attachment of which a foreign implementation is being told. The one that the node has come to is
    /// told when the hook of the one it left has ended: in the world it could overtake, but a case says which
    /// came first.
    struct Arrival {
        std::string after; ///< order of the hook that runs
        std::string node;  ///< to be told then; empty: nobody more
        model::Told told;
        std::string order; ///< carried out when all have been told
    };

    /// A flow whose ends do not have their addresses yet.
    struct AwaitedFlow {
        model::Flow flow;
        base::Mono next_look{}, deadline{};
    };

    /// A port of a box, and the way to it.
    struct BoxPort {
        Place place;
        int index = 0;
        std::unique_ptr<FramePort> frames;
    };
    /// What an implementation is sent at most: frames that come too early wait.
    struct Throttle {
        base::Duration gap{};
        base::Mono next{};
        std::deque<Fabric::Delivery> waiting;
    };
    /// What a box sends at most; whatever it sends beyond is not heard.
    struct FloodGate {
        std::uint64_t most = 0, in_second = 0;
        base::Mono second{};
        bool has_flooded = false;
    };

    void build_network(const std::vector<SutNode>&);
    void reach_boxes(const std::vector<SutNode>&);
    void gather_from_boxes();
    bool passes_flood_gate(std::size_t node, base::Mono at);
    void put(const Fabric::Delivery&);
    void let_through();
    std::optional<base::Mono> throttles_due() const;
    void build_machine(std::size_t node);
    void await_ready();
    Foreign* foreign(const std::string& node);
    base::Now local(std::size_t node) const;
    base::Mono mono_of(base::Wall stamp, base::Now) const;
    void tell(std::size_t node, const model::Stimulus&);
    void carry_out(std::size_t node, model::Actions&);
    void hand_over(const Fabric::Delivery&);

    std::optional<base::Mono> due() const;
    void work();
    void work_stores();
    void gather();
    void blame(const FramePort::Losses&);
    void wait(std::optional<base::Mono> until);
    void roam();
    bool progress(Roaming&);

    void order(const model::SendPacket&);
    void order(const model::AttachNode&);
    void order(const model::TellNode&);
    void order(const model::ControlNode&);
    void order(const model::ImpairLink&);
    void order(const model::RunFlow&);
    void control_machine(std::size_t node, const model::ControlNode&, const std::string& what);
    void control_kernel(KernelNode&, const model::ControlNode&, const std::string& what);
    void tell_state(KernelNode&, const model::Told&, const std::string& what);
    void carrier(const Fabric::CarrierChange&);
    bool has_addresses(const model::Flow&);
    void start_flows();
    void start_flow(const model::Flow&);
    /// Tells the access nodes that it has left the one and come to the other, in this order.
    void announce(const std::string& mobile_node, const std::string& left, const std::string& to,
                  const std::string& order);
    void arrive(const Arrival&);
    /// True if a hook is at work on it; its Done has the order "tell NODE EVENT".
    bool tell_of_link(const std::string& node, const model::Told&);
    void carried_out(const std::string& order);
    void done(std::string order, std::string trouble = {});
    void note(decltype(model::Event::what));

    Options options_;
    model::MakeMachine make_;
    Fabric fabric_;
    Stores stores_;
    base::Mono start_{};
    std::vector<std::unique_ptr<model::Machine>> machines_; ///< null: stopped, or not a machine
    std::vector<base::Duration> clock_;                     ///< offset of each machine's wall clock
    std::unique_ptr<Network> network_;
    std::unique_ptr<FramePort> hub_; ///< the hub ends of all ports; null without any
    std::map<int, Place> inlets_;    ///< index of a hub end → the port behind it
    std::map<Place, int> outlets_;   ///< and back
    std::vector<std::unique_ptr<Foreign>> foreign_;
    std::vector<BoxPort> boxes_;
    std::map<std::size_t, FloodGate> flood_gates_; ///< by node
    std::map<std::size_t, Throttle> throttles_;    ///< by node
    std::vector<Roaming> roaming_;
    std::vector<Arrival> arrivals_;
    FlowEnds flows_;
    std::vector<AwaitedFlow> awaited_flows_;
    std::map<std::string, std::string> attached_; ///< mobile node → access node
    std::optional<model::Event> held_;            ///< happened after the time that was asked for
    base::Mono last_{};                           ///< no frame is stamped before an earlier one
    base::Duration latest_{};                     ///< by how much a turn of the loop came too late at worst
    std::uint64_t lost_ = 0, unsent_ = 0, truncated_ = 0;
    std::uint64_t overflows_before_ = 0;
};

} // namespace stage::lab
