#include "harness/run/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace run {

using namespace std::chrono_literals;

namespace {

// Where nothing of a class was ever played.
base::Duration usual(model::Cost cost) {
    return cost == model::Cost::brief ? 300ms : cost == model::Cost::medium ? 4s : 60s;
}

struct Mean {
    base::Duration sum{};
    std::int64_t count = 0;
    void add(base::Duration one) { sum += one, ++count; }
    base::Duration value() const { return sum / std::max<std::int64_t>(1, count); }
};

} // namespace

Durations durations_of(const std::vector<model::CaseResult>& results) {
    std::map<std::string, Mean> means;
    for (const auto& result : results)
        if (result.verdict <= model::Verdict::fail && result.took.count() > 0)
            means[result.id].add(result.took);
    Durations out;
    for (const auto& [id, mean] : means)
        out[id] = mean.value();
    return out;
}

std::vector<unsigned> divide(const std::vector<const model::Case*>& cases, unsigned parts,
                             const Durations& known) {
    std::map<model::Cost, Mean> classes;
    for (const auto* one : cases)
        if (const auto found = known.find(one->id); found != known.end())
            classes[one->cost].add(found->second);
    std::vector<base::Duration> takes;
    for (const auto* one : cases) {
        const auto found = known.find(one->id);
        const auto mean = classes.find(one->cost);
        takes.push_back(found != known.end()    ? found->second
                        : mean != classes.end() ? mean->second.value()
                                                : usual(one->cost));
    }
    std::vector<std::size_t> order(cases.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return takes[a] > takes[b]; });
    std::vector<base::Duration> busy(std::max(1u, parts));
    std::vector<unsigned> out(cases.size());
    for (const std::size_t index : order) {
        const auto least = std::min_element(busy.begin(), busy.end());
        *least += takes[index];
        out[index] = static_cast<unsigned>(least - busy.begin()) + 1;
    }
    return out;
}

std::string digest(const std::vector<const model::Case*>& cases, const std::vector<unsigned>& division) {
    // FNV-1a
    std::uint64_t hash = 14695981039346656037ull;
    const auto add = [&](std::string_view text) {
        for (const char c : text)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
        hash *= 1099511628211ull;
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        add(cases[i]->id);
        add(fmt::format("{}", division[i]));
    }
    return fmt::format("{:016x}", hash);
}

} // namespace run
