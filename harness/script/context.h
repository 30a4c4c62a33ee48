#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/script/mistakes.h"
#include "harness/script/settings.h"
#include "harness/script/xml.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace script {

inline bool is_one_of(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Profiles that a suite may be played under.
const std::vector<std::string>& profiles();

/// What every reader needs besides the file itself.
struct Context {
    Mistakes* mistakes = nullptr;
    std::string profile;                            ///< under which the file is read
    std::optional<std::vector<std::string>> claims; ///< of the SUT; nullopt: only known at run time
    std::span<const std::string> requirements;      ///< known ids, sorted; empty: not checked
    const SettingNames* settings = nullptr;         ///< of roles and mobile nodes; null: not checked

    void mistake(const model::Where& where, std::string sentence) const {
        mistakes->add(where, std::move(sentence));
    }
};

/// A `when`: profiles and claims, alternatives between blanks, each with an optional "not ".
struct Condition {
    bool holds = true; ///< false: known not to hold, what carries it is left out
    std::string later; ///< what only the run can tell; empty if known
};
Condition condition(std::string_view when, const model::Where& where, const Context& context);
/// The condition of an element's `when` attribute.
Condition condition(const Tag& tag, const Context& context);

/// Ids between blanks, each with an optional condition: "A-1 A-2[rfc5213]". Unknown ids are mistakes.
model::Proofs read_proofs(const std::optional<Attr>& proves, const Context& context);

/// The attribute as a time; a mistake and nullopt if it is none. Nullopt if it is not there.
std::optional<base::Duration> read_duration(const std::optional<Attr>& attr, const Context& context);
std::optional<std::uint64_t> read_number(const std::optional<Attr>& attr, const Context& context);
/// "1" or "0"; false if it is not there.
bool read_flag(const std::optional<Attr>& attr, const Context& context);
/// One of the words, which a mistake names; the first if it is not there.
std::string read_choice(const std::optional<Attr>& attr, const std::vector<std::string>& words,
                        const Context& context);
/// A value of the suite language.
model::Value read_value(const Attr& attr, const Context& context);

} // namespace script
