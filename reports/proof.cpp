#include "reports/proof.h"

#include <nlohmann/json.hpp>

namespace reports {

using nlohmann::ordered_json;

void Proof::add(const Proof& other) {
    for (const auto& [id, convictions] : other.by_requirement) {
        auto& own = by_requirement[id];
        own.insert(own.end(), convictions.begin(), convictions.end());
    }
}

Proof proof_of(const KillMatrix& matrix) {
    Proof out;
    for (const auto& mutant : matrix.mutants)
        if (mutant.killed())
            for (const auto& [id, cases] : mutant.convicted)
                out.by_requirement[id].push_back({mutant.id, cases});
    return out;
}

std::optional<Proof> parse_proof(std::string_view text) {
    const auto document = ordered_json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("mutants") || !document["mutants"].is_array())
        return std::nullopt;
    Proof out;
    for (const auto& mutant : document["mutants"]) {
        if (!mutant.is_object() || !mutant.value("id", ordered_json()).is_string() ||
            !mutant.value("convicted", ordered_json()).is_object())
            return std::nullopt;
        for (const auto& [id, cases] : mutant["convicted"].items()) {
            Proof::Conviction one{mutant["id"].get<std::string>(), {}};
            for (const auto& each : cases)
                if (each.is_string())
                    one.cases.push_back(each.get<std::string>());
            if (!one.cases.empty())
                out.by_requirement[id].push_back(std::move(one));
        }
    }
    return out;
}

} // namespace reports
