#pragma once

#include "harness/judge/compose.h"
#include "harness/judge/environment.h"
#include "harness/judge/findings.h"
#include "harness/model/order.h"
#include "harness/model/scenario.h"
#include "harness/model/transcript.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace judge {

/// How a case is to be judged.
struct Options {
    wire::Profile profile;
    std::string profile_name;
    std::set<std::string> claims;
    bool strict = false;
    bool foreign = false;             ///< a third-party implementation plays a role
    std::set<std::string> under_test; ///< nodes; empty: those whose role the case has under test
    base::Duration quiet = std::chrono::milliseconds(50);
    base::Duration capture_delay{}; ///< how late an event may be told, after it happened
    base::Duration drain =
        std::chrono::milliseconds(200); ///< for packets of a flow that are still on their way
    /// Virtual time only: nothing is on its way and nobody is due before that time. Replaces barriers.
    std::function<bool(base::Mono)> quiescent;
    std::uint64_t seed = 0;
    /// Fills in what only keys can tell of a packet that the tester sends; empty: nothing.
    std::function<void(wire::Packet&)> sign{};
};

/// A point from which times count. It moves to when the stage says that the order was carried out.
struct Mark {
    base::Mono at{};
    bool pending = false;
    std::uint64_t packet = 0;
    /// When the order was given: what it leads to may come before it has been carried out.
    std::optional<base::Mono> ordered = {};
    /// From when on packets can be its consequence.
    base::Mono begin() const { return ordered.value_or(at); }
};
using MarkPtr = std::shared_ptr<Mark>;

/// A frame on a link, with what several steps want to know of it, found out once.
class Sighting {
public:
    Sighting(const model::Event& of, const model::Seen& what, const wire::Profile& profile)
        : event(of), seen(what), profile_(profile) {}
    const model::Event& event;
    const model::Seen& seen;
    const wire::Element& element() const;
    std::string_view kind() const;
    Capture capture() const;
    bool is_flow = false;    ///< it belongs to a running flow
    bool is_barrier = false; ///< it answers a barrier: outside of every `never`

private:
    const wire::Profile& profile_;
    mutable std::optional<wire::Element> element_;
    mutable Capture capture_;
};

class Running;
class Barrier;
class Meter;

/// What all steps of one case share.
class World {
public:
    World(const model::Case&, const model::Library&, Options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const model::Case& scenario;
    const model::Library& library;
    Options options;
    Environment environment;
    Bench bench;
    Sequences sequences;
    base::Now now{};
    base::Mono began{};
    model::Orders* orders = nullptr; ///< of the call that is under way
    std::vector<model::Finding> findings;
    bool stopping = false; ///< the body is over: go on with `finally`
    bool in_finally = false;

    /// Steps that go on while others run.
    std::vector<std::unique_ptr<Running>> background;
    /// Barriers that were sent; the answers of the last ones may still be on their way.
    std::vector<std::shared_ptr<Barrier>> barriers;
    /// Ends of named steps, for `since`.
    std::map<std::string, MarkPtr> marks;
    /// The link and node of the last packet that a step sent.
    std::string stimulus_link, stimulus_node;
    std::uint16_t next_flow_port = 40001;
    std::map<std::string, std::shared_ptr<Meter>> meters; ///< of all flows so far, by name
    std::set<std::string> taken_flows;                    ///< that a step of its own ends and judges
    unsigned flows = 0;                                   ///< that have been started
    unsigned impairments = 0;                             ///< that had no name of their own
    bool clock_stepped = false; ///< from then on the SUT's clock is no longer learned

    void order(model::Order);
    void add(model::Finding);
    /// A step ended: whoever waits for its name hears of it.
    void ended(const std::string& name, bool well, const MarkPtr&);
    /// Marks that wait for the stage to say that an order was carried out.
    void await(const std::string& order, const MarkPtr&);
    void done(const model::Done&, base::Mono at);

    Viewpoint viewpoint(Round, const wire::Element* subject = nullptr, const std::string& self = {}) const;
    std::string expand(const std::string& text, Round) const;
    std::vector<std::string> expand(const std::vector<std::string>& texts, Round) const;
    /// Nodes by name, by role, or mobile nodes by the name of their identity.
    std::vector<std::string> nodes_named(const std::vector<std::string>& names) const;

    /// Recent signalling packets: what a repetition may repeat, and what `since` looks back on.
    void remember(const Sighting&);
    /// Is it equal to an earlier packet of its sender but for the fields that its template lets differ?
    bool is_repetition(const Sighting&, const std::vector<std::string>& repeats) const;
    const std::deque<model::Event>& history() const { return history_; }

private:
    struct Awaited {
        std::string order;
        MarkPtr mark;
    };
    std::vector<Awaited> awaited_;
    std::deque<model::Event> history_;
    bool keeps_history_ = false;
    struct Remembered {
        std::string from, source, destination;
        wire::Element element;
    };
    std::deque<Remembered> remembered_;
};

} // namespace judge
