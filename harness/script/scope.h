#pragma once

#include "harness/model/scenario.h"
#include "harness/model/topology.h"
#include "harness/script/context.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace script {

/// Which names a case may speak of, and where: nodes, mobile nodes, steps that came before, rounds.
class Scope {
public:
    Scope(const Context& context, const model::Topology& topology, std::set<std::string> learned);

    /// What a step that has a name is: the layers of its packet, where it has one.
    struct Named {
        std::vector<std::string> layers; ///< empty: any field may be asked for
        model::Where where;
    };
    using Known = std::map<std::string, Named>;

    /// Every step name of the case, wherever it stands: `until` looks ahead.
    std::set<std::string> all;
    /// Steps that have been read. Branches of <either> start from the same ones.
    Known known;
    unsigned rounds = 0; ///< how many <repeat> are open

    void define(const std::string& name, const model::PacketSpec* packet, const model::Where& where);

    /// What the references of a value may mean besides names of earlier steps.
    struct Allowed {
        bool matched = false; ///< ${this.…}: a packet is being matched
        bool later = false;   ///< steps that come later: a standing answer meets them when they have happened
    };
    void check(const model::Value& value, Allowed allowed) const;
    /// What a template gets wrong is told at the step that uses it.
    void check(const model::PacketSpec& packet, Allowed allowed, const model::Where& step) const;
    /// Values that say what is accepted cannot be sent.
    void check_sendable(const model::PacketSpec& packet) const;

    /// Each returns the words of the attribute after complaining about those that name nothing.
    std::vector<std::string> nodes(const std::optional<Attr>& attr, bool or_any) const;
    std::string node(const std::optional<Attr>& attr) const;
    std::string duty(const std::optional<Attr>& attr) const;
    std::string identity(const std::optional<Attr>& attr) const;
    std::string link(const std::optional<Attr>& attr) const;
    std::string earlier(const std::optional<Attr>& attr) const;
    std::string later(const std::optional<Attr>& attr) const;

    const std::vector<std::string>& identities() const { return identity_names_; }
    const model::Topology& topology() const { return topology_; }

private:
    bool has_round(const std::string& text) const { return text.find("${") != std::string::npos; }
    void reference(const model::Value& value, Allowed allowed, const Context& context) const;
    void path(const model::Value& value, const std::vector<std::string>& segments, const Named& step,
              const Context& context) const;
    void attribute(const model::Value& value, const std::vector<std::string>& segments,
                   const Context& context) const;
    std::vector<std::string> step_names() const;

    const Context& context_;
    const model::Topology& topology_;
    std::set<std::string> learned_;
    std::vector<std::string> node_names_, identity_names_, link_names_;
};

} // namespace script
