#include "peers/common/guard.h"

#include "harness/model/edit.h"

#include <algorithm>

namespace peers::common {

namespace {

std::string setting(const model::NodeConfig& config, const std::string& name) {
    const auto found = config.self.settings.find(name);
    return found == config.self.settings.end() ? std::string{} : found->second;
}

/// Lies about what is computed: they are told before the ICV is. True if the edit is one of them.
bool take(const model::Edit& edit, crypto::Lies& lies) {
    base::Bytes by(edit.at);
    by.insert(by.end(), edit.octets.begin(), edit.octets.end());
    if (edit.layer == "integrity-key")
        lies.integrity_key = by;
    else if (edit.layer == "cipher-key")
        lies.cipher_key = by;
    else if (edit.layer == "esp-trailer")
        lies.trailer = by;
    else if (edit.layer == "esp-icv" && edit.kind == model::Edit::Kind::truncate)
        lies.icv_octets = edit.at;
    else if (edit.layer == "esp-icv")
        lies.icv = by;
    else if (edit.layer == "esp-sequence" && edit.octets.size() == 4)
        lies.sequence = base::read32(edit.octets, 0);
    else
        return false;
    return true;
}

template <class Layer>
bool take(const wire::Layer& layer, bool has_more, crypto::Lies& lies) {
    const Layer* found = std::get_if<Layer>(&layer);
    if (!found || !has_more)
        return false;
    if constexpr (std::is_same_v<Layer, wire::EspHeader>)
        if (!found->data.empty()) // octets that somebody has made up: nothing is to be computed
            return false;
    if (found->spi != 0)
        lies.spi = found->spi;
    if (found->sequence != 0)
        lies.sequence = found->sequence;
    return true;
}

} // namespace

crypto::Gate guard_of(const model::NodeConfig& config) {
    std::vector<std::string> mistakes; // who writes the settings has been told by then
    const auto configuration = crypto::parse(setting(config, "security"), mistakes);
    if (configuration.empty())
        return {};
    return crypto::Gate(configuration, config.seed, crypto::lapses_of(setting(config, "lapses")));
}

Meant meant_by(const model::Emit& emit) {
    Meant out;
    out.packet = emit.packet;
    crypto::Lies lies;
    bool lying = false;
    for (const model::Edit& edit : emit.edits) {
        if (edit.layer == "protection")
            out.clear = true;
        else if (take(edit, lies))
            lying = true;
        else if (edit.layer == "esp" || edit.layer == "ah")
            out.after.push_back(edit);
        else
            out.before.push_back(edit);
    }
    auto& layers = out.packet.layers;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const bool more = i + 1 < layers.size();
        if (!take<wire::EspHeader>(layers[i], more, lies) &&
            !take<wire::AuthenticationHeader>(layers[i], more, lies))
            continue;
        layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(i));
        lying = true;
        break;
    }
    if (lying)
        out.lies = std::move(lies);
    return out;
}

base::Bytes disguise(crypto::Gate& gate, base::View ip, const Meant& meant, const wire::Profile& profile) {
    base::Bytes plain(ip.begin(), ip.end());
    if (meant.clear)
        return plain;
    auto sent = gate.send(plain, meant.lies ? &*meant.lies : nullptr);
    using What = crypto::Gate::Sent::What;
    if (sent.what == What::discarded && meant.lies)
        return {};
    // A tester may say anything: what no association is for goes as it is.
    if (sent.what != What::protected_)
        return plain;
    const std::size_t whole = sent.ip.size();
    model::apply(meant.after, wire::decode_ip(sent.ip, profile), sent.ip);
    if (sent.ip.size() != whole)
        crypto::fix_length(sent.ip);
    return std::move(sent.ip);
}

} // namespace peers::common
