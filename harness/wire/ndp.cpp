#include "harness/wire/ndp.h"

#include "harness/wire/names.h"
#include "harness/wire/visitor.h"

namespace wire {

void UnknownNdOption::describe(Visitor& v) {
    v.option_type(type);
    v.rest("data", data);
}

void SourceLinkLayerAddress::describe(Visitor& v) {
    v.address("address", address);
}
void TargetLinkLayerAddress::describe(Visitor& v) {
    v.address("address", address);
}

void PrefixInformation::describe(Visitor& v) {
    v.number({"prefix-length"}, prefix_length);
    v.bit("L", l);
    v.bit("A", a);
    v.bit("R", r);
    v.reserved("reserved1", reserved1, 5);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
    v.number({"preferred-lifetime", &names::seconds, "s"}, preferred_lifetime);
    v.reserved("reserved2", reserved2);
    v.address("prefix", prefix);
}

void RedirectedHeader::describe(Visitor& v) {
    v.reserved("reserved", reserved, 48);
    v.rest("data", data);
}

void Mtu::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"mtu"}, mtu);
}

void AdvertisementInterval::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"interval", nullptr, "ms"}, interval);
}

void HomeAgentInformation::describe(Visitor& v) {
    v.reserved("reserved", reserved);
    v.number({"preference"}, preference);
    v.number({"lifetime", nullptr, "s"}, lifetime);
}

void MapOption::describe(Visitor& v) {
    v.number({"distance"}, distance, 4);
    v.number({"preference"}, preference, 4);
    v.bit("R", r);
    v.reserved("reserved", reserved, 7);
    v.number({"valid-lifetime", &names::seconds, "s"}, valid_lifetime);
    v.address("address", address);
}

} // namespace wire
