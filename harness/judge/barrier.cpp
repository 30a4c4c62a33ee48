#include "harness/judge/barrier.h"

#include "harness/judge/match.h"

#include <fmt/format.h>

namespace judge {

Barrier::Barrier(const model::PacketSpec& request, const model::PacketSpec& answer, std::string from,
                 std::string node)
    : request_(request), answer_(answer), from_(std::move(from)), node_(std::move(node)) {}

bool Barrier::send(World& world, const Scope& scope, std::vector<std::string>& mistakes) {
    auto emit =
        compose(request_, {from_, node_, {}, {}}, world.viewpoint(scope.round), world.sequences, mistakes);
    if (!mistakes.empty())
        return false;
    sent_ = world.now.mono;
    sent_element_ = wire::describe(emit.packet, world.options.profile);
    world.order(model::SendPacket{from_, std::move(emit)});
    return true;
}

bool Barrier::see(const Sighting& sighting, const World& world) {
    const auto& seen = sighting.seen;
    if (answered_ || seen.from != node_ || !is_of_kind(answer_, sighting.seen.packet))
        return false;
    if (!seen.destination.empty() && seen.destination != from_)
        return false;
    for (const auto& path : {answer_.answers_field, answer_.about_field}) {
        if (path.empty())
            continue;
        const auto asked = find_attribute(sent_element_, path),
                   got = find_attribute(sighting.element(), path);
        if (asked.attribute && (!got.attribute || got.attribute->value != asked.attribute->value))
            return false;
    }
    if (!compare(answer_, sighting.element(), world.viewpoint(0, &sighting.element())).matches())
        return false;
    answered_ = true;
    return true;
}

Barriers send_barriers(World& world, const Scope& scope) {
    Barriers barriers;
    for (const auto& text : world.environment.topology().barriers)
        for (const auto& node : world.environment.topology().nodes) {
            if (node.role != text.role || !world.bench.is_under_test(node.name))
                continue;
            const auto request = world.library.templates.find(text.send);
            const auto answer = world.library.templates.find(text.expect);
            if (request == world.library.templates.end() || answer == world.library.templates.end())
                continue;
            auto barrier = std::make_shared<Barrier>(request->second, answer->second, text.from, node.name);
            std::vector<std::string> mistakes;
            if (barrier->send(world, scope, mistakes)) {
                barriers.push_back(barrier);
                world.barriers.push_back(barrier);
            } else {
                Circumstance here;
                here.step = "barrier";
                world.add(world.bench.plain(model::Verdict::error, here,
                                            fmt::format("the barrier of {} cannot be sent: {}", node.name,
                                                        fmt::join(mistakes, "; "))));
            }
        }
    return barriers;
}

} // namespace judge
