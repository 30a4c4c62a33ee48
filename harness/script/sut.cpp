#include "harness/script/sut.h"

#include "harness/base/text.h"
#include "harness/script/box.h"
#include "harness/script/context.h"
#include "harness/script/xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace script {
namespace {

const std::vector<std::string> signal_names{"SIGTERM", "SIGINT",  "SIGHUP", "SIGQUIT",
                                            "SIGUSR1", "SIGUSR2", "SIGKILL"};
const std::vector<std::string> codepoint_names{"mnp-request-option", "mnp-confirmation-option",
                                               "ho-request-type",    "ho-response-type",
                                               "ho-option-type",     "nemo-alternative-s-bits"};
/// Events that roles are told of; a name near one of them is a slip.
const std::vector<std::string> event_names{"attached", "detached", "stop",         "start",
                                           "restart",  "clock",    "state",        "renumber",
                                           "delete",   "withdraw", "ho-indication"};

class SutReader {
public:
    SutReader(const Tag& root, Mistakes& mistakes) : root_(root) { context_.mistakes = &mistakes; }
    model::Sut read();

private:
    void head();
    void claims(const Tag& tag);
    void start(const Tag& tag);
    void ready(const Tag& tag);
    void stop(const Tag& tag);
    void at(const Tag& tag);
    void set(const Tag& tag);
    void mobile_nodes(const Tag& tag);
    void environment(const Tag& tag);
    void config(const Tag& tag);
    void hook(const Tag& tag);
    void limits(const Tag& tag);
    void codepoints(const Tag& tag);
    void check_whole() const;
    std::optional<std::uint64_t> rate(const std::optional<Attr>& attr) const;
    std::optional<std::uint64_t> octets(const std::optional<Attr>& attr) const;

    Tag root_;
    Context context_;
    model::Sut sut_;
};

model::Sut SutReader::read() {
    static const std::map<std::string, void (SutReader::*)(const Tag&)> parts{
        {"claims", &SutReader::claims}, {"start", &SutReader::start},
        {"at", &SutReader::at},         {"environment", &SutReader::environment},
        {"config", &SutReader::config}, {"hook", &SutReader::hook},
        {"limits", &SutReader::limits}, {"codepoints", &SutReader::codepoints},
        {"set", &SutReader::set},       {"mobile-nodes", &SutReader::mobile_nodes}};
    head();
    std::vector<std::string> names;
    for (const auto& [name, part] : parts)
        names.push_back(name);
    std::set<std::string> seen;
    for (const auto& tag : root_.children()) {
        const auto found = parts.find(tag.name());
        if (found == parts.end()) {
            context_.mistake(tag.where(), fmt::format("unknown element {} in a SUT profile{}",
                                                      quoted(tag.name()), did_you_mean(tag.name(), names)));
            continue;
        }
        const bool several = is_one_of({"config", "hook", "at"}, tag.name());
        if (!seen.insert(tag.name()).second && !several)
            context_.mistake(tag.where(), fmt::format("a second {} in one profile", quoted(tag.name())));
        (this->*found->second)(tag);
    }
    check_whole();
    return sut_;
}

void SutReader::head() {
    root_.only({"name", "role", "profile", "version"}, *context_.mistakes);
    sut_.where = root_.where();
    sut_.name = root_.required("name", *context_.mistakes);
    sut_.role = root_.required("role", *context_.mistakes);
    const auto program_roles = {"host", "router"}; // of programs that stand beside what is under test
    if (const auto role = root_.attr("role");
        role && !is_one_of(sut_roles(), role->value) &&
        std::find(program_roles.begin(), program_roles.end(), role->value) == program_roles.end())
        context_.mistake(role->at(), fmt::format("there is no role {}{}", quoted(role->value),
                                                 did_you_mean(role->value, sut_roles())));
    sut_.profile = root_.value("profile");
    if (const auto profile = root_.attr("profile"); profile && !is_one_of(profiles(), profile->value))
        context_.mistake(profile->at(), fmt::format("there is no profile {}{}", quoted(profile->value),
                                                    did_you_mean(profile->value, profiles())));
}

void SutReader::claims(const Tag& tag) {
    tag.only({"features", "lacks"}, *context_.mistakes);
    sut_.features = tag.words("features");
    sut_.lacks = tag.words("lacks");
    for (const auto& feature : sut_.features)
        if (is_one_of(sut_.lacks, feature))
            context_.mistake(tag.attr("lacks")->at(),
                             fmt::format("{} is both claimed and lacking", quoted(feature)));
}

/// "512M": octets, K, M or G.
std::optional<std::uint64_t> SutReader::octets(const std::optional<Attr>& attr) const {
    if (!attr)
        return std::nullopt;
    std::string digits = attr->value;
    unsigned shift = 0;
    if (!digits.empty()) {
        const char unit = digits.back();
        shift = unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
        if (shift)
            digits.pop_back();
    }
    const auto number = base::parse_number(digits);
    if (!number || *number == 0 || *number > (std::uint64_t{1} << 40) >> shift) {
        context_.mistake(attr->at(),
                         fmt::format("{} is no size for {}: 512M", quoted(attr->value), attr->name));
        return std::nullopt;
    }
    return *number << shift;
}

void SutReader::start(const Tag& tag) {
    tag.only({"command", "in", "ready", "boot", "memory", "stop", "configures-itself", "skewed-clock"},
             *context_.mistakes);
    sut_.command = tag.required("command", *context_.mistakes);
    if (tag.has("command") && base::trim(sut_.command).empty())
        context_.mistake(tag.attr("command")->at(), "the command is empty");
    sut_.in = read_choice(tag.attr("in"), {"namespace", "guest"}, context_);
    ready(tag);
    sut_.ready.boot = read_duration(tag.attr("boot"), context_).value_or(sut_.ready.boot);
    sut_.memory = octets(tag.attr("memory")).value_or(sut_.memory);
    stop(tag);
    sut_.configures_itself = read_flag(tag.attr("configures-itself"), context_);
    if (tag.has("skewed-clock"))
        sut_.skewed_clock = read_flag(tag.attr("skewed-clock"), context_);
}

/// probe, started, log:TEXT, port:547 (UDP), port:tcp/80, port:raw/135.
void SutReader::ready(const Tag& tag) {
    using By = model::Readiness::By;
    auto& ready = sut_.ready;
    ready.by = By::probe;
    const auto attr = tag.attr("ready");
    if (!attr || attr->value == "probe")
        return;
    const std::string& text = attr->value;
    if (text == "started") {
        ready.by = By::started;
        return;
    }
    if (text.starts_with("log:") && text.size() > 4) {
        ready.by = By::log;
        ready.text = text.substr(4);
        return;
    }
    std::string number = text.starts_with("port:") ? text.substr(5) : "";
    if (const auto slash = number.find('/'); slash != std::string::npos) {
        ready.protocol = number.substr(0, slash);
        number.erase(0, slash + 1);
    }
    const auto port = base::parse_number(number);
    if (port && *port > 0 && *port < 65536 && is_one_of({"udp", "tcp", "raw"}, ready.protocol)) {
        ready.by = By::port;
        ready.port = static_cast<std::uint16_t>(*port);
        return;
    }
    context_.mistake(attr->at(), fmt::format("{} says not when it is ready: probe, started, log:TEXT, "
                                             "port:NUMBER, port:tcp/NUMBER or port:raw/NUMBER",
                                             quoted(text)));
}

/// "SIGTERM 2s SIGKILL": a signal, how long it has, and the end.
void SutReader::stop(const Tag& tag) {
    const auto attr = tag.attr("stop");
    if (!attr)
        return;
    const auto words = base::split(attr->value);
    const auto patience = words.size() == 3 ? base::parse_duration(words[1]) : std::nullopt;
    const auto wrong = std::find_if(words.begin(), words.end(), [](const std::string& word) {
        return !base::parse_duration(word) && !is_one_of(signal_names, word);
    });
    if (wrong != words.end()) {
        context_.mistake(attr->at(attr->value.find(*wrong)),
                         fmt::format("{} is neither a signal nor a time{}", quoted(*wrong),
                                     did_you_mean(*wrong, signal_names)));
    } else if (words.size() == 1 && is_one_of(signal_names, words[0])) {
        sut_.stop_signal = words[0];
    } else if (patience && patience->count() >= 0 && is_one_of(signal_names, words[0]) &&
               words[2] == "SIGKILL") {
        sut_.stop_signal = words[0];
        sut_.stop_patience = *patience;
    } else {
        context_.mistake(attr->at(),
                         fmt::format("{} is no way to stop it: SIGTERM 2s SIGKILL", quoted(attr->value)));
    }
}

void SutReader::at(const Tag& tag) {
    read_box_port(tag, sut_.box, context_);
    sut_.ready.by = model::Readiness::By::probe;
}

void SutReader::set(const Tag& tag) {
    for (const auto& attr : tag.attrs())
        sut_.box.settings[attr.name] = attr.value;
}

void SutReader::mobile_nodes(const Tag& tag) {
    read_mobile_nodes(tag, sut_.box, context_);
}

/// Variables of the process.
void SutReader::environment(const Tag& tag) {
    for (const auto& attr : tag.attrs())
        sut_.environment[attr.name] = attr.value;
}

void SutReader::config(const Tag& tag) {
    tag.only({"file", "template"}, *context_.mistakes);
    model::Sut::File config{tag.required("file", *context_.mistakes),
                            tag.required("template", *context_.mistakes)};
    // It is written into the directory of the case, and nowhere else.
    if (config.name.starts_with('/') || config.name.find("..") != std::string::npos)
        context_.mistake(tag.attr("file")->at(),
                         fmt::format("{} leads out of the directory of the case", quoted(config.name)));
    for (const auto& other : sut_.files)
        if (other.name == config.name)
            context_.mistake(tag.where(), fmt::format("a second config {}", quoted(config.name)));
    sut_.files.push_back(std::move(config));
}

void SutReader::hook(const Tag& tag) {
    tag.only({"on", "command", "within"}, *context_.mistakes);
    model::Hook hook;
    hook.on = tag.required("on", *context_.mistakes);
    hook.command = tag.required("command", *context_.mistakes);
    hook.within = read_duration(tag.attr("within"), context_).value_or(hook.within);
    if (const std::string near = did_you_mean(hook.on, event_names);
        !near.empty() && !is_one_of(event_names, hook.on))
        context_.mistake(tag.attr("on")->at(), fmt::format("no suite tells of {}{}", quoted(hook.on), near));
    if (sut_.hook(hook.on))
        context_.mistake(tag.where(), fmt::format("a second hook on {}", quoted(hook.on)));
    sut_.hooks.push_back(std::move(hook));
}

/// "200/s"; nullopt after a mistake and where there is none.
std::optional<std::uint64_t> SutReader::rate(const std::optional<Attr>& attr) const {
    if (!attr)
        return std::nullopt;
    const std::string& text = attr->value;
    const auto number =
        text.ends_with("/s") ? base::parse_number(text.substr(0, text.size() - 2)) : std::nullopt;
    if (!number || *number == 0)
        context_.mistake(attr->at(), fmt::format("{} is no rate for {}: 200/s", quoted(text), attr->name));
    return number;
}

void SutReader::limits(const Tag& tag) {
    tag.only({"rate", "flood", "quiet", "parallel", "output"}, *context_.mistakes);
    sut_.rate = static_cast<double>(rate(tag.attr("rate")).value_or(0));
    sut_.flood = rate(tag.attr("flood")).value_or(sut_.flood);
    sut_.quiet = read_duration(tag.attr("quiet"), context_).value_or(sut_.quiet);
    constexpr std::uint64_t most_parallel = 50;
    if (const auto parallel = tag.attr("parallel")) {
        const auto number = read_number(parallel, context_);
        if (number && (*number == 0 || *number > most_parallel))
            context_.mistake(parallel->at(),
                             fmt::format("parallel is 1 to {}, not {}", most_parallel, parallel->value));
        sut_.parallel = static_cast<unsigned>(std::min(number.value_or(1), most_parallel));
    }
    sut_.output = octets(tag.attr("output")).value_or(sut_.output);
}

void SutReader::codepoints(const Tag& tag) {
    tag.only(codepoint_names, *context_.mistakes);
    for (const auto& attr : tag.attrs()) {
        const auto number = read_number(attr, context_);
        if (number && *number > 255)
            context_.mistake(attr.at(),
                             fmt::format("{} is a number up to 255, not {}", attr.name, attr.value));
        else if (number && is_one_of(codepoint_names, attr.name))
            sut_.codepoints[attr.name] = attr.value;
    }
}

void SutReader::check_whole() const {
    const bool starts = static_cast<bool>(root_.child("start")),
               is_there = static_cast<bool>(root_.child("at"));
    if (starts && is_there)
        context_.mistake(sut_.where, "a SUT is either started (<start>) or already there (<at>), not both");
    if (!starts && !is_there)
        context_.mistake(sut_.where, "nothing says how to start it (<start>) or where it is (<at>)");
    if (starts)
        for (const char* name : {"set", "mobile-nodes"})
            if (const auto tag = root_.child(name))
                context_.mistake(tag.where(), fmt::format("{} is about a box (<at>): what is started is "
                                                          "configured anew for each case",
                                                          quoted(name)));
    if (is_there)
        for (const char* name : {"config", "hook", "environment"})
            if (const auto tag = root_.child(name))
                context_.mistake(tag.where(), fmt::format("{} is about what is started here: a box is left "
                                                          "as it is",
                                                          quoted(name)));
    if (sut_.command.find("{config}") != std::string::npos && sut_.files.empty())
        context_.mistake(root_.child("start").where(),
                         "the command names {config}, and there is no <config>");
}

} // namespace

const std::vector<std::string>& sut_roles() {
    static const std::vector<std::string> all{"lma", "mag", "ha",  "mr",  "dr",  "rr",
                                              "ar",  "sar", "tar", "aaa", "map", "mn"};
    return all;
}

std::string sut_version(const std::string& text) {
    pugi::xml_document document;
    document.load_buffer(text.data(), text.size());
    return document.child("sut").attribute("version").value();
}

model::Sut load_sut(Text file, std::vector<model::Mistake>& mistakes) {
    Mistakes collected;
    model::Sut sut;
    try {
        const Document document(std::move(file), collected);
        if (document.root() && std::string_view(document.root().name()) != "sut")
            collected.add(document.at(document.root()),
                          fmt::format("a SUT profile is a <sut>, not {}", quoted(document.root().name())));
        else if (document.root())
            sut = SutReader({document, document.root()}, collected).read();
    } catch (const TooMuch&) {
        // What was found so far is told.
    }
    const auto all = collected.sorted();
    mistakes.insert(mistakes.end(), all.begin(), all.end());
    return sut;
}

std::string new_profile(std::string_view role) {
    static const std::map<std::string, std::string, std::less<>> dialects{
        {"lma", "rfc5213"},   {"mag", "rfc5213"},   {"ha", "nemo-pd"},  {"mr", "nemo-pd"},
        {"dr", "pmip6-nemo"}, {"rr", "pmip6-nemo"}, {"ar", "netmip6"},  {"sar", "netmip6"},
        {"tar", "netmip6"},   {"aaa", "netmip6"},   {"map", "netmip6"}, {"mn", "draft02"}};
    const auto dialect = dialects.find(role);
    if (dialect == dialects.end())
        return {};
    return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- Who it is, which role it takes, and which profile it speaks: {profiles}. -->
<sut name="my-{role}" role="{role}" profile="{profile}">

  <!-- Features that it claims and lacks. Cases and steps that need what it lacks are not-claimed, never failed;
       what few have (home-agent, ripng) is played only where it is claimed. -->
  <claims features="timestamp" lacks="ipsec"/>

  <!-- How it is started: in="namespace" is a process among ours, in="guest" has a kernel of its own.
       {{config}} is the path of the first rendered <config>, {{directory}} that of the case.
       ready="probe" sends a valid message and waits for the answer; log:TEXT waits for a line of output, port:NUMBER
       for an open port. After boot= without being ready the run ends with exit code 3 and its log. -->
  <start command="{role}d --config {{config}} --foreground" in="namespace" ready="probe" boot="5s" memory="512M"
         stop="SIGTERM 2s SIGKILL"/>
  <!-- A box that is already there takes <at> instead of <start>, one for each of its ports that is cabled to this
       host, and <set>, which says what it is configured with; then there is no <config> and no <hook>.
  <at interface="eth1" address="2001:db8:1::1/64" port="core"/>
  <mobile-nodes nai="{{name}}-{{n}}@example.net" from="1" to="500"/>
  <set pool="2001:db8:4100::/48"/> -->

  <!-- Its own configuration, rendered before each case. The template sees the address of the role, gateways, mobile
       nodes, prefixes and keys of the topology. -->
  <config file="{role}d.conf" template="{role}d.conf.mustache"/>

  <!-- What only it can do: command lines, run when a case asks for it. Without a hook such cases are not-claimed. -->
  <hook on="restart" command="{role}ctl restart"/>

  <!-- What it can stand: packets a second, the time after which its silence counts, cases at a time, octets of log. -->
  <limits rate="200/s" quiet="300ms" parallel="1" output="64M"/>

  <!-- Numbers that the drafts left open, where it uses others than ours:
       {codepoints}. -->
  <codepoints/>
</sut>
)",
                       fmt::arg("profiles", base::join(profiles(), ", ")), fmt::arg("role", role),
                       fmt::arg("profile", dialect->second),
                       fmt::arg("codepoints", base::join(codepoint_names, ", ")));
}

} // namespace script
