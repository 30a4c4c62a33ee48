#include "harness/stage/stores.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using stage::Record;
using stage::Stores;

/// A directory of its own, gone afterwards.
class Folder {
public:
    Folder() : path_((std::filesystem::temp_directory_path() / "mobiconform-XXXXXX").string()) {
        if (!::mkdtemp(path_.data()))
            throw std::runtime_error("mkdtemp");
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

Record record(const std::string& key, const char* first, const char* last, const char* owner = "") {
    return {key, first, last, owner, {{"key", key}, {"first", first}, {"last", last}, {"owner", owner}}};
}

/// Both kinds of store have to behave alike.
class StoreOf : public ::testing::TestWithParam<bool> {
protected:
    Folder folder_;
    stage::OpenStore open_ = GetParam() ? stage::stores_on_disk(folder_.path()) : stage::stores_in_memory();
};

TEST_P(StoreOf, KeepsWhatWasSyncedAndNothingElse) {
    auto one = open_("home");
    ASSERT_TRUE(one->put(record("a", "10", "1f")));
    one->sync();
    ASSERT_TRUE(one->put(record("b", "20", "2f")));
    one.reset(); // dies before it syncs
    const auto found = open_("home")->news();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].record.key, "a");
    EXPECT_EQ(found[0].record.fields.at("last"), "1f");
}

TEST_P(StoreOf, RefusesWhatOverlapsWhatAnotherKeeps) {
    auto one = open_("home"), two = open_("home");
    ASSERT_TRUE(one->put(record("a", "10", "1f")));
    one->sync();
    EXPECT_FALSE(two->put(record("inside", "15", "15")));
    EXPECT_FALSE(two->put(record("around", "00", "ff")));
    EXPECT_FALSE(two->put(record("same", "10", "1f")));
    ASSERT_TRUE(two->put(record("beside", "20", "2f")));
    two->sync();
    EXPECT_TRUE(one->put(record("a", "10", "1f"))) << "its own record again";
    one->sync();
}

TEST_P(StoreOf, KeepsOneRecordOfAnOwner) {
    auto one = open_("home"), two = open_("home");
    ASSERT_TRUE(one->put(record("a", "10", "1f", "router 1")));
    one->sync();
    EXPECT_FALSE(two->put(record("b", "20", "2f", "router 1")));
    EXPECT_FALSE(two->put(record("a", "10", "1f", "router 2"))) << "the very same prefix";
    EXPECT_FALSE(two->erase("a", "router 2")) << "it is not his";
    ASSERT_TRUE(one->erase("a", "router 1"));
    one->sync();
    EXPECT_TRUE(two->put(record("b", "20", "2f", "router 1")));
    two->sync();
}

TEST_P(StoreOf, TellsOfChangesOfOthersOnce) {
    auto one = open_("home"), two = open_("home"), elsewhere = open_("other");
    EXPECT_TRUE(two->news().empty());
    ASSERT_TRUE(one->put(record("a", "10", "1f")));
    one->sync();
    ASSERT_EQ(two->news().size(), 1u);
    EXPECT_TRUE(two->news().empty());
    ASSERT_TRUE(one->erase("a", ""));
    one->sync();
    const auto gone = two->news();
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_TRUE(gone[0].gone);
    EXPECT_EQ(gone[0].record.key, "a");
    EXPECT_TRUE(elsewhere->news().empty());
    EXPECT_TRUE(open_("home")->news().empty()) << "whoever comes later never knew it";
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreOf, ::testing::Values(false, true),
                         [](const auto& which) { return which.param ? "OnDisk" : "InMemory"; });

TEST(StoreOnDisk, IsSyncedInFullWithEachTransaction) {
    const Folder folder;
    auto store = stage::stores_on_disk(folder.path())("home");
    ASSERT_TRUE(store->put(record("a", "10", "1f")));
    store->sync();
    // While it is in use the log beside it is what was synced; another reader sees the record there.
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/home.db-wal"));
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((folder.path() + "/home.db").c_str(), &db), SQLITE_OK);
    std::string mode;
    sqlite3_exec(
        db, "PRAGMA journal_mode",
        [](void* out, int, char** values, char**) {
            *static_cast<std::string*>(out) = values[0];
            return 0;
        },
        &mode, nullptr);
    EXPECT_EQ(mode, "wal");
    sqlite3_close(db);
}

TEST(StoreOnDisk, OutlivesAProcessThatIsKilledAtEachStep) {
    const Folder folder;
    for (int dies_at = 0; dies_at < 3; ++dies_at) {
        const std::string key = "k" + std::to_string(dies_at);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto store = stage::stores_on_disk(folder.path())("home");
            if (dies_at > 0)
                store->put(record(key, key.c_str(), key.c_str()));
            if (dies_at > 1)
                store->sync();
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
    }
    const auto found = stage::stores_on_disk(folder.path())("home")->news();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].record.key, "k2");
}

TEST(StoreOnDisk, SaysWhatIsWrongWithAPlace) {
    EXPECT_THROW(stage::stores_on_disk("/nowhere/at/all")("home"), std::runtime_error);
    EXPECT_THROW(stage::stores_on_disk("/tmp")("../home"), std::runtime_error);
}

class StoresOfNodes : public ::testing::Test {
protected:
    static model::Note note(const char* op, const char* key = "", const char* owner = "") {
        return {
            "store",
            {{"store", "home"}, {"op", op}, {"key", key}, {"first", key}, {"last", key}, {"owner", owner}}};
    }
    std::vector<std::string> carry_out(std::size_t node, const model::Note& what) {
        stores_.take(node, what, {});
        std::vector<std::string> out;
        while (const auto told = stores_.work({}, step_))
            for (const auto& one : *told)
                out.push_back(std::to_string(one.node) + " " + one.told.event);
        return out;
    }
    Stores stores_{stage::stores_in_memory(), 3};
    Stores::Step step_;
};

using Words = std::vector<std::string>;

TEST_F(StoresOfNodes, TellWhoAskedAndTheOthersAndWhoComesLater) {
    EXPECT_EQ(carry_out(0, note("load")), Words{"0 store-ready"});
    carry_out(1, note("load"));
    EXPECT_EQ(carry_out(0, note("put", "a")), (Words{"0 kept", "1 stored"}));
    EXPECT_EQ(carry_out(1, note("put", "a", "other")), Words{"1 refused"});
    EXPECT_EQ(carry_out(2, note("load")), (Words{"2 stored", "2 store-ready"}));
    EXPECT_EQ(carry_out(0, note("erase", "a")), (Words{"1 erased", "2 erased"}));
}

TEST_F(StoresOfNodes, NothingIsLeftOfWhatWasNotSynced) {
    carry_out(0, note("load"));
    int steps = 0;
    step_ = [&](std::size_t node) {
        if (++steps < 2)
            return true;
        stores_.end(node);
        return false;
    };
    EXPECT_TRUE(carry_out(0, note("put", "a")).empty());
    EXPECT_EQ(carry_out(0, note("load")), Words{"0 store-ready"});
}

TEST_F(StoresOfNodes, AreAsSlowAsTheyAreToldToBe) {
    using std::chrono::milliseconds;
    carry_out(0, note("load"));
    stores_.take(0, note("put", "a"), base::Mono{}, milliseconds(300));
    EXPECT_EQ(stores_.due(), base::Mono{} + milliseconds(300));
    EXPECT_FALSE(stores_.work(base::Mono{} + milliseconds(299)));
    EXPECT_TRUE(stores_.work(base::Mono{} + milliseconds(300)));
}

TEST_F(StoresOfNodes, CanBeLostWithTheirNode) {
    carry_out(0, note("load"));
    carry_out(0, note("put", "a"));
    stores_.end(0, true);
    EXPECT_EQ(carry_out(0, note("load")), Words{"0 store-ready"});
}

TEST_F(StoresOfNodes, OtherNotesAreNotForThem) {
    EXPECT_FALSE(stores_.take(0, {"registered", {}}, {}));
}

} // namespace
