#pragma once

#include "harness/model/where.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace script {

/// Thrown to end a load that would not end by itself soon; the mistakes say why.
struct TooMuch {};

/// Collects what is wrong while loading goes on. The same sentence at the same place counts once: the
/// variations of a case are read one by one. Bounded: hostile files get a closing remark instead of a million
/// lines.
class Mistakes {
public:
    /// Throws TooMuch when far more are wrong than anybody reads.
    void add(const model::Where&, std::string sentence);
    /// Accounts for work that small files can ask much of (variations, templates, long values), in units of
    /// about one element. Throws TooMuch, with a mistake at that place, when the account is empty.
    void spend(std::size_t units, const model::Where&);
    /// A new load begins.
    void refill() { budget_ = full_; }
    bool empty() const { return all_.empty(); }
    std::size_t size() const { return all_.size(); }
    /// Everything so far, by file, line and column.
    std::vector<model::Mistake> sorted() const;

private:
    static constexpr std::size_t most_ = 200, full_ = 1000000;
    std::size_t budget_ = full_;
    std::vector<model::Mistake> all_;
    std::set<std::string> seen_;
    std::size_t dropped_ = 0;
};

/// ` (did you mean "pbu"?)`, or nothing where no candidate is near.
std::string did_you_mean(std::string_view wanted, std::span<const std::string> candidates);

/// The word in quotation marks, cut and made printable where it comes from a hostile file.
std::string quoted(std::string_view word);

} // namespace script
