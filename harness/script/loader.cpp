#include "harness/script/loader.h"

#include "harness/base/text.h"
#include "harness/script/case.h"
#include "harness/script/packet.h"
#include "harness/script/rules.h"
#include "harness/script/topology.h"
#include "harness/script/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace script {
namespace {

/// Profiles of each spec; the first is the default.
const std::map<std::string, std::vector<std::string>, std::less<>>& specs() {
    static const std::map<std::string, std::vector<std::string>, std::less<>> all{
        {"pmip6", {"draft02", "rfc5213"}},
        {"nemo", {"nemo-pd"}},
        {"pmip6-nemo", {"pmip6-nemo"}},
        {"netmip6", {"netmip6"}}};
    return all;
}

std::string directory_of(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? "" : name.substr(0, slash + 1);
}

/// False for a template that has no form for the profile, or whose base has none.
bool is_complete(const Templates& templates, const std::string& name, const Context& context) {
    Mistakes unheard;
    Context quiet = context;
    quiet.mistakes = &unheard;
    return !templates.has(name) || !templates.chain(name, quiet).base.empty();
}

/// True for a file whose nodes have settings: rules and requirements know none.
bool has_nodes(const Document& file) {
    const std::string_view root = file.root().name();
    return root == "suite" || root == "topologies";
}

class Loader {
public:
    Loader(std::vector<Text> files, const Options& options, Mistakes& mistakes);
    /// Reads everything under one profile of each spec.
    void load(const std::string& profile, model::Library& library);
    /// Instances of all templates, all topologies.
    void check_the_unused();

private:
    /// The templates of one suite, and what tells them from those of others.
    struct Used {
        Templates templates;
        std::string key;
    };

    Document* document(const std::string& name);
    Document* templates_file(const std::string& user, const std::string& name);
    Context context(const std::string& profile);
    void suite(const Document& file, const std::string& wanted, model::Library& library);
    void rules(const Document& file, const std::string& wanted, model::Library& library);
    Used used_templates(const Tag& root, const Context& context);
    void learn(const Used& used, const Context& context, model::Library& library);
    Tag topology(const Document& suite, const std::string& name);
    std::vector<std::string> topology_names() const;
    SuiteHead head(const Tag& root, const Context& context);
    void check_templates(const Tag& file);
    void check_topologies(const Tag& file);
    void check_uses(const Tag& root, const Context& context) const;

    const Options& options_;
    Mistakes& mistakes_;
    std::vector<std::string> ids_; ///< of all requirements, sorted
    SettingNames settings_;
    std::map<std::string, std::unique_ptr<Document>> documents_; ///< null: looked for, not found
    std::vector<std::string> given_;                             ///< names in the order of the caller
    std::set<std::string> learned_;                              ///< attribute, source and profile
};

Loader::Loader(std::vector<Text> files, const Options& options, Mistakes& mistakes)
    : options_(options), mistakes_(mistakes) {
    const std::vector<std::string> roots{"suite",        "templates", "topologies",
                                         "requirements", "rules",     "settings"};
    for (auto& file : files) {
        const std::string name = file.name;
        if (documents_.count(name))
            continue;
        auto read = std::make_unique<Document>(std::move(file), mistakes_);
        if (read->root() && std::find(roots.begin(), roots.end(), read->root().name()) == roots.end())
            mistakes_.add(read->at(read->root()),
                          fmt::format("unknown root element {}{}", quoted(read->root().name()),
                                      did_you_mean(read->root().name(), roots)));
        given_.push_back(name);
        documents_[name] = std::move(read);
    }
    model::Ledger ledger;
    for (const auto& name : given_)
        if (const auto& file = *documents_[name]; std::string_view(file.root().name()) == "requirements")
            read_requirements({file, file.root()}, ledger, context({}));
    ids_ = ledger.ids();
    std::sort(ids_.begin(), ids_.end());
    if (std::any_of(given_.begin(), given_.end(),
                    [&](const auto& name) { return has_nodes(*documents_[name]); }))
        document(options_.tree + "/settings.xml"); // ours count for everybody's suites
    for (const auto& [name, file] : documents_)
        if (file && std::string_view(file->root().name()) == "settings")
            settings_.add({*file, file->root()}, mistakes_);
    if (options_.ledger && options_.ledger->all().empty())
        *options_.ledger = std::move(ledger);
    else if (options_.ledger)
        for (const auto& requirement : ledger.all())
            options_.ledger->add(requirement);
}

Context Loader::context(const std::string& profile) {
    return {&mistakes_, profile, options_.claims, ids_, &settings_};
}

Document* Loader::document(const std::string& name) {
    const auto found = documents_.find(name);
    if (found != documents_.end())
        return found->second.get();
    auto contents = options_.source ? options_.source(name) : std::nullopt;
    auto& place = documents_[name];
    if (contents)
        place = std::make_unique<Document>(Text{name, std::move(*contents)}, mistakes_);
    return place.get();
}

/// Templates beside the file that uses them, else ours.
Document* Loader::templates_file(const std::string& user, const std::string& name) {
    auto* near = document(directory_of(user) + name);
    if (near && (!near->root() || std::string_view(near->root().name()) == "templates"))
        return near;
    return document(options_.tree + "/templates/" + name);
}

void Loader::load(const std::string& profile, model::Library& library) {
    // By value: files that suites use join the list while it is walked.
    const auto names = given_;
    for (const auto& name : names) {
        const auto& file = *documents_[name];
        const std::string_view root = file.root().name();
        if (root == "suite")
            suite(file, profile, library);
        else if (root == "rules")
            rules(file, profile, library);
    }
}

Loader::Used Loader::used_templates(const Tag& root, const Context& context) {
    Used used;
    const std::string& file = root.document()->name();
    for (const auto& use : root.children()) {
        if (use.name() != "use")
            continue;
        for (const auto& name : use.words("templates")) {
            const auto* found = templates_file(file, name);
            const auto attr = *use.attr("templates");
            if (!found) {
                std::vector<std::string> known;
                for (const auto& given : given_)
                    known.push_back(given.substr(directory_of(given).size()));
                context.mistake(
                    attr.at(attr.value.find(name)),
                    fmt::format("there are no templates {}, neither beside this file nor in {}/templates{}",
                                quoted(name), options_.tree, did_you_mean(name, known)));
            } else if (std::string_view(found->root().name()) == "templates") {
                used.templates.add({*found, found->root()}, context);
                used.key += (used.key.empty() ? "" : "+") + found->name();
            }
        }
    }
    return used;
}

void Loader::learn(const Used& used, const Context& context, model::Library& library) {
    for (const auto& tag : used.templates.learns()) {
        const std::string key =
            fmt::format("{}:{}:{}", tag.document()->name(), tag.where().line, context.profile);
        if (is_complete(used.templates, tag.value("from"), context) && learned_.insert(key).second)
            library.learns.push_back(read_learn(tag, used.templates, context));
    }
}

/// A topology of a file beside the suite, of ours, or of any file that was handed in.
Tag Loader::topology(const Document& suite, const std::string& name) {
    std::vector<Document*> places{document(directory_of(suite.name()) + "topologies.xml"),
                                  document(options_.tree + "/topologies.xml")};
    for (const auto& given : given_)
        places.push_back(documents_[given].get());
    for (const auto* place : places)
        if (place && std::string_view(place->root().name()) == "topologies")
            for (const auto& tag : Tag(*place, place->root()).children())
                if (tag.name() == "topology" && tag.value("name") == name)
                    return tag;
    return {};
}

std::vector<std::string> Loader::topology_names() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : documents_)
        if (file && std::string_view(file->root().name()) == "topologies")
            for (const auto& tag : Tag(*file, file->root()).children())
                names.push_back(tag.value("name"));
    return names;
}

void Loader::check_uses(const Tag& root, const Context& context) const {
    for (const auto& use : root.children())
        if (use.name() == "use")
            use.only({"templates", "topology"}, *context.mistakes);
}

SuiteHead Loader::head(const Tag& root, const Context& context) {
    SuiteHead head;
    head.name = root.required("name", *context.mistakes);
    head.spec = root.required("spec", *context.mistakes);
    head.section = root.value("section");
    head.under_test = root.words("sut");
    head.only_profiles = root.value("profiles");
    for (const auto& profile : root.words("profiles"))
        if (std::find(profiles().begin(), profiles().end(), profile) == profiles().end())
            context.mistake(
                root.attr("profiles")->at(),
                fmt::format("there is no profile {}{}", quoted(profile), did_you_mean(profile, profiles())));
    for (const auto& use : root.children()) {
        if (use.name() != "use" || !use.has("topology"))
            continue;
        const std::string name = use.value("topology");
        head.topologies.push_back(name);
        if (!topology(*root.document(), name))
            context.mistake(use.attr("topology")->at(), fmt::format("there is no topology {}{}", quoted(name),
                                                                    did_you_mean(name, topology_names())));
    }
    return head;
}

void Loader::suite(const Document& file, const std::string& wanted, model::Library& library) {
    const Tag root(file, file.root());
    const std::string spec = root.value("spec");
    const Context under = context(profile_for(spec, wanted));
    root.only({"name", "spec", "section", "sut", "profiles"}, mistakes_);
    if (!specs().count(spec) && root.has("spec")) {
        std::vector<std::string> known;
        for (const auto& [name, profiles] : specs())
            known.push_back(name);
        under.mistake(root.attr("spec")->at(),
                      fmt::format("there is no spec {}{}", quoted(spec), did_you_mean(spec, known)));
    }
    check_uses(root, under);
    SuiteHead suite_head = head(root, under);
    if (const auto only = root.words("profiles");
        !only.empty() && std::find(only.begin(), only.end(), under.profile) == only.end())
        return;
    const Used used = used_templates(root, under);
    suite_head.templates_key = used.key;
    learn(used, under, library);
    CaseReader cases(under, suite_head, used.templates,
                     [&](const std::string& name) { return topology(file, name); });
    for (const auto& tag : root.children()) {
        const std::string name = tag.name();
        if (name == "case")
            cases.read(tag, library);
        else if (name == "rule") {
            if (auto rule = read_rule(tag, spec, used.templates, under))
                library.rules.push_back(std::move(*rule));
        } else if (name != "use" && name != "says")
            under.mistake(
                tag.where(),
                fmt::format("unknown element {} in a suite{}", quoted(name),
                            did_you_mean(name, std::vector<std::string>{"use", "rule", "case", "says"})));
    }
}

void Loader::rules(const Document& file, const std::string& wanted, model::Library& library) {
    const Tag root(file, file.root());
    root.only({"suite"}, mistakes_);
    const std::string spec = root.required("suite", mistakes_);
    const Context under = context(profile_for(spec, wanted));
    check_uses(root, under);
    const Used used = used_templates(root, under);
    std::set<std::string> names;
    for (const auto& tag : root.children()) {
        if (tag.name() == "rule") {
            if (auto rule = read_rule(tag, spec, used.templates, under)) {
                if (!names.insert(rule->name).second)
                    under.mistake(tag.where(), fmt::format("a second rule {}", quoted(rule->name)));
                library.rules.push_back(std::move(*rule));
            }
        } else if (tag.name() != "use" && tag.name() != "says")
            under.mistake(tag.where(),
                          fmt::format("unknown element {} in rules{}", quoted(tag.name()),
                                      did_you_mean(tag.name(), std::vector<std::string>{"rule", "use"})));
    }
}

void Loader::check_the_unused() {
    for (const auto& name : given_) {
        const auto& file = *documents_[name];
        const std::string_view root = file.root().name();
        if (root == "templates")
            check_templates({file, file.root()});
        else if (root == "topologies")
            check_topologies({file, file.root()});
    }
}

/// A template is complete under at least one profile, and has no mistakes under those where it is.
void Loader::check_templates(const Tag& file) {
    std::map<std::string, bool> complete;
    for (const auto& profile : profiles()) {
        const Context under = context(profile);
        Templates templates;
        templates.add(file, under);
        const PacketReader packets(under, templates);
        for (const auto& name : templates.names()) {
            if (!is_complete(templates, name, under))
                continue;
            complete[name] = true;
            packets.instance(name, templates.chain(name, under).forms.back().where(),
                             {"self", nullptr, false});
        }
        for (const auto& learn : templates.learns())
            if (is_complete(templates, learn.value("from"), under))
                read_learn(learn, templates, under);
    }
    for (const auto& profile : profiles()) {
        const Context under = context(profile);
        Templates templates;
        templates.add(file, under);
        for (const auto& name : templates.names())
            if (!complete[name])
                templates.chain(name, under);
    }
}

void Loader::check_topologies(const Tag& file) {
    const Context under = context(profiles().front());
    std::set<std::string> names;
    for (const auto& one : file.children()) {
        if (one.name() != "topology") {
            under.mistake(one.where(),
                          fmt::format("unknown element {} in topologies{}", quoted(one.name()),
                                      did_you_mean(one.name(), std::vector<std::string>{"topology"})));
            continue;
        }
        if (!names.insert(one.value("name")).second)
            under.mistake(one.where(), fmt::format("a second topology {}", quoted(one.value("name"))));
        TopologyReader reader(under);
        reader.read(one);
        reader.finish();
    }
}

} // namespace

std::string profile_for(std::string_view spec, std::string_view wanted) {
    const auto found = specs().find(spec);
    if (found == specs().end())
        return wanted.empty() ? "draft02" : std::string(wanted);
    const auto& own = found->second;
    return std::find(own.begin(), own.end(), wanted) != own.end() ? std::string(wanted) : own.front();
}

model::Library load(std::vector<Text> files, const Options& options, std::vector<model::Mistake>& mistakes) {
    Mistakes collected;
    model::Library library;
    if (!options.profile.empty() &&
        std::find(profiles().begin(), profiles().end(), options.profile) == profiles().end())
        collected.add({}, fmt::format("there is no profile {}{}", quoted(options.profile),
                                      did_you_mean(options.profile, profiles())));
    try {
        Loader loader(std::move(files), options, collected);
        loader.load(options.profile, library);
    } catch (const TooMuch&) {
        library = {};
    }
    library.ledger = options.ledger;
    const auto all = collected.sorted();
    mistakes.insert(mistakes.end(), all.begin(), all.end());
    return library;
}

std::vector<model::Mistake> lint(std::vector<Text> files, const Options& options) {
    Mistakes collected;
    try {
        Loader loader(std::move(files), options, collected);
        for (const auto& profile : profiles()) {
            collected.refill();
            model::Library library;
            loader.load(profile, library);
        }
        loader.check_the_unused();
    } catch (const TooMuch&) {
        // What was found so far is told.
    }
    return collected.sorted();
}

std::string explain_settings(Text settings, std::string_view role) {
    Mistakes unheard;
    const Document file(std::move(settings), unheard);
    SettingNames names;
    if (file.root())
        names.add({file, file.root()}, unheard);
    const std::string of_role = names.explained(role), of_nodes = names.explained(SettingNames::mobile_node);
    if (of_role.empty())
        return {};
    return fmt::format("Settings and events of a {}:\n{}Of a mobile node ({{{{#mobile-nodes}}}}), in its "
                       "{{{{#policy}}}}:\n{}",
                       role, of_role, of_nodes);
}

} // namespace script
