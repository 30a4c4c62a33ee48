#pragma once

#include "harness/model/machine.h"
#include "peers/common/role.h"

#include <memory>

namespace peers::common {

class Stack;

/// A router with a role: the machine of every reference peer. Told{"state", {of: "routes" | "tunnels" |
/// "neighbours"}} is answered by the stack unless the role has; everything else that it is told goes to the
/// role.
class RouterNode : public model::Machine {
public:
    /// Without a role it is a plain router.
    RouterNode(const model::NodeConfig&, std::unique_ptr<Role>);
    ~RouterNode() override;
    void on(const model::Stimulus&, base::Now, model::Actions&) override;
    void tick(base::Now, model::Actions&) override;
    std::optional<base::Mono> deadline() const override;
    const Role* role() const { return role_.get(); }
    const Stack& stack() const { return *stack_; }

private:
    void start(base::Now, model::Actions&);
    void tell(const Input&, base::Now, model::Actions&);
    void settle(base::Now, model::Actions&);
    void answer_state(const model::Told&, model::Actions&);

    std::unique_ptr<Stack> stack_;
    std::unique_ptr<Role> role_;
    bool started_ = false;
};

} // namespace peers::common
