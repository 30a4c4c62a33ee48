#include "harness/wire/json.h"

#include "harness/wire/describer.h"

#include <fmt/format.h>

namespace wire {

namespace {

void print_json(const Element& element, std::string& out) {
    fmt::format_to(std::back_inserter(out), "{{\"name\":{},\"offset\":{},\"size\":{},\"fields\":{{",
                   json_string(element.name), element.offset, element.size);
    bool first = true;
    for (const auto& attribute : element.attributes) {
        if (!first)
            out += ',';
        first = false;
        out += json_string(attribute.name);
        out += ':';
        if (const auto* number = std::get_if<std::uint64_t>(&attribute.value))
            out += std::to_string(*number);
        else
            out += json_string(text(attribute.value, attribute.kind));
    }
    out += "},\"options\":[";
    for (std::size_t i = 0; i < element.children.size(); ++i) {
        if (i)
            out += ',';
        print_json(element.children[i], out);
    }
    out += "]}";
}

} // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (octet < 0x20 || octet >= 0x7f) {
            out += fmt::format("\\u{:04x}", octet);
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string json(const Packet& packet, std::size_t number, base::Wall time, const Profile& profile) {
    Element whole = describe_everything(packet, profile);
    std::int64_t seconds = time.count() / 1'000'000'000, rest = time.count() % 1'000'000'000;
    std::string out = fmt::format("{{\"number\":{},\"time\":{}.{:09},\"layers\":[", number, seconds, rest);
    for (std::size_t i = 0; i < whole.children.size(); ++i) {
        if (i)
            out += ',';
        print_json(whole.children[i], out);
    }
    out += "],\"faults\":[";
    for (std::size_t i = 0; i < packet.faults.size(); ++i) {
        const auto& fault = packet.faults[i];
        fmt::format_to(std::back_inserter(out), "{}{{\"kind\":\"{}\",\"offset\":{},\"where\":{}}}",
                       i ? "," : "", name(fault.kind), fault.offset, json_string(fault.where));
    }
    return out + "]}";
}

} // namespace wire
