#pragma once

#include "peers/common/role.h"
#include "peers/radius/codec.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace peers::netmip6 {

/// What a server has to do, as data: a mutant is a changed value.
struct AaaServerPolicy {
    bool hides_keys = true; ///< RFC 2868, 3.5
};

/// A RADIUS server that knows the mobile nodes of the topology by their policies: the one that answers in
/// virtual time, where FreeRADIUS cannot run. Settings: `aaa-secret`, `aaa-delay`, `service` off: silent,
/// `wrong-replies`: so many first replies have a wrong authenticator. Told{"disconnect", {nai, nas,
/// [secret]}} asks an access router to end a session.
class AaaServer : public common::Role {
public:
    explicit AaaServer(const model::NodeConfig&, const AaaServerPolicy& = {});
    common::Wants wants() const override;
    void on(const common::Input&, base::Now, common::Output&) override;
    void tick(base::Now, common::Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    struct Reply {
        base::Mono at{};
        wire::Packet packet;
    };
    void hear(const common::Arrived&, base::Now, common::Output&);
    radius::Message answer_to(const radius::Message&) const;
    void disconnect(const model::Arguments&, common::Output&);

    model::Topology topology_;
    base::Ip6 address_;
    std::string secret_;
    base::Duration delay_{};
    AaaServerPolicy policy_;
    bool answers_ = true;
    std::uint64_t wrong_replies_ = 0;
    std::uint8_t identifier_ = 0;
    std::deque<Reply> replies_;
};

std::unique_ptr<model::Machine> make_aaa_server(const model::NodeConfig&);
std::unique_ptr<model::Machine> make_aaa_server(const model::NodeConfig&,
                                                const std::function<void(AaaServerPolicy&)>& adjust);

} // namespace peers::netmip6
