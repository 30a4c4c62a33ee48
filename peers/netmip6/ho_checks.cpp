#include "peers/netmip6/ho_checks.h"

#include "peers/common/octets.h"
#include "peers/netmip6/message.h"

#include <algorithm>

namespace peers::netmip6 {

namespace {

constexpr std::size_t least_request = 8, least_response = 7;
constexpr std::size_t longest_identifier = 253;
constexpr std::uint8_t last_subtype = 10, most_padding = 7, nai_type = 1;

HoJudgement discard(std::string_view why) {
    HoJudgement out;
    out.discarded = true;
    out.why = why;
    return out;
}

bool has_zero_length(const wire::ContextOptions& options) {
    const auto* raw = wire::find<wire::RawOption>(options);
    return raw && raw->data.size() >= 2 && raw->data[1] == 0;
}

bool is_malformed(const wire::ContextOption& option) {
    const auto* unknown = std::get_if<wire::UnknownContextOption>(&option);
    return std::holds_alternative<wire::RawOption>(option) ||
           (unknown && (unknown->pad_length > most_padding ||
                        (unknown->subtype != 0 && unknown->subtype <= last_subtype)));
}

bool is_identity(const wire::ContextIdentity& identity) {
    return identity.id_type == nai_type && !identity.nai.empty() &&
           identity.nai.size() <= longest_identifier && identity.nai.find('\0') == std::string::npos;
}

/// The identity that a well-formed list has; nullopt for one that is not.
std::optional<std::string> identity_of(const wire::ContextOptions& options, bool may_contradict) {
    if (std::ranges::any_of(options, is_malformed))
        return std::nullopt;
    std::optional<std::string> found;
    for (const auto* identity : wire::find_all<wire::ContextIdentity>(options)) {
        if (!is_identity(*identity))
            return std::nullopt;
        if (found && !may_contradict && !is_same_nai(*found, identity->nai))
            return std::nullopt;
        if (!found)
            found = identity->nai;
    }
    return found;
}

/// Hop limit, code, length and addresses: what both messages share.
std::optional<HoJudgement> objection(const wire::Packet& packet, const HoChecks& checks, std::size_t least,
                                     std::uint8_t code) {
    const base::View ip = ip_octets(packet);
    const common::Upper upper = ip.empty() ? common::Upper{} : common::upper_of(ip);
    if (ip.empty() || upper.protocol != common::protocol::icmp6 || upper.offset + 4 > ip.size())
        return discard("it is cut");
    const unsigned least_hops = checks.least_hop_limit.value_or(255);
    if (checks.hop_limit && common::hop_limit_of(ip) < least_hops)
        return discard("its hop limit");
    if (checks.length && ip.size() - upper.offset < least)
        return discard("its length");
    if (checks.code && ip[upper.offset + 1] != code)
        return discard("its code");
    if (checks.unicast &&
        (common::destination_of(ip).is_multicast() || !common::source_of(ip).is_routable_unicast()))
        return discard("its addresses");
    return std::nullopt;
}

} // namespace

bool is_same_nai(std::string_view one, std::string_view other) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const std::size_t at = one.rfind('@');
    if (one.size() != other.size() || at != other.rfind('@'))
        return false;
    if (at == std::string_view::npos)
        return one == other;
    return one.substr(0, at) == other.substr(0, at) &&
           std::ranges::equal(one.substr(at), other.substr(at), {}, lower, lower);
}

HoJudgement judge_request(const wire::Packet& packet, const HoChecks& checks, const HoFacts& facts) {
    if (auto no = objection(packet, checks, least_request, checks.request_code))
        return *no;
    const auto* request = packet.find<wire::HoRequest>();
    const auto* ip = wire::outer_ip(packet);
    if ((!request || !ip) && checks.answers_cut && ip) {
        static const wire::HoRequest nothing; // a fault: something is answered
        HoJudgement out;
        out.request = &nothing;
        out.status = ho_status::poorly_formatted;
        return out;
    }
    if (!request || !ip)
        return discard("it cannot be read");
    if (checks.zero_length && has_zero_length(request->options))
        return discard("an option without length");
    HoJudgement out;
    out.request = request;
    const auto refuse = [&](std::uint8_t status) {
        out.status = status;
        return out;
    };
    if (checks.authentication && checks.protection == Protection::required && !facts.was_protected)
        return refuse(ho_status::authentication_failed);
    const auto nai = identity_of(request->options, !checks.contradiction);
    out.nai = nai.value_or(std::string{});
    const bool is_formed = nai || !checks.format;
    const bool may = !checks.permission || facts.is_permitted(ip->source, out.nai);
    const bool is_here = !checks.location || facts.is_located(ip->source, out.nai);
    if (checks.format_first && !is_formed)
        return refuse(ho_status::poorly_formatted);
    if (checks.permission_first && !may)
        return refuse(ho_status::prohibited);
    if (!is_formed)
        return refuse(ho_status::poorly_formatted);
    if (!is_here)
        return refuse(ho_status::not_located);
    return refuse(may ? ho_status::success : ho_status::prohibited);
}

HoJudgement judge_response(const wire::Packet& packet, const HoChecks& checks, bool was_protected) {
    if (auto no = objection(packet, checks, least_response, checks.response_code))
        return *no;
    const auto* response = packet.find<wire::HoResponse>();
    if (!response)
        return discard("it cannot be read");
    if (checks.zero_length && has_zero_length(response->options))
        return discard("an option without length");
    if (checks.authentication && checks.protection == Protection::required && !was_protected)
        return discard("it is not protected");
    if (checks.format && std::ranges::any_of(response->options, is_malformed))
        return discard("its options");
    HoJudgement out;
    out.response = response;
    out.status = response->status;
    if (const auto* identity = wire::find<wire::ContextIdentity>(response->options))
        out.nai = identity->nai;
    return out;
}

} // namespace peers::netmip6
