#include "harness/run/patience.h"

#include <algorithm>
#include <charconv>

namespace run {

namespace {

using namespace std::chrono_literals;

base::Duration sum(const model::Steps&);

// What is computed while the case is played counts once.
std::int64_t count(const model::Value& value) {
    std::int64_t out = 1;
    if (value.op == model::Value::Op::literal)
        std::from_chars(value.text.data(), value.text.data() + value.text.size(), out);
    return std::clamp<std::int64_t>(out, 1, 10'000);
}

base::Duration longest(const std::vector<model::Steps>& blocks) {
    base::Duration out{};
    for (const auto& block : blocks)
        out = std::max(out, sum(block));
    return out;
}

struct Patience {
    base::Duration operator()(const model::Expect& step) const {
        if (step.in)
            return *step.in;
        if (step.not_before)
            return step.not_before->time;
        // What is allowed a second comes at once; what is allowed more has a timer behind it.
        return step.within && step.within->time > 1s ? step.within->time / 2 : 0s;
    }
    base::Duration operator()(const model::Never& step) const { return step.for_time.value_or(0s); }
    base::Duration operator()(const model::AnyOrder& step) const {
        base::Duration out{};
        for (const auto& one : step.steps)
            out = std::max(out, std::visit(*this, static_cast<const model::StepBase&>(one.what)));
        return out;
    }
    base::Duration operator()(const model::Either& step) const { return longest(step.blocks); }
    base::Duration operator()(const model::Repeat& step) const {
        const auto round = std::max(step.every, sum(step.steps));
        return step.parallel ? round : round * count(step.count);
    }
    base::Duration operator()(const model::RunsFlow& step) const {
        const bool is_awaited = !step.background && step.flow.packets != 0 && step.flow.rate > 0;
        const double seconds = is_awaited ? static_cast<double>(step.flow.packets) / step.flow.rate : 0.0;
        return std::chrono::duration_cast<base::Duration>(
            std::chrono::duration<double>(std::min(seconds, 3600.0)));
    }
    base::Duration operator()(const model::Phase& step) const {
        return std::max(step.for_time.value_or(0s), sum(step.steps));
    }
    base::Duration operator()(const model::Wait& step) const { return step.time; }
    template <class Other>
    base::Duration operator()(const Other&) const {
        return {};
    }
};

base::Duration sum(const model::Steps& steps) {
    base::Duration out{};
    for (const auto& step : steps)
        out += std::visit(Patience{}, static_cast<const model::StepBase&>(step.what));
    return out;
}

} // namespace

base::Duration patience(const model::Case& scenario) {
    return sum(scenario.given) + sum(scenario.body) + sum(scenario.finally);
}

} // namespace run
