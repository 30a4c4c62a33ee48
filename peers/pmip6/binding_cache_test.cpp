#include "peers/pmip6/binding_cache.h"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using peers::pmip6::Binding;
using peers::pmip6::BindingCache;

Binding binding(const std::string& nai, std::string_view prefix, base::Mono deadline) {
    Binding b;
    b.nai = nai;
    b.prefix = base::parse_prefix(prefix).value();
    b.deadline = deadline;
    return b;
}

TEST(BindingCache, FindsAnEntryByItsIdentifierOnly) {
    BindingCache cache;
    cache.create(binding("mn1@example.net", "2001:db8:100:1::/64", 10s));
    ASSERT_NE(cache.find("mn1@example.net"), nullptr);
    EXPECT_EQ(cache.find("mn1@example.ne"), nullptr);
    EXPECT_EQ(cache.find("MN1@example.net"), nullptr);
    EXPECT_EQ(cache.size(), 1u);
}

TEST(BindingCache, CoversEveryAddressOfThePrefix) {
    BindingCache cache;
    cache.create(binding("a", "2001:db8:100:1::/64", 10s));
    cache.create(binding("b", "2001:db8:100:2::5/128", 10s));
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:1::").value())->nai, "a");
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:1:ffff:ffff:ffff:ffff").value())->nai, "a");
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:2::5").value())->nai, "b");
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:2::6").value()), nullptr);
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:0::").value()), nullptr);
}

TEST(BindingCache, NamesTheHolderOfAnOverlappingPrefix) {
    BindingCache cache;
    cache.create(binding("a", "2001:db8:100:1::/64", 10s));
    EXPECT_NE(cache.holder(base::parse_prefix("2001:db8:100::/48").value()), nullptr);
    EXPECT_NE(cache.holder(base::parse_prefix("2001:db8:100:1:8000::/80").value()), nullptr);
    EXPECT_EQ(cache.holder(base::parse_prefix("2001:db8:100:2::/64").value()), nullptr);
}

TEST(BindingCache, ReportsTheEntryThatEndsFirst) {
    BindingCache cache;
    EXPECT_FALSE(cache.next_deadline());
    cache.create(binding("a", "2001:db8:100:1::/64", 20s));
    Binding& b = cache.create(binding("b", "2001:db8:100:2::/64", 10s));
    EXPECT_EQ(cache.next_deadline(), 10s);
    EXPECT_FALSE(cache.due(10s - 1ns));
    EXPECT_EQ(cache.due(10s), "b");
    cache.schedule(b, 30s);
    EXPECT_EQ(cache.next_deadline(), 20s);
    cache.erase("a");
    EXPECT_EQ(cache.next_deadline(), 30s);
    EXPECT_EQ(cache.covering(base::parse_ip6("2001:db8:100:1::1").value()), nullptr);
}

TEST(BindingCache, KeepsTenThousandEntriesInTheOrderOfTheirDeadlines) {
    BindingCache cache;
    const base::Prefix pool = base::parse_prefix("2001:db8::/32").value();
    for (unsigned i = 0; i < 10'000; ++i) {
        Binding b;
        b.nai = "mn" + std::to_string(i) + "@example.net";
        b.prefix = pool.subnet(i, 64);
        b.deadline = 1s * ((i * 7919) % 10'000);
        cache.create(std::move(b));
    }
    for (int i = 0; i < 10'000; ++i) {
        const auto nai = cache.due(1s * i);
        ASSERT_TRUE(nai);
        EXPECT_EQ(cache.find(*nai)->deadline, 1s * i);
        cache.erase(*nai);
    }
    EXPECT_EQ(cache.size(), 0u);
}

} // namespace
