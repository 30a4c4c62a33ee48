#include "harness/run/merge.h"

#include "harness/base/text.h"
#include "harness/run/baseline.h"
#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

// Several runs as one: the shards of a selection that were played on several hosts.

namespace run {

using model::Verdict;

namespace {

void add_once(std::vector<std::string>& all, const std::string& one) {
    if (!one.empty() && std::find(all.begin(), all.end(), one) == all.end())
        all.push_back(one);
}

/// What all parts say of it: one value, or all of them.
template <class Value>
std::string common(const std::vector<Part>& parts, Value value) {
    std::vector<std::string> all;
    for (const auto& part : parts)
        add_once(all, value(part.record.info));
    return base::join(all, ", ");
}

reports::RunInfo info_of(const std::vector<Part>& parts) {
    using Info = reports::RunInfo;
    Info out = parts.front().record.info;
    out.shard.clear();
    out.division.clear();
    out.harness = common(parts, [](const Info& info) { return info.harness; });
    out.suites = common(parts, [](const Info& info) { return info.suites; });
    out.specs = common(parts, [](const Info& info) { return info.specs; });
    out.stage = common(parts, [](const Info& info) { return info.stage; });
    out.profile = common(parts, [](const Info& info) { return info.profile; });
    out.baseline = common(parts, [](const Info& info) { return info.baseline; });
    out.host = common(parts, [](const Info& info) { return info.host; });
    out.jobs = 0;
    out.suts.clear();
    out.implementations.clear();
    for (const auto& part : parts) {
        out.started = std::min(out.started, part.record.info.started);
        out.jobs += part.record.info.jobs;
        out.rounds = std::max(out.rounds, part.record.info.rounds);
        for (const auto& sut : part.record.info.suts)
            add_once(out.suts, sut);
        for (const auto& one : part.record.info.implementations)
            if (std::none_of(out.implementations.begin(), out.implementations.end(), [&](const auto& known) {
                    return known.name == one.name && known.role == one.role && known.version == one.version;
                }))
                out.implementations.push_back(one);
    }
    return out;
}

/// What keeps them from being one run, a sentence each.
std::vector<std::string> what_is_missing(const std::vector<Part>& parts) {
    std::vector<std::string> out;
    std::map<std::string, std::set<std::string>> shards; // by what they are parts of
    std::set<std::string> versions, divisions;
    for (const auto& part : parts) {
        const auto& info = part.record.info;
        versions.insert(info.harness + ", suites " + info.suites);
        if (!part.record.end || part.record.end->interrupted)
            out.push_back(fmt::format("{} was cut off: mobiconform run --resume {}", part.path, part.path));
        if (info.shard.empty())
            continue;
        divisions.insert(info.division);
        const auto slash = info.shard.find('/');
        if (slash != std::string::npos)
            shards[info.shard.substr(slash + 1)].insert(info.shard.substr(0, slash));
    }
    if (versions.size() > 1)
        out.push_back("different versions were played: " +
                      base::join(std::vector<std::string>(versions.begin(), versions.end()), "; "));
    if (divisions.size() > 1 || shards.size() > 1)
        out.push_back("the shards are not those of one selection divided in one way (the same cases, and the "
                      "same --durations): some may be missing");
    for (const auto& [of, present] : shards) {
        const auto count = std::min<std::uint64_t>(base::parse_number(of).value_or(0), 10000);
        for (std::uint64_t i = 1; i <= count; ++i)
            if (!present.contains(fmt::format("{}", i)))
                out.push_back(fmt::format("shard {}/{} is missing", i, of));
    }
    return out;
}

std::vector<Whole::Result> results_of(const std::vector<Part>& parts, std::vector<std::string>& remarks) {
    std::vector<Whole::Result> out;
    std::map<std::tuple<std::string, std::string, std::uint64_t>, std::size_t> places;
    for (std::size_t part = 0; part < parts.size(); ++part)
        for (const auto& result : parts[part].record.results) {
            const auto [place, is_new] =
                places.try_emplace({result.id, result.stage, result.seed}, out.size());
            if (is_new) {
                out.push_back({result, part});
                continue;
            }
            auto& known = out[place->second];
            if (known.result.verdict != result.verdict)
                remarks.push_back(fmt::format("{} was played twice: {} in {}, {} in {}", result.id,
                                              model::name(known.result.verdict), parts[known.part].path,
                                              model::name(result.verdict), parts[part].path));
            if (known.result.verdict < result.verdict && result.verdict <= Verdict::fail)
                known = {result, part};
        }
    const auto key = [](const Whole::Result& one) {
        const auto& [file, line, column] = one.result.where;
        return std::make_tuple(one.result.round, file ? std::string_view(*file) : std::string_view{}, line,
                               column, std::string_view(one.result.id));
    };
    std::stable_sort(out.begin(), out.end(),
                     [&](const Whole::Result& a, const Whole::Result& b) { return key(a) < key(b); });
    return out;
}

/// SUITES 4: what outweighs what. Whatever kept a part from being played is our own trouble.
int graver(int a, int b) {
    const auto weight = [](int code) { return code == 1 ? 3 : code == 0 ? 0 : code == 4 ? 1 : 2; };
    const int out = weight(a) < weight(b) ? b : a;
    return weight(out) == 2 ? 3 : out;
}

int code_of(const model::CaseResult& result) {
    if (is_off_baseline(result.standing))
        return 1;
    if (!is_news(result.standing))
        return 0;
    return result.verdict == Verdict::fail           ? 1
           : result.verdict == Verdict::error        ? 3
           : result.verdict == Verdict::inconclusive ? 4
                                                     : 0;
}

} // namespace

Whole merge(const std::vector<Part>& parts) {
    Whole out;
    out.info = info_of(parts);
    auto& end = out.end;
    end.remarks = what_is_missing(parts);
    if (!end.remarks.empty())
        end.exit_code = 3;
    out.results = results_of(parts, end.remarks);
    std::vector<const model::CaseResult*> played;
    for (const auto& [result, part] : out.results) {
        played.push_back(&result);
        end.tally.add(result.verdict);
        if (!out.info.baseline.empty())
            ++end.standings[result.standing];
        end.exit_code = graver(end.exit_code, code_of(result));
    }
    for (const auto& part : parts) {
        if (!part.record.end)
            continue;
        end.took = std::max(end.took, part.record.end->took);
        end.exit_code = graver(end.exit_code, part.record.end->exit_code);
        for (const auto& remark : part.record.end->remarks)
            add_once(end.remarks, remark);
    }
    if (out.info.rounds > 1)
        end.repeated = repeated_of(played);
    out.info.cases = out.results.size();
    return out;
}

} // namespace run
