#pragma once

#include "harness/model/machine.h"
#include "harness/wire/packet.h"

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace peers::common {

/// The configuration of a node for tests, in one expression:
/// NodeBuilder("lma").port("core", {"2001:db8:0:ff::1/48"}).route("::/0", "2001:db8:0:1::1").config()
class NodeBuilder {
public:
    explicit NodeBuilder(const std::string& name, const std::string& role = "host") {
        config_.self.name = name;
        config_.self.role = role;
        config_.profile = "draft02";
    }
    /// A port named as its link. The Ethernet address is made of the node's name and the number of the port.
    NodeBuilder& port(const std::string& link, const std::vector<std::string>& addresses = {},
                      unsigned mtu = 1500) {
        model::Port port;
        port.name = port.link = link;
        port.mtu = mtu;
        const auto hash = static_cast<std::uint32_t>(std::hash<std::string>{}(config_.self.name));
        port.mac.octets = {2,
                           0,
                           static_cast<std::uint8_t>(hash >> 16),
                           static_cast<std::uint8_t>(hash >> 8),
                           static_cast<std::uint8_t>(hash),
                           static_cast<std::uint8_t>(config_.self.ports.size() + 1)};
        for (const std::string& address : addresses)
            port.addresses.push_back(base::parse_prefix(address).value());
        config_.self.ports.push_back(std::move(port));
        return *this;
    }
    NodeBuilder& mac(const std::string& address) {
        return config_.self.ports.back().mac = base::parse_mac(address).value(), *this;
    }
    /// The last port is wireless: without link until TestNet::connect.
    NodeBuilder& detached() { return config_.self.ports.back().link.clear(), *this; }
    NodeBuilder& route(const std::string& to, const std::string& via) {
        config_.self.routes.push_back({base::parse_prefix(to).value(), base::parse_ip6(via).value()});
        return *this;
    }
    NodeBuilder& set(const std::string& name, const std::string& value) {
        config_.self.settings[name] = value;
        return *this;
    }
    const model::NodeConfig& config() const { return config_; }

private:
    model::NodeConfig config_;
};

/// A network of machines in virtual time for unit tests. A link is everything whose ports name it; each frame
/// reaches all other ports on it after the latency.
class TestNet {
public:
    struct Frame {
        base::Mono at{};
        std::string from, link;
        wire::Packet packet;
    };
    struct Said {
        std::string node;
        model::Note note;
    };

    wire::Profile profile; ///< under which frames are read
    base::Duration latency = std::chrono::milliseconds(1);
    base::Wall epoch = std::chrono::seconds(1'700'000'000);
    std::map<std::string, base::Duration> clock; ///< offset of a node's wall clock
    std::vector<Frame> frames;                   ///< all that was sent, in order
    std::vector<Said> notes;
    std::function<bool(const Frame&)> loses; ///< true: the frame is recorded but not delivered

    /// Adds a machine with its configuration; its links come up.
    model::Machine& add(const model::NodeConfig& config, std::unique_ptr<model::Machine> machine) {
        nodes_.push_back({config, std::move(machine)});
        const std::size_t index = nodes_.size() - 1;
        for (std::size_t port = 0; port < config.self.ports.size(); ++port)
            if (!config.self.ports[port].link.empty())
                tell(index, model::Carrier{port, true});
        return *nodes_[index].machine;
    }
    void tell(const std::string& node, const model::Stimulus& stimulus) { tell(index(node), stimulus); }
    void emit(const std::string& node, wire::Packet packet) {
        tell(node, model::Emit{std::move(packet), {}, {}});
    }

    /// Plugs the port into another link (empty: none), with loss and return of carrier.
    void connect(const std::string& node, std::size_t port, const std::string& link) {
        model::Port& moved = nodes_[index(node)].config.self.ports[port];
        if (!moved.link.empty())
            tell(index(node), model::Carrier{port, false});
        moved.link = link;
        if (!link.empty())
            tell(index(node), model::Carrier{port, true});
    }

    base::Mono now() const { return now_; }
    void run_for(base::Duration time) {
        const base::Mono end = now_ + time;
        while (step(end)) {
        }
        now_ = end;
    }

    /// Packets of that kind since the beginning, or sent by one node, or seen on one link.
    template <class Layer>
    std::vector<const Frame*> all(const std::string& from = {}, const std::string& link = {}) const {
        std::vector<const Frame*> found;
        for (const Frame& frame : frames)
            if (frame.packet.find<Layer>() && (from.empty() || frame.from == from) &&
                (link.empty() || frame.link == link))
                found.push_back(&frame);
        return found;
    }
    template <class Layer>
    const wire::Packet* last(const std::string& from = {}, const std::string& link = {}) const {
        const auto found = all<Layer>(from, link);
        return found.empty() ? nullptr : &found.back()->packet;
    }

private:
    struct Entry {
        model::NodeConfig config;
        std::unique_ptr<model::Machine> machine;
    };
    struct Due {
        base::Mono at{};
        std::uint64_t order = 0;
        std::size_t node = 0, port = 0;
        std::string link;
        base::Bytes frame;
        bool operator<(const Due& other) const {
            return std::tie(at, order) > std::tie(other.at, other.order);
        }
    };

    std::size_t index(const std::string& node) const {
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            if (nodes_[i].config.self.name == node)
                return i;
        throw std::out_of_range("no node " + node);
    }
    base::Now local(std::size_t node) const {
        const auto offset = clock.find(nodes_[node].config.self.name);
        return {now_, epoch + now_ + (offset == clock.end() ? base::Duration{} : offset->second)};
    }
    void tell(std::size_t node, const model::Stimulus& stimulus) {
        model::Actions actions;
        nodes_[node].machine->on(stimulus, local(node), actions);
        carry_out(node, actions);
    }
    void carry_out(std::size_t node, model::Actions& actions) {
        for (model::Action& action : actions) {
            if (auto* note = std::get_if<model::Note>(&action))
                notes.push_back({nodes_[node].config.self.name, *note});
            else
                transmit(node, std::get<model::FrameOut>(action));
        }
    }
    void transmit(std::size_t node, const model::FrameOut& out) {
        const std::string link = nodes_[node].config.self.ports[out.port].link;
        if (link.empty())
            return;
        frames.push_back({now_, nodes_[node].config.self.name, link, wire::decode_frame(out.bytes, profile)});
        if (loses && loses(frames.back()))
            return;
        for (std::size_t n = 0; n < nodes_.size(); ++n)
            for (std::size_t p = 0; p < nodes_[n].config.self.ports.size(); ++p)
                if (nodes_[n].config.self.ports[p].link == link && (n != node || p != out.port))
                    due_.push({now_ + latency, order_++, n, p, link, out.bytes});
    }
    bool step(base::Mono end) {
        std::optional<base::Mono> next;
        if (!due_.empty())
            next = due_.top().at;
        for (const Entry& entry : nodes_)
            if (const auto deadline = entry.machine->deadline(); deadline && (!next || *deadline < *next))
                next = deadline;
        if (!next || *next > end)
            return false;
        now_ = std::max(now_, *next);
        while (!due_.empty() && due_.top().at <= now_) {
            const Due due = due_.top();
            due_.pop();
            if (nodes_[due.node].config.self.ports[due.port].link != due.link)
                continue; // it has left the link meanwhile
            const wire::Packet packet = wire::decode_frame(due.frame, profile);
            tell(due.node, model::FrameIn{due.port, &packet});
        }
        for (std::size_t node = 0; node < nodes_.size(); ++node)
            if (const auto deadline = nodes_[node].machine->deadline(); deadline && *deadline <= now_) {
                model::Actions actions;
                nodes_[node].machine->tick(local(node), actions);
                carry_out(node, actions);
            }
        return true;
    }

    std::vector<Entry> nodes_;
    std::priority_queue<Due> due_;
    base::Mono now_{};
    std::uint64_t order_ = 0;
};

} // namespace peers::common
