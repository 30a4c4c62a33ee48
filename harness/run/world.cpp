#include "harness/run/world.h"

#include "harness/base/text.h"
#include "harness/judge/match.h"
#include "harness/run/box.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/guest_kernel.h"
#include "harness/run/mobility_keys.h"
#include "harness/run/needs.h"
#include "harness/run/profiles.h"
#include "harness/run/protection.h"
#include "harness/stage/host/host.h"
#include "harness/stage/lab/lab.h"
#include "harness/stage/lab/sandbox.h"
#include "harness/stage/sim/sim.h"
#include "peers/common/code_points.h"

#include <fmt/format.h>

#include <algorithm>

namespace run {

using model::Verdict;

std::uint64_t seed_of(std::uint64_t run, const std::string& id) {
    // FNV-1a, then a mixer: neighbouring seeds must not give neighbouring streams.
    std::uint64_t hash = 0xcbf29ce484222325 ^ run;
    for (const char c : id)
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccd;
    return hash ^ hash >> 33;
}

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool sets_clock(const model::Steps& steps, const std::string& node) {
    return std::any_of(steps.begin(), steps.end(), [&](const model::Step& step) {
        if (const auto* control = std::get_if<model::Control>(&step.what))
            return control->verb == model::Control::Verb::clock && control->node == node;
        if (const auto* any = std::get_if<model::AnyOrder>(&step.what))
            return sets_clock(any->steps, node);
        if (const auto* repeat = std::get_if<model::Repeat>(&step.what))
            return sets_clock(repeat->steps, node);
        if (const auto* phase = std::get_if<model::Phase>(&step.what))
            return sets_clock(phase->steps, node);
        if (const auto* either = std::get_if<model::Either>(&step.what))
            return std::any_of(either->blocks.begin(), either->blocks.end(),
                               [&](const model::Steps& block) { return sets_clock(block, node); });
        return false;
    });
}

std::string end_of_log(const stage::lab::SutNode& sut) {
    try {
        constexpr std::size_t longest = 2000;
        std::string text = read_file(sut.directory + "/" + sut.node + ".log");
        if (text.size() > longest)
            text = "…" + text.substr(text.size() - longest);
        return text.empty() ? std::string{} : fmt::format("\nlog of {}:\n{}", sut.node, base::trim(text));
    } catch (const Trouble&) {
        return {};
    }
}

/// The setting in "lma.setting"; empty if it is another role's.
std::string setting_of(const std::string& setup, const std::string& role) {
    return setup.starts_with(role + '.') ? setup.substr(role.size() + 1) : std::string{};
}

} // namespace

model::CaseResult World::head(const model::Case& scenario) const {
    model::CaseResult out;
    out.id = scenario.id;
    out.suite = scenario.suite;
    out.name = scenario.name;
    out.title = scenario.title;
    out.proves = scenario.proves();
    out.roles = scenario.under_test;
    out.where = scenario.where;
    out.stage = options_.stage;
    return out;
}

Verdict World::obstacle(const model::Case& scenario, std::string& reason) const {
    if (!scenario.stages.empty() && !contains(scenario.stages, options_.stage)) {
        reason = "it is not played on " + options_.stage;
        return Verdict::unsupported;
    }
    for (const auto& need : scenario.needs) {
        for (const auto& one : options_.implementations) {
            const bool lacks = contains(one.sut.lacks, need);
            if (lacks || (must_be_claimed(need) && contains(scenario.under_test, one.sut.role) &&
                          !contains(one.sut.features, need))) {
                reason = fmt::format("{} {} {}", one.sut.name, lacks ? "lacks" : "does not claim", need);
                return Verdict::not_claimed;
            }
        }
        if (const auto missing = options_.missing.find(need); missing != options_.missing.end()) {
            reason = fmt::format("needs {}: {}", need, missing->second);
            return Verdict::unsupported;
        }
    }
    std::vector<std::string> foreign;
    for (const auto& one : options_.implementations)
        foreign.push_back(one.sut.role);
    for (const auto& need : tacit_needs(scenario, options_.stage, foreign))
        if (const auto missing = options_.missing.find(need); missing != options_.missing.end()) {
            reason = fmt::format("the lab needs {}: {}", need, missing->second);
            return Verdict::unsupported;
        }
    for (const auto& one : options_.implementations)
        if (options_.protect != "none" && contains(one.sut.lacks, "ipsec")) {
            reason = one.sut.name + " lacks ipsec";
            return Verdict::not_claimed;
        }
    for (const auto& one : options_.implementations)
        if (contains(scenario.setups, one.sut.role) && one.sut.files.empty()) {
            reason = fmt::format("it configures the {}, and the profile of {} renders no configuration",
                                 one.sut.role, one.sut.name);
            return Verdict::not_claimed;
        }
    for (const auto& one : options_.implementations)
        for (const auto& setup : scenario.setups)
            if (const std::string setting = setting_of(setup, one.sut.role);
                !setting.empty() && (contains(one.sut.lacks, setting) || !renders(one, setting))) {
                reason = fmt::format("it sets {}, which {} lacks or its configuration does not render", setup,
                                     one.sut.name);
                return Verdict::not_claimed;
            }
    for (const auto& one : options_.implementations)
        if (one.sut.box.is_one())
            if (reason = unfit_for_box(scenario, one.sut); !reason.empty())
                return Verdict::not_claimed;
    for (const auto& node : scenario.topology.nodes)
        if (node.player != model::Player::tester && !can_play(node.role)) {
            reason = "nobody here plays the role " + node.role;
            return Verdict::unsupported;
        }
    return Verdict::pass;
}

std::vector<stage::lab::BoxLink> World::links_to(const model::Box& box) const {
    std::vector<stage::lab::BoxLink> out;
    for (const auto& port : box.ports)
        for (const auto& link : *options_.box_links)
            if (link.interface == port.interface)
                out.push_back(link);
    return out;
}

std::vector<stage::lab::SutNode> World::cast(model::Case& scenario, std::uint64_t seed,
                                             const std::string& directory, std::uint64_t serial) const {
    std::vector<stage::lab::SutNode> out = guest_kernels(scenario.topology, directory);
    for (const auto& one : options_.implementations)
        for (auto& node : scenario.topology.nodes) {
            if (node.role != one.sut.role || node.player == model::Player::tester ||
                !contains(scenario.under_test, node.role))
                continue;
            node.player = model::Player::sut;
            if (one.sut.box.is_one()) {
                const auto& box = one.sut.box;
                const std::uint64_t number =
                    box.first + (options_.first_number + serial) % (box.last - box.first + 1);
                const std::string station = node.name;
                scenario = around_box(std::move(scenario), station, box, number);
                out.push_back({station, one.sut, {}, false, false, links_to(box)});
                break; // there is one of it
            }
            model::NodeConfig config{node, scenario.topology, scenario.profile, seed};
            out.push_back(install(one, config, directory));
            out.back().sets_clock =
                sets_clock(scenario.given, node.name) || sets_clock(scenario.body, node.name);
        }
    for (const auto& node : scenario.topology.nodes) {
        const auto program = node.settings.find("program");
        if (program == node.settings.end() || node.player != model::Player::kernel)
            continue;
        const auto helper = load_program(program->second);
        out.push_back(install(helper, {node, scenario.topology, scenario.profile, seed}, directory));
        const auto begins = node.settings.find("program-begins");
        out.back().waits = begins != node.settings.end() && begins->second == "by-step";
    }
    return out;
}

Played World::play(const Job& job, const std::string& directory) const {
    model::Case scenario = *job.scenario;
    protect(scenario.topology, options_.protect, seed_of(job.seed, scenario.id));
    Played out;
    out.result = head(scenario);
    out.result.verdict = obstacle(scenario, out.result.reason);
    if (out.result.verdict != Verdict::pass)
        return out;
    PlayerOptions options;
    options.directory = directory;
    options.judge.profile = profile_named(scenario.profile);
    for (const model::Node& node : scenario.topology.nodes)
        peers::common::set_code_points(options.judge.profile, node.settings);
    for (const auto& one : options_.implementations)
        peers::common::set_code_points(options.judge.profile, one.sut.codepoints);
    options.judge.profile_name = scenario.profile;
    options.judge.seed = seed_of(job.seed, scenario.id);
    options.judge.sign = mobility_signer(scenario.topology, options.judge.profile);
    options.judge.strict = options_.strict;
    options.judge.foreign = !options_.implementations.empty();
    for (const auto& one : options_.implementations) {
        options.judge.claims.insert(one.sut.features.begin(), one.sut.features.end());
        options.judge.quiet = std::max(options.judge.quiet, one.sut.quiet);
    }
    try {
        return options_.stage == "lab" ? play_in_lab(scenario, options, job) : play_in_sim(scenario, options);
    } catch (const stage::lab::NotReady& trouble) {
        out.result.verdict = Verdict::error;
        out.result.reason = trouble.what();
        out.never_ready = true;
    } catch (const std::exception& trouble) {
        out.result.verdict = Verdict::error;
        out.result.reason = trouble.what();
    }
    out.stalled = stage::host::was_stopped();
    return out;
}

Played World::play_in_sim(const model::Case& scenario, const PlayerOptions& options) const {
    PlayerOptions how = options;
    const auto matches = [profile = options.judge.profile](const model::PacketSpec& spec,
                                                           const wire::Packet& packet) {
        return judge::matches(spec, packet, profile);
    };
    stage::Sim sim(scenario.topology,
                   {.profile = options.judge.profile,
                    .profile_name = scenario.profile,
                    .seed = options.judge.seed,
                    .opens = opener(scenario.topology, options.judge.profile)},
                   options_.make, matches);
    how.judge.quiescent = [&sim](base::Mono until) { return sim.quiescent(until); };
    return run::play(scenario, suites_.library, sim, how);
}

Played World::play_in_lab(const model::Case& scenario, const PlayerOptions& options, const Job& job) const {
    PlayerOptions how = options;
    how.real_time = true;
    model::Case cast_scenario = scenario;
    const auto suts = cast(cast_scenario, options.judge.seed, options.directory, job.serial);
    for (const auto& sut : suts) {
        // With an implementation in the case our own peers are not under test: what they do wrong is our
        // error.
        how.judge.under_test.insert(sut.node);
        if (sut.sut.ready.by == model::Readiness::By::probe)
            how.probes.push_back({sut.node, sut.sut.ready.boot, !sut.box.empty()});
        if (!sut.box.empty())
            how.box = sut.node;
    }
    stage::lab::Lab::Options lab_options;
    lab_options.profile = options.judge.profile;
    lab_options.profile_name = scenario.profile;
    lab_options.seed = options.judge.seed;
    lab_options.opens = opener(scenario.topology, options.judge.profile);
    lab_options.stores = options.directory;
    lab_options.stall = std::chrono::hours(1); // the player notices it, and knows what it means
    const auto matches = [profile = options.judge.profile](const model::PacketSpec& spec,
                                                           const wire::Packet& packet) {
        return judge::matches(spec, packet, profile);
    };
    const auto lab =
        std::make_shared<stage::lab::Lab>(cast_scenario.topology, lab_options, options_.make, matches, suts);
    Played out = run::play(cast_scenario, suites_.library, *lab, how);
    if (out.never_ready || model::is_red(out.result.verdict))
        for (const auto& sut : suts)
            out.result.reason += end_of_log(sut);
    if (job.keep == Keep::any || (job.keep == Keep::red && model::is_red(out.result.verdict)))
        out.spaces = lab->spaces();
    if (!out.spaces.empty())
        out.afterwards = [lab] {
            for (;;)
                lab->next({}); // the harness is the wire: without it nobody in there could speak
        };
    return out;
}

namespace {

class Sandboxed : public stage::host::Child {
public:
    explicit Sandboxed(const std::function<int()>& body) : sandbox_(body) {}
    int pidfd() const override { return sandbox_.pidfd(); }
    int pid() const override { return sandbox_.pid(); }
    void kill() override { sandbox_.kill(); }
    int wait() override { return sandbox_.wait(); }

private:
    stage::lab::Sandbox sandbox_;
};

} // namespace

std::unique_ptr<stage::host::Child> sandboxed(const std::function<int()>& body) {
    return std::make_unique<Sandboxed>(body);
}

} // namespace run
