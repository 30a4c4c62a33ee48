#pragma once

#include "harness/judge/interpreter.h"

#include <memory>
#include <string>
#include <vector>

/// What tests of the judge are written with: a case built in code, and a transcript told to it event by
/// event.
namespace judge::play {

using std::chrono::milliseconds;
using std::chrono::seconds;

model::Value literal(std::string text);
model::Value reference(std::string path);
model::Value op(model::Value::Op, std::vector<model::Value> operands = {});
model::Value typical(model::Value);
/// `name` has that value, and perhaps proves something.
model::FieldSpec field(std::string name, model::Value, std::string proves = {});
model::ElementSpec element(std::string kind, std::vector<model::FieldSpec> = {},
                           std::vector<model::ElementSpec> = {});
/// A packet about that element, behind other layers.
model::PacketSpec packet(model::ElementSpec message, std::vector<model::ElementSpec> layers = {});
model::Proofs proofs(const std::string& ids);

model::Step send(std::string from, std::string to, model::PacketSpec, std::string as = {});
model::Step expect(std::string from, std::string to, model::PacketSpec, base::Duration within,
                   std::string proves = {});
model::Step never(std::string from, model::PacketSpec, base::Duration for_time, std::string proves = {});
template <class What>
model::Step step(What what, std::string proves = {}, std::string as = {}) {
    model::Step result;
    result.what = std::move(what);
    result.proves = proofs(proves);
    result.as = std::move(as);
    return result;
}

/// A registration of mn1, and its answer, as the suites' templates have them.
model::PacketSpec pbu();
model::PacketSpec pba(std::string status = "accepted");

/// lma (under test) and mag1 (tester), mag2 (peer), cn (kernel) on link "core"; mn1 and mn2 as identities; an
/// access link mag1-mn1.
model::Topology one_mag();

/// Messages as a correct implementation has them on the wire.
wire::Packet binding_update(std::uint16_t sequence, std::string nai = "mn1@example.net");
wire::Packet binding_acknowledgement(std::uint16_t sequence, std::uint8_t status = 0,
                                     std::string nai = "mn1@example.net");

/// One case being played.
class Play {
public:
    explicit Play(model::Steps body, model::Steps given = {}, model::Steps finally = {});

    model::Case scenario;
    model::Library library;
    model::Ledger ledger;
    Options options;

    Play& start();
    /// A frame of `from` on that link, now. IPv6 addresses that are unspecified become those of the nodes.
    Play& frame(std::string from, std::string to, wire::Packet, std::string link = "core",
                model::Fate fate = model::Fate::delivered);
    Play& event(decltype(model::Event::what));
    /// Time goes on, with a tick at every deadline on the way.
    Play& pass(base::Duration);
    /// The last packet that the interpreter ordered appears on the wire.
    Play& sent();
    /// Time goes on until the case is over; fails the test if it takes longer than a day.
    Play& finish();

    std::vector<model::Finding> findings() const { return interpreter->findings(); }
    /// "PMIP6-LMA-001 fail; pass; …": ids and verdicts in order.
    std::string verdicts() const;
    model::Verdict verdict() const { return model::gravest(findings()); }
    bool done() const { return interpreter->done(); }

    std::unique_ptr<Interpreter> interpreter;
    model::Orders orders; ///< all so far
    base::Mono now{};
    std::uint64_t number = 0;

private:
    base::Now both() const { return {now, seconds(1'188'864'000) + now}; }
    void deliver(const std::string& from, base::Bytes frame, const std::string& link, model::Fate fate);
    std::size_t answered_ = 0;
};

template <class Order>
std::vector<Order> orders_of(const Play& play) {
    std::vector<Order> all;
    for (const auto& one : play.orders)
        if (const auto* found = std::get_if<Order>(&one))
            all.push_back(*found);
    return all;
}

} // namespace judge::play
