#pragma once

#include "harness/model/requirement.h"
#include "reports/listener.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reports {

/// JUnit XML, written as a whole when the run ends.
class Junit : public Listener {
public:
    enum class Dialect {
        jenkins, ///< validates against the Jenkins xUnit schema (tests/schema/junit-10.xsd)
        rich,    ///< adds file and line, properties of the case, and attachments, the capture first
    };
    Junit(Write, Dialect, const model::Ledger*);

    void run_started(const RunInfo&) override;
    void case_started(const std::string&) override {}
    void case_ended(const model::CaseResult&) override;
    void case_played_alone(const model::CaseResult&) override;
    void run_ended(const RunEnd&) override;

private:
    struct Suite {
        struct Entry {
            std::string text;                     ///< rendered at once where nothing more can come
            std::optional<model::CaseResult> red; ///< may be played alone yet
        };
        std::vector<Entry> cases;
        std::uint64_t tests = 0, failures = 0, errors = 0, skipped = 0;
        base::Duration took{};
    };
    std::string rendered(const model::CaseResult&) const;
    std::string properties(const model::CaseResult&) const;
    std::string run_properties(const RunEnd&) const;

    Write write_;
    Dialect dialect_;
    const model::Ledger* ledger_;
    RunInfo info_;
    std::map<std::string, Suite> suites_;
};

} // namespace reports
