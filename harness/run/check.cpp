#include "harness/crypto/association.h"
#include "harness/run/annotate.h"
#include "harness/run/checker.h"
#include "harness/run/files.h"
#include "harness/run/nodes.h"
#include "harness/run/profiles.h"
#include "harness/run/suites.h"
#include "harness/run/verbs.h"
#include "harness/stage/host/host.h"
#include "reports/failure.h"
#include "reports/junit.h"
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

namespace run {

namespace {

std::vector<std::string> captures_of(const Options& options) {
    std::vector<std::string> out;
    for (const auto& path : options.what) {
        std::error_code error;
        if (path == "-" || !std::filesystem::is_directory(path, error)) {
            out.push_back(path);
            continue;
        }
        const auto inside = files_below(path, ".pcapng");
        if (inside.empty())
            throw Trouble(path + ": there is no capture in this directory");
        out.insert(out.end(), inside.begin(), inside.end());
    }
    return out;
}

/// As the reports of a run see it: one case for each requirement.
model::CaseResult as_case(const reports::CheckReport& report, const std::string& requirement) {
    model::CaseResult out;
    out.suite = report.capture;
    out.name = requirement;
    out.id = report.capture + "/" + requirement;
    out.proves = {requirement};
    out.stage = "replay";
    for (const auto& finding : report.findings)
        if (finding.requirement == requirement)
            out.findings.push_back(finding);
    out.verdict = model::gravest(out.findings);
    return out;
}

reports::RunInfo info_of(const Options& options) {
    reports::RunInfo out;
    out.harness = out.suites = version();
    out.specs = specs();
    out.started = stage::host::utc(stage::host::now().wall);
    out.stage = "replay";
    out.profile = options.profile;
    out.command = options.command_line;
    return out;
}

/// The sessions as a table; of many the first ones.
std::string sessions_text(const reports::CheckReport& report) {
    constexpr std::size_t most = 20;
    if (report.sessions.empty())
        return {};
    std::string out =
        fmt::format("\n{:<28} {:<22} {:<22} {:<8} {:>13} {:>8} {:>5} {:>7} {:>8}  {}\n", "node", "gateway",
                    "anchor", "state", "packets", "messages", "moves", "refused", "repeated", "prefix");
    for (std::size_t at = 0; at < std::min(most, report.sessions.size()); ++at) {
        const auto& one = report.sessions[at];
        out += fmt::format("{:<28} {:<22} {:<22} {:<8} {:>13} {:>8} {:>5} {:>7} {:>8}  {}\n", one.about,
                           one.from, one.to, one.state, fmt::format("{}..{}", one.first, one.last),
                           one.messages, one.handovers, one.refusals, one.repetitions, one.prefix);
    }
    if (report.sessions_total > most)
        out += fmt::format("and {} more\n", report.sessions_total - most);
    return out;
}

std::string as_text(const reports::CheckReport& report, const model::Ledger& ledger) {
    std::string out = fmt::format("{}: {} packets, {} messages, {} sessions\n", report.capture,
                                  report.packets, report.messages, report.sessions_total);
    model::CaseResult around;
    around.id = report.capture;
    for (const auto& finding : report.findings)
        if (reports::is_notable(finding))
            out += reports::text(finding, around, &ledger);
    std::map<model::Verdict, std::vector<std::string>> by_verdict;
    for (const auto& row : report.requirements)
        by_verdict[row.verdict].push_back(row.requirement);
    for (const auto& [verdict, ids] : by_verdict)
        out += fmt::format("{:<12} {}\n", reports::word(verdict), fmt::join(ids, " "));
    if (report.requirements.empty())
        out += "no rule speaks of anything in it\n";
    out += sessions_text(report);
    return reports::clean(out);
}

/// The associations of a file; throws Finish with all its mistakes printed, which never show a key.
std::vector<crypto::Association> associations_in(const std::string& path) {
    std::vector<std::string> mistakes;
    auto out = crypto::parse(read_file(path, 4u << 20), mistakes).associations;
    for (const auto& mistake : mistakes)
        fmt::print(stderr, "{}: {}\n", reports::clean(path), mistake);
    if (mistakes.empty() && out.empty())
        fmt::print(stderr, "{}: there is no association in it\n", reports::clean(path));
    if (!mistakes.empty() || out.empty())
        throw Finish{2};
    return out;
}

bool is_profile(const std::string& name) {
    return name == "draft02" || name == "rfc5213" || name == "nemo-pd" || name == "pmip6-nemo" ||
           name == "netmip6";
}

/// The rules of each profile that is wanted, and what is known of their requirements.
class RuleShelf {
public:
    explicit RuleShelf(const Options& options) : options_(options) { options_.what.clear(); }

    /// Valid as long as this is. Throws Finish with all mistakes printed.
    const model::Library& of(const std::string& profile, bool is_given) {
        auto& place = loaded_[profile];
        if (!place) {
            options_.profile = profile;
            options_.profile_given = is_given;
            place = load_rules(options_);
            if (loaded_.size() == 1) { // mostly the only one: it shares ours
                ledger_ = std::move(place->ledger);
                place->library.ledger = &ledger_;
            }
            for (const auto& requirement : place->ledger.all())
                if (!ledger_.find(requirement.id))
                    ledger_.add(requirement);
        }
        return place->library;
    }
    const model::Ledger& ledger() const { return ledger_; }

private:
    Options options_;
    std::map<std::string, std::unique_ptr<Suites>> loaded_;
    model::Ledger ledger_;
};

/// How the messages of the other dialect are judged, with --also.
std::optional<Checker::Options> other_options(const Options& options, Checker::Options how) {
    if (options.also.empty())
        return std::nullopt;
    if (options.profile == "netmip6" ||
        family_of(profile_named(options.also).dialect) == family_of(profile_named(options.profile).dialect))
        throw Trouble(fmt::format("{} and {} cannot be told apart in one capture: one of the two is nemo-pd",
                                  options.profile, options.also));
    how.profile_name = options.also;
    how.profile = profile_named(options.also);
    return how;
}

Checker::Options options_of(const Options& options) {
    Checker::Options out;
    out.profile = profile_named(options.profile);
    out.profile_name = options.profile;
    out.strict = options.strict;
    out.threads = options.jobs != 0 ? options.jobs : 1;
    if (!options.security.empty())
        out.associations = associations_in(options.security);
    for (const auto& [address, role] : options.addresses)
        out.roles[base::parse_ip6(address).value()] = role;
    return out;
}

reports::CheckReport judged(const std::string& path, const Options& options, const Checker::Options& usual,
                            const std::optional<Checker::Options>& also, RuleShelf& shelf) {
    auto capture = stage::replay::Capture::open(path);
    capture.prepare();
    const auto nodes = nodes_in(capture.comment());
    Checker::Options how = usual;
    const bool speaks_another = nodes && !options.profile_given && is_profile(nodes->profile);
    if (speaks_another)
        how.profile_name = nodes->profile;
    if (nodes && nodes->profile == how.profile_name)
        how.profile = nodes->numbers;
    Checker checker(shelf.of(how.profile_name, options.profile_given || speaks_another), how);
    if (nodes && !also)
        checker.introduce(*nodes);
    std::optional<Checker> other;
    if (also)
        checker.share_with(other.emplace(shelf.of(also->profile_name, true), *also));
    checker.read(capture);
    return checker.report();
}

/// Not all of the capture could be judged.
bool is_cut(const reports::CheckReport& report) {
    return (!report.whole && report.packets != 0) ||
           std::ranges::any_of(report.findings, [](const auto& finding) {
               return finding.requirement.empty() && finding.verdict == model::Verdict::inconclusive;
           });
}

} // namespace

int check_verb(const Options& options) {
    RuleShelf shelf(options);
    shelf.of(options.profile, options.profile_given); // mistakes in them first
    const auto how = options_of(options);
    const auto also = other_options(options, how);
    std::unique_ptr<reports::Junit> junit;
    if (!options.junit.empty())
        junit = std::make_unique<reports::Junit>(write_to(options.junit), reports::Junit::Dialect::jenkins,
                                                 &shelf.ledger());
    if (junit)
        junit->run_started(info_of(options));
    std::vector<reports::CheckReport> all;
    reports::RunEnd end;
    std::uint64_t packets = 0;
    bool cut = false;
    const auto captures = captures_of(options);
    if (!options.out.empty() && (captures.size() != 1 || captures[0] == "-"))
        throw Trouble("--annotate copies one capture, which has to be a file");
    for (const auto& path : captures) {
        auto report = judged(path, options, how, also, shelf);
        for (const auto& trouble : report.troubles)
            fmt::print(stderr, "{}\n", reports::clean(trouble));
        packets += report.packets;
        cut |= is_cut(report);
        if (!options.out.empty())
            annotate(path, report, options.out);
        for (const auto& row : report.requirements) {
            const auto result = as_case(report, row.requirement);
            end.tally.add(result.verdict);
            if (junit)
                junit->case_ended(result);
        }
        if (!options.json)
            write_to_output()(as_text(report, shelf.ledger()));
        all.push_back(std::move(report));
        if (stage::host::interrupted())
            break;
    }
    end.interrupted = stage::host::interrupted();
    end.exit_code = end.interrupted                      ? 130
                    : packets == 0                       ? 2
                    : end.tally.failed != 0              ? 1
                    : end.tally.errors != 0              ? 3
                    : end.tally.inconclusive != 0 || cut ? 4
                                                         : 0;
    if (junit)
        junit->run_ended(end);
    if (options.json)
        write_to_output()(reports::check_json(all));
    if (packets == 0)
        fmt::print(stderr, "mobiconform: not one packet could be read\n");
    return end.exit_code;
}

} // namespace run
