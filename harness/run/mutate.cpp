#include "harness/run/mutate.h"

#include "harness/base/text.h"
#include "harness/run/cast.h"
#include "harness/run/files.h"
#include "harness/run/nothing.h"
#include "harness/run/profiles.h"
#include "harness/run/verbs.h"
#include "harness/run/world.h"
#include "harness/stage/host/host.h"
#include "reports/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace run {

using model::Verdict;
using peers::common::Mutant;
using namespace std::chrono_literals;

namespace {

/// Behind what one game of several hands back: no octet of a result, whose control characters are escaped.
constexpr char end_of_game = '\x1e';

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Ids that a case or the passive rules of its transcript can prove.
bool claims(const model::Case& scenario, const Mutant& mutant) {
    const auto ids = scenario.proves();
    return std::any_of(mutant.violates.begin(), mutant.violates.end(),
                       [&](const std::string& id) { return contains(ids, id); });
}

/// The specifications in whose rules it breaks something.
std::set<std::string> broken_by_rule(const model::Library& library, const Mutant& mutant) {
    std::set<std::string> out;
    for (const model::Rule& rule : library.rules)
        if (std::any_of(rule.proves.begin(), rule.proves.end(),
                        [&](const model::Proof& proof) { return contains(mutant.violates, proof.id); }))
            out.insert(rule.suite);
    return out;
}

/// The specifications that it violates: another one's bootstrap says nothing about it.
std::set<std::string> violated(const model::Library& library, const Mutant& mutant) {
    std::set<std::string> out;
    for (const std::string& id : mutant.violates)
        if (const auto* requirement = library.ledger ? library.ledger->find(id) : nullptr)
            out.insert(requirement->suite);
    return out;
}

/// Home agents of different protocols share their role's name: each is put to its own protocol's cases.
bool speaks(const model::Case& scenario, const Mutant& mutant) {
    const bool is_netmip6 = !mutant.violates.empty() && mutant.violates.front().starts_with("NETMIP6-");
    return is_netmip6 == (scenario.profile == "netmip6");
}

bool plays(const model::Case& scenario, const Mutant& mutant) {
    return speaks(scenario, mutant) &&
           std::any_of(scenario.topology.nodes.begin(), scenario.topology.nodes.end(),
                       [&](const model::Node& node) {
                           return node.role == mutant.role && node.player != model::Player::tester;
                       });
}

} // namespace

bool convicts(const model::CaseResult& result, const std::string& requirement) {
    return std::any_of(result.findings.begin(), result.findings.end(), [&](const model::Finding& finding) {
        return finding.requirement == requirement &&
               (finding.verdict == Verdict::fail || finding.verdict == Verdict::deviation ||
                (finding.verdict == Verdict::observed && finding.level == model::Level::may));
    });
}

bool is_kill(const model::CaseResult& result, const std::vector<std::string>& violates) {
    return std::any_of(violates.begin(), violates.end(),
                       [&](const std::string& id) { return convicts(result, id); });
}

Mutagen::Mutagen(const Suites& suites, std::vector<const model::Case*> cases,
                 std::vector<const Mutant*> mutants, Settings settings)
    : suites_(suites), cases_(std::move(cases)), mutants_(std::move(mutants)),
      settings_(std::move(settings)) {}

void Mutagen::add_games() {
    for (const auto* one : cases_)
        games_.push_back({one, nullptr});
    for (const auto* mutant : mutants_) {
        const auto passive = broken_by_rule(suites_.library, *mutant);
        const auto specs = violated(suites_.library, *mutant);
        for (const auto* one : cases_) {
            const std::string spec = spec_of(one->profile);
            // A rule holds in every transcript, so that any case of the role may show that it is broken.
            if (plays(*one, *mutant) && contains(one->under_test, mutant->role) &&
                (claims(*one, *mutant) || (one->bootstrap && specs.contains(spec)) || passive.contains(spec)))
                games_.push_back({one, mutant});
        }
    }
}

std::string Mutagen::played(const Game& game) const {
    WorldOptions options;
    options.make = cast_with(game.mutant);
    std::string directory;
    if (!settings_.directory.empty() && game.mutant) {
        directory =
            settings_.directory + "/" + file_name(game.mutant->id) + "/" + file_name(game.scenario->id);
        make_directory(directory);
    }
    Played out = World(suites_, std::move(options)).play({game.scenario, settings_.seed, {}}, directory);
    // Many thousands are kept, of which only the verdicts count.
    model::CaseResult verdicts;
    verdicts.id = std::move(out.result.id);
    verdicts.verdict = out.result.verdict;
    verdicts.reason = std::move(out.result.reason);
    for (const auto& finding : out.result.findings) {
        model::Finding& kept = verdicts.findings.emplace_back();
        kept.requirement = finding.requirement;
        kept.level = finding.level;
        kept.verdict = finding.verdict;
    }
    out.result = std::move(verdicts);
    return text(out);
}

void Mutagen::keep(const Game& game, const std::string& text, const std::string& why_none) {
    model::CaseResult result;
    if (auto played = parse_played(text)) {
        result = std::move(played->result);
    } else {
        result.id = game.scenario->id;
        result.verdict = Verdict::error;
        result.reason = why_none;
    }
    results_[{game.scenario, game.mutant}] = std::move(result);
}

void Mutagen::play_games(const std::function<void(std::size_t, std::size_t)>& progress) {
    // Copying what a process touches costs more than most games do, so one process plays several. Where one
    // of them dies or hangs, each gets a process of its own.
    constexpr std::size_t together = 16;
    struct Batch {
        std::size_t first, end;
    };
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < games_.size(); first += together)
        batches.push_back({first, std::min(first + together, games_.size())});

    stage::host::Workers workers;
    std::size_t next = 0, done = 0;
    const auto start = [&](std::size_t index) {
        const Batch batch = batches[index];
        const auto body = [this, batch] {
            std::string out;
            for (std::size_t game = batch.first; game < batch.end; ++game)
                out += played(games_[game]) + end_of_game;
            return out;
        };
        workers.start(index, body, settings_.timeout.value_or(120s) * (batch.end - batch.first), {});
    };
    for (;;) {
        interrupted_ = stage::host::interrupted();
        if (interrupted_)
            return;
        while (next < batches.size() && workers.running() < settings_.jobs)
            start(next++);
        if (workers.running() == 0)
            return;
        for (const auto& ended : workers.wait(1s)) {
            const Batch batch = batches[ended.job];
            if (ended.result.empty() && batch.end - batch.first > 1) {
                for (std::size_t game = batch.first; game < batch.end; ++game)
                    batches.push_back({game, game + 1});
                continue;
            }
            const std::string why_none =
                ended.out_of_time ? "ran out of time" : fmt::format("died with {}", ended.status);
            std::size_t from = 0;
            for (std::size_t game = batch.first; game < batch.end; ++game) {
                const std::size_t to = ended.result.find(end_of_game, from);
                keep(games_[game],
                     to == std::string::npos ? std::string() : ended.result.substr(from, to - from),
                     why_none);
                from = to == std::string::npos ? ended.result.size() : to + 1;
                progress(++done, games_.size());
            }
        }
    }
}

const model::CaseResult* Mutagen::result(const model::Case* scenario, const Mutant* mutant) const {
    const auto found = results_.find({scenario, mutant});
    return found == results_.end() ? nullptr : &found->second;
}

reports::KillMatrix Mutagen::matrix() const {
    reports::KillMatrix out;
    std::map<const model::Case*, std::vector<std::string>> kills;
    std::set<const model::Case*> unfit; // not green against the peer as it should be: its kills prove nothing
    for (const auto* one : cases_) {
        const auto* plain = result(one, nullptr);
        if (plain && model::is_red(plain->verdict)) {
            unfit.insert(one);
            out.troubles += fmt::format("{} is {} against the unmutated peer: what it kills does not count\n",
                                        one->id, model::name(plain->verdict));
        }
    }
    for (const auto* mutant : mutants_) {
        reports::KillMatrix::Mutant row;
        row.id = mutant->id;
        row.role = mutant->role;
        row.says = mutant->title;
        row.violates = mutant->violates;
        row.equivalent = mutant->survivor_because;
        std::string bootstrap;
        for (const auto* one : cases_) {
            const auto* played = result(one, mutant);
            if (!played || unfit.contains(one) || played->verdict == Verdict::unsupported)
                continue;
            if (claims(*one, *mutant))
                row.played.push_back(one->id);
            const auto* plain = result(one, nullptr);
            bool kills_it = false;
            for (const auto& id : mutant->violates)
                // What the peer as it should be is found to do as well tells nothing.
                if (convicts(*played, id) && plain && !convicts(*plain, id)) {
                    row.convicted[id].push_back(one->id);
                    kills_it = true;
                }
            if (kills_it) {
                row.killed_by.push_back(one->id);
                kills[one].push_back(mutant->id);
            } else if (model::is_red(played->verdict)) {
                row.noticed_by.push_back(one->id);
            }
            // Unless it is the bootstrap that shows what the mutant violates.
            if (one->bootstrap && model::is_red(played->verdict) && !is_kill(*played, mutant->violates))
                bootstrap = one->id;
        }
        if (!bootstrap.empty() && !mutant->breaks_bootstrap) {
            row.survivor_because =
                fmt::format("it breaks the bootstrap {}, so that nothing else means anything", bootstrap);
            row.killed_by.clear();
            row.convicted.clear();
        } else if (row.killed_by.empty()) {
            row.survivor_because = row.played.empty()
                                       ? "no case claims " + base::join(mutant->violates, " or ")
                                   : row.noticed_by.empty()
                                       ? fmt::format("{} cases claim it and stay green", row.played.size())
                                       : "it is noticed under another id: " + base::join(row.noticed_by, " ");
        }
        out.mutants.push_back(std::move(row));
    }
    for (const auto* one : cases_) {
        const auto* plain = result(one, nullptr);
        if (!plain || plain->verdict == Verdict::unsupported || unfit.contains(one))
            continue;
        const bool mutated = std::any_of(mutants_.begin(), mutants_.end(), [&](const Mutant* mutant) {
            return contains(one->under_test, mutant->role);
        });
        if (mutated)
            out.cases.push_back({one->id, kills[one]});
    }
    return out;
}

reports::KillMatrix Mutagen::play(const std::function<void(std::size_t, std::size_t)>& progress) {
    add_games();
    play_games(progress);
    return matrix();
}

namespace {

Mutagen::Settings mutagen_settings(const Options& options) {
    Mutagen::Settings out;
    out.jobs = options.jobs ? options.jobs : stage::host::processors();
    out.seed = options.seed;
    out.timeout = options.timeout;
    if (!options.out.empty())
        out.directory = make_output_directory(options.out);
    return out;
}

std::function<void(std::size_t, std::size_t)> progress_line() {
    return [live = stage::host::terminal(2).is_one](std::size_t done, std::size_t of) {
        if (live)
            fmt::print(stderr, "\r[{}/{}]\x1b[K{}", done, of, done == of ? "\r\x1b[K" : "");
    };
}

} // namespace

reports::KillMatrix prove(const Options& options, const Suites& suites) {
    std::vector<const Mutant*> mutants;
    for (const auto& one : faulty_peers())
        if (std::any_of(one.violates.begin(), one.violates.end(), [&](const std::string& id) {
                const auto* requirement = suites.ledger.find(id);
                return requirement && (options.suite.empty() || requirement->suite == options.suite);
            }))
            mutants.push_back(&one);
    std::vector<const model::Case*> cases;
    for (const auto& one : suites.library.cases)
        cases.push_back(&one);
    Mutagen mutagen(suites, std::move(cases), std::move(mutants), mutagen_settings(options));
    auto out = mutagen.play(progress_line());
    if (mutagen.interrupted())
        throw Finish{130};
    return out;
}

int mutants_verb(const Options& options) {
    const auto suites = load_suites(options);
    Options selected = options;
    const auto& all = faulty_peers();
    std::vector<const Mutant*> mutants;
    const auto names = [](const Mutant& one) {
        return [&one](const std::string& word) { return base::glob(word, one.id); };
    };
    // A word may name a mutant as well as a case.
    const bool any_named = std::any_of(all.begin(), all.end(), [&](const Mutant& one) {
        return std::any_of(options.what.begin(), options.what.end(), names(one));
    });
    for (const Mutant& one : all) {
        const bool wanted_role = options.roles.empty() || contains(options.roles, one.role);
        const bool named = std::any_of(options.what.begin(), options.what.end(), names(one));
        if (named)
            std::erase_if(selected.what,
                          [&](const std::string& word) { return base::glob(word, one.id) && word != "*"; });
        if (wanted_role && (named || !any_named))
            mutants.push_back(&one);
    }
    const auto cases = select(selected, *suites);
    if (cases.empty())
        throw Trouble(why_nothing(options, *suites, {}));
    Mutagen mutagen(*suites, cases, std::move(mutants), mutagen_settings(options));
    auto matrix = mutagen.play(progress_line());
    // Who asks for some cases hears of the peers that err in what these prove.
    if (!options.what.empty() && !any_named)
        std::erase_if(matrix.mutants, [](const auto& one) { return one.played.empty() && !one.killed(); });
    write_to_output()(options.json ? reports::mutants_json(matrix) : reports::text(matrix));
    if (mutagen.interrupted())
        return 130;
    const auto survives = [](const auto& mutant) { return !mutant.killed() && mutant.equivalent.empty(); };
    const bool any = std::any_of(matrix.mutants.begin(), matrix.mutants.end(), survives);
    return any ? 1 : matrix.troubles.empty() ? 0 : 3;
}

} // namespace run
