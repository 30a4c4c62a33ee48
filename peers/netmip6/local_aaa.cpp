#include "peers/common/settings.h"
#include "peers/netmip6/aaa.h"
#include "peers/netmip6/message.h"

#include <algorithm>
#include <map>

namespace peers::netmip6 {

namespace {

/// After that time nobody hopes any more (RFC 5080, 2.2.1: MRD).
constexpr base::Duration given_up = std::chrono::seconds(30);

std::optional<base::Ip6> address_in(const common::SettingsReader& read, const char* name) {
    const auto text = read.text(name);
    return text ? base::parse_ip6(*text) : std::nullopt;
}

std::optional<base::Ip4> ip4_in(const common::SettingsReader& read, const char* name) {
    const auto text = read.text(name);
    return text ? base::parse_ip4(*text) : std::nullopt;
}

/// An interface identifier is written as an address: ::9.
std::optional<std::uint64_t> identifier_in(const common::SettingsReader& read) {
    const auto address = address_in(read, "interface-id");
    if (!address)
        return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 8; i < 16; ++i)
        number = number << 8 | address->octets[i];
    return number;
}

ServiceProfile profile_of(const model::Identity& identity) {
    const common::SettingsReader read(identity.policy);
    ServiceProfile profile;
    profile.nai = std::string(read.text("user-name").value_or(""));
    profile.home_agent = address_in(read, "home-agent");
    profile.prefix = read.prefix("home-prefix");
    profile.interface_id = identifier_in(read);
    profile.home_address = address_in(read, "home-address");
    profile.ipv4_address = ip4_in(read, "ipv4-address");
    profile.ipv4_gateway = ip4_in(read, "ipv4-gateway");
    if (const auto text = read.text("key"))
        if (const auto keys = parse_keys(*text); !keys.empty())
            profile.key = keys.front();
    profile.map = address_in(read, "map");
    profile.client = read.flag("client", false);
    for (const std::string& word : read.words("permitted"))
        if (const auto address = base::parse_ip6(word))
            profile.permitted.push_back(*address);
    profile.transferable = read.flag("transferable", true);
    profile.session_timeout = read.duration("session-timeout");
    profile.idle_timeout = read.duration("idle-timeout");
    profile.interim = read.duration("interim");
    return profile;
}

class LocalAaa : public Aaa {
public:
    explicit LocalAaa(const model::NodeConfig& config) : topology_(config.topology) {
        const common::SettingsReader read(config.self.settings);
        delay_ = read.duration("aaa-delay", {});
        reachable_ = read.text("aaa-store") != "unreachable";
    }

    void ask(const AaaRequest& request, base::Now now, common::Output& out) override {
        if (request.kind != AaaRequest::Kind::access && request.kind != AaaRequest::Kind::key)
            return out.note("accounting", {{"nai", request.nai},
                                           {"kind", request.kind == AaaRequest::Kind::start  ? "start"
                                                    : request.kind == AaaRequest::Kind::stop ? "stop"
                                                                                             : "interim"},
                                           {"session", request.session}});
        const AaaAnswer answer =
            reachable_ ? answer_to(request) : AaaAnswer{request.id, AaaAnswer::Result::silent, {}};
        const base::Duration wait = reachable_ ? delay_ : given_up;
        if (wait > base::Duration{})
            waiting_.emplace(now.mono + wait, answer);
        else
            tell(answer);
    }
    void forget(std::uint32_t id) override {
        std::erase_if(waiting_, [id](const auto& one) { return one.second.id == id; });
    }
    bool on(const common::Input& input, base::Now, common::Output&) override {
        const auto* told = std::get_if<model::Told>(&input);
        if (!told || told->event != "disconnect")
            return false;
        const auto named = told->arguments.find("mobile-node");
        const auto* identity = named == told->arguments.end() ? nullptr : topology_.identity(named->second);
        if (identity)
            tell(AaaDisconnect{identity->nai});
        return true;
    }
    void tick(base::Now now, common::Output&) override {
        while (!waiting_.empty() && waiting_.begin()->first <= now.mono) {
            tell(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
        }
    }
    std::optional<base::Mono> deadline() const override {
        return waiting_.empty() ? std::nullopt : std::optional(waiting_.begin()->first);
    }

private:
    AaaAnswer answer_to(const AaaRequest& request) const {
        const auto found = std::ranges::find(topology_.identities, request.nai, &model::Identity::nai);
        AaaAnswer answer{request.id, AaaAnswer::Result::rejected, {}};
        if (found == topology_.identities.end())
            return answer;
        const common::SettingsReader read(found->policy);
        if (read.text("access") == "reject" || !read.flag("service", true))
            return answer;
        answer.profile = profile_of(*found);
        // A home agent asks for the key alone, and without one there is nothing to be had.
        if (request.kind == AaaRequest::Kind::access || answer.profile.key)
            answer.result = AaaAnswer::Result::accepted;
        return answer;
    }

    model::Topology topology_;
    base::Duration delay_{};
    bool reachable_ = true;
    std::multimap<base::Mono, AaaAnswer> waiting_;
};

} // namespace

std::unique_ptr<Aaa> make_local_aaa(const model::NodeConfig& config) {
    return std::make_unique<LocalAaa>(config);
}

std::optional<base::Ip6> ServiceProfile::wanted_address() const {
    if (home_address)
        return home_address;
    if (!prefix || !interface_id)
        return std::nullopt;
    return prefix->canonical().host(*interface_id);
}

} // namespace peers::netmip6
