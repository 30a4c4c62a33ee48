#include "peers/dhcp/requesting_router.h"

#include "peers/dhcp/options.h"

#include <algorithm>

namespace peers::dhcp {

namespace {

using namespace std::chrono_literals;

std::optional<base::Mono> end_of(std::uint32_t seconds, base::Now now) {
    return seconds == forever ? std::nullopt : std::optional(now.mono + std::chrono::seconds(seconds));
}

bool is_past(const std::optional<base::Mono>& end, base::Now now) {
    return end && *end <= now.mono;
}

} // namespace

RequestingRouter::RequestingRouter(RequestPolicy policy) : policy_(std::move(policy)) {
    random_ = policy_.seed * 0x9e3779b97f4a7c15ULL + 1;
    transaction_ = static_cast<std::uint32_t>(random_ >> 40) & 0xffffff;
    // The same after every restart (RFC 3633, 6): made of what does not change.
    for (std::size_t i = 2; i < 6; ++i)
        iaid_ = iaid_ << 8 | policy_.mac.octets[i];
    if (policy_.fresh_iaid)
        iaid_ ^= static_cast<std::uint32_t>(random_ >> 32) | 1;
}

/// RT = RT + RAND * RT with RAND within a tenth (RFC 3315, 14).
base::Duration RequestingRouter::jittered(base::Duration time, bool only_longer) {
    random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto thousandth = static_cast<std::int64_t>((random_ >> 33) % 100);
    return time + time * (only_longer ? thousandth + 1 : thousandth * 2 - 100) / 1000;
}

RequestingRouter::Pace RequestingRouter::pace() const {
    switch (phase_) {
    case Phase::soliciting:
        return {1s, 120s, 0};
    case Phase::requesting:
        return {1s, 30s, 10};
    case Phase::renewing:
    case Phase::rebinding:
        return {10s, 600s, 0};
    case Phase::releasing:
        return {1s, base::Duration::max() / 4, 5};
    case Phase::idle:
    case Phase::bound:
        break;
    }
    return {};
}

void RequestingRouter::begin(Phase phase, base::Now now) {
    phase_ = phase;
    transaction_ = (transaction_ + 1) & 0xffffff;
    sent_ = 0;
    began_ = now.mono;
    send_at_.reset();
    if (phase != Phase::idle && phase != Phase::bound)
        send_at_ = now.mono;
}

void RequestingRouter::link_up(base::Now now) {
    if (!policy_.asks_for_prefixes)
        return;
    if (!delegated(now))
        begin(Phase::soliciting, now);
    else if (policy_.rebinds_on_new_link)
        begin(Phase::rebinding, now);
}

void RequestingRouter::link_down() {
    send_at_.reset();
    phase_ = has_ ? Phase::bound : Phase::idle;
}

void RequestingRouter::release(base::Now now) {
    if (has_)
        begin(Phase::releasing, now);
    else
        begin(Phase::idle, now);
}

void RequestingRouter::renew(base::Now now) {
    if (has_)
        begin(Phase::renewing, now);
}

std::optional<DelegatedPrefix> RequestingRouter::delegated(base::Now now) const {
    if (!has_ || phase_ == Phase::releasing || (policy_.gives_up_when_over && is_past(has_->valid, now)))
        return std::nullopt;
    return has_;
}

/// RFC 3315, 15.3 and 15.10.
bool RequestingRouter::is_for_us(const wire::Dhcpv6Message& message) const {
    const auto* server = find_option<wire::ServerId>(message.options);
    const auto* client = find_option<wire::ClientId>(message.options);
    if (policy_.minds_transaction && message.transaction_id != transaction_)
        return false;
    if (policy_.minds_server_id && (!server || server->duid.empty()))
        return false;
    return !policy_.minds_client_id || (client && client->duid == duid());
}

const wire::IaPd* RequestingRouter::association(const wire::Dhcpv6Message& message) const {
    for (const auto* one : find_options<wire::IaPd>(message.options)) {
        const bool is_upside_down = one->t1 > one->t2 && one->t2 > 0; // RFC 3633, 9
        if (one->iaid == iaid_ && !(is_upside_down && policy_.minds_times))
            return one;
    }
    return nullptr;
}

const wire::IaPrefix* RequestingRouter::usable(const wire::IaPd& association) const {
    for (const auto* one : find_options<wire::IaPrefix>(association.options)) {
        const bool is_upside_down = one->preferred_lifetime > one->valid_lifetime; // RFC 3633, 10
        if (one->prefix_length <= 128 && !(is_upside_down && policy_.minds_lifetimes))
            return one;
    }
    return nullptr;
}

bool RequestingRouter::heard(const wire::Dhcpv6Message& message, base::Now now) {
    namespace type = wire::dhcpv6;
    if (phase_ == Phase::idle || phase_ == Phase::bound || !is_sound(message.options) || !is_for_us(message))
        return false;
    const auto* server = find_option<wire::ServerId>(message.options);
    if (message.type == type::advertise && phase_ == Phase::soliciting) {
        const auto* offer = association(message);
        const bool has_none = status_in(message.options) == code::no_prefix ||
                              (offer && status_in(offer->options) == code::no_prefix);
        const auto* prefix = offer ? usable(*offer) : nullptr;
        if (!offer || (policy_.minds_no_prefix && (has_none || !prefix)))
            return false;
        offered_ = prefix ? std::optional(prefix_of(*prefix)) : std::nullopt;
        server_ = server ? server->duid : base::Bytes{};
        begin(Phase::requesting, now);
        return false;
    }
    const bool rapid = phase_ == Phase::soliciting && find_option<wire::RapidCommit>(message.options);
    if (message.type != type::reply || (phase_ == Phase::soliciting && !rapid))
        return false;
    if (server)
        server_ = server->duid;
    if (phase_ == Phase::releasing) {
        has_.reset();
        renew_at_.reset();
        rebind_at_.reset();
        begin(Phase::idle, now);
        return true;
    }
    return take(message, now);
}

/// RFC 3315, 18.1.8, with RFC 3633, 12.1.
bool RequestingRouter::take(const wire::Dhcpv6Message& message, base::Now now) {
    const auto* given = association(message);
    if (!given)
        return false;
    const std::uint16_t status = status_in(given->options);
    if (status == code::no_binding) {
        begin(Phase::requesting, now);
        offered_ = has_ ? std::optional(has_->prefix) : offered_;
        return false;
    }
    const auto* prefix = usable(*given);
    if (!prefix || status != code::success) {
        if (status == code::no_prefix && phase_ == Phase::requesting)
            begin(Phase::soliciting, now);
        return false;
    }
    if (prefix->valid_lifetime == 0) {
        const bool is_ours = has_ && has_->prefix == prefix_of(*prefix);
        if (is_ours && policy_.gives_up_when_over) {
            has_.reset();
            renew_at_.reset();
            rebind_at_.reset();
            begin(Phase::soliciting, now);
            send_at_ = now.mono + 1s;
        }
        return is_ours;
    }
    has_ = {prefix_of(*prefix), end_of(prefix->preferred_lifetime, now), end_of(prefix->valid_lifetime, now)};
    const std::uint32_t preferred = prefix->preferred_lifetime;
    std::uint32_t t1 = given->t1, t2 = given->t2;
    if (t1 == 0 || !policy_.keeps_given_times)
        t1 = preferred == forever ? forever : preferred / 2;
    if (t2 == 0 || !policy_.keeps_given_times)
        t2 = preferred == forever ? forever : preferred / 5 * 4;
    renew_at_ = end_of(t1, now);
    rebind_at_ = end_of(t2, now);
    begin(Phase::bound, now);
    return true;
}

/// What time has come for.
void RequestingRouter::next_phase(base::Now now) {
    if (has_ && is_past(has_->valid, now) && phase_ != Phase::releasing && policy_.gives_up_when_over) {
        has_.reset();
        renew_at_.reset();
        rebind_at_.reset();
        begin(Phase::soliciting, now);
    } else if (is_past(rebind_at_, now) && (phase_ == Phase::bound || phase_ == Phase::renewing) &&
               policy_.rebinds) {
        rebind_at_.reset();
        renew_at_.reset();
        begin(Phase::rebinding, now);
    } else if (is_past(renew_at_, now) && phase_ == Phase::bound) {
        renew_at_.reset();
        begin(Phase::renewing, now);
    }
}

std::optional<wire::Dhcpv6Message> RequestingRouter::due(base::Now now) {
    next_phase(now);
    if (!send_at_ || *send_at_ > now.mono)
        return std::nullopt;
    const Pace how = pace();
    if (how.count != 0 && sent_ == how.count) {
        if (phase_ == Phase::releasing) {
            has_.reset();
            begin(Phase::idle, now);
            return std::nullopt;
        }
        begin(Phase::soliciting, now);
    }
    if (sent_ == 0) // the first is never sent early (RFC 3315, 17.1.2)
        timeout_ = jittered(how.first, phase_ == Phase::soliciting);
    else if (policy_.backs_off)
        timeout_ = timeout_ * 2 > how.most ? jittered(how.most) : jittered(timeout_ * 2);
    ++sent_;
    send_at_ = now.mono + timeout_;
    return message(now);
}

std::optional<base::Mono> RequestingRouter::deadline() const {
    std::optional<base::Mono> first = send_at_;
    const auto consider = [&](const std::optional<base::Mono>& when) {
        if (when && (!first || *when < *first))
            first = when;
    };
    if (phase_ == Phase::bound)
        consider(renew_at_);
    if ((phase_ == Phase::bound || phase_ == Phase::renewing) && policy_.rebinds)
        consider(rebind_at_);
    if (has_ && policy_.gives_up_when_over && phase_ != Phase::releasing)
        consider(has_->valid);
    return first;
}

base::Bytes RequestingRouter::duid() const {
    base::Bytes out{0, 3, 0, 1}; // DUID-LL (RFC 3315, 9.4)
    out.insert(out.end(), policy_.mac.octets.begin(), policy_.mac.octets.end());
    return out;
}

wire::Dhcpv6Message RequestingRouter::message(base::Now now) const {
    namespace type = wire::dhcpv6;
    wire::Dhcpv6Message out;
    out.type = phase_ == Phase::soliciting   ? type::solicit
               : phase_ == Phase::requesting ? type::request
               : phase_ == Phase::renewing   ? type::renew
               : phase_ == Phase::rebinding  ? type::rebind
                                             : type::release;
    out.transaction_id = transaction_;
    out.options.emplace_back(wire::ClientId{duid(), {}});
    const bool names_server = phase_ != Phase::soliciting && phase_ != Phase::rebinding;
    if (names_server)
        out.options.emplace_back(wire::ServerId{server_, {}});
    if (phase_ == Phase::soliciting && policy_.asks_rapid_commit)
        out.options.emplace_back(wire::RapidCommit{});
    wire::ElapsedTime elapsed;
    elapsed.value = static_cast<std::uint16_t>(
        std::min<std::int64_t>((now.mono - began_) / std::chrono::milliseconds(10), 0xffff));
    out.options.emplace_back(elapsed);
    wire::IaPd association;
    association.iaid = iaid_;
    const auto known = phase_ == Phase::requesting ? offered_
                       : has_                      ? std::optional(has_->prefix)
                                                   : std::nullopt;
    const bool names_prefix =
        phase_ != Phase::soliciting && (phase_ != Phase::releasing || policy_.names_prefix_in_release);
    if (known && names_prefix)
        association.options.emplace_back(option_for(*known));
    out.options.emplace_back(std::move(association));
    return out;
}

} // namespace peers::dhcp
