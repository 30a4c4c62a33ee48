// Every message and option of the registry, whatever it is: built by its name, sent, decoded, described.
#include "harness/wire/packet.h"

#include <gtest/gtest.h>

namespace wire {

namespace {

Element element(std::string name, std::vector<Element> children = {}) {
    Element made;
    made.name = std::move(name);
    made.children = std::move(children);
    return made;
}

/// What has to stand in front of a layer for a decoder to recognise it.
std::vector<Element> carriers(const std::string& layer) {
    Element udp = element("udp");
    auto ports = [&](const char* port) {
        udp.attributes = {{"source-port", port}, {"destination-port", port}};
    };
    if (layer == "ethernet")
        return {};
    if (layer == "vlan")
        return {element("ethernet")};
    if (layer.rfind("dhcpv6", 0) == 0) {
        ports("547");
        return {element("ipv6"), udp};
    }
    if (layer.rfind("dhcpv4", 0) == 0) {
        ports("67");
        return {element("ipv4"), udp};
    }
    if (layer == "radius") {
        ports("1812");
        return {element("ipv6"), udp};
    }
    return {element("ipv6")};
}

/// Mandatory lies: without them the value would be read as another kind or would not be a message at all.
void make_plausible(Element& made) {
    auto set = [&](const char* name, const char* value) {
        made.attributes.push_back({name, std::string(value)});
    };
    if (made.name == "mobility-message")
        set("mh-type", "99"), set("data", "0000");
    else if (made.name == "icmpv6")
        set("icmp-type", "99");
    else if (made.name == "mobility-option" || made.name == "ipv6-option" || made.name == "nd-option" ||
             made.name == "dhcpv6-option" || made.name == "dhcpv4-option" ||
             made.name == "foreign-nd-option" || made.name == "radius-attribute")
        set("type", "99");
    if (made.name == "nd-option" || made.name == "foreign-nd-option")
        set("data", "000000000000"); // eight octets with type and length
    else if (made.name == "context-option")
        set("subtype", "99"), set("data", "00000000");
    else if (made.name == "raw")
        set("data", "16");
    else if (made.name == "routing")
        set("data", "00000000");
    else if (made.name == "mobile-node-link-layer-identifier")
        set("identifier", "020000000001");
    else if (made.name == "relay-message")
        made.children.push_back(element("dhcpv6-solicit"));
    else if (made.name == "dhcpv6-message")
        set("type", "99");
    else if (made.name == "payload")
        set("data", "00");
}

Profile profile_for(const std::string& name) {
    bool handover =
        name.rfind("context-", 0) == 0 || name.rfind("ho-", 0) == 0 || name == "foreign-nd-option";
    return {.dialect = handover                     ? Profile::Dialect::netmip6
                       : name.rfind("mnp-", 0) == 0 ? Profile::Dialect::nemo_pd
                                                    : Profile::Dialect::rfc5213};
}

void expect_round_trip(const Element& layer, const Profile& profile, bool faultless) {
    Element whole = element("packet", carriers(layer.name));
    whole.children.push_back(layer);
    std::vector<std::string> mistakes;
    Packet built = build(whole, mistakes, profile);
    ASSERT_TRUE(mistakes.empty()) << mistakes.front();
    base::Bytes octets = encode(built, profile);
    bool framed = whole.children[0].name == "ethernet";
    Packet decoded = framed ? decode_frame(octets, profile) : decode_ip(octets, profile);
    EXPECT_EQ(encode(decoded, profile), octets);
    if (!faultless)
        return;
    std::string faults;
    for (const auto& fault : decoded.faults)
        faults += text(fault) + " ";
    EXPECT_EQ(faults, "");
    EXPECT_TRUE(decoded.layers == built.layers) << text(describe(decoded, profile));
}

} // namespace

TEST(Registry, EveryLayerIsDecodedAsItWasBuilt) {
    for (const auto& kind : vocabulary()) {
        if (!kind.is_layer)
            continue;
        SCOPED_TRACE(kind.name);
        Element layer = element(kind.name);
        make_plausible(layer);
        expect_round_trip(layer, profile_for(kind.name), true);
    }
}

TEST(Registry, EveryOptionIsDecodedAsItWasBuilt) {
    for (const auto& kind : vocabulary()) {
        if (!kind.is_layer)
            continue;
        for (const auto& child : kind.children) {
            SCOPED_TRACE(kind.name + "/" + child);
            Element option = element(child);
            make_plausible(option);
            Element layer = element(kind.name, {option});
            make_plausible(layer);
            // raw octets and explicit pads are what authors use to be wrong on purpose
            bool faultless = child != "raw" && child != "pad1" && child != "padn" && kind.name != "dhcpv4";
            bool handover = kind.name.rfind("ho-", 0) == 0;
            expect_round_trip(layer, profile_for(handover ? kind.name : child), faultless);
        }
    }
}

} // namespace wire
