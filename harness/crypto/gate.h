#pragma once

#include "harness/crypto/transform.h"

#include <vector>

namespace crypto {

/// The IPsec of one node (RFC 4301): what it sends leaves protected as its policy wants, and of what comes
/// only that goes on which came as the policy wants. Pure; keys never leave it.
class Gate {
public:
    Gate() = default;
    Gate(const Configuration&, std::uint64_t seed, const Lapses& = {});

    bool empty() const { return policies_.empty() && ends_.empty(); }

    struct Sent {
        enum class What { as_it_was, protected_, discarded } what = What::as_it_was;
        base::Bytes ip;             ///< where it was protected
        std::string_view because{}; ///< where it was discarded
    };
    /// A packet of this node. With lies it is protected whatever the policy says, as long as there is an
    /// association: the one with that SPI, else the one that the policy means, else any to that destination.
    Sent send(base::View ip, const Lies* = nullptr);

    struct Received {
        enum class What { as_it_was, opened, discarded } what = What::as_it_was;
        base::Bytes ip; ///< where it was opened
        Verdict because = Verdict::accepted;
    };
    /// A packet that has reached its destination, which is this node; reassembled.
    Received receive(base::View ip);

private:
    struct End {
        Transform out, in;
    };
    const Policy* policy_for(const Chain&) const;
    End* outbound(const Chain&, Protocol);
    End* to_lie_with(const Chain&, const Lies&, const Policy*);
    Received open(base::View ip, const Chain&);

    std::vector<Policy> policies_;
    std::vector<End> ends_;
    Lapses lapses_;
};

/// For who watches a wire and was given the keys: opens without windows and without policy.
class Watcher {
public:
    Watcher() = default;
    explicit Watcher(const std::vector<Association>&);
    bool empty() const { return transforms_.empty(); }
    /// The packet without its protection; `accepted` or why not. nullopt: it is not protected at all. Also
    /// says at what offset the protection stood.
    struct Seen {
        Opened opened;
        Protocol protocol = Protocol::esp;
    };
    std::optional<Seen> look(base::View ip);

private:
    std::vector<Transform> transforms_;
};

} // namespace crypto
