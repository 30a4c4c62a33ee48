#include "harness/script/explain.h"

#include "harness/base/text.h"
#include "harness/script/context.h"
#include "harness/script/packet.h"
#include "harness/script/template.h"
#include "harness/script/topology.h"
#include "harness/script/value.h"
#include "harness/script/xml.h"

#include <fmt/format.h>

#include <utility>

namespace script {
namespace {

/// Line by line, a step further in for each level.
std::string indented(unsigned level, const std::string& line) {
    return std::string(level * std::size_t{2}, ' ') + line + "\n";
}

std::string element_text(const model::ElementSpec& element, unsigned level) {
    std::string line = "<" + element.kind;
    for (const auto& field : element.fields)
        line += fmt::format(" {}=\"{}\"", field.name, text(field.value));
    if (element.absent)
        line += " absent=\"1\"";
    if (element.exactly)
        line += " exactly=\"1\"";
    if (!element.when.empty())
        line += fmt::format(" when=\"{}\"", element.when);
    if (element.children.empty())
        return indented(level, line + "/>");
    std::string out = indented(level, line + ">");
    for (const auto& child : element.children)
        out += element_text(child, level + 1);
    return out + indented(level, "</" + element.kind + ">");
}

std::string packet_text(const model::PacketSpec& packet) {
    std::string out;
    for (const auto& layer : packet.layers)
        out += element_text(layer, 2);
    const auto remark = [&](const std::string& what, const std::string& field) {
        if (!field.empty())
            out += indented(2, what + " " + field);
    };
    remark("for= is told by", packet.about_field);
    remark("answers= is told by", packet.answers_field);
    remark("a repetition may differ in", base::join(packet.repeats, ", "));
    return out;
}

/// The same words under several profiles stand there once.
std::string template_text(const Tag& file, const std::string& name) {
    std::vector<std::pair<std::string, std::vector<std::string>>> forms;
    model::Where where;
    for (const auto& profile : profiles()) {
        Mistakes unheard;
        Context context;
        context.mistakes = &unheard;
        context.profile = profile;
        Templates templates;
        templates.add(file, context);
        if (!templates.has(name))
            return {};
        const auto chain = templates.chain(name, context);
        if (chain.base.empty())
            continue; // it has no form for this profile
        if (!where.line)
            where = chain.forms.back().where();
        const std::string words =
            packet_text(PacketReader(context, templates).instance(name, where, {"self", {}, {}}));
        const auto same =
            std::find_if(forms.begin(), forms.end(), [&](const auto& form) { return form.first == words; });
        (same == forms.end() ? forms.emplace_back(words, std::vector<std::string>{}) : *same)
            .second.push_back(profile);
    }
    std::string out = fmt::format("template {}  {}\n", name, model::text(where));
    for (const auto& [words, names] : forms)
        out += fmt::format("  under {}\n{}", base::join(names, ", "), words);
    return out;
}

std::string settings_text(const model::Settings& settings) {
    std::string out;
    for (const auto& [name, value] : settings)
        out += fmt::format(" {}=\"{}\"", name, value);
    return out;
}

std::string link_text(const model::Link& link) {
    return indented(2, link.name + (link.latency.count() ? ", latency " + base::text_of(link.latency) : "") +
                           (link.mtu == model::Link{}.mtu ? "" : fmt::format(", MTU {}", link.mtu)));
}

std::string node_text(const model::Node& node) {
    std::string out =
        indented(2, fmt::format("{}: {}, played by {}", node.name, node.role, model::name(node.player)));
    for (const auto& port : node.ports) {
        std::vector<std::string> addresses;
        for (const auto& prefix : port.addresses)
            addresses.push_back(base::text(prefix));
        out += indented(3, fmt::format("port {} {}{}{}", port.name,
                                       port.link.empty() ? "on no link" : "on link " + port.link,
                                       addresses.empty() ? "" : ": ", base::join(addresses, " ")));
    }
    for (const auto& route : node.routes)
        out += indented(3, fmt::format("route to {} via {}", base::text(route.to), base::text(route.via)));
    if (!node.settings.empty())
        out += indented(3, "set" + settings_text(node.settings));
    return out;
}

std::string identity_text(const model::Identity& identity) {
    std::string out = fmt::format("{}: {}, {}", identity.name, identity.nai, base::text(identity.mac));
    if (!identity.lma.empty())
        out += ", anchored at " + identity.lma;
    if (identity.home_network_prefix)
        out += ", prefix " + base::text(*identity.home_network_prefix);
    return indented(2, out + (identity.policy.empty() ? "" : ", policy" + settings_text(identity.policy)));
}

std::string topology_text(const Tag& tag) {
    Mistakes unheard;
    Context context;
    context.mistakes = &unheard;
    context.profile = profiles().front();
    TopologyReader reader(context);
    reader.read(tag);
    const model::Topology topology = reader.finish();
    std::string out = fmt::format("topology {}  {}\n", topology.name, model::text(tag.where()));
    if (!topology.says.empty())
        out += indented(1, base::join(base::split(topology.says), " "));
    const auto list = [&](const char* title, const auto& all, auto line) {
        if (!all.empty())
            out += indented(1, title);
        for (const auto& one : all)
            out += line(one);
    };
    list("links", topology.links, link_text);
    list("nodes", topology.nodes, node_text);
    list("mobile nodes", topology.identities, identity_text);
    list("barriers", topology.barriers, [](const model::BarrierText& barrier) {
        return indented(2, fmt::format("{}: {} sends {}, and {} answers", barrier.role, barrier.from,
                                       barrier.send, barrier.expect));
    });
    return out;
}

/// Calls the visitor for each template file as a whole and for each <topology>.
template <class OnTemplates, class OnTopology>
void each(const std::vector<Text>& files, OnTemplates on_templates, OnTopology on_topology) {
    for (const auto& file : files) {
        if (file.contents.find("<templates") == std::string::npos &&
            file.contents.find("<topologies") == std::string::npos)
            continue;
        Mistakes unheard;
        const Document document(file, unheard);
        const Tag root(document, document.root());
        if (root && root.name() == "templates")
            on_templates(root);
        if (root && root.name() == "topologies")
            for (const auto& tag : root.children())
                on_topology(tag);
    }
}

} // namespace

std::string explain(const std::vector<Text>& files, std::string_view name) {
    std::string out;
    each(
        files, [&](const Tag& file) { out += template_text(file, std::string(name)); },
        [&](const Tag& tag) { out += tag.value("name") == name ? topology_text(tag) : std::string{}; });
    return out;
}

std::vector<std::string> explainable(const std::vector<Text>& files) {
    std::vector<std::string> out;
    each(
        files,
        [&](const Tag& file) {
            for (const auto& tag : file.children())
                if (tag.name() == "template")
                    out.push_back(tag.value("name"));
        },
        [&](const Tag& tag) { out.push_back(tag.value("name")); });
    return out;
}

} // namespace script
