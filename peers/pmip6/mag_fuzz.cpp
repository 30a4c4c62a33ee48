#include "peers/pmip6/fuzz_feed.h"
#include "peers/pmip6/mag_bench.h"
#include "peers/pmip6/make.h"

using namespace peers::pmip6;

/// A gateway and (time, packet) records.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const model::NodeConfig config = MagBench::config({}, "draft02");
    const auto machine = make_mag(config);
    FuzzFeed feed(*machine, config, {MagBench::ip("2001:db8:0:ff::1"), MagBench::ip("2001:db8:0:fe::1")});
    feed.eat({data, size});
    return 0;
}
