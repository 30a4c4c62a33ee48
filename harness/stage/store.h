#pragma once

#include "harness/model/machine.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stage {

/// What a store keeps: a range of keys that is one owner's. Ranges do not overlap, and what has the same
/// owner is one record.
struct Record {
    std::string key;         ///< "2001:db8:201::/64"
    std::string first, last; ///< the range, texts of the same length that compare as the keys do
    std::string owner;       ///< empty: not looked at
    model::Arguments fields; ///< all that belongs to it, these four among it
};

/// A change that somebody has made durable.
struct Change {
    bool gone = false;
    Record record; ///< of one that is gone only the key counts
};

/// One user's way into a durable store that several share. Errors of the medium throw std::runtime_error.
class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default; ///< what was not synced is as if it had never been

    /// Begins a transaction with one record in it; false, and no transaction, if another one is in its way.
    virtual bool put(const Record&) = 0;
    /// Begins a transaction that ends the owner's record with this key; false, and no transaction, if there
    /// is none.
    virtual bool erase(const std::string& key, const std::string& owner) = 0;
    /// Ends the transaction: when this returns it outlives everything.
    virtual void sync() = 0;
    /// What others have made durable since the last call; the first call has everything.
    virtual std::vector<Change> news() = 0;
    /// Everything is lost, for everybody: a disk that broke.
    virtual void wipe() = 0;
};

/// The way into the store of this name, which is made if it is not there.
using OpenStore = std::function<std::unique_ptr<Store>(const std::string& name)>;

/// Stores that live as long as the function, and lose what was not synced.
OpenStore stores_in_memory();

/// One SQLite database for each store, NAME.db in that directory: a write-ahead log, synchronous=FULL, so
/// that a transaction that was ended survives the process and the host. Several processes may share it.
OpenStore stores_on_disk(const std::string& directory);

} // namespace stage
