// Any octets: decode, describe, print, build, encode, decode again. Whatever is wrong with the octets, the
// value must hold them exactly.
#include "harness/wire/json.h"
#include "harness/wire/walk.h"

#include <cstdlib>

namespace {

wire::Element only_text(const wire::Element& element) {
    wire::Element plain;
    plain.name = element.name;
    for (const auto& attribute : element.attributes)
        plain.attributes.push_back({attribute.name, wire::text(attribute.value, attribute.kind)});
    for (const auto& child : element.children)
        plain.children.push_back(only_text(child));
    return plain;
}

void require(bool condition) {
    if (!condition)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    // the first octet chooses the profile and whether there is an Ethernet header
    wire::Profile profile;
    profile.dialect = static_cast<wire::Profile::Dialect>((data[0] & 7) % 5);
    profile.nemo_alternative_s_bits = (data[0] & 0x40) != 0;
    bool frame = (data[0] & 0x80) != 0;
    base::View octets(data + 1, size - 1);
    wire::Packet packet = frame ? wire::decode_frame(octets, profile) : wire::decode_ip(octets, profile);
    base::Bytes again = wire::encode(packet, profile);
    require(std::equal(again.begin(), again.end(), octets.begin(), octets.end()));

    wire::Element element = wire::describe(packet, profile);
    require(!wire::text(element).empty() && !wire::json(packet, 1, {}, profile).empty());
    std::vector<std::string> mistakes;
    wire::Packet built = wire::build(only_text(element), mistakes, profile);
    require(mistakes.empty() && wire::encode(built, profile) == again);

    wire::Packet second = frame ? wire::decode_frame(again, profile) : wire::decode_ip(again, profile);
    require(second.layers == packet.layers && second.faults == packet.faults);
    frame ? wire::walk_frame(octets) : wire::walk_ip(octets);
    return 0;
}
