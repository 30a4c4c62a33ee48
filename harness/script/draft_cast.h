#pragma once

#include "harness/script/draft.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace script {

/// Who is who in a recording: addresses, identifiers and home addresses become the nodes and mobile nodes of
/// the bench. Whoever has the bench's own address or name keeps it; others take the next free place.
class Cast {
public:
    Cast(const std::vector<Recorded>&, const Bench&);

    /// A node, and which of its addresses; no node: a stranger to the bench.
    struct Place {
        std::string node;
        std::size_t index = 0;
    };
    Place place(const base::Ip6&) const;
    /// The mobile node that an identifier names; empty: none that the bench has.
    std::string named(const std::string& nai) const;
    /// The mobile node with that home address; empty: none.
    std::string at_home(const base::Ip6&) const;
    /// The mobile node whose profile has that prefix; empty: none.
    std::string fixed(const base::Prefix&) const;
    bool is_under_test(const std::string& node) const { return under_test_.contains(node); }
    /// The node under test; of several the first.
    std::string station() const { return under_test_.empty() ? std::string{} : *under_test_.begin(); }
    /// The mobile node with that link-local address; empty: none that the bench has.
    std::string on_link(const base::Ip6& link_local) const;
    /// Who speaks to mobile nodes; to a MAP it is the home agent that sends what he has said.
    std::string correspondent() const;
    /// RFC 4285: the SPI of the first update that was accepted; empty: there was none.
    const std::string& association() const { return association_; }
    /// Elements for <topology>: who is not on the bench yet.
    const std::vector<std::string>& additions() const { return additions_; }
    /// Policies of mobile nodes as the recording shows them, as steps.
    const std::vector<std::string>& setups() const { return setups_; }
    const std::vector<std::string>& remarks() const { return remarks_; }

private:
    void see(const Recorded&);
    void seat(const base::Ip6&, const std::string& role);
    std::string free_node(const std::string& role);
    void name_nodes(const std::vector<Recorded>&);
    void house(const std::vector<Recorded>&);
    void relay(const std::vector<Recorded>&);
    void entitle(const std::vector<Recorded>&);
    void configure(const std::vector<Recorded>&);
    bool is_pooled(const base::Prefix&) const;
    void home(const base::Ip6& address, const base::Ip6& care_of);

    const Bench& bench_;
    std::set<std::string> under_test_, taken_, taken_identities_;
    std::map<base::Ip6, Place> places_;
    std::map<std::string, std::string> names_;
    std::map<base::Ip6, std::string> homes_;
    std::map<base::Prefix, std::string> fixed_;
    std::string association_;
    std::vector<std::string> additions_, setups_, remarks_;
};

/// Elements that a draft adds to a topology, or steps of one kind: a recording may hold anything.
constexpr unsigned most_added = 200;

/// The Home Address option; null without one.
const wire::HomeAddressOption* home_address_in(const wire::Packet&);
/// The identifier of the mobile node that a message is about; empty without one.
std::string identifier_in(const wire::Element& packet);

/// The node that speaks for a mobile node with a home address: "mr2" for "router2".
std::string speaker_of(const std::string& identity);
/// What the names of its templates begin with: "mr2" too, but "mr" for the first.
std::string templates_of(const std::string& identity);

} // namespace script
