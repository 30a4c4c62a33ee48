#pragma once

#include "harness/script/loader.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace script::test {

/// "s.xml:3:5: sentence".
inline std::vector<std::string> lines(const std::vector<model::Mistake>& mistakes) {
    std::vector<std::string> all;
    for (const auto& mistake : mistakes)
        all.push_back(model::text(mistake.where) + ": " + mistake.sentence);
    return all;
}

inline const std::string topologies = R"(<topologies>
  <topology name="one-mag">
    <link name="core" latency="1ms"/>
    <node name="lma" role="lma" played="peer">
      <port link="core" address="2001:db8:0:ff::1/48"/><set delay="1s"/>
    </node>
    <node name="mag1" role="mag" played="tester">
      <port link="core" address="2001:db8:0:1::1/48"/><access for="mn1 mn2"/>
      <route to="::/0" via="2001:db8:0:ff::1"/>
    </node>
    <node name="mn1" role="mn" played="kernel"/>
    <mobile-node name="mn1" nai="mn1@example.net" lma="lma" link-address="02:00:00:00:10:01" prefix="2001:db8:200:1::/64">
      <policy service="on" mags="mag1"/>
    </mobile-node>
    <mobile-node name="mn2" nai="mn2@example.net" lma="lma"/>
    <mobile-node name="barrier" lma="lma"/>
    <barrier role="lma" from="mag1" send="barrier-pbu" expect="barrier-pba"/>
  </topology>
</topologies>)";

inline const std::string templates = R"(<templates>
  <template name="pbu" of="binding-update" A="1" P="1" H="~0" sequence="~next" lifetime="~900"
            about="mobile-node-identifier.nai" repeats="sequence timestamp">
    <mobile-node-identifier nai="~${self.nai}"/>
    <home-network-prefix prefix="~::/0"/>
    <timestamp value="~${now}"/>
  </template>
  <template name="pbu" of="pbu" profile="rfc5213"><handoff-indicator value="~1"/></template>
  <template name="pba" of="binding-acknowledgement" P="1" about="mobile-node-identifier.nai" answers="sequence">
    <mobile-node-identifier nai="~${self.nai}"/>
  </template>
  <template name="de-registration" of="pbu" lifetime="0"/>
  <template name="tunnelled" of="packet"><ipv6/><ipv6/><echo-request sequence="7"/></template>
  <template name="barrier-pbu" of="pbu"/>
  <template name="barrier-pba" of="pba"/>
  <learn attribute="prefix" from="pba" key="mobile-node-identifier.nai" value="home-network-prefix.prefix"/>
</templates>)";

inline const std::string requirements = R"(<requirements suite="pmip6">
  <requirement id="PMIP6-LMA-106" level="MUST" role="LMA" section="5.4" how="active-lma"><text>one</text></requirement>
  <requirement id="PMIP6-LMA-112" level="MUST" role="LMA" section="5.4" how="active-lma"><text>two</text></requirement>
  <requirement id="PMIP6-LMA-113" level="BASE" role="LMA" section="5.4" how="active-lma"><text>three</text></requirement>
</requirements>)";

/// A suite with that inside its root element, from its second line on, and all that it needs.
struct Loaded {
    explicit Loaded(const std::string& inside, Options options = {}) {
        options.ledger = &ledger;
        const std::string suite =
            R"(<suite name="s" spec="pmip6" sut="lma"><use templates="pmip6.xml" topology="one-mag"/>)"
            "\n" +
            inside + "</suite>";
        library = load({{"s.xml", suite},
                        {"pmip6.xml", templates},
                        {"topologies.xml", topologies},
                        {"ledger.xml", requirements}},
                       options, mistakes);
    }
    std::vector<std::string> lines() const { return test::lines(mistakes); }
    const model::Case& only() const {
        if (library.cases.size() != 1)
            throw std::runtime_error("not one case");
        return library.cases.front();
    }
    model::Ledger ledger;
    model::Library library;
    std::vector<model::Mistake> mistakes;
};

/// A case with these steps; the first stands in line 3.
inline Loaded with_steps(const std::string& steps, Options options = {}) {
    return Loaded("<case name=\"c\">\n" + steps + "</case>", std::move(options));
}

inline const model::FieldSpec& field(const model::ElementSpec& element, const std::string& name) {
    for (const auto& one : element.fields)
        if (one.name == name)
            return one;
    throw std::runtime_error("no field " + name);
}

inline bool has_field(const model::ElementSpec& element, const std::string& name) {
    for (const auto& one : element.fields)
        if (one.name == name)
            return true;
    return false;
}

inline const model::ElementSpec& child(const model::ElementSpec& element, const std::string& kind) {
    for (const auto& one : element.children)
        if (one.kind == kind)
            return one;
    throw std::runtime_error("no child " + kind);
}

} // namespace script::test
