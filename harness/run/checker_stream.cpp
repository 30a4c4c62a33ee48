// A capture's packets on their way: read, looked at by any thread, and delivered in their order.
#include "harness/run/checker.h"
#include "harness/stage/host/host.h"
#include "harness/stage/host/in_order.h"

namespace run {

namespace {

constexpr std::uint8_t tcp = 6;
/// Packets at once for which memory is asked for; what three blocks bring fits into the first-level cache.
constexpr std::size_t block = 32;
/// As many packets ahead octets are asked for.
constexpr std::size_t ahead = 6;

void describe(judge::Tunnelled& out, const stage::replay::Record& record, const Glance& glance) {
    out.packet = record.number;
    out.at = record.at;
    out.from = glance.address(glance.walk.outer_ip + 8);
    out.to = glance.address(glance.walk.outer_ip + 24);
    out.source = glance.address(glance.walk.inner_ip + 8);
    out.destination = glance.address(glance.walk.inner_ip + 24);
}

} // namespace

void Checker::read(stage::replay::Capture& capture) {
    name_ = capture.name();
    // Who sent a packet is looked up among the interfaces, which are still being read.
    capture_ = nodes_ ? &capture : nullptr;
    const unsigned threads = nodes_ ? 1 : threads_;
    std::vector<Part> parts(threads > 1 ? 3 * threads : 1);
    stage::host::in_order(
        {[&](std::size_t place) { return !stage::host::interrupted() && capture.next(parts[place].batch); },
         [&](std::size_t place) { look(parts[place]); }, [&](std::size_t place) { deliver(parts[place]); }},
        threads, parts.size());
    capture_ = nullptr;
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

void Checker::look(Part& part) const {
    part.clear();
    part.blocks.emplace_back();
    for (std::uint32_t at = 0; at < part.batch.records.size(); ++at) {
        const auto& record = part.batch.records[at];
        // Nothing else tells the processor where the next packets begin.
        if (at + ahead < part.batch.records.size()) {
            const auto* far = part.batch.records[at + ahead].bytes.data();
            judge::ask_for(far + 48);
            judge::ask_for(far + 112);
        }
        Glance glance = Glance::of(record);
        glance.unwrap();
        const auto& walk = glance.walk;
        Part::Step step{at, Part::What::decode};
        if (walk.what == wire::Walk::What::data) {
            if (walk.tunnels != 1 || !glance.is_6in6())
                continue;
            describe(part.tunnelled.next().packet, record, glance);
            step.what = Part::What::tunnelled;
        } else if (walk.is_signalling()) {
            step.what = look(record, glance, part);
        } else if (walk.what != wire::Walk::What::protected_ &&
                   (walk.what != wire::Walk::What::fragment || walk.type == tcp)) {
            continue;
        }
        part.steps.next() = step;
        if (part.steps.size() % block == 0)
            part.blocks.push_back(part.end());
    }
    part.blocks.resize(part.blocks.size() + 3, part.end()); // the last of them are empty
}

/// Of a message: whether it is like one that was judged before.
Part::What Checker::look(const stage::replay::Record& record, const Glance& glance, Part& part) const {
    if (!use_precedents_ || other_ || record.wire_length > record.bytes.size() ||
        (!watcher_.empty() && glance.is_authenticated()))
        return Part::What::decode;
    const auto* known = precedents_.match(glance.octets, glance.walk, record.at);
    if (!known)
        return Part::What::decode;
    const auto& places = judge::Precedents::places(*known);
    if (!is_update_or_answer(glance.walk)) {
        part.likes.next() = {known, glance.address(places.inner_ip + 8), glance.address(places.inner_ip + 24),
                             record.at};
        return Part::What::like;
    }
    auto& exchange = part.exchanges.next();
    exchange.known = known;
    exchange.signal.packet = record.number;
    exchange.signal.at = record.at;
    Signals::read(exchange.signal, places, glance.octets, glance.walk);
    return Part::What::exchange;
}

// What lies far away in memory is asked for before it is needed, step by step, each while an earlier block is
// delivered: by then it is there, and the processor never waits for one thing alone.

void Checker::fetch_slots(Part& part, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at) {
        auto& exchange = part.exchanges[at];
        sessions.fetch_slot(exchange.signal.hash);
        exchange.signal.gateway_party = sessions.known_party(exchange.signal.gateway);
        exchange.anchor = sessions.known_party(exchange.signal.anchor);
    }
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at) {
        auto& [packet, hash] = part.tunnelled[at];
        packet.from_party = sessions.known_party(packet.from);
        packet.to_party = sessions.known_party(packet.to);
        hash = judge::Sessions::prefix_hash(sessions.is_anchor(packet.from_party) ? packet.destination
                                                                                  : packet.source);
        sessions.fetch_prefix_slot(hash);
    }
}

void Checker::fetch_sessions(Part& part, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at) {
        auto& exchange = part.exchanges[at];
        const base::View about = exchange.signal.about;
        judge::ask_for({reinterpret_cast<const char*>(about.data()), about.size()});
        exchange.session = sessions.fetch_session(exchange.signal.hash);
    }
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at)
        sessions.fetch_prefix_session(part.tunnelled[at].hash);
}

void Checker::fetch_names(const Part& part, const Place& from, const Place& to) const {
    for (std::size_t at = from.exchange; at < to.exchange; ++at)
        dialogue_.sessions().fetch_name(part.exchanges[at].session);
}

void Checker::deliver(Part& part) {
    Place next;
    for (std::size_t at = 0; at < part.steps.size(); ++at) {
        if (at % block == 0) {
            const auto* here = &part.blocks[at / block];
            if (at == 0) {
                fetch_slots(part, here[0], here[2]);
                fetch_sessions(part, here[0], here[1]);
            }
            fetch_names(part, here[0], here[1]);
            fetch_sessions(part, here[1], here[2]);
            fetch_slots(part, here[2], here[3]);
        }
        const auto& record = part.batch.records[part.steps[at].record];
        switch (part.steps[at].what) {
        case Part::What::decode:
            decode(record);
            break;
        case Part::What::like:
            deliver(part.likes[next.like++], record);
            break;
        case Part::What::exchange:
            deliver(part.exchanges[next.exchange++], record);
            break;
        case Part::What::tunnelled:
            deliver(part.tunnelled[next.tunnelled++].packet);
            break;
        }
    }
    packets_ = part.batch.records.back().number;
}

void Checker::deliver(const Part::Like& like, const stage::replay::Record& record) {
    if (!precedents_.is_between_known(*like.known, like.source, like.destination))
        return decode(record);
    tick(like.at);
}

bool Checker::is_between_known(const Part::Exchange& exchange) {
    const auto& signal = exchange.signal;
    const auto gateway = roles_of_parties_.set_of(signal.gateway_party, signal.gateway),
               anchor = roles_of_parties_.set_of(exchange.anchor, signal.anchor);
    return signal.is_answer ? precedents_.is_between_known(*exchange.known, anchor, gateway)
                            : precedents_.is_between_known(*exchange.known, gateway, anchor);
}

void Checker::deliver(const Part::Exchange& exchange, const stage::replay::Record& record) {
    const auto& signal = exchange.signal;
    if (!is_between_known(exchange) || signal.about.empty())
        return decode(record);
    tick(signal.at);
    dialogue_.see(signal);
}

void Checker::deliver(const judge::Tunnelled& packet) {
    dialogue_.see(packet);
    if (other_) {
        auto same = packet; // parties have other numbers there
        same.from_party = same.to_party = judge::Session::none;
        other_->dialogue_.see(same);
    }
}

void Checker::decode(const stage::replay::Record& record) {
    Glance glance = Glance::of(record);
    glance.unwrap();
    deliver(record, glance);
}

void Checker::deliver(const stage::replay::Record& record, const Glance& glance) {
    using Walked = wire::Walk::What;
    // ESP hides what it holds; an AH can be read, but who has the key wants to know whether it is true.
    if (glance.walk.what == Walked::data) {
        if (!glance.is_6in6())
            return;
        judge::Tunnelled packet;
        describe(packet, record, glance);
        deliver(packet);
    } else if (glance.walk.what == Walked::fragment) {
        reassemble(record, glance);
    } else if (glance.walk.what == Walked::protected_ || (!watcher_.empty() && glance.is_authenticated())) {
        unlock(record, glance);
    } else if (glance.walk.is_signalling()) {
        see(record, glance);
    }
}

} // namespace run
