#include "peers/radius/codec.h"

#include "peers/radius/freeradius.h"

#include <algorithm>
#include <array>
#include <memory>

namespace peers::radius {

namespace {

struct Free {
    void operator()(void* context) const { talloc_free(context); }
};
using Context = std::unique_ptr<void, Free>;

bool is_access_request(Code code) {
    return code == Code::access_request;
}

bool is_response(Code code) {
    switch (code) {
    case Code::access_accept:
    case Code::access_reject:
    case Code::access_challenge:
    case Code::accounting_response:
    case Code::disconnect_ack:
    case Code::disconnect_nak:
        return true;
    default:
        return false;
    }
}

/// RFC 2865, 4; RFC 2866, 4.2; RFC 5176, 2.3.
bool answers(Code response, Code request) {
    switch (request) {
    case Code::access_request:
        return response == Code::access_accept || response == Code::access_reject ||
               response == Code::access_challenge;
    case Code::accounting_request:
        return response == Code::accounting_response;
    case Code::disconnect_request:
        return response == Code::disconnect_ack || response == Code::disconnect_nak;
    default:
        return false;
    }
}

/// What the library has to know of an attribute: all values are octets to it, some of them hidden.
struct Definition {
    DICT_ATTR attribute{};
    Definition(unsigned type, unsigned vendor) {
        attribute.attr = type;
        attribute.vendor = vendor;
        attribute.type = PW_TYPE_OCTETS;
        if (vendor == wimax)
            attribute.flags.wimax = 1;
        if (vendor == 0 && type == attribute::user_password)
            attribute.flags.encrypt = FLAG_ENCRYPT_USER_PASSWORD;
    }
};

bool is_key(const Attribute& one) {
    return one.vendor == wimax && one.type == vendor_attribute::wimax_key;
}

/// Octets that a value may have: a vendor's has a header more, and what is hidden grows to whole blocks.
std::size_t most_octets(const Attribute& one) {
    if (is_key(one))
        return 239;
    return one.vendor ? 246 : 253;
}

/// A key behind its salt (RFC 2868, 3.5). The library would draw the salt from a source of its own, and no
/// run could be played again octet for octet; here it comes from the request's authenticator and the place in
/// the message.
base::Bytes hidden(const base::Bytes& key, const std::string& secret, const Authenticator& asked,
                   std::size_t place) {
    constexpr std::size_t block = 16;
    base::Bytes out{static_cast<std::uint8_t>(0x80 | (asked[0] & 0x7f)),
                    static_cast<std::uint8_t>(asked[1] + place), static_cast<std::uint8_t>(key.size())};
    out.insert(out.end(), key.begin(), key.end());
    out.resize(2 + (out.size() - 2 + block - 1) / block * block);
    base::Bytes seed(secret.begin(), secret.end());
    seed.insert(seed.end(), asked.begin(), asked.end());
    seed.insert(seed.end(), out.begin(), out.begin() + 2);
    for (std::size_t at = 2; at < out.size(); at += block) {
        std::array<std::uint8_t, block> mask{};
        fr_md5_calc(mask.data(), seed.data(), seed.size());
        seed.assign(secret.begin(), secret.end());
        for (std::size_t i = 0; i < block; ++i) {
            out[at + i] ^= mask[i];
            seed.push_back(out[at + i]);
        }
    }
    return out;
}

/// A message in the library's form; what it owns lives as long as the context. `asked` is the authenticator
/// that hides keys: the request's.
RADIUS_PACKET* packet_of(void* context, const Message& message, const Authenticator& asked,
                         const std::string& secret, std::vector<std::unique_ptr<Definition>>& known) {
    RADIUS_PACKET* packet = rad_alloc(context, false);
    if (!packet)
        return nullptr;
    packet->code = static_cast<unsigned>(message.code);
    packet->id = message.identifier;
    std::ranges::copy(message.authenticator, packet->vector);
    for (const Attribute& one : message.attributes) {
        known.push_back(std::make_unique<Definition>(one.type, one.vendor));
        VALUE_PAIR* pair = fr_pair_afrom_da(packet, &known.back()->attribute);
        if (!pair)
            return nullptr;
        const base::Bytes value = is_key(one) ? hidden(one.value, secret, asked, known.size()) : one.value;
        fr_pair_value_memcpy(pair, value.data(), value.size());
        fr_pair_add(&packet->vps, pair);
    }
    return packet;
}

base::Bytes encode(const Message& message, const Message* request, const std::string& secret) {
    if (std::ranges::any_of(message.attributes, [](const Attribute& one) {
            return one.value.empty() || one.value.size() > most_octets(one);
        }))
        return {};
    const Context context(talloc_new(nullptr));
    std::vector<std::unique_ptr<Definition>> known;
    RADIUS_PACKET* packet =
        packet_of(context.get(), message, (request ? *request : message).authenticator, secret, known);
    RADIUS_PACKET* asked = request ? rad_alloc(context.get(), false) : nullptr;
    if (asked) {
        asked->code = static_cast<unsigned>(request->code);
        asked->id = request->identifier;
        std::ranges::copy(request->authenticator, asked->vector);
    }
    if (!packet || rad_encode(packet, asked, secret.c_str()) != 0 ||
        rad_sign(packet, asked, secret.c_str()) != 0)
        return {};
    return {packet->data, packet->data + packet->data_len};
}

RADIUS_PACKET* received(void* context, base::View octets) {
    RADIUS_PACKET* packet = rad_alloc(context, false);
    if (!packet || octets.empty())
        return nullptr;
    packet->data = static_cast<std::uint8_t*>(talloc_memdup(packet, octets.data(), octets.size()));
    packet->data_len = octets.size();
    decode_fail_t reason{};
    return rad_packet_ok(packet, 0, &reason) ? packet : nullptr;
}

/// Attributes of vendors (RFC 2865, 5.26; those of WiMAX with a continuation octet, that is not used here).
void open_vendor(base::View value, const std::string& secret, const Authenticator& asked, Attributes& out) {
    if (value.size() < 4)
        return;
    const unsigned vendor = base::read32(value, 0);
    const std::size_t head = vendor == wimax ? 3 : 2;
    base::View rest = value.subspan(4);
    while (rest.size() >= head && rest[1] >= head && rest[1] <= rest.size()) {
        Attribute one{rest[0],
                      base::Bytes(rest.begin() + static_cast<std::ptrdiff_t>(head), rest.begin() + rest[1]),
                      vendor};
        if (is_key(one)) {
            std::size_t size = one.value.size();
            Authenticator vector = asked;
            if (rad_tunnel_pwdecode(one.value.data(), &size, secret.c_str(), vector.data()) < 0)
                size = 0;
            one.value.resize(std::min(size, one.value.size()));
        }
        out.push_back(std::move(one));
        rest = rest.subspan(rest[1]);
    }
}

/// The attributes of a message that was verified, as they lie there: the form was checked by the library.
Attributes attributes_of(base::View octets, const std::string& secret, const Authenticator& asked) {
    Attributes out;
    const std::size_t end = std::min<std::size_t>(octets.size(), base::read16(octets, 2));
    for (std::size_t at = 20; at + 2 <= end && octets[at + 1] >= 2 && at + octets[at + 1] <= end;
         at += octets[at + 1]) {
        const base::View value = octets.subspan(at + 2, octets[at + 1] - std::size_t{2});
        if (octets[at] == attribute::vendor_specific) {
            open_vendor(value, secret, asked, out);
            continue;
        }
        Attribute one{octets[at], base::Bytes(value.begin(), value.end()), 0};
        if (one.type == attribute::user_password && !one.value.empty() && one.value.size() <= 128) {
            one.value.resize(one.value.size() + 1); // the library ends it with a zero
            Authenticator vector = asked;
            rad_pwdecode(reinterpret_cast<char*>(one.value.data()), one.value.size() - 1, secret.c_str(),
                         vector.data());
            one.value.resize(std::strlen(reinterpret_cast<const char*>(one.value.data())));
        }
        out.push_back(std::move(one));
    }
    return out;
}

Message message_of(base::View octets, const std::string& secret, const Authenticator* asked) {
    Message out;
    out.code = static_cast<Code>(octets[0]);
    out.identifier = octets[1];
    std::copy_n(octets.begin() + 4, out.authenticator.size(), out.authenticator.begin());
    out.attributes = attributes_of(octets, secret, asked ? *asked : out.authenticator);
    return out;
}

} // namespace

base::Bytes encode_request(const Message& message, const std::string& secret) {
    if (!is_access_request(message.code))
        return encode(message, nullptr, secret);
    Message signed_too = message;
    signed_too.attributes.push_back({attribute::message_authenticator, base::Bytes(16), 0});
    // A password is hidden with the request's own random number.
    return encode(signed_too, nullptr, secret);
}

base::Bytes encode_response(const Message& message, const Message& request, const std::string& secret) {
    Message whole = message;
    whole.identifier = request.identifier;
    if (is_access_request(request.code))
        whole.attributes.insert(whole.attributes.begin(),
                                {attribute::message_authenticator, base::Bytes(16), 0});
    return encode(whole, &request, secret);
}

Decoded decode_request(base::View octets, const std::string& secret) {
    const Context context(talloc_new(nullptr));
    RADIUS_PACKET* packet = received(context.get(), octets);
    if (!packet)
        return {{}, Doubt::malformed};
    if (is_response(static_cast<Code>(packet->code)))
        return {{}, Doubt::stranger};
    if (rad_verify(packet, nullptr, secret.c_str()) != 0)
        return {{}, Doubt::authenticator};
    return {message_of(octets, secret, nullptr), {}};
}

Decoded decode_response(base::View octets, const Message& request, const std::string& secret) {
    const Context context(talloc_new(nullptr));
    RADIUS_PACKET* packet = received(context.get(), octets);
    if (!packet)
        return {{}, Doubt::malformed};
    if (!answers(static_cast<Code>(packet->code), request.code) || packet->id != request.identifier)
        return {{}, Doubt::stranger};
    RADIUS_PACKET* asked = rad_alloc(context.get(), false);
    asked->code = static_cast<unsigned>(request.code);
    asked->id = request.identifier;
    std::ranges::copy(request.authenticator, asked->vector);
    if (rad_verify(packet, asked, secret.c_str()) != 0)
        return {{}, Doubt::authenticator};
    return {message_of(octets, secret, &request.authenticator), {}};
}

Decoded believe(base::View octets, const Message& request, const std::string& secret) {
    const Context context(talloc_new(nullptr));
    if (!received(context.get(), octets))
        return {{}, Doubt::malformed};
    return {message_of(octets, secret, &request.authenticator), {}};
}

std::string_view name(Doubt doubt) {
    switch (doubt) {
    case Doubt::malformed:
        return "malformed";
    case Doubt::authenticator:
        return "authenticator";
    case Doubt::stranger:
        break;
    }
    return "stranger";
}

const Attribute* find(const Attributes& attributes, unsigned type, unsigned vendor) {
    const auto found = std::ranges::find_if(
        attributes, [&](const Attribute& one) { return one.type == type && one.vendor == vendor; });
    return found == attributes.end() ? nullptr : &*found;
}

std::vector<const Attribute*> find_all(const Attributes& attributes, unsigned type, unsigned vendor) {
    std::vector<const Attribute*> out;
    for (const Attribute& one : attributes)
        if (one.type == type && one.vendor == vendor)
            out.push_back(&one);
    return out;
}

} // namespace peers::radius
