#pragma once

#include "harness/script/draft_cast.h"
#include "harness/script/draft_words.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace script {

/// A request of the recording that later packets may answer or refer to.
struct Request {
    std::string name; ///< of its step
    const Recorded* packet = nullptr;
    std::string from, to; ///< nodes
    std::string identity; ///< mobile node that it is about; empty: none
    std::size_t step = 0; ///< index of its step
    bool answered = false, refused = false;
};

/// What the packet under the pen has to do with others.
struct Bearing {
    bool sent = false;              ///< by the tester; else expected
    const Request* asked = nullptr; ///< what it answers
    std::string identity;           ///< mobile node that it is about
    std::string name;               ///< of its step
    std::string from;               ///< node that sends it
    bool granted = false;           ///< it accepts what was asked for
};

/// Turns the values of a recording into what they mean on the bench, and remembers what has a name by now.
class Relaxation {
public:
    Relaxation(const Bench& bench, const Cast& cast) : bench_(bench), cast_(cast) {}

    /// The element as a case would write it, every field with its meaning.
    Written relax(const wire::Element&, const Recorded&, const Bearing&);
    /// An address as an expression; literal where it means nobody.
    std::string address(const base::Ip6&) const;
    /// True if the address is inside a prefix that has a name.
    bool is_inside(const base::Ip6&) const;
    /// The mobile node whose prefix the address is in; empty: none.
    std::string owner_of(const base::Ip6&) const;
    /// Requests so far, for numbers that refer to earlier ones.
    void note(const Request&);
    /// How far the sender's clock was from that of the recording.
    void set_clock(const std::string& node, base::Duration offset) { clocks_[node] = offset; }

private:
    struct Known {
        std::string text, owner; ///< `owner`: mobile node whose network it is; empty: nobody's
        bool is_mobile = false;  ///< a network that moves with its router, not the home of a node
    };
    void prefix(const wire::Element&, const Bearing&, std::size_t nth, Written&);
    std::string new_prefix(const base::Prefix&, const wire::Element&, const Bearing&, std::size_t nth);
    WrittenField number(const wire::Element&, const wire::Attribute&, const Recorded&, const Bearing&,
                        std::size_t nth) const;
    WrittenField sequence(std::uint64_t, const wire::Element&, const Recorded&, const Bearing&) const;
    WrittenField stamp(std::uint64_t, const wire::Element& option, const Recorded&, const Bearing&) const;
    static void authenticator(const wire::Attribute&, const Recorded&, const Bearing&, Written&);
    std::string association(const std::string& spi) const;
    std::string of_last_update(std::string_view field, std::uint64_t, const Bearing&) const;
    std::string at_home(const base::Ip6&) const;
    base::Ip6 regional(const base::Ip6&) const;
    std::string assigned(const base::Ip6&, const Bearing&);
    std::string pool_of(const base::Prefix&) const;

    const Bench& bench_;
    const Cast& cast_;
    std::map<base::Prefix, Known> prefixes_;
    std::map<base::Ip6, std::string> homes_; ///< addresses that were given to nodes, with their names
    std::map<std::string, base::Duration> clocks_;
    /// The last request of a node about a mobile node, and all requests by name.
    std::map<std::pair<std::string, std::string>, Request> last_;
    std::map<std::string, Request> about_;
};

/// A field of the recorded packet's message; null if it has none.
const wire::Attribute* field_in(const Recorded&, std::string_view option, std::string_view field);
std::optional<std::uint64_t> number_in(const Recorded&, std::string_view option, std::string_view field);
/// The same of an element; nullopt also without one.
std::optional<std::uint64_t> number_of(const wire::Element*, std::string_view field);
/// "option", "option#2", …; counted from 0.
std::string nth_path(std::string_view option, std::size_t nth);
/// When a message says that it was sent; nullopt where it does not.
std::optional<base::Wall> stamp_in(const Recorded&);
/// The layer that the packet is about.
const wire::Element* message_in(const wire::Element& packet);

} // namespace script
