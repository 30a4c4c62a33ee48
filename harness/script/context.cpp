#include "harness/script/context.h"

#include "harness/base/now.h"
#include "harness/base/text.h"
#include "harness/script/value.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Parts between blanks, with the blanks inside brackets kept: "A-1 B-2[not ipsec]".
std::vector<std::pair<std::size_t, std::string>> words_with_brackets(std::string_view text) {
    std::vector<std::pair<std::size_t, std::string>> words;
    int depth = 0;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (depth == 0 && (c == ' ' || c == '\t' || c == '\n')) {
            inside = false;
            continue;
        }
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        if (!inside)
            words.emplace_back(i, std::string{});
        inside = true;
        words.back().second += c;
    }
    return words;
}

} // namespace

const std::vector<std::string>& profiles() {
    static const std::vector<std::string> all{"draft02", "rfc5213", "nemo-pd", "pmip6-nemo", "netmip6"};
    return all;
}

Condition condition(std::string_view when, const model::Where& where, const Context& context) {
    const auto words = base::split(when);
    if (words.empty())
        return {};
    std::vector<std::string> later;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool negated = words[i] == "not";
        if (negated && ++i == words.size()) {
            context.mistake(where, "\"not\" needs a profile or a claim behind it");
            return {};
        }
        const std::string& term = words[i];
        const bool profile = contains(profiles(), term);
        if (!profile)
            if (const std::string near = did_you_mean(term, profiles()); !near.empty())
                context.mistake(where, fmt::format("there is no profile {}{}", quoted(term), near));
        if (!profile && !context.claims) {
            later.push_back(negated ? "not " + term : term);
            continue;
        }
        const bool holds = profile ? term == context.profile : contains(*context.claims, term);
        if (holds != negated)
            return {};
    }
    return {!later.empty(), base::join(later, " ")};
}

Condition condition(const Tag& tag, const Context& context) {
    const auto when = tag.attr("when");
    return when ? condition(when->value, when->at(), context) : Condition{};
}

model::Proofs read_proofs(const std::optional<Attr>& proves, const Context& context) {
    model::Proofs proofs;
    if (!proves)
        return proofs;
    for (const auto& [offset, word] : words_with_brackets(proves->value)) {
        const std::size_t bracket = word.find('[');
        const std::string id = word.substr(0, bracket);
        Condition when;
        if (bracket != std::string::npos) {
            if (word.back() != ']')
                context.mistake(proves->at(offset),
                                fmt::format("{} is no id with a condition: ID[when]", quoted(word)));
            else
                when = condition(word.substr(bracket + 1, word.size() - bracket - 2), proves->at(offset),
                                 context);
        }
        if (!context.requirements.empty() &&
            !std::binary_search(context.requirements.begin(), context.requirements.end(), id)) {
            context.mistake(proves->at(offset), fmt::format("there is no requirement {}{}", quoted(id),
                                                            did_you_mean(id, context.requirements)));
            continue;
        }
        if (when.holds)
            proofs.push_back({id, when.later});
    }
    return proofs;
}

std::optional<base::Duration> read_duration(const std::optional<Attr>& attr, const Context& context) {
    if (!attr)
        return std::nullopt;
    const auto time = base::parse_duration(attr->value);
    if (!time || time->count() < 0) {
        context.mistake(attr->at(), fmt::format("{} is no time for {}: write 250ms, 1.5s, 2m or 1h",
                                                quoted(attr->value), attr->name));
        return std::nullopt;
    }
    return time;
}

std::optional<std::uint64_t> read_number(const std::optional<Attr>& attr, const Context& context) {
    if (!attr)
        return std::nullopt;
    const auto number = base::parse_number(attr->value);
    if (!number)
        context.mistake(attr->at(), fmt::format("{} is no number for {}", quoted(attr->value), attr->name));
    return number;
}

bool read_flag(const std::optional<Attr>& attr, const Context& context) {
    if (attr && attr->value != "1" && attr->value != "0")
        context.mistake(attr->at(), fmt::format("{} is 1 or 0, not {}", attr->name, quoted(attr->value)));
    return attr && attr->value == "1";
}

std::string read_choice(const std::optional<Attr>& attr, const std::vector<std::string>& words,
                        const Context& context) {
    if (!attr)
        return words.front();
    if (contains(words, attr->value))
        return attr->value;
    context.mistake(attr->at(), fmt::format("{} is one of {}, not {}{}", attr->name, base::join(words, ", "),
                                            quoted(attr->value), did_you_mean(attr->value, words)));
    return words.front();
}

model::Value read_value(const Attr& attr, const Context& context) {
    constexpr std::size_t octets_of_an_element = 64;
    context.mistakes->spend(1 + attr.value.size() / octets_of_an_element, attr.where());
    return parse_value(
        attr.value, [&](std::size_t offset) { return attr.at(offset); }, *context.mistakes);
}

} // namespace script
