#pragma once

#include "harness/judge/environment.h"
#include "harness/model/scenario.h"
#include "harness/model/verdict.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace judge {

/// Who the suite speaks to: decides what `when` means.
struct Dialect {
    std::string profile;
    std::set<std::string> claims;
    bool applies(const std::string& when) const;
};

/// What an expectation says of a packet with references resolved: everything that one comparison needs.
struct Viewpoint {
    const Environment& environment;
    const Dialect& dialect;
    Moment moment;
};

/// One field, option or layer that is not as it should be, and the innermost element or field with `proves`
/// that it belongs to (null: none inside the packet).
struct Mismatch {
    model::Difference difference;
    const model::Proofs* owner = nullptr;
};

/// The outcome of holding a specification against a packet.
struct Comparison {
    std::vector<Mismatch> mismatches; ///< empty: it matches
    /// Values of `distinct` fields, to be remembered once the packet is taken.
    std::vector<std::pair<const model::Value*, wire::Scalar>> distinct;
    bool matches() const { return mismatches.empty(); }
    std::vector<model::Difference> differences() const;
};

/// Holds all layers, options and fields of the specification against the packet; finds the assignment of
/// options with the fewest differences and tells all of them (SUITES 2, values).
Comparison compare(const model::PacketSpec&, const wire::Element& packet, const Viewpoint&);
/// The same for one element against another, for rules.
Comparison compare(const model::ElementSpec&, const wire::Element&, const Viewpoint&);

/// Does the packet satisfy a specification that refers to nothing? For impairments.
bool matches(const model::PacketSpec&, const wire::Packet&, const wire::Profile&);
/// The specification with every reference replaced by its present value, for a reader without an environment.
model::PacketSpec resolved(model::PacketSpec, const Viewpoint&);

/// Is that one of the kinds, which are written with blanks between them?
bool names_kind(const std::string& kinds, std::string_view kind);

/// Is the packet of the kind that the specification is about? Several kinds may be named, and "any": every
/// message but neighbour discovery and MLD.
bool is_of_kind(const model::PacketSpec&, const wire::Packet&);
/// Neighbour discovery and multicast listener discovery: what every link shows without being asked.
bool is_link_housekeeping(std::string_view kind);

/// An element as a suite would write it: without fields that are right by themselves.
std::string brief(const wire::Element&);

/// A place inside a specification that proves something of its own.
struct Owner {
    const model::Proofs* proves;
    const model::Where* where;
    std::string path;
};
std::vector<Owner> owners(const model::PacketSpec&, const Dialect&);

} // namespace judge
