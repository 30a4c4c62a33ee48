#include "harness/model/edit.h"

#include <algorithm>
#include <optional>

namespace model {
namespace {

struct Extent {
    std::size_t offset = 0, size = 0;
};

std::optional<Extent> extent(const wire::Element& packet, const std::string& layer, std::size_t whole) {
    const wire::Element* found = nullptr;
    for (const auto& child : packet.children)
        if (layer.empty() ? child.name != "ethernet" && !found : child.name == layer)
            found = &child;
    if (!found)
        return std::nullopt;
    return Extent{found->offset, layer.empty() ? whole - std::min(whole, found->offset) : found->size};
}

} // namespace

void apply(const std::vector<Edit>& edits, const wire::Packet& decoded, base::Bytes& octets) {
    if (edits.empty())
        return;
    const wire::Element described = wire::describe(decoded);
    for (const auto& edit : edits) {
        const auto place = extent(described, edit.layer, octets.size());
        if (!place)
            continue;
        const std::size_t start = place->offset + edit.at;
        switch (edit.kind) {
        case Edit::Kind::replace:
        case Edit::Kind::exclusive_or:
            for (std::size_t i = 0; i < edit.octets.size() && start + i < octets.size(); ++i) {
                auto& octet = octets[start + i];
                octet = edit.kind == Edit::Kind::replace ? edit.octets[i]
                                                         : static_cast<std::uint8_t>(octet ^ edit.octets[i]);
            }
            break;
        case Edit::Kind::truncate:
            octets.resize(std::min(octets.size(), start));
            break;
        case Edit::Kind::append:
            octets.insert(octets.end(), edit.octets.begin(), edit.octets.end());
            break;
        }
    }
}

} // namespace model
