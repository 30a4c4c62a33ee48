#include "peers/netmip6/aaa_server.h"

#include "harness/base/text.h"
#include "peers/common/node.h"
#include "peers/common/settings.h"
#include "peers/netmip6/aaa_profile.h"
#include "peers/netmip6/radius_aaa.h"
#include "peers/netmip6/radius_codes.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

namespace number = radius::attribute;
using radius::Code;

wire::Packet datagram(const base::Ip6& from, const base::Ip6& to, std::uint16_t from_port,
                      std::uint16_t to_port, base::Bytes octets) {
    wire::Udp udp;
    udp.source_port = from_port;
    udp.destination_port = to_port;
    return {{wire::Ipv6{from, to}, udp, wire::Payload{std::move(octets)}}, {}, {}};
}

/// Words such as Attr-27=0x00000064, as FreeRADIUS writes attributes that it has no name for.
radius::Attributes attributes_named(std::string_view text) {
    radius::Attributes out;
    for (const std::string& word : base::split(text, " ,")) {
        const auto parts = base::split(word, "-+=");
        const auto type = parts.size() == 3 ? base::parse_number(parts[1]) : std::nullopt;
        const auto value = type ? base::parse_hex(std::string_view(parts[2]).substr(2)) : std::nullopt;
        if (value && *type < 256)
            out.push_back({static_cast<unsigned>(*type), *value, 0});
    }
    return out;
}

/// An attribute of WiMAX as it must not be sent.
radius::Attribute in_clear(const radius::Attribute& one) {
    base::Bytes value(4);
    base::write32(value, 0, one.vendor);
    value.push_back(static_cast<std::uint8_t>(one.type));
    value.push_back(static_cast<std::uint8_t>(one.value.size() + 3));
    value.push_back(0);
    value.insert(value.end(), one.value.begin(), one.value.end());
    return {number::vendor_specific, value, 0};
}

std::string text_of(const radius::Attribute* attribute) {
    return attribute ? std::string(attribute->value.begin(), attribute->value.end()) : std::string{};
}

} // namespace

AaaServer::AaaServer(const model::NodeConfig& config, const AaaServerPolicy& policy)
    : topology_(config.topology), address_(config.self.address()), policy_(policy) {
    const common::SettingsReader settings(config.self.settings);
    secret_ = std::string(settings.text("aaa-secret").value_or(RadiusPolicy{}.secret));
    delay_ = settings.duration("aaa-delay", base::Duration{});
    answers_ = settings.text("service") != "off";
    wrong_replies_ = settings.number("wrong-replies", 0);
}

common::Wants AaaServer::wants() const {
    return {{}, {radius_codes::access_port, radius_codes::accounting_port, radius_codes::server_port}, {}};
}

void AaaServer::on(const common::Input& input, base::Now now, common::Output& out) {
    if (const auto* arrived = std::get_if<common::Arrived>(&input)) {
        if (arrived->for_us && answers_)
            hear(*arrived, now, out);
    } else if (const auto* told = std::get_if<model::Told>(&input)) {
        if (told->event == "disconnect")
            disconnect(told->arguments, out);
        else if (told->event == "service")
            answers_ = !told->arguments.contains("is") || told->arguments.at("is") != "off";
    }
}

void AaaServer::hear(const common::Arrived& arrived, base::Now now, common::Output& out) {
    const auto* udp = arrived.packet->find<wire::Udp>();
    const auto* ip = wire::outer_ip(*arrived.packet);
    if (!udp || !ip || udp->destination_port == radius_codes::server_port)
        return;
    const auto decoded = radius::decode_request(radius_octets(*arrived.packet), secret_);
    if (!decoded.message || decoded.message->code == Code::disconnect_request)
        return;
    base::Bytes octets = radius::encode_response(answer_to(*decoded.message), *decoded.message, secret_);
    if (octets.size() < 20)
        return;
    if (wrong_replies_ > 0) {
        --wrong_replies_;
        octets[4] ^= 1;
    }
    wire::Packet reply =
        datagram(address_, ip->source, udp->destination_port, udp->source_port, std::move(octets));
    if (delay_ == base::Duration{})
        out.send(std::move(reply));
    else
        replies_.push_back({now.mono + delay_, std::move(reply)});
}

radius::Message AaaServer::answer_to(const radius::Message& request) const {
    radius::Message out;
    if (request.code == Code::accounting_request) {
        out.code = Code::accounting_response;
        return out;
    }
    out.code = Code::access_reject;
    const auto* identity =
        identity_of(topology_, text_of(radius::find(request.attributes, number::user_name)));
    const auto profile = identity ? profile_of(*identity) : std::nullopt;
    if (!profile)
        return out;
    const auto* service = radius::find(request.attributes, number::service_type);
    const bool key = service && service->value.size() == 4 &&
                     base::read32(service->value, 0) == radius_codes::authorize_only;
    if (!key && text_of(radius::find(request.attributes, number::user_password)) != password_of(*identity))
        return out;
    out.code = Code::access_accept;
    out.attributes = attributes_of(*profile);
    if (!policy_.hides_keys)
        for (radius::Attribute& one : out.attributes)
            if (one.vendor == radius::wimax)
                one = in_clear(one);
    const auto extra = identity->policy.find("aaa-attributes");
    if (extra != identity->policy.end())
        for (const radius::Attribute& one : attributes_named(extra->second))
            out.attributes.push_back(one);
    // RFC 4372, 2.2: told to who has asked only
    if (!radius::find(request.attributes, number::chargeable_user_identity))
        std::erase_if(out.attributes, [](const auto& one) {
            return !one.vendor && one.type == number::chargeable_user_identity;
        });
    return out;
}

void AaaServer::disconnect(const model::Arguments& arguments, common::Output& out) {
    const auto argument = [&](const char* name) {
        const auto found = arguments.find(name);
        return found == arguments.end() ? std::string{} : found->second;
    };
    std::string nai = argument("nai");
    if (const auto* identity = topology_.identity(argument("mobile-node")))
        nai = identity->nai;
    const model::Node* nas = topology_.node(argument("nas"));
    if (!nas)
        return;
    radius::Message request;
    request.code = Code::disconnect_request;
    request.identifier = ++identifier_;
    request.attributes.push_back({number::user_name, {nai.begin(), nai.end()}, 0});
    const std::string secret = argument("secret");
    out.send(datagram(address_, nas->address(), radius_codes::server_port, radius_codes::disconnect_port,
                      radius::encode_request(request, secret.empty() ? secret_ : secret)));
}

void AaaServer::tick(base::Now now, common::Output& out) {
    while (!replies_.empty() && replies_.front().at <= now.mono) {
        out.send(std::move(replies_.front().packet));
        replies_.pop_front();
    }
}

std::optional<base::Mono> AaaServer::deadline() const {
    return replies_.empty() ? std::nullopt : std::optional(replies_.front().at);
}

std::unique_ptr<model::Machine> make_aaa_server(const model::NodeConfig& config,
                                                const std::function<void(AaaServerPolicy&)>& adjust) {
    AaaServerPolicy policy;
    adjust(policy);
    auto role = std::make_unique<AaaServer>(config, policy);
    common::Stack::Options options;
    options.wants = role->wants();
    return std::make_unique<common::Node>(config, options, std::move(role));
}

std::unique_ptr<model::Machine> make_aaa_server(const model::NodeConfig& config) {
    return make_aaa_server(config, [](AaaServerPolicy&) {});
}

} // namespace peers::netmip6
