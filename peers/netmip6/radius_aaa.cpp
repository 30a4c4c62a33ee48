#include "peers/netmip6/radius_aaa.h"

#include "peers/common/settings.h"
#include "peers/netmip6/aaa_profile.h"
#include "peers/netmip6/radius_codes.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

namespace number = radius::attribute;
using radius::Attributes;
using radius::Code;

constexpr std::uint32_t wireless = 19; // NAS-Port-Type
constexpr std::uint64_t feature_integrated = 1,
                        feature_ipv4 = 0x0000020000000000;         // RFC 5447, 4.2.5; RFC 6572, 4.1
constexpr std::uint32_t missing_attribute = 402, no_session = 503; // RFC 5176, 3.6
constexpr base::Duration most_accounting = std::chrono::hours(1);

base::Bytes bytes(const std::string& text) {
    return {text.begin(), text.end()};
}

/// RFC 3580, 3.21.
std::string station(const base::Mac& mac) {
    std::string out = base::text(mac);
    std::ranges::replace(out, ':', '-');
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    return out;
}

bool is_accounting(AaaRequest::Kind kind) {
    return kind == AaaRequest::Kind::start || kind == AaaRequest::Kind::interim ||
           kind == AaaRequest::Kind::stop;
}

std::uint32_t status_type(AaaRequest::Kind kind) {
    return kind == AaaRequest::Kind::start ? 1 : kind == AaaRequest::Kind::stop ? 2 : 3;
}

} // namespace

base::Bytes radius_octets(const wire::Packet& packet) {
    if (const auto* message = packet.find<wire::Radius>())
        return wire::encode({{*message}, {}, {}});
    const auto* payload = packet.find<wire::Payload>();
    return payload ? payload->data : base::Bytes{};
}

RadiusPolicy radius_policy(const model::NodeConfig& config) {
    const common::SettingsReader settings(config.self.settings);
    RadiusPolicy out;
    out.secret = std::string(settings.text("aaa-secret").value_or(out.secret));
    for (const std::string& word : settings.words("aaa-servers"))
        if (const auto address = base::parse_ip6(word))
            out.servers.push_back(*address);
    if (out.servers.empty())
        for (const model::Node& node : config.topology.nodes)
            if (node.role == "aaa")
                out.servers.push_back(node.address());
    return out;
}

RadiusAaa::RadiusAaa(const model::NodeConfig& config, RadiusPolicy policy)
    : topology_(config.topology), address_(config.self.address()), name_(config.self.name),
      policy_(std::move(policy)), random_(config.seed ^ std::hash<base::Ip6>{}(address_)) {
    identifier_ = static_cast<std::uint8_t>(random_());
}

std::vector<std::uint16_t> RadiusAaa::ports() const {
    return {radius_codes::router_port, radius_codes::disconnect_port};
}

/// One that no exchange uses.
std::uint8_t RadiusAaa::next_identifier() {
    for (unsigned tries = 0; tries < 256; ++tries) {
        ++identifier_;
        if (std::ranges::none_of(open_,
                                 [&](const Exchange& one) { return one.message.identifier == identifier_; }))
            break;
    }
    return identifier_;
}

void RadiusAaa::renew(Exchange& exchange) {
    exchange.message.identifier = next_identifier();
    if (exchange.message.code != Code::access_request)
        return; // the authenticator of others is computed
    for (std::size_t i = 0; i < exchange.message.authenticator.size(); i += 8) {
        const std::uint64_t part = random_();
        for (std::size_t k = 0; k < 8; ++k)
            exchange.message.authenticator[i + k] = static_cast<std::uint8_t>(part >> (8 * k));
    }
}

radius::Message RadiusAaa::message_of(const AaaRequest& request) {
    radius::Message out;
    Attributes& list = out.attributes;
    if (policy_.names_user)
        list.push_back({number::user_name, bytes(request.nai), 0});
    const base::Bytes nas(request.nas.octets.begin(), request.nas.octets.end());
    if (policy_.names_nas)
        list.push_back({number::nas_ipv6_address, nas, 0});
    if (is_accounting(request.kind)) {
        out.code = Code::accounting_request;
        list.push_back({number::acct_status_type, radius_codes::number(status_type(request.kind)), 0});
        list.push_back({number::acct_session_id, bytes(request.session), 0});
        for (const radius::Attribute& one : attributes_in(request.attributes))
            if ((one.type == number::class_ && policy_.sends_class) ||
                (one.type == number::chargeable_user_identity && policy_.sends_identity) ||
                (one.type == number::acct_multi_session_id && policy_.sends_session))
                list.push_back(one);
        if (request.kind != AaaRequest::Kind::start)
            list.push_back(
                {number::acct_session_time,
                 radius_codes::number(static_cast<std::uint32_t>(request.time / std::chrono::seconds(1))),
                 0});
        return out;
    }
    out.code = Code::access_request;
    if (policy_.names_nas)
        list.push_back({number::nas_identifier, bytes(name_), 0});
    if (request.kind == AaaRequest::Kind::key) {
        list.push_back({number::service_type, radius_codes::number(radius_codes::authorize_only), 0});
        return out;
    }
    std::string credential = request.credential;
    if (const auto* identity = identity_of(topology_, request.nai); credential.empty() && identity)
        credential = password_of(*identity); // what the node has shown at the link
    if (policy_.shows_credential && !credential.empty())
        list.push_back({number::user_password, bytes(credential), 0});
    list.push_back({number::calling_station_id, bytes(station(request.link_address)), 0});
    list.push_back({number::nas_port_type, radius_codes::number(wireless), 0});
    if (policy_.sends_identity)
        list.push_back({number::chargeable_user_identity, base::Bytes{0}, 0}); // RFC 4372, 2.1: asked for
    base::Bytes features(8);
    base::write32(features, 0, static_cast<std::uint32_t>(feature_ipv4 >> 32));
    base::write32(features, 4, static_cast<std::uint32_t>(feature_integrated));
    list.push_back({number::feature_vector, features, 0});
    return out;
}

void RadiusAaa::ask(const AaaRequest& request, base::Now now, common::Output& out) {
    if (is_accounting(request.kind)) {
        if (request.kind == AaaRequest::Kind::stop)
            served_.erase(request.nai);
        else
            ++served_[request.nai];
        if (!policy_.accounts)
            return;
    } else if (policy_.servers.empty()) {
        return tell(AaaAnswer{request.id, AaaAnswer::Result::silent, {}});
    }
    if (policy_.servers.empty())
        return;
    Exchange exchange;
    exchange.request = request;
    exchange.message = message_of(request);
    exchange.wait = policy_.first;
    exchange.give_up_at = now.mono + (is_accounting(request.kind) ? most_accounting : policy_.patience);
    renew(exchange);
    transmit(exchange, now, out);
    open_.push_back(std::move(exchange));
}

void RadiusAaa::forget(std::uint32_t id) {
    std::erase_if(
        open_, [&](const Exchange& one) { return one.request.id == id && !is_accounting(one.request.kind); });
}

void RadiusAaa::transmit(Exchange& exchange, base::Now now, common::Output& out) {
    const bool accounting = is_accounting(exchange.request.kind);
    base::Bytes octets = radius::encode_request(exchange.message, policy_.secret);
    if (octets.size() >= 20 && accounting) // the answer is verified with what the library has computed
        std::copy_n(octets.begin() + 4, 16, exchange.message.authenticator.begin());
    send(policy_.servers[exchange.server], radius_codes::router_port,
         accounting ? radius_codes::accounting_port : radius_codes::access_port, std::move(octets), out);
    ++exchange.sends;
    ++exchange.sends_to_server;
    exchange.send_at = now.mono + exchange.wait;
    if (policy_.doubles)
        exchange.wait = std::min(2 * exchange.wait, policy_.most);
}

void RadiusAaa::send(const base::Ip6& to, std::uint16_t from_port, std::uint16_t to_port, base::Bytes octets,
                     common::Output& out) const {
    wire::Udp udp;
    udp.source_port = from_port;
    udp.destination_port = to_port;
    out.send({{wire::Ipv6{address_, to}, udp, wire::Payload{std::move(octets)}}, {}, {}});
}

void RadiusAaa::tick(base::Now now, common::Output& out) {
    for (std::size_t i = 0; i < open_.size();) {
        Exchange& one = open_[i];
        const bool over = now.mono >= one.give_up_at && policy_.gives_up;
        if (over) {
            const AaaRequest request = one.request;
            open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
            out.note("aaa is silent", {{"nai", request.nai}});
            if (!is_accounting(request.kind))
                tell(AaaAnswer{request.id, AaaAnswer::Result::silent, {}});
            continue;
        }
        const bool may =
            is_accounting(one.request.kind) || one.sends < policy_.most_sends || !policy_.gives_up;
        if (now.mono >= one.send_at && (!may || !policy_.retransmits)) {
            one.send_at = one.give_up_at;
        } else if (now.mono >= one.send_at) {
            const bool next =
                policy_.fails_over && one.sends_to_server >= policy_.tries && policy_.servers.size() > 1;
            if (next && (one.server + 1 < policy_.servers.size() || is_accounting(one.request.kind))) {
                one.server = (one.server + 1) % policy_.servers.size();
                one.sends_to_server = 0;
                one.wait = policy_.first;
                renew(one); // RFC 2865, 2.5: to another server it is another request
            } else if (!policy_.keeps_identifier) {
                renew(one);
            }
            transmit(one, now, out);
        }
        ++i;
    }
}

std::optional<base::Mono> RadiusAaa::deadline() const {
    std::optional<base::Mono> out;
    for (const Exchange& one : open_) {
        const base::Mono at = policy_.gives_up ? std::min(one.send_at, one.give_up_at) : one.send_at;
        if (!out || at < *out)
            out = at;
    }
    return out;
}

bool RadiusAaa::on(const common::Input& input, base::Now now, common::Output& out) {
    const auto* arrived = std::get_if<common::Arrived>(&input);
    const auto* udp = arrived && arrived->for_us ? arrived->packet->find<wire::Udp>() : nullptr;
    if (!udp || (udp->destination_port != radius_codes::router_port &&
                 udp->destination_port != radius_codes::disconnect_port))
        return false;
    if (udp->destination_port == radius_codes::disconnect_port)
        on_disconnect(*arrived, radius_octets(*arrived->packet), out);
    else
        hear(*arrived, now, out);
    return true;
}

void RadiusAaa::hear(const common::Arrived& arrived, base::Now, common::Output& out) {
    const base::Bytes octets = radius_octets(*arrived.packet);
    const auto* ip = wire::outer_ip(*arrived.packet);
    if (octets.size() < 20 || !ip)
        return;
    for (std::size_t i = 0; i < open_.size(); ++i) {
        const Exchange& one = open_[i];
        if (one.message.identifier != octets[1] || policy_.servers[one.server] != ip->source)
            continue;
        auto decoded = radius::decode_response(octets, one.message, policy_.secret);
        if (!policy_.verifies && decoded.doubt == radius::Doubt::authenticator)
            decoded = radius::believe(octets, one.message, policy_.secret);
        if (!decoded.message) {
            out.note("aaa answer discarded", {{"because", std::string(radius::name(*decoded.doubt))}});
            return;
        }
        const Exchange done = one;
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
        return finish(done, *decoded.message, out);
    }
}

void RadiusAaa::finish(const Exchange& exchange, const radius::Message& message, common::Output& out) {
    if (is_accounting(exchange.request.kind))
        return;
    AaaAnswer answer{exchange.request.id, AaaAnswer::Result::rejected, {}};
    if (message.code == Code::access_accept || policy_.reject_is_accept) {
        ReadProfile read = read_profile(message.attributes);
        if (!read.profile && !policy_.minds_contradictions)
            read.profile = ServiceProfile{};
        if (read.profile && !policy_.reads_keys)
            read.profile->key.reset();
        if (read.profile && policy_.needs_agent && !read.profile->home_agent)
            read = {{}, "no home agent"};
        if (!read.profile) {
            out.note("aaa answer cannot be used", {{"because", read.because}});
            return tell(answer);
        }
        answer.result = AaaAnswer::Result::accepted;
        if (policy_.reads_profile)
            answer.profile = std::move(*read.profile);
        // What ties the parts of a session together, where AAA has no name for it (RFC 2866, 5.11).
        Attributes session = attributes_in(answer.profile.attributes);
        if (exchange.request.kind == AaaRequest::Kind::access &&
            !radius::find(session, number::acct_multi_session_id)) {
            session.push_back(
                {number::acct_multi_session_id, bytes(name_ + "-" + std::to_string(++session_)), 0});
            answer.profile.attributes = octets_of(session);
        }
        ++served_[exchange.request.nai];
        if (!answer.profile.nai.empty())
            ++served_[answer.profile.nai];
    }
    tell(std::move(answer));
}

bool RadiusAaa::is_server(const base::Ip6& address) const {
    return std::ranges::find(policy_.servers, address) != policy_.servers.end();
}

/// RFC 5176, 2.1 and 2.3: what does not verify, or comes from a stranger, has not been there.
void RadiusAaa::on_disconnect(const common::Arrived& arrived, base::View octets, common::Output& out) {
    const auto* ip = wire::outer_ip(*arrived.packet);
    const auto* udp = arrived.packet->find<wire::Udp>();
    if (!policy_.disconnects || !ip || octets.size() < 20 ||
        (policy_.minds_strangers && !is_server(ip->source)))
        return;
    auto decoded = radius::decode_request(octets, policy_.secret);
    if (!policy_.verifies_disconnects && decoded.doubt == radius::Doubt::authenticator)
        decoded = radius::believe(octets, {}, policy_.secret);
    if (!decoded.message || decoded.message->code != Code::disconnect_request)
        return;
    const auto* user = radius::find(decoded.message->attributes, number::user_name);
    const std::string nai = user ? std::string(user->value.begin(), user->value.end()) : std::string{};
    radius::Message answer;
    answer.code = Code::disconnect_ack;
    if (!served_.contains(nai)) {
        answer.code = Code::disconnect_nak;
        answer.attributes.push_back(
            {number::error_cause, radius_codes::number(user ? no_session : missing_attribute), 0});
    }
    if (policy_.acknowledges)
        send(ip->source, radius_codes::disconnect_port, udp->source_port,
             radius::encode_response(answer, *decoded.message, policy_.secret), out);
    if (answer.code == Code::disconnect_ack)
        tell(AaaDisconnect{nai});
}

std::unique_ptr<Aaa> make_aaa(const model::NodeConfig& config, const RadiusPolicy& policy) {
    if (common::SettingsReader(config.self.settings).text("aaa") == "radius")
        return std::make_unique<RadiusAaa>(config, policy);
    return make_local_aaa(config);
}

} // namespace peers::netmip6
