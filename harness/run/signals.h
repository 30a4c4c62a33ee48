#pragma once

#include "harness/judge/dialogue.h"
#include "harness/judge/precedents.h"
#include "harness/wire/packet.h"
#include "harness/wire/walk.h"

#include <map>
#include <optional>
#include <string>

namespace run {

/// What an update or an acknowledgement says of the conversation that it belongs to.
class Signals {
public:
    explicit Signals(wire::Profile);

    /// nullopt for other messages. What it says about the node is valid until the next call.
    std::optional<judge::Signal> of(const wire::Packet&);
    /// Of octets that are like a faultless message.
    std::optional<judge::Signal> of(const judge::Precedents::Places&, base::View octets, const wire::Walk&);
    /// Of an update or an answer, all but who has sent it when; it is about nobody where of() has to be
    /// asked.
    void read(judge::Signal&, const judge::Precedents::Places&, base::View octets, const wire::Walk&) const;

private:
    template <class Message>
    void describe(judge::Signal&, const Message&, const wire::Packet&);

    bool has_proxies_; ///< the flag P means what RFC 5213 says
    bool is_host_;     ///< nodes, or their routers, register for themselves
    std::string about_;
    std::map<base::Ip6, std::string> names_; ///< of nodes that register for themselves, by home address
};

bool is_update_or_answer(const wire::Walk&);
bool is_answer(const wire::Walk&);

} // namespace run
