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
    std::vector<Stretch> stretches(threads > 1 ? 3 * threads : 1);
    stage::host::in_order({[&](std::size_t place) {
                               return !stage::host::interrupted() && capture.next(stretches[place].batch);
                           },
                           [&](std::size_t place) { look(stretches[place]); },
                           [&](std::size_t place) { deliver(stretches[place]); }},
                          threads, stretches.size());
    capture_ = nullptr;
    troubles_ = capture.troubles();
    whole_ = capture.is_whole();
}

void Checker::look(Stretch& stretch) const {
    stretch.clear();
    stretch.blocks.emplace_back();
    for (std::uint32_t at = 0; at < stretch.batch.records.size(); ++at) {
        const auto& record = stretch.batch.records[at];
        // Nothing else tells the processor where the next packets begin.
        if (at + ahead < stretch.batch.records.size()) {
            const auto* far = stretch.batch.records[at + ahead].bytes.data();
            judge::ask_for(far + 48);
            judge::ask_for(far + 112);
        }
        Glance glance = Glance::of(record);
        glance.unwrap();
        const auto& walk = glance.walk;
        Stretch::Step step{at, Stretch::What::decode};
        if (walk.what == wire::Walk::What::data) {
            if (walk.tunnels != 1 || !glance.is_6in6())
                continue;
            describe(stretch.tunnelled.next().packet, record, glance);
            step.what = Stretch::What::tunnelled;
        } else if (walk.is_signalling()) {
            step.what = look(record, glance, stretch);
        } else if (walk.what != wire::Walk::What::protected_ &&
                   (walk.what != wire::Walk::What::fragment || walk.type == tcp)) {
            continue;
        }
        stretch.steps.next() = step;
        if (stretch.steps.size() % block == 0)
            stretch.blocks.push_back(stretch.end());
    }
    stretch.blocks.resize(stretch.blocks.size() + 3, stretch.end()); // the last of them are empty
}

/// Of a message: whether it is like one that was judged before.
Stretch::What Checker::look(const stage::replay::Record& record, const Glance& glance,
                            Stretch& stretch) const {
    if (!use_precedents_ || other_ || record.wire_length > record.bytes.size() ||
        (!watcher_.empty() && glance.is_authenticated()))
        return Stretch::What::decode;
    const auto* known = precedents_.match(glance.octets, glance.walk, record.at);
    if (!known)
        return Stretch::What::decode;
    const auto& places = judge::Precedents::places(*known);
    if (!is_update_or_answer(glance.walk)) {
        stretch.likes.next() = {known, glance.address(places.inner_ip + 8),
                                glance.address(places.inner_ip + 24), record.at};
        return Stretch::What::like;
    }
    auto& exchange = stretch.exchanges.next();
    exchange.known = known;
    exchange.signal.packet = record.number;
    exchange.signal.at = record.at;
    signals_.read(exchange.signal, places, glance.octets, glance.walk);
    return Stretch::What::exchange;
}

// What lies far away in memory is asked for before it is needed, step by step, each while an earlier block is
// delivered: by then it is there, and the processor never waits for one thing alone.

void Checker::fetch_slots(Stretch& stretch, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at) {
        auto& exchange = stretch.exchanges[at];
        sessions.fetch_slot(exchange.signal.hash);
        exchange.signal.gateway_party = sessions.known_party(exchange.signal.gateway);
        exchange.anchor = sessions.known_party(exchange.signal.anchor);
    }
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at) {
        auto& [packet, hash] = stretch.tunnelled[at];
        packet.from_party = sessions.known_party(packet.from);
        packet.to_party = sessions.known_party(packet.to);
        hash = judge::Sessions::prefix_hash(sessions.is_anchor(packet.from_party) ? packet.destination
                                                                                  : packet.source);
        sessions.fetch_prefix_slot(hash);
    }
}

void Checker::fetch_sessions(Stretch& stretch, const Place& from, const Place& to) const {
    const auto& sessions = dialogue_.sessions();
    for (std::size_t at = from.exchange; at < to.exchange; ++at) {
        auto& exchange = stretch.exchanges[at];
        const base::View about = exchange.signal.about;
        judge::ask_for({reinterpret_cast<const char*>(about.data()), about.size()});
        exchange.session = sessions.fetch_session(exchange.signal.hash);
    }
    for (std::size_t at = from.tunnelled; at < to.tunnelled; ++at)
        sessions.fetch_prefix_session(stretch.tunnelled[at].hash);
}

void Checker::fetch_names(const Stretch& stretch, const Place& from, const Place& to) const {
    for (std::size_t at = from.exchange; at < to.exchange; ++at)
        dialogue_.sessions().fetch_name(stretch.exchanges[at].session);
}

void Checker::deliver(Stretch& stretch) {
    Place next;
    for (std::size_t at = 0; at < stretch.steps.size(); ++at) {
        if (at % block == 0) {
            const auto* here = &stretch.blocks[at / block];
            if (at == 0) {
                fetch_slots(stretch, here[0], here[2]);
                fetch_sessions(stretch, here[0], here[1]);
            }
            fetch_names(stretch, here[0], here[1]);
            fetch_sessions(stretch, here[1], here[2]);
            fetch_slots(stretch, here[2], here[3]);
        }
        const auto& record = stretch.batch.records[stretch.steps[at].record];
        switch (stretch.steps[at].what) {
        case Stretch::What::decode:
            decode(record);
            break;
        case Stretch::What::like:
            deliver(stretch.likes[next.like++], record);
            break;
        case Stretch::What::exchange:
            deliver(stretch.exchanges[next.exchange++], record);
            break;
        case Stretch::What::tunnelled:
            deliver(stretch.tunnelled[next.tunnelled++].packet);
            break;
        }
    }
    packets_ = stretch.batch.records.back().number;
}

// What breaks rules takes the longer way, on which it is counted or told.

bool Checker::is_right(const Stretch::Like& like) const {
    const auto* broken = precedents_.broken(*like.known, like.source, like.destination);
    return broken && broken->empty();
}

bool Checker::is_right(const Stretch::Exchange& exchange) {
    const auto& signal = exchange.signal;
    const auto gateway = roles_of_parties_.set_of(signal.gateway_party, signal.gateway),
               anchor = roles_of_parties_.set_of(exchange.anchor, signal.anchor);
    const auto* broken = signal.is_answer ? judge::Precedents::broken(*exchange.known, anchor, gateway)
                                          : judge::Precedents::broken(*exchange.known, gateway, anchor);
    return broken && broken->empty();
}

void Checker::deliver(const Stretch::Like& like, const stage::replay::Record& record) {
    if (!is_right(like))
        return decode(record);
    tick(like.at);
}

void Checker::deliver(const Stretch::Exchange& exchange, const stage::replay::Record& record) {
    const auto& signal = exchange.signal;
    if (!is_right(exchange) || signal.about.empty())
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
