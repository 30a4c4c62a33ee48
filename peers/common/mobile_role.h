#pragma once

#include "peers/common/flow_source.h"
#include "peers/common/role.h"
#include "peers/dhcp/client.h"

#include <map>
#include <optional>

namespace peers::common {

/// An IPv6 host on a wireless link that knows nothing of mobility: it solicits routers when its link comes
/// up, forms addresses from the prefixes that they announce (RFC 4861, 6.3; RFC 4862, 5.5), and uses the
/// router that it heard last. What it has learned survives a loss of carrier, as with a moved network cable.
class MobileRole : public Role {
public:
    struct Options {
        bool is_quiet = false; ///< learns, but sends nothing by itself (a node that the tester plays)
        bool detects_duplicates =
            false; ///< a NS for every new address (RFC 4862, 5.4); it does not wait for answers
    };
    MobileRole(const model::NodeConfig&, Options);
    Wants wants() const override { return {}; }
    void on(const Input&, base::Now, Output&) override;
    void tick(base::Now, Output&) override;
    std::optional<base::Mono> deadline() const override;

private:
    struct Address {
        base::Prefix prefix;                        ///< as announced
        std::optional<base::Mono> valid, preferred; ///< until then; nullopt: for ever
    };
    struct Router {
        PortIndex port = 0;
        base::Ip6 address;
        base::Mono until{};
    };

    void on_carrier(const model::Carrier&, base::Now, Output&);
    void on_told(const model::Told&, base::Now, Output&);
    void on_advertisement(const wire::RouterAdvertisement&, const Arrived&, base::Now, Output&);
    void on_prefix(const wire::PrefixInformation&, PortIndex, base::Now, Output&);
    void ask_for_address(PortIndex, base::Now, Output&);
    void on_dhcp(const Arrived&, base::Now, Output&);
    void send_dhcp(base::Now, Output&);
    void solicit_routers(PortIndex, base::Now, Output&);
    void send_solicitation(PortIndex, Output&);
    void detect_duplicates(PortIndex, const base::Ip6&, Output&) const;
    void state(const model::Told&, base::Now, Output&) const;
    base::Ip6 source(base::Now) const;
    const model::Port& port(PortIndex index) const { return self_.ports[index]; }

    model::Node self_;
    Options options_;
    std::map<std::pair<PortIndex, base::Ip6>, Address> addresses_; ///< by port and address
    std::map<std::pair<PortIndex, base::Prefix>, std::optional<base::Mono>> on_link_;
    std::optional<Router> router_;
    struct Solicitation {
        unsigned left = 0;
        base::Mono next{};
    };
    std::map<PortIndex, Solicitation> solicitations_;
    /// What a link that manages its addresses has given.
    struct Managed {
        dhcp::Client client;
        bool settled = false; ///< asked and answered since the link came up
    };
    std::map<PortIndex, Managed> managed_;
    FlowSource flows_;
};

} // namespace peers::common
