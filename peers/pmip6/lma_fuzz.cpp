#include "peers/pmip6/fuzz_feed.h"
#include "peers/pmip6/lma_bench.h"
#include "peers/pmip6/make.h"

using namespace peers::pmip6;

/// An anchor and (time, packet) records.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const model::NodeConfig config = LmaBench::config({{"tolerance", "100000h"}}, "draft02");
    const auto machine = make_lma(config);
    FuzzFeed feed(*machine, config, {LmaBench::ip("2001:db8:0:1::1"), LmaBench::ip("2001:db8:0:2::1")});
    feed.eat({data, size});
    return 0;
}
