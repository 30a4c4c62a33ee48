#pragma once

#include "harness/judge/world.h"

#include <memory>
#include <optional>
#include <vector>

namespace judge {

class Sequence;

/// The tester: plays one case on events and orders, and says what it found. Pure: time comes in with each
/// call, and the case and the library have to outlive it. The runner's loop is: next event until deadline();
/// on() or tick(); perform the orders; until done().
class Interpreter {
public:
    Interpreter(const model::Case&, const model::Library&, Options);
    ~Interpreter();
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    void start(base::Now, model::Orders&);
    void on(const model::Event&, base::Now, model::Orders&);
    /// deadline() has come, or nothing will ever happen again.
    void tick(base::Now, model::Orders&);
    /// When it wants to be woken. Until done() there always is a time.
    std::optional<base::Mono> deadline() const;
    bool done() const { return stage_ == Stage::done; }

    /// So far; a pass of one requirement at one place is told once.
    std::vector<model::Finding> findings() const;
    /// "mn1.prefix" and whatever else was learned; for reports and for passive rules.
    const Environment& environment() const { return world_.environment; }

private:
    enum class Stage { given, body, closing, finally, ending, done };

    void begin(base::Now, model::Orders&);
    void see(const model::Event&, const model::Seen&);
    void died(const model::Died&);
    void carried_out(const model::Event&, const model::Done&);
    void hear(const model::Event&);
    void learn_clock(const Sighting&, bool proven);
    void settle();
    void sweep();
    void enter(Stage);
    bool waits_for_stage() const;

    World world_;
    Stage stage_ = Stage::given;
    std::unique_ptr<Sequence> steps_;
    std::vector<std::uint64_t> foreign_stamps_; ///< timestamps that did not come from the SUT's clock
    base::Mono last_progress_{};
};

} // namespace judge
