#include "harness/run/signals.h"

#include <bit>
#include <cstring>

namespace run {

namespace {

constexpr std::size_t most_names = 1'000'000;

base::View octets_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// That of a node, as the message shows it; "::" asks for one.
std::optional<base::Ip6> home_address(const wire::Packet& packet) {
    for (const auto& layer : packet.layers) {
        if (const auto* options = std::get_if<wire::DestinationOptions>(&layer))
            if (const auto* home = wire::find<wire::HomeAddressOption>(options->options))
                return home->address;
        if (const auto* routing = std::get_if<wire::RoutingType2>(&layer))
            return routing->home_address;
    }
    return std::nullopt;
}

/// RFC 3775, 6.1.7 and 6.1.8; RFC 5213, 8.1 and 8.2.
void describe(judge::Signal& signal, base::View message) {
    if (signal.is_answer) {
        signal.status = message[6];
        signal.is_proxy = message[7] & 0x20;
        signal.sequence = base::read16(message, 8);
    } else {
        signal.status = 0;
        signal.sequence = base::read16(message, 6);
        signal.is_proxy = message[8] & 0x02;
    }
    signal.lifetime = base::read16(message, 10);
}

} // namespace

Signals::Signals(wire::Profile profile)
    : has_proxies_(profile.dialect != wire::Profile::Dialect::nemo_pd), // there it is S
      is_host_(profile.dialect == wire::Profile::Dialect::nemo_pd ||
               profile.dialect == wire::Profile::Dialect::netmip6) {}

bool is_update_or_answer(const wire::Walk& walk) {
    return walk.what == wire::Walk::What::mobility && (walk.type == wire::BindingUpdate::kind.type ||
                                                       walk.type == wire::BindingAcknowledgement::kind.type);
}

bool is_answer(const wire::Walk& walk) {
    return walk.type == wire::BindingAcknowledgement::kind.type;
}

/// A session is called by the identifier of its node, else by its home address, else by the address that
/// registers.
template <class Message>
void Signals::describe(judge::Signal& signal, const Message& message, const wire::Packet& packet) {
    signal.is_proxy = message.p;
    signal.sequence = message.sequence;
    signal.lifetime = message.lifetime;
    if (const auto* stamp = wire::find<wire::Timestamp>(message.options))
        signal.stamp = stamp->value;
    if (const auto* prefix = wire::find<wire::HomeNetworkPrefix>(message.options))
        signal.prefix = base::Prefix{prefix->prefix, prefix->prefix_length};
    const auto* identifier = wire::find<wire::MobileNodeIdentifier>(message.options);
    const auto home = home_address(packet);
    about_ = identifier ? identifier->nai : base::text(home.value_or(signal.gateway));
    if (is_host_ && !message.p) {
        if (home && !home->is_unspecified()) {
            signal.networks.push_back({*home, 128});
            // Not every message of a node bears its identifier.
            if (!identifier) {
                const auto name = names_.find(*home);
                about_ = name != names_.end() ? name->second : base::text(*home);
            } else if (names_.size() < most_names) {
                names_[*home] = identifier->nai;
            }
        }
        for (const auto& option : message.options)
            if (const auto* network = std::get_if<wire::MobileNetworkPrefix>(&option);
                network && network->prefix_length != 0)
                signal.networks.push_back({network->prefix, network->prefix_length});
        if (const auto* granted = wire::find<wire::MnpConfirmation>(message.options);
            granted && granted->status < 128 && granted->prefix_length != 0)
            signal.networks.push_back({granted->prefix, granted->prefix_length});
        if (const auto* elsewhere = wire::find<wire::AlternateCareOfAddress>(message.options))
            signal.care_of = elsewhere->address;
    }
    signal.about = octets_of(about_);
}

std::optional<judge::Signal> Signals::of(const wire::Packet& packet) {
    const wire::Ipv6* ip = wire::inner_ip(packet);
    if (!ip)
        return std::nullopt;
    judge::Signal signal;
    signal.hop_limit = ip->hop_limit;
    if (const auto* update = packet.find_last<wire::BindingUpdate>()) {
        signal.gateway = ip->source;
        signal.anchor = ip->destination;
        describe(signal, *update, packet);
    } else if (const auto* answer = packet.find_last<wire::BindingAcknowledgement>()) {
        signal.is_answer = true;
        signal.status = answer->status;
        signal.gateway = ip->destination;
        signal.anchor = ip->source;
        describe(signal, *answer, packet);
    } else {
        return std::nullopt;
    }
    signal.hash = judge::Sessions::hash(signal.about, signal.anchor);
    return signal;
}

std::optional<judge::Signal> Signals::of(const judge::Precedents::Places& places, base::View octets,
                                         const wire::Walk& walk) {
    if (!is_update_or_answer(walk))
        return std::nullopt;
    std::optional<judge::Signal> out(std::in_place);
    judge::Signal& signal = *out;
    read(signal, places, octets, walk);
    if (!signal.about.empty())
        return out;
    about_ = base::text(signal.gateway);
    signal.about = octets_of(about_);
    signal.hash = judge::Sessions::hash(signal.about, signal.anchor);
    return out;
}

// Each value goes where it is wanted and nowhere before: what was written in pieces cannot soon be read as a
// whole.
void Signals::read(judge::Signal& signal, const judge::Precedents::Places& places, base::View octets,
                   const wire::Walk& walk) const {
    const std::uint8_t* ends = octets.data() + places.inner_ip + 8;
    signal.hop_limit = octets[places.inner_ip + 7];
    signal.is_answer = is_answer(walk);
    std::memcpy(signal.gateway.octets.data(), signal.is_answer ? ends + 16 : ends, 16);
    std::memcpy(signal.anchor.octets.data(), signal.is_answer ? ends : ends + 16, 16);
    signal.stamp.reset();
    if (places.stamp.size != 0) {
        std::uint64_t stamp;
        std::memcpy(&stamp, octets.data() + places.stamp.offset, sizeof stamp);
        signal.stamp = std::endian::native == std::endian::little ? __builtin_bswap64(stamp) : stamp;
    }
    signal.prefix.reset();
    if (places.prefix.size != 0) {
        auto& prefix = signal.prefix.emplace();
        std::memcpy(prefix.address.octets.data(), octets.data() + places.prefix.offset, 16);
        prefix.length = octets[places.prefix.offset - 1];
    }
    run::describe(signal, octets.subspan(walk.message));
    signal.is_proxy &= has_proxies_;
    signal.about = {};
    if (places.about.size == 0)
        return;
    signal.about = octets.subspan(places.about.offset, places.about.size);
    signal.hash = judge::Sessions::hash(signal.about, signal.anchor);
}

} // namespace run
