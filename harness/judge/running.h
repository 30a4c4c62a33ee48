#pragma once

#include "harness/judge/world.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace judge {

/// Where a step stands: its round, its part of the case, what its times count from, and where its findings
/// go.
struct Scope {
    World& world;
    Part part = Part::body;
    Round round = 0;
    MarkPtr origin;
    std::vector<model::Finding>* findings = nullptr; ///< null: the case's
};

/// What a step says to a packet. `keyed`: it has the key of an expectation and does not match it.
enum class Reaction { none, keyed, taken };

enum class Outcome {
    open,
    met,
    excused, ///< not met, but nobody is to blame gravely and nothing behind it needs it: go on
    failed,  ///< not met, and nothing behind it in its sequence makes sense
};

/// A step while it is played. Packets are offered by see(); a packet that has the key of somebody and matches
/// nobody comes back by reject().
class Running {
public:
    Running(const model::Step& step, Scope scope) : step_(step), scope_(std::move(scope)) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    virtual ~Running() = default;

    virtual void start() = 0;
    virtual Reaction see(const Sighting&) { return Reaction::none; }
    /// What may be a repetition is judged only when nothing better has come in time.
    virtual void reject(const Sighting&, bool /*may_be_repetition*/) {}
    /// How far the rejected packet is from matching: number of differences.
    virtual std::size_t distance() const { return 0; }
    /// Fields in which a repetition may differ, if the packet could be one.
    virtual std::vector<std::string> repeats() const { return {}; }
    virtual void hear(const model::Event&) {}
    /// A named step ended.
    virtual void step_ended(const std::string&, bool, const MarkPtr&) {}
    virtual void tick() {}
    /// The stretch of time in which it is played is over: decide now.
    virtual void close() {}
    virtual std::optional<base::Mono> deadline() const { return std::nullopt; }
    /// Proofs of what is being waited for: what a death of the SUT breaks.
    virtual std::vector<const model::Step*> waiting() const { return {&step_}; }
    /// Goes on in the background; the next step starts at once.
    virtual bool is_background() const { return false; }
    /// Of what goes on in the background: the point from which the times of the next step count; null: the
    /// same as before.
    virtual MarkPtr begun() const { return nullptr; }
    /// May end without anything more, so that the step behind it is open too.
    virtual bool may_be_skipped() const { return false; }
    virtual void skip() {}
    /// A standing reply has answered the packet.
    virtual bool answers(const Sighting&) { return false; }

    Outcome outcome() const { return outcome_; }
    bool finished() const { return outcome_ != Outcome::open; }
    /// What the times of the next step count from.
    const MarkPtr& end() const { return end_; }
    const model::Step& step() const { return step_; }
    const Scope& scope() const { return scope_; }

protected:
    World& world() const { return scope_.world; }
    Viewpoint view(const wire::Element* subject = nullptr, const std::string& self = {}) const {
        return world().viewpoint(scope_.round, subject, self);
    }
    std::string expand(const std::string& text) const { return world().expand(text, scope_.round); }
    std::vector<model::Finding>& findings() const {
        return scope_.findings ? *scope_.findings : world().findings;
    }
    Circumstance circumstance(const std::string& culprit, const Sighting* = nullptr,
                              const model::Where* = nullptr) const;
    /// "expect", or the name of the step.
    std::string label() const;
    /// Something of ours, or of a node that is not under test, went wrong.
    void error(std::string sentence);

    void finish(Outcome, MarkPtr end);
    void finish_at(Outcome outcome, base::Mono at, std::uint64_t packet = 0) {
        finish(outcome, std::make_shared<Mark>(Mark{at, false, packet}));
    }
    const MarkPtr& origin() const { return scope_.origin; }
    /// Failed or excused, as grave as the findings are.
    Outcome outcome_of(model::Verdict gravest) const;
    base::Mono due(base::Mono at) const { return at + world().options.capture_delay; }
    /// The named step's end, or what precedes; null if that name has not ended.
    MarkPtr since(const std::string& name) const;

private:
    const model::Step& step_;
    Scope scope_;
    Outcome outcome_ = Outcome::open;
    MarkPtr end_;
};

std::unique_ptr<Running> make_running(const model::Step&, Scope);

// Each file of steps makes its own.
std::unique_ptr<Running> running(const model::Send&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Answer&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Expect&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Never&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::AnyOrder&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Either&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Record&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Repeat&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Attach&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Tell&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Control&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Impair&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::RunsFlow&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::EndFlow&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Phase&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::State&, const model::Step&, Scope);
std::unique_ptr<Running> running(const model::Wait&, const model::Step&, Scope);

/// Who a packet goes from and to, held against the ends that a step names.
struct Meeting {
    bool key = false;                               ///< the packet is between these ends
    std::optional<model::Difference> wrong_address; ///< but its source is not one of the sender's addresses
};
Meeting meets(const model::Ends&, const Sighting&, const World&, Round);

/// Steps one after the other.
class Sequence {
public:
    /// The steps have to outlive the sequence.
    Sequence(const model::Steps&, Scope);
    void start();
    Reaction see(const Sighting&);
    void reject(const Sighting&, bool may_be_repetition);
    std::size_t distance() const;
    std::vector<std::string> repeats() const;
    void hear(const model::Event&);
    void step_ended(const std::string&, bool, const MarkPtr&);
    void tick();
    void close();
    std::optional<base::Mono> deadline() const;
    std::vector<const model::Step*> waiting() const;
    Outcome outcome() const { return outcome_; }
    bool finished() const { return outcome_ != Outcome::open; }
    const MarkPtr& end() const { return scope_.origin; }
    /// Number of steps that have ended.
    std::size_t position() const { return next_ - (current_ ? 1 : 0); }
    /// A step was not met, and the sequence went on all the same.
    bool excused() const { return excused_; }
    /// From now on findings go there.
    void redirect(std::vector<model::Finding>*);

private:
    void advance();
    /// What was told to a node has to be carried out before the step begins.
    bool comes_too_early(const model::Step&) const;
    Reaction see_next(const Sighting&);

    const model::Steps& steps_;
    Scope scope_;
    std::size_t next_ = 0;
    std::unique_ptr<Running> current_, ahead_; ///< `ahead_`: the step behind one that may be skipped
    Outcome outcome_ = Outcome::open;
    bool excused_ = false;
    bool told_ = false;      ///< the step before told or controlled a node
    bool held_back_ = false; ///< the next step waits for that
    bool closing_ = false;   ///< nothing further is started
};

/// The nearer of two deadlines.
inline std::optional<base::Mono> sooner(std::optional<base::Mono> a, std::optional<base::Mono> b) {
    return !a ? b : !b ? a : std::min(a, b);
}

} // namespace judge
