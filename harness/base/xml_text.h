#pragma once

#include <string>
#include <string_view>

namespace base {

/// The text as it stands in XML, between tags and between quotation marks: & < > " are written as entities,
/// everything else is left as it is.
std::string xml_text(std::string_view text);

} // namespace base
