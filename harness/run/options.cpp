#include "harness/run/options.h"

#include "harness/base/ip.h"
#include "harness/base/text.h"
#include "harness/run/command_line.h"
#include "harness/run/options_reports.h"
#include "reports/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace run {

std::string version() {
    return MOBICONFORM_VERSION;
}

std::string specs() {
    return "draft-ietf-netlmm-proxymip6-02, RFC 5213, nemo-prefix-delegation-00, pmip6-nemo-support-00, "
           "netmip6-01";
}

namespace {

std::string versions() {
    return fmt::format("mobiconform {0} (suites {0}; specs {1})", version(), specs());
}

std::string seconds_or_unit(const std::string& text) {
    return text.find_first_not_of("0123456789") == std::string::npos ? text + "s" : text;
}

void duration_option(CLI::App& verb, Options& options, const std::string& name, const std::string& help) {
    verb.add_option_function<std::string>(
            name,
            [&options](const std::string& text) {
                options.timeout = base::parse_duration(seconds_or_unit(text));
                if (!options.timeout || options.timeout->count() <= 0)
                    throw CLI::ValidationError("--timeout", text + " is no duration such as 30s or 2m");
            },
            help)
        ->type_name("D");
}

void shard_option(CLI::App& verb, Options& options) {
    verb.add_option_function<std::string>(
            "--shard",
            [&options](const std::string& text) {
                const auto slash = text.find('/');
                const auto part = base::parse_number(text.substr(0, slash));
                const auto of =
                    slash == std::string::npos ? std::nullopt : base::parse_number(text.substr(slash + 1));
                if (!part || !of || *part < 1 || *part > *of || *of > 10000)
                    throw CLI::ValidationError("--shard", text + " is not I/N with I from 1 to N");
                options.shard = static_cast<unsigned>(*part);
                options.shards = static_cast<unsigned>(*of);
            },
            "Play only the I-th of N parts of the selection")
        ->type_name("I/N");
}

void profile_option(CLI::App& verb, Options& options) {
    verb.add_option("--profile", options.profile, "Dialect that is spoken")
        ->check(CLI::IsMember({"draft02", "rfc5213", "nemo-pd", "pmip6-nemo", "netmip6"}));
}

void selection(CLI::App& verb, Options& options) {
    verb.add_option("case", options.what, "Cases: id, glob, suite, requirement, purpose, or an .xml file");
    verb.add_option("--suites", options.suites, "Directory with further suites (repeatable)")
        ->type_name("DIR")
        ->check(CLI::ExistingPath);
    verb.add_option("--role", options.roles, "Only cases that test this role");
    verb.add_option("--requirement", options.requirements, "Only cases that prove this requirement (glob)");
    verb.add_option("--section", options.sections, "Only cases that prove something of this clause");
    verb.add_option("--needs", options.needs, "Only cases that need this feature");
    verb.add_option("--cost", options.cost, "Dearest cases to take: short, medium or long")
        ->check(CLI::IsMember({"short", "medium", "long"}));
    verb.add_option("--failed-from", options.failed_from,
                    "Only cases that were not green in this earlier run")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    profile_option(verb, options);
}

void json_option(CLI::App& verb, Options& options) {
    verb.add_flag("--json", options.json, "One JSON document on standard output");
}

void playing(CLI::App& verb, Options& options) {
    verb.add_option("--jobs,-j", options.jobs, "Cases at the same time")->check(CLI::Range(1u, 500u));
    verb.add_option("--seed", options.seed, "Seed of everything random");
    duration_option(verb, options, "--timeout", "A case that runs longer is an error of ours");
    verb.add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    verb.add_flag("--verbose,-v", options.verbose, "A line for green cases as well");
}

void run_verb(CLI::App& app, Options& options) {
    CLI::App* verb = app.add_subcommand("run", "Play cases against the reference peers or an implementation");
    verb->footer("Example: mobiconform run 'pmip6/lma/*' --sut acme.xml --junit result.xml\n"
                 "Exit status: 0 green, 1 failed, 2 wrong input, 3 our own trouble, 4 inconclusive");
    selection(*verb, options);
    playing(*verb, options);
    verb->add_option("--stage", options.stage, "lab: namespaces and real time; sim: virtual time")
        ->check(CLI::IsMember({"lab", "sim"}));
    verb->add_option("--sut", options.suts, "Profile of an implementation under test (repeatable)")
        ->type_name("FILE");
    verb->add_option("--protect", options.protect, "Protection of signalling between the nodes")
        ->check(CLI::IsMember({"none", "esp", "ah"}));
    shard_option(*verb, options);
    verb->add_option("--durations", options.durations,
                     "With --shard: earlier runs, by whose times the parts are made alike (repeatable)")
        ->type_name("RUN")
        ->check(CLI::ExistingPath);
    verb->add_option(
            "--resume", options.resume,
            "Go on with a run that was cut off, as it was begun; only --jobs and --verbose may be said "
            "anew")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    verb->add_option("--repeat", options.repeat, "Play everything N times, each time with the next seed")
        ->check(CLI::Range(1u, 1000000u));
    verb->add_option("--alone", options.alone,
                     "Cases that are not green and are played once more at the end, each alone (0: none)")
        ->check(CLI::Range(0u, 1000000u));
    verb->add_flag("--keep", options.keep,
                   "At the end leave up to ten topologies of cases that are not green up (of a single case: "
                   "in any case), print how to enter their nodes, and wait for Enter or ^C");
    verb->add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    verb->add_option("--require", options.require, "Features that have to be played (comma-separated)")
        ->delimiter(',');
    verb->add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    verb->add_option("--junit-rich", options.junit_rich,
                     "JUnit XML with file, line, properties and attachments")
        ->type_name("FILE");
    verb->add_option("--baseline", options.baseline, "Known verdicts: only differences fail")
        ->type_name("FILE");
    run_report_options(*verb, options);
}

void merge_verb(CLI::App& app, Options& options) {
    CLI::App* verb = app.add_subcommand("merge", "Make one run of the shards that were played apart");
    verb->footer("Example: mobiconform merge shard-1 shard-2 shard-3 --out whole\n"
                 "Exit status: as of one run of all of it; 3 where a shard is missing or was cut off");
    verb->add_option("run", options.what, "Directories of runs")->required()->check(CLI::ExistingDirectory);
    verb->add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    verb->add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    verb->add_option("--junit-rich", options.junit_rich,
                     "JUnit XML with file, line, properties and attachments")
        ->type_name("FILE");
    verb->add_flag("--verbose,-v", options.verbose, "A line for green cases as well");
}

void manual_verb(CLI::App& app, Options& options) {
    CLI::App* verb =
        app.add_subcommand("manual", "Write the manual pages and the completion of bash, as --help has it");
    verb->footer("Example: mobiconform manual --out manual");
    verb->add_option("--out", options.out, "Directory that they are written to")
        ->type_name("DIR")
        ->required();
}

// A run that goes on is the run that was begun.
void require_nothing_else(const CLI::App& verb, const Options& options) {
    for (const auto* option : verb.get_options()) {
        const bool may_be_new =
            option->check_name("--resume") || option->check_name("--jobs") || option->check_name("--verbose");
        if (option->count() != 0 && !may_be_new)
            throw CLI::ValidationError("--resume", options.resume + " goes on as it was begun: leave " +
                                                       option->get_name() + " out");
    }
}

void check_verb(CLI::App& app, Options& options) {
    CLI::App* verb =
        app.add_subcommand("check", "Judge captures, or a finished run again, by the passive rules");
    verb->footer("Example: mobiconform check trace.pcapng --role 2001:db8::1=lma --junit check.xml");
    verb->add_option("capture", options.what,
                     "pcap or pcapng files, - for standard input, or directories of runs")
        ->required();
    verb->add_option_function<std::vector<std::string>>(
            "--role",
            [&options](const std::vector<std::string>& pairs) {
                for (const auto& pair : pairs) {
                    const auto equals = pair.find('=');
                    const auto address = base::parse_ip6(pair.substr(0, equals));
                    if (equals == std::string::npos || !address || equals + 1 == pair.size())
                        throw CLI::ValidationError("--role", pair + " is not ADDRESS=ROLE");
                    options.addresses.emplace_back(base::text(*address), pair.substr(equals + 1));
                }
            },
            "Who has that address, where it cannot be recognised (repeatable)")
        ->type_name("ADDRESS=ROLE");
    profile_option(*verb, options);
    verb->add_option("--suites", options.suites, "Directory with further rules (repeatable)")
        ->check(CLI::ExistingDirectory);
    verb->add_option("--also", options.also,
                     "A second dialect in the same captures: Proxy Mobile IPv6 beside nemo-pd, or nemo-pd "
                     "beside it")
        ->check(CLI::IsMember({"draft02", "rfc5213", "nemo-pd", "pmip6-nemo"}));
    verb->add_option("--sa", options.security,
                     "Security associations with their keys, to look into ESP and verify AH")
        ->type_name("FILE");
    verb->add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    verb->add_option("--junit", options.junit, "JUnit XML: one case for each requirement")->type_name("FILE");
    json_option(*verb, options);
}

void coverage_verb(CLI::App& app, Options& options) {
    CLI::App* verb = app.add_subcommand(
        "coverage", "The ledger: how much of it cases name, how much mutants prove, how it ended");
    verb->footer(
        "Example: mobiconform coverage --suite pmip6 --prove\n"
        "A requirement is proven if a mutant that violates it gets a finding under its id from a case\n"
        "that the peer as it should be passes.\n"
        "Exit status: with --prove or --proof 1 where a testable MUST, MUST NOT or BASE is not proven");
    verb->add_option("--suite", options.suite, "Only one ledger: pmip6, nemo, pmip6-nemo or netmip6");
    verb->add_flag("--prove", options.prove, "Play the mutants in virtual time, to see what is proven");
    verb->add_option("--proof", options.proofs,
                     "What `mutants --json` wrote, instead of playing (repeatable: another profile)")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    verb->add_flag("--rows", options.rows, "A line for each requirement as well");
    verb->add_option("--from", options.from, "Directory of a run whose verdicts are shown")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    coverage_report_options(*verb, options);
    verb->add_option("--suites", options.suites, "Directory with further suites (repeatable)")
        ->check(CLI::ExistingDirectory);
    verb->add_option("--jobs,-j", options.jobs, "Cases at the same time")->check(CLI::Range(1u, 500u));
    profile_option(*verb, options);
    json_option(*verb, options);
}

void as_option(CLI::App& verb, Options& options) {
    verb.add_option("--as", options.as,
                    "Role that the tester plays: mag, lma, mr or ha; without it the one that asks")
        ->type_name("ROLE")
        ->check(CLI::IsMember({"mag", "lma", "mr", "ha"}));
}

void recording_verbs(CLI::App& app, Options& options) {
    CLI::App* import = app.add_subcommand("import", "Turn a recording into a case that plays its other side");
    import->footer("Example: mobiconform import trace.pcapng --as mag --out trace.xml\n"
                   "         mobiconform run ./trace.xml");
    import->add_option("capture", options.what, "pcap or pcapng file")->required()->expected(1);
    as_option(*import, options);
    profile_option(*import, options);
    import->add_option("--out", options.out, "File to write; else standard output")->type_name("FILE");

    CLI::App* replay = app.add_subcommand(
        "replay", "Play one side of recordings against a live peer and compare its answers");
    replay->footer("Example: mobiconform replay trace.pcapng --as mag --sut acme.xml\n"
                   "Exit status: 0 as recorded, 1 otherwise or a rule is broken, 2 wrong input, 3 our own "
                   "trouble, 4 inconclusive");
    replay->add_option("capture", options.what, "pcap or pcapng files")->required();
    as_option(*replay, options);
    replay->add_option("--stage", options.stage, "lab: namespaces and real time; sim: virtual time")
        ->check(CLI::IsMember({"lab", "sim"}));
    replay->add_option("--sut", options.suts, "Profile of the implementation that answers")
        ->type_name("FILE")
        ->expected(1);
    replay->add_option("--mutant", options.mutant, "The reference peer is this faulty one (see mutants)")
        ->type_name("NAME");
    replay
        ->add_option_function<std::string>(
            "--speed",
            [&options](const std::string& text) {
                char* end = nullptr;
                const double speed = text == "max" ? 0 : std::strtod(text.c_str(), &end);
                if (text != "max" && (*end != 0 || !(speed >= 0.001) || !(speed <= 1e6)))
                    throw CLI::ValidationError("--speed", text + " is neither a number nor max");
                options.pace = text == "max" ? 0 : 1 / speed;
            },
            "How much faster than recorded; max: as fast as answers come")
        ->type_name("N|max");
    profile_option(*replay, options);
    replay->add_option("--seed", options.seed, "Seed of everything random");
    replay->add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    replay->add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    replay->add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    json_option(*replay, options);
}

void small_verbs(CLI::App& app, Options& options) {
    CLI::App* decode = app.add_subcommand("decode", "Print packets in suite vocabulary");
    decode->footer("Example: mobiconform decode trace.pcapng --profile rfc5213 --json");
    decode->add_option("capture", options.what, "pcap or pcapng files, or - for standard input")->required();
    profile_option(*decode, options);
    json_option(*decode, options);

    CLI::App* list = app.add_subcommand("list", "Name the cases with roles, requirements, cost and needs");
    list->footer("Example: mobiconform list --role mag --cost long --json");
    selection(*list, options);
    json_option(*list, options);

    coverage_verb(app, options);

    CLI::App* explain = app.add_subcommand(
        "explain", "A requirement, a case, a template, a topology, a role or the vocabulary in "
                   "plain words");
    explain->footer("Example: mobiconform explain PMIP6-LMA-113\n         mobiconform explain one-mag pbu");
    explain
        ->add_option("id", options.what,
                     "Requirement, case, template, topology, role (its settings and events), element, or the "
                     "word vocabulary")
        ->required();
    explain->add_option("--suites", options.suites, "Directory with further suites")
        ->check(CLI::ExistingDirectory);
    profile_option(*explain, options);

    CLI::App* mutants =
        app.add_subcommand("mutants", "Play faulty peers against the cases that should notice");
    mutants->footer("Example: mobiconform mutants --role lma");
    selection(*mutants, options);
    playing(*mutants, options);
    // In virtual time a long case costs no more than a short one.
    mutants->parse_complete_callback([mutants, &options] {
        if (mutants->get_option("--cost")->count() == 0)
            options.cost = "long";
    });
    json_option(*mutants, options);

    CLI::App* compare = app.add_subcommand("compare", "What a later run shows that an earlier one did not");
    compare->footer("Example: mobiconform compare out/20260301T100000-1 out/20260302T100000-1\n"
                    "Exit status: of what is new: 1 a fail, 3 an error, 4 an inconclusive case, 0 nothing");
    compare
        ->add_option("run", options.what,
                     "The earlier and the later run: directories, or their events.ndjson")
        ->required()
        ->expected(2)
        ->check(CLI::ExistingPath);
    json_option(*compare, options);

    CLI::App* report = app.add_subcommand("report", "Make report.html of a run again, from its events alone");
    report->footer("Example: mobiconform report out/20260301T100000-1");
    report->add_option("run", options.what, "Directories of runs")->required()->check(CLI::ExistingDirectory);

    CLI::App* lint = app.add_subcommand("lint", "Check suites, profiles and baselines without playing");
    lint->footer("Example: mobiconform lint my-suite.xml acme.xml");
    lint->add_option("file", options.what, "Files; none: everything of ours");
    lint->add_option("--suites", options.suites, "Directory with further suites")
        ->check(CLI::ExistingDirectory);
    profile_option(*lint, options);

    CLI::App* profile = app.add_subcommand("profile", "Write a commented profile of an implementation");
    profile->footer("Example: mobiconform profile --new lma > acme.xml");
    profile->add_option("--new", options.new_role, "Role that it plays")->required();

    CLI::App* peer = app.add_subcommand("peer", "One reference role as a daemon on real interfaces");
    peer->footer("Example: mobiconform peer lma --config lma.xml");
    peer->add_option("role", options.what, "Role to play")->required();
    peer->add_option("--config", options.config,
                     "<peer node=...> with <interface port= name=/> and a <topology>")
        ->required()
        ->type_name("FILE");
    profile_option(*peer, options);

    CLI::App* doctor = app.add_subcommand(
        "doctor", "What this host can do, what each lack costs, and what of the suites can be played here");
    doctor->footer("Example: mobiconform doctor");
    doctor->add_option("--suites", options.suites, "Directory with further suites (repeatable)")
        ->check(CLI::ExistingDirectory);
    profile_option(*doctor, options);
    json_option(*doctor, options);
}

} // namespace

void define(CLI::App& app, Options& options) {
    app.name("mobiconform");
    app.set_version_flag("--version", versions());
    app.require_subcommand(1);
    run_verb(app, options);
    check_verb(app, options);
    small_verbs(app, options);
    recording_verbs(app, options);
    merge_verb(app, options);
    manual_verb(app, options);
    report_verbs(app, options);
    app.footer("Each verb has --help with an example.");
}

Options parse(int argc, const char* const* argv) {
    Options options;
    CLI::App app{about};
    define(app, options);
    const CLI::App* verb = nullptr;
    try {
        app.parse(argc, argv);
        verb = app.get_subcommands().front();
        if (!options.resume.empty())
            require_nothing_else(*verb, options);
    } catch (const CLI::ParseError& end) {
        throw Finish{app.exit(end) == 0 ? 0 : 2};
    }
    options.verb = verb->get_name();
    if (const CLI::Option* profile = verb->get_option_no_throw("--profile"))
        options.profile_given = profile->count() != 0;
    for (int i = 0; i < argc; ++i)
        options.command_line +=
            (i ? " " : "") + (i ? reports::shell_word(argv[i]) : std::string("mobiconform"));
    return options;
}

Options parse(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    for (const auto& word : words)
        pointers.push_back(word.c_str());
    return parse(static_cast<int>(pointers.size()), pointers.data());
}

} // namespace run
