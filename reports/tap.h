#pragma once

#include "harness/model/requirement.h"
#include "reports/listener.h"

#include <cstdint>

namespace reports {

/// Test Anything Protocol, version 14: a line for each case, a YAML block for what is worth reading.
class Tap : public Listener {
public:
    /// The ledger may be null; it is not owned.
    explicit Tap(Write write, const model::Ledger* ledger = nullptr)
        : write_(std::move(write)), ledger_(ledger) {}
    void run_started(const RunInfo&) override;
    void case_started(const std::string&) override {}
    void case_ended(const model::CaseResult&) override;
    void run_ended(const RunEnd&) override;

private:
    Write write_;
    const model::Ledger* ledger_;
    std::string directory_;
    std::uint64_t number_ = 0;
};

/// Workflow commands by which GitHub marks lines of suites: errors for what fails, warnings for deviations,
/// notices for what is known.
class Annotations : public Listener {
public:
    explicit Annotations(Write write, const model::Ledger* ledger = nullptr)
        : write_(std::move(write)), ledger_(ledger) {}
    void run_started(const RunInfo& info) override { directory_ = info.directory; }
    void case_started(const std::string&) override {}
    void case_ended(const model::CaseResult&) override;
    void run_ended(const RunEnd&) override;

private:
    Write write_;
    const model::Ledger* ledger_;
    std::string directory_;
};

} // namespace reports
