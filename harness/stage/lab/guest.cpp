#include "harness/stage/lab/guest.h"

#include "harness/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace stage::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t usual_memory = 128U << 20;
constexpr std::uint64_t most_kernel = 1U << 30; ///< what it maps besides
constexpr const char* kernel_modules = "/usr/lib/uml/modules";

std::string quoted(const std::string& word) {
    std::string out = "'";
    for (const char c : word)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

/// Where a program lies that may be outside the PATH of ordinary users.
std::string found(const std::string& name) {
    const char* path = std::getenv("PATH");
    for (const auto& directory :
         base::split(std::string(path ? path : "") + ":/usr/sbin:/sbin:/usr/bin:/bin", ":"))
        if (auto program = fmt::format("{}/{}", directory, name); ::access(program.c_str(), X_OK) == 0)
            return program;
    return {};
}

/// The kernel's modules lie where modprobe does not look for them, and /run is the only place that is ours.
constexpr const char* prologue = R"sh(./mount -t proc proc /proc
./mount -t sysfs sys /sys
./mount -t tmpfs tmpfs /run
mkdir -p /run/lib/modules
ln -s {}/"$(uname -r)" /run/lib/modules/
printf '#!/bin/sh\nexec modprobe -d /run "$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
/run/modprobe -a ipv6 esp6 ah6
for each in /proc/sys/net/ipv6/conf/*; do
    echo 0 >$each/accept_dad
    echo {} >$each/forwarding
done
echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
ip link set lo up
stty -opost
)sh";

void check(const std::error_code& trouble, const std::string& attempted) {
    if (trouble)
        throw std::system_error(trouble, attempted);
}

} // namespace

GuestPlan guest_plan(const model::Node& node, const KernelNode& made) {
    GuestPlan out;
    out.routes = node.routes;
    out.forwards = forwards(node);
    for (std::size_t i = 0; i < node.ports.size(); ++i)
        out.ports.push_back(
            {made.ports[i].interface, node.ports[i].mac, node.ports[i].mtu, node.ports[i].addresses});
    return out;
}

std::string guest_init(const ProcessSpec& spec, const GuestPlan& plan) {
    std::string out = fmt::format("#!/bin/sh\ncd {}\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\n",
                                  quoted(spec.directory));
    out += fmt::format(fmt::runtime(prologue), kernel_modules, plan.forwards ? 1 : 0);
    for (std::size_t i = 0; i < plan.ports.size(); ++i) {
        const auto& port = plan.ports[i];
        const std::string name = quoted(port.interface);
        out += fmt::format("ip link set vec{} name {}\n", i, name);
        if (!port.addresses.empty()) // it knows its place
            out += fmt::format("echo 0 >/proc/sys/net/ipv6/conf/{}/router_solicitations\n", name);
        out += fmt::format("ip link set {} mtu {} up\n", name, port.mtu);
        for (const auto& address : port.addresses)
            out += fmt::format("ip -6 addr add {} dev {} nodad\n", base::text(address), name);
    }
    for (const auto& route : plan.routes)
        out += fmt::format("ip -6 route add {} via {}\n", base::text(route.to), base::text(route.via));
    for (const auto& variable : spec.environment)
        if (const auto equals = variable.find('='); equals != std::string::npos)
            out += fmt::format("export {}={}\n", variable.substr(0, equals),
                               quoted(variable.substr(equals + 1)));
    out += fmt::format("echo '{}'\n", guest_is_up);
    for (const auto& word : spec.command)
        out += quoted(word) + " ";
    out += "\necho \"its command has ended: exit $?\"\necho o >/proc/sysrq-trigger\nexec cat\n";
    return out;
}

ProcessSpec in_guest(ProcessSpec spec, const GuestPlan& plan) {
    const std::string init = spec.directory + "/guest-init", mount = spec.directory + "/mount";
    if (const char* path = std::getenv("PATH")) // what is found here is found there
        spec.environment.insert(spec.environment.begin(), fmt::format("PATH={}:/usr/sbin:/sbin", path));
    const auto executable = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                            fs::perms::others_read | fs::perms::others_exec;
    {
        std::ofstream file(init, std::ios::binary);
        file << guest_init(spec, plan);
    }
    std::error_code trouble;
    fs::permissions(init, executable, trouble);
    check(trouble, "write " + init);
    // In the guest the owner of a file with the setuid bit is nobody: a copy has no such bit.
    fs::copy_file(found("mount"), mount, fs::copy_options::overwrite_existing, trouble);
    check(trouble, "copy the program mount to " + mount);
    fs::permissions(mount, executable, trouble);
    check(trouble, "copy the program mount to " + mount);
    const auto memory = spec.memory > 0 ? spec.memory : usual_memory;
    std::vector<std::string> command = {"linux.uml",      fmt::format("mem={}M", memory >> 20),
                                        "root=/dev/root", "rootfstype=hostfs",
                                        "rootflags=/",    "rw",
                                        "init=" + init,   "con0=fd:0,fd:1",
                                        "con=null",       "uml_dir=/run/",
                                        "umid=guest",     "quiet"};
    for (std::size_t i = 0; i < plan.ports.size(); ++i)
        command.push_back(fmt::format("vec{}:transport=raw,ifname={},mac={}", i, plan.ports[i].interface,
                                      base::text(plan.ports[i].mac)));
    spec.command = std::move(command);
    spec.environment.clear();
    spec.memory = 0; // the guest has what it was given; its address space is another matter
    spec.largest_file = std::max(spec.largest_file, memory + most_kernel); // in which its memory is
    return spec;
}

std::string guest_trouble() {
    struct Needed {
        const char *program, *package;
    };
    constexpr std::array<Needed, 4> all = {
        {{"linux.uml", "user-mode-linux"}, {"modprobe", "kmod"}, {"ip", "iproute2"}, {"mount", "mount"}}};
    for (const auto& [program, package] : all)
        if (found(program).empty())
            return fmt::format("{} is not installed (package {})", program, package);
    if (!fs::is_directory(kernel_modules))
        return fmt::format("{} is missing: the guest's kernel has no ESP, AH and tunnels", kernel_modules);
    return {};
}

} // namespace stage::lab
