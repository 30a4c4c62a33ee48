// Whatever a file says, loading it ends soon and every mistake has its place. The first octet chooses the
// reader.
#include "harness/script/loader.h"
#include "harness/script/sut.h"
#include "harness/script/value.h"

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace {

const char* const topologies = R"(<topologies><topology name="t"><link name="core"/>
  <node name="lma" role="lma" played="peer"><port link="core" address="2001:db8::1/64"/></node>
  <node name="mag1" role="mag" played="tester"><port link="core" address="2001:db8::2/64"/><access for="mn1"/></node>
  <mobile-node name="mn1" lma="lma"/></topology></topologies>)";
const char* const templates = R"(<templates><template name="pbu" of="binding-update" sequence="~next"
  about="mobile-node-identifier.nai"><mobile-node-identifier nai="~${self.nai}"/></template></templates>)";

void check(const std::vector<model::Mistake>& mistakes) {
    for (const auto& mistake : mistakes) {
        assert(!mistake.sentence.empty());
        assert(mistake.sentence.find('\n') == std::string::npos);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    std::vector<model::Mistake> mistakes;
    const std::vector<script::Text> around{{"topologies.xml", topologies}, {"t.xml", templates}};
    auto files = around;
    switch (data[0] % 5) {
    case 0: // a file of its own
        files.push_back({"f.xml", text});
        check(script::lint(files, {}));
        break;
    case 1: // the steps of a case
        files.push_back(
            {"f.xml",
             R"(<suite name="s" spec="pmip6" sut="lma"><use templates="t.xml" topology="t"/><case name="c">)" +
                 text + "</case></suite>"});
        script::load(files, {}, mistakes);
        break;
    case 2: { // a value
        script::Mistakes collected;
        const auto value = script::parse_value(
            text, [](std::size_t) { return model::Where{}; }, collected);
        if (collected.empty()) {
            const std::string printed = script::text(value);
            script::parse_value(
                printed, [](std::size_t) { return model::Where{}; }, collected);
        }
        break;
    }
    case 3:
        script::load_sut({"p.xml", text}, mistakes);
        break;
    case 4:
        script::load_baseline({"b.xml", text}, {}, mistakes);
        break;
    }
    check(mistakes);
    return 0;
}
