#pragma once

#include <cstddef>
#include <functional>

namespace stage::host {

/// Work on a stream in parts. Each part goes through the three steps in one of `places`, numbers from 0 that
/// stand for the caller's memory for a part: `read` fills it, one part at a time and in the order of the
/// stream, and says whether there was anything; `work` runs for several parts at once; `deliver` takes them
/// one at a time, again in the order of the stream.
struct Steps {
    std::function<bool(std::size_t place)> read;
    std::function<void(std::size_t place)> work, deliver;
};

/// Returns when everything that was read has been delivered. With one thread nothing is started. What a step
/// throws ends the work, and is thrown from here.
void in_order(const Steps&, std::size_t threads, std::size_t places);

} // namespace stage::host
