#include "harness/run/files.h"
#include "harness/run/options.h"
#include "harness/run/verbs.h"
#include "harness/stage/host/host.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>

int main(int argc, char** argv) {
    static const std::map<std::string, std::function<int(const run::Options&)>> verbs{
        {"run", run::play_verb},          {"decode", run::decode_verb},   {"list", run::list_verb},
        {"coverage", run::coverage_verb}, {"explain", run::explain_verb}, {"lint", run::lint_verb},
        {"profile", run::profile_verb},   {"doctor", run::doctor_verb},   {"peer", run::peer_verb},
        {"check", run::check_verb},       {"mutants", run::mutants_verb}, {"compare", run::compare_verb},
        {"report", run::report_verb},     {"import", run::import_verb},   {"replay", run::replay_verb},
        {"merge", run::merge_verb},       {"manual", run::manual_verb},   {"history", run::history_verb},
        {"bundle", run::bundle_verb},
    };
    stage::host::catch_interrupts();
    try {
        const run::Options options = run::parse(argc, argv);
        return verbs.at(options.verb)(options);
    } catch (const run::Finish& finish) {
        return finish.code;
    } catch (const run::Trouble& trouble) {
        fmt::print(stderr, "mobiconform: {}\n", trouble.what());
        return 2;
    } catch (const std::system_error& trouble) {
        fmt::print(stderr, "mobiconform: {}\n", trouble.what());
        return 3;
    } catch (const std::exception& trouble) {
        fmt::print(stderr, "mobiconform: this should not have happened: {}\n", trouble.what());
        return 3;
    }
}
