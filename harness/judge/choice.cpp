#include "harness/judge/running.h"

#include <fmt/format.h>

#include <algorithm>

namespace judge {
namespace {

/// Several ways to go on; the first whose first step is met is taken.
class Choosing : public Running {
public:
    Choosing(const model::Either& what, const model::Step& step, const Scope& scope) : Running(step, scope) {
        for (const auto& steps : what.blocks) {
            const auto number = static_cast<std::size_t>(&steps - what.blocks.data());
            const bool named = number < what.names.size() && !what.names[number].empty();
            if (steps.empty()) {
                has_empty_ = true;
                if (named)
                    empty_name_ = what.names[number];
                continue;
            }
            auto branch = std::make_unique<Branch>();
            Scope inner = scope;
            inner.findings = &branch->findings;
            branch->lead = static_cast<std::size_t>(
                std::ranges::find_if_not(
                    steps, [](const auto& one) { return std::holds_alternative<model::Record>(one.what); }) -
                steps.begin());
            branch->steps = std::make_unique<Sequence>(steps, inner);
            branch->is_named = named;
            branch->name = named ? what.names[number] : fmt::format("branch {}", number + 1);
            branches_.push_back(std::move(branch));
        }
    }

    void start() override {
        for (auto& branch : branches_)
            branch->steps->start();
        settle();
    }

    Reaction see(const Sighting& sighting) override {
        if (finished())
            return Reaction::none;
        if (taken_) {
            const auto reaction = taken_->steps->see(sighting);
            settle();
            return reaction;
        }
        Reaction reaction = Reaction::none;
        keyed_.clear();
        for (auto& branch : branches_) {
            if (branch->failed())
                continue;
            const auto own = branch->steps->see(sighting);
            if (own == Reaction::keyed)
                keyed_.push_back(branch.get());
            reaction = std::max(reaction, own);
            if (branch->begun())
                break;
        }
        settle();
        return reaction;
    }

    void reject(const Sighting& sighting, bool may_be_repetition) override {
        if (taken_)
            taken_->steps->reject(sighting, may_be_repetition);
        else if (auto* nearest = nearest_keyed()) {
            nearest->steps->reject(sighting, may_be_repetition);
            // It has the key and is none of what may come: nothing is not what came.
            has_empty_ = has_empty_ && !nearest->failed();
        }
        settle();
    }
    std::size_t distance() const override {
        if (taken_)
            return taken_->steps->distance();
        const auto* nearest = nearest_keyed();
        return nearest ? nearest->steps->distance() : 0;
    }
    std::vector<std::string> repeats() const override {
        if (taken_)
            return taken_->steps->repeats();
        std::vector<std::string> all;
        for (const auto* branch : keyed_)
            for (auto& field : branch->steps->repeats())
                all.push_back(std::move(field));
        return all;
    }
    void hear(const model::Event& event) override {
        for (auto& branch : branches_)
            if (!taken_ || branch.get() == taken_)
                branch->steps->hear(event);
        settle();
    }
    void step_ended(const std::string& name, bool well, const MarkPtr& mark) override {
        for (auto& branch : branches_)
            if (!taken_ || branch.get() == taken_)
                branch->steps->step_ended(name, well, mark);
    }
    void tick() override {
        for (auto& branch : branches_)
            if ((!taken_ && !branch->failed()) || branch.get() == taken_) {
                branch->steps->tick();
                if (!taken_ && branch->begun())
                    break;
            }
        settle();
    }
    void close() override {
        if (taken_)
            taken_->steps->close();
        else if (has_empty_)
            skip();
        else
            for (auto& branch : branches_)
                branch->steps->close();
        settle();
    }
    std::optional<base::Mono> deadline() const override {
        std::optional<base::Mono> earliest;
        for (const auto& branch : branches_)
            if ((!taken_ && !branch->failed()) || branch.get() == taken_)
                earliest = sooner(earliest, branch->steps->deadline());
        return earliest;
    }
    std::vector<const model::Step*> waiting() const override {
        std::vector<const model::Step*> all;
        for (const auto& branch : branches_)
            if (!taken_ || branch.get() == taken_)
                for (const auto* step : branch->steps->waiting())
                    all.push_back(step);
        return all;
    }
    bool may_be_skipped() const override { return !taken_ && has_empty_; }
    void skip() override {
        record(empty_name_);
        finish(Outcome::met, origin());
    }

private:
    struct Branch {
        std::vector<model::Finding> findings;
        std::unique_ptr<Sequence> steps;
        std::size_t lead = 0; ///< records in front of its first step
        std::string name;
        bool is_named = false;
        bool failed() const { return steps->outcome() == Outcome::failed || steps->excused(); }
        bool begun() const { return !failed() && steps->position() > lead; }
    };

    Branch* nearest_keyed() const {
        const auto nearest = std::ranges::min_element(
            keyed_, {}, [](const auto* branch) { return branch->steps->distance(); });
        return nearest == keyed_.end() ? nullptr : *nearest;
    }

    void record(std::string which) {
        auto finding = world().bench.plain(model::Verdict::observed, circumstance({}),
                                           fmt::format("{} took the way: {}", label(), which));
        finding.name = label();
        finding.value = std::move(which);
        findings().push_back(std::move(finding));
    }

    void take(Branch& branch) {
        taken_ = &branch;
        const bool records_itself = branch.lead != 0;
        if (branch.is_named || !records_itself)
            record(branch.name);
        std::ranges::move(branch.findings, std::back_inserter(findings()));
        branch.findings.clear();
        branch.steps->redirect(&findings());
    }

    void settle() {
        if (finished())
            return;
        if (!taken_) {
            const auto begun = std::ranges::find_if(branches_, [](const auto& one) { return one->begun(); });
            if (begun != branches_.end())
                take(**begun);
            else if (std::ranges::all_of(branches_, [](const auto& one) { return one->failed(); }))
                none_left();
        }
        if (!taken_)
            return;
        // Findings of a step that was already running when the branch was taken.
        std::ranges::move(taken_->findings, std::back_inserter(findings()));
        taken_->findings.clear();
        if (taken_->steps->finished())
            finish(taken_->steps->outcome(), taken_->steps->end());
    }

    void none_left() {
        if (has_empty_) {
            // It was waited for in vain: what follows has its own time from here on.
            record(empty_name_);
            finish_at(Outcome::met, world().now.mono);
            return;
        }
        if (step().proves.empty()) {
            for (auto& branch : branches_) {
                std::ranges::move(branch->findings, std::back_inserter(findings()));
                if (!branch->findings.empty())
                    break;
            }
        } else {
            std::vector<model::Difference> differences;
            Circumstance here = circumstance(world().bench.duty(step().by, {}));
            std::string sentence = "none of the ways that are allowed was taken";
            for (const auto& branch : branches_)
                for (const auto& finding : branch->findings) {
                    sentence += "; " + finding.sentence;
                    here.packet = finding.packet;
                    here.packet_text = finding.packet_text;
                    differences.insert(differences.end(), finding.differences.begin(),
                                       finding.differences.end());
                }
            world().bench.broken(step().proves, here, std::move(sentence), std::move(differences),
                                 findings());
        }
        finish(Outcome::failed, std::make_shared<Mark>(Mark{world().now.mono, false, 0}));
    }

    std::vector<std::unique_ptr<Branch>> branches_;
    Branch* taken_ = nullptr;
    std::vector<Branch*> keyed_;
    bool has_empty_ = false;
    std::string empty_name_ = "nothing";
};

} // namespace

// One signature for all kinds of steps. NOLINTNEXTLINE(performance-unnecessary-value-param)
std::unique_ptr<Running> running(const model::Either& what, const model::Step& step, Scope scope) {
    return std::make_unique<Choosing>(what, step, scope);
}

} // namespace judge
