// Arbitrary packets at a node with associations and policies: nothing opens that was not protected with its
// keys, nothing that has to be protected goes by in the clear, and what it sends it can hear.
#include "harness/crypto/fuzz_support.h"
#include "harness/crypto/gate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace crypto;
    static const Configuration configuration = [] {
        Configuration out;
        out.associations = samples::all();
        Policy policy; // everything from one to the other
        policy.source = {samples::mag, 128};
        policy.destination = {samples::lma, 128};
        out.policies = {policy};
        return out;
    }();
    const base::Bytes octets = fuzz::packet({data, size});
    Gate receiver(configuration, 1);
    Watcher watcher(configuration.associations);
    const auto received = receiver.receive(octets);
    fuzz::must(received.what != Gate::Received::What::opened);
    if (const auto seen = watcher.look(octets))
        fuzz::must(seen->opened.verdict != Verdict::accepted);
    const auto chain = chain_of(octets);
    if (chain && chain->source == samples::mag && chain->destination == samples::lma)
        fuzz::must(received.what == Gate::Received::What::discarded);
    Gate sender(configuration, 2);
    const auto sent = sender.send(octets);
    if (sent.what == Gate::Sent::What::protected_)
        fuzz::must(receiver.receive(sent.ip).what == Gate::Received::What::opened);
    return 0;
}
