#include "harness/wire/fault.h"

#include <fmt/format.h>

namespace wire {

std::string_view name(FaultKind kind) {
    switch (kind) {
    case FaultKind::truncated:
        return "truncated";
    case FaultKind::misaligned:
        return "misaligned";
    case FaultKind::wrong_length:
        return "wrong-length";
    case FaultKind::reserved_set:
        return "reserved-set";
    case FaultKind::padding_set:
        return "padding-set";
    case FaultKind::trailing:
        return "trailing";
    case FaultKind::checksum:
        return "checksum";
    case FaultKind::wrong_value:
        return "wrong-value";
    case FaultKind::not_padded:
        return "not-padded";
    }
    return "unknown";
}

std::string text(const Fault& fault) {
    return fmt::format("{} at {} in {}", name(fault.kind), fault.offset, fault.where);
}

} // namespace wire
