#pragma once

#include "peers/pmip6/codes.h"
#include "peers/pmip6/mutant_tables.h"

#include <memory>

namespace peers::pmip6 {

// What the tables of faulty anchors share. The parts of the table that are not in mutant_tables.h:
std::vector<Mutant> lma_format_mutants();  ///< in how acknowledgements are laid out
std::vector<Mutant> lma_memory_mutants();  ///< in what they keep, and whom they take for whom
std::vector<Mutant> domain_mutants();      ///< gateways in what all entities owe each other
std::vector<Mutant> lma_traffic_mutants(); ///< in what they forward and report

inline bool accepts(const wire::BindingAcknowledgement& ack) {
    return ack.status < status::unspecified;
}
inline bool refuses(const wire::BindingAcknowledgement& ack) {
    return ack.status >= status::unspecified;
}
inline bool releases(const wire::BindingAcknowledgement& ack) {
    return accepts(ack) && ack.lifetime == 0;
}
inline bool is_any(const wire::BindingAcknowledgement&) {
    return true;
}

using Chosen = bool (*)(const wire::BindingAcknowledgement&);

/// An anchor whose acknowledgements of some kind are changed, from the `first` of all on.
inline Mutant answering(std::string id, std::string title, std::vector<std::string> violates, Chosen chosen,
                        std::function<void(wire::BindingAcknowledgement&)> change, std::uint64_t first = 1) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [chosen, first, change = std::move(change)](common::Wrong& lma, const model::NodeConfig&) {
                      lma.outgoing(
                          common::edit<wire::BindingAcknowledgement>([=](wire::BindingAcknowledgement& ack) {
                              if (chosen(ack))
                                  change(ack);
                          }).from(first));
                  });
}

template <class Option>
Mutant answering_without(std::string id, std::string title, std::vector<std::string> violates,
                         Chosen chosen) {
    return answering(std::move(id), std::move(title), std::move(violates), chosen,
                     [](wire::BindingAcknowledgement& ack) { common::remove<Option>(ack.options); });
}

template <class Option>
Mutant answering_with(std::string id, std::string title, std::vector<std::string> violates, Chosen chosen,
                      std::function<void(Option&)> change, std::uint64_t first = 1) {
    return answering(
        std::move(id), std::move(title), std::move(violates), chosen,
        [change = std::move(change)](wire::BindingAcknowledgement& ack) {
            if (Option* option = wire::find<Option>(ack.options))
                change(*option);
        },
        first);
}

/// An anchor that does not hear updates of some kind.
inline Mutant deaf(std::string id, std::string title, std::vector<std::string> violates,
                   std::function<bool(const wire::BindingUpdate&)> to) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [to = std::move(to)](common::Wrong& lma, const model::NodeConfig&) {
                      lma.incoming(common::drop(common::is<wire::BindingUpdate>(to)));
                  });
}

/// An anchor that is told something else than what was said.
inline Mutant hearing(std::string id, std::string title, std::vector<std::string> violates,
                      std::function<void(wire::BindingUpdate&)> change) {
    return spoilt(std::move(id), "lma", std::move(title), std::move(violates),
                  [change = std::move(change)](common::Wrong& lma, const model::NodeConfig&) {
                      lma.incoming(common::edit<wire::BindingUpdate>(change));
                  });
}

inline base::Ip6 first_gateway(const model::NodeConfig& config) {
    for (const auto& node : config.topology.nodes)
        if (node.role == "mag")
            return node.address();
    return {};
}

/// How many IPv6 headers the packet has; more than one in a tunnel.
inline std::size_t ip_headers(const wire::Packet& packet) {
    std::size_t count = 0;
    for (const auto& layer : packet.layers)
        count += std::holds_alternative<wire::Ipv6>(layer) ? 1 : 0;
    return count;
}

/// Everything that comes in or goes out is shown to `look`, which changes nothing.
inline common::Misdeed watch(std::function<void(const wire::Packet&)> look) {
    return common::drop([look = std::move(look)](const wire::Packet& packet) {
        look(packet);
        return false;
    });
}

} // namespace peers::pmip6
