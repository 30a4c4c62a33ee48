#include "harness/script/case.h"

#include "harness/base/text.h"
#include "harness/script/packet.h"
#include "harness/script/steps.h"
#include "harness/script/topology.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

std::vector<base::Prefix> addresses_of(const model::Node& node) {
    std::vector<base::Prefix> out;
    for (const auto& port : node.ports)
        out.insert(out.end(), port.addresses.begin(), port.addresses.end());
    return out;
}

constexpr std::size_t most_variations = 2000;

const std::vector<std::string> cost_words{"short", "medium", "long"};
const std::vector<std::string> reserved{"i", "now", "this", "self", "sut"};

std::optional<model::Cost> cost_of(std::string_view word) {
    if (word == "short")
        return model::Cost::brief;
    if (word == "medium")
        return model::Cost::medium;
    if (word == "long")
        return model::Cost::lengthy;
    return std::nullopt;
}

bool waits_for_quiet(const model::Steps& steps) {
    for (const auto& step : steps) {
        const bool found = std::visit(
            [](const auto& what) {
                if constexpr (requires { what.quiet; })
                    return what.quiet;
                else if constexpr (requires { what.steps; })
                    return waits_for_quiet(what.steps);
                else if constexpr (requires { what.blocks; })
                    return std::any_of(what.blocks.begin(), what.blocks.end(), waits_for_quiet);
                else
                    return false;
            },
            step.what);
        if (found)
            return true;
    }
    return false;
}

/// Elements of the subtree, the root included.
std::size_t elements_in(pugi::xml_node root) {
    std::size_t count = 1;
    for (const auto child : root.children())
        if (child.type() == pugi::node_element)
            count += elements_in(child);
    return count;
}

bool is_part(const std::string& name) {
    static const std::set<std::string> parts{"says", "topology", "setup", "vary", "zip", "given", "finally"};
    return parts.count(name) != 0;
}

} // namespace

void CaseReader::read(const Tag& tag, model::Library& library) {
    tag.only({"name", "title", "purpose", "cost", "sut", "topology", "needs", "stages", "bootstrap",
              "profiles", "when"},
             *context_.mistakes);
    const std::string name = tag.required("name", *context_.mistakes);
    if (const auto [first, fresh] = names_.emplace(name, tag.where()); !fresh)
        context_.mistake(tag.where(), fmt::format("a second case called {}: the first is in line {}",
                                                  quoted(name), first->second.line));
    const auto only = tag.words("profiles");
    for (const auto& profile : only)
        if (!is_one_of(profiles(), profile))
            context_.mistake(
                tag.attr("profiles")->at(),
                fmt::format("there is no profile {}{}", quoted(profile), did_you_mean(profile, profiles())));
    if (!only.empty() && !is_one_of(only, context_.profile))
        return;
    const Condition when = condition(tag, context_);
    if (!when.holds)
        return;
    if (!when.later.empty())
        context_.mistake(tag.attr("when")->at(),
                         "a case depends on the profile only; what it needs of a claim is in \"needs\"");
    const auto all = axes(tag);
    std::size_t total = 1;
    for (const auto& rows : all) {
        if (rows.empty())
            return;
        total *= rows.size();
        if (total > most_variations)
            return context_.mistake(tag.where(), fmt::format("case {} has more than {} variations",
                                                             quoted(name), most_variations));
    }
    context_.mistakes->spend(total * elements_in(tag.node()), tag.where());
    // The last axis turns fastest, like digits of a number.
    for (std::size_t index = 0; index < total; ++index) {
        Row chosen;
        std::size_t rest = index, weight = total;
        for (const auto& rows : all) {
            weight /= rows.size();
            const Row& row = rows[rest / weight];
            rest %= weight;
            chosen.insert(chosen.end(), row.begin(), row.end());
        }
        variation(tag, chosen, library);
    }
}

std::vector<std::vector<CaseReader::Row>> CaseReader::axes(const Tag& tag) const {
    std::vector<std::vector<Row>> all;
    for (const auto& part : tag.children()) {
        if (part.name() != "vary" && part.name() != "zip")
            continue;
        all.push_back(part.name() == "vary" ? axis(part) : zip(part));
    }
    // In a zip one of several may come back: the row is what has to be new.
    for (const auto& rows : all) {
        std::set<std::vector<std::string>> texts;
        for (const auto& row : rows) {
            std::vector<std::string> text;
            for (const auto& one : row)
                text.push_back(one.text);
            if (!texts.insert(text).second)
                context_.mistake(tag.where(), fmt::format("{} takes {} twice", quoted(row.front().variable),
                                                          quoted(base::join(text, ", "))));
        }
    }
    std::set<std::string> seen;
    for (const auto& rows : all)
        for (std::size_t i = 0; !rows.empty() && i < rows.front().size(); ++i)
            if (!seen.insert(rows.front()[i].variable).second)
                context_.mistake(tag.where(),
                                 fmt::format("{} is varied twice", quoted(rows.front()[i].variable)));
    return all;
}

/// A value, with its cost in front where it has one: "long: 65535".
CaseReader::Choice CaseReader::choice(const Tag& vary, const std::string& text) const {
    Choice choice;
    choice.variable = vary.value("name");
    choice.text = text;
    const std::size_t colon = text.find(": ");
    if (colon != std::string::npos && is_one_of(cost_words, text.substr(0, colon))) {
        choice.cost = cost_of(text.substr(0, colon));
        choice.text = base::trim(text.substr(colon + 1));
    }
    return choice;
}

std::optional<CaseReader::Choice> CaseReader::fragment(const Tag& vary, const Tag& as) const {
    if (as.name() != "as") {
        context_.mistake(as.where(), fmt::format("\"vary\" holds <as name=…>, not {}", quoted(as.name())));
        return std::nullopt;
    }
    as.only({"name", "cost"}, *context_.mistakes);
    // A fragment inside a fragment could hold itself.
    if (const auto inner = as.node().find_node([](const pugi::xml_node& node) {
            return std::string_view(node.name()) == "use" && node.attribute("fragment");
        })) {
        context_.mistake(as.document()->at(inner), "a fragment cannot use a fragment");
        return std::nullopt;
    }
    Choice choice;
    choice.variable = vary.value("name");
    choice.text = as.required("name", *context_.mistakes);
    choice.fragment = as.node();
    if (as.has("cost"))
        choice.cost = cost_of(read_choice(as.attr("cost"), cost_words, context_));
    return choice;
}

std::vector<CaseReader::Row> CaseReader::axis(const Tag& vary) const {
    vary.only({"name", "over"}, *context_.mistakes);
    const std::string name = vary.required("name", *context_.mistakes);
    if (is_one_of(reserved, name))
        context_.mistake(vary.attr("name")->at(),
                         fmt::format("{} already means something else", quoted(name)));
    std::vector<Row> rows;
    if (const auto over = vary.attr("over")) {
        for (const auto& part : base::split(over->value, "|"))
            rows.push_back({choice(vary, std::string(base::trim(part)))});
    } else {
        for (const auto& as : vary.children())
            if (auto one = fragment(vary, as))
                rows.push_back({std::move(*one)});
    }
    if (rows.empty())
        context_.mistake(
            vary.where(),
            fmt::format("{} takes no value: write over=\"a | b\" or <as name=…> inside", quoted(name)));
    return rows;
}

std::vector<CaseReader::Row> CaseReader::zip(const Tag& tag) const {
    tag.only({}, *context_.mistakes);
    std::vector<Row> rows;
    bool first = true;
    for (const auto& vary : tag.children()) {
        const auto more = axis(vary);
        if (first)
            rows.resize(more.size());
        first = false;
        if (more.size() != rows.size())
            context_.mistake(vary.where(), fmt::format("{} takes {} values, the others of the <zip> take {}",
                                                       quoted(vary.value("name")), more.size(), rows.size()));
        for (std::size_t i = 0; i < std::min(rows.size(), more.size()); ++i)
            rows[i].insert(rows[i].end(), more[i].begin(), more[i].end());
    }
    return rows;
}

void CaseReader::variation(const Tag& written, const Row& chosen, model::Library& library) {
    Variables variables;
    model::Case one;
    one.cost = cost_of(read_choice(written.attr("cost"), cost_words, context_)).value_or(model::Cost::brief);
    std::vector<std::string> parts;
    for (const auto& choice : chosen) {
        if (choice.fragment)
            variables.fragments[choice.variable] = choice.fragment;
        else
            variables.values[choice.variable] = choice.text;
        one.variation.emplace_back(choice.variable, choice.text);
        parts.push_back(choice.variable + "=" + choice.text);
        if (choice.cost)
            one.cost = std::max(one.cost, *choice.cost);
    }
    const Tag tag = written.with(&variables);
    one.name = tag.value("name");
    one.id = head_.name + "/" + one.name + (parts.empty() ? "" : "[" + base::join(parts, ",") + "]");
    head(tag, one);
    if (!topology(tag, one))
        return;
    cast(tag, one);
    steps(tag, one);
    barriers(tag, one, library);
    library.cases.push_back(std::move(one));
}

void CaseReader::head(const Tag& tag, model::Case& one) const {
    one.suite = head_.name;
    one.title = tag.value("title", one.name);
    one.says = tag.child("says") ? tag.child("says").text() : std::string{};
    one.purpose = tag.value("purpose");
    one.under_test = tag.has("sut") ? tag.words("sut") : head_.under_test;
    one.needs = tag.words("needs");
    one.stages = tag.words("stages");
    one.bootstrap = read_flag(tag.attr("bootstrap"), context_);
    one.profile = context_.profile;
    one.only_profiles = tag.value("profiles", head_.only_profiles);
    one.where = tag.where();
    const std::vector<std::string> stages{"sim", "lab", "replay"};
    for (const auto& stage : one.stages)
        if (!is_one_of(stages, stage))
            context_.mistake(tag.attr("stages")->at(), fmt::format("there is no stage {}{}", quoted(stage),
                                                                   did_you_mean(stage, stages)));
}

bool CaseReader::topology(const Tag& tag, model::Case& one) {
    const std::string name = tag.value("topology", head_.topologies.empty() ? "" : head_.topologies.front());
    if (name.empty()) {
        context_.mistake(tag.where(), "the case has no topology: neither it nor its suite names one");
        return false;
    }
    const Tag found = find_(name);
    if (!found) {
        if (tag.has("topology"))
            context_.mistake(tag.attr("topology")->at(),
                             fmt::format("there is no topology {}", quoted(name)));
        return false;
    }
    TopologyReader reader(context_);
    reader.read(found);
    for (const auto& part : tag.children()) {
        if (part.name() != "topology")
            continue;
        const model::Topology before = reader.topology();
        reader.change(part);
        for (const auto& node : reader.topology().nodes)
            if (const auto* old = before.node(node.name);
                old && (old->settings != node.settings || addresses_of(*old) != addresses_of(node)))
                one.setups.push_back(node.role);
    }
    for (const auto& part : tag.children()) {
        if (part.name() != "setup" || !condition(part, context_).holds || !reader.set_up(part))
            continue;
        // The policy of a mobile node is known to every role of the domain: whoever is under test has to take
        // it.
        const auto* node = reader.topology().node(part.value("node"));
        if (node) {
            one.setups.push_back(node->role);
            for (const auto& attr : part.attrs())
                if (attr.name != "node" && attr.name != "when")
                    one.setups.push_back(fmt::format("{}.{}", node->role, attr.name));
        } else
            one.setups.insert(one.setups.end(), one.under_test.begin(), one.under_test.end());
    }
    one.topology = reader.finish();
    return true;
}

/// Every role under test needs a node that somebody else than the tester plays.
void CaseReader::cast(const Tag& tag, const model::Case& one) const {
    const auto roles = roles_of(one.topology);
    for (const auto& role : one.under_test) {
        const auto attr = tag.attr("sut");
        const auto where = attr ? attr->at() : tag.where();
        if (!roles.count(role))
            context_.mistake(
                where, fmt::format("nobody plays {} in topology {}{}", quoted(role), one.topology.name,
                                   did_you_mean(role, std::vector<std::string>(roles.begin(), roles.end()))));
        else if (std::all_of(one.topology.nodes.begin(), one.topology.nodes.end(),
                             [&](const model::Node& node) {
                                 return node.role != role || node.player == model::Player::tester;
                             }))
            context_.mistake(where, fmt::format("{} is under test, but the tester plays it in topology {}",
                                                quoted(role), one.topology.name));
    }
    if (one.under_test.empty())
        context_.mistake(tag.where(), "no role is under test: \"sut\" of the case or of its suite names it");
}

void CaseReader::steps(const Tag& tag, model::Case& one) {
    std::set<std::string> learned;
    for (const auto& learn : templates_.learns())
        learned.insert(learn.value("attribute"));
    Scope scope(context_, one.topology, std::move(learned));
    collect_names(tag, context_, scope.all);
    const PacketReader packets(context_, templates_);
    StepReader reader(context_, packets, scope);
    std::vector<Tag> body;
    Tag given, finally;
    for (const auto& part : tag.children()) {
        const std::string name = part.name();
        if (name == "given" || name == "finally") {
            Tag& into = name == "given" ? given : finally;
            part.only({}, *context_.mistakes);
            if (into)
                context_.mistake(part.where(), fmt::format("a second {} in one case", quoted(name)));
            if (name == "given" && !body.empty())
                context_.mistake(part.where(), "\"given\" stands before the steps");
            into = part;
        } else if (!is_part(name)) {
            if (finally)
                context_.mistake(part.where(), "\"finally\" stands behind all steps");
            body.push_back(part);
        } else if ((name == "topology" || name == "setup" || name == "vary" || name == "zip") &&
                   (!body.empty() || given)) {
            context_.mistake(part.where(), fmt::format("{} stands before the steps", quoted(name)));
        }
    }
    if (given)
        one.given = reader.read(given.children());
    one.body = reader.read(body);
    if (finally)
        one.finally = reader.read(finally.children());
    if (body.empty())
        context_.mistake(tag.where(), "the case has no steps");
}

/// Barriers become templates of the library under names of their own, for each profile and set of templates.
void CaseReader::barriers(const Tag& tag, model::Case& one, model::Library& library) {
    auto& all = one.topology.barriers;
    std::erase_if(all, [&](const auto& barrier) { return !is_one_of(one.under_test, barrier.role); });
    const bool needed = waits_for_quiet(one.given) || waits_for_quiet(one.body);
    if (needed && all.empty())
        context_.mistake(tag.where(),
                         fmt::format("for=\"quiet\" needs a barrier, and topology {} has none for {}",
                                     one.topology.name, base::join(one.under_test, " ")));
    const PacketReader packets(context_, templates_);
    std::vector<std::string> identities;
    for (const auto& identity : one.topology.identities)
        identities.push_back(identity.name);
    const std::string self = is_one_of(identities, "barrier") ? "barrier"
                             : identities.empty()             ? ""
                                                              : identities.front();
    std::erase_if(all, [&](model::BarrierText& barrier) {
        if (!needed && (!templates_.has(barrier.send) || !templates_.has(barrier.expect)))
            return true;
        for (std::string* name : {&barrier.send, &barrier.expect}) {
            const std::string key = fmt::format("{}/{}/{}", head_.templates_key, context_.profile, *name);
            if (!library.templates.count(key))
                library.templates[key] = packets.instance(*name, tag.where(), {self, &identities, false});
            *name = key;
        }
        // How a registration is taken back, where a box will not forget it with the case.
        if (const std::string release = "release"; templates_.has(release))
            library.templates.try_emplace(barrier.send + "/release",
                                          packets.instance(release, tag.where(), {self, &identities, false}));
        return false;
    });
}

} // namespace script
