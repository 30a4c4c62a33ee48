#include "peers/pmip6/update_list.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using peers::pmip6::UpdateList;
using peers::pmip6::Visitor;

Visitor visitor(const std::string& nai, std::size_t port, const char* mac) {
    Visitor made;
    made.nai = nai;
    made.port = port;
    made.mac = base::parse_mac(mac).value();
    return made;
}

TEST(UpdateList, FindsAVisitorByIdentifierAndByWhatAFrameShows) {
    UpdateList list;
    list.create(visitor("a", 1, "02:00:00:00:00:01"));
    list.create(visitor("b", 1, "02:00:00:00:00:02"));
    EXPECT_EQ(list.at(1, base::parse_mac("02:00:00:00:00:02").value()), list.find("b"));
    EXPECT_EQ(list.at(2, base::parse_mac("02:00:00:00:00:02").value()), nullptr);
    EXPECT_EQ(list.on_port(1).size(), 2u);
    list.erase("a");
    EXPECT_EQ(list.find("a"), nullptr);
}

TEST(UpdateList, ReportsTheVisitorWhoseTimerEndsFirst) {
    UpdateList list;
    Visitor& a = list.create(visitor("a", 1, "02:00:00:00:00:01"));
    Visitor& b = list.create(visitor("b", 2, "02:00:00:00:00:02"));
    a.expires_at = 20s;
    a.refresh_at = 16s;
    list.reschedule(a);
    b.transmit_at = 10s;
    list.reschedule(b);
    EXPECT_EQ(list.next_deadline(), 10s);
    EXPECT_FALSE(list.due(10s - 1ns));
    EXPECT_EQ(list.due(10s), "b");
    b.transmit_at.reset();
    list.reschedule(b);
    EXPECT_EQ(list.next_deadline(), 16s);
    list.erase("a");
    EXPECT_FALSE(list.next_deadline());
}

TEST(UpdateList, FindsWhoAwaitsAnAnswer) {
    UpdateList list;
    Visitor& a = list.create(visitor("a", 1, "02:00:00:00:00:01"));
    a.lma = base::parse_ip6("2001:db8::1").value();
    a.pending.emplace();
    a.pending->transmissions.push_back({7, {}});
    EXPECT_EQ(list.awaiting(a.lma, 7), &a);
    EXPECT_EQ(list.awaiting(a.lma, 8), nullptr);
    EXPECT_EQ(list.awaiting(base::parse_ip6("2001:db8::2").value(), 7), nullptr);
}

TEST(UpdateList, RemembersSequenceNumbersBeyondTheVisit) {
    UpdateList list;
    list.create(visitor("a", 1, "02:00:00:00:00:01"));
    list.set_sequence("a", 41);
    list.erase("a");
    EXPECT_EQ(list.sequence("a", 0), 41);
    EXPECT_EQ(list.sequence("b", 9), 9);
}

} // namespace
