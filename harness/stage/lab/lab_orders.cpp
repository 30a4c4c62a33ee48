#include "harness/stage/attachment.h"
#include "harness/stage/lab/lab.h"
#include "harness/stage/lab/namespace.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace stage::lab {
namespace {

constexpr auto patience_for_carrier = std::chrono::seconds(3);
constexpr base::Duration patience_for_addresses = std::chrono::seconds(5),
                         between_address_looks = std::chrono::milliseconds(2);

std::string link_event(const std::string& node, const std::string& event) {
    return fmt::format("tell {} {}", node, event);
}

} // namespace

void Lab::perform(const model::Order& what) {
    std::visit([&](const auto& one) { order(one); }, what);
}

void Lab::done(std::string what, std::string trouble) {
    note(model::Done{std::move(what), std::move(trouble)});
}

void Lab::order(const model::SendPacket& send) {
    const auto node = fabric_.index(send.node);
    if (node && machines_[*node])
        tell(*node, send.emit);
    else
        done("send from " + send.node,
             node ? "not-claimed: the tester does not play this node" : "there is no such node");
}

void Lab::announce(const std::string& mobile_node, const std::string& left, const std::string& to,
                   const std::string& order) {
    const auto arrival = attachment(fabric_.topology(), mobile_node, true);
    if (left != to && tell_of_link(left, attachment(fabric_.topology(), mobile_node, false)))
        arrivals_.push_back({link_event(left, "detached"), to, arrival, order});
    else
        arrive({{}, to, arrival, order});
}

void Lab::arrive(const Arrival& arrival) {
    if (tell_of_link(arrival.node, arrival.told))
        arrivals_.push_back({link_event(arrival.node, arrival.told.event), {}, {}, arrival.order});
    else
        done(arrival.order);
}

bool Lab::tell_of_link(const std::string& name, const model::Told& told) {
    const auto node = fabric_.index(name);
    if (node && machines_[*node]) {
        tell(*node, told);
        return false;
    }
    // Its own events count: many an access router sees a node come by the Router Solicitation alone.
    auto* implementation = foreign(name);
    // What the profile's hook has no place for, its implementation need not know.
    return implementation &&
           implementation->tell({told.event, {}}, link_event(name, told.event), now().mono, told.arguments);
}

void Lab::carried_out(const std::string& order) {
    for (auto& one : roaming_)
        if (one.awaits == order) {
            one.awaits.clear();
            one.deadline = now().mono + patience_for_carrier;
            if (one.rises)
                network_->set_carrier(one.node->ports[one.port], true);
        }
    const auto one = std::ranges::find(arrivals_, order, &Arrival::after);
    if (one == arrivals_.end())
        return;
    const auto arrival = std::move(*one);
    arrivals_.erase(one);
    arrive(arrival);
}

void Lab::carrier(const Fabric::CarrierChange& change) {
    if (machines_[change.at.node])
        tell(change.at.node, model::Carrier{change.at.port, change.up});
    else if (auto* node = network_->node(fabric_.topology().nodes[change.at.node].name))
        network_->set_carrier(node->ports[change.at.port], change.up);
}

void Lab::order(const model::AttachNode& attach) {
    const std::string what = attach.detach ? fmt::format("detach {}", attach.node)
                                           : fmt::format("attach {} {}", attach.node, attach.to);
    const std::string to = attach.detach ? "" : attach.to;
    const std::string left = attached_[attach.node];
    std::vector<Fabric::CarrierChange> changes;
    if (!fabric_.attach(attach.node, to, changes)) {
        done(what, "there is no access link between these nodes");
        return;
    }
    attached_[attach.node] = to;
    auto* mobile = network_->node(attach.node);
    for (const auto& change : changes) {
        const bool is_mobile = fabric_.topology().nodes[change.at.node].name == attach.node;
        if ((is_mobile && !mobile) || (!is_mobile && attach.how == "carrier"))
            carrier(change);
    }
    // Who was left is told when a kernel's carrier has fallen.
    const auto finish = [this, attach, left = mobile ? to : left, to, what] {
        if (attach.how == "event")
            announce(attach.node, left, to, what);
        else
            done(what);
    };
    if (!mobile) {
        finish();
        return;
    }
    const auto& ports = fabric_.topology().node(attach.node)->ports;
    const auto port =
        static_cast<std::size_t>(std::ranges::find(ports, "access", &model::Port::name) - ports.begin());
    std::erase_if(roaming_, [&](const Roaming& earlier) { return earlier.node == mobile; });
    Roaming roaming;
    roaming.node = mobile;
    roaming.port = port;
    roaming.rises = !attach.detach;
    roaming.solicits = std::ranges::any_of(mobile->netlink->addresses(), [&](const AddressState& address) {
        return address.index == mobile->ports[port].index && address.address.address.is_link_local();
    });
    roaming.mac = ports[port].mac;
    roaming.deadline = now().mono + patience_for_carrier;
    roaming.order = what;
    roaming.left = attach.how == "event" && left != to ? left : "";
    roaming.then = finish;
    mobile->watch->drain();
    network_->set_carrier(mobile->ports[port], false);
    roaming_.push_back(std::move(roaming));
    roam();
}

/// True when it is over.
bool Lab::progress(Roaming& one) {
    auto& port = one.node->ports[one.port];
    if (one.falling) {
        if (Network::running(*one.node, port))
            return false;
        one.falling = false;
        // In the world a link falls before the next one rises, and whoever watches it knows by then.
        if (tell_of_link(one.left, attachment(fabric_.topology(), one.node->name, false)))
            one.awaits = link_event(one.left, "detached");
        else if (one.rises)
            network_->set_carrier(port, true);
    }
    if (!one.awaits.empty())
        return false;
    return !one.rises || Network::ready(*one.node, port);
}

void Lab::roam() {
    std::vector<Roaming> over;
    for (auto one = roaming_.begin(); one != roaming_.end();) {
        one->node->watch->drain();
        if (progress(*one)) {
            over.push_back(std::move(*one));
            one = roaming_.erase(one);
        } else if (one->awaits.empty() && now().mono >= one->deadline) {
            done(one->order, fmt::format("the kernel of {} took longer than {} to notice its carrier",
                                         one->node->name, base::text_of(patience_for_carrier)));
            one = roaming_.erase(one);
        } else {
            ++one;
        }
    }
    for (const auto& one : over) { // these may give orders of their own
        one.then();
        if (one.rises && one.solicits) {
            const InNamespace inside(one.node->space.get());
            solicit_router(one.node->ports[one.port].index, one.mac);
        }
    }
}

void Lab::order(const model::TellNode& told) {
    const std::string what = fmt::format("tell {} {}", told.node, told.told.event);
    const auto node = fabric_.index(told.node);
    if (!node) {
        done(what, "there is no such node");
    } else if (machines_[*node]) {
        tell(*node, told.told);
        done(what);
    } else if (auto* implementation = foreign(told.node)) {
        if (!implementation->tell(told.told, what, now().mono))
            done(what, fmt::format("not-claimed: the profile of {} has no hook for {}",
                                   implementation->node().sut.name, told.told.event));
    } else if (auto* kernel = network_->node(told.node); kernel && told.told.event == "state") {
        tell_state(*kernel, told.told, what);
    } else {
        done(what, fmt::format("not-claimed: {} knows no event {}", told.node, told.told.event));
    }
}

/// What a kernel knows of itself, in the words in which machines answer.
void Lab::tell_state(KernelNode& kernel, const model::Told& told, const std::string& what) {
    const auto of = told.arguments.find("of");
    model::Note told_back{"state", {}};
    if (of != told.arguments.end() && of->second == "routes") {
        for (const auto& route : kernel.netlink->routes())
            told_back.arguments[base::text(route.to)] =
                route.via.is_unspecified() ? "port" : "via " + base::text(route.via);
    } else if (of != told.arguments.end() && of->second == "addresses") {
        for (const auto& address : kernel.netlink->addresses())
            told_back.arguments[base::text(address.address.address)] =
                address.tentative ? "tentative" : "preferred";
    } else {
        done(what, fmt::format("not-claimed: a kernel does not tell that of {}", kernel.name));
        return;
    }
    told_back.arguments["count"] = std::to_string(told_back.arguments.size());
    told_back.arguments["of"] = of->second;
    note(model::Said{kernel.name, std::move(told_back)});
    done(what);
}

void Lab::order(const model::ControlNode& control) {
    const auto node = fabric_.index(control.node);
    constexpr std::array verbs = {"stop", "start", "restart", "clock"};
    const std::string what =
        fmt::format("{} {}", verbs.at(static_cast<std::size_t>(control.verb)), control.node);
    if (!node)
        done(what, "there is no such node");
    else if (auto* implementation = foreign(control.node))
        implementation->control(control, what, now().mono);
    else if (auto* kernel = network_->node(control.node))
        control_kernel(*kernel, control, what);
    else if (fabric_.topology().nodes[*node].player == model::Player::sut)
        done(what, fmt::format("not-claimed: {} runs elsewhere", control.node));
    else
        control_machine(*node, control, what);
}

void Lab::control_machine(std::size_t node, const model::ControlNode& control, const std::string& what) {
    using Verb = model::ControlNode::Verb;
    if (control.verb == Verb::clock)
        clock_[node] = control.clock;
    if (control.verb == Verb::stop || control.verb == Verb::restart) {
        machines_[node].reset();
        stores_.end(node, control.verb == Verb::restart && !control.keep_state);
    }
    if (control.verb == Verb::restart || (control.verb == Verb::start && !machines_[node]))
        build_machine(node);
    done(what);
}

/// A kernel does not end: a node that is stopped hears nothing and is not heard.
void Lab::control_kernel(KernelNode& kernel, const model::ControlNode& control, const std::string& what) {
    using Verb = model::ControlNode::Verb;
    if (control.verb == Verb::stop || control.verb == Verb::start) {
        const auto& node = *fabric_.topology().node(kernel.name);
        for (std::size_t port = 0; port < kernel.ports.size(); ++port)
            network_->set_carrier(kernel.ports[port],
                                  control.verb == Verb::start && !node.ports[port].link.empty());
        done(what);
        return;
    }
    done(what, fmt::format("not-claimed: {} is a kernel of this host", kernel.name));
}

void Lab::order(const model::ImpairLink& impair) {
    if (impair.end)
        fabric_.end_impairment(impair.impairment.name, now().mono);
    else
        fabric_.impair(impair.impairment);
}

void Lab::order(const model::RunFlow& run) {
    const std::string what = "flow " + run.flow.name;
    if (!fabric_.index(run.flow.from) || !fabric_.index(run.flow.to)) {
        done(what, "there is no such node");
        return;
    }
    std::erase_if(awaited_flows_, [&](const AwaitedFlow& one) { return one.flow.name == run.flow.name; });
    if (run.end) {
        flows_.end(run.flow.name);
        for (const auto& name : {run.flow.from, run.flow.to})
            tell(*fabric_.index(name), flow_end(run.flow));
    } else {
        awaited_flows_.push_back({run.flow, now().mono, now().mono + patience_for_addresses});
        start_flows();
    }
}

/// A kernel takes a moment from the advertisement to the address; until then it does not even answer for it.
bool Lab::has_addresses(const model::Flow& flow) {
    const auto start = flow_start(fabric_.topology(), flow, false);
    const auto settled = [&](const std::string& name, const std::string& text) {
        auto* kernel = network_->node(name);
        const auto wanted = base::parse_ip6(text);
        // Nobody advertises anything to a node that is nowhere.
        const auto* node = fabric_.topology().node(name);
        const bool away =
            node && std::ranges::any_of(node->ports, [](const auto& port) { return port.link.empty(); });
        return away || !kernel || !wanted || wanted->is_unspecified() ||
               std::ranges::any_of(kernel->netlink->addresses(), [&](const AddressState& one) {
                   return one.address.address == *wanted && !one.tentative;
               });
    };
    return settled(flow.from, start.arguments.at("from")) && settled(flow.to, start.arguments.at("to"));
}

void Lab::start_flows() {
    const auto time = now().mono;
    std::vector<model::Flow> ready;
    std::erase_if(awaited_flows_, [&](AwaitedFlow& one) {
        if (one.next_look > time)
            return false;
        one.next_look = time + between_address_looks;
        if (time < one.deadline && !has_addresses(one.flow))
            return false;
        ready.push_back(one.flow);
        return true;
    });
    for (const auto& flow : ready)
        start_flow(flow);
}

void Lab::start_flow(const model::Flow& flow) {
    const std::string what = "flow " + flow.name;
    const auto forth = flow_start(fabric_.topology(), flow, false),
               back = flow_start(fabric_.topology(), flow, true);
    auto* client = network_->node(flow.from);
    auto* server = network_->node(flow.to);
    const auto end_of = [](const KernelNode* node, const model::Told& start) {
        return FlowEnds::End{node->space.get(), start.arguments.at("from"), start.arguments.at("to")};
    };
    try {
        if (flow.protocol == "tcp") {
            if (client && server)
                flows_.connect(flow, end_of(client, forth), end_of(server, back), now().mono);
            else
                done(what, "unsupported: TCP needs nodes of the kernel at both ends");
            return;
        }
        if (client)
            flows_.sink(flow, end_of(client, forth));
        if (server)
            flows_.sink(flow, end_of(server, back));
        if (client)
            flows_.source(flow, end_of(client, forth), false, now().mono);
        else
            tell(*fabric_.index(flow.from), forth);
        if (flow.both_ways && server)
            flows_.source(flow, end_of(server, back), true, now().mono);
        else if (flow.both_ways)
            tell(*fabric_.index(flow.to), back);
        done(what);
    } catch (const std::system_error& trouble) {
        done(what, trouble.what());
    }
}

} // namespace stage::lab
