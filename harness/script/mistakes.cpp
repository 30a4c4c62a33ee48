#include "harness/script/mistakes.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace script {
namespace {

const std::string& file_of(const model::Mistake& mistake) {
    static const std::string nowhere;
    return mistake.where.file ? *mistake.where.file : nowhere;
}

} // namespace

void Mistakes::add(const model::Where& where, std::string sentence) {
    std::string key =
        fmt::format("{}\n{}\n{}\n{}", where.file ? *where.file : "", where.line, where.column, sentence);
    if (!seen_.insert(std::move(key)).second)
        return;
    if (all_.size() < most_)
        all_.push_back({where, std::move(sentence)});
    else if (++dropped_ > 5 * most_)
        throw TooMuch{};
}

void Mistakes::spend(std::size_t units, const model::Where& where) {
    if (units <= budget_) {
        budget_ -= units;
        return;
    }
    budget_ = 0;
    all_.push_back({where, "variations, templates and values up to here amount to more than can be loaded"});
    throw TooMuch{};
}

std::vector<model::Mistake> Mistakes::sorted() const {
    std::vector<model::Mistake> all = all_;
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(file_of(a), a.where.line, a.where.column) <
               std::tie(file_of(b), b.where.line, b.where.column);
    });
    if (dropped_ > 0)
        all.push_back(
            {{}, fmt::format("and {}{} more mistakes", dropped_ > 5 * most_ ? "at least " : "", dropped_)});
    return all;
}

std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates) {
    constexpr std::size_t longest = 100, most = 5000;
    if (wanted.size() > longest || candidates.size() > most)
        return {};
    const std::string near = base::nearest(wanted, candidates);
    return near.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", near);
}

std::string quoted(std::string_view word) {
    constexpr std::size_t most = 60;
    std::size_t length = std::min(word.size(), most);
    while (length > 0 && length < word.size() && (static_cast<unsigned char>(word[length]) & 0xc0) == 0x80)
        --length;
    std::string text;
    for (const char c : word.substr(0, length))
        text +=
            static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? base::printable({&c, 1}) : std::string(1, c);
    return fmt::format("\"{}{}\"", text, length < word.size() ? "…" : "");
}

} // namespace script
