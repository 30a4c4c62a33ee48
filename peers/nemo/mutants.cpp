#include "peers/nemo/mutants.h"

#include "peers/nemo/mutant_tables.h"

namespace peers::nemo {

const std::vector<common::Mutant>& mutants() {
    static const std::vector<common::Mutant> table = [] {
        std::vector<common::Mutant> all;
        for (auto part : {ha_policy_mutants, ha_status_mutants, ha_wire_mutants, mr_mutants})
            for (common::Mutant& mutant : part())
                all.push_back(std::move(mutant));
        return all;
    }();
    return table;
}

} // namespace peers::nemo
