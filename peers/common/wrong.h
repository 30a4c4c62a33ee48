#pragma once

#include "harness/model/machine.h"
#include "harness/wire/packet.h"
#include "peers/common/role.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace peers::common {

// Deliberate misbehaviour, for mutants: a machine made wrong in one named way by wrapping it.
//
//     auto lma = std::make_unique<Wrong>(make_lma(config));
//     lma->outgoing(edit<wire::BindingAcknowledgement>([](auto& ack) { ++ack.sequence; }).only(1));

/// Which packets are meant; the packet is decoded from its Ethernet header on.
using Selects = std::function<bool(const wire::Packet&)>;

/// Packets that are about that kind of message (wire::kind): "binding-acknowledgement".
Selects kind(std::string name);
/// Packets with such a layer, for which `also` holds.
template <class Layer>
Selects is(std::function<bool(const Layer&)> also = {}) {
    return [also = std::move(also)](const wire::Packet& packet) {
        const Layer* layer = packet.find_last<Layer>();
        return layer && (!also || also(*layer));
    };
}
Selects any_packet();
Selects both(Selects, Selects);
Selects neither(Selects); ///< all but those

/// What happens to the selected packets. The fields compose: an edited packet may also come late and twice.
struct Misdeed {
    Selects selects;
    std::uint64_t first = 1,
                  last = std::numeric_limits<std::uint64_t>::max(); ///< of the selected, counted from 1
    bool drops = false;
    std::function<bool(wire::Packet&)> edit; ///< false: leave it as it is; lengths and checksums follow
    std::function<void(base::Bytes&, const wire::Packet&)> edit_octets; ///< after encoding, nothing follows
    base::Duration delay{};
    std::optional<base::Duration> again; ///< once more that much later

    /// The n-th of them only; from the n-th on; up to the n-th.
    Misdeed only(std::uint64_t n) &&;
    Misdeed from(std::uint64_t n) &&;
    Misdeed until(std::uint64_t n) &&;
};

Misdeed drop(Selects);
Misdeed delay(Selects, base::Duration);
Misdeed duplicate(Selects, base::Duration after = {});
Misdeed edit(Selects, std::function<bool(wire::Packet&)>);
Misdeed edit_octets(Selects, std::function<void(base::Bytes&, const wire::Packet&)>);
/// Changes the last layer of that type in every packet that has one.
template <class Layer>
Misdeed edit(std::function<void(Layer&)> change) {
    return edit(is<Layer>(), [change = std::move(change)](wire::Packet& packet) {
        for (auto layer = packet.layers.rbegin(); layer != packet.layers.rend(); ++layer)
            if (Layer* found = std::get_if<Layer>(&*layer)) {
                change(*found);
                return true;
            }
        return false;
    });
}

/// Removes all options of that type from a list; true if there was one.
template <class Option, class Options>
bool remove(Options& options) {
    return std::erase_if(options, [](const auto& option) { return std::holds_alternative<Option>(option); }) >
           0;
}

/// A machine whose frames, stimuli or clock are tampered with. Several misdeeds apply in the order given.
class Wrong : public model::Machine {
public:
    explicit Wrong(std::unique_ptr<model::Machine>, const wire::Profile& = {});
    Wrong& outgoing(Misdeed);
    Wrong& incoming(Misdeed);
    /// Neither Told{event} nor, for "carrier", a change of carrier reaches it.
    Wrong& deaf_to(std::string event);
    /// What the machine takes for the time. Its deadlines are still kept by the true clock, so that only the
    /// wall clock should be changed.
    Wrong& clock(std::function<base::Now(base::Now)>);

    void on(const model::Stimulus&, base::Now, model::Actions&) override;
    void tick(base::Now, model::Actions&) override;
    std::optional<base::Mono> deadline() const override;

private:
    struct Counted {
        Misdeed misdeed;
        std::uint64_t seen = 0;
    };
    struct Late {
        base::Mono at{};
        std::uint64_t order = 0;
        std::size_t port = 0;
        base::Bytes frame;
        bool is_incoming = false;
        bool operator<(const Late& other) const {
            return std::tie(at, order) > std::tie(other.at, other.order);
        }
    };
    struct Treated {
        std::size_t port = 0;
        base::Bytes frame;
    };

    /// The frames that are to go on at once; the others wait.
    std::vector<Treated> treat(std::vector<Counted>&, std::size_t port, base::Bytes frame, bool is_incoming,
                               base::Now);
    void postpone(base::Mono, std::size_t port, base::Bytes, bool is_incoming);
    void inside(const model::Stimulus&, base::Now, model::Actions&);
    void let_out(model::Actions& made, base::Now, model::Actions&);
    void arrive(std::size_t port, const base::Bytes&, base::Now, model::Actions&);
    base::Now time(base::Now now) const { return clock_ ? clock_(now) : now; }

    std::unique_ptr<model::Machine> machine_;
    wire::Profile profile_;
    std::vector<Counted> outgoing_, incoming_;
    std::vector<std::string> deaf_to_;
    std::function<base::Now(base::Now)> clock_;
    std::priority_queue<Late> late_;
    std::uint64_t order_ = 0;
};

/// A role some of whose commands are changed or, where `edit` returns false, swallowed: it forgets routes,
/// keeps tunnels, sets other rules. Inputs for which `hears` returns false do not reach it.
class WrongRole : public Role {
public:
    WrongRole(std::unique_ptr<Role> role, std::function<bool(Command&)> edit,
              std::function<bool(const Input&)> hears = {})
        : role_(std::move(role)), edit_(std::move(edit)), hears_(std::move(hears)) {}
    Wants wants() const override { return role_->wants(); }
    void start(base::Now now, Output& output) override {
        role_->start(now, output);
        spoil(output);
    }
    void on(const Input& input, base::Now now, Output& output) override {
        if (hears_ && !hears_(input))
            return;
        role_->on(input, now, output);
        spoil(output);
    }
    void tick(base::Now now, Output& output) override {
        role_->tick(now, output);
        spoil(output);
    }
    std::optional<base::Mono> deadline() const override { return role_->deadline(); }

private:
    void spoil(Output& output) {
        if (!edit_)
            return;
        std::vector<Command> kept;
        for (Command& command : output.commands)
            if (edit_(command))
                kept.push_back(std::move(command));
        output.commands = std::move(kept);
    }
    std::unique_ptr<Role> role_;
    std::function<bool(Command&)> edit_;
    std::function<bool(const Input&)> hears_;
};

} // namespace peers::common
