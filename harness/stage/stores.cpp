#include "harness/stage/stores.h"

namespace stage {

namespace {

std::string argument(const model::Note& note, const char* name) {
    const auto found = note.arguments.find(name);
    return found == note.arguments.end() ? std::string() : found->second;
}

} // namespace

std::vector<Stores::Delivery> Stores::carry_out(std::size_t node, const model::Note& note) {
    std::vector<Delivery> out;
    if (note.text != "store")
        return out;
    Store& store = stores_[argument(note, "store")];
    const std::string op = argument(note, "op"), key = argument(note, "key");
    if (op == "load") {
        store.nodes.insert(node);
        for (const auto& [name, record] : store.records)
            out.push_back({node, {"stored", record}});
        out.push_back({node, {"store-ready", {}}});
        return out;
    }
    if (op == "put")
        store.records[key] = note.arguments;
    else if (op == "erase")
        store.records.erase(key);
    for (const std::size_t other : store.nodes)
        if (other != node)
            out.push_back({other, {op == "put" ? "stored" : "erased", note.arguments}});
    return out;
}

} // namespace stage
