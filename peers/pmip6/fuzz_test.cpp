#include "peers/pmip6/fuzz_feed.h"
#include "peers/pmip6/lma_bench.h"
#include "peers/pmip6/mag_bench.h"
#include "peers/pmip6/make.h"

#include <gtest/gtest.h>

#include <random>

namespace {

using namespace peers::pmip6;
using base::operator""_hex;

/// Records that begin as good messages and end as a seeded generator of numbers likes.
base::Bytes made_up(std::mt19937_64& random, const std::vector<base::Bytes>& seeds) {
    base::Bytes input;
    for (int record = 0; record < 20; ++record) {
        base::Bytes body = seeds[random() % seeds.size()];
        for (std::uint64_t changes = random() % 4; changes > 0 && !body.empty(); --changes)
            body[random() % body.size()] = static_cast<std::uint8_t>(random());
        if (random() % 8 == 0)
            body.resize(random() % (body.size() + 1));
        const std::size_t at = input.size();
        input.resize(at + 4);
        input[at] = static_cast<std::uint8_t>(random());
        input[at + 1] = random() % 2 ? 1 : static_cast<std::uint8_t>(random());
        base::write16(input, at + 2, static_cast<std::uint16_t>(body.size()));
        input.insert(input.end(), body.begin(), body.end());
    }
    return input;
}

const base::Bytes an_update =
    "3b0a0500 89e30001 82000384 16120000 00000000 00000000 00000000 00000000 01040000 00001a10 00000000"
    "00000000 00000000 00000000 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;
const base::Bytes acknowledgement =
    "3b0a0600 dd470020 00010384 16120040 20010db8 01000001 00000000 00000000 01040000 00001a10 fe800000"
    "00000000 00000000 00000001 01001b08 000046dc a0008000 0810016d 6e314065 78616d70 6c652e6e 65740100"_hex;

TEST(Fuzz, TheAnchorSendsOnlyWellFormedMessagesWhateverItHears) {
    std::mt19937_64 random(1);
    const auto config = LmaBench::config({{"tolerance", "100000h"}}, "draft02");
    std::size_t messages = 0;
    for (int round = 0; round < 300; ++round) {
        const auto machine = make_lma(config);
        FuzzFeed feed(*machine, config, {LmaBench::ip("2001:db8:0:1::1"), LmaBench::ip("2001:db8:0:2::1")});
        feed.eat(made_up(random, {an_update, acknowledgement, {}}));
        messages += feed.messages();
    }
    EXPECT_GT(messages, 300u); // what is ill-formed aborts
}

TEST(Fuzz, TheGatewaySendsOnlyWellFormedMessagesWhateverItHears) {
    std::mt19937_64 random(2);
    const auto config = MagBench::config({}, "draft02");
    std::size_t messages = 0;
    for (int round = 0; round < 300; ++round) {
        const auto machine = make_mag(config);
        FuzzFeed feed(*machine, config, {MagBench::ip("2001:db8:0:ff::1"), MagBench::ip("2001:db8:0:fe::1")});
        feed.eat(made_up(random, {acknowledgement, an_update, "85000000 00000000"_hex, {}}));
        messages += feed.messages();
    }
    EXPECT_GT(messages, 300u);
}

} // namespace
