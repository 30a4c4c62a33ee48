#include "peers/pmip6/mutants.h"

#include "peers/pmip6/mutants_lma_tables.h"
#include "peers/pmip6/mutants_mag_tables.h"
#include "peers/pmip6/mutants_networks_tables.h"

namespace peers::pmip6 {

namespace {

constexpr std::size_t fixed_part = 12; // of a Binding Update and of an acknowledgement

std::size_t octets_of(const wire::MobilityOption& option) {
    wire::BindingUpdate alone;
    alone.options = {option};
    alone.unpadded = true;
    wire::Packet packet;
    packet.layers = {wire::Ipv6{}, alone};
    return wire::encode(packet).size() - 40 - fixed_part;
}

} // namespace

wire::MobilityOptions laid_out(const wire::MobilityOptions& options, bool aligned, std::size_t lead,
                               std::uint8_t filling) {
    wire::MobilityOptions list;
    std::size_t at = fixed_part;
    const auto pad = [&](std::size_t octets) {
        if (octets == 1)
            list.push_back(wire::Pad1{});
        else if (octets > 1)
            list.push_back(wire::PadN{.data = base::Bytes(octets - 2, filling)});
        at += octets;
    };
    pad(lead);
    for (const wire::MobilityOption& option : options) {
        const wire::Alignment to =
            std::visit([](const auto& one) { return std::decay_t<decltype(one)>::kind.at; }, option);
        if (aligned)
            pad((to.n + to.y - at % to.n) % to.n);
        list.push_back(option);
        at += octets_of(option);
    }
    pad((8 - at % 8) % 8);
    return list;
}

const std::vector<Mutant>& mutants() {
    static const std::vector<Mutant> table = [] {
        std::vector<Mutant> all;
        for (auto part :
             {lma_policy_mutants, lma_wire_mutants, lma_hearing_mutants, lma_format_mutants,
              lma_memory_mutants, lma_traffic_mutants, mag_policy_mutants, mag_wire_mutants,
              mag_hearing_mutants, mag_entry_mutants, mag_access_mutants, mag_format_mutants, mn_mutants,
              domain_mutants, security_mutants, dhcp_mutants, lma_network_mutants, mag_network_mutants})
            for (Mutant& mutant : part())
                all.push_back(std::move(mutant));
        return all;
    }();
    return table;
}

} // namespace peers::pmip6
