#include "peers/netmip6/ipv4_home_feature.h"

namespace peers::netmip6 {

void Ipv4HomeFeature::bound(Entry& entry, const wire::BindingUpdate& update,
                            wire::BindingAcknowledgement& ack, base::Now now, common::Output& out) {
    for (wire::MobilityOption& option : home_.assign(entry.nai, entry.home, update))
        ack.options.push_back(std::move(option));
    if (home_.refuses_whole_update() && !home_.is_supported() &&
        wire::find<wire::Ipv4HomeAddress>(update.options))
        ack.status = 128;
    moved(entry, now, out);
}

void Ipv4HomeFeature::moved(Entry& entry, base::Now, common::Output&) {
    entry.ipv4 = home_.address_of(entry.home);
    std::vector<base::Ip6> legs{entry.care_of};
    if (entry.old_leg)
        legs.push_back(*entry.old_leg);
    home_.bind(entry.home, std::move(legs));
}

/// The address waits for its node, as the IPv6 one does.
void Ipv4HomeFeature::unbound(Entry& entry, base::Now, common::Output&) {
    home_.bind(entry.home, {});
}

} // namespace peers::netmip6
