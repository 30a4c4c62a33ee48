#pragma once

#include "harness/base/now.h"

#include <string>
#include <string_view>

namespace reports {

/// UTF-8 without anything that a terminal, XML 1.0 or JSON could choke on: control characters but tab and
/// newline, and octets that are no UTF-8, become \xNN.
std::string clean(std::string_view text);

/// clean() with & < > " written as entities, for XML text and attributes. Newlines stay as they are in text.
std::string xml_text(std::string_view text);
/// xml_text() for attributes: newlines and tabs as character references, so that they survive.
std::string xml_attribute(std::string_view text);

/// Quoted for a POSIX shell if it needs to be.
std::string shell_word(std::string_view text);

/// "0.484": seconds with milliseconds, as JUnit wants them.
std::string seconds(base::Duration);
/// "+0.213100s": the time of an event since the case began.
std::string since_start(base::Duration);

} // namespace reports
