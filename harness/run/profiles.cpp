#include "harness/run/profiles.h"

namespace run {

wire::Profile profile_named(const std::string& name) {
    using Dialect = wire::Profile::Dialect;
    wire::Profile profile;
    if (name == "rfc5213")
        profile.dialect = Dialect::rfc5213;
    else if (name == "nemo-pd")
        profile.dialect = Dialect::nemo_pd;
    else if (name == "pmip6-nemo")
        profile.dialect = Dialect::pmip6_nemo;
    else if (name == "netmip6")
        profile.dialect = Dialect::netmip6;
    return profile;
}

std::string spec_of(const std::string& profile) {
    if (profile == "pmip6-nemo" || profile == "netmip6")
        return profile;
    return profile == "nemo-pd" ? "nemo" : "pmip6";
}

} // namespace run
