#include "harness/base/text.h"
#include "harness/judge/evaluate.h"
#include "harness/judge/meter.h"
#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace judge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// How much longer than its packets need a flow may take to send them, and end points to report.
constexpr base::Duration flow_patience = seconds(8);
/// Of packets that go in circles nobody waits for the end.
constexpr base::Duration longest_way = seconds(2);

/// Holds bounds against what was counted, and says so under the id that each bound or its step proves.
class Judgement {
public:
    Judgement(const Meter& meter, const Viewpoint& view) : meter_(meter), view_(view) {}

    /// What does not hold; empty: it does.
    std::vector<model::Difference> hold(const model::FlowBound& bound) const {
        std::vector<model::Difference> differences;
        const bool both =
            bound.direction.empty() && meter_.flow().both_ways && meter_.flow().protocol != "echo";
        if (bound.direction != "back")
            hold(bound, false, both, differences);
        if (bound.direction == "back" || both)
            hold(bound, true, both, differences);
        return differences;
    }

private:
    void hold(const model::FlowBound& bound, bool back, bool named,
              std::vector<model::Difference>& differences) const {
        const std::string path =
            named || !bound.direction.empty() ? (back ? "back." : "forth.") + bound.what : bound.what;
        if (meter_.told() && meter_.flow().protocol == "tcp")
            if (const auto told = meter_.told()->find(path); told != meter_.told()->end()) {
                number(bound, path, told->second, differences);
                return;
            }
        const bool echo = meter_.flow().protocol == "echo" && bound.direction.empty();
        const auto count = echo ? meter_.round_trips() : meter_.count(back);
        const std::map<std::string, std::uint64_t> counts{{"lost", count.lost},
                                                          {"duplicated", count.duplicated},
                                                          {"reordered", count.reordered},
                                                          {"delivered", count.received}};
        if (bound.what == "path")
            way(bound, path, count, differences);
        else if (bound.what == "gap")
            scalar(bound, path, static_cast<std::uint64_t>(count.gap.count()), duration_kind(),
                   base::text_of(count.gap), differences);
        else if (const auto found = counts.find(bound.what); found != counts.end())
            scalar(bound, path, found->second, count_kind(), std::to_string(found->second), differences);
        else
            differences.push_back(
                {path, expected(bound.value, nullptr, view_.environment, view_.moment), "not known", 0, 0});
    }

    void number(const model::FlowBound& bound, const std::string& path, const std::string& told,
                std::vector<model::Difference>& differences) const {
        const auto& kind = bound.what == "gap" ? duration_kind() : count_kind();
        const auto value = as_field(Term{told}, kind);
        if (value)
            scalar(bound, path, std::get<std::uint64_t>(*value), kind, told, differences);
        else
            differences.push_back(
                {path, expected(bound.value, &kind, view_.environment, view_.moment), told, 0, 0});
    }

    void scalar(const model::FlowBound& bound, const std::string& path, std::uint64_t actual,
                const wire::FieldKind& kind, const std::string& text,
                std::vector<model::Difference>& differences) const {
        const wire::Scalar value = actual;
        std::string why;
        if (!holds(bound.value, {value, &kind, {}}, view_.environment, view_.moment, why))
            differences.push_back(
                {path, expected(bound.value, nullptr, view_.environment, view_.moment), text, 0, 0});
    }

    /// "always one of a b": each packet passed exactly one of them; "at most one of a b": none passed two.
    void way(const model::FlowBound& bound, const std::string& path, const Meter::Count& count,
             std::vector<model::Difference>& differences) const {
        std::string text = view_.environment.expand(bound.value.text, view_.moment);
        for (char& c : text)
            if (c == ',' || c == '{' || c == '}')
                c = ' ';
        auto words = base::split(text);
        const bool always = text.find("at most") == std::string::npos;
        std::erase_if(words, [](const auto& word) {
            return word == "always" || word == "one" || word == "of" || word == "at" || word == "most";
        });
        std::size_t wrong = 0;
        std::string example;
        for (const auto& nodes : count.paths) {
            const auto passed =
                std::ranges::count_if(words, [&](const auto& word) { return nodes.contains(word); });
            if (passed == 1 || (passed == 0 && !always))
                continue;
            if (wrong++ == 0)
                example = base::join(std::vector<std::string>(nodes.begin(), nodes.end()), " ");
        }
        if (wrong != 0)
            differences.push_back({path, text,
                                   fmt::format("{} of {} packets otherwise, such as by {}", wrong,
                                               count.paths.size(), example.empty() ? "nobody" : example),
                                   0, 0});
    }

    const Meter& meter_;
    const Viewpoint& view_;
};

/// A step that waits until what is on its way has arrived, and then judges a flow.
class FlowStep : public Running {
public:
    using Running::Running;

    void see(const model::Event& event, const model::Seen& seen) {
        if (meter_)
            meter_->see(event, seen);
    }
    Reaction see(const Sighting& sighting) override {
        if (!sighting.is_flow || finished())
            return Reaction::none;
        see(sighting.event, sighting.seen);
        return Reaction::none;
    }
    void hear(const model::Event& event) override {
        if (const auto* report = std::get_if<model::FlowReport>(&event.what);
            report && meter_ && report->flow == meter_->flow().name)
            meter_->report(report->arguments);
    }
    std::vector<const model::Step*> waiting() const override { return {}; }

protected:
    /// When what was sent has arrived or is lost: a packet that is still seen on its way, on a slow host, is
    /// not.
    base::Mono drained_since(base::Mono ended) const {
        const auto last = std::clamp(meter_->last_seen(), ended, ended + longest_way);
        return due(last + world().options.drain);
    }
    void judge(const std::vector<model::FlowBound>& bounds) {
        const auto viewpoint = view();
        const Judgement judgement(*meter_, viewpoint);
        const auto& bench = world().bench;
        const auto here = circumstance(bench.duty(step().by, {}));
        const auto name =
            fmt::format("flow {} from {} to {}", meter_->flow().name, meter_->flow().from, meter_->flow().to);
        const bool needs_traffic = std::ranges::any_of(
            bounds, [](const auto& bound) { return bound.what != "delivered" && bound.what != "path"; });
        if (!meter_->told() && needs_traffic && meter_->count(false).sent == 0) {
            error(name + " was never sent");
            return;
        }
        std::vector<model::Difference> of_step;
        for (const auto& bound : bounds) {
            auto differences = judgement.hold(bound);
            if (bound.proves.empty())
                std::ranges::move(differences, std::back_inserter(of_step));
            else if (differences.empty())
                bench.passed(bound.proves, here, fmt::format("{}: {} is as expected", name, bound.what),
                             findings());
            else
                bench.broken(bound.proves, here, fmt::format("{}: {} is not as expected", name, bound.what),
                             std::move(differences), findings());
        }
        if (meter_->told())
            if (const auto resets = meter_->told()->find("resets");
                resets != meter_->told()->end() && resets->second != "0")
                of_step.push_back({"resets", "0", resets->second, 0, 0});
        if (of_step.empty())
            bench.passed(step().proves, here, name + " is as expected", findings());
        else
            bench.broken(step().proves, here, name + " is not as expected", std::move(of_step), findings());
    }

    std::shared_ptr<Meter> meter_;
};

class RunningFlow : public FlowStep {
public:
    RunningFlow(const model::RunsFlow& what, const model::Step& step, Scope scope)
        : FlowStep(step, std::move(scope)), what_(what) {}

    void start() override {
        auto flow = what_.flow;
        flow.name = expand(flow.name.empty() ? step().as : flow.name);
        if (flow.name.empty())
            flow.name = fmt::format("flow-{}", world().flows + 1);
        flow.from = expand(flow.from);
        flow.to = expand(flow.to);
        flow.source = address(flow.source);
        flow.destination = address(flow.destination);
        // Where a mobile node is, nobody knows but who has seen its prefix being granted.
        const auto own = [&](std::string& address, const std::string& node, const std::string& peer) {
            if (const auto known = world().environment.address(node, peer);
                address.empty() && !known.is_unspecified())
                address = base::text(known);
        };
        own(flow.source, flow.from, flow.to);
        own(flow.destination, flow.to, flow.from);
        flow.port = world().next_flow_port++;
        ++world().flows;
        started_ = world().now.mono;
        meter_ = std::make_shared<Meter>(flow, world().environment.topology());
        world().meters[flow.name] = meter_;
        if (is_background()) {
            begun_ = std::make_shared<Mark>(Mark{started_, false, 0});
            world().await("flow " + flow.name, begun_);
        }
        world().order(model::RunFlow{flow, false});
    }
    /// A kernel may take its time until it has an address or a connection.
    MarkPtr begun() const override { return begun_; }
    bool is_background() const override { return what_.background || !what_.until.empty(); }

    Reaction see(const Sighting& sighting) override {
        FlowStep::see(sighting);
        if (!ended_ && !is_background() && meter_->all_sent())
            end();
        return Reaction::none;
    }
    void step_ended(const std::string& name, bool, const MarkPtr&) override {
        if (name == what_.until && !what_.until.empty())
            end();
    }
    void tick() override {
        if (finished())
            return;
        const auto now = world().now.mono;
        if (begun_ && begun_->pending && now >= started_ + flow_patience) {
            begun_->pending = false;
            begun_->at = now;
        }
        if (const auto limit = sending_limit(); !ended_ && limit && now >= *limit)
            end();
        if (ended_ && now >= drained() &&
            (meter_->told() || meter_->flow().protocol != "tcp" || now >= *ended_ + flow_patience))
            conclude();
    }
    void close() override {
        if (world().taken_flows.contains(meter_->flow().name))
            finish_at(Outcome::met, world().now.mono); // its end-flow step judges it
        else
            end();
    }
    std::optional<base::Mono> deadline() const override {
        if (!ended_)
            return begun_ && begun_->pending ? std::optional(started_ + flow_patience) : sending_limit();
        return meter_->told() || meter_->flow().protocol != "tcp" ? drained() : *ended_ + flow_patience;
    }

private:
    /// "2001:db8::1", "${mn1.address}" or "host 5 in ${mn1.prefix}".
    std::string address(const std::string& written) const {
        const auto whole = expand(written);
        const auto words = base::split(whole);
        if (words.size() == 4 && words[0] == "host" && words[2] == "in") {
            const auto number = base::parse_number(words[1]);
            const auto prefix = base::parse_prefix(words[3]);
            if (number && prefix)
                return base::text(prefix->host(*number));
        }
        const auto prefix = base::parse_prefix(whole);
        return prefix ? base::text(prefix->address) : whole;
    }
    std::optional<base::Mono> sending_limit() const {
        const auto& flow = meter_->flow();
        if (flow.packets == 0 || is_background() || flow.rate <= 0)
            return std::nullopt;
        return started_ + flow_patience +
               std::chrono::duration_cast<base::Duration>(
                   std::chrono::duration<double>(static_cast<double>(flow.packets) / flow.rate));
    }
    base::Mono drained() const { return drained_since(*ended_); }
    void end() {
        if (ended_)
            return;
        ended_ = world().now.mono;
        world().order(model::RunFlow{meter_->flow(), true});
    }
    void conclude() {
        judge(what_.bounds);
        if (!finished())
            finish_at(Outcome::met, world().now.mono);
    }

    const model::RunsFlow& what_;
    base::Mono started_{};
    std::optional<base::Mono> ended_;
    MarkPtr begun_; ///< of one in the background
};

/// Ends a flow that runs in the background, and judges it.
class EndingFlow : public FlowStep {
public:
    EndingFlow(const model::EndFlow& what, const model::Step& step, Scope scope)
        : FlowStep(step, std::move(scope)), what_(what) {}

    void start() override {
        const auto found = world().meters.find(expand(what_.flow));
        if (found == world().meters.end()) {
            error(fmt::format("there is no flow {} to end", what_.flow));
            return;
        }
        meter_ = found->second;
        world().taken_flows.insert(meter_->flow().name);
        for (const auto& one : world().background)
            if (const auto* flow = std::get_if<model::RunsFlow>(&one->step().what))
                if (one->step().as == what_.flow || flow->flow.name == what_.flow) {
                    bounds_ = flow->bounds;
                    break;
                }
        bounds_.insert(bounds_.end(), what_.bounds.begin(), what_.bounds.end());
        ended_ = world().now.mono;
        world().order(model::RunFlow{meter_->flow(), true});
    }
    // The flow's own step counts; this one only waits.
    Reaction see(const Sighting&) override { return Reaction::none; }
    void hear(const model::Event&) override {}
    void tick() override {
        if (finished() || world().now.mono < deadline())
            return;
        judge(bounds_);
        if (finished())
            return;
        for (const auto& one : world().background)
            if (auto* flow = dynamic_cast<RunningFlow*>(one.get()))
                if (flow->step().as == what_.flow ||
                    std::get<model::RunsFlow>(flow->step().what).flow.name == what_.flow)
                    flow->close();
        finish_at(Outcome::met, world().now.mono);
    }
    std::optional<base::Mono> deadline() const override {
        const bool waits = meter_->flow().protocol == "tcp" && !meter_->told();
        return waits ? ended_ + flow_patience : drained_since(ended_);
    }

private:
    const model::EndFlow& what_;
    std::vector<model::FlowBound> bounds_;
    base::Mono ended_{};
};

} // namespace

std::unique_ptr<Running> running(const model::RunsFlow& what, const model::Step& step, Scope scope) {
    return std::make_unique<RunningFlow>(what, step, std::move(scope));
}
std::unique_ptr<Running> running(const model::EndFlow& what, const model::Step& step, Scope scope) {
    return std::make_unique<EndingFlow>(what, step, std::move(scope));
}

} // namespace judge
