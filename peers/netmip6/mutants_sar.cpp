#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> sar_mutants() {
    return {};
}

} // namespace peers::netmip6
