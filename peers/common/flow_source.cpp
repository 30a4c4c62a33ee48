#include "peers/common/flow_source.h"

#include "harness/base/text.h"
#include "harness/model/flow.h"

#include <algorithm>
#include <charconv>

namespace peers::common {

namespace {

constexpr std::uint16_t default_port = 40000;
constexpr double slowest = 0.001, fastest = 100'000; ///< packets a second
constexpr std::size_t largest = 65000;               ///< octets of payload

std::string argument(const model::Arguments& arguments, const std::string& name) {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::string{} : found->second;
}

std::uint64_t number(const model::Arguments& arguments, const std::string& name, std::uint64_t otherwise) {
    return base::parse_number(argument(arguments, name)).value_or(otherwise);
}

double rate_of(const model::Arguments& arguments) {
    const std::string text = argument(arguments, "rate");
    double rate = 50;
    std::from_chars(text.data(), text.data() + text.size(), rate);
    return rate >= slowest ? std::min(rate, fastest) : slowest;
}

} // namespace

bool FlowSource::on(const model::Told& told, base::Now now, Output& output) {
    const model::Arguments& arguments = told.arguments;
    const std::string name = argument(arguments, "name");
    if (told.event == "flow-end") {
        flows_.erase(name + "/forth");
        flows_.erase(name + "/back");
        return true;
    }
    if (told.event != "flow-start")
        return false;
    Running flow;
    const auto to = base::parse_ip6(argument(arguments, "to"));
    const std::string protocol = argument(arguments, "protocol");
    if (!to || to->is_unspecified() || (protocol != "udp" && protocol != "echo")) {
        output.note(
            "flow " + name + " cannot be sent: " +
            (protocol == "udp" || protocol == "echo" ? "it has no destination" : "no such protocol here"));
        return true;
    }
    flow.to = *to;
    flow.from = base::parse_ip6(argument(arguments, "from")).value_or(base::Ip6{});
    flow.is_echo = protocol == "echo";
    flow.back = argument(arguments, "direction") == "back";
    flow.size = std::min<std::size_t>(number(arguments, "size", 64), largest);
    flow.interval =
        std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1 / rate_of(arguments)));
    flow.left = number(arguments, "packets", 0);
    flow.port = static_cast<std::uint16_t>(number(arguments, "port", default_port));
    flow.next = now.mono;
    flows_[name + (flow.back ? "/back" : "/forth")] = flow;
    return true;
}

void FlowSource::tick(base::Now now, const base::Ip6& own, Output& output) {
    for (auto running = flows_.begin(); running != flows_.end();) {
        Running& flow = running->second;
        bool ended = false;
        for (int burst = 0; burst < 64 && !ended && flow.next <= now.mono; ++burst) {
            send(flow, own, output);
            flow.next += flow.interval;
            ended = flow.left > 0 && --flow.left == 0;
        }
        running = ended ? flows_.erase(running) : std::next(running);
    }
}

std::optional<base::Mono> FlowSource::deadline() const {
    std::optional<base::Mono> earliest;
    for (const auto& [name, flow] : flows_)
        earliest = earliest ? std::min(*earliest, flow.next) : flow.next;
    return earliest;
}

void FlowSource::send(Running& flow, const base::Ip6& own, Output& output) {
    const wire::Ipv6 header{flow.from.is_unspecified() ? own : flow.from, flow.to};
    base::Bytes payload = model::flow_payload({flow.port, flow.back, flow.sequence}, flow.size);
    const auto low = static_cast<std::uint16_t>(flow.sequence++);
    if (flow.is_echo)
        output.send({{header, wire::EchoRequest{flow.port, low, std::move(payload), {}}}, {}, {}});
    else
        output.send({{header, wire::Udp{flow.port, flow.port, {}, {}, {}}, wire::Payload{std::move(payload)}},
                     {},
                     {}});
}

} // namespace peers::common
