#include "harness/stage/sim/sim.h"

#include "harness/stage/attachment.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace stage {

Sim::Sim(model::Topology topology, Options options, const model::MakeMachine& make, Fabric::Matches matches)
    : options_(std::move(options)), make_(make),
      fabric_(std::move(topology), options_.profile, options_.seed, std::move(matches), options_.opens),
      stores_(stores_in_memory(), fabric_.topology().nodes.size()),
      machines_(fabric_.topology().nodes.size()), clock_(fabric_.topology().nodes.size()) {
    for (std::size_t node = 0; node < machines_.size(); ++node)
        build(node);
}

void Sim::build(std::size_t node) {
    model::NodeConfig config{fabric_.topology().nodes[node], fabric_.topology(), options_.profile_name,
                             options_.seed * 1000 + node};
    machines_[node] = make_(config);
    if (!machines_[node])
        throw std::runtime_error(fmt::format("nobody can play the role {} of node {} in the simulator",
                                             config.self.role, config.self.name));
    for (std::size_t port = 0; port < config.self.ports.size(); ++port)
        if (!config.self.ports[port].link.empty())
            tell(node, model::Carrier{port, true});
}

base::Now Sim::now() const {
    return {now_, epoch + now_};
}

base::Now Sim::local(std::size_t node) const {
    return {now_, epoch + now_ + clock_[node]};
}

void Sim::tell(std::size_t node, const model::Stimulus& stimulus) {
    if (!machines_[node])
        return;
    model::Actions actions;
    machines_[node]->on(stimulus, local(node), actions);
    carry_out(node, actions);
}

/// False if the node has died instead.
bool Sim::survives_step(std::size_t node) {
    if (options_.crashes_at == 0 || has_crashed() || fabric_.topology().nodes[node].name != options_.crashes)
        return true;
    if (++crash_steps_ < options_.crashes_at)
        return true;
    stop(node);
    return false;
}

void Sim::stop(std::size_t node, bool wiped) {
    machines_[node].reset();
    stores_.end(node, wiped);
}

void Sim::carry_out(std::size_t node, model::Actions& actions) {
    for (auto& action : actions) {
        if (!survives_step(node))
            return;
        if (auto* frame = std::get_if<model::FrameOut>(&action)) {
            fabric_.transmit({node, frame->port}, std::move(frame->bytes), now());
            continue;
        }
        const model::Node& self = fabric_.topology().nodes[node];
        const auto& note = std::get<model::Note>(action);
        fabric_.note(now(), model::Said{self.name, note});
        stores_.take(node, note, now_, store_delay(self.settings));
    }
}

void Sim::work_stores() {
    while (const auto told = stores_.work(now_, [this](std::size_t node) { return survives_step(node); })) {
        if (++steps_ > options_.most_steps)
            throw std::runtime_error("the simulation does not come to rest");
        for (const auto& delivery : *told)
            tell(delivery.node, delivery.told);
    }
}

std::optional<base::Mono> Sim::due() const {
    std::optional<base::Mono> earliest = fabric_.due();
    if (const auto stored = stores_.due(); stored && (!earliest || *stored < *earliest))
        earliest = stored;
    for (const auto& machine : machines_)
        if (const auto deadline = machine ? machine->deadline() : std::nullopt)
            if (!earliest || *deadline < *earliest)
                earliest = deadline;
    return earliest;
}

void Sim::work() {
    while (const auto delivery = fabric_.deliver(now_)) {
        if (++steps_ > options_.most_steps)
            throw std::runtime_error("the simulation does not come to rest");
        tell(delivery->to.node, model::FrameIn{delivery->to.port, delivery->packet.get()});
    }
    work_stores();
    for (std::size_t node = 0; node < machines_.size(); ++node) {
        const auto deadline = machines_[node] ? machines_[node]->deadline() : std::nullopt;
        if (!deadline || *deadline > now_)
            continue;
        if (++steps_ > options_.most_steps)
            throw std::runtime_error("the simulation does not come to rest");
        model::Actions actions;
        machines_[node]->tick(local(node), actions);
        carry_out(node, actions);
    }
}

std::optional<model::Event> Sim::next(std::optional<base::Mono> until) {
    for (;;) {
        if (auto event = fabric_.next_event())
            return event;
        const auto following = due();
        if (!following || (until && *following > *until)) {
            if (until)
                now_ = std::max(now_, *until);
            return std::nullopt;
        }
        now_ = std::max(now_, *following);
        work();
    }
}

bool Sim::quiescent(base::Mono until) const {
    const auto following = due();
    return !following || *following > until;
}

void Sim::perform(const model::Order& what) {
    std::visit([&](const auto& one) { order(one); }, what);
}

void Sim::done(std::string what, std::string trouble) {
    fabric_.note(now(), model::Done{std::move(what), std::move(trouble)});
}

void Sim::order(const model::SendPacket& send) {
    if (const auto node = fabric_.index(send.node))
        tell(*node, send.emit);
    else
        done("send from " + send.node, "there is no such node");
}

void Sim::order(const model::AttachNode& attach) {
    const std::string what = attach.detach ? fmt::format("detach {}", attach.node)
                                           : fmt::format("attach {} {}", attach.node, attach.to);
    const std::string left = attached_[attach.node];
    std::vector<Fabric::CarrierChange> changes;
    if (!fabric_.attach(attach.node, attach.detach ? "" : attach.to, changes)) {
        done(what, "there is no access link between these nodes");
        return;
    }
    attached_[attach.node] = attach.detach ? "" : attach.to;
    for (const auto& change : changes) {
        // The access node's side sees its carrier change only if that is how it is to notice.
        const bool is_mobile = fabric_.topology().nodes[change.at.node].name == attach.node;
        if (is_mobile || attach.how == "carrier")
            tell(change.at.node, model::Carrier{change.at.port, change.up});
    }
    if (attach.how == "event") {
        if (const auto node = fabric_.index(left); node && left != attach.to)
            tell(*node, attachment(fabric_.topology(), attach.node, false));
        if (const auto node = fabric_.index(attach.to); node && !attach.detach)
            tell(*node, attachment(fabric_.topology(), attach.node, true));
    }
    done(what);
}

void Sim::order(const model::TellNode& told) {
    const auto node = fabric_.index(told.node);
    if (node)
        tell(*node, told.told);
    done(fmt::format("tell {} {}", told.node, told.told.event), node ? "" : "there is no such node");
}

void Sim::order(const model::ControlNode& control) {
    using Verb = model::ControlNode::Verb;
    const auto node = fabric_.index(control.node);
    if (!node) {
        done("control " + control.node, "there is no such node");
        return;
    }
    switch (control.verb) {
    case Verb::stop:
        stop(*node);
        done("stop " + control.node);
        break;
    case Verb::restart:
        stop(*node, !control.keep_state);
        build(*node);
        done("restart " + control.node);
        break;
    case Verb::start:
        if (!machines_[*node])
            build(*node);
        done("start " + control.node);
        break;
    case Verb::clock:
        clock_[*node] = control.clock;
        done("clock " + control.node);
        break;
    }
}

void Sim::order(const model::ImpairLink& impair) {
    if (impair.end)
        fabric_.end_impairment(impair.impairment.name, now_);
    else
        fabric_.impair(impair.impairment);
}

void Sim::order(const model::RunFlow& run) {
    const auto& flow = run.flow;
    if (flow.protocol == "tcp") {
        done("flow " + flow.name, "unsupported: the simulator has no TCP");
        return;
    }
    const auto from = fabric_.index(flow.from), to = fabric_.index(flow.to);
    if (!from || !to) {
        done("flow " + flow.name, "there is no such node");
        return;
    }
    tell(*from, run.end ? flow_end(flow) : flow_start(fabric_.topology(), flow, false));
    if (flow.both_ways)
        tell(*to, run.end ? flow_end(flow) : flow_start(fabric_.topology(), flow, true));
    if (!run.end)
        done("flow " + flow.name);
}

} // namespace stage
