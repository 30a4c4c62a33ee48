#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/needs.h"
#include "harness/run/protection.h"
#include "harness/run/recording.h"
#include "harness/run/replay_report.h"
#include "harness/run/runner.h"
#include "harness/run/sut.h"
#include "harness/run/verbs.h"
#include "harness/run/world.h"
#include "harness/stage/host/host.h"
#include "harness/stage/lab/features.h"
#include "reports/events.h"
#include "reports/junit.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace run {

namespace {

/// The ledger row of "as it was recorded": what is not is a deviation, and the case goes on behind it.
script::Text recorded_row() {
    return {"recording",
            fmt::format("<requirements suite=\"recording\"><requirement id=\"{}\" level=\"EXPECTED\" "
                        "role=\"ANY\" section=\"the recording\" how=\"active\"><text>It answers as "
                        "the recorded implementation did.</text></requirement></requirements>",
                        as_recorded)};
}

/// What is played: a draft for each capture, in one set of suites.
struct Plan {
    std::vector<Replayed> games;
    std::vector<script::Text> texts{recorded_row()};
};

Plan plan(const Options& options, const Options& dialect, const std::string& sut_role) {
    Plan out;
    for (const auto& path : options.what) {
        const auto recording = read_recording(path, dialect);
        const auto role = sut_role.empty() ? role_under_test(recording, options) : sut_role;
        const auto bench = bench_for(role, recording.profile);
        script::DraftOptions how;
        how.suite = fmt::format("replay/{}-{}", out.games.size() + 1, suite_name(path));
        how.source = reports::clean(path);
        how.profile = recording.profile;
        how.protection = recording.protection;
        how.proves = as_recorded;
        how.pace = options.pace;
        how.shortest_pause = std::chrono::milliseconds(2);
        Replayed game;
        game.capture = path;
        game.role = role;
        game.profile = recording.profile;
        game.draft = script::draft(recording.packets, bench, how);
        game.remarks = recording.troubles;
        game.remarks.insert(game.remarks.end(), game.draft.remarks.begin(), game.draft.remarks.end());
        if (game.draft.sent == 0)
            throw Trouble(fmt::format("{}: nothing in it is said to a {}", path, role));
        if (!out.games.empty() && out.games.front().profile != game.profile)
            throw Trouble(fmt::format("{} speaks {}, {} speaks {}: replay them one after the other", path,
                                      game.profile, out.games.front().capture, out.games.front().profile));
        out.texts.push_back({how.suite, reports::clean(game.draft.text)});
        out.games.push_back(std::move(game));
    }
    return out;
}

RunSettings replay_settings(const Options& options) {
    RunSettings out;
    const unsigned processors = stage::host::processors();
    out.jobs = options.stage == "sim" ? processors : processors * 2;
    out.seed = options.seed;
    out.strict = options.strict;
    out.stage = options.stage;
    out.directory = make_output_directory(options.out);
    return out;
}

reports::RunInfo replay_info(const Options& options, const RunSettings& settings,
                             const std::string& profile) {
    reports::RunInfo out;
    out.harness = out.suites = version();
    out.specs = specs();
    out.started = stage::host::utc(stage::host::now().wall);
    out.stage = options.stage;
    out.profile = profile;
    out.command = options.command_line;
    out.directory = settings.directory;
    out.seed = options.seed;
    out.jobs = settings.jobs;
    return out;
}

} // namespace

int replay_verb(const Options& options) {
    if (!options.suts.empty() && options.stage == "sim")
        throw Trouble("--sut: an implementation cannot be played in virtual time; leave --stage sim out");
    if (!options.suts.empty() && !options.mutant.empty())
        throw Trouble("--mutant is a reference peer, and --sut somebody else: one of the two");
    const auto* mutant = mutant_named(options.mutant);
    WorldOptions world_options;
    world_options.stage = options.stage;
    world_options.make = cast_with(mutant);
    world_options.strict = options.strict;
    world_options.implementations = load_implementations(options.suts);
    require_boxes(world_options.implementations);
    std::vector<stage::lab::BoxLink> box_links;
    world_options.box_links = &box_links;
    RunSettings settings;
    Options dialect = options;
    std::optional<std::vector<std::string>> claims;
    std::string sut_role = mutant && options.as.empty() ? mutant->role : std::string{};
    for (const auto& one : world_options.implementations) {
        sut_role = one.sut.role;
        claims = one.sut.features;
        if (!options.profile_given) {
            dialect.profile = one.sut.profile;
            dialect.profile_given = true;
        }
    }
    auto [games, texts] = plan(options, dialect, sut_role);
    const auto profile = games.front().profile;
    const auto suites = load_texts(texts, profile, claims);
    std::vector<const model::Case*> cases;
    for (const auto& one : suites->library.cases)
        cases.push_back(&one);
    world_options.missing = unmet_needs(cases, options.stage, stage::lab::features());
    settings = replay_settings(options);
    for (const auto& one : world_options.implementations)
        settings.jobs = std::min(settings.jobs, std::max(1u, one.sut.parallel));
    std::vector<std::unique_ptr<reports::Listener>> listeners;
    listeners.push_back(
        std::make_unique<reports::Ndjson>(write_to(settings.directory + "/events.ndjson"), &suites->ledger));
    if (!options.junit.empty())
        listeners.push_back(std::make_unique<reports::Junit>(
            write_to(options.junit), reports::Junit::Dialect::jenkins, &suites->ledger));
    const auto implementations = world_options.implementations;
    const World world(*suites, std::move(world_options));
    const auto in_lab = [&](const std::function<int()>& body) {
        box_links = open_boxes(implementations); // a process of the sandbox may not, but inherits them
        auto child = sandboxed(body);
        box_links.clear();
        return child;
    };
    const auto info = replay_info(options, settings, profile);
    Runner runner(
        settings, [&](const Job& job, const std::string& directory) { return world.play(job, directory); },
        options.stage == "lab" ? stage::host::Spawn(in_lab) : stage::host::Spawn(stage::host::fork_child));
    for (auto& listener : listeners)
        runner.listen_in_order(*listener);
    const int code = runner.run(cases, info);
    for (const auto& result : runner.results())
        for (std::size_t i = 0; i < games.size(); ++i)
            if (result.id.starts_with(fmt::format("replay/{}-", i + 1))) {
                model::Topology bench = cases[i]->topology;
                protect(bench, "none", seed_of(settings.seed, cases[i]->id));
                conclude(games[i], result, bench, settings.directory);
            }
    write_to_output()(options.json ? json(games) : text(games, suites->ledger, settings.directory));
    if (code == 130 || code == 2)
        return code;
    const bool differs =
        std::ranges::any_of(games, [](const auto& game) { return !game.deviations.empty(); });
    return differs ? 1 : code;
}

} // namespace run
