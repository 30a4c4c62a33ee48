#pragma once

#include "harness/model/order.h"
#include "harness/model/transcript.h"

#include <optional>
#include <string>

namespace stage {

/// The world in which a case is played. Whatever touches the kernel is one; so is virtual time, and so is a
/// capture. Errors in building or driving the world throw std::system_error or std::runtime_error with what
/// was attempted.
class Stage {
public:
    Stage() = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    virtual ~Stage() = default;

    /// Both clocks of the tester.
    virtual base::Now now() const = 0;
    /// The next thing that happens anywhere; nullopt when `until` has come first. Without `until` nullopt
    /// means that nothing will ever happen again.
    virtual std::optional<model::Event> next(std::optional<base::Mono> until) = 0;
    virtual void perform(const model::Order&) = 0;
    /// True if nothing is on its way and nobody is due before `until` (virtual time only; a lab cannot know).
    virtual bool quiescent(base::Mono until) const = 0;
    virtual std::string name() const = 0;
    /// Why what was seen may not be all that happened (frames lost at the capture, a host that stalled): a
    /// case that ends with it is inconclusive. Empty: nothing is known to be missing.
    virtual std::string trouble() { return {}; }
};

} // namespace stage
