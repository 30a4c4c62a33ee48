#include "reports/coverage.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/run/mutate.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "reports/events.h"
#include "reports/json.h"
#include "reports/statement.h"

#include <fmt/format.h>

#include <set>

// The verb that says how far the suites go: coverage.

namespace run {

namespace {

void check_suite(const std::string& suite, const model::Ledger& ledger) {
    std::set<std::string> known;
    for (const auto& requirement : ledger.all())
        known.insert(requirement.suite);
    if (!suite.empty() && !known.contains(suite))
        throw Trouble(fmt::format("\"{}\" is no ledger: {}", suite,
                                  base::join(std::vector<std::string>(known.begin(), known.end()), " ")));
}

// What is proven: by mutants played now, or by those of earlier runs.
std::optional<reports::Proof> proof(const Options& options, const Suites& suites) {
    std::optional<reports::Proof> out;
    for (const auto& path : options.proofs) {
        const auto read = reports::parse_proof(read_file(path, 1u << 30));
        if (!read)
            throw Trouble(path + " is not what mutants --json writes");
        if (!out)
            out.emplace();
        out->add(*read);
    }
    if (!options.prove)
        return out;
    const auto matrix = prove(options, suites);
    write_to_error()(matrix.troubles);
    if (!out)
        out.emplace();
    out->add(reports::proof_of(matrix));
    return out;
}

} // namespace

namespace {

int write_statements(const Options& options, const reports::Coverage& table, const reports::Record& record) {
    const auto made = reports::statement(table, record);
    for (const auto& path : options.reports.statements) {
        write_to(path)(path.ends_with(".xml") ? reports::statement_xml(made) : reports::statement_html(made));
        fmt::print("{}\n", path);
    }
    return reports::exit_code(made);
}

void check_statements(const Options& options) {
    if (!options.reports.statements.empty() && options.from.empty())
        throw Trouble("--statement speaks of a run: name its directory with --from");
    for (const auto& path : options.reports.statements)
        if (!path.ends_with(".html") && !path.ends_with(".xml"))
            throw Trouble(path + ": a statement is a page (.html) or XML (.xml)");
}

} // namespace

int coverage_verb(const Options& options) {
    check_statements(options);
    const auto suites = load_suites(options);
    check_suite(options.suite, suites->ledger);
    const auto proven = proof(options, *suites);
    reports::CoverageInput input{
        suites->ledger, suites->library, {}, proven ? &*proven : nullptr, options.suite};
    reports::Record record;
    if (!options.from.empty())
        record = reports::record_of(read_file(options.from + "/events.ndjson", 1u << 30));
    input.results = record.results;
    const auto table = reports::coverage(input);
    if (!options.reports.statements.empty())
        return write_statements(options, table, record);
    if (options.json)
        write_to_output()(reports::coverage_json(table));
    else
        write_to_output()(
            (options.rows || !options.from.empty() ? reports::rows_text(table) : std::string{}) +
            reports::text(table));
    return table.played && table.binding.unproven() != 0 ? 1 : 0;
}

} // namespace run
