#include "harness/run/player.h"

#include "harness/judge/rules.h"
#include "harness/run/clean_up.h"
#include "harness/run/deliveries.h"
#include "harness/run/evidence.h"
#include "harness/run/nodes.h"
#include "harness/run/profiles.h"
#include "harness/stage/host/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace run {

using model::Verdict;
using namespace std::chrono_literals;

namespace {

/// Notices when this process did not run, by how late its own timers fire. The world goes on while we are
/// stopped, so that answers look late and silences look kept: whatever is red then counts for nothing. A stop
/// by a signal is told by the kernel; of a busy or suspended host we only see that time is missing.
class StallWatch {
public:
    explicit StallWatch(bool on) : on_(on) {}
    /// The time until which the world may keep us, so that a stall cannot hide in a long wait.
    std::optional<base::Mono> slice(std::optional<base::Mono> until, base::Mono now) {
        if (!on_)
            return until;
        awaited_ = until ? std::min(std::max(*until, now), now + beat) : now + beat;
        return awaited_;
    }
    void look(base::Mono now) {
        if (!on_)
            return;
        const base::Duration late = now - awaited_;
        if (late >= model::stall_noise) {
            ++seen_.count;
            seen_.total += late;
            seen_.worst = std::max(seen_.worst, late);
        }
        stalled_ |= late > patience || stage::host::was_stopped();
    }
    bool stalled() const { return stalled_; }
    const model::HostStall& seen() const { return seen_; }

private:
    static constexpr base::Duration beat = 100ms, patience = 250ms;
    bool on_;
    base::Mono awaited_{};
    model::HostStall seen_;
    bool stalled_ = false;
};

model::CaseResult head(const model::Case& scenario, const stage::Stage& world) {
    model::CaseResult out;
    out.id = scenario.id;
    out.suite = scenario.suite;
    out.name = scenario.name;
    out.title = scenario.title;
    out.proves = scenario.proves();
    out.roles = scenario.under_test;
    out.where = scenario.where;
    out.stage = world.name();
    return out;
}

/// A world in which nothing will ever happen again while the tester still waits for it.
constexpr unsigned most_idle_turns = 100'000;

/// Nodes on which the duty lies, for the passive rules.
std::set<std::string> nodes_under_test(const model::Case& scenario, const judge::Options& options) {
    if (!options.under_test.empty())
        return options.under_test;
    std::set<std::string> out;
    for (const auto& node : scenario.topology.nodes)
        if (node.player != model::Player::tester &&
            std::find(scenario.under_test.begin(), scenario.under_test.end(), node.role) !=
                scenario.under_test.end())
            out.insert(node.name);
    return out;
}

/// The same message may be right in one specification and wrong in another.
std::vector<model::Rule> rules_for(const model::Case& scenario, const model::Library& library) {
    const std::string spec = spec_of(scenario.profile);
    std::vector<model::Rule> out;
    for (const auto& rule : library.rules)
        if (rule.suite == spec)
            out.push_back(rule);
    return out;
}

judge::RuleBook::Options rule_options(const model::Case& scenario, const model::Library& library,
                                      const judge::Options& options) {
    judge::RuleBook::Options out;
    out.profile = options.profile;
    out.dialect = {options.profile_name, options.claims};
    out.ledger = library.ledger;
    out.strict = options.strict;
    out.foreign = options.foreign;
    out.under_test = nodes_under_test(scenario, options);
    return out;
}

/// One run of the tester over a case in a world. What it sees goes to the evidence and, if there are any, to
/// the rules.
class Playing {
public:
    Playing(const model::Case& scenario, const model::Library& library, stage::Stage& world,
            const judge::Options& options, Evidence& evidence, StallWatch& stall)
        : scenario_(scenario), world_(world), evidence_(evidence), stall_(stall),
          tester_(scenario, library, options) {}

    void obey(judge::RuleBook* rules) { rules_ = rules; }
    void note(Registrations* registrations) { registrations_ = registrations; }
    void watch(Deliveries* deliveries) { deliveries_ = deliveries; }
    /// To the end, or until `until`.
    void play(std::optional<base::Mono> until = {}) {
        unsigned idle = 0;
        tester_.start(world_.now(), orders_);
        perform();
        while (!tester_.done() && !(until && world_.now().mono >= *until)) {
            const auto deadline = tester_.deadline();
            if (const auto event = world_.next(stall_.slice(deadline, world_.now().mono))) {
                hear(*event);
                idle = 0;
            } else if (!deadline || world_.now().mono >= *deadline) {
                tester_.tick(world_.now(), orders_);
                if (++idle > most_idle_turns)
                    throw std::runtime_error("the tester waits for something that can never happen");
            }
            perform();
            stall_.look(world_.now().mono);
        }
    }
    bool done() const { return tester_.done(); }
    std::vector<model::Finding> findings() const { return tester_.findings(); }
    std::uint64_t packets() const { return packets_; }
    const std::optional<model::Died>& died() const { return died_; }

private:
    void hear(const model::Event& event) {
        packets_ = std::max(packets_, event.number);
        if (const auto* died = std::get_if<model::Died>(&event.what))
            died_ = *died;
        tester_.on(event, world_.now(), orders_);
        const auto* seen = std::get_if<model::Seen>(&event.what);
        if (seen && rules_)
            rules_->see(event, *seen, scenario_.topology);
        if (seen && registrations_)
            registrations_->see(*seen);
        if (seen && deliveries_)
            deliveries_->see(event, *seen);
        evidence_.add(event);
    }
    void perform() {
        for (const auto& order : orders_)
            world_.perform(order);
        orders_.clear();
    }

    const model::Case& scenario_;
    stage::Stage& world_;
    Evidence& evidence_;
    StallWatch& stall_;
    judge::Interpreter tester_;
    judge::RuleBook* rules_ = nullptr;
    Registrations* registrations_ = nullptr;
    Deliveries* deliveries_ = nullptr;
    model::Orders orders_;
    std::uint64_t packets_ = 0;
    std::optional<model::Died> died_;
};

/// A case of two steps: the barrier of a node, and its answer.
std::optional<model::Case> probe_case(const model::Case& scenario, const model::Library& library,
                                      const std::string& node) {
    const model::Node* probed = scenario.topology.node(node);
    for (const auto& barrier : scenario.topology.barriers) {
        const auto request = library.templates.find(barrier.send),
                   answer = library.templates.find(barrier.expect);
        if (!probed || barrier.role != probed->role || request == library.templates.end() ||
            answer == library.templates.end())
            continue;
        model::Case out = scenario;
        out.given.clear();
        out.body.clear();
        out.finally.clear();
        model::Step send, expect;
        send.as = "probe";
        send.what = model::Send{{{barrier.from}, {node}, {}}, request->second, {}};
        model::Expect awaited;
        awaited.ends = {{node}, {barrier.from}, {}};
        awaited.packet = answer->second;
        awaited.within = model::Bound{300ms, {}};
        awaited.answers = "probe";
        expect.what = awaited;
        out.body = {send, expect};
        return out;
    }
    return std::nullopt;
}

/// Knocks until somebody opens; the reason if nobody does.
std::string await(const Probe& probe, const model::Case& scenario, const model::Library& library,
                  stage::Stage& world, const judge::Options& options, Evidence& evidence, StallWatch& stall,
                  Registrations& registrations) {
    const auto knock = probe_case(scenario, library, probe.node);
    const base::Mono until = world.now().mono + probe.boot;
    // Where nobody can knock it gets all the time that its profile gives it.
    while (!knock && !probe.runs_already && world.now().mono < until) {
        if (const auto event = world.next(stall.slice(until, world.now().mono))) {
            evidence.add(*event);
            if (const auto* died = std::get_if<model::Died>(&event->what))
                return fmt::format("{} ended before it was ready: {}", died->node, died->how);
        }
        stall.look(world.now().mono);
    }
    if (!knock)
        return {};
    judge::Options patient = options;
    for (std::uint64_t attempt = 0; world.now().mono < until; ++attempt) {
        patient.seed = options.seed + attempt;
        Playing playing(*knock, library, world, patient, evidence, stall);
        playing.note(&registrations);
        playing.play(until);
        if (playing.died())
            return fmt::format("{} ended before it was ready: {}", probe.node, playing.died()->how);
        if (playing.done() && !model::is_red(model::gravest(playing.findings())))
            return {};
    }
    return fmt::format("{} did not answer a probe within {}", probe.node, base::text_of(probe.boot));
}

/// Takes back by protocol what a box has registered in the case.
void clean_up(const Registrations& registrations, const model::Case& scenario, const model::Library& library,
              stage::Stage& world, const judge::Options& options, Evidence& evidence, StallWatch& stall) {
    for (const auto& one : registrations.open()) {
        const auto release = release_case(scenario, library, one);
        if (!release)
            continue;
        Playing playing(*release, library, world, options, evidence, stall);
        playing.play();
        if (playing.died())
            return;
    }
}

} // namespace

Played play(const model::Case& scenario, const model::Library& library, stage::Stage& world,
            const PlayerOptions& options) {
    Played out;
    out.result = head(scenario, world);
    const base::Mono began = world.now().mono;
    StallWatch stall(options.real_time);
    Evidence evidence(
        options.directory, scenario, options.judge.profile, began,
        text_of(Nodes{scenario.topology, nodes_under_test(scenario, options.judge),
                      options.judge.profile_name, options.judge.profile, options.judge.foreign}));
    const auto mine = rules_for(scenario, library);
    judge::RuleBook rules(mine, rule_options(scenario, library, options.judge));
    Playing playing(scenario, library, world, options.judge, evidence, stall);
    playing.obey(&rules);
    Registrations registrations(scenario.topology, options.box);
    playing.note(&registrations);
    Deliveries deliveries(scenario.topology);
    playing.watch(&deliveries);
    try {
        for (const auto& probe : options.probes)
            if (out.result.reason =
                    await(probe, scenario, library, world, options.judge, evidence, stall, registrations);
                !out.result.reason.empty()) {
                out.result.verdict = Verdict::error;
                out.never_ready = true;
                break;
            }
        if (!out.never_ready)
            playing.play();
        if (!out.never_ready && !options.box.empty() && !playing.died())
            clean_up(registrations, scenario, library, world, options.judge, evidence, stall);
        // Of one that died or flooded the link frames may well be missing: that is its doing.
        if (!playing.died())
            out.trouble = world.trouble();
    } catch (const std::exception& trouble) {
        out.result.verdict = Verdict::error;
        out.result.reason = trouble.what();
    }
    out.result.findings = playing.findings();
    const auto passive = rules.findings();
    out.result.findings.insert(out.result.findings.end(), passive.begin(), passive.end());
    const auto how = rule_options(scenario, library, options.judge);
    deliveries.findings(
        judge::Bench(scenario.topology, how.under_test, how.ledger, how.dialect, how.strict, how.foreign),
        out.result.findings);
    out.result.story = evidence.finish(out.result.findings);
    out.result.packets = playing.packets();
    if (!out.never_ready)
        out.result.verdict = std::max(out.result.verdict, model::gravest(out.result.findings));
    out.result.took = world.now().mono - began;
    out.stalled = stall.stalled();
    out.result.stall = stall.seen();
    return out;
}

} // namespace run
