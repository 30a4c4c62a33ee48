#include "harness/stage/store.h"

#include <algorithm>
#include <optional>

namespace stage {

namespace {

/// What is durable, in the order in which it became so.
struct Shelf {
    std::map<std::string, Record> records;               ///< by key
    std::vector<std::pair<const void*, Change>> changes; ///< who made it
};

class InMemory : public Store {
public:
    explicit InMemory(std::shared_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}

    bool put(const Record& record) override {
        for (const auto& [key, other] : shelf_->records) {
            const bool overlaps = other.first <= record.last && record.first <= other.last;
            const bool is_owners = !record.owner.empty() && other.owner == record.owner;
            if (key != record.key && (overlaps || is_owners))
                return false;
            if (key == record.key && other.owner != record.owner)
                return false;
        }
        open_ = Change{false, record};
        return true;
    }
    bool erase(const std::string& key, const std::string& owner) override {
        const auto found = shelf_->records.find(key);
        if (found == shelf_->records.end() || found->second.owner != owner)
            return false;
        open_ = Change{true, found->second};
        return true;
    }
    void sync() override {
        if (!open_)
            return;
        if (open_->gone)
            shelf_->records.erase(open_->record.key);
        else
            shelf_->records[open_->record.key] = open_->record;
        shelf_->changes.emplace_back(this, *open_);
        open_.reset();
    }
    std::vector<Change> news() override {
        std::vector<Change> out;
        if (!has_looked_)
            for (const auto& [key, record] : shelf_->records)
                out.push_back({false, record});
        else
            for (std::size_t i = seen_; i < shelf_->changes.size(); ++i)
                if (shelf_->changes[i].first != this)
                    out.push_back(shelf_->changes[i].second);
        has_looked_ = true;
        seen_ = shelf_->changes.size();
        return out;
    }
    void wipe() override {
        shelf_->records.clear();
        open_.reset();
    }

private:
    std::shared_ptr<Shelf> shelf_;
    std::optional<Change> open_;
    std::size_t seen_ = 0;
    bool has_looked_ = false;
};

} // namespace

OpenStore stores_in_memory() {
    auto shelves = std::make_shared<std::map<std::string, std::shared_ptr<Shelf>>>();
    return [shelves](const std::string& name) -> std::unique_ptr<Store> {
        auto& shelf = (*shelves)[name];
        if (!shelf)
            shelf = std::make_shared<Shelf>();
        return std::make_unique<InMemory>(shelf);
    };
}

} // namespace stage
