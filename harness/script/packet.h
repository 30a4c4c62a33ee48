#pragma once

#include "harness/model/scenario.h"
#include "harness/script/context.h"
#include "harness/script/template.h"

#include <functional>
#include <string>
#include <vector>

namespace script {

/// Where a packet is written.
struct PacketPlace {
    std::string self; ///< identity that ${self} means; empty: there is none
    const std::vector<std::string>* identities = nullptr; ///< for `for`; null: not checked
    bool edits = false;                                   ///< lies after the checksum may follow the layers
};

struct ReadPacket {
    model::PacketSpec packet;
    std::string about; ///< identity that a `for` names, on the step or on the packet
};

/// Reads the packet among the children of a step: a template, one element, or the chain of headers.
class PacketReader {
public:
    PacketReader(const Context& context, const Templates& templates)
        : context_(context), templates_(templates) {}

    /// `about` is the identity that the step names with its own `for`; empty if it names none.
    ReadPacket read(const std::vector<Tag>& parts, const PacketPlace& place,
                    const std::string& about = {}) const;
    /// A template by its name, as in <learn from="pba"/> and in barriers.
    model::PacketSpec instance(const std::string& name, const model::Where& where,
                               const PacketPlace& place) const;
    /// One edit: <replace>, <xor>, <truncate> or <append>.
    model::Edit edit(const Tag& tag) const;
    static bool is_edit(const std::string& name);

private:
    struct Reading; ///< what one packet's elements share while they are read
    void layer(const Tag& tag, Reading& reading) const;
    void from_template(const Tag& use, const std::string& name, Reading& reading) const;
    void element(const Tag& tag, model::ElementSpec& into, Reading& reading) const;
    void apply(const Tag& tag, model::ElementSpec& into, Reading& reading, bool is_template) const;
    void fields(const Tag& tag, model::ElementSpec& into, Reading& reading, bool is_template) const;
    void options(const Tag& tag, model::ElementSpec& into, Reading& reading) const;
    void detail(const Attr& attr, std::size_t dot, model::ElementSpec& into) const;
    void prefix(const Tag& tag, model::FieldSpec& spec, model::ElementSpec& into) const;
    void insist(model::PacketSpec& packet, const Reading& reading) const;
    std::string identity(const Tag& use, const Reading& reading) const;
    model::Value value(const Attr& attr, const Reading& reading) const;
    void unknown(const Tag& tag) const;

    const Context& context_;
    const Templates& templates_;
};

/// Calls the visitor for every value that the packet writes.
void each_value(const model::PacketSpec& packet,
                const std::function<void(const model::ElementSpec&, const model::FieldSpec&)>& visit);

} // namespace script
