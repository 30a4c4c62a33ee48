#pragma once

#include "harness/model/scenario.h"
#include "harness/script/context.h"
#include "harness/script/packet.h"
#include "harness/script/scope.h"

#include <set>
#include <string>
#include <vector>

namespace script {

/// Names of all steps, for suggestions and to find the names that steps have.
const std::vector<std::string>& step_kinds();

/// Every `as` of the steps inside, in order; steps whose condition does not hold are passed over.
void collect_names(const Tag& tag, const Context& context, std::set<std::string>& names);

/// Reads the steps of one variation of a case.
class StepReader {
public:
    StepReader(const Context& context, const PacketReader& packets, Scope& scope)
        : context_(context), packets_(packets), scope_(scope) {}

    model::Steps read(const std::vector<Tag>& tags);

private:
    bool one(const Tag& tag, model::Step& step);
    bool packet_step(const Tag& tag, model::Step& step);
    bool block_step(const Tag& tag, model::Step& step);
    bool world_step(const Tag& tag, model::Step& step);

    model::Send send(const Tag& tag);
    model::Answer answer(const Tag& tag);
    model::Expect expect(const Tag& tag);
    model::Never never(const Tag& tag);
    model::AnyOrder any_order(const Tag& tag);
    model::Either either(const Tag& tag);
    model::Either optional(const Tag& tag);
    model::Record record(const Tag& tag);
    model::Repeat repeat(const Tag& tag);
    model::Phase phase(const Tag& tag);
    model::Wait wait(const Tag& tag);

    model::Attach attach(const Tag& tag);
    model::Tell tell(const Tag& tag);
    model::Control control(const Tag& tag);
    model::Impair impair(const Tag& tag);
    model::RunsFlow flow(const Tag& tag);
    model::EndFlow end_flow(const Tag& tag);
    model::State state(const Tag& tag);

    void only(const Tag& tag, std::vector<std::string> allowed) const;
    model::Ends ends(const Tag& tag) const;
    model::PacketSpec matched(const Tag& tag, std::string& about) const;
    model::PacketSpec sent(const Tag& tag, const std::string& self, Scope::Allowed allowed) const;
    PacketPlace place(const std::string& self, bool edits) const;
    std::optional<model::Bound> bound(const Tag& tag, const std::string& name) const;
    void counts(const Tag& tag, model::Expect& expect) const;
    model::Value checked_value(const Attr& attr, Scope::Allowed allowed = {}) const;
    std::map<std::string, model::Value> arguments(const Tag& tag, const std::set<std::string>& except) const;
    std::vector<model::FlowBound> bounds(const Tag& tag) const;
    void block(const Tag& tag, model::Steps& into, const Scope::Known& before, Scope::Known& after);

    const Context& context_;
    const PacketReader& packets_;
    Scope& scope_;
};

} // namespace script
