#include "harness/stage/stores.h"

#include "harness/base/text.h"

namespace stage {

namespace {

std::string argument(const model::Arguments& arguments, const char* name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::string() : found->second;
}

Record record_of(const model::Arguments& arguments) {
    Record out{argument(arguments, "key"), argument(arguments, "first"), argument(arguments, "last"),
               argument(arguments, "owner"), arguments};
    out.fields.erase("op");
    out.fields.erase("store");
    return out;
}

} // namespace

bool Stores::take(std::size_t node, const model::Note& note, base::Mono now, base::Duration delay) {
    if (note.text != "store")
        return false;
    auto& waiting = users_.at(node).waiting;
    const base::Mono begin = waiting.empty() ? now : waiting.back().due;
    const bool writes = argument(note.arguments, "op") != "load";
    waiting.push_back({writes ? begin + delay : begin, note.arguments});
    return true;
}

std::optional<base::Mono> Stores::due() const {
    std::optional<base::Mono> earliest;
    for (const User& user : users_)
        if (!user.waiting.empty() && (!earliest || user.waiting.front().due < *earliest))
            earliest = user.waiting.front().due;
    return earliest;
}

std::optional<std::vector<Stores::Delivery>> Stores::work(base::Mono now, const Step& step) {
    for (std::size_t node = 0; node < users_.size(); ++node) {
        auto& waiting = users_[node].waiting;
        if (waiting.empty() || waiting.front().due > now)
            continue;
        const Operation operation = std::move(waiting.front());
        waiting.pop_front();
        std::vector<Delivery> out;
        carry_out(node, operation, step, out);
        return out;
    }
    return std::nullopt;
}

void Stores::carry_out(std::size_t node, const Operation& operation, const Step& step,
                       std::vector<Delivery>& out) {
    User& user = users_[node];
    const std::string op = argument(operation.arguments, "op");
    const auto lives = [&] { return !step || step(node); };
    if (op == "load") {
        user.name = argument(operation.arguments, "store");
        user.store = open_(user.name);
        out = news(node);
        out.push_back({node, {"store-ready", {}}});
        return;
    }
    if (!user.store || !lives())
        return;
    const Record record = record_of(operation.arguments);
    if (op == "put" && !user.store->put(record)) {
        out = news(node); // it has not heard yet of what is in its way
        out.push_back({node, {"refused", record.fields}});
        return;
    }
    if (op == "erase" && !user.store->erase(record.key, record.owner))
        return;
    if (!lives())
        return;
    user.store->sync();
    if (op == "put")
        out.push_back({node, {"kept", record.fields}});
    tell_others(node, out);
}

void Stores::tell_others(std::size_t node, std::vector<Delivery>& out) {
    for (std::size_t other = 0; other < users_.size(); ++other)
        if (other != node && users_[other].store && users_[other].name == users_[node].name)
            for (auto& one : news(other))
                out.push_back(std::move(one));
}

std::vector<Stores::Delivery> Stores::news(std::size_t node) {
    std::vector<Delivery> out;
    if (!users_.at(node).store)
        return out;
    for (auto& change : users_[node].store->news()) {
        model::Arguments arguments = std::move(change.record.fields);
        arguments["key"] = change.record.key;
        out.push_back({node, {change.gone ? "erased" : "stored", std::move(arguments)}});
    }
    return out;
}

void Stores::end(std::size_t node, bool wiped) {
    User& user = users_.at(node);
    if (wiped && user.store)
        user.store->wipe();
    user = {};
}

base::Duration store_delay(const model::Settings& settings) {
    return base::parse_duration(argument(settings, "store-delay")).value_or(base::Duration{});
}

} // namespace stage
