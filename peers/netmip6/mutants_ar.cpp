#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> ar_mutants() {
    return {};
}

} // namespace peers::netmip6
