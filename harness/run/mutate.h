#pragma once

#include "harness/run/runner.h"
#include "harness/run/suites.h"
#include "peers/common/mutant.h"
#include "reports/kill_matrix.h"

#include <map>
#include <string>
#include <vector>

namespace run {

/// Proves the suites: every case against the reference peers, then every mutant against the cases that claim
/// one of the requirements it violates, all in virtual time.
class Mutagen {
public:
    struct Settings {
        unsigned jobs = 1;
        std::uint64_t seed = 1;
        std::optional<base::Duration> timeout;
        std::string directory; ///< for the evidence of each game, in MUTANT/CASE; empty: none is kept
    };
    Mutagen(const Suites&, std::vector<const model::Case*>, std::vector<const peers::common::Mutant*>,
            Settings);

    /// Plays everything; `progress` hears of each game that has ended.
    reports::KillMatrix play(const std::function<void(std::size_t done, std::size_t of)>& progress);
    bool interrupted() const { return interrupted_; }

private:
    /// One case against one mutant; without a mutant against the peer as it should be.
    struct Game {
        const model::Case* scenario = nullptr;
        const peers::common::Mutant* mutant = nullptr;
    };
    void add_games();
    /// Plays it; the result as text.
    std::string played(const Game&) const;
    /// `why_none`: what is said of a game whose result is none.
    void keep(const Game&, const std::string& text, const std::string& why_none);
    void play_games(const std::function<void(std::size_t, std::size_t)>&);
    reports::KillMatrix matrix() const;
    const model::CaseResult* result(const model::Case*, const peers::common::Mutant*) const;

    const Suites& suites_;
    std::vector<const model::Case*> cases_;
    std::vector<const peers::common::Mutant*> mutants_;
    Settings settings_;
    std::vector<Game> games_;
    std::map<std::pair<const model::Case*, const peers::common::Mutant*>, model::CaseResult> results_;
    bool interrupted_ = false;
};

/// Plays all mutants that violate something of Options::suite against all cases, whatever they cost. Throws
/// Finish{130} when interrupted.
reports::KillMatrix prove(const Options&, const Suites&);

/// A fail or deviation under this id. Of a MAY, which nothing can break, that another way was observed.
bool convicts(const model::CaseResult&, const std::string& requirement);
/// Convicts it of an id that the mutant violates (SUITES 4).
bool is_kill(const model::CaseResult&, const std::vector<std::string>& violates);

} // namespace run
