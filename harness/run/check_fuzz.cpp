// Whatever a capture holds, `check` reads it, judges it and says what it found. The first octet chooses the
// profile, and whether the rest is a file or packets one after another, each behind two octets of its length.
#include "harness/run/checker.h"
#include "harness/run/profiles.h"
#include "harness/script/loader.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>

namespace {

struct Rules {
    model::Ledger ledger;
    model::Library library;
};

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

const Rules& rules_of(const std::string& profile) {
    static std::map<std::string, Rules> loaded;
    const auto [place, is_new] = loaded.try_emplace(profile);
    if (is_new) {
        const std::string tree = SOURCE_DIR "/suites", spec = run::spec_of(profile);
        script::Options how;
        how.profile = profile;
        how.tree = tree;
        how.source = [](std::string_view name) { return std::optional(contents(std::string(name))); };
        how.ledger = &place->second.ledger;
        std::vector<model::Mistake> mistakes;
        std::vector<script::Text> texts;
        for (const auto& name :
             {"/requirements/" + spec, "/rules/" + spec, std::string("/requirements/pmip6")})
            texts.push_back({tree + name + ".xml", contents(tree + name + ".xml")});
        place->second.library = script::load(std::move(texts), how, mistakes);
        place->second.library.ledger = &place->second.ledger;
        assert(mistakes.empty() && !place->second.library.rules.empty());
    }
    return place->second;
}

void append(base::Bytes& to, std::uint64_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        to.push_back(static_cast<std::uint8_t>(number >> shift));
}

/// A pcap file of raw IP packets, a second after each other.
base::Bytes file_of(base::View packets) {
    base::Bytes out;
    for (const std::uint32_t word : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 0xffffu, 101u})
        append(out, word);
    std::uint32_t second = 1'700'000'000;
    while (packets.size() > 2) {
        const std::size_t size =
            std::min<std::size_t>((packets[0] & 7u) << 8 | packets[1], packets.size() - 2);
        append(out, second++);
        append(out, 0);
        append(out, size);
        append(out, size + (packets[0] >> 7));
        out.insert(out.end(), packets.begin() + 2, packets.begin() + 2 + static_cast<std::ptrdiff_t>(size));
        packets = packets.subspan(2 + size);
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr const char* profiles[] = {"rfc5213", "draft02", "nemo-pd", "pmip6-nemo", "netmip6"};
    if (size == 0)
        return 0;
    const base::View rest{data + 1, size - 1};
    const base::Bytes file = data[0] & 0x80 ? file_of(rest) : base::Bytes(rest.begin(), rest.end());
    run::Checker::Options how;
    how.profile_name = profiles[data[0] % std::size(profiles)];
    how.profile = run::profile_named(how.profile_name);
    run::Checker checker(rules_of(how.profile_name).library, how);
    stage::replay::Capture capture(stage::replay::read_from(file), "capture");
    capture.prepare();
    if (const auto nodes = run::nodes_in(capture.comment()))
        checker.introduce(*nodes);
    checker.read(capture);
    const auto report = checker.report();
    assert(report.whole || !report.troubles.empty());
    for (const auto& finding : report.findings)
        assert(finding.packet <= report.packets && !finding.sentence.empty());
    assert(!reports::check_json({report}).empty());
    return 0;
}
