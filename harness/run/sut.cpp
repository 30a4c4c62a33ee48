#include "harness/run/sut.h"

#include "harness/base/text.h"
#include "harness/run/files.h"
#include "harness/run/suites.h"
#include "harness/script/sut.h"
#include "harness/stage/host/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <set>

namespace run {

namespace fs = std::filesystem;
namespace mustache = kainjow::mustache;

namespace {

bool is_executable(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    using Perms = fs::perms;
    return fs::is_regular_file(status) && (status.permissions() & (Perms::owner_exec | Perms::group_exec |
                                                                   Perms::others_exec)) != Perms::none;
}

// Where the program of a command line is; empty if nowhere. With a slash it lies beside the profile that
// names it, as the profile's templates do.
std::string found(const std::string& program, const fs::path& beside_profile) {
    if (program.find('/') != std::string::npos) {
        const fs::path place = beside_profile / program;
        return is_executable(place) ? fs::absolute(place).lexically_normal().string() : std::string{};
    }
    const char* path = std::getenv("PATH");
    for (const auto& directory : base::split(path ? path : "/usr/bin:/bin", ":"))
        if (is_executable(fs::path(directory) / program))
            return program;
    // Our own peers, played as if they were foreign, lie beside this program.
    const fs::path beside = fs::path(stage::host::executable()).parent_path() / program;
    return is_executable(beside) ? beside.string() : std::string{};
}

// It starts in a directory of its own.
bool settle_program(std::string& command, const fs::path& beside_profile) {
    const std::size_t begin = command.find_first_not_of(" \t");
    if (begin == std::string::npos)
        return false;
    const auto words = stage::lab::words(command);
    if (!words || words->empty())
        return false;
    const std::string program = words->front(), place = found(program, beside_profile);
    if (place.empty())
        return false;
    if (command.compare(begin, program.size(), program) == 0)
        command.replace(begin, program.size(), place);
    return true;
}

using Data = mustache::data;

Data text_list(const std::vector<std::string>& texts) {
    Data out{Data::type::list};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        Data one{Data::type::object};
        one.set("value", texts[i]);
        one.set("first", i == 0);
        one.set("last", i + 1 == texts.size());
        out.push_back(one);
    }
    return out;
}

Data data_of(const model::Settings& settings) {
    Data out{Data::type::list};
    for (const auto& [name, value] : settings) {
        Data one{Data::type::object};
        one.set("name", name);
        one.set("value", value);
        out.push_back(one);
    }
    return out;
}

Data data_of(const model::Port& port) {
    Data out{Data::type::object};
    out.set("name", port.name);
    out.set("link", port.link);
    out.set("link-address", base::text(port.mac));
    out.set("mtu", fmt::format("{}", port.mtu));
    std::vector<std::string> addresses;
    for (const auto& prefix : port.addresses)
        addresses.push_back(base::text(prefix));
    out.set("addresses", text_list(addresses));
    out.set("address", port.addresses.empty() ? std::string{} : base::text(port.addresses.front().address));
    return out;
}

Data data_of(const model::Node& node) {
    Data out{Data::type::object};
    out.set("name", node.name);
    out.set("role", node.role);
    out.set("address", base::text(node.address()));
    return out;
}

Data data_of(const model::Identity& identity, const model::Topology& topology) {
    Data out{Data::type::object};
    out.set("name", identity.name);
    out.set("nai", identity.nai);
    out.set("link-address", base::text(identity.mac));
    out.set("link-local", base::text(identity.link_local));
    out.set("prefix",
            identity.home_network_prefix ? Data(base::text(*identity.home_network_prefix)) : Data(false));
    out.set("lma", identity.lma);
    const model::Node* lma = topology.node(identity.lma);
    out.set("lma-address", lma ? base::text(lma->address()) : std::string{});
    for (const char* name : {"service", "mags", "configuration"}) {
        const auto value = identity.policy.find(name);
        out.set(name, value == identity.policy.end() ? Data(false) : Data(value->second));
    }
    out.set("policy", data_of(identity.policy));
    // Each entry by its name, the list of its words, and each word of several by its number.
    Data its{Data::type::object};
    for (const auto& [name, value] : identity.policy) {
        const auto words = base::split(value, " ,");
        its.set(name, value);
        its.set(name + "-list", text_list(words));
        for (std::size_t i = 0; i < words.size(); ++i)
            its.set(fmt::format("{}-{}", name, i + 1), words[i]);
    }
    out.set("its", its);
    return out;
}

Data data_of(const model::NodeConfig& config, const std::string& directory) {
    Data out = data_of(config.self);
    out.set("profile", config.profile);
    out.set("directory", directory);
    out.set("seed", fmt::format("{}", config.seed));
    out.set("settings", data_of(config.self.settings));
    Data set{Data::type::object};
    for (const auto& [name, value] : config.self.settings)
        set.set(name, value);
    out.set("set", set);
    Data ports{Data::type::list}, routes{Data::type::list}, nodes{Data::type::list},
        identities{Data::type::list};
    for (const auto& port : config.self.ports)
        ports.push_back(data_of(port));
    for (const auto& route : config.self.routes) {
        Data one{Data::type::object};
        one.set("to", base::text(route.to));
        one.set("via", base::text(route.via));
        routes.push_back(one);
    }
    std::map<std::string, Data> by_role;
    for (const auto& node : config.topology.nodes) {
        nodes.push_back(data_of(node));
        if (node.name != config.self.name)
            by_role.try_emplace(node.role + "s", Data{Data::type::list})
                .first->second.push_back(data_of(node));
    }
    for (const auto& identity : config.topology.identities)
        identities.push_back(data_of(identity, config.topology));
    out.set("ports", ports);
    out.set("routes", routes);
    out.set("nodes", nodes);
    out.set("mobile-nodes", identities);
    for (const auto& [name, list] : by_role)
        out.set(name, list);
    return out;
}

bool is_known(const std::string& name) {
    static const std::set<std::string> names{
        "name",       "role",   "address", "profile",     "directory", "seed",         "settings",
        "value",      "first",  "last",    "ports",       "link",      "link-address", "mtu",
        "addresses",  "routes", "to",      "via",         "nodes",     "mobile-nodes", "nai",
        "link-local", "prefix", "lma",     "lma-address", "service",   "mags",         "configuration",
        "policy",     "lmas",   "hosts",   "mns",         "has",       "mrs",          "routers",
        "ars",        "cns",    "maps",    "aaas"};
    return name == "." || names.contains(name) || name.starts_with("set.") || name.starts_with("its.");
}

void check_templates(Implementation& one, const std::string& profile, std::vector<model::Mistake>& mistakes) {
    const fs::path beside = fs::path(profile).parent_path();
    for (const auto& file : one.sut.files) {
        const std::string path = shown((beside / file.template_file).string());
        try {
            one.templates.push_back(read_file(path, 4u << 20));
        } catch (const Trouble& trouble) {
            mistakes.push_back({one.sut.where, trouble.what()});
            continue;
        }
        const mustache::mustache parsed(one.templates.back());
        if (!parsed.is_valid())
            mistakes.push_back({one.sut.where, fmt::format("{}: {}", path, parsed.error_message())});
        for (const auto& sentence : unknown_names(one.templates.back()))
            mistakes.push_back({one.sut.where, fmt::format("{}: {}", path, sentence)});
    }
}

} // namespace

std::vector<std::string> unknown_names(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        const std::size_t end = text.find("}}", at);
        if (end == std::string::npos)
            break;
        const std::string tag(base::trim(std::string_view(text).substr(at + 2, end - at - 2)));
        if (tag.empty() || tag[0] == '!' || tag[0] == '=')
            continue;
        const std::string name(base::trim(
            std::string_view(tag).substr(std::string_view("#^/&{>").find(tag[0]) != std::string_view::npos)));
        if (!is_known(name))
            out.push_back(fmt::format(
                "line {}: nothing is called \"{}\" in a template",
                1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'), name));
    }
    return out;
}

bool renders(const Implementation& one, const std::string& setting) {
    return std::any_of(one.templates.begin(), one.templates.end(), [&](const std::string& text) {
        return text.find("{{#settings}}") != std::string::npos ||
               text.find("set." + setting + "}}") != std::string::npos;
    });
}

std::string render(const std::string& text, const model::NodeConfig& config, const std::string& directory) {
    mustache::mustache parsed(text);
    parsed.set_custom_escape([](const std::string& value) { return value; }); // it is no HTML
    return parsed.render(data_of(config, directory));
}

Implementation load_program(const std::string& name) {
    const std::string path = shown(data_directory() + "/suites/sut/programs/" + name + ".xml");
    Implementation one;
    std::vector<model::Mistake> mistakes;
    one.sut = script::load_sut({path, read_file(path, 4u << 20)}, mistakes);
    if (mistakes.empty())
        check_templates(one, path, mistakes);
    if (!mistakes.empty())
        throw Trouble(model::text(mistakes.front().where) + ": " + mistakes.front().sentence);
    if (const std::string before = one.sut.command;
        !settle_program(one.sut.command, fs::path(path).parent_path()))
        throw Trouble(fmt::format("the program {} cannot be executed: {}", name, before));
    return one;
}

std::vector<Implementation> load_implementations(const std::vector<std::string>& profiles) {
    std::vector<Implementation> out;
    std::vector<model::Mistake> mistakes;
    std::set<std::string> roles;
    for (const auto& path : profiles) {
        Implementation one;
        std::vector<model::Mistake> own;
        one.sut = script::load_sut({path, read_file(path, 4u << 20)}, own);
        one.version = script::sut_version(read_file(path, 4u << 20));
        if (own.empty()) {
            check_templates(one, path, own);
            if (one.sut.box.is_one())
                one.sut.parallel = 1; // it has one memory
            else if (one.sut.in == "guest" && one.sut.ready.by == model::Readiness::By::port)
                own.push_back({one.sut.where, "ports that are bound in a guest are not seen from here: say "
                                              "ready=\"log:…\" or ready=\"probe\""});
            else if (const std::string before = one.sut.command;
                     !settle_program(one.sut.command, fs::path(path).parent_path()))
                own.push_back({one.sut.where, fmt::format("the command \"{}\" cannot be executed", before)});
            if (!roles.insert(one.sut.role).second)
                own.push_back({one.sut.where,
                               fmt::format("the role {} is taken by two implementations", one.sut.role)});
        }
        mistakes.insert(mistakes.end(), own.begin(), own.end());
        out.push_back(std::move(one));
    }
    if (!mistakes.empty()) {
        print(mistakes);
        throw Finish{2};
    }
    return out;
}

std::vector<stage::lab::BoxLink> open_boxes(const std::vector<Implementation>& implementations) {
    std::vector<stage::lab::BoxLink> out;
    for (const auto& one : implementations)
        for (const auto& port : one.sut.box.ports)
            out.push_back(stage::lab::open_box_link(port.interface, port.port));
    return out;
}

void require_boxes(const std::vector<Implementation>& implementations) {
    std::vector<model::Mistake> mistakes;
    for (const auto& one : implementations)
        try {
            open_boxes({one});
        } catch (const stage::lab::NoInterface& missing) {
            mistakes.push_back({one.sut.where, missing.what()});
        } catch (const std::exception& trouble) {
            fmt::print(stderr, "mobiconform: {}: {}\n", one.sut.name, trouble.what());
            throw Finish{3};
        }
    if (!mistakes.empty()) {
        print(mistakes);
        throw Finish{2};
    }
}

stage::lab::SutNode install(const Implementation& one, const model::NodeConfig& config,
                            const std::string& directory) {
    stage::lab::SutNode out;
    out.node = config.self.name;
    out.sut = one.sut;
    out.directory = fs::absolute(fs::path(directory) / config.self.name).string();
    make_directory(out.directory);
    std::string first;
    for (std::size_t i = 0; i < one.templates.size(); ++i) {
        const std::string path = out.directory + "/" + fs::path(one.sut.files[i].name).filename().string();
        write_to(path)(render(one.templates[i], config, out.directory));
        if (first.empty())
            first = path;
    }
    const auto replace = [&](std::string& command) {
        for (const auto& [name, value] : {std::pair<std::string, std::string>{"{config}", first},
                                          {"{directory}", out.directory},
                                          {"{address}", base::text(config.self.address())}})
            for (std::size_t at = command.find(name); at != std::string::npos;
                 at = command.find(name, at + value.size()))
                command.replace(at, name.size(), value);
    };
    replace(out.sut.command);
    for (auto& hook : out.sut.hooks)
        replace(hook.command);
    return out;
}

} // namespace run
