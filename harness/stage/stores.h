#pragma once

#include "harness/model/machine.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace stage {

/// Durable stores that nodes share, such as the prefixes of a home network (DESIGN 2). A node speaks to its
/// store by notes: "store" with `store` (its name), `op` load, put or erase, `key`, and what else belongs to
/// the record. They are carried out in the order of the node's actions, so that what it sends behind a put is
/// sent after the record is safe. A store outlives its nodes. It answers by events: "stored" and "erased" to
/// every other node that has loaded it, and to a load all records and then "store-ready".
class Stores {
public:
    struct Delivery {
        std::size_t node = 0;
        model::Told told;
    };
    /// What the note causes, in order; nothing if it is none for a store.
    std::vector<Delivery> carry_out(std::size_t node, const model::Note&);

private:
    struct Store {
        std::map<std::string, model::Arguments> records; ///< by key
        std::set<std::size_t> nodes;                     ///< that have loaded it
    };
    std::map<std::string, Store> stores_;
};

} // namespace stage
