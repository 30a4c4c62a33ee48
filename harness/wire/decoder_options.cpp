// The options of a message: headers, padding, alignment, and what to do with an option that is not as it
// should be.
#include "harness/wire/decoder.h"

#include <algorithm>
#include <utility>

namespace wire {

namespace {

constexpr unsigned most_nesting = 12;

std::size_t index_of(OptionList& list, Shape::Form form) {
    auto shapes = list.shapes();
    for (std::size_t i = 0; i < shapes.size(); ++i)
        if (shapes[i].form == form)
            return i;
    return 0;
}

/// The alternative that the type selects; 0, the unknown one, if none does.
std::size_t shape_of_type(std::span<const Shape> shapes, std::uint32_t type, const Profile& profile) {
    for (std::size_t i = 1; i < shapes.size(); ++i)
        if (shapes[i].form == Shape::Form::known && code_point(*shapes[i].kind, profile) == type &&
            (shapes[i].kind->dialects & dialect(profile.dialect)))
            return i;
    return 0;
}

} // namespace

void Decoder::on_options(Family family, OptionList& list, bool* unpadded) {
    if (nesting_ >= most_nesting) {
        raw_option(list);
        return;
    }
    ++nesting_;
    if (family == Family::mobility || family == Family::ipv6)
        padded_options(family, list, unpadded);
    else
        plain_options(family, list);
    --nesting_;
}

void Decoder::padded_options(Family, OptionList& list, bool* unpadded) {
    if (short_)
        return;
    std::size_t from = at_, faults = packet_.faults.size();
    bool cut = truncated_;
    if (padded_pass(list, false))
        return;
    at_ = from; // not the padding that we would send: keep it as it is
    packet_.faults.resize(faults);
    truncated_ = cut;
    list.shrink(0);
    padded_pass(list, true);
    bool explicit_pads = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto form = list.shapes()[list.shape_of(i)].form;
        explicit_pads |= form == Shape::Form::pad1 || form == Shape::Form::padn;
    }
    *unpadded = !explicit_pads;
}

bool Decoder::pads_as_sent(std::size_t from, std::size_t to, Alignment at) {
    std::size_t n = at.n, need = (n + at.y % n - (from - start_) % n) % n;
    if (to - from != need)
        return false;
    if (need == 0)
        return true;
    if (need == 1)
        return octets_[from] == 0;
    return octets_[from] == 1 && octets_[from + 1] == need - 2 &&
           std::all_of(octets_.begin() + static_cast<std::ptrdiff_t>(from) + 2,
                       octets_.begin() + static_cast<std::ptrdiff_t>(to), [](auto o) { return o == 0; });
}

bool Decoder::padded_pass(OptionList& list, bool keep_pads) {
    std::size_t pads_from = at_;
    auto shapes = list.shapes();
    while (at_ < end_) {
        std::size_t start = at_;
        std::uint8_t type = octets_[at_];
        if (type == 0) {
            if (keep_pads)
                list.append(index_of(list, Shape::Form::pad1));
            ++at_;
            continue;
        }
        if (end_ - at_ < 2 || end_ - at_ - 2 < octets_[at_ + 1]) {
            if (!keep_pads)
                return false;
            raw_option(list);
            break;
        }
        Body next{nullptr, start, start + 2, start + 2u + octets_[at_ + 1], type};
        if (type == 1) {
            if (keep_pads) {
                body(list, index_of(list, Shape::Form::padn), next);
                for (std::size_t i = next.from; i < next.end; ++i)
                    if (octets_[i] != 0) {
                        enter("padn", &list);
                        fault(FaultKind::padding_set, i);
                        leave();
                        break;
                    }
            }
            at_ = next.end;
            continue;
        }
        std::size_t before = list.size();
        std::size_t shape = shape_of_type(shapes, type, profile());
        Alignment at = shapes[shape].kind->at;
        if (!body(list, shape, next)) {
            list.shrink(before);
            enter(shapes[shape].kind->name, nullptr);
            fault(FaultKind::wrong_length, start + 1);
            leave();
            body(list, 0, next);
            at = {};
        } else if ((start - start_) % at.n != at.y % at.n) {
            enter(shapes[shape].kind->name, &list);
            fault(FaultKind::misaligned, start);
            leave();
        }
        if (!keep_pads && !pads_as_sent(pads_from, start, at))
            return false;
        pads_from = at_ = next.end;
    }
    return keep_pads || pads_as_sent(pads_from, end_, {8, 0});
}

bool Decoder::body(OptionList& list, std::size_t shape, Body next) {
    next.shape = &list.shapes()[shape];
    std::swap(body_, next);
    std::size_t outer_end = std::exchange(end_, body_.end), faults = packet_.faults.size();
    bool cut = truncated_;
    at_ = body_.from;
    void* option = list.append(shape);
    enter(body_.shape->kind->name, &list);
    body_.shape->describe(option, *this);
    leave();
    bool fits = !short_ && at_ == end_ && bit_ == 0;
    if (!fits) {
        packet_.faults.resize(faults);
        truncated_ = cut;
    }
    short_ = false;
    bit_ = 0;
    at_ = end_;
    end_ = outer_end;
    std::swap(body_, next);
    return fits;
}

void Decoder::raw_option(OptionList& list) {
    if (at_ >= end_)
        return;
    truncated(end_);
    auto* raw = static_cast<RawOption*>(list.append(index_of(list, Shape::Form::raw)));
    raw->data.assign(octets_.begin() + static_cast<std::ptrdiff_t>(at_),
                     octets_.begin() + static_cast<std::ptrdiff_t>(end_));
    at_ = end_;
}

void Decoder::plain_options(Family family, OptionList& list) {
    std::size_t head = family == Family::dhcpv6 ? 4 : 2;
    while (at_ < end_ && !short_) {
        std::size_t start = at_, left = end_ - at_;
        if (family == Family::dhcpv4 && (octets_[at_] == 0 || octets_[at_] == 255)) {
            body(list, 0, {nullptr, start, start + 1, start + 1, octets_[at_]});
            if (octets_[start] == 255 && at_ < end_) { // what is behind the end is padding
                auto* raw = static_cast<RawOption*>(list.append(index_of(list, Shape::Form::raw)));
                raw->data.assign(octets_.begin() + static_cast<std::ptrdiff_t>(at_),
                                 octets_.begin() + static_cast<std::ptrdiff_t>(end_));
                at_ = end_;
            }
            continue;
        }
        if (left < head) {
            raw_option(list);
            return;
        }
        bool units = family == Family::nd || family == Family::context;
        std::size_t size = units                      ? octets_[at_ + 1] * std::size_t{8}
                           : family == Family::dhcpv6 ? base::read16(octets_, at_ + 2) + head
                           : family == Family::radius ? octets_[at_ + 1]
                                                      : octets_[at_ + 1] + head;
        if (size > left || size < head) {
            if (size < head) { // RFC 4861, 4.6; RFC 2865, 5
                fault(FaultKind::wrong_length, at_ + 1, "option-length");
                bool cut = std::exchange(truncated_, true);
                raw_option(list);
                truncated_ = cut;
            } else {
                raw_option(list);
            }
            return;
        }
        std::uint32_t type = family == Family::dhcpv6 ? base::read16(octets_, at_) : octets_[at_];
        if (!option(family, list, {nullptr, start, start + head, start + size, type}))
            return;
    }
}

bool Decoder::option(Family family, OptionList& list, const Body& next) {
    if (family == Family::context)
        return context_option(list, next.start, next.end);
    std::size_t before = list.size();
    std::size_t shape = shape_of_type(list.shapes(), next.type, profile());
    if (body(list, shape, next))
        return true;
    list.shrink(before);
    enter(list.shapes()[shape].kind->name);
    fault(FaultKind::wrong_length, next.start + (family == Family::dhcpv6 ? 2 : 1));
    leave();
    body(list, 0, next);
    return true;
}

bool Decoder::context_option(OptionList& list, std::size_t start, std::size_t end) {
    Body next{nullptr, start, start + 2, end, octets_[start]};
    if (octets_[start] != profile().ho_option_type)
        return body(list, index_of(list, Shape::Form::foreign), next);
    std::uint8_t subtype = octets_[start + 2], pad = octets_[start + 3];
    std::size_t before = list.size(), shape = shape_of_type(list.shapes(), subtype, profile());
    auto guilty = FaultKind::wrong_length;
    std::size_t offset = start + 3;
    if (shape != 0 && pad <= 7 && start + 4 + pad <= end) {
        auto pads = octets_.subspan(end - pad, pad);
        auto set = std::find_if(pads.begin(), pads.end(), [](auto octet) { return octet != 0; });
        if (set == pads.end()) {
            if (body(list, shape, {nullptr, start, start + 4, end - pad, subtype})) {
                at_ = end;
                return true;
            }
            list.shrink(before);
        } else {
            guilty = FaultKind::padding_set;
            offset = end - pad + static_cast<std::size_t>(set - pads.begin());
        }
    }
    if (shape != 0 || pad > 7) {
        enter(list.shapes()[shape].kind->name);
        fault(guilty, offset);
        leave();
    }
    return body(list, 0, next);
}

void Decoder::on_nested(std::vector<Dhcpv6Any>& message, base::Bytes& data) {
    std::size_t from = at_, faults = packet_.faults.size();
    if (at_ < end_ && nesting_ < most_nesting) {
        bool relay = octets_[at_] == 12 || octets_[at_] == 13;
        auto& nested = message.emplace_back();
        if (relay)
            nested.emplace<Dhcpv6Relay>().type = octets_[at_];
        else
            nested.emplace<Dhcpv6Message>().type = octets_[at_];
        ++nesting_;
        bool cut = truncated_;
        std::visit(
            [&](auto& inner) {
                enter(element_name(inner));
                inner.describe(*this);
            },
            nested);
        leave();
        --nesting_;
        if (!short_)
            return;
        short_ = false;
        bit_ = 0;
        truncated_ = cut;
        message.clear();
        packet_.faults.resize(faults);
        at_ = from;
    }
    if (at_ < end_)
        truncated(end_);
    on_octets({"data"}, data, 0);
}

} // namespace wire
