#include "harness/judge/evaluate.h"
#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

using std::chrono::seconds;

/// How long a node may take to tell its state.
constexpr base::Duration state_limit = seconds(5);

/// A value outside of packets, as text; nullopt, and a sentence in `why`, if it cannot be computed.
std::optional<std::string> as_text(const model::Value& value, const Viewpoint& view, std::string& why) {
    const auto term = compute(value, nullptr, view.environment, view.moment, why);
    return term ? std::optional(text(*term)) : std::nullopt;
}

/// What the text of an answer is held against a value as.
const wire::FieldKind& kind_of(const std::string& text) {
    static const wire::FieldKind address{"value", wire::FieldType::ip6, 0, nullptr, false, {}};
    static const wire::FieldKind words{"value", wire::FieldType::text, 0, nullptr, false, {}};
    if (base::parse_ip6(text) || base::parse_prefix(text))
        return address;
    return words;
}

class Recording : public Running {
public:
    Recording(const model::Record& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        std::string why;
        const auto at = view();
        const auto term = compute(what_.value, nullptr, at.environment, at.moment, why);
        auto finding = world().bench.plain(model::Verdict::observed, circumstance({}), {});
        finding.name = expand(what_.name);
        finding.value = term ? text(*term) : "unknown: " + why;
        if (term)
            world().environment.record(finding.name, *term);
        finding.sentence = finding.name + " = " + finding.value;
        findings().push_back(std::move(finding));
        finish(Outcome::met, origin());
    }

private:
    const model::Record& what_;
};

class Attaching : public Running {
public:
    Attaching(const model::Attach& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        const auto node = expand(what_.node), to = expand(what_.to);
        const bool detach = to.empty();
        const auto mark = std::make_shared<Mark>(Mark{world().now.mono, false, 0});
        world().await(detach ? "detach " + node : "attach " + node + " " + to, mark);
        world().order(model::AttachNode{node, to, what_.how, detach});
        finish(Outcome::met, mark);
    }

private:
    const model::Attach& what_;
};

class Telling : public Running {
public:
    Telling(const model::Tell& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        model::TellNode order{expand(what_.node), {what_.event, {}}};
        for (const auto& [name, value] : what_.arguments) {
            std::string why;
            const auto argument = as_text(value, view(), why);
            if (!argument) {
                error(fmt::format("{} cannot be told: {}", name, why));
                return;
            }
            order.told.arguments[name] = *argument;
        }
        const auto mark = std::make_shared<Mark>(Mark{world().now.mono, false, 0});
        world().await(fmt::format("tell {} {}", order.node, order.told.event), mark);
        world().order(std::move(order));
        finish(Outcome::met, mark);
    }

private:
    const model::Tell& what_;
};

class Controlling : public Running {
public:
    Controlling(const model::Control& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        using Verb = model::Control::Verb;
        model::ControlNode order;
        order.node = expand(what_.node);
        order.how = what_.how;
        order.keep_state = what_.keep_state;
        const char* word = "stop";
        switch (what_.verb) {
        case Verb::stop:
            order.verb = model::ControlNode::Verb::stop;
            break;
        case Verb::start:
            order.verb = model::ControlNode::Verb::start;
            word = "start";
            break;
        case Verb::restart:
            order.verb = model::ControlNode::Verb::restart;
            word = "restart";
            break;
        case Verb::clock:
            order.verb = model::ControlNode::Verb::clock;
            word = "clock";
            if (!offset(order.clock))
                return;
            world().clock_stepped = true;
            break;
        }
        const auto mark = std::make_shared<Mark>(Mark{world().now.mono, false, 0});
        world().await(fmt::format("{} {}", word, order.node), mark);
        world().order(std::move(order));
        finish(Outcome::met, mark);
    }

private:
    bool offset(base::Duration& result) {
        std::string why;
        const auto at = view();
        const auto term = compute(what_.offset, nullptr, at.environment, at.moment, why);
        const auto duration = term ? base::parse_duration(text(*term)) : std::nullopt;
        if (duration)
            result = *duration;
        else
            error("the offset of the clock is no length of time" + (why.empty() ? why : ": " + why));
        return duration.has_value();
    }
    const model::Control& what_;
};

class Impairing : public Running {
public:
    Impairing(const model::Impair& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what), impairment_(what.impairment) {}
    void start() override {
        impairment_.link = expand(impairment_.link);
        impairment_.from = expand(impairment_.from);
        if (impairment_.name.empty())
            impairment_.name =
                step().as.empty() ? fmt::format("impairment {}", ++world().impairments) : expand(step().as);
        impairment_.what = resolved(impairment_.what, view());
        world().order(model::ImpairLink{impairment_, false});
    }
    bool is_background() const override { return true; }
    void step_ended(const std::string& name, bool, const MarkPtr& mark) override {
        if (!what_.until.empty() && name == what_.until)
            end(mark);
    }
    void close() override { end(nullptr); }
    std::vector<const model::Step*> waiting() const override { return {}; }

private:
    void end(const MarkPtr& mark) {
        if (finished())
            return;
        world().order(model::ImpairLink{impairment_, true});
        finish(Outcome::met, mark);
    }
    const model::Impair& what_;
    model::Impairment impairment_;
};

/// What a role tells of itself: a second witness.
class Asking : public Running {
public:
    Asking(const model::State& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        node_ = expand(what_.node);
        asked_ = world().now.mono;
        model::TellNode order{node_, {"state", {{"of", what_.of}}}};
        // Which of several entries is meant.
        for (const auto& [name, value] : what_.expected) {
            std::string why;
            if (is_selector(name))
                if (const auto selected = as_text(value, view(), why))
                    order.told.arguments[name] = *selected;
        }
        world().order(std::move(order));
    }
    void hear(const model::Event& event) override {
        if (finished())
            return;
        if (const auto* done = std::get_if<model::Done>(&event.what);
            done && !done->trouble.empty() && done->order == fmt::format("tell {} state", node_))
            not_claimed(done->trouble);
        if (const auto* said = std::get_if<model::Said>(&event.what);
            said && said->node == node_ && tells_state(said->note))
            judge(said->note.arguments, event);
    }
    void tick() override {
        if (!finished() && world().now.mono >= due(asked_ + state_limit))
            not_claimed("no answer");
    }
    void close() override {
        if (!finished())
            not_claimed("no answer");
    }
    std::optional<base::Mono> deadline() const override { return due(asked_ + state_limit); }

private:
    bool tells_state(const model::Note& note) const {
        if (const auto of = note.arguments.find("of"); of != note.arguments.end() && of->second != what_.of)
            return false;
        return note.text.starts_with("state") || std::ranges::any_of(what_.expected, [&](const auto& one) {
                   return note.arguments.contains(one.first);
               });
    }

    static bool is_selector(const std::string& name) { return name == "mobile-node" || name == "nai"; }

    void judge(const model::Arguments& told, const model::Event& event) {
        std::vector<model::Difference> differences;
        for (const auto& [name, value] : what_.expected) {
            const auto answer = told.find(name);
            const auto at = view();
            if (answer == told.end() && is_selector(name))
                continue;
            if (answer == told.end()) {
                differences.push_back({name, written(value), "absent", 0, 0});
                continue;
            }
            std::string why;
            const auto number = base_number(answer->second);
            const auto& kind = number ? count_kind() : kind_of(answer->second);
            const auto scalar = as_field(Term{answer->second}, kind);
            const wire::Scalar actual = scalar.value_or(wire::Scalar{answer->second});
            const Subject subject{actual, &kind, base::parse_prefix(answer->second)};
            if (!holds(value, subject, at.environment, at.moment, why))
                differences.push_back(
                    {name, expected(value, &kind, at.environment, at.moment), answer->second, 0, 0});
        }
        const auto here = circumstance(world().bench.duty(step().by, {node_}));
        const auto what = fmt::format("{} of {}", what_.of, node_);
        if (differences.empty()) {
            world().bench.passed(step().proves, here, what + " are as expected", findings());
        } else if (step().proves.empty()) {
            auto finding =
                world().bench.plain(model::Verdict::deviation, here, what + " are not as expected");
            finding.differences = std::move(differences);
            findings().push_back(std::move(finding));
        } else {
            world().bench.broken(step().proves, here, what + " are not as expected", std::move(differences),
                                 findings());
        }
        finish_at(Outcome::met, event.at);
    }
    static std::optional<std::uint64_t> base_number(const std::string& answer) {
        const auto scalar = wire::parse_scalar(count_kind(), answer);
        const auto* number = scalar ? std::get_if<std::uint64_t>(&*scalar) : nullptr;
        return number ? std::optional(*number) : std::nullopt;
    }

    void not_claimed(const std::string& why) {
        auto finding = world().bench.plain(model::Verdict::observed, circumstance(node_),
                                           fmt::format("{} does not tell its {}: {}", node_, what_.of, why));
        finding.name = "state " + what_.of;
        finding.value = "not-claimed";
        findings().push_back(std::move(finding));
        finish_at(Outcome::met, world().now.mono);
    }

    const model::State& what_;
    std::string node_;
    base::Mono asked_{};
};

class Waiting : public Running {
public:
    Waiting(const model::Wait& what, const model::Step& step, Scope scope)
        : Running(step, std::move(scope)), what_(what) {}
    void start() override {
        from_ = since(what_.since);
        if (!from_)
            error(fmt::format("{} has not ended: times cannot count from it", what_.since));
        else
            tick();
    }
    void tick() override {
        if (!finished() && !from_->pending && world().now.mono >= from_->at + what_.time)
            finish_at(Outcome::met, from_->at + what_.time);
    }
    void close() override { finish_at(Outcome::met, world().now.mono); }
    std::optional<base::Mono> deadline() const override {
        return from_ && !from_->pending ? std::optional(from_->at + what_.time) : std::nullopt;
    }
    std::vector<const model::Step*> waiting() const override { return {}; }

private:
    const model::Wait& what_;
    MarkPtr from_;
};

} // namespace

std::unique_ptr<Running> running(const model::Record& what, const model::Step& step, Scope scope) {
    return std::make_unique<Recording>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::Attach& what, const model::Step& step, Scope scope) {
    return std::make_unique<Attaching>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::Tell& what, const model::Step& step, Scope scope) {
    return std::make_unique<Telling>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::Control& what, const model::Step& step, Scope scope) {
    return std::make_unique<Controlling>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::Impair& what, const model::Step& step, Scope scope) {
    return std::make_unique<Impairing>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::State& what, const model::Step& step, Scope scope) {
    return std::make_unique<Asking>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::Wait& what, const model::Step& step, Scope scope) {
    return std::make_unique<Waiting>(what, step, std::move(scope));
}

} // namespace judge
