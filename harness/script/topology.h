#pragma once

#include "harness/model/topology.h"
#include "harness/script/context.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace script {

/// Builds the topology of one case: the named one, the case's overrides, its set-up, and then everything that
/// follows from them (access links, ports of mobile nodes, Ethernet addresses).
class TopologyReader {
public:
    explicit TopologyReader(const Context& context) : context_(context) {}

    /// <topology> of a topologies file.
    void read(const Tag& tag);
    /// <topology> as first child of a case: additions, replacements and <play node= as=>.
    void change(const Tag& tag);
    /// <setup node=…> or <setup mobile-node=…>; true if it could be applied.
    bool set_up(const Tag& tag);
    /// Completes and checks; call it once, at the end.
    model::Topology finish();

    const model::Topology& topology() const { return topology_; }

private:
    struct Access {
        std::string node;
        std::vector<std::string> patterns; ///< names or globs of mobile nodes
        base::Duration latency{};
        std::vector<base::Prefix> addresses;
        model::Where where;
    };

    void parts(const Tag& tag);
    void link(const Tag& tag);
    void node(const Tag& tag);
    void port(const Tag& tag, model::Node& node);
    void access(const Tag& tag, const model::Node& node);
    void route(const Tag& tag, model::Node& node);
    void run(const Tag& tag, model::Node& node);
    void mobile_node(const Tag& tag);
    void barrier(const Tag& tag);
    void play(const Tag& tag);
    /// Of a role, or of SettingNames::mobile_node.
    model::Settings settings(const Tag& tag, std::string_view role,
                             const std::vector<std::string>& except = {}) const;
    std::vector<base::Prefix> addresses(const Tag& tag) const;
    void open_access(const Access& access);
    void complete_ports();
    void check_names() const;
    std::vector<std::string> names(bool nodes) const;

    const Context& context_;
    model::Topology topology_;
    std::vector<Access> accesses_;
    std::map<std::string, model::Where> identity_places_;
};

/// Names of the roles and settings of a topology's nodes, for rules and for suggestions.
std::set<std::string> roles_of(const model::Topology& topology);

} // namespace script
