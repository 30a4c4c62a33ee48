// What the entities of a domain owe each other: names, clocks, timestamps.
#include "peers/pmip6/mutants_lma_tables.h"

namespace peers::pmip6 {

namespace domain_tables {

using namespace std::chrono_literals;
using namespace common;
using wire::BindingUpdate;

/// A gateway whose updates name the node otherwise, from the `first` on.
Mutant renaming(std::string id, std::string title, std::vector<std::string> violates,
                const std::string& only_at, const std::function<void(std::string&)>& change,
                std::uint64_t first = 1) {
    return spoilt(std::move(id), "mag", std::move(title), std::move(violates),
                  [=](Wrong& mag, const model::NodeConfig& config) {
                      if (!only_at.empty() && config.self.name != only_at)
                          return;
                      mag.outgoing(edit<BindingUpdate>([change](BindingUpdate& update) {
                                       if (auto* name =
                                               wire::find<wire::MobileNodeIdentifier>(update.options))
                                           change(name->nai);
                                   }).from(first));
                  });
}

} // namespace domain_tables

std::vector<Mutant> domain_mutants() {
    using namespace domain_tables;
    std::vector<Mutant> all;
    all.push_back(renaming("mag-has-names-of-its-own",
                           "one gateway of the domain names nodes as nobody else does", {"PMIP6-DOM-001"},
                           "mag2", [](std::string& nai) { nai.insert(0, "mag2+"); }));
    all.push_back(renaming(
        "mag-renames-returning-nodes", "names a node otherwise when it comes back", {"PMIP6-DOM-002"}, "",
        [](std::string& nai) { nai.insert(0, "again+"); }, 3));
    all.push_back(renaming("mag-knows-names-with-realms-only", "puts a realm behind names that have none",
                           {"PMIP6-DOM-003"}, "", [](std::string& nai) {
                               if (nai.find('@') == std::string::npos)
                                   nai += "@example.net";
                           }));
    all.push_back(spoilt("mag-clock-is-fast", "mag", "has a clock that is half a second ahead",
                         {"PMIP6-DOM-004"}, [](Wrong& mag, const model::NodeConfig&) {
                             mag.clock([](base::Now now) {
                                 now.wall += 500ms;
                                 return now;
                             });
                         }));
    all.push_back(mag_by_policy("mag-sends-no-timestamps", "orders by numbers though told nothing",
                                {"PMIP6-LMA-100"}, [](MagPolicy& policy) { policy.timestamps = false; }));
    return all;
}

} // namespace peers::pmip6
