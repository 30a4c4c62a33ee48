#include "harness/stage/lab/features.h"

#include "harness/base/text.h"
#include "harness/stage/lab/guest.h"
#include "harness/stage/lab/namespace.h"
#include "harness/stage/lab/neighbours.h"
#include "harness/stage/lab/netlink.h"
#include "harness/stage/lab/port.h"
#include "harness/stage/lab/process.h"
#include "harness/stage/lab/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace stage::lab {
namespace {

/// Runs a command to its end; throws its last line if it fails.
void succeed(std::vector<std::string> command) {
    ProcessSpec spec;
    spec.command = std::move(command);
    Process process(spec);
    pollfd end{process.pidfd(), POLLIN, 0};
    constexpr int patience = 3000; // ms
    if (::poll(&end, 1, patience) != 1)
        throw std::runtime_error("it does not end");
    const auto how = process.ended().value_or("no end");
    if (how != "exit 0") {
        const auto lines = base::split(process.printed(), "\n");
        throw std::runtime_error(lines.empty() ? how : lines.front());
    }
}

void make_veth() {
    const Descriptor other = make_network_namespace();
    Netlink netlink;
    netlink.add_veth({1000, "probe0", std::nullopt, 1500}, {10, "probe1", std::nullopt, 1500}, other.get());
    netlink.commit();
}

void set_sysctls() {
    set_variable("ipv6/conf/all/accept_dad", "0");
    set_variable("ipv6/conf/all/forwarding", "1");
}

void open_tun() {
    checked(::open("/dev/net/tun", O_RDWR | O_CLOEXEC), "open /dev/net/tun");
}

void open_raw() {
    constexpr int mobility = 135;
    for (const int protocol :
         {mobility, int{IPPROTO_IPV6}, int{IPPROTO_ESP}, int{IPPROTO_AH}, int{IPPROTO_ICMPV6}})
        checked(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, protocol),
                fmt::format("open a raw socket for {}", protocol));
}

void capture() {
    const FramePort any(0, 1500, 1U << 16);
}

void make_ip6tnl() {
    Netlink netlink;
    netlink.add_link("probe2", "ip6tnl");
    netlink.commit();
}

void add_esp() {
    succeed({"ip",    "xfrm",        "state",      "add",
             "src",   "2001:db8::1", "dst",        "2001:db8::2",
             "proto", "esp",         "spi",        "1",
             "mode",  "transport",   "enc",        "ecb(cipher_null)",
             "",      "auth",        "hmac(sha1)", "0x0102030405060708090a0b0c0d0e0f1011121314"});
}

void add_ah() {
    succeed({"ip", "xfrm", "state", "add", "src", "2001:db8::1", "dst", "2001:db8::2", "proto", "ah", "spi",
             "1", "mode", "transport", "auth", "hmac(sha1)", "0x0102030405060708090a0b0c0d0e0f1011121314"});
}

void add_netem() {
    Netlink netlink;
    netlink.set_up(1, true);
    netlink.commit();
    succeed({"tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"});
}

void list_nft() {
    succeed({"nft", "add", "table", "inet", "probe"});
}

/// Where a program lies that may be outside the PATH of ordinary users.
std::string program(const std::string& name) {
    const char* path = std::getenv("PATH");
    for (const auto& directory :
         base::split(std::string(path ? path : "") + ":/usr/sbin:/sbin:/usr/bin:/usr/lib/frr", ":"))
        if (auto program = fmt::format("{}/{}", directory, name); ::access(program.c_str(), X_OK) == 0)
            return program;
    return {};
}

struct Probe {
    const char* name;
    void (*attempt)(); ///< throws why not
    const char* cost;
};

constexpr std::array<Probe, 10> in_sandbox = {{
    {"veth", make_veth, "no kernel node and no foreign implementation in the lab; machines play on"},
    {"packet", capture, "no kernel node and no foreign implementation in the lab; machines play on"},
    {"sysctl", set_sysctls, "no kernel node in the lab (in a container: --security-opt unmask=ALL)"},
    {"raw-sockets", open_raw, "implementations that use raw sockets do not start"},
    {"tun", open_tun, "implementations that use TUN do not start; our own tunnels do without"},
    {"ip6tnl", make_ip6tnl, "implementations that use the kernel's IPv6 tunnels need a guest"},
    {"esp", add_esp, "implementations that use the kernel's ESP need a guest"},
    {"ah", add_ah, "implementations that use the kernel's AH need a guest"},
    {"netem", add_netem, "nothing of ours: the harness impairs links itself"},
    {"nft", list_nft, "implementations that filter with nftables do not start"},
}};

struct Program {
    const char* name;
    const char* executable;
    const char* cost;
};

constexpr std::array<Program, 11> programs = {{
    {"kea", "kea-dhcp6", "no interoperation with Kea's DHCPv6 server (package kea-dhcp6-server)"},
    {"dhclient", "dhclient", "no interoperation with ISC's DHCPv6 client (package isc-dhcp-client)"},
    {"dhcpd", "dhcpd", "no interoperation with ISC's DHCPv6 server (package isc-dhcp-server)"},
    {"dhcp6c", "dhcp6c", "no interoperation with the KAME DHCPv6 client (package wide-dhcpv6-client)"},
    {"dibbler-server", "dibbler-server", "no interoperation with Dibbler's server (package dibbler-server)"},
    {"dibbler-client", "dibbler-client", "no interoperation with Dibbler's client (package dibbler-client)"},
    {"frr", "ripngd", "no interoperation with FRR's routing daemons (package frr)"},
    {"freeradius", "freeradius", "no AAA server of other people (package freeradius)"},
    {"strongswan", "swanctl", "no IKEv2 (packages strongswan-charon, strongswan-swanctl)"},
    {"tshark", "tshark", "no comparison with Wireshark's dissectors (package tshark)"},
    {"iproute2", "ip", "the kernel's ESP and AH cannot be tried here (package iproute2)"},
}};

/// One line of result for each probe: empty for success. The probes share nothing but the sandbox.
void try_in_sandbox(int result) {
    for (const auto& probe : in_sandbox) {
        std::string line;
        try {
            const Descriptor own = make_network_namespace();
            const InNamespace inside(own.get());
            probe.attempt();
        } catch (const std::exception& reason) {
            line = base::printable(reason.what());
        }
        line += "\n";
        [[maybe_unused]] const auto written = ::write(result, line.data(), line.size());
    }
}

std::string read_all(int from) {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t size = 0; (size = ::read(from, piece.data(), piece.size())) > 0;)
        text.append(piece.data(), static_cast<std::size_t>(size));
    return text;
}

} // namespace

std::vector<Feature> features() {
    std::vector<Feature> result;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        fail("open a pipe");
    const Descriptor reads(ends[0]);
    Descriptor writes(ends[1]);
    std::string lines, refused;
    try {
        Sandbox sandbox([&] {
            try_in_sandbox(writes.get());
            return 0;
        });
        writes.reset();
        lines = read_all(reads.get());
    } catch (const std::system_error& reason) {
        refused = reason.what();
    }
    result.push_back({"userns", refused.empty(), refused, "no lab at all; --stage sim plays on"});
    std::size_t at = 0;
    for (const auto& probe : in_sandbox) {
        const auto end = lines.find('\n', at);
        const bool told = end != std::string::npos;
        const std::string trouble = told ? lines.substr(at, end - at) : "it could not be tried";
        at = told ? end + 1 : at;
        result.push_back({probe.name, trouble.empty(), trouble, probe.cost});
    }
    const std::string missing = guest_trouble();
    result.push_back({"guest", missing.empty(), missing,
                      "no second kernel: no independent ESP, AH and tunnels (package user-mode-linux)"});
    for (const auto& one : programs) {
        const std::string where = program(one.executable);
        result.push_back({one.name, !where.empty(), where.empty() ? "not installed" : where, one.cost});
    }
    const std::string faketime = faketime_library();
    result.push_back({"faketime", !faketime.empty(), faketime.empty() ? "not installed" : faketime,
                      "clocks of foreign implementations cannot be set (package libfaketime)"});
    const auto table = neighbour_table();
    result.push_back({"neighbour-table", table.has_value(),
                      table ? fmt::format("{} entries, {} overflows since the host started", table->entries,
                                          table->overflows)
                            : "not visible from this network namespace",
                      "an overflow by too many parallel cases goes unnoticed"});
    return result;
}

} // namespace stage::lab
