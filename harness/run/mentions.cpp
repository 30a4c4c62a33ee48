#include "harness/run/mentions.h"

namespace run {
namespace {

void each_value(model::Value& value, const std::function<void(model::Value&)>& visit) {
    visit(value);
    for (auto& operand : value.operands)
        each_value(operand, visit);
}

void each_value(model::ElementSpec& element, const std::function<void(model::Value&)>& visit) {
    for (auto& field : element.fields)
        each_value(field.value, visit);
    for (auto& child : element.children)
        each_value(child, visit);
}

/// Goes through each kind of step, collects names and shows values.
class Collector {
public:
    Collector(Mentions& found, std::function<void(model::Value&)> visit = {})
        : found_(found), visit_(std::move(visit)) {}

    void take(model::Steps& steps) {
        for (auto& step : steps) {
            take(step.by);
            std::visit([this](auto& what) { (*this)(what); }, static_cast<model::StepBase&>(step.what));
        }
    }

    void operator()(model::Send& send) { take(send.ends), take(send.packet); }
    void operator()(model::Answer& answer) { take(answer.ends), take(answer.to_what), take(answer.reply); }
    void operator()(model::Expect& expect) { take(expect.ends), take(expect.packet), take(expect.about); }
    void operator()(model::Never& never) { take(never.ends), take(never.packet), take(never.about); }
    void operator()(model::AnyOrder& any) { take(any.steps); }
    void operator()(model::Either& either) {
        for (auto& block : either.blocks)
            take(block);
    }
    void operator()(model::Record& record) { take(record.value); }
    void operator()(model::Repeat& repeat) { take(repeat.count), take(repeat.steps); }
    void operator()(model::Attach& attach) {
        take(attach.node), take(attach.to);
        if (attach.how == "event")
            found_.told.insert(attach.to);
    }
    void operator()(model::Tell& tell) {
        take(tell.node);
        for (auto& [name, value] : tell.arguments)
            take(value);
    }
    void operator()(model::Control& control) { take(control.node), take(control.offset); }
    void operator()(model::Impair& impair) {
        take(impair.impairment.link), take(impair.impairment.from), take(impair.impairment.what);
    }
    void operator()(model::RunsFlow& runs) {
        take(runs.flow.from), take(runs.flow.to);
        for (auto& bound : runs.bounds)
            take(bound.value);
    }
    void operator()(model::EndFlow& end) {
        for (auto& bound : end.bounds)
            take(bound.value);
    }
    void operator()(model::Phase& phase) { take(phase.steps); }
    void operator()(model::State& state) {
        take(state.node);
        for (auto& [name, value] : state.expected)
            take(value);
    }
    void operator()(model::Wait&) {}

private:
    /// A name, a reference, or a text in which references stand.
    void take(const std::string& text) {
        found_.names.insert(text.substr(0, text.find_first_of(".[")));
        for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2)) {
            const std::string inside = text.substr(at + 2);
            found_.names.insert(inside.substr(0, inside.find_first_of(".[}$")));
        }
    }
    void take(const model::Ends& ends) {
        for (const auto* names : {&ends.from, &ends.to})
            for (const auto& name : *names)
                take(name);
        take(ends.on);
    }
    void look(model::Value& one) {
        if (visit_)
            visit_(one);
        if (one.op == model::Value::Op::reference || one.text.find("${") != std::string::npos)
            take(one.text);
    }
    void take(model::Value& value) {
        each_value(value, [this](model::Value& one) { look(one); });
    }
    void take(model::PacketSpec& packet) {
        for (const auto& layer : packet.layers)
            found_.pads_by_hand |= layer.explicit_padding;
        run::each_value(packet, [this](model::Value& one) { look(one); });
    }

    Mentions& found_;
    std::function<void(model::Value&)> visit_;
};

} // namespace

void each_value(model::PacketSpec& packet, const std::function<void(model::Value&)>& visit) {
    for (auto& layer : packet.layers)
        each_value(layer, visit);
}

void each_value(model::Steps& steps, const std::function<void(model::Value&)>& visit) {
    Mentions ignored;
    Collector(ignored, visit).take(steps);
}

Mentions mentions(const model::Case& scenario) {
    Mentions out;
    model::Case copy = scenario; // one kind of visitor for who reads and who writes
    Collector collector(out);
    for (auto* steps : {&copy.given, &copy.body, &copy.finally})
        collector.take(*steps);
    return out;
}

} // namespace run
