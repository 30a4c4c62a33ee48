#pragma once

#include "harness/model/story.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>

namespace reports {

/// The story of a case as it stands in events: keys without a value are left out.
nlohmann::ordered_json story_json(const model::Story&);
/// The inverse; whatever is missing or of another type is empty. Null for anything that is no object.
std::shared_ptr<const model::Story> parse_story(const nlohmann::ordered_json&);

} // namespace reports
