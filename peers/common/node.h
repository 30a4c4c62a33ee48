#pragma once

#include "harness/model/machine.h"
#include "peers/common/role.h"
#include "peers/common/stack.h"

#include <memory>

namespace peers::common {

/// An IPv6 node: a stack, and a role that stands on it (null: none). Told{"state", {of: "routes" | "tunnels"
/// | "neighbours" | "rules"}} is answered by the stack unless the role has answered; all other events go to
/// the role.
class Node : public model::Machine {
public:
    /// The options' wants are those of the role.
    Node(const model::NodeConfig&, Stack::Options, std::unique_ptr<Role>);
    void on(const model::Stimulus&, base::Now, model::Actions&) override;
    void tick(base::Now, model::Actions&) override;
    std::optional<base::Mono> deadline() const override;

    const Role* role() const { return role_.get(); }
    const Stack& stack() const { return stack_; }

private:
    void start(base::Now);
    void tell(const Input&, base::Now);
    void carry_out(Output&, base::Now);
    void settle(base::Now, model::Actions&);
    void answer_state(const model::Told&, base::Now, model::Actions&);

    std::unique_ptr<Role> role_;
    Stack stack_;
    bool started_ = false;
};

} // namespace peers::common
