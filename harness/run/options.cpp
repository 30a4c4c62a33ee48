#include "harness/run/options.h"

#include "harness/base/text.h"
#include "harness/run/command_line.h"
#include "harness/run/options_parts.h"
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

void playing(CLI::App& verb, Options& options) {
    verb.add_option("--jobs,-j", options.jobs, "Cases at the same time")->check(CLI::Range(1u, 500u));
    verb.add_option("--seed", options.seed, "Seed of everything random");
    duration_option(verb, options, "--timeout", "A case that runs longer is an error of ours");
    verb.add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    verb.add_flag("--verbose,-v", options.verbose, "A line for green cases as well");
}

void run_options(CLI::App& verb, Options& options) {
    selection(verb, options);
    playing(verb, options);
    verb.add_option("--stage", options.stage, "lab: namespaces and real time; sim: virtual time")
        ->check(CLI::IsMember({"lab", "sim"}));
    verb.add_option("--sut", options.suts, "Profile of an implementation under test (repeatable)")
        ->type_name("FILE");
    verb.add_option("--mutant", options.mutant,
                    "The reference peer of its role is this faulty one (see mutants): how a failure looks")
        ->type_name("NAME");
    verb.add_option("--protect", options.protect, "Protection of signalling between the nodes")
        ->check(CLI::IsMember({"none", "esp", "ah"}));
    shard_option(verb, options);
    verb.add_option("--durations", options.durations,
                    "With --shard: earlier runs, by whose times the parts are made alike (repeatable)")
        ->type_name("RUN")
        ->check(CLI::ExistingPath);
    verb.add_option(
            "--resume", options.resume,
            "Go on with a run that was cut off, as it was begun; only --jobs and --verbose may be said "
            "anew")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    verb.add_option("--repeat", options.repeat, "Play everything N times, each time with the next seed")
        ->check(CLI::Range(1u, 1000000u));
    verb.add_option("--alone", options.alone,
                    "Cases that are not green and are played once more at the end, each alone (0: none)")
        ->check(CLI::Range(0u, 1000000u));
    verb.add_flag("--keep", options.keep,
                  "At the end leave up to ten topologies of cases that are not green up (of a single case: "
                  "in any case), print how to enter their nodes, and wait for Enter or ^C");
    verb.add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    verb.add_option("--require", options.require, "Features that have to be played (comma-separated)")
        ->delimiter(',');
    verb.add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    verb.add_option("--junit-rich", options.junit_rich,
                    "JUnit XML with file, line, properties and attachments")
        ->type_name("FILE");
    verb.add_option("--baseline", options.baseline, "Known verdicts: only differences fail")
        ->type_name("FILE");
    run_report_options(verb, options);
}

void list_options(CLI::App& verb, Options& options) {
    selection(verb, options);
    json_option(verb, options);
}

void explain_options(CLI::App& verb, Options& options) {
    verb.add_option("id", options.what,
                    "Requirement, case, template, topology, role (its settings and events), element, or the "
                    "word vocabulary")
        ->required();
    verb.add_option("--suites", options.suites, "Directory with further suites")
        ->check(CLI::ExistingDirectory);
    profile_option(verb, options);
}

void mutants_options(CLI::App& verb, Options& options) {
    selection(verb, options);
    playing(verb, options);
    // In virtual time a long case costs no more than a short one.
    verb.parse_complete_callback([&verb, &options] {
        if (verb.get_option("--cost")->count() == 0)
            options.cost = "long";
    });
    json_option(verb, options);
}

void lint_options(CLI::App& verb, Options& options) {
    verb.add_option("file", options.what, "Files; none: everything of ours");
    verb.add_option("--suites", options.suites, "Directory with further suites")
        ->check(CLI::ExistingDirectory);
    profile_option(verb, options);
}

void profile_options(CLI::App& verb, Options& options) {
    verb.add_option("--new", options.new_role, "Role that it plays")->required();
}

void peer_options(CLI::App& verb, Options& options) {
    verb.add_option("role", options.what, "Role to play")->required();
    verb.add_option("--config", options.config,
                    "<peer node=...> with <interface port= name=/> and a <topology>")
        ->required()
        ->type_name("FILE");
    profile_option(verb, options);
}

void doctor_options(CLI::App& verb, Options& options) {
    verb.add_option("--suites", options.suites, "Directory with further suites (repeatable)")
        ->check(CLI::ExistingDirectory);
    profile_option(verb, options);
    json_option(verb, options);
}

void manual_options(CLI::App& verb, Options& options) {
    verb.add_option("--out", options.out, "Directory that they are written to")->type_name("DIR")->required();
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

std::span<const Verb> play_verbs() {
    static constexpr Verb all[] = {
        {"run", "Play cases against the reference peers or an implementation",
         "Example: mobiconform run 'pmip6/lma/*' --sut acme.xml --junit result.xml\n"
         "Exit status: 0 green, 1 failed, 2 wrong input, 3 our own trouble, 4 inconclusive",
         run_options},
    };
    return all;
}

std::span<const Verb> small_verbs() {
    static constexpr Verb all[] = {
        {"list", "Name the cases with roles, requirements, cost and needs",
         "Example: mobiconform list --role mag --cost long --json", list_options},
        {"explain",
         "A requirement, a case, a template, a topology, a role, a faulty peer or the vocabulary in "
         "plain words",
         "Example: mobiconform explain PMIP6-LMA-113\n         mobiconform explain one-mag pbu",
         explain_options},
        {"mutants", "Play faulty peers against the cases that should notice",
         "Example: mobiconform mutants --role lma", mutants_options},
        {"lint", "Check suites, profiles and baselines without playing",
         "Example: mobiconform lint my-suite.xml acme.xml", lint_options},
        {"profile", "Write a commented profile of an implementation",
         "Example: mobiconform profile --new lma > acme.xml", profile_options},
        {"peer", "One reference role as a daemon on real interfaces",
         "Example: mobiconform peer lma --config lma.xml", peer_options},
        {"doctor", "What this host can do, what each lack costs, and what of the suites can be played here",
         "Example: mobiconform doctor", doctor_options},
        {"manual", "Write the manual pages and the completion of bash, as --help has it",
         "Example: mobiconform manual --out manual", manual_options},
    };
    return all;
}

/// Adds the verbs, and calls what says when each of them gets its options.
template <class Define>
void add_verbs(CLI::App& app, Define define) {
    app.name("mobiconform");
    app.set_version_flag("--version", versions());
    app.require_subcommand(1);
    for (const auto verbs : {play_verbs(), capture_verbs(), small_verbs(), report_verbs()})
        for (const Verb& verb : verbs) {
            CLI::App* added = app.add_subcommand(verb.name, verb.says);
            added->footer(verb.footer);
            define(*added, verb);
        }
    app.footer("Each verb has --help with an example.");
}

} // namespace

void define(CLI::App& app, Options& options) {
    add_verbs(app, [&](CLI::App& added, const Verb& verb) { verb.options(added, options); });
}

Options parse(int argc, const char* const* argv) {
    Options options;
    CLI::App app{about};
    // Only the verb that is named gets its options: those of all take longer to define than the rest of it.
    add_verbs(app, [&](CLI::App& added, const Verb& verb) {
        added.preparse_callback([&](std::size_t) { verb.options(added, options); });
    });
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
