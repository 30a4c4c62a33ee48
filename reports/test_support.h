#pragma once

#include "harness/model/story.h"
#include "reports/listener.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

// A run that everything in this room is tested with.

namespace reports::testing_support {

using model::Verdict;
using namespace std::chrono_literals;

inline model::Where at(unsigned line) {
    return {std::make_shared<const std::string>("suites/pmip6/lma/ordering.xml"), line, 5};
}

inline model::Ledger ledger() {
    model::Ledger out;
    model::Requirement requirement;
    requirement.id = "PMIP6-LMA-113";
    requirement.level = model::Level::must;
    requirement.role = "LMA";
    requirement.section = "5.4";
    requirement.suite = "pmip6";
    requirement.text = "A refusal for a stale timestamp carries the anchor's own time.";
    out.add(requirement);
    return out;
}

inline model::CaseResult result(std::string name, Verdict verdict) {
    model::CaseResult out;
    out.suite = "pmip6/lma/ordering";
    out.name = name;
    out.id = out.suite + "/" + name;
    out.title = "A stale timestamp is refused";
    out.proves = {"PMIP6-LMA-113"};
    out.roles = {"lma"};
    out.where = at(4);
    out.verdict = verdict;
    out.took = 484ms;
    out.seed = 7;
    out.packets = 3;
    out.directory = "pmip6.lma.ordering." + name;
    out.again = "mobiconform run pmip6/lma/ordering/" + name + " --seed 7";
    out.stage = "sim";
    return out;
}

inline std::shared_ptr<const model::Story> story() {
    auto out = std::make_shared<model::Story>();
    out->purpose = "TP-LMA-TS-03";
    out->says = "A clock that is wrong is told the right time.";
    out->steps = {{"", "send", "stale: pbu", "mag1", "lma", 12, 5, 0},
                  {"", "expect", "", "lma", "mag1", 19, 5, 0}};
    out->nodes = {{"lma", "lma", "peer"}, {"mag1", "mag", "tester"}};
    out->links = {{"core", {"lma", "mag1"}}};
    model::Story::Rung asked, answered, discovery;
    asked.packet = 41;
    asked.at = 213100us;
    asked.link = "core";
    asked.from = "mag1";
    asked.to = "lma";
    asked.kind = "binding-update";
    asked.text = "<binding-update sequence=\"7\"/>";
    asked.size = 110;
    answered = asked;
    answered.packet = 42;
    answered.at = 213900us;
    answered.from = "lma";
    answered.to = "mag1";
    answered.kind = "binding-acknowledgement";
    answered.text = "<binding-acknowledgement status=\"156\"/>";
    discovery.packet = 43;
    discovery.at = 220ms;
    discovery.link = "core";
    discovery.from = "mag1";
    discovery.kind = "neighbor-solicitation";
    discovery.count = 3;
    discovery.background = true;
    discovery.fate = "dropped";
    out->rungs = {asked, answered, discovery};
    out->octets = {{42, {0x33, 0x33, 0xff}, {{"ethernet/destination", 0, 6}}}};
    out->left_out = 2;
    return out;
}

inline model::CaseResult failing() {
    model::CaseResult out = result("stale-timestamp", Verdict::fail);
    model::Finding finding;
    finding.requirement = "PMIP6-LMA-113";
    finding.level = model::Level::must;
    finding.verdict = Verdict::fail;
    finding.sentence = "the refusal tells another time than the anchor's own";
    finding.where = at(19);
    finding.step = "expect";
    finding.culprit = "lma";
    finding.packet = 42;
    finding.at = 213900us;
    finding.differences = {{"timestamp.value", "2026-03-01T10:00:00 ± 2s", "2026-03-01T09:59:00", 96, 8},
                           {"status", "timestamp-mismatch", "", 0, 0}};
    finding.packet_text = "<packet><binding-acknowledgement status=\"156\"/></packet>";
    out.findings = {finding};
    out.story = story();
    return out;
}

// Everything that a hostile peer can put into a text that we print.
inline model::CaseResult hostile() {
    model::CaseResult out = failing();
    out.id = out.suite + "/hostile";
    out.findings[0].sentence = "nai \x1b[2J\x07 ]]> </failure> & \"quoted\" \xff\xfe \xe2\x80\xae tab\there";
    out.findings[0].differences[0].actual = std::string("nul\0 inside", 11);
    return out;
}

inline std::vector<model::CaseResult> sample() {
    model::CaseResult inconclusive = result("waits", Verdict::inconclusive);
    inconclusive.reason = "given: no answer to the first update";
    model::CaseResult error = result("tunnel", Verdict::error);
    error.reason = "veth core-mag1: Operation not permitted";
    model::CaseResult unsupported = result("kernel", Verdict::unsupported);
    unsupported.reason = "needs ip6tnl";
    model::CaseResult unclaimed = result("dhcp", Verdict::not_claimed);
    unclaimed.reason = "acme-lma lacks dhcp";
    model::CaseResult deviation = result("should", Verdict::deviation);
    model::Finding finding = failing().findings[0];
    finding.level = model::Level::should;
    finding.verdict = Verdict::deviation;
    deviation.findings = {finding};
    model::CaseResult observed = result("open", Verdict::pass);
    model::Finding choice;
    choice.verdict = Verdict::observed;
    choice.name = "order-of-options";
    choice.value = "prefix first";
    observed.findings = {choice};
    return {result("green", Verdict::pass),
            observed,
            deviation,
            failing(),
            hostile(),
            inconclusive,
            error,
            unsupported,
            unclaimed};
}

inline RunInfo info(std::uint64_t cases) {
    RunInfo out;
    out.harness = "0.1.0";
    out.suites = "0.1.0";
    out.specs = "pmip6 draft02";
    out.started = "2026-03-01T10:00:00Z";
    out.stage = "sim";
    out.profile = "draft02";
    out.command = "mobiconform run 'pmip6/lma/*'";
    out.directory = "out/20260301T100000-1";
    out.seed = 7;
    out.cases = cases;
    out.jobs = 8;
    return out;
}

inline void play(Listener& listener, const std::vector<model::CaseResult>& results) {
    listener.run_started(info(results.size()));
    RunEnd end;
    for (const auto& one : results) {
        listener.case_started(one.id);
        listener.case_ended(one);
        end.tally.add(one.verdict);
    }
    end.took = 3s;
    end.exit_code = 1;
    listener.run_ended(end);
}

/// Approved outputs are read by people when they change. MOBICONFORM_APPROVE=1 writes them anew, the diff is
/// the review.
void expect_approved(const std::string& file, const std::string& text);

} // namespace reports::testing_support
