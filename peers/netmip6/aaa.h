#pragma once

#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/model/topology.h"
#include "peers/common/role.h"
#include "peers/netmip6/keys.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace peers::netmip6 {

// AAA as an access router and a home agent see it (netmip6 digest, 10). Who asks is a role; what it asks
// leaves as commands and comes back as inputs of that role, so that a world can delay, lose and repeat it.
// Nobody waits: an answer is told when it is there, or that there will be none.

/// What AAA has accepted of a node: all that an Access-Accept may say, each part of it optional.
struct ServiceProfile {
    std::string nai;                               ///< User-Name of the accept; empty: as asked
    std::optional<base::Ip6> home_agent;           ///< 147, else VSA 24757/7
    std::optional<base::Prefix> prefix;            ///< 151, else 125, else 97
    std::optional<std::uint64_t> interface_id;     ///< 153, else 96
    std::optional<base::Ip6> home_address;         ///< 168; overrides prefix and identifier
    std::optional<base::Ip4> ipv4_address;         ///< 155, else 8
    std::optional<base::Ip4> ipv4_gateway;         ///< 161
    std::optional<Key> key;                        ///< VSA 24757/12 and 13
    std::optional<base::Ip6> map;                  ///< VSA 32473/1
    bool client = false;                           ///< VSA 32473/2: the node speaks Mobile IPv6 itself
    std::vector<base::Ip6> permitted;              ///< VSA 32473/3: routers that may have it; empty: all
    bool transferable = true;                      ///< false: its context goes to nobody
    std::optional<base::Duration> session_timeout; ///< 27
    std::optional<base::Duration> idle_timeout;    ///< 28
    std::optional<base::Duration> interim;         ///< 85
    base::Bytes attributes;                        ///< Class, CUI, Acct-Multi-Session-Id … verbatim

    /// The home address that is wanted for the node: 168, or prefix and identifier (digest, 10).
    std::optional<base::Ip6> wanted_address() const;
    bool operator==(const ServiceProfile&) const = default;
};

struct AaaRequest {
    enum class Kind {
        access, ///< an attaching node is to be authenticated
        key,    ///< a home agent needs the key of a node (PC-24)
        start,  ///< accounting; these need no answer
        interim,
        stop,
    };
    Kind kind = Kind::access;
    std::uint32_t id = 0;   ///< the asker's own; its answer bears it
    std::string nai;        ///< of the lower layer
    std::string credential; ///< password; empty: as the store has it
    base::Mac link_address; ///< Calling-Station-Id
    base::Ip6 nas;          ///< address of the asker
    base::Bytes attributes; ///< of accounting: what the accept, or the context, had of the session
    std::string session;    ///< Acct-Session-Id of the asker
    base::Duration time{};  ///< length of the session so far
};

struct AaaAnswer {
    enum class Result { accepted, rejected, silent }; ///< silent: the last server has not answered in time
    std::uint32_t id = 0;
    Result result = Result::silent;
    ServiceProfile profile; ///< if accepted
};

/// AAA ends a session (RFC 5176); the back end has verified and acknowledged it.
struct AaaDisconnect {
    std::string nai;
};
using AaaNews = std::variant<AaaAnswer, AaaDisconnect>;

/// A back end of AAA, part of the role that asks. It sees all inputs of the role first.
class Aaa {
public:
    Aaa() = default;
    Aaa(const Aaa&) = delete;
    Aaa& operator=(const Aaa&) = delete;
    virtual ~Aaa() = default;
    /// UDP ports on which it listens.
    virtual std::vector<std::uint16_t> ports() const { return {}; }
    virtual void start(base::Now, common::Output&) {}
    virtual void ask(const AaaRequest&, base::Now, common::Output&) = 0;
    /// Nobody wants to know any more.
    virtual void forget(std::uint32_t id) = 0;
    /// True if the input was for it alone.
    virtual bool on(const common::Input&, base::Now, common::Output&) = 0;
    virtual void tick(base::Now, common::Output&) = 0;
    virtual std::optional<base::Mono> deadline() const = 0;
    /// What has come since the last call; to be asked for after ask, on and tick.
    std::vector<AaaNews> take() { return std::exchange(news_, {}); }

protected:
    void tell(AaaNews news) { news_.push_back(std::move(news)); }

private:
    std::vector<AaaNews> news_;
};

struct RadiusPolicy;

/// By the setting `aaa` of the node: local (default: the profiles of the topology's mobile nodes, LocalAaa)
/// or radius.
std::unique_ptr<Aaa> make_aaa(const model::NodeConfig&, const RadiusPolicy&);

/// The embedded back end: the policy of each mobile node of the topology. Unknown nodes and those with
/// `access="reject"` are rejected. Settings: `aaa-delay` (0s), `aaa-store` reachable, unreachable (silent
/// after the 30 s of RFC 5080). Policy: `access` accept, reject; `home-agent`, `home-address`, `home-prefix`,
/// `interface-id`, `ipv4-address`, `ipv4-gateway`, `key` ("SPI HEX"), `map`, `client` on, off, `permitted`,
/// `transferable`, `session-timeout`.
std::unique_ptr<Aaa> make_local_aaa(const model::NodeConfig&);

} // namespace peers::netmip6
