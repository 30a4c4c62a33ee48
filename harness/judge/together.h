#pragma once

#include "harness/judge/running.h"

#include <memory>
#include <vector>

namespace judge {

/// Steps that are open at the same time; each packet fills every one that it matches.
class Together {
public:
    Together(const model::Steps&, Scope);
    /// Starts the steps; those that the filter keeps back are started by later().
    void start(bool (*keep_back)(const model::Step&) = nullptr);
    void later();
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
    bool finished() const;
    Outcome outcome() const;
    /// The latest end of any of them.
    MarkPtr end() const { return end_; }

private:
    void begin(const model::Step&);
    void sweep();

    const model::Steps& steps_;
    Scope scope_;
    std::vector<const model::Step*> kept_back_;
    std::vector<std::unique_ptr<Running>> open_;
    std::vector<Running*> keyed_; ///< by the last packet
    MarkPtr end_;
    bool failed_ = false;
};

} // namespace judge
