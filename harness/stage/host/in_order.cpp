#include "harness/stage/host/in_order.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stage::host {

namespace {

/// Asks again and again before it gives up, which is after some ten microseconds of a processor that has
/// nothing else to do: falling asleep and being woken takes longer than most waits.
template <class IsSo>
bool soon(IsSo is_so) {
    for (unsigned i = 0; i < 256; ++i) {
        if (is_so())
            return true;
        std::this_thread::yield();
    }
    return false;
}

/// What the threads share. A thread never waits for its turn to deliver: it leaves its part to whoever
/// delivers, and reads another one, into a place that it has used before if there is one: that memory lies
/// next to it.
class Line {
public:
    Line(const Steps& steps, std::size_t threads, std::size_t places)
        : steps_(steps), enough_(places > 1 ? places / 2 : 1), free_places_(places) {
        for (std::size_t place = places; place > 0; --place)
            free_.push_back({place - 1, (place - 1) % threads});
    }

    /// `own` is the number of the thread.
    void run(std::size_t own) {
        try {
            while (auto part = read(own)) {
                steps_.work(part->place.number);
                deliver(*part);
            }
        } catch (...) {
            const std::scoped_lock lock(state_);
            if (!failure_)
                failure_ = std::current_exception();
            ended_ = true;
            freed_.notify_all();
        }
    }
    void finish() const {
        if (failure_)
            std::rethrow_exception(failure_);
    }

private:
    struct Place {
        std::size_t number = 0, user = 0; ///< thread that has used it last
    };
    struct Part {
        std::uint64_t number = 0;
        Place place;
    };

    std::optional<Part> read(std::size_t own) {
        std::unique_lock reading(reading_, std::defer_lock);
        if (!soon([&] { return reading.try_lock(); }))
            reading.lock();
        soon([&] { return free_places_ != 0; });
        Part part;
        {
            std::unique_lock lock(state_);
            // Waking up costs as much as a part: who has to wait waits for several.
            if (free_.empty())
                freed_.wait(lock, [&] { return ended_ || free_.size() >= enough_; });
            if (ended_)
                return std::nullopt;
            const auto mine = std::find_if(free_.rbegin(), free_.rend(),
                                           [&](const Place& place) { return place.user == own; });
            const auto place = mine != free_.rend() ? std::prev(mine.base()) : free_.begin();
            part = {read_, {place->number, own}};
            free_.erase(place);
            --free_places_;
        }
        const bool there = steps_.read(part.place.number);
        const std::scoped_lock lock(state_);
        if (!there) {
            ended_ = true;
            return std::nullopt;
        }
        ++read_;
        return part;
    }

    void deliver(const Part& done) {
        std::unique_lock lock(state_);
        ready_[done.number] = done.place;
        if (delivering_)
            return;
        delivering_ = true;
        for (auto next = ready_.find(delivered_); next != ready_.end() && !failure_;
             next = ready_.find(delivered_)) {
            const Place place = next->second;
            ready_.erase(next);
            lock.unlock();
            steps_.deliver(place.number); // if it throws nobody delivers any more
            lock.lock();
            ++delivered_;
            free_.push_back(place);
            ++free_places_;
            if (free_.size() == enough_)
                freed_.notify_one();
        }
        delivering_ = false;
    }

    const Steps& steps_;
    const std::size_t enough_; ///< free places
    std::mutex reading_, state_;
    std::condition_variable freed_;
    std::vector<Place> free_;
    std::atomic<std::size_t> free_places_; ///< size of free_
    std::map<std::uint64_t, Place> ready_; ///< by number of the part
    std::uint64_t read_ = 0, delivered_ = 0;
    bool delivering_ = false, ended_ = false;
    std::exception_ptr failure_;
};

} // namespace

void in_order(const Steps& steps, std::size_t threads, std::size_t places) {
    if (threads <= 1) {
        while (steps.read(0)) {
            steps.work(0);
            steps.deliver(0);
        }
        return;
    }
    Line line(steps, threads, places);
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < threads; ++i)
            helpers.emplace_back([&line, i] { line.run(i); });
        line.run(0);
    }
    line.finish();
}

} // namespace stage::host
