// wire_json CAPTURE [PROFILE]: every packet of a classic pcap file as a line of JSON, for tshark_compare.py.
#include "harness/wire/json.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>

namespace {

wire::Profile profile_of(std::string_view name) {
    using D = wire::Profile::Dialect;
    if (name == "rfc5213")
        return {D::rfc5213};
    if (name == "nemo-pd")
        return {D::nemo_pd};
    if (name == "pmip6-nemo")
        return {D::pmip6_nemo};
    return {name == "netmip6" ? D::netmip6 : D::draft02};
}

} // namespace

int main(int count, char** arguments) {
    if (count < 2)
        return 2;
    std::ifstream file(arguments[1], std::ios::binary);
    base::Bytes all{std::istreambuf_iterator<char>(file), {}};
    if (all.size() < 24)
        return 2;
    bool big = all[0] == 0xa1;
    auto word = [&](std::size_t at) {
        std::uint32_t value = base::read32(all, at);
        return big ? value : __builtin_bswap32(value);
    };
    std::uint32_t link_type = word(20) & 0xffff;
    wire::Profile profile = profile_of(count > 2 ? arguments[2] : "");
    std::size_t number = 0;
    for (std::size_t at = 24; at + 16 <= all.size();) {
        std::size_t size = std::min<std::size_t>(word(at + 8), all.size() - at - 16);
        base::View octets = base::View(all).subspan(at + 16, size);
        std::size_t header =
            link_type == 276 ? std::min<std::size_t>(20, size) : 0; // Linux cooked, version 2
        wire::Packet packet = link_type == 1 ? wire::decode_frame(octets, profile)
                                             : wire::decode_ip(octets.subspan(header), profile);
        base::Wall time{static_cast<std::int64_t>(word(at)) * 1'000'000'000 +
                        static_cast<std::int64_t>(word(at + 4)) * 1000};
        std::puts(wire::json(packet, ++number, time, profile).c_str());
        at += 16 + size;
    }
    return 0;
}
