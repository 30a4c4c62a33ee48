#include "harness/stage/store.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <stdexcept>

namespace stage {

namespace {

constexpr int patience_ms = 10'000; ///< for another process that writes

/// The tables. A record that is gone stays as its key, so that others hear of it; `seq` grows with each
/// change. Live ranges do not overlap, so one look at the next lower beginning finds whoever is in the way.
constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    first TEXT NOT NULL, last TEXT NOT NULL,
    owner TEXT NOT NULL, gone INTEGER NOT NULL,
    fields TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_first ON records (first, key) WHERE gone = 0;
CREATE UNIQUE INDEX IF NOT EXISTS by_owner ON records (owner) WHERE gone = 0 AND owner <> '';
)";

class OnDisk : public Store {
public:
    explicit OnDisk(const std::string& path) : path_(path) {
        try {
            if (sqlite3_open_v2(path.c_str(), &db_,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                nullptr) != SQLITE_OK)
                fail("open");
            sqlite3_busy_timeout(db_, patience_ms);
            run("PRAGMA journal_mode=WAL");
            run("PRAGMA synchronous=FULL");
            if (number("PRAGMA synchronous") != 2)
                throw std::runtime_error("the store " + path_ + " cannot be made durable");
            run("BEGIN IMMEDIATE");
            run(tables);
            run("COMMIT");
        } catch (...) {
            close();
            throw;
        }
    }
    ~OnDisk() override { close(); }

    bool put(const Record& record) override {
        run("BEGIN IMMEDIATE");
        if (in_the_way(record)) {
            run("ROLLBACK");
            return false;
        }
        write(record, false);
        return true;
    }
    bool erase(const std::string& key, const std::string& owner) override {
        run("BEGIN IMMEDIATE");
        if (!is_there(key, owner)) {
            run("ROLLBACK");
            return false;
        }
        write({.key = key, .first = {}, .last = {}, .owner = {}, .fields = {}}, true);
        return true;
    }
    void sync() override {
        if (sqlite3_get_autocommit(db_) == 0)
            run("COMMIT");
    }
    std::vector<Change> news() override {
        // Whether another connection has written is a look into shared memory; reading the table is more.
        const std::int64_t version = number("PRAGMA data_version");
        std::vector<Change> out;
        if (version == version_)
            return out;
        version_ = version;
        Statement rows(*this, "SELECT seq, key, gone, fields FROM records WHERE seq > ? AND "
                              "(gone = 0 OR ?) ORDER BY seq");
        sqlite3_bind_int64(rows.get(), 1, seen_);
        sqlite3_bind_int(rows.get(), 2, seen_ != 0);
        while (rows.step()) {
            seen_ = std::max<std::int64_t>(seen_, sqlite3_column_int64(rows.get(), 0));
            Change change{sqlite3_column_int(rows.get(), 2) != 0, {}};
            change.record.key = rows.text(1);
            if (!change.gone)
                change.record.fields = nlohmann::json::parse(rows.text(3)).get<model::Arguments>();
            change.record.first = change.record.fields["first"];
            change.record.last = change.record.fields["last"];
            change.record.owner = change.record.fields["owner"];
            out.push_back(std::move(change));
        }
        return out;
    }
    void wipe() override { run("DELETE FROM records"); }

private:
    class Statement {
    public:
        Statement(OnDisk& store, const char* sql) : store_(store) {
            if (sqlite3_prepare_v2(store.db_, sql, -1, &handle_, nullptr) != SQLITE_OK)
                store.fail(sql);
        }
        Statement(const Statement&) = delete;
        Statement& operator=(const Statement&) = delete;
        ~Statement() { sqlite3_finalize(handle_); }
        sqlite3_stmt* get() { return handle_; }
        void bind(int at, const std::string& value) {
            sqlite3_bind_text(handle_, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
        }
        std::string text(int column) {
            const auto* value = sqlite3_column_text(handle_, column);
            return value ? reinterpret_cast<const char*>(value) : std::string();
        }
        /// True if there is a row.
        bool step() {
            const int result = sqlite3_step(handle_);
            if (result != SQLITE_ROW && result != SQLITE_DONE)
                store_.fail("write");
            return result == SQLITE_ROW;
        }

    private:
        OnDisk& store_;
        sqlite3_stmt* handle_ = nullptr;
    };

    [[noreturn]] void fail(const char* what) {
        const std::string why = db_ ? sqlite3_errmsg(db_) : "no memory";
        if (db_ && sqlite3_get_autocommit(db_) == 0)
            sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
        throw std::runtime_error(fmt::format("the store {}: {}: {}", path_, what, why));
    }
    void run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            fail(sql);
    }
    std::int64_t number(const char* sql) {
        Statement statement(*this, sql);
        return statement.step() ? sqlite3_column_int64(statement.get(), 0) : 0;
    }
    void close() {
        sqlite3_close_v2(db_);
        db_ = nullptr;
    }

    bool in_the_way(const Record& record) {
        Statement below(*this, "SELECT last, key, owner FROM records WHERE gone = 0 AND first <= ? "
                               "ORDER BY first DESC LIMIT 1");
        below.bind(1, record.last);
        if (below.step() && below.text(0) >= record.first &&
            (below.text(1) != record.key || below.text(2) != record.owner))
            return true;
        Statement theirs(*this,
                         "SELECT 1 FROM records WHERE gone = 0 AND owner = ? AND owner <> '' AND key <> ?");
        theirs.bind(1, record.owner);
        theirs.bind(2, record.key);
        return theirs.step();
    }

    bool is_there(const std::string& key, const std::string& owner) {
        Statement rows(*this, "SELECT 1 FROM records WHERE gone = 0 AND key = ? AND owner = ?");
        rows.bind(1, key);
        rows.bind(2, owner);
        return rows.step();
    }

    void write(const Record& record, bool gone) {
        Statement statement(*this, "REPLACE INTO records (key, first, last, owner, gone, fields) "
                                   "VALUES (?, ?, ?, ?, ?, ?)");
        statement.bind(1, record.key);
        statement.bind(2, record.first);
        statement.bind(3, record.last);
        statement.bind(4, record.owner);
        sqlite3_bind_int(statement.get(), 5, gone ? 1 : 0);
        statement.bind(6, nlohmann::json(record.fields).dump());
        statement.step();
    }

    std::string path_;
    sqlite3* db_ = nullptr;
    std::int64_t version_ = -1, seen_ = 0;
};

} // namespace

OpenStore stores_on_disk(const std::string& directory) {
    return [directory](const std::string& name) -> std::unique_ptr<Store> {
        if (name.empty() || name.find('/') != std::string::npos)
            throw std::runtime_error("a store cannot be named \"" + name + "\"");
        return std::make_unique<OnDisk>(fmt::format("{}/{}.db", directory, name));
    };
}

} // namespace stage
