#include "harness/run/options_parts.h"

#include <CLI/CLI.hpp>

// What the command line says of results: where they go, what they are compared with, what is made of them.

namespace run {

void profile_option(CLI::App& verb, Options& options) {
    verb.add_option("--profile", options.profile, "Dialect that is spoken")
        ->check(CLI::IsMember({"draft02", "rfc5213", "nemo-pd", "pmip6-nemo", "netmip6"}));
}

void json_option(CLI::App& verb, Options& options) {
    verb.add_flag("--json", options.json, "One JSON document on standard output");
}

void run_report_options(CLI::App& verb, Options& options) {
    auto& to = options.reports;
    verb.add_option("--tap", to.tap, "Test Anything Protocol 14 (- for standard output)")->type_name("FILE");
    verb.add_option("--annotations", to.annotations,
                    "GitHub workflow commands that mark lines of suites (- for standard output)")
        ->type_name("FILE");
    verb.add_option("--history", to.history,
                    "Earlier runs, a line each: what a case did in them is told, and this run is added")
        ->type_name("FILE");
    verb.add_option("--sut-version", to.sut_version,
                    "Version of the implementation, instead of that of its profile")
        ->type_name("VERSION");
    verb.add_option("--captures", to.captures, "Whose captures are kept at the end: all cases, or red ones")
        ->check(CLI::IsMember({"all", "red"}));
}

namespace {

void merge_options(CLI::App& verb, Options& options) {
    verb.add_option("run", options.what, "Directories of runs")->required()->check(CLI::ExistingDirectory);
    verb.add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    verb.add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    verb.add_option("--junit-rich", options.junit_rich,
                    "JUnit XML with file, line, properties and attachments")
        ->type_name("FILE");
    verb.add_option("--history", options.reports.history,
                    "Earlier runs, a line each: what a case did in them is told, and the merged run is added")
        ->type_name("FILE");
    verb.add_flag("--verbose,-v", options.verbose, "A line for green cases as well");
}

void coverage_options(CLI::App& verb, Options& options) {
    verb.add_option("--suite", options.suite, "Only one ledger: pmip6, nemo, pmip6-nemo or netmip6");
    verb.add_flag("--prove", options.prove, "Play the mutants in virtual time, to see what is proven");
    verb.add_option("--proof", options.proofs,
                    "What `mutants --json` wrote, instead of playing (repeatable: another profile)")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    verb.add_flag("--rows", options.rows, "A line for each requirement as well");
    verb.add_option("--from", options.from, "Directory of a run whose verdicts are shown")
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    verb.add_option("--statement", options.reports.statements,
                    "Conformance statement of the run in --from: a page (.html) or XML (.xml) (repeatable)")
        ->type_name("FILE");
    verb.add_option("--suites", options.suites, "Directory with further suites (repeatable)")
        ->check(CLI::ExistingDirectory);
    verb.add_option("--jobs,-j", options.jobs, "Cases at the same time")->check(CLI::Range(1u, 500u));
    profile_option(verb, options);
    json_option(verb, options);
}

void compare_options(CLI::App& verb, Options& options) {
    verb.add_option("run", options.what, "The earlier and the later run: directories, or their events.ndjson")
        ->required()
        ->expected(2)
        ->check(CLI::ExistingPath);
    json_option(verb, options);
}

void report_options(CLI::App& verb, Options& options) {
    verb.add_option("run", options.what, "Directories of runs")->required()->check(CLI::ExistingDirectory);
}

void history_options(CLI::App& verb, Options& options) {
    verb.add_option("run", options.what,
                    "History files (run --history), directories of runs, or their events.ndjson")
        ->required()
        ->check(CLI::ExistingPath);
    verb.add_option("--case", options.reports.pattern,
                    "Cases to tell of: id or glob; else those that were ever red");
    verb.add_flag("--json", options.json, "One JSON document on standard output");
}

void bundle_options(CLI::App& verb, Options& options) {
    verb.add_option("run", options.what, "Directory of the run")
        ->required()
        ->expected(1)
        ->check(CLI::ExistingDirectory);
    verb.add_option("--out", options.out, "The archive; else beside the directory")->type_name("FILE.tar");
    verb.add_flag("--plain", options.reports.plain, "Replace nothing");
    verb.add_option("--captures", options.reports.captures, "Of which cases: all, or red ones")
        ->check(CLI::IsMember({"all", "red"}));
    verb.add_option("--most", options.reports.most,
                    "Octets of captures and logs at most (512M); the gravest cases come first")
        ->transform(CLI::AsSizeValue(false));
}

} // namespace

std::span<const Verb> report_verbs() {
    static constexpr Verb all[] = {
        {"merge", "Make one run of the shards that were played apart",
         "Example: mobiconform merge shard-1 shard-2 shard-3 --out whole\n"
         "Exit status: as of one run of all of it; 3 where a shard is missing or was cut off",
         merge_options},
        {"coverage", "The ledger: how much of it cases name, how much mutants prove, how it ended",
         "Example: mobiconform coverage --suite pmip6 --prove\n"
         "A requirement is proven if a mutant that violates it gets a finding under its id from a case\n"
         "that the peer as it should be passes.\n"
         "Exit status: with --prove or --proof 1 where a testable MUST, MUST NOT or BASE is not proven;\n"
         "with --statement 1 where the implementation does not conform, 3 where the run was cut off or had\n"
         "errors, 4 where something is not decided",
         coverage_options},
        {"compare", "What a later run shows that an earlier one did not",
         "Example: mobiconform compare out/20260301T100000-1 out/20260302T100000-1\n"
         "Exit status: of what is new: 1 a fail, 3 an error, 4 an inconclusive case, 0 nothing",
         compare_options},
        {"report", "Make report.html of a run again, from its events alone",
         "Example: mobiconform report out/20260301T100000-1", report_options},
        {"history", "What cases did in a row of runs, oldest first",
         "Example: mobiconform history nightly.history --case 'pmip6/lma/*'", history_options},
        {"bundle", "Pack the evidence of a run into one file that may leave the house",
         "Example: mobiconform bundle out/20260301T100000-1 --out evidence.tar\n"
         "Identifiers, addresses and keys are replaced, the same by the same in all files, captures\n"
         "included; --plain leaves them as they are.",
         bundle_options},
    };
    return all;
}

} // namespace run
