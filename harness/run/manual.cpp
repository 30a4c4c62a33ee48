#include "harness/run/command_line.h"
#include "harness/run/files.h"
#include "harness/run/verbs.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

// The verb that writes the manual pages and the completion of bash from the definition of the command line.

namespace run {

namespace {

using Verbs = std::vector<const CLI::App*>;

// Text for roff: a hyphen that may be copied, and no line that begins with a request.
std::string roff(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if ((out.empty() || out.back() == '\n') && (c == '.' || c == '\''))
            out += "\\&";
        if (c == '-')
            out += "\\-";
        else if (c == '\\')
            out += "\\e";
        else
            out += c;
    }
    return out;
}

std::string names_of(const CLI::Option& option) {
    std::string out = option.get_positional() ? option.get_name(true) : option.get_name(false, true);
    for (std::size_t at = out.find(','); at != std::string::npos; at = out.find(',', at + 2))
        out.insert(at + 1, " ");
    return out;
}

std::string header(const std::string& name, const std::string& version) {
    return fmt::format(".TH {} 1 \"\" \"mobiconform {}\" \"mobiconform\"\n", name, version);
}

// Of "TEXT:{lab,sim}" the choice, of "DIR:DIR" the name: CLI11 adds what is checked.
std::string value_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t colon = type.find(':');
    return type.find(":{") == colon && colon != std::string::npos ? type.substr(colon + 1)
                                                                  : type.substr(0, colon);
}

std::string option_entries(const CLI::App& verb) {
    std::string out;
    for (const auto* option : verb.get_options()) {
        const std::string type = option->get_items_expected_max() > 0 && !option->get_positional()
                                     ? " \\fI" + roff(value_of(*option)) + "\\fR"
                                     : "";
        out += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(names_of(*option)), type,
                           roff(option->get_description()));
    }
    return out;
}

std::string page(const CLI::App& verb, const Verbs& all) {
    const std::string name = "mobiconform-" + verb.get_name();
    std::string out = header(name, version());
    out += fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(verb.get_description()));
    out += fmt::format(".SH SYNOPSIS\n.B mobiconform {}\n[\\fIOPTION\\fR]...", roff(verb.get_name()));
    for (const auto* option : verb.get_options())
        if (option->get_positional())
            out += fmt::format(
                " {}\\fI{}\\fR{}{}", option->get_required() ? "" : "[", roff(option->get_name(true)),
                option->get_items_expected_max() > 1 ? "..." : "", option->get_required() ? "" : "]");
    out += "\n.SH OPTIONS\n" + option_entries(verb);
    out += fmt::format(".SH EXAMPLES AND EXIT STATUS\n.nf\n{}\n.fi\n", roff(verb.get_footer()));
    out += ".SH SEE ALSO\n.BR mobiconform (1)";
    for (const auto* other : all)
        if (other != &verb)
            out += fmt::format(",\n.BR mobiconform\\-{} (1)", roff(other->get_name()));
    return out + "\n";
}

std::string front_page(const CLI::App& app, const Verbs& all) {
    std::string out = header("mobiconform", version());
    out += fmt::format(".SH NAME\nmobiconform \\- conformance and interoperability tests for network "
                       "mobility\n.SH SYNOPSIS\n.B mobiconform\n\\fIVERB\\fR [\\fIARGUMENT\\fR]...\n"
                       ".SH DESCRIPTION\n{}: {}.\n.SH VERBS\n",
                       roff(about), roff(specs()));
    for (const auto* verb : all)
        out += fmt::format(".TP\n.BR mobiconform\\-{} (1)\n{}\n", roff(verb->get_name()),
                           roff(verb->get_description()));
    out += ".SH OPTIONS\n" + option_entries(app);
    out += ".SH EXIT STATUS\n"
           ".TP\n0\nall green\n.TP\n1\na fail, a regression or a stale entry of the baseline\n"
           ".TP\n2\narguments, suite, profile, baseline or capture wrong: nothing ran\n"
           ".TP\n3\ntrouble of this host, or an implementation that never became ready\n"
           ".TP\n4\ninconclusive\n.TP\n130\ninterrupted\n";
    out += ".SH ENVIRONMENT\n.TP\n.B MOBICONFORM_DATA\ndirectory that holds suites/, where it is neither "
           "beside the program nor above it\n.TP\n.B NO_COLOR\nno colours\n";
    return out;
}

// The words of the set that an option takes, as CLI11 describes a choice: "{lab,sim}".
std::string choices(const CLI::Option& option) {
    const std::string type = value_of(option);
    const std::size_t begin = type.find('{'), end = type.find('}', begin);
    if (begin == std::string::npos || end == std::string::npos)
        return {};
    std::string out = type.substr(begin + 1, end - begin - 1);
    std::replace(out.begin(), out.end(), ',', ' ');
    return out;
}

std::string long_names(const CLI::App& verb) {
    std::string out;
    for (const auto* option : verb.get_options())
        for (const auto& name : option->get_lnames())
            out += (out.empty() ? "--" : " --") + name;
    return out;
}

std::string completion(const CLI::App& app, const Verbs& all) {
    std::string verbs, options, values;
    for (const auto* verb : all) {
        verbs += (verbs.empty() ? "" : " ") + verb->get_name();
        options += fmt::format("        {}) words='{}' ;;\n", verb->get_name(), long_names(*verb));
        for (const auto* option : verb->get_options())
            if (const std::string words = choices(*option); !words.empty())
                values += fmt::format("        {}:--{}) words='{}' ;;\n", verb->get_name(),
                                      option->get_lnames().front(), words);
    }
    return fmt::format(R"sh(# bash completion for mobiconform; written by `mobiconform manual`
_mobiconform() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} verb=${{COMP_WORDS[1]}} words=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W '{} {}' -- "$current")
        return
    fi
    case "$verb:$before" in
{}    esac
    [ -z "$words" ] && [[ $current == -* ]] && case "$verb" in
{}    esac
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}}
complete -o filenames -o bashdefault -F _mobiconform mobiconform
)sh",
                       verbs, long_names(app), values, options);
}

} // namespace

int manual_verb(const Options& options) {
    Options ignored;
    CLI::App app{about};
    define(app, ignored);
    const Verbs all = std::as_const(app).get_subcommands([](const CLI::App*) { return true; });
    make_directory(options.out);
    const auto write = [&](const std::string& name, const std::string& text) {
        write_to(options.out + "/" + name)(text);
        fmt::print("{}/{}\n", options.out, name);
    };
    write("mobiconform.1", front_page(app, all));
    for (const auto* verb : all)
        write(fmt::format("mobiconform-{}.1", verb->get_name()), page(*verb, all));
    write("mobiconform.bash", completion(app, all));
    return 0;
}

} // namespace run
