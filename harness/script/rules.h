#pragma once

#include "harness/model/requirement.h"
#include "harness/model/scenario.h"
#include "harness/script/context.h"
#include "harness/script/template.h"

#include <string>

namespace script {

/// Reads one <rule>; its condition is resolved where the profile decides it. Nullopt where it does not hold.
std::optional<model::Rule> read_rule(const Tag& tag, const std::string& suite, const Templates& templates,
                                     const Context& context);

/// Reads one <learn>.
model::Learn read_learn(const Tag& tag, const Templates& templates, const Context& context);

/// Reads a <requirements> file into the ledger.
void read_requirements(const Tag& file, model::Ledger& ledger, const Context& context);

} // namespace script
