#pragma once

#include "harness/base/bytes.h"
#include "harness/base/ip.h"
#include "harness/base/now.h"
#include "harness/judge/address_index.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace judge {

/// Has the processor bring a line of memory. Without the empty statement a function that does nothing else is
/// taken for one without effect, and left out.
inline void ask_for(const void* at) {
    __builtin_prefetch(at);
    asm volatile("");
}

/// The same of some text, which may reach into the next line.
inline void ask_for(std::string_view text) {
    ask_for(text.data());
    ask_for(text.data() + text.size());
}

/// What one anchor and the gateways of one mobile node have said about that node so far. Gateways and anchors
/// are numbers of Sessions::party(). There may be a million of them: every octet counts.
struct alignas(64) Session {
    static constexpr std::uint32_t none = 0xffffffff;

    // What packets in the tunnel ask for stands together, in one line of memory.
    base::Ip6 prefix;
    base::Wall bound_until{}, changed{}; ///< end of the granted lifetime; last change of who is bound
    std::uint64_t suspect = 0;           ///< packet since which nothing is as it should be; 0: all is well
    std::uint32_t anchor = none;
    std::uint32_t bound_to = none; ///< whose update was accepted; none: the binding has been ended
    std::uint32_t bound_before = none;
    std::uint32_t requests = none; ///< first of those without an answer: Sessions::request()
    std::uint8_t prefix_length = 0;
    bool is_sequence_known = false, is_judged = false;

    std::uint32_t number = 0;          ///< Sessions::at()
    std::uint64_t first = 0, last = 0; ///< packets
    std::string_view about;            ///< identifier or address of the node
    std::uint64_t stamp = 0;           ///< timestamp of the update that was accepted last; 0: none
    std::uint32_t messages = 0;
    std::uint32_t gateway = none;             ///< who spoke with the anchor last
    std::uint16_t sequence = 0, answered = 0; ///< accepted last; answered last
    std::uint16_t handovers = 0, refusals = 0, retransmissions = 0;
};
static_assert(sizeof(Session) == 128);

/// An update that waits for its acknowledgement.
struct Request {
    base::Wall at{};
    base::Duration gap{};    ///< since the one that it repeats
    std::uint64_t stamp = 0; ///< 0: none
    std::uint64_t packet = 0;
    std::uint32_t next = Session::none, gateway = Session::none;
    std::uint32_t care_of = Session::none; ///< where packets are wanted; mostly the gateway
    std::uint16_t sequence = 0, lifetime = 0;
    std::uint8_t hop_limit = 0;
};

/// All sessions of a capture. Bounded: of more than a million the further ones are only known to be there.
class Sessions {
public:
    static std::uint64_t hash(base::View about, const base::Ip6& anchor);

    /// The session of a node at an anchor, new if need be; null where there is no more room. `hash` is that
    /// of the two. Valid as long as this is.
    Session* find(std::uint64_t hash, base::View about, const base::Ip6& anchor);
    /// The session that a prefix was granted in, by an address in it.
    Session* of_prefix(const base::Ip6& address);
    /// From now on the session is found by its prefix.
    void index_prefix(const Session&);
    /// And by this one, which may be of any length.
    void add_network(const Session&, const base::Prefix&);

    /// A number for an address; the same whenever it is asked for.
    std::uint32_t party(const base::Ip6&);
    /// none if nobody has ever asked for its number.
    std::uint32_t known_party(const base::Ip6& address) const {
        const auto* number = party_numbers_.find(address);
        return number ? *number : Session::none;
    }
    const base::Ip6& address(std::uint32_t party) const { return parties_[party].address; }
    bool is_anchor(std::uint32_t party) const { return party < parties_.size() && parties_[party].is_anchor; }

    /// A request at the front of the session's; the oldest of more than four is forgotten.
    Request& add_request(Session&);
    /// Takes out the request that `where` links to (Session::requests or Request::next).
    void remove_request(std::uint32_t& where);
    Request& request(std::uint32_t number) { return requests_[number]; }

    /// Tells the processor that these will soon be looked at: first the one, and some packets later the
    /// other.
    void fetch_slot(std::uint64_t hash) const { sessions_by_name_.fetch(hash); }
    /// The number of what fetch_name() has to ask for; none where there is none.
    std::uint32_t fetch_session(std::uint64_t hash) const {
        const auto number = sessions_by_name_.guess(hash);
        fetch(number);
        return number;
    }
    void fetch_name(std::uint32_t number) const {
        if (number != Session::none)
            ask_for(at(number).about);
    }
    void fetch_prefix_slot(std::uint64_t hash) const { by_prefix_.fetch(hash); }
    void fetch_prefix_session(std::uint64_t hash) const {
        if (const auto number = by_prefix_.guess(hash); number != Session::none)
            ask_for(&at(number));
    }
    /// Of any address in a prefix.
    static std::uint64_t prefix_hash(const base::Ip6& address) {
        // Prefixes of mobile nodes have 64 bits or more; what is shorter is found by its own first 64.
        std::uint64_t high;
        std::memcpy(&high, address.octets.data(), sizeof high);
        return mix(high * 0x9e3779b97f4a7c15);
    }

    std::size_t size() const { return size_; }
    const Session& at(std::size_t index) const { return chunks_[index / chunk][index % chunk]; }
    bool is_full() const { return full_; }

private:
    static std::uint64_t mix(std::uint64_t value) {
        value = (value ^ value >> 32) * 0xd6e8feb86659fd93;
        return value ^ value >> 32;
    }
    /// Numbers by hash; what they stand for is compared by the caller.
    class Index {
    public:
        struct Slot {
            std::uint32_t tag = 0, number = 0; ///< number + 1; 0: free
        };
        void fetch(std::uint64_t hash) const {
            if (!slots_.empty())
                ask_for(&slots_[hash & (slots_.size() - 1)]);
        }
        /// The first one that may be meant; none if there is none.
        std::uint32_t guess(std::uint64_t hash) const {
            if (slots_.empty())
                return Session::none;
            const auto tag = static_cast<std::uint32_t>(hash >> 32);
            const std::size_t last = slots_.size() - 1;
            for (std::size_t i = 0; i < 8; ++i)
                if (const Slot& slot = slots_[(hash + i) & last]; slot.tag == tag && slot.number != 0)
                    return slot.number - 1;
            return Session::none;
        }
        /// `is_it(number)` decides among those of the same hash.
        template <class IsIt>
        std::uint32_t find(std::uint64_t hash, IsIt is_it) const {
            if (slots_.empty())
                return Session::none;
            const auto tag = static_cast<std::uint32_t>(hash >> 32);
            const std::size_t last = slots_.size() - 1;
            for (std::size_t at = hash & last; slots_[at].number != 0; at = (at + 1) & last)
                if (slots_[at].tag == tag && is_it(slots_[at].number - 1))
                    return slots_[at].number - 1;
            return Session::none;
        }
        /// `hash_of(number)` is wanted when the table grows.
        template <class HashOf>
        void add(std::uint64_t hash, std::uint32_t number, HashOf hash_of) {
            if (4 * (size_ + 1) > 3 * slots_.size()) {
                std::vector<Slot> old(slots_.empty() ? 1024 : 2 * slots_.size());
                old.swap(slots_);
                for (const Slot& slot : old)
                    if (slot.number != 0)
                        put(hash_of(slot.number - 1), slot);
            }
            put(hash, {static_cast<std::uint32_t>(hash >> 32), number + 1});
            ++size_;
        }
        std::size_t size() const { return size_; }

    private:
        void put(std::uint64_t hash, Slot slot) {
            const std::size_t last = slots_.size() - 1;
            std::size_t at = hash & last;
            while (slots_[at].number != 0)
                at = (at + 1) & last;
            slots_[at] = slot;
        }
        std::vector<Slot> slots_; ///< a power of two, at most three quarters taken
        std::size_t size_ = 0;
    };
    struct Party {
        base::Ip6 address;
        bool is_anchor = false;
    };

    static constexpr std::size_t chunk = 1024;
    Session& session(std::uint32_t number) { return chunks_[number / chunk][number % chunk]; }
    void fetch(std::uint32_t number) const {
        if (number == Session::none)
            return;
        const auto* at = reinterpret_cast<const char*>(&chunks_[number / chunk][number % chunk]);
        for (std::size_t offset = 0; offset < sizeof(Session); offset += 64)
            ask_for(at + offset);
    }
    std::string_view keep(base::View text);

    std::vector<std::unique_ptr<Session[]>> chunks_;
    std::size_t size_ = 0;
    Index sessions_by_name_, by_prefix_;
    std::map<unsigned, AddressIndex, std::greater<>> networks_; ///< sessions, by length and first address
    std::size_t networks_size_ = 0;
    std::vector<std::unique_ptr<char[]>> names_;
    std::size_t names_left_ = 0;
    char* names_end_ = nullptr;
    AddressIndex party_numbers_;
    std::vector<Party> parties_;
    std::vector<Request> requests_;
    std::uint32_t free_request_ = Session::none;
    bool full_ = false;
};

} // namespace judge
