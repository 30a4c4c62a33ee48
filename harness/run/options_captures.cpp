#include "harness/base/ip.h"
#include "harness/base/text.h"
#include "harness/run/options_parts.h"

#include <CLI/CLI.hpp>

#include <cstdlib>

// What the command line says of captures: how they are read, judged and played again.

namespace run {

namespace {

void as_option(CLI::App& verb, Options& options) {
    verb.add_option(
            "--as", options.as,
            "Role that the tester plays: mag, lma, mr, ha, ar, sar, tar, relay (agent) or gateway (of a "
            "requesting router); without it the one that asks")
        ->type_name("ROLE")
        ->check(CLI::IsMember({"mag", "lma", "mr", "ha", "ar", "sar", "tar", "relay", "gateway"}));
}

void keys_option(CLI::App& verb, Options& options) {
    verb.add_option("--sa", options.security,
                    "Security associations with their keys, to look into ESP and verify AH")
        ->type_name("FILE");
}

void decode_options(CLI::App& verb, Options& options) {
    verb.add_option("capture", options.what, "pcap or pcapng files, or - for standard input")->required();
    profile_option(verb, options);
    json_option(verb, options);
}

void check_options(CLI::App& verb, Options& options) {
    verb.add_option("capture", options.what,
                    "pcap or pcapng files (also packed with gzip or zstd), - for standard input, or "
                    "directories of runs")
        ->required();
    verb.add_option_function<std::vector<std::string>>(
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
    profile_option(verb, options);
    verb.add_option("--suites", options.suites, "Directory with further rules (repeatable)")
        ->check(CLI::ExistingDirectory);
    verb.add_option("--also", options.also,
                    "A second dialect in the same captures: Proxy Mobile IPv6 beside nemo-pd, or nemo-pd "
                    "beside it")
        ->check(CLI::IsMember({"draft02", "rfc5213", "nemo-pd", "pmip6-nemo"}));
    keys_option(verb, options);
    verb.add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    verb.add_option("--junit", options.junit, "JUnit XML: one case for each requirement")->type_name("FILE");
    verb.add_option("--annotate", options.out,
                    "A copy of the capture (of one, that is a file) as pcapng, with a comment on each packet "
                    "that proves a finding")
        ->type_name("FILE");
    verb.add_option("--jobs,-j", options.jobs, "Threads; the verdicts are the same with any number")
        ->check(CLI::Range(1u, 64u));
    json_option(verb, options);
}

void import_options(CLI::App& verb, Options& options) {
    verb.add_option("capture", options.what, "pcap or pcapng file")->required()->expected(1);
    as_option(verb, options);
    keys_option(verb, options);
    profile_option(verb, options);
    verb.add_option("--out", options.out, "File to write; else standard output")->type_name("FILE");
}

void replay_options(CLI::App& verb, Options& options) {
    verb.add_option("capture", options.what, "pcap or pcapng files")->required();
    as_option(verb, options);
    keys_option(verb, options);
    verb.add_option("--stage", options.stage, "lab: namespaces and real time; sim: virtual time")
        ->check(CLI::IsMember({"lab", "sim"}));
    verb.add_option("--sut", options.suts, "Profile of the implementation that answers")
        ->type_name("FILE")
        ->expected(1);
    verb.add_option("--mutant", options.mutant, "The reference peer is this faulty one (see mutants)")
        ->type_name("NAME");
    verb.add_option_function<std::string>(
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
    profile_option(verb, options);
    verb.add_option("--seed", options.seed, "Seed of everything random");
    verb.add_option("--out", options.out, "Directory for the results; must not exist yet or be empty")
        ->type_name("DIR");
    verb.add_option("--junit", options.junit, "JUnit XML as the Jenkins xUnit schema has it")
        ->type_name("FILE");
    verb.add_flag("--strict", options.strict, "Deviations from SHOULD and EXPECTED fail");
    json_option(verb, options);
}

} // namespace

std::span<const Verb> capture_verbs() {
    static constexpr Verb all[] = {
        {"decode", "Print packets in suite vocabulary",
         "Example: mobiconform decode trace.pcapng --profile rfc5213 --json", decode_options},
        {"check", "Judge captures, or a finished run again, by the passive rules",
         "Example: mobiconform check trace.pcapng --role 2001:db8::1=lma --junit check.xml", check_options},
        {"import", "Turn a recording into a case that plays its other side",
         "Example: mobiconform import trace.pcapng --as mag --out trace.xml\n"
         "         mobiconform run ./trace.xml",
         import_options},
        {"replay", "Play one side of recordings against a live peer and compare its answers",
         "Example: mobiconform replay trace.pcapng --as mag --sut acme.xml\n"
         "Exit status: 0 as recorded, 1 otherwise or a rule is broken, 2 wrong input, 3 our own "
         "trouble, 4 inconclusive",
         replay_options},
    };
    return all;
}

} // namespace run
