#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace script {

/// A file as the caller read it; `name` is what the user is told.
struct Text {
    std::string name, contents;
};

/// Contents of a file that another one uses, or nullopt if there is none. The room opens no files itself.
using Source = std::function<std::optional<std::string>(std::string_view name)>;

} // namespace script
