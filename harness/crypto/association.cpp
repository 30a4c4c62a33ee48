#include "harness/crypto/association.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <limits>

namespace crypto {

namespace {

/// The words of one record, taken one after the other. Mistakes name what was expected and never quote what
/// may be a key.
class Record {
public:
    Record(std::string_view text, std::string where, std::vector<std::string>& mistakes)
        : words_(base::split(text)), where_(std::move(where)), mistakes_(mistakes) {}

    bool empty() const { return words_.empty(); }
    bool more() const { return at_ < words_.size(); }
    bool well() const { return well_; }
    void mistake(const std::string& what) {
        if (well_)
            mistakes_.push_back(fmt::format("{}: {}", where_, what));
        well_ = false;
    }
    std::string word(std::string_view expected) {
        if (more())
            return words_[at_++];
        mistake(fmt::format("{} is missing", expected));
        return {};
    }
    template <class Value, class Reader>
    Value read(std::string_view expected, Reader reader) {
        const std::string text = word(expected);
        const auto value = well_ ? reader(text) : decltype(reader(text)){};
        if (!value)
            mistake(fmt::format("{} expected", expected));
        return value ? static_cast<Value>(*value) : Value{};
    }
    template <class Number>
    Number number(std::string_view expected) {
        return read<Number>(expected, [](const std::string& text) {
            auto value = base::parse_number(text);
            if (value && *value > std::numeric_limits<Number>::max())
                value.reset();
            return value;
        });
    }
    base::Bytes key(std::string_view expected) {
        const std::string digits = word(expected);
        auto octets = base::parse_hex(digits == "-" ? std::string{} : digits);
        if (!octets)
            mistake("a key is not written as hexadecimal octets");
        return octets.value_or(base::Bytes{});
    }
    base::Ip6 address(std::string_view expected) { return read<base::Ip6>(expected, base::parse_ip6); }
    base::Prefix prefix(std::string_view expected) {
        return read<base::Prefix>(expected, [](const std::string& text) -> std::optional<base::Prefix> {
            if (const auto address = base::parse_ip6(text))
                return base::Prefix{*address, 128};
            return base::parse_prefix(text);
        });
    }
    Protocol protocol() {
        return read<Protocol>("esp or ah", [](const std::string& text) -> std::optional<Protocol> {
            if (text == "esp")
                return Protocol::esp;
            return text == "ah" ? std::optional(Protocol::ah) : std::nullopt;
        });
    }

private:
    std::vector<std::string> words_;
    std::string where_;
    std::vector<std::string>& mistakes_;
    std::size_t at_ = 0;
    bool well_ = true;
};

void check(const Association& one, Record& record) {
    if (one.spi <= 255) // RFC 4303, 2.1: reserved
        record.mistake("an SPI is above 255");
    else if (one.integrity_key.size() != key_size(one.integrity))
        record.mistake(
            fmt::format("{} takes a key of {} octets", name(one.integrity), key_size(one.integrity)));
    else if (!fits(one.cipher, one.cipher_key.size()))
        record.mistake(
            fmt::format("{} does not take a key of {} octets", name(one.cipher), one.cipher_key.size()));
    else if (one.protocol == Protocol::ah && one.cipher != Cipher::null)
        record.mistake("an authentication header does not encrypt");
    else if (one.integrity == Integrity::none && one.cipher != Cipher::aes_gcm)
        record.mistake("nothing authenticates the packets"); // RFC 4303, 3.3.2.1 with proxymip6-02, 4
    else if (one.integrity != Integrity::none && one.cipher == Cipher::aes_gcm)
        record.mistake("aes-gcm authenticates by itself"); // RFC 4106, 4
    else if (one.first == 0)
        record.mistake("sequence numbers begin at 1");
}

Association association(Record& record) {
    Association out;
    out.protocol = record.protocol();
    out.source = record.address("the source address");
    out.destination = record.address("the destination address");
    while (record.more() && record.well()) {
        const std::string what = record.word("a word");
        if (what == "spi") {
            out.spi = record.number<std::uint32_t>("an SPI");
        } else if (what == "cipher") {
            out.cipher = record.read<Cipher>("null, aes-cbc or aes-gcm", cipher_named);
            out.cipher_key = out.cipher == Cipher::null ? base::Bytes{} : record.key("the key of the cipher");
        } else if (what == "integrity") {
            out.integrity =
                record.read<Integrity>("hmac-md5-96, hmac-sha1-96 or hmac-sha2-256-128", integrity_named);
            out.integrity_key =
                out.integrity == Integrity::none ? base::Bytes{} : record.key("the key of the integrity");
        } else if (what == "window") {
            out.window = record.number<std::uint16_t>("the size of the window");
        } else if (what == "first") {
            out.first = record.number<std::uint32_t>("the first sequence number");
        } else {
            record.mistake("spi, cipher, integrity, window or first expected");
        }
    }
    if (record.well())
        check(out, record);
    return out;
}

Policy policy(Record& record) {
    Policy out;
    out.verdict = record.read<Policy::Verdict>(
        "protect, bypass or discard", [](const std::string& text) -> std::optional<Policy::Verdict> {
            if (text == "protect")
                return Policy::Verdict::protect;
            if (text == "bypass")
                return Policy::Verdict::bypass;
            return text == "discard" ? std::optional(Policy::Verdict::discard) : std::nullopt;
        });
    out.source = record.prefix("the source prefix");
    out.destination = record.prefix("the destination prefix");
    while (record.more() && record.well()) {
        const std::string what = record.word("a word");
        if (what == "with")
            out.protocol = record.protocol();
        else if (what == "upper")
            out.upper = record.number<std::uint8_t>("a protocol number");
        else if (what == "type")
            out.type = record.number<std::uint8_t>("a message type");
        else
            record.mistake("with, upper or type expected");
    }
    return out;
}

} // namespace

std::string_view name(Protocol protocol) {
    return protocol == Protocol::esp ? "esp" : "ah";
}

Configuration parse(std::string_view text, std::vector<std::string>& mistakes) {
    Configuration out;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        std::string_view rest = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        rest = rest.substr(0, rest.find('#'));
        for (const std::string& part : base::split(rest, ";")) {
            Record record(part, fmt::format("line {}", line), mistakes);
            if (record.empty())
                continue;
            const std::string kind = record.word("sa or policy");
            if (kind == "sa") {
                auto one = association(record);
                if (record.well())
                    out.associations.push_back(std::move(one));
            } else if (kind == "policy") {
                auto one = policy(record);
                if (record.well())
                    out.policies.push_back(std::move(one));
            } else {
                record.mistake("a record begins with \"sa\" or \"policy\"");
            }
        }
    }
    return out;
}

std::string text(const Configuration& configuration) {
    std::string out;
    for (const Association& one : configuration.associations) {
        out += fmt::format("sa {} {} {} spi 0x{:x}", name(one.protocol), base::text(one.source),
                           base::text(one.destination), one.spi);
        if (one.protocol == Protocol::esp)
            out += fmt::format(" cipher {} {}", name(one.cipher), base::hex(one.cipher_key));
        if (one.integrity != Integrity::none)
            out += fmt::format(" integrity {} {}", name(one.integrity), base::hex(one.integrity_key));
        if (one.window != 64)
            out += fmt::format(" window {}", one.window);
        if (one.first != 1)
            out += fmt::format(" first {}", one.first);
        out += "; ";
    }
    for (const Policy& one : configuration.policies) {
        static constexpr std::string_view verdicts[] = {"protect", "bypass", "discard"};
        out += fmt::format("policy {} {} {} with {}", verdicts[static_cast<std::size_t>(one.verdict)],
                           base::text(one.source), base::text(one.destination), name(one.protocol));
        if (one.upper != 0)
            out += fmt::format(" upper {}", one.upper);
        if (one.type)
            out += fmt::format(" type {}", *one.type);
        out += "; ";
    }
    return out;
}

} // namespace crypto
