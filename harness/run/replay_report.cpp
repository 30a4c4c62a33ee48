#include "harness/run/replay_report.h"

#include "harness/judge/match.h"
#include "harness/run/profiles.h"
#include "harness/run/protection.h"
#include "harness/stage/replay/replay.h"
#include "reports/failure.h"
#include "reports/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace run {

namespace {

/// What a packet says, without the headers that change on its way.
std::string message_of(const wire::Packet& packet, const wire::Profile& profile) {
    std::string out;
    for (const auto& layer : wire::describe(packet, profile).children)
        if (layer.name != "ethernet" && layer.name != "vlan" && layer.name != "ipv6")
            out += judge::brief(layer);
    return out;
}

/// Messages that are said only by whoever plays that role.
bool is_said_by(const std::string& role, std::string_view kind) {
    if (kind.starts_with("ho-"))
        return kind == (role == "sar" ? "ho-response" : role == "tar" ? "ho-request" : "");
    const bool asks = role != "lma" && role != "ha";
    return asks ? kind == "binding-update"
                : kind == "binding-acknowledgement" || kind == "binding-error" ||
                      kind == "binding-refresh-request";
}

/// Signalling of the role under test that no recorded packet stands for.
void find_the_unrecorded(Replayed& game, const model::Topology& topology, const std::string& capture_file) {
    std::set<std::uint64_t> taken;
    for (const auto& finding : game.result.findings)
        if (finding.requirement == as_recorded && finding.packet != 0)
            taken.insert(finding.packet);
    const auto profile = profile_named(game.profile);
    std::set<std::string> known;
    struct Said {
        std::uint64_t number = 0;
        base::Wall at{};
        std::string text;
    };
    std::vector<Said> others;
    std::optional<base::Wall> start;
    const auto opens = opener(topology, profile);
    auto capture = stage::replay::Capture::open(capture_file);
    while (const auto* record = capture.next()) {
        if (!start)
            start = record->at;
        auto packet = stage::replay::decode(*record, profile);
        if (opens)
            if (auto open = opens(packet))
                packet = std::move(*open);
        const auto* ip = wire::outer_ip(packet);
        if (!ip || !is_said_by(game.role, wire::kind(packet)))
            continue;
        const auto* owner = topology.owner(ip->source);
        if (owner && owner->role != game.role)
            continue;
        auto said = message_of(packet, profile);
        if (taken.contains(record->number))
            known.insert(said);
        else
            others.push_back({record->number, record->at, std::move(said)});
    }
    for (const auto& one : others) {
        // The same message on its next link, the answer to a probe.
        if (known.contains(one.text) || one.text.find("barrier@") != std::string::npos ||
            one.text.find("2001:db8:100::ff\"") != std::string::npos)
            continue;
        known.insert(one.text);
        model::Finding finding;
        finding.requirement = as_recorded;
        finding.level = model::Level::expected;
        finding.verdict = model::Verdict::deviation;
        finding.sentence = "it was said, and the recording does not have it";
        finding.packet = one.number;
        finding.at = one.at - *start;
        finding.packet_text = one.text;
        game.deviations.push_back(std::move(finding));
    }
}

} // namespace

void conclude(Replayed& game, const model::CaseResult& result, const model::Topology& topology,
              const std::string& directory) {
    game.result = result;
    std::set<unsigned> seen, different;
    for (const auto& finding : result.findings) {
        if (finding.requirement == as_recorded) {
            seen.insert(finding.where.line);
            if (finding.verdict == model::Verdict::pass)
                continue;
            different.insert(finding.where.line);
            auto one = finding;
            // The recorded packet is the place that somebody wants to look at.
            if (const auto number = game.draft.expected.find(finding.where.line);
                number != game.draft.expected.end()) {
                one.sentence += fmt::format("; recorded as #{}", number->second);
                one.where = {};
            }
            game.deviations.push_back(std::move(one));
        } else if (reports::is_notable(finding)) {
            (finding.requirement.empty() ? game.troubles : game.violations).push_back(finding);
        }
    }
    for (const auto& [line, number] : game.draft.expected) {
        game.same += seen.contains(line) && !different.contains(line);
        game.missed += !seen.contains(line);
    }
    if (!result.directory.empty())
        find_the_unrecorded(game, topology, directory + "/" + result.directory + "/capture.pcapng");
}

std::string text(const std::vector<Replayed>& games, const model::Ledger& ledger,
                 const std::string& directory) {
    std::string out;
    std::size_t deviations = 0, violations = 0;
    for (const auto& game : games) {
        out +=
            fmt::format("{}: {} steps towards the {}, {} recorded answers: {} as recorded, {} otherwise{}\n",
                        game.capture, game.draft.sent, game.role, game.draft.expected.size(), game.same,
                        game.draft.expected.size() - game.same - game.missed,
                        game.missed == 0 ? "" : fmt::format(", {} not reached", game.missed));
        model::CaseResult around = game.result;
        around.where = {};
        around.id = game.capture;
        const auto tell = [&](const char* head, const std::vector<model::Finding>& findings) {
            if (findings.empty())
                return;
            out += fmt::format("  {}:\n", head);
            for (const auto& finding : findings)
                out += reports::text(finding, around, &ledger);
        };
        tell("differs from the recording", game.deviations);
        tell("breaks a rule", game.violations);
        tell("our own trouble", game.troubles);
        if (!game.result.reason.empty())
            out += fmt::format("  {}: {}\n", model::name(game.result.verdict), game.result.reason);
        for (const auto& remark : game.remarks)
            out += fmt::format("  ({})\n", remark);
        deviations += game.deviations.size();
        violations += game.violations.size();
    }
    out += fmt::format("{} deviations from {}, {} violations of rules\nresults: {}\n", deviations,
                       games.size() == 1 ? "the recording" : fmt::format("{} recordings", games.size()),
                       violations, directory);
    return reports::clean(out);
}

std::string json(const std::vector<Replayed>& games) {
    using nlohmann::ordered_json;
    const auto findings = [](const std::vector<model::Finding>& all) {
        auto out = ordered_json::array();
        for (const auto& one : all) {
            auto differences = ordered_json::array();
            for (const auto& each : one.differences)
                differences.push_back(
                    {{"path", each.path}, {"expected", each.expected}, {"actual", each.actual}});
            out.push_back({{"requirement", one.requirement},
                           {"level", model::name(one.level)},
                           {"verdict", model::name(one.verdict)},
                           {"packet", one.packet},
                           {"message", one.sentence},
                           {"differences", std::move(differences)},
                           {"text", one.packet_text}});
        }
        return out;
    };
    auto all = ordered_json::array();
    for (const auto& game : games)
        all.push_back({{"capture", game.capture},
                       {"role", game.role},
                       {"profile", game.profile},
                       {"verdict", model::name(game.result.verdict)},
                       {"reason", game.result.reason},
                       {"sent", game.draft.sent},
                       {"recorded", game.draft.expected.size()},
                       {"same", game.same},
                       {"not_reached", game.missed},
                       {"deviations", findings(game.deviations)},
                       {"violations", findings(game.violations)},
                       {"troubles", findings(game.troubles)},
                       {"remarks", game.remarks}});
    return ordered_json{{"replays", std::move(all)}}.dump(2, ' ', false,
                                                          ordered_json::error_handler_t::replace) +
           "\n";
}

} // namespace run
