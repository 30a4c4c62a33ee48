#include "harness/judge/together.h"

namespace judge {
namespace {

/// A step made of steps that wait together: what happens goes to all of them.
class Block : public Running {
public:
    Block(const model::Steps& steps, const model::Step& step, Scope scope)
        : Running(step, scope), steps_(steps, std::move(scope)) {}

    Reaction see(const Sighting& sighting) override {
        const auto reaction = steps_.see(sighting);
        settle();
        return reaction;
    }
    void reject(const Sighting& sighting, bool may_be_repetition) override {
        steps_.reject(sighting, may_be_repetition);
        settle();
    }
    std::size_t distance() const override { return steps_.distance(); }
    std::vector<std::string> repeats() const override { return steps_.repeats(); }
    void hear(const model::Event& event) override {
        steps_.hear(event);
        settle();
    }
    void step_ended(const std::string& name, bool well, const MarkPtr& mark) override {
        steps_.step_ended(name, well, mark);
    }
    std::vector<const model::Step*> waiting() const override { return steps_.waiting(); }

protected:
    /// Ends the block when its steps allow it.
    virtual void settle() = 0;
    Together steps_;
};

class InAnyOrder : public Block {
public:
    InAnyOrder(const model::AnyOrder& what, const model::Step& step, Scope scope)
        : Block(what.steps, step, std::move(scope)) {}

    void start() override {
        steps_.start();
        settle();
    }
    void tick() override {
        steps_.tick();
        settle();
    }
    void close() override {
        steps_.close();
        settle();
    }
    std::optional<base::Mono> deadline() const override { return steps_.deadline(); }

private:
    void settle() override {
        if (steps_.finished())
            finish(steps_.outcome(), steps_.end());
    }
};

/// Counts, flows and states that are judged over a stretch of time.
class Stretch : public Block {
public:
    Stretch(const model::Phase& what, const model::Step& step, Scope scope)
        : Block(what.steps, step, std::move(scope)), what_(what) {}

    void start() override {
        // A state is that at the end of the stretch.
        steps_.start([](const model::Step& one) { return std::holds_alternative<model::State>(one.what); });
    }
    bool is_background() const override { return !what_.until.empty(); }
    void step_ended(const std::string& name, bool well, const MarkPtr& mark) override {
        steps_.step_ended(name, well, mark);
        if (!what_.until.empty() && name == what_.until)
            close();
    }
    void tick() override {
        steps_.tick();
        if (const auto end = limit(); end && world().now.mono >= due(*end))
            close();
        settle();
    }
    void close() override {
        if (!over_) {
            over_ = true;
            steps_.close();
            steps_.later();
        }
        settle();
    }
    std::optional<base::Mono> deadline() const override {
        const auto end = limit();
        return sooner(steps_.deadline(), end && !over_ ? std::optional(due(*end)) : std::nullopt);
    }

private:
    std::optional<base::Mono> limit() const {
        return what_.for_time && !origin()->pending ? std::optional(origin()->at + *what_.for_time)
                                                    : std::nullopt;
    }
    void settle() override {
        if (over_ && steps_.finished())
            finish(steps_.outcome(), std::make_shared<Mark>(Mark{world().now.mono, false, 0}));
    }
    const model::Phase& what_;
    bool over_ = false;
};

} // namespace

std::unique_ptr<Running> running(const model::AnyOrder& what, const model::Step& step, Scope scope) {
    return std::make_unique<InAnyOrder>(what, step, std::move(scope));
}

std::unique_ptr<Running> running(const model::Phase& what, const model::Step& step, Scope scope) {
    return std::make_unique<Stretch>(what, step, std::move(scope));
}

} // namespace judge
