#include "harness/run/options_reports.h"

#include <CLI/CLI.hpp>

// What the command line says of results: where they go, what they are compared with, what is made of them.

namespace run {

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

void coverage_report_options(CLI::App& verb, Options& options) {
    verb.add_option("--statement", options.reports.statements,
                    "Conformance statement of the run in --from: a page (.html) or XML (.xml) (repeatable)")
        ->type_name("FILE");
}

void report_verbs(CLI::App& app, Options& options) {
    CLI::App* history = app.add_subcommand("history", "What cases did in a row of runs, oldest first");
    history->footer("Example: mobiconform history nightly.history --case 'pmip6/lma/*'");
    history
        ->add_option("run", options.what,
                     "History files (run --history), directories of runs, or their events.ndjson")
        ->required()
        ->check(CLI::ExistingPath);
    history->add_option("--case", options.reports.pattern,
                        "Cases to tell of: id or glob; else those that were ever red");
    history->add_flag("--json", options.json, "One JSON document on standard output");

    CLI::App* bundle =
        app.add_subcommand("bundle", "Pack the evidence of a run into one file that may leave the house");
    bundle->footer(
        "Example: mobiconform bundle out/20260301T100000-1 --out evidence.tar\n"
        "Identifiers, addresses and keys are replaced, the same by the same in all files, captures\n"
        "included; --plain leaves them as they are.");
    bundle->add_option("run", options.what, "Directory of the run")
        ->required()
        ->expected(1)
        ->check(CLI::ExistingDirectory);
    bundle->add_option("--out", options.out, "The archive; else beside the directory")->type_name("FILE.tar");
    bundle->add_flag("--plain", options.reports.plain, "Replace nothing");
    bundle->add_option("--captures", options.reports.captures, "Of which cases: all, or red ones")
        ->check(CLI::IsMember({"all", "red"}));
    bundle
        ->add_option("--most", options.reports.most,
                     "Octets of captures and logs at most (512M); the gravest cases come first")
        ->transform(CLI::AsSizeValue(false));
}

} // namespace run
