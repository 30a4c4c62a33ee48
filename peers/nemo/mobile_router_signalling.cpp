#include "peers/mip6/codes.h"
#include "peers/mip6/home_registration.h"
#include "peers/nemo/mobile_router.h"

#include <algorithm>

namespace peers::nemo {

namespace status = mip6::status;

namespace {

constexpr base::Duration first_wait = std::chrono::seconds(1), longest_wait = std::chrono::seconds(32);

} // namespace

void MobileRouter::transmit(wire::BindingUpdate update, const base::Ip6& agent, base::Now now,
                            common::Output& out) {
    const bool again =
        outstanding_ && outstanding_->agent == agent && outstanding_->lifetime == update.lifetime;
    Outstanding fresh;
    fresh.sequence = update.sequence = ++sequence_;
    fresh.lifetime = update.lifetime;
    fresh.agent = agent;
    fresh.asked_list = update.s;
    fresh.wait = again ? std::min(outstanding_->wait * 2, longest_wait) : first_wait;
    fresh.again = now.mono + fresh.wait;
    outstanding_ = fresh;
    out.send(mip6::update_packet(care_of_, agent, policy_.home_address, std::move(update)));
}

/// A 7, RFC 3963 5.2: what the router has, what it wants, and the list where it may have lost track.
void MobileRouter::update(base::Now now, common::Output& out, bool retransmission) {
    if (care_of_.is_unspecified() || at_home_ || stopped_ || policy_.agents.empty())
        return;
    if (!retransmission)
        outstanding_.reset();
    wire::BindingUpdate bu;
    bu.a = true;
    bu.h = policy_.sets_h;
    bu.r = policy_.sets_r && (policy_.keeps_r || !bound_);
    bu.s = wants_list_;
    bu.lifetime = policy_.lifetime;
    add_prefixes(bu);
    add_requests(bu, now);
    refresh_at_.reset();
    retry_at_.reset();
    transmit(std::move(bu), policy_.agents[agent_], now, out);
}

/// RFC 3963, 5.2: listed in explicit mode. D says that it is in use here (A 6.3).
void MobileRouter::add_prefixes(wire::BindingUpdate& bu) const {
    if (policy_.explicit_mode ? !policy_.lists_in_explicit_mode : !policy_.lists_in_implicit_mode)
        return;
    for (const Network& one : networks_) {
        if (one.delegated && !(policy_.confirms && (one.installed || policy_.confirms_early)))
            continue;
        wire::MobileNetworkPrefix option;
        option.prefix = one.prefix.address;
        option.prefix_length = static_cast<std::uint8_t>(one.prefix.length);
        option.p = one.persistent == policy_.tells_flags;
        option.i = one.implicit == policy_.tells_flags;
        option.d = one.delegated == policy_.tells_flags;
        bu.options.push_back(option);
    }
}

bool MobileRouter::add_requests(wire::BindingUpdate& bu, base::Now now) {
    if (!policy_.requests || (wants_list_ && !policy_.asks_prefixes))
        return false;
    for (Need& need : needs_) {
        const bool due = need.state == Need::State::open && need.not_before <= now.mono;
        if (!due && need.state != Need::State::asked)
            continue;
        if (need.state == Need::State::asked && !policy_.keeps_correlation)
            need.correlation = fresh_correlation();
        need.state = Need::State::asked;
        wire::MnpRequest request;
        request.prefix_length = policy_.asks_configured_length ? policy_.length : std::uint8_t{64};
        request.p = need.persistent == policy_.tells_wishes;
        request.i = need.implicit == policy_.tells_wishes;
        request.correlation_id = need.correlation;
        request.prefix_type = policy_.type;
        bu.options.push_back(request);
    }
    return true;
}

/// RFC 3963, 5.8: without prefixes, and with the R of the binding.
void MobileRouter::leave(const base::Ip6& agent, base::Now now, common::Output& out) {
    wire::BindingUpdate bu;
    bu.a = true;
    bu.h = policy_.sets_h;
    bu.r = policy_.sets_r;
    if (policy_.lists_in_leaving)
        add_prefixes(bu);
    outstanding_.reset();
    transmit(std::move(bu), agent, now, out);
}

void MobileRouter::answered(const wire::Packet& packet, base::Now now, common::Output& out) {
    const auto& ack = *packet.find<wire::BindingAcknowledgement>();
    const auto* ip = wire::outer_ip(packet);
    if (!outstanding_ || !ip || ip->source != outstanding_->agent ||
        mip6::home_address_of(packet) != policy_.home_address)
        return;
    const bool out_of_window = ack.status == status::sequence_out_of_window;
    if (policy_.checks_sequence && ack.sequence != outstanding_->sequence && !out_of_window)
        return;
    const Outstanding request = *outstanding_;
    if (request.lifetime == 0) {
        outstanding_.reset();
        return;
    }
    if (out_of_window) { // RFC 3775, 11.7.3
        sequence_ = ack.sequence;
        return update(now, out);
    }
    if (ack.status < status::unspecified) {
        outstanding_.reset();
        accepted(ack, request, now, out);
    } else {
        refused(ack, now, out);
    }
}

void MobileRouter::accepted(const wire::BindingAcknowledgement& ack, const Outstanding& request,
                            base::Now now, common::Output& out) {
    if (!ack.r && policy_.minds_missing_r) { // RFC 3963, 5.3: no support for routers there
        out.note("the home agent does not serve mobile routers", {{"address", base::text(request.agent)}});
        if (policy_.leaves_before_another)
            leave(request.agent, now, out);
        bound_ = false;
        drop_tunnel(out);
        return discover(now, out);
    }
    const base::Duration lifetime = mip6::lifetime_unit * std::min(ack.lifetime, request.lifetime);
    bound_ = true;
    refused_by_.clear();
    expires_at_ = now.mono + lifetime;
    refresh_at_ = now.mono + lifetime * 3 / 4;
    wants_list_ = false;
    if (!tunnel_)
        use_tunnel(out);
    for (Network& one : networks_) {
        one.confirmed = one.confirmed || one.installed;
        put_on_link(one, out);
    }
    granted_now_.clear();
    read_confirmations(ack, true, now, out);
    const bool unlisted = wire::find<wire::MobileNetworkPrefix>(ack.options) != nullptr;
    const bool list = ack.s || (policy_.takes_unlisted_for_list && unlisted) ||
                      (policy_.takes_no_list_for_empty && request.asked_list);
    if (list)
        read_list(ack, now, out);
    for (Need& need : needs_) // an agent that knows no requests (A 5.6)
        if (need.state == Need::State::asked) {
            out.note("no answer to a request for a prefix", {});
            postpone(need, now);
            if (!policy_.keeps_binding_without_answer)
                drop_tunnel(out);
        }
    advertise_all(now, out);
    const bool news = std::ranges::any_of(
        networks_, [&](const Network& one) { return one.installed && one.delegated && !one.confirmed; });
    const bool asks = std::ranges::any_of(needs_, [&](const Need& need) {
        return need.state == Need::State::open && need.not_before <= now.mono;
    });
    const bool claims = std::ranges::any_of(networks_, [](const Network& one) { return one.reclaimed; });
    if ((news && policy_.confirms && policy_.explicit_mode) || asks || (claims && list))
        update(now, out);
}

/// RFC 3963, 5.4: only the statuses of the mode that the router is in say anything to it.
void MobileRouter::refused(const wire::BindingAcknowledgement& ack, base::Now now, common::Output& out) {
    const bool about_prefixes = ack.status == status::invalid_prefix || ack.status == status::not_authorised;
    const bool about_nothing = ack.status == status::no_forwarding;
    const bool other_mode = policy_.explicit_mode ? about_nothing : about_prefixes;
    const base::Ip6 agent = policy_.agents[agent_];
    out.note("refused", {{"status", std::to_string(ack.status)}, {"by", base::text(agent)}});
    if (other_mode && !policy_.minds_other_mode)
        return; // as if nothing had come; the update is repeated ever more slowly
    outstanding_.reset();
    bound_ = false;
    expires_at_.reset();
    if (!policy_.tunnels_when_refused)
        drop_tunnel(out);
    granted_now_.clear();
    read_confirmations(ack, false, now, out);
    if (!granted_now_.empty()) // a fault: takes what comes with a refusal
        advertise_all(now, out);
    const bool another =
        policy_.tries_others && std::ranges::any_of(policy_.agents, [&](const base::Ip6& one) {
            return one != agent && !refused_by_.contains(one);
        });
    if (another)
        return next_agent(now, out);
    if (about_prefixes)
        return give_up_prefixes(now, out);
    if (ack.status == status::router_operation || about_nothing)
        return next_agent(now, out);
    for (Need& need : needs_)
        if (need.state == Need::State::asked)
            postpone(need, now);
    retry_at_ = now.mono + (policy_.waits ? policy_.back_off : std::chrono::milliseconds(100));
}

/// No agent accepts its prefixes: it stops advertising them and asks for others (RFC 3963, 5.4.2; A 5.5).
void MobileRouter::give_up_prefixes(base::Now now, common::Output& out) {
    refused_by_.clear();
    agent_ = 0;
    std::vector<Network> old = networks_;
    if (std::ranges::any_of(old, &Network::reclaimed)) // the others were in the list
        std::erase_if(old, [](const Network& one) { return !one.reclaimed; });
    if (policy_.stops_advertising_refused)
        for (const Network& one : old)
            withdraw(one.prefix, out);
    if (!policy_.asks_after_renumbering || !policy_.requests) {
        retry_at_ = now.mono + policy_.back_off;
        return;
    }
    for (const Network& one : old) {
        want(now);
        needs_.back().persistent = one.persistent;
        needs_.back().implicit = one.implicit;
    }
    update(now, out);
}

/// What was lent for the time of the binding ends with it (A 4, 5.3).
void MobileRouter::lost_binding(base::Now now, common::Output& out) {
    bound_ = false;
    expires_at_.reset();
    drop_tunnel(out);
    out.note("binding lost", {});
    if (!policy_.drops_transient)
        return;
    const std::vector<Network> old = networks_;
    for (const Network& one : old)
        if (!one.persistent) {
            withdraw(one.prefix, out);
            want(now);
            needs_.back().implicit = one.implicit;
            needs_.back().persistent = false;
        }
    advertise_all(now, out);
}

} // namespace peers::nemo
