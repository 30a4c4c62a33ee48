#pragma once

#include <string>
#include <string_view>

namespace reports {

/// report.html of a run: one file that needs no other and no network, made from its events alone. Lines that
/// are no events are passed over; whatever a peer has said stays text in it.
std::string page(std::string_view events);

// The parts of pages (reports/page), built into the program.
std::string_view page_template();
std::string_view page_style();
std::string_view page_script();
std::string_view statement_style();

} // namespace reports
