#pragma once

#include "harness/model/machine.h"
#include "harness/stage/store.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stage {

/// Carries out what machines want of their durable stores, and tells them how it went (DESIGN 2: a store
/// reaches a machine as action and stimulus). A machine speaks by notes "store": `store` is its name, `op`
/// load, put or erase; a put has `key`, `first`, `last`, `owner` (stage::Record) and whatever else belongs to
/// the record, an erase `key` and `owner`. It hears "stored" with the record, or "erased" with its key, of
/// everything that others have made durable (after load, of everything that is there, and then
/// "store-ready"), and of its own puts "kept" once they are durable, or "refused" if they are in the way of
/// another record. Who answers a router before "kept" has promised what a crash takes away.
class Stores {
public:
    /// What happens between two steps of one operation; false: the node has died of it.
    using Step = std::function<bool(std::size_t node)>;
    struct Delivery {
        std::size_t node = 0;
        model::Told told;
    };

    Stores(OpenStore open, std::size_t nodes) : open_(std::move(open)), users_(nodes) {}

    /// Takes the note if it is one for a store: it is carried out in its turn, and what writes `delay` later.
    bool take(std::size_t node, const model::Note&, base::Mono now, base::Duration delay = {});
    /// When the next operation is to be carried out.
    std::optional<base::Mono> due() const;
    /// Carries out the next one that is due by now; nullopt if there is none. `step` is asked before the
    /// record is written and before it is synced.
    std::optional<std::vector<Delivery>> work(base::Mono now, const Step& step = {});
    /// What others have made durable meanwhile, for a node that has loaded its store.
    std::vector<Delivery> news(std::size_t node);
    /// The node is no more; what it has not synced neither. `wiped`: nor is anything in its store.
    void end(std::size_t node, bool wiped = false);

private:
    struct Operation {
        base::Mono due{};
        model::Arguments arguments;
    };
    struct User {
        std::string name;
        std::unique_ptr<Store> store; ///< null: not loaded
        std::deque<Operation> waiting;
    };
    void carry_out(std::size_t node, const Operation&, const Step&, std::vector<Delivery>&);
    void tell_others(std::size_t node, std::vector<Delivery>&);

    OpenStore open_;
    std::vector<User> users_;
};

/// How long a node's store takes for one operation: its setting store-delay, or no time at all.
base::Duration store_delay(const model::Settings&);

} // namespace stage
