// Arbitrary octets through every verifier: each gives a verdict, and what was not protected with the keys is
// never accepted. What is protected here opens to what it was, and with one octet changed it does not.

#include "harness/crypto/gate.h"
#include "harness/crypto/mobility_authentication.h"
#include "harness/crypto/samples_test.h"

#include <cstdlib>

namespace {

using namespace crypto;

void must(bool holds) {
    if (!holds)
        std::abort();
}

void protects(const Association& one, base::View plain, std::size_t at, std::uint8_t by) {
    Transform out(one), in(one);
    const auto sealed = out.protect(plain);
    if (!sealed)
        return;
    const auto chain = chain_of(plain);
    const Opened opened = in.open(*sealed);
    must(opened.verdict == Verdict::accepted);
    if (chain->next != 59 || one.protocol == Protocol::ah)
        must(opened.ip ==
             base::Bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(chain->end)));
    must(in.open(*sealed).verdict == Verdict::replayed);
    if (by == 0)
        return;
    base::Bytes changed = *sealed;
    const std::size_t protection = chain->at;
    changed[protection + at % (changed.size() - protection)] ^= by;
    must(Transform(one).open(changed).verdict != Verdict::accepted);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto associations = samples::all();
    if (size < 4)
        return 0;
    const std::size_t which = data[0] % associations.size(), at = base::read16({data, size}, 1);
    const std::uint8_t by = data[3];
    const base::View octets(data + 4, size - 4);
    // Nobody here has sealed it.
    for (const Association& one : associations) {
        Transform in(one);
        must(in.open(octets).verdict != Verdict::accepted);
        must(in.look(octets).verdict != Verdict::accepted);
    }
    Configuration configuration;
    configuration.associations = {associations[which]};
    Gate gate(configuration, 1);
    must(gate.receive(octets).what != Gate::Received::What::opened);
    Watcher watcher(configuration.associations);
    if (const auto seen = watcher.look(octets))
        must(seen->opened.verdict != Verdict::accepted);
    protects(associations[which], octets, at, by);
    return 0;
}
