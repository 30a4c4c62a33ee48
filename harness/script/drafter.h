#pragma once

#include "harness/script/draft_relax.h"
#include "harness/script/draft_step.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace script {

/// Reads a recording in order and writes down what the tester has to do and what has to come.
class Drafter {
public:
    Drafter(const std::vector<Recorded>& recording, const Bench& bench, const DraftOptions& options)
        : recording_(recording), bench_(bench), options_(options), cast_(recording, bench),
          relaxation_(bench, cast_) {}
    Draft draft();

private:
    bool is_compared() const { return !options_.proves.empty(); }
    void take(const Recorded&);
    void update(const Recorded&, const std::string& from, const std::string& to);
    void acknowledgement(const Recorded&, const std::string& from, const std::string& to);
    void other_message(const Recorded&, const std::string& from, const std::string& to);
    void traffic(const Recorded&, const std::string& from, const std::string& to);
    void bare_traffic(const Recorded&, const wire::Element& ip, const wire::Element& udp);
    void access_update(const Recorded&, const Bearing&, DraftStep&);
    void router_update(const Recorded&, const Bearing&, DraftStep&);
    void handover_message(const Recorded&, const std::string& from, const std::string& to);
    void delegation(const Recorded&, const std::string& from, const std::string& to);
    void requested(const Recorded&);
    void relayed(const Recorded&, const std::string& from, const std::string& to);
    void gateway_advertisement(const Recorded&);
    void name_choices(Written&, const std::string& path, bool sent);
    void solicitation(const Recorded&);
    void solicit(const std::string& identity, const Recorded&);
    void advertisement(const Recorded&);
    void prepare(const std::string& identity, const Recorded&, bool leaves);

    bool is_seen_before(const Recorded&);
    Request* asked_by(const Recorded&, const std::string& from, const std::string& to,
                      const std::string& identity);
    std::string identity_of(const Recorded&) const;
    std::string fresh(const std::string& name);
    Written message(const Recorded&, const Bearing&, const std::string& form, const std::string& self);
    Manner manner(bool sent) const {
        return sent ? Manner::sent : is_compared() ? Manner::compared : Manner::expected;
    }
    std::string end_of_traffic(const base::Ip6&) const;
    Written traffic_layers(const Recorded&, std::vector<Written>& layers, const std::string& form,
                           const std::string& self, bool expected) const;
    DraftStep& add(DraftStep, const Recorded&);
    void left_out(const std::string& why);
    void find_clocks();
    bool is_news(const std::string& traffic, base::Mono at);
    void note_silence();
    void arrange();

    const std::vector<Recorded>& recording_;
    const Bench& bench_;
    const DraftOptions& options_;
    Cast cast_;
    Relaxation relaxation_;
    std::vector<DraftStep> steps_;
    std::vector<Request> requests_;
    std::map<std::string, unsigned> names_;
    std::map<std::string, unsigned> left_out_;
    std::vector<std::string> corrected_;    ///< sentences about what was wrong and is sent right
    std::map<std::string, std::string> at_; ///< mobile node → gateway or router that it is attached to
    std::set<std::string> solicited_, indicated_; ///< mobile nodes
    std::map<std::string, std::string> choices_; ///< of the other side, by place and value: what it is called
    std::map<base::Ip6, std::string> relayed_; ///< peer of a relay agent → the step that spoke for it last
    std::map<std::uint64_t, std::string> handovers_; ///< identifier of a HO request → name of its step
    std::map<std::string, std::string> last_advertised_;
    std::map<std::string, base::Mono> told_; ///< traffic since the last signalling, with its last packet
    struct Way {
        std::string text, link;
        base::Mono at{};
        std::uint64_t hop_limit = 0;
    };
    std::vector<Way> ways_;
    std::size_t last_cause_ = 0;
};

/// The n-th IPv6 header from the outside; null if there is none.
const wire::Element* ip_in(const wire::Element& packet, std::size_t nth);
/// An address in a field; the unspecified one without.
base::Ip6 address_in(const wire::Element&, std::string_view field);

} // namespace script
