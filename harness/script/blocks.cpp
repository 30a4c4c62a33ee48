// Steps that hold steps, and those that only speak of time and values.
#include "harness/base/text.h"
#include "harness/script/steps.h"
#include "harness/script/value.h"

#include <fmt/format.h>

namespace script {

bool StepReader::block_step(const Tag& tag, model::Step& step) {
    const std::string name = tag.name();
    if (name == "any-order")
        step.what = any_order(tag);
    else if (name == "either")
        step.what = either(tag);
    else if (name == "optional")
        step.what = optional(tag);
    else if (name == "record")
        step.what = record(tag);
    else if (name == "repeat")
        step.what = repeat(tag);
    else if (name == "phase")
        step.what = phase(tag);
    else if (name == "wait")
        step.what = wait(tag);
    else
        return false;
    return true;
}

model::AnyOrder StepReader::any_order(const Tag& tag) {
    only(tag, {});
    return {read(tag.children())};
}

/// Branches know what was before all of them; behind them every name of every branch may have happened.
void StepReader::block(const Tag& tag, model::Steps& into, const Scope::Known& before, Scope::Known& after) {
    scope_.known = before;
    into = read(tag.children());
    after.insert(scope_.known.begin(), scope_.known.end());
    scope_.known = after;
}

model::Either StepReader::either(const Tag& tag) {
    only(tag, {});
    model::Either either;
    const Scope::Known before = scope_.known;
    Scope::Known after = before;
    for (const auto& branch : tag.children()) {
        if (branch.name() != "branch") {
            context_.mistake(branch.where(),
                             fmt::format("\"either\" holds branches, not {}", quoted(branch.name())));
            continue;
        }
        branch.only({"name", "when"}, *context_.mistakes);
        const Condition when = condition(branch, context_);
        if (!when.holds)
            continue;
        if (!when.later.empty())
            context_.mistake(branch.where(), "a branch can depend on the profile only");
        either.names.push_back(branch.value("name"));
        either.blocks.emplace_back();
        block(branch, either.blocks.back(), before, after);
    }
    if (either.blocks.empty())
        context_.mistake(tag.where(), "\"either\" needs branches inside");
    return either;
}

model::Either StepReader::optional(const Tag& tag) {
    only(tag, {});
    model::Either either;
    either.blocks.resize(2);
    either.names.resize(2);
    const Scope::Known before = scope_.known;
    Scope::Known after = before;
    block(tag, either.blocks.front(), before, after);
    return either;
}

model::Record StepReader::record(const Tag& tag) {
    only(tag, {"name", "value"});
    model::Record record;
    record.name = tag.required("name", *context_.mistakes);
    tag.required("value", *context_.mistakes);
    if (const auto value = tag.attr("value"))
        record.value = checked_value(*value);
    scope_.known.emplace(record.name, Scope::Named{{}, tag.where()});
    return record;
}

model::Repeat StepReader::repeat(const Tag& tag) {
    only(tag, {"count", "every", "parallel"});
    model::Repeat repeat;
    tag.required("count", *context_.mistakes);
    if (const auto count = tag.attr("count")) {
        repeat.count = checked_value(*count);
        constexpr std::uint64_t most = 1000000;
        if (repeat.count.op == model::Value::Op::literal) {
            const auto number = base::parse_number(repeat.count.text);
            if (!number || *number > most)
                context_.mistake(count->at(), fmt::format("{} is no number of rounds up to {}",
                                                          quoted(count->value), most));
        }
    }
    repeat.every = read_duration(tag.attr("every"), context_).value_or(base::Duration{});
    repeat.parallel = read_flag(tag.attr("parallel"), context_);
    ++scope_.rounds;
    repeat.steps = read(tag.children());
    --scope_.rounds;
    return repeat;
}

model::Phase StepReader::phase(const Tag& tag) {
    only(tag, {"for", "until"});
    model::Phase phase;
    phase.for_time = read_duration(tag.attr("for"), context_);
    phase.until = scope_.later(tag.attr("until"));
    if (tag.has("for") == tag.has("until"))
        context_.mistake(tag.where(), "\"phase\" lasts either \"for\" a time or \"until\" a step");
    phase.steps = read(tag.children());
    return phase;
}

model::Wait StepReader::wait(const Tag& tag) {
    only(tag, {"for", "since"});
    tag.required("for", *context_.mistakes);
    return {read_duration(tag.attr("for"), context_).value_or(base::Duration{}),
            scope_.earlier(tag.attr("since"))};
}

} // namespace script
