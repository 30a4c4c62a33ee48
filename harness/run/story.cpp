#include "harness/run/story.h"

#include "harness/base/text.h"
#include "harness/wire/ethernet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace run {

namespace {

constexpr std::size_t most_rungs = 300, most_steps = 200, longest_text = 600;
constexpr std::size_t most_octets = 2048, most_dumps = 12, room_for_packets = 1u << 20;
constexpr std::size_t most_fields = 400;

bool is_background(std::string_view kind) {
    static constexpr std::array<std::string_view, 12> kinds{"neighbor-solicitation",
                                                            "neighbor-advertisement",
                                                            "mld-query",
                                                            "mld-report",
                                                            "mld-report-v2",
                                                            "mld-done",
                                                            "echo-request",
                                                            "echo-reply",
                                                            "udp",
                                                            "tcp",
                                                            "ipv6",
                                                            "ethernet"};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most)
        return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most; // not within a character
    return text.substr(0, most) + "…";
}

std::string arguments(const model::Arguments& values) {
    std::string out;
    for (const auto& [name, value] : values)
        out += fmt::format(" {}={}", name, value);
    return out;
}

// Flattens the steps of a case into what a table shows.
class Steps {
public:
    explicit Steps(std::vector<model::Story::Step>& out) : out_(out) {}
    void add(const model::Steps& steps, const std::string& part, unsigned depth = 0) {
        part_ = part;
        for (const auto& step : steps)
            add(step, depth);
    }

private:
    void add(const model::Step& step, unsigned depth) {
        if (out_.size() == most_steps)
            return;
        static constexpr std::array<const char*, std::variant_size_v<model::StepBase>> names{
            "send", "answer",  "expect", "never", "any-order", "either", "record", "repeat", "attach",
            "tell", "control", "impair", "flow",  "end-flow",  "phase",  "state",  "wait"};
        model::Story::Step told;
        told.part = part_;
        told.kind = names[step.what.index()];
        told.name = step.as;
        told.line = step.where.line;
        told.column = step.where.column;
        told.depth = depth;
        const model::StepBase& what = step.what;
        std::vector<const model::Steps*> inner;
        if (const auto* send = std::get_if<model::Send>(&what)) {
            ends(told, send->ends, send->packet);
        } else if (const auto* expect = std::get_if<model::Expect>(&what)) {
            ends(told, expect->ends, expect->packet);
        } else if (const auto* never = std::get_if<model::Never>(&what)) {
            ends(told, never->ends, never->packet);
        } else if (const auto* answer = std::get_if<model::Answer>(&what)) {
            ends(told, answer->ends, answer->to_what);
        } else if (const auto* attach = std::get_if<model::Attach>(&what)) {
            told.kind = attach->to.empty() ? "detach" : "attach";
            told.from = attach->node;
            told.to = attach->to;
        } else if (const auto* tell = std::get_if<model::Tell>(&what)) {
            told.from = tell->node;
            told.name = tell->event;
        } else if (const auto* control = std::get_if<model::Control>(&what)) {
            static constexpr std::array<const char*, 4> verbs{"stop", "start", "restart", "clock"};
            told.kind = verbs[static_cast<std::size_t>(control->verb)];
            told.from = control->node;
        } else if (const auto* flow = std::get_if<model::RunsFlow>(&what)) {
            told.name = flow->flow.name;
            told.from = flow->flow.from;
            told.to = flow->flow.to;
        } else if (const auto* state = std::get_if<model::State>(&what)) {
            told.from = state->node;
            told.name = state->of;
        } else if (const auto* together = std::get_if<model::AnyOrder>(&what)) {
            inner = {&together->steps};
        } else if (const auto* repeat = std::get_if<model::Repeat>(&what)) {
            inner = {&repeat->steps};
        } else if (const auto* phase = std::get_if<model::Phase>(&what)) {
            inner = {&phase->steps};
        } else if (const auto* either = std::get_if<model::Either>(&what)) {
            for (const auto& block : either->blocks)
                inner.push_back(&block);
        }
        out_.push_back(std::move(told));
        for (const auto* steps : inner)
            for (const auto& one : *steps)
                add(one, depth + 1);
    }
    static void ends(model::Story::Step& told, const model::Ends& ends, const model::PacketSpec& packet) {
        told.from = base::join(ends.from, " ");
        told.to = base::join(ends.to, " ");
        const std::string& message = packet.template_name.empty() ? packet.message : packet.template_name;
        if (!message.empty())
            told.name += (told.name.empty() ? "" : ": ") + message;
    }

    std::vector<model::Story::Step>& out_;
    std::string part_;
};

std::string message_text(const wire::Element& packet) {
    std::string out;
    for (const auto& layer : packet.children)
        if (layer.name != "ethernet" && out.size() < longest_text)
            out += wire::text(layer);
    return cut(std::move(out), longest_text);
}

} // namespace

StoryTeller::StoryTeller(const model::Case& scenario, const wire::Profile& profile, base::Mono start)
    : profile_(profile), start_(start), story_(std::make_shared<model::Story>()), room_(room_for_packets) {
    story_->purpose = scenario.purpose;
    story_->says = cut(scenario.says, 4000);
    Steps steps(story_->steps);
    steps.add(scenario.given, "given");
    steps.add(scenario.body, "");
    steps.add(scenario.finally, "finally");
    for (const auto& node : scenario.topology.nodes) {
        story_->nodes.push_back({node.name, node.role, std::string(model::name(node.player))});
        for (const auto& port : node.ports) {
            owners_[{port.link, port.mac}] = node.name;
            if (!port.link.empty())
                story_->links[port.link].push_back(node.name);
        }
    }
}

void StoryTeller::tell(base::Mono at, std::string from, std::string kind, std::string text) {
    if (story_->rungs.size() == most_rungs)
        return;
    model::Story::Rung rung;
    rung.at = at - start_;
    rung.from = std::move(from);
    rung.kind = std::move(kind);
    rung.text = cut(std::move(text), longest_text);
    story_->rungs.push_back(std::move(rung));
}

void StoryTeller::add(const model::Event& event) {
    if (const auto* seen = std::get_if<model::Seen>(&event.what))
        packet(event, *seen);
    else if (const auto* said = std::get_if<model::Said>(&event.what))
        tell(event.at, said->node, cut(said->note.text, 60), arguments(said->note.arguments));
    else if (const auto* died = std::get_if<model::Died>(&event.what))
        tell(event.at, died->node, "ended", died->how);
    else if (const auto* done = std::get_if<model::Done>(&event.what))
        tell(event.at, {}, cut(done->order, 60), done->trouble);
}

// A packet of the background like one shortly before is counted there.
bool StoryTeller::joined(const model::Story::Rung& rung) {
    constexpr std::size_t back = 8;
    auto& rungs = story_->rungs;
    for (std::size_t i = rungs.size(); rung.background && i > 0 && i + back > rungs.size(); --i) {
        auto& earlier = rungs[i - 1];
        if (earlier.background && earlier.kind == rung.kind && earlier.link == rung.link &&
            earlier.from == rung.from && earlier.to == rung.to && earlier.fate == rung.fate) {
            ++earlier.count;
            return true;
        }
    }
    return false;
}

void StoryTeller::packet(const model::Event& event, const model::Seen& seen) {
    model::Story::Rung rung;
    rung.packet = event.number;
    rung.at = event.at - start_;
    rung.link = seen.link;
    rung.from = seen.from;
    rung.to = seen.destination;
    rung.kind = wire::kind(seen.packet);
    rung.size = seen.packet.raw.size();
    rung.background = is_background(rung.kind);
    if (seen.fate != model::Fate::delivered)
        rung.fate = model::name(seen.fate);
    if (const auto* ethernet = seen.packet.find<wire::Ethernet>()) {
        owners_[{seen.link, ethernet->source}] = seen.from;
        destinations_[event.number] = ethernet->destination;
    }
    auto& nodes = story_->links[seen.link];
    if (std::find(nodes.begin(), nodes.end(), seen.from) == nodes.end())
        nodes.push_back(seen.from);
    if (joined(rung))
        return;
    if (seen.packet.raw.size() <= room_) {
        room_ -= seen.packet.raw.size();
        packets_.emplace(event.number, seen.packet);
    }
    if (story_->rungs.size() == most_rungs) {
        ++story_->left_out;
        destinations_.erase(event.number);
        return;
    }
    if (!rung.background)
        rung.text = message_text(wire::describe(seen.packet, profile_));
    story_->rungs.push_back(std::move(rung));
}

// An arrow ends at the node on that link that the frame is meant for; which address is whose is known best at
// the end.
void StoryTeller::resolve_ends() {
    for (auto& rung : story_->rungs) {
        const auto destination = destinations_.find(rung.packet);
        if (rung.packet == 0 || destination == destinations_.end())
            continue;
        if (destination->second.is_group()) {
            rung.to.clear();
            continue;
        }
        const auto owner = owners_.find({rung.link, destination->second});
        if (owner != owners_.end())
            rung.to = owner->second;
    }
}

void StoryTeller::keep_octets(const std::vector<model::Finding>& findings) {
    std::set<std::uint64_t> wanted;
    for (const auto& finding : findings)
        if (finding.packet != 0 && wanted.size() < most_dumps &&
            (model::is_red(finding.verdict) || finding.verdict == model::Verdict::deviation))
            wanted.insert(finding.packet);
    for (const std::uint64_t number : wanted) {
        const auto found = packets_.find(number);
        if (found == packets_.end())
            continue;
        model::Story::Octets out;
        out.packet = number;
        const auto& raw = found->second.raw;
        out.octets.assign(raw.begin(),
                          raw.begin() + static_cast<std::ptrdiff_t>(std::min(raw.size(), most_octets)));
        for (const auto& place : wire::places(found->second, profile_))
            if (out.fields.size() < most_fields && place.offset + place.size <= out.octets.size())
                out.fields.push_back({place.path, place.offset, place.size});
        story_->octets.push_back(std::move(out));
    }
}

std::shared_ptr<const model::Story> StoryTeller::finish(const std::vector<model::Finding>& findings) {
    resolve_ends();
    keep_octets(findings);
    packets_.clear();
    destinations_.clear();
    return story_;
}

} // namespace run
