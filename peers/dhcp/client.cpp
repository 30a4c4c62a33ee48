#include "peers/dhcp/client.h"

#include "peers/dhcp/relay.h"

#include <algorithm>

namespace peers::dhcp {

namespace {

using namespace std::chrono_literals;

// RFC 3315, 5.5
constexpr base::Duration first_timeout = 1s, most_timeout = 30s;
constexpr unsigned most_confirms = 5, most_requests = 10;

const wire::ServerId* server_of(const wire::Dhcpv6Message& message) {
    for (const wire::Dhcpv6Option& one : message.options)
        if (const auto* found = std::get_if<wire::ServerId>(&one))
            return found;
    return nullptr;
}

} // namespace

void Client::begin(Phase phase, base::Now now) {
    phase_ = phase;
    ++transaction_;
    timeout_ = first_timeout;
    sent_ = 0;
    send_at_ = now.mono;
}

void Client::start(base::Now now) {
    if (phase_ == Phase::idle)
        begin(address_ ? Phase::confirming : Phase::soliciting, now);
}

void Client::stop() {
    phase_ = Phase::idle;
    send_at_.reset();
}

bool Client::heard(const wire::Dhcpv6Message& message, base::Now now) {
    if (message.transaction_id != transaction_ || phase_ == Phase::idle)
        return false;
    const auto lease = leased(message);
    if (phase_ == Phase::soliciting && message.type == wire::dhcpv6::advertise && lease) {
        const auto* server = server_of(message);
        if (!server)
            return false;
        server_ = *server;
        offered_ = lease;
        begin(Phase::requesting, now);
        return false;
    }
    if (message.type != wire::dhcpv6::reply)
        return false;
    if (phase_ == Phase::requesting && lease && status_of(message.options) == 0) {
        address_ = lease;
        stop();
        return true;
    }
    if (phase_ == Phase::confirming && status_of(message.options) == 0) {
        stop();
        return true;
    }
    if (phase_ == Phase::soliciting)
        return false;
    address_.reset();
    begin(Phase::soliciting, now);
    return true;
}

std::optional<wire::Dhcpv6Message> Client::due(base::Now now) {
    if (!send_at_ || *send_at_ > now.mono)
        return std::nullopt;
    if (phase_ == Phase::confirming && sent_ == most_confirms) {
        stop(); // RFC 3315, 18.1.2: it goes on with what it has
        return std::nullopt;
    }
    if (phase_ == Phase::requesting && sent_ == most_requests)
        begin(Phase::soliciting, now);
    ++sent_;
    send_at_ = now.mono + timeout_;
    timeout_ = std::min(2 * timeout_, most_timeout);
    return message();
}

wire::Dhcpv6Message Client::message() const {
    wire::Dhcpv6Message out;
    out.type = phase_ == Phase::soliciting   ? wire::dhcpv6::solicit
               : phase_ == Phase::requesting ? wire::dhcpv6::request
                                             : wire::dhcpv6::confirm;
    out.transaction_id = transaction_;
    base::Bytes duid{0, 3, 0, 1}; // DUID-LL (RFC 3315, 9.4)
    duid.insert(duid.end(), mac_.octets.begin(), mac_.octets.end());
    out.options.emplace_back(wire::ClientId{.duid = std::move(duid), .header = {}});
    if (phase_ == Phase::requesting)
        out.options.emplace_back(server_);
    out.options.emplace_back(wire::ElapsedTime{.value = 0, .header = {}});
    wire::IaNa association;
    association.iaid = 1;
    const auto& named = phase_ == Phase::confirming ? address_ : offered_;
    if (phase_ != Phase::soliciting && named)
        association.options.emplace_back(wire::IaAddress{.address = *named, .options = {}, .header = {}});
    out.options.emplace_back(std::move(association));
    return out;
}

} // namespace peers::dhcp
