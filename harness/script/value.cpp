#include "harness/script/value.h"

#include "harness/base/now.h"
#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace script {
namespace {

using model::Value;
using Op = Value::Op;

constexpr unsigned most_levels = 16;

/// A recursive descent over one attribute. Operators stand between blanks, so that names with hyphens, times
/// with a sign and addresses need no quotation.
class Parser {
public:
    Parser(std::string_view text, const Place& place, Mistakes& mistakes)
        : text_(text), place_(place), mistakes_(mistakes) {}

    Value whole() {
        skip();
        if (at_end())
            return make(Op::literal, 0);
        const bool typical = take("~");
        Value value = form(0);
        value.typical = typical;
        skip();
        if (!failed_ && !at_end())
            fail(position_,
                 fmt::format("{} stands behind the end of the value", quoted(text_.substr(position_))));
        return failed_ ? any_value() : value;
    }

private:
    bool at_end() const { return position_ >= text_.size(); }
    void skip() {
        while (!at_end() && (text_[position_] == ' ' || text_[position_] == '\t'))
            ++position_;
    }
    bool ahead(std::string_view what) const { return text_.substr(position_, what.size()) == what; }
    bool take(std::string_view what) {
        if (!ahead(what))
            return false;
        position_ += what.size();
        return true;
    }
    /// The words of an operator, followed by a blank.
    bool take_words(std::string_view words) {
        const std::size_t behind = position_ + words.size();
        if (!ahead(words) || behind >= text_.size() || text_[behind] != ' ')
            return false;
        position_ = behind;
        skip();
        return true;
    }
    void fail(std::size_t at, std::string sentence) {
        if (!failed_)
            mistakes_.add(place_(at), std::move(sentence));
        failed_ = true;
        position_ = text_.size();
    }
    Value make(Op op, std::size_t at, std::vector<Value> operands = {}, std::string text = {}) const {
        Value value;
        value.op = op;
        value.text = std::move(text);
        value.operands = std::move(operands);
        value.where = place_(at);
        return value;
    }

    Value form(unsigned level) {
        skip();
        const std::size_t begin = position_;
        if (level > most_levels) {
            fail(begin, "the value is nested too deeply");
            return {};
        }
        if (take_words("not"))
            return make(Op::negation, begin, {form(level + 1)});
        if (take_words("after"))
            return make(Op::after, begin, {sum()});
        if (take_words("greater than"))
            return make(Op::greater, begin, {sum()});
        if (take_words("less than"))
            return make(Op::less, begin, {sum()});
        if (take_words("overlaps none of"))
            return make(Op::overlaps_none, begin, {sum()});
        if (take_words("equal in"))
            return make(Op::equal_in, begin, {sum()});
        if (take_words("in"))
            return make(Op::in_prefix, begin, {sum()});
        if (take_words("host"))
            return host(begin);
        if (ahead("{"))
            return set(level, begin);
        if (ahead("*") && (position_ + 1 == text_.size() || ends_operand(position_ + 1))) {
            ++position_;
            return make(Op::any, begin);
        }
        if (ahead("distinct") && (position_ + 8 == text_.size() || ends_operand(position_ + 8))) {
            position_ += 8;
            return make(Op::distinct, begin);
        }
        return bounded(begin);
    }

    Value host(std::size_t begin) {
        Value number = sum();
        skip();
        if (!failed_ && !take_words("in"))
            fail(position_, "a host is written: host NUMBER in PREFIX");
        return make(Op::host_in, begin, {std::move(number), sum()});
    }

    Value set(unsigned level, std::size_t begin) {
        ++position_;
        std::vector<Value> members;
        while (!failed_) {
            members.push_back(form(level + 1));
            skip();
            if (take(","))
                continue;
            if (take("}"))
                break;
            fail(begin, "this set does not end: {a, b}");
        }
        return make(Op::set, begin, std::move(members));
    }

    /// A sum, alone or as an end of a range, before a mask or with a tolerance.
    Value bounded(std::size_t begin) {
        Value first = sum();
        skip();
        if (take(".."))
            return make(Op::range, begin, {std::move(first), sum()});
        if (take("±"))
            return make(Op::tolerance, begin, {std::move(first), sum()});
        if (take("/"))
            return make(Op::mask, begin, {std::move(first), sum()});
        return first;
    }

    Value sum() {
        const std::size_t begin = position_;
        Value left = product();
        for (;;) {
            if (take_operator("+"))
                left = make(Op::sum, begin, {std::move(left), product()});
            else if (take_operator("-") || take_operator("−"))
                left = make(Op::difference, begin, {std::move(left), product()});
            else
                return left;
        }
    }

    Value product() {
        const std::size_t begin = position_;
        Value left = operand();
        while (take_operator("*") || take_operator("×"))
            left = make(Op::product, begin, {std::move(left), operand()});
        return left;
    }

    /// A sign between blanks.
    bool take_operator(std::string_view sign) {
        const std::size_t before = position_;
        skip();
        if (position_ > before && take(sign) && !at_end() && text_[position_] == ' ') {
            skip();
            return true;
        }
        position_ = before;
        return false;
    }

    /// True where a literal cannot go on.
    bool ends_operand(std::size_t at) const {
        const std::string_view rest = text_.substr(at);
        return rest.empty() || rest.front() == ',' || rest.front() == '}' || rest.front() == ' ';
    }

    Value operand() {
        skip();
        const std::size_t begin = position_;
        if (at_end()) {
            fail(begin, "a value is missing here");
            return {};
        }
        if (take("'"))
            return quotation(begin);
        if (ahead("${"))
            if (const std::size_t end = reference_end(position_); is_whole(end))
                return reference_at(begin, end);
        return word(begin);
    }

    Value quotation(std::size_t begin) {
        const std::size_t end = text_.find('\'', position_);
        if (end == std::string_view::npos) {
            fail(begin, "this quotation does not end");
            return {};
        }
        Value value = make(Op::literal, begin, {}, std::string(text_.substr(position_, end - position_)));
        position_ = end + 1;
        return value;
    }

    /// Position behind the `}` that closes the `${` at `at`; npos if there is none.
    std::size_t reference_end(std::size_t at) const {
        unsigned depth = 0;
        for (std::size_t i = at; i < text_.size(); ++i) {
            if (text_[i] == '$' && i + 1 < text_.size() && text_[i + 1] == '{') {
                ++depth;
                ++i;
            } else if (text_[i] == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return std::string_view::npos;
    }

    /// False where text goes on behind the reference: "${i}@example.net" is a literal with a round in it.
    bool is_whole(std::size_t end) const {
        return end == std::string_view::npos || ends_operand(end) || text_.substr(end, 2) == ".." ||
               text_[end] == '/' || text_.substr(end, 2) == "±";
    }

    Value reference_at(std::size_t begin, std::size_t end) {
        if (end == std::string_view::npos) {
            fail(begin, "this reference does not end: ${name}");
            return {};
        }
        const std::string path(base::trim(text_.substr(begin + 2, end - begin - 3)));
        if (const auto bad = path.find_first_of(" \t,'\""); path.empty() || bad != std::string::npos) {
            fail(begin, fmt::format("{} is no reference: ${{name}} or ${{name.field}}",
                                    quoted(text_.substr(begin, end - begin))));
            return {};
        }
        position_ = end;
        return make(Op::reference, begin, {}, path);
    }

    Value word(std::size_t begin) {
        while (!ends_word()) {
            if (!ahead("${")) {
                ++position_;
                continue;
            }
            const std::size_t end = reference_end(position_);
            if (end == std::string_view::npos) {
                fail(position_, "this reference does not end: ${name}");
                return {};
            }
            position_ = end;
        }
        std::string literal_text(base::trim(text_.substr(begin, position_ - begin)));
        if (literal_text.empty())
            fail(begin, fmt::format("{} is no value", quoted(text_.substr(begin))));
        return make(Op::literal, begin, {}, std::move(literal_text));
    }

    /// Words of a literal may be apart ("00 01 ff"); an operator between blanks, "..", "," and "}" end it.
    bool ends_word() const {
        if (at_end() || ahead(",") || ahead("}") || ahead("{") || ahead("±"))
            return true;
        const std::string_view rest = text_.substr(position_);
        if (ahead("..") || ahead("/"))
            return separates(rest);
        if (!ahead(" "))
            return false;
        const std::size_t next = rest.find_first_not_of(' ');
        if (next == std::string_view::npos)
            return true;
        const std::string_view behind = rest.substr(next);
        for (const std::string_view sign : {"+ ", "- ", "− ", "* ", "× ", "± ", "±", "in ", "..", "}", ","})
            if (behind.substr(0, sign.size()) == sign)
                return true;
        return false;
    }

    /// ".." and "/" are operators between numbers, names, times and addresses, but part of an address with a
    /// prefix length and of a network access identifier.
    bool separates(std::string_view rest) const {
        const std::size_t before = text_.substr(0, position_).find_last_of(" ,{");
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::string_view left = text_.substr(begin, position_ - begin);
        const std::string_view word = text_.substr(begin);
        if (word.substr(0, word.find_first_of(" ,}")).find('@') != std::string_view::npos)
            return false;
        return rest.front() != '/' || left.find_first_of(":.") == std::string_view::npos;
    }

    std::string_view text_;
    const Place& place_;
    Mistakes& mistakes_;
    std::size_t position_ = 0;
    bool failed_ = false;
};

} // namespace

Value parse_value(std::string_view text, const Place& place, Mistakes& mistakes) {
    constexpr std::size_t most_octets = 8192;
    if (text.size() > most_octets) {
        // Octet strings may be long; operators in them are not looked for.
        Value value;
        value.text = std::string(text);
        value.where = place(0);
        return value;
    }
    return Parser(text, place, mistakes).whole();
}

} // namespace script
