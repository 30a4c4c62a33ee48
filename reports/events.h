#pragma once

#include "harness/model/requirement.h"
#include "harness/model/verdict.h"
#include "reports/listener.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

// The stream of events of a run, one JSON object a line: every other report can be made from it. The README
// documents it. All text is valid UTF-8: octets that are none are replaced.

/// One line without a newline. It is also how a worker hands its result to the runner.
std::string json(const model::CaseResult&);
/// The inverse; nullopt for anything that is not such a line (files of earlier runs are hostile input).
std::optional<model::CaseResult> parse_case_result(std::string_view);

class Ndjson : public Listener {
public:
    /// Requirements of the ledger that belong to RunInfo::drafts are written down as well; null: none.
    explicit Ndjson(Write write, const model::Ledger* ledger = nullptr)
        : write_(std::move(write)), ledger_(ledger) {}
    void run_started(const RunInfo&) override;
    void case_started(const std::string& id) override;
    void case_ended(const model::CaseResult&) override;
    void case_played_alone(const model::CaseResult&) override;
    void run_ended(const RunEnd&) override;

    /// In every event as "v"; raised whenever something becomes part of it that reports are made of. Readers
    /// take what they know of any version.
    static constexpr int version = 2;

private:
    Write write_;
    const model::Ledger* ledger_;
};

/// A run as its events tell it.
struct Record {
    RunInfo info;
    std::vector<model::CaseResult> results; ///< in order, with what became of those that were played alone
    std::optional<RunEnd> end;              ///< nullopt: it was cut off
};
/// Lines that are no events are passed over; everything may be missing.
Record record_of(std::string_view events);
/// Its results only.
std::vector<model::CaseResult> results_of(std::string_view events);

} // namespace reports
