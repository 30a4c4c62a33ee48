#include "harness/script/template.h"

#include "harness/base/text.h"
#include "harness/wire/element.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {

void Templates::add(const Tag& file, const Context& context) {
    file.only({}, *context.mistakes);
    for (const auto& tag : file.children()) {
        if (tag.name() == "learn") {
            tag.only({"attribute", "from", "key", "value"}, *context.mistakes);
            learns_.push_back(tag);
            continue;
        }
        if (tag.name() != "template") {
            context.mistake(
                tag.where(),
                fmt::format("unknown element {} in templates{}", quoted(tag.name()),
                            did_you_mean(tag.name(), std::vector<std::string>{"template", "learn"})));
            continue;
        }
        const std::string name = tag.required("name", *context.mistakes);
        tag.required("of", *context.mistakes);
        Form form{tag, tag.words("profile")};
        for (const auto& profile : form.profiles)
            if (std::find(profiles().begin(), profiles().end(), profile) == profiles().end())
                context.mistake(tag.attr("profile")->at(),
                                fmt::format("there is no profile {}{}", quoted(profile),
                                            did_you_mean(profile, profiles())));
        if (wire::find_kind(name) || name == "any" || name == "packet")
            context.mistake(
                tag.attr("name") ? tag.attr("name")->at() : tag.where(),
                fmt::format("{} is an element of the vocabulary and cannot name a template", quoted(name)));
        auto& forms = forms_[name];
        for (const auto& other : forms)
            if (other.profiles == form.profiles)
                context.mistake(tag.where(),
                                fmt::format("a second template {} for the same profile", quoted(name)));
        forms.push_back(std::move(form));
    }
}

std::vector<std::string> Templates::names() const {
    std::vector<std::string> all;
    for (const auto& [name, forms] : forms_)
        all.push_back(name);
    return all;
}

/// The form for the profile, else the one for all. A form that derives from its own name means the one for
/// all.
const Templates::Form* Templates::form(std::string_view name, const Context& context,
                                       const Form* derived) const {
    const auto found = forms_.find(std::string(name));
    if (found == forms_.end())
        return nullptr;
    const Form* general = nullptr;
    for (const auto& form : found->second) {
        const auto& own = form.profiles;
        if (own.empty())
            general = &form;
        else if (&form != derived && std::find(own.begin(), own.end(), context.profile) != own.end() &&
                 !(derived && derived->tag.value("name") == name))
            return &form;
    }
    return general == derived ? nullptr : general;
}

Templates::Chain Templates::chain(std::string_view name, const Context& context) const {
    constexpr std::size_t most_levels = 16;
    Chain chain;
    std::string wanted(name);
    const Form* derived = nullptr;
    for (;;) {
        const Form* next = form(wanted, context, derived);
        if (!next)
            break;
        if (chain.forms.size() == most_levels) {
            context.mistake(next->tag.where(), fmt::format("template {} derives from itself", quoted(name)));
            return {};
        }
        chain.forms.insert(chain.forms.begin(), next->tag);
        wanted = next->tag.value("of");
        derived = next;
    }
    if (wire::find_kind(wanted) || wanted == "packet") {
        chain.base = wanted;
    } else if (derived) {
        std::vector<std::string> known = names();
        for (const auto& kind : wire::vocabulary())
            known.push_back(kind.name);
        const auto of = derived->tag.attr("of");
        if (of && wanted == derived->tag.value("name"))
            context.mistake(of->at(), fmt::format("template {} derives from itself", quoted(wanted)));
        else if (of && has(wanted))
            context.mistake(of->at(), fmt::format("template {} has no form for profile {}", quoted(wanted),
                                                  context.profile));
        else if (of)
            context.mistake(
                of->at(),
                fmt::format("template {} is made of {}, which is neither a template nor an element{}",
                            quoted(derived->tag.value("name")), quoted(wanted), did_you_mean(wanted, known)));
    }
    return chain;
}

std::string Templates::Chain::value(std::string_view attribute) const {
    for (auto form = forms.rbegin(); form != forms.rend(); ++form)
        if (const auto found = form->attr(attribute))
            return found->value;
    return {};
}

std::vector<std::string> Templates::Chain::words(std::string_view attribute) const {
    const std::string all = value(attribute);
    return base::split(all);
}

} // namespace script
