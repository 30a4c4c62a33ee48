#include "peers/netmip6/mutant_tables.h"

namespace peers::netmip6 {

std::vector<Mutant> tar_mutants() {
    return {};
}

} // namespace peers::netmip6
