// Lies told after the checksum.
#include "harness/base/text.h"
#include "harness/script/packet.h"

#include <fmt/format.h>

#include <algorithm>

namespace script {
namespace {

const std::vector<std::string> edit_names{"replace", "xor", "truncate", "append"};
/// What a protected packet is computed from: no layers, but lies can be told about them.
const std::vector<std::string> parts_of_protection{"integrity-key", "cipher-key",   "esp-trailer",
                                                   "esp-icv",       "esp-sequence", "protection"};

} // namespace

bool PacketReader::is_edit(const std::string& name) {
    return std::find(edit_names.begin(), edit_names.end(), name) != edit_names.end();
}

model::Edit PacketReader::edit(const Tag& tag) const {
    model::Edit edit;
    const std::string name = tag.name();
    const bool octets = name != "truncate", at = name != "append";
    edit.kind = name == "replace"    ? model::Edit::Kind::replace
                : name == "xor"      ? model::Edit::Kind::exclusive_or
                : name == "truncate" ? model::Edit::Kind::truncate
                                     : model::Edit::Kind::append;
    tag.only(octets ? at ? std::vector<std::string>{"in", "at", "octets"} : std::vector<std::string>{"octets"}
                    : std::vector<std::string>{"in", "at"},
             *context_.mistakes);
    edit.layer = tag.value("in");
    const bool is_part = std::find(parts_of_protection.begin(), parts_of_protection.end(), edit.layer) !=
                         parts_of_protection.end();
    if (const auto in = tag.attr("in");
        in && !is_part && !wire::find_kind(in->value) && !templates_.has(in->value))
        context_.mistake(in->at(), fmt::format("unknown layer {}", quoted(in->value)));
    if (templates_.has(edit.layer))
        edit.layer = templates_.chain(edit.layer, context_).base;
    if (at) {
        tag.required("at", *context_.mistakes);
        edit.at = static_cast<std::size_t>(read_number(tag.attr("at"), context_).value_or(0));
    }
    if (octets) {
        const std::string digits = tag.required("octets", *context_.mistakes);
        if (const auto bytes = base::parse_hex(digits))
            edit.octets = *bytes;
        else
            context_.mistake(tag.attr("octets")->at(),
                             fmt::format("{} is no hexadecimal octets", quoted(digits)));
    }
    return edit;
}

} // namespace script
