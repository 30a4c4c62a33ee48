#include "peers/netmip6/mutants.h"

#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

const std::vector<common::Mutant>& mutants() {
    static const std::vector<common::Mutant> table = [] {
        std::vector<common::Mutant> all;
        for (auto part : {ha_mutants, ha_wire_mutants, ar_mutants, ar_wire_mutants, sar_mutants, tar_mutants,
                          mn_mutants, aaa_mutants, ipv4_mutants, map_mutants, hierarchy_mutants, row_mutants})
            for (common::Mutant& mutant : part())
                all.push_back(std::move(mutant));
        return all;
    }();
    return table;
}

} // namespace peers::netmip6
