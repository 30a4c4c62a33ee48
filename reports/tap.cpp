#include "reports/tap.h"

#include "reports/console.h"
#include "reports/failure.h"
#include "reports/text.h"

#include <fmt/format.h>

namespace reports {

using model::Standing;
using model::Verdict;

namespace {

// What fails a run: the same as the exit code says (SUITES 4).
bool is_ok(const model::CaseResult& result) {
    if (result.standing == Standing::fixed || result.standing == Standing::stale ||
        result.standing == Standing::different)
        return false;
    return !model::is_red(result.verdict) || is_known(result);
}

// In a description "#" would begin a directive, and a line ends it.
std::string description(std::string_view text) {
    std::string out;
    for (const char c : clean(text)) {
        if (c == '#' || c == '\\')
            out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string indented(const std::string& text, std::string_view by) {
    std::string out;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        out += fmt::format("{}{}\n", by, text.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

// A value of a workflow command; those of its properties must not hold what separates them either.
std::string command_text(std::string_view text, bool property) {
    std::string out;
    for (const char c : clean(text)) {
        const bool special = c == '%' || c == '\n' || c == '\r' || (property && (c == ':' || c == ','));
        out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    return out;
}

} // namespace

void Tap::run_started(const RunInfo& info) {
    directory_ = info.directory;
    write_(fmt::format("TAP version 14\n1..{}\n", info.cases));
    write_(fmt::format("# mobiconform {}, {}\n", clean(info.harness), clean(info.stage)));
}

void Tap::case_ended(const model::CaseResult& result) {
    std::string directive;
    if (result.verdict == Verdict::unsupported || result.verdict == Verdict::not_claimed)
        directive =
            " # SKIP " + description(fmt::format("{}: {}", model::name(result.verdict), result.reason));
    else if (is_known(result) && model::is_red(result.verdict))
        directive = " # todo " +
                    description(fmt::format("{}: {}", model::name(result.standing), result.standing_because));
    const bool ok = is_ok(result) && !(is_known(result) && model::is_red(result.verdict));
    write_(fmt::format("{} {} - {}{}\n", ok ? "ok" : "not ok", ++number_, description(result.id), directive));
    const std::string told = failure(result, ledger_, directory_);
    if (told.empty() && result.standing == Standing::unlisted)
        return;
    std::string block = fmt::format("  ---\n  verdict: {}\n", model::name(result.verdict));
    if (result.standing != Standing::unlisted)
        block += fmt::format("  baseline: {}\n", model::name(result.standing));
    if (!told.empty())
        block += "  told: |\n" + indented(told, "    ");
    write_(block + "  ...\n");
}

void Tap::run_ended(const RunEnd& end) {
    for (const auto& remark : end.remarks)
        write_("# " + description(remark) + "\n");
    write_("# " + text(end.tally) + "\n");
    if (end.interrupted)
        write_("Bail out! interrupted\n");
}

void Annotations::case_ended(const model::CaseResult& result) {
    const bool ok = is_ok(result);
    if (ok && !is_known(result) && result.verdict != Verdict::deviation)
        return;
    const char* kind = !ok ? "error" : is_known(result) ? "notice" : "warning";
    const model::Finding* finding = nullptr;
    for (const auto& one : result.findings)
        if (is_notable(one) && (!finding || one.verdict > finding->verdict))
            finding = &one;
    const model::Where& where = finding && finding->where.known() ? finding->where : result.where;
    const std::string standing(model::name(result.standing));
    const std::string title = fmt::format("{} {}{}", word(result.verdict), result.id,
                                          standing.empty() ? std::string{} : " (" + standing + ")");
    std::string told = failure(result, ledger_, directory_);
    if (told.empty())
        told = result.standing_because;
    const std::string place = where.known()
                                  ? fmt::format("file={},line={},col={},", command_text(*where.file, true),
                                                where.line, where.column)
                                  : std::string{};
    write_(fmt::format("::{} {}title={}::{}\n", kind, place, command_text(title, true),
                       command_text(told, false)));
}

void Annotations::run_ended(const RunEnd& end) {
    write_(fmt::format("::notice title=mobiconform::{}\n", command_text(text(end.tally), false)));
}

} // namespace reports
