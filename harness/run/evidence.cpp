#include "harness/run/evidence.h"

#include "harness/run/options.h"
#include "reports/failure.h"
#include "reports/text.h"
#include "reports/transcript.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace run {

Evidence::Evidence(const std::string& directory, const model::Case& scenario, wire::Profile profile,
                   base::Mono start, const std::string& nodes)
    : profile_(profile), start_(start) {
    if (directory.empty())
        return;
    capture_.emplace(directory + "/capture.pcapng", "mobiconform " + version(), nodes);
    transcript_.reset(std::fopen((directory + "/transcript.txt").c_str(), "we"));
    if (!transcript_)
        throw std::system_error(errno, std::generic_category(), directory + "/transcript.txt");
    story_.emplace(scenario, profile_, start_);
}

void Evidence::add(const model::Event& event) {
    if (!capture_)
        return;
    const std::string line = reports::line(event, start_, profile_);
    std::fwrite(line.data(), 1, line.size(), transcript_.get());
    if (const auto* seen = std::get_if<model::Seen>(&event.what))
        capture_->add(seen->link, event.wall, seen->packet.raw, seen->from);
    story_->add(event);
}

std::shared_ptr<const model::Story> Evidence::finish(const std::vector<model::Finding>& findings) {
    if (!capture_)
        return nullptr;
    for (const auto& finding : findings)
        if (finding.packet != 0 && (!finding.requirement.empty() || finding.verdict != model::Verdict::pass))
            capture_->comment(finding.packet,
                              reports::clean(fmt::format("{} {}: {}", reports::word(finding.verdict),
                                                         finding.requirement, finding.sentence)));
    capture_->close();
    transcript_.reset();
    return story_->finish(findings);
}

} // namespace run
