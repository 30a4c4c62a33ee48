#pragma once

#include "harness/model/scenario.h"

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace run {

/// The cases that are still to be played, by the numbers of the runner's slots. Bootstraps come first; a case
/// waits until those of all its roles have ended, and goes if one of them was not green.
class Queue {
public:
    struct Entry {
        std::size_t slot = 0;
        const model::Case* scenario = nullptr;
    };
    struct Order {
        /// Nothing begins before all bootstraps have ended, which keep their order: the first one shows
        /// whether anybody is there.
        bool asks_first = false;
        /// Those that wait longest begin first, so that nobody waits for one of them at the end; those that
        /// hardly wait are at the other end, to be played meanwhile. Who plays few at a time would
        /// rather hear of them in the order of the suites.
        bool by_patience = false;
    };
    Queue() = default;
    Queue(const std::vector<Entry>&, Order);

    enum class End { patient, brisk };
    /// Up to `most` that can begin now.
    std::vector<std::size_t> take(std::size_t most, End = End::patient);
    std::size_t size() const { return waiting_.size(); }
    /// A bootstrap that was taken will not be played again.
    void ended(const model::Case& bootstrap);
    /// Slots of the cases that cannot be played, each with the role whose bootstrap was not green.
    std::vector<std::pair<std::size_t, std::string>> drop(const std::map<std::string, std::string>& broken);

private:
    bool may_begin(const model::Case&) const;

    std::list<Entry> waiting_;                  ///< in the order in which they shall begin
    std::map<std::string, std::size_t> asking_; ///< role → its bootstraps that have not ended
    bool asks_first_ = false;
};

} // namespace run
