#include "peers/common/node.h"

#include <algorithm>

namespace peers::common {

namespace {

Stack::Options with_wants(Stack::Options options, const Role* role) {
    if (role)
        options.wants = role->wants();
    return options;
}

bool is_answer(const model::Action& action) {
    const auto* note = std::get_if<model::Note>(&action);
    return note && note->text == "state";
}

} // namespace

Node::Node(const model::NodeConfig& config, Stack::Options options, std::unique_ptr<Role> role)
    : role_(std::move(role)), stack_(config, with_wants(std::move(options), role_.get())) {}

void Node::on(const model::Stimulus& stimulus, base::Now now, model::Actions& actions) {
    start(now);
    if (const auto* frame = std::get_if<model::FrameIn>(&stimulus)) {
        if (frame->packet)
            stack_.receive(frame->port, *frame->packet, now);
    } else if (const auto* carrier = std::get_if<model::Carrier>(&stimulus)) {
        stack_.carrier(carrier->port, carrier->up, now);
        tell(*carrier, now);
    } else if (const auto* emit = std::get_if<model::Emit>(&stimulus)) {
        stack_.emit(*emit, now);
    } else if (const auto* told = std::get_if<model::Told>(&stimulus)) {
        tell(*told, now);
        settle(now, actions);
        if (told->event == "state" && std::ranges::none_of(actions, is_answer))
            answer_state(*told, now, actions);
    }
    settle(now, actions);
}

void Node::tick(base::Now now, model::Actions& actions) {
    start(now);
    stack_.tick(now);
    if (const auto due = role_ ? role_->deadline() : std::nullopt; due && *due <= now.mono) {
        Output output;
        role_->tick(now, output);
        carry_out(output, now);
    }
    settle(now, actions);
}

std::optional<base::Mono> Node::deadline() const {
    if (!started_)
        return base::Mono{};
    const auto stack = stack_.deadline();
    const auto role = role_ ? role_->deadline() : std::nullopt;
    return stack && role ? std::min(stack, role) : stack ? stack : role;
}

void Node::start(base::Now now) {
    if (started_)
        return;
    started_ = true;
    if (!role_)
        return;
    Output output;
    role_->start(now, output);
    carry_out(output, now);
}

void Node::tell(const Input& input, base::Now now) {
    if (!role_)
        return;
    Output output;
    role_->on(input, now, output);
    carry_out(output, now);
}

void Node::carry_out(Output& output, base::Now now) {
    for (Command& command : output.commands)
        stack_.perform(std::move(command), now);
    output.commands.clear();
}

void Node::settle(base::Now now, model::Actions& actions) {
    constexpr int most = 10'000; // a role whose answers make new inputs for ever must not hang the world
    for (int round = 0; round < most; ++round) {
        const auto next = stack_.next_for_role();
        if (!next)
            break;
        tell(next->input, now);
    }
    stack_.collect(actions);
}

void Node::answer_state(const model::Told& told, base::Now now, model::Actions& actions) {
    const auto of = told.arguments.find("of");
    if (of == told.arguments.end())
        return;
    model::Note note{"state", {{"of", of->second}}};
    std::size_t count = 0;
    if (of->second == "routes") {
        for (const Route& route : stack_.routes().all()) {
            const auto* port = std::get_if<PortTarget>(&route.target);
            const auto* tunnel = std::get_if<TunnelEnds>(&route.target);
            note.arguments[base::text(route.to)] =
                tunnel          ? "tunnel " + base::text(tunnel->remote)
                : port->gateway ? "via " + base::text(*port->gateway)
                                : "port " + stack_.config().self.ports[port->port].name;
            ++count;
        }
    } else if (of->second == "tunnels") {
        for (const auto& [ends, settings] : stack_.tunnels().all()) {
            note.arguments[base::text(ends.remote)] = std::to_string(stack_.mtu_of(ends, now));
            ++count;
        }
    } else if (of->second == "neighbours") {
        count = stack_.neighbours().size();
    } else if (of->second == "rules") {
        count = stack_.rules().size();
    } else {
        return;
    }
    note.arguments["count"] = std::to_string(count);
    actions.push_back(std::move(note));
}

} // namespace peers::common
