#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/journal.h"
#include "harness/run/needs.h"
#include "harness/run/nothing.h"
#include "harness/run/profiles.h"
#include "harness/run/runner.h"
#include "harness/run/shards.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/run/world.h"
#include "harness/script/sut.h"
#include "harness/stage/host/host.h"
#include "harness/stage/host/lock.h"
#include "harness/stage/lab/features.h"
#include "reports/console.h"
#include "reports/coverage.h"
#include "reports/events.h"
#include "reports/junit.h"
#include "reports/tap.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

namespace run {

namespace {

reports::Console::Options console_options(const Options& options) {
    const auto terminal = stage::host::terminal(1);
    reports::Console::Options out;
    out.terminal = terminal.is_one;
    out.width = terminal.width;
    out.colour = terminal.is_one && !std::getenv("NO_COLOR");
    out.verbose = options.verbose;
    return out;
}

RunSettings settings_of(const Options& options) {
    RunSettings out;
    // Cases in namespaces wait for timers more than they compute; in virtual time they only compute.
    const unsigned processors = stage::host::processors();
    constexpr unsigned most_sandboxes = 80; // the host has one table of IPv6 neighbours for all of them
    const bool waits = options.stage != "sim";
    out.jobs = options.jobs ? options.jobs : waits ? most_sandboxes : processors;
    if (options.jobs == 0 && waits)
        out.eager = processors * 3;
    constexpr unsigned games_of_a_process = 16; // making one takes longer than a game in virtual time
    if (!waits)
        out.together = games_of_a_process;
    out.seed = options.seed;
    out.repeat = options.repeat;
    out.shard = options.shard;
    out.shards = options.shards;
    out.timeout = options.timeout;
    out.strict = options.strict;
    out.require = {options.require.begin(), options.require.end()};
    out.stage = options.stage;
    if (options.profile_given)
        out.again += " --profile " + options.profile;
    if (!options.mutant.empty())
        out.again += " --mutant " + reports::shell_word(options.mutant);
    for (const auto& sut : options.suts)
        out.again += " --sut " + reports::shell_word(sut);
    for (const auto& directory : options.suites)
        out.again += " --suites " + reports::shell_word(directory);
    return out;
}

std::optional<model::Baseline> baseline_of(const Options& options, const Suites& suites,
                                           const std::vector<std::string>& suts) {
    if (options.baseline.empty())
        return std::nullopt;
    script::Known known;
    known.requirements = suites.ledger.ids();
    for (const auto& one : suites.library.cases)
        known.cases.push_back(one.id);
    std::vector<model::Mistake> mistakes;
    auto out = script::load_baseline({options.baseline, read_file(options.baseline)}, known, mistakes);
    if (mistakes.empty() && !out.sut.empty() && std::find(suts.begin(), suts.end(), out.sut) == suts.end())
        throw Trouble(
            fmt::format("{} is the baseline of {}, which is not under test here", options.baseline, out.sut));
    if (!mistakes.empty()) {
        print(mistakes);
        throw Finish{2};
    }
    return out;
}

} // namespace

namespace {

/// With an implementation only what tests its role is of interest.
void keep_its_roles(std::vector<const model::Case*>& cases,
                    const std::vector<Implementation>& implementations) {
    if (implementations.empty())
        return;
    std::erase_if(cases, [&](const model::Case* one) {
        return std::none_of(implementations.begin(), implementations.end(), [&](const Implementation& each) {
            // It speaks one profile: what another specification asks of the same role is none of its duty.
            return std::find(one->under_test.begin(), one->under_test.end(), each.sut.role) !=
                       one->under_test.end() &&
                   (each.sut.profile.empty() || spec_of(each.sut.profile) == spec_of(one->profile));
        });
    });
    // Where it can be asked whether it is ready, that is asked first.
    std::stable_partition(cases.begin(), cases.end(), [&](const model::Case* one) {
        const auto& barriers = one->topology.barriers;
        return one->bootstrap &&
               std::any_of(barriers.begin(), barriers.end(), [&](const model::BarrierText& barrier) {
                   return barrier.role == implementations.front().sut.role;
               });
    });
}

/// Ledgers that the cases speak of.
std::vector<std::string> drafts_of(const std::vector<const model::Case*>& cases,
                                   const model::Ledger& ledger) {
    std::set<std::string> out;
    for (const auto* one : cases)
        for (const auto& id : one->proves())
            if (const auto* requirement = ledger.find(id))
                out.insert(requirement->suite);
    return {out.begin(), out.end()};
}

/// Of the implementation that the baseline speaks of; of our own peers it is the harness's.
std::string version_of(const std::optional<model::Baseline>& baseline, const reports::RunInfo& info) {
    if (info.implementations.empty())
        return version();
    for (const auto& one : info.implementations)
        if (!baseline || baseline->sut.empty() || baseline->sut == one.name)
            return one.version;
    return {};
}

void require_something_to_keep(const Options& options, const std::vector<Implementation>& implementations) {
    if (options.stage == "sim")
        throw Trouble("--keep: in virtual time there is nothing to enter; leave --stage sim out");
    for (const auto& one : implementations)
        if (one.sut.box.is_one())
            throw Trouble(fmt::format("--keep: {} plays one case at a time on links of its own, which cannot "
                                      "be left occupied",
                                      one.sut.name));
}

void leave_up(const std::vector<Kept>& all) {
    if (all.empty()) {
        fmt::print("--keep: nothing is left up: no case that was not green has a node with a kernel\n");
        return;
    }
    for (const auto& one : all)
        fmt::print("{}", how_to_enter(one));
    fmt::print("Enter or ^C takes down what is still up.\n");
    std::fflush(stdout);
    stage::host::wait_for_user();
}

/// Two runs in one directory would write over each other.
std::unique_ptr<stage::host::DirectoryLock> occupy(const std::string& directory) {
    auto out = std::make_unique<stage::host::DirectoryLock>(directory);
    if (out->is_taken())
        throw Trouble(directory + ": a run is being played there");
    return out;
}

/// The run that was cut off, as it was begun. `before` is what it knew.
Options resumed(const Options& now, reports::Record& before) {
    before = record_of_run(now.resume);
    const auto words = words_of(before.info.command);
    if (words.size() < 2 || words[1] != "run")
        throw Trouble(now.resume + " was not made by mobiconform run, and cannot go on");
    if (before.info.harness != version())
        throw Trouble(fmt::format("{} was begun by mobiconform {}, and this is {}: play it anew", now.resume,
                                  reports::clean(before.info.harness), version()));
    Options out = parse(words);
    out.resume = now.resume;
    out.jobs = now.jobs ? now.jobs : out.jobs;
    out.verbose |= now.verbose;
    return out;
}

/// Which cases are played here.
void divide_cases(const Options& options, const std::vector<const model::Case*>& cases, RunSettings& settings,
                  reports::RunInfo& info) {
    if (options.shards < 2)
        return;
    std::vector<model::CaseResult> results;
    for (const auto& path : options.durations) {
        auto record = std::filesystem::is_directory(path)
                          ? record_of_run(path)
                          : reports::record_of(read_file(path, std::size_t{4} << 30));
        if (record.results.empty())
            throw Trouble(path + " tells of no case how long it took");
        std::move(record.results.begin(), record.results.end(), std::back_inserter(results));
    }
    settings.division = divide(cases, options.shards, durations_of(results));
    info.shard = fmt::format("{}/{}", options.shard, options.shards);
    info.division = digest(cases, settings.division);
}

} // namespace

int play_verb(const Options& typed) {
    reports::Record before;
    auto only_here = typed.resume.empty() ? nullptr : occupy(typed.resume);
    const Options options = typed.resume.empty() ? typed : resumed(typed, before);
    if (!options.suts.empty() && options.stage == "sim")
        throw Trouble("--sut: an implementation cannot be played in virtual time; leave --stage sim out");
    if (!options.suts.empty() && !options.mutant.empty())
        throw Trouble("--mutant is a reference peer, and --sut somebody else: one of the two");
    const auto* mutant = mutant_named(options.mutant);
    WorldOptions world_options;
    world_options.stage = options.stage;
    world_options.make = cast_with(mutant);
    world_options.strict = options.strict;
    world_options.protect = options.protect;
    world_options.implementations = load_implementations(options.suts);
    if (options.keep)
        require_something_to_keep(options, world_options.implementations);
    // The right to use them is asked for before anything is played.
    require_boxes(world_options.implementations);
    std::vector<stage::lab::BoxLink> box_links;
    world_options.box_links = &box_links;
    // Somewhere else each time: a box that is used again remembers the nodes of the last run.
    constexpr std::uint64_t stride = 7919;
    world_options.first_number =
        stride *
        static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(stage::host::now().wall).count());
    RunSettings settings = settings_of(options);
    settings.first_alone = !world_options.implementations.empty();
    std::string profile;
    std::optional<std::vector<std::string>> claims;
    reports::RunInfo info;
    if (!options.reports.sut_version.empty() && world_options.implementations.size() != 1)
        throw Trouble("--sut-version: of which implementation? Say it in their profiles: <sut version=…>");
    for (auto& one : world_options.implementations) {
        if (!options.reports.sut_version.empty())
            one.version = options.reports.sut_version;
        profile = one.sut.profile;
        claims = one.sut.features;
        settings.jobs = std::min(settings.jobs, std::max(1u, one.sut.parallel));
        info.suts.push_back(fmt::format("{}{}{} ({})", one.sut.name, one.version.empty() ? "" : " ",
                                        one.version, one.sut.role));
        info.implementations.push_back({one.sut.name, one.sut.role, one.version, one.sut.profile});
    }
    if (mutant)
        info.suts.push_back(fmt::format("{}, a faulty reference peer ({})", mutant->id, mutant->role));
    const auto suites = load_suites(options, profile, claims);
    auto cases = select(options, *suites);
    keep_its_roles(cases, world_options.implementations);
    if (cases.empty() && options.failed_from.empty())
        throw Trouble(why_nothing(options, *suites, world_options.implementations));
    if (options.keep)
        settings.keep = cases.size() * options.repeat == 1 ? Keep::any : Keep::red;
    std::vector<std::string> names;
    for (const auto& one : world_options.implementations)
        names.push_back(one.sut.name);
    divide_cases(options, cases, settings, info);
    if (!typed.resume.empty() && before.info.division != info.division)
        throw Trouble("the runs of --durations, or the suites, are not what they were: other cases belong to "
                      "this shard now");
    const auto baseline = baseline_of(options, *suites, names);
    world_options.missing = unmet_needs(cases, options.stage, stage::lab::features());
    if (options.protect != "none")
        settings.again += " --protect " + options.protect;
    for (const auto& file : suites->own_files)
        settings.again += " --suites " + reports::shell_word(file);
    // Opened before anything is played: a report that cannot be written is found out now.
    std::vector<std::unique_ptr<reports::Listener>> ordered;
    const auto junit = [&](const std::string& path, reports::Junit::Dialect dialect) {
        if (!path.empty())
            ordered.push_back(std::make_unique<reports::Junit>(write_to(path), dialect, &suites->ledger));
    };
    junit(options.junit, reports::Junit::Dialect::jenkins);
    junit(options.junit_rich, reports::Junit::Dialect::rich);
    settings.directory = options.resume.empty() ? make_output_directory(options.out) : options.resume;
    if (!options.resume.empty())
        settings.earlier = reopen(options.resume).results;
    else
        only_here = occupy(settings.directory);
    reports::Ndjson journal(open_journal(settings.directory), &suites->ledger);
    const auto stream = [](const std::string& path) {
        return path == "-" ? write_to_output() : write_to(path);
    };
    if (!options.reports.tap.empty())
        ordered.push_back(std::make_unique<reports::Tap>(stream(options.reports.tap), &suites->ledger));
    if (!options.reports.annotations.empty())
        ordered.push_back(
            std::make_unique<reports::Annotations>(stream(options.reports.annotations), &suites->ledger));
    junit(settings.directory + "/junit.xml", reports::Junit::Dialect::jenkins);
    ordered.push_back(
        std::make_unique<reports::Ndjson>(write_to(settings.directory + "/events.ndjson"), &suites->ledger));

    info.harness = info.suites = version();
    info.specs = specs();
    info.started = options.resume.empty() ? stage::host::utc(stage::host::now().wall) : before.info.started;
    info.stage = options.stage;
    info.profile = profile.empty() ? options.profile : profile;
    info.command = options.command_line;
    info.directory = settings.directory;
    info.seed = options.seed;
    info.jobs = settings.jobs;
    info.rounds = settings.repeat;
    info.baseline = options.baseline;
    info.drafts = drafts_of(cases, suites->ledger);
    info.host = fmt::format("{}, {} processors", stage::host::kernel(), stage::host::processors());
    info.past = read_past(options.reports.history);
    settings.sut_version = version_of(baseline, info);
    settings.today = info.started.substr(0, 10);
    // In virtual time nothing depends on what else runs.
    settings.alone = options.stage == "lab" ? options.alone : 0;

    const auto implementations = world_options.implementations;
    const World world(*suites, std::move(world_options));
    const auto in_lab = [&](const std::function<int()>& body) {
        box_links = open_boxes(implementations); // a process of the sandbox may not, but inherits them
        auto child = sandboxed(body);
        box_links.clear();
        return child;
    };
    const auto spawn =
        options.stage == "lab" ? stage::host::Spawn(in_lab) : stage::host::Spawn(stage::host::fork_child);
    Runner runner(
        settings, [&](const Job& job, const std::string& directory) { return world.play(job, directory); },
        spawn, baseline ? &*baseline : nullptr);
    reports::Console console(write_to_output(), console_options(options), &suites->ledger);
    runner.listen(console);
    runner.keep_journal(journal);
    for (auto& listener : ordered)
        runner.listen_in_order(*listener);
    const int code = runner.run(cases, info);
    drop_journal(settings.directory);
    try {
        if (!options.reports.history.empty())
            add_to_history(options.reports.history, past_run(info, runner.results(), code));
        keep_captures(settings.directory, runner.results(), options.reports.captures);
        write_page(settings.directory);
    } catch (const Trouble& trouble) { // the run itself is over, and its verdict stands
        fmt::print(stderr, "mobiconform: {}\n", trouble.what());
    }
    if (options.keep)
        leave_up(runner.kept());
    return code;
}

} // namespace run
