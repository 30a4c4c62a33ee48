#include "harness/run/cast.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "peers/common/make.h"
#include "peers/delegation/make.h"
#include "peers/delegation/mutants.h"
#include "peers/mip6/make.h"
#include "peers/nemo/make.h"
#include "peers/nemo/mutants.h"
#include "peers/netmip6/aaa_server.h"
#include "peers/netmip6/make.h"
#include "peers/netmip6/mutants.h"
#include "peers/pmip6/make.h"
#include "peers/pmip6/mutants.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace run {

namespace {

using Make = std::unique_ptr<model::Machine> (*)(const model::NodeConfig&);

std::unique_ptr<model::Machine> make_netmip6_ar(const model::NodeConfig& config) {
    return peers::netmip6::make_ar(config);
}

const std::map<std::string, Make>& roles() {
    static const std::map<std::string, Make> known{
        {"lma", [](const model::NodeConfig& config) { return peers::pmip6::make_lma(config); }},
        {"mag", [](const model::NodeConfig& config) { return peers::pmip6::make_mag(config); }},
        {"ha",
         [](const model::NodeConfig& config) {
             return config.profile == "netmip6" ? peers::netmip6::make_ha(config)
                                                : peers::nemo::make_ha(config);
         }},
        {"ar", make_netmip6_ar},
        {"sar", make_netmip6_ar},
        {"tar", make_netmip6_ar},
        {"mr",
         [](const model::NodeConfig& config) { // who knows of mobility, and who does not
             return config.profile == "pmip6-nemo" ? peers::delegation::make_mr(config)
                                                   : peers::nemo::make_mr(config);
         }},
        {"dr", [](const model::NodeConfig& config) { return peers::delegation::make_dr(config); }},
        {"map", [](const model::NodeConfig& config) { return peers::netmip6::make_ha(config); }},
        {"aaa", [](const model::NodeConfig& config) { return peers::netmip6::make_aaa_server(config); }},
        {"access-router", peers::mip6::make_access_router},
        {"mn", peers::common::make_mobile_node},
        {"host", peers::common::make_host},
        {"cn", peers::common::make_host},
        {"router", peers::common::make_router},
    };
    return known;
}

} // namespace

std::unique_ptr<model::Machine> play_role(const model::NodeConfig& config) {
    if (config.self.player == model::Player::tester)
        return peers::common::make_puppet(config);
    const auto found = roles().find(config.self.role);
    return found == roles().end() ? nullptr : found->second(config);
}

bool can_play(const std::string& role) {
    return roles().contains(role);
}

std::string known_roles() {
    std::vector<std::string> names;
    for (const auto& [name, make] : roles())
        names.push_back(name);
    return base::join(names, " ");
}

const std::vector<peers::common::Mutant>& faulty_peers() {
    static const std::vector<peers::common::Mutant> all = [] {
        std::vector<peers::common::Mutant> out;
        for (const auto* room : {&peers::pmip6::mutants(), &peers::nemo::mutants(),
                                 &peers::netmip6::mutants(), &peers::delegation::mutants()})
            out.insert(out.end(), room->begin(), room->end());
        return out;
    }();
    return all;
}

const peers::common::Mutant* mutant_named(const std::string& name) {
    if (name.empty())
        return nullptr;
    std::vector<std::string> known;
    for (const auto& one : faulty_peers()) {
        if (one.id == name)
            return &one;
        known.push_back(one.id);
    }
    const auto near = base::nearest(name, known);
    throw Trouble(fmt::format("there is no mutant \"{}\"{}", base::printable(name),
                              near.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", near)));
}

model::MakeMachine cast_with(const peers::common::Mutant* mutant) {
    if (!mutant)
        return play_role;
    return [mutant](const model::NodeConfig& config) {
        const bool is_it = config.self.player != model::Player::tester && config.self.role == mutant->role;
        return is_it ? mutant->make(config) : play_role(config);
    };
}

} // namespace run
