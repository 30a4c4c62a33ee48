#include "harness/stage/host/in_order.h"

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

/// What the threads share. A thread never waits for its turn to deliver: it leaves its part to whoever
/// delivers, and reads another one.
class Line {
public:
    Line(const Steps& steps, std::size_t places) : steps_(steps), enough_(places > 1 ? places / 2 : 1) {
        for (std::size_t place = places; place > 0; --place)
            free_.push_back(place - 1);
    }

    void run() {
        try {
            while (auto part = read()) {
                steps_.work(part->place);
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
    struct Part {
        std::uint64_t number = 0;
        std::size_t place = 0;
    };

    std::optional<Part> read() {
        const std::scoped_lock reading(reading_);
        Part part;
        {
            std::unique_lock lock(state_);
            // Waking up costs as much as a part: who has to wait waits for several.
            if (free_.empty())
                freed_.wait(lock, [&] { return ended_ || free_.size() >= enough_; });
            if (ended_)
                return std::nullopt;
            part = {read_, free_.back()};
            free_.pop_back();
        }
        const bool there = steps_.read(part.place);
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
            const std::size_t place = next->second;
            ready_.erase(next);
            lock.unlock();
            steps_.deliver(place); // if it throws nobody delivers any more
            lock.lock();
            ++delivered_;
            free_.push_back(place);
            if (free_.size() == enough_)
                freed_.notify_one();
        }
        delivering_ = false;
    }

    const Steps& steps_;
    const std::size_t enough_; ///< free places
    std::mutex reading_, state_;
    std::condition_variable freed_;
    std::vector<std::size_t> free_;
    std::map<std::uint64_t, std::size_t> ready_; ///< place by number
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
    Line line(steps, places);
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < threads; ++i)
            helpers.emplace_back([&line] { line.run(); });
        line.run();
    }
    line.finish();
}

} // namespace stage::host
