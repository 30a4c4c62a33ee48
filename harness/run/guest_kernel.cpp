#include "harness/run/guest_kernel.h"

#include "harness/base/text.h"
#include "harness/run/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace run {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

bool has(const model::Node& node, const base::Prefix& selector) {
    return std::ranges::any_of(node.ports, [&](const model::Port& port) {
        return std::ranges::any_of(port.addresses,
                                   [&](const auto& one) { return selector.contains(one.address); });
    });
}

const char* kernel_name(crypto::Integrity integrity) {
    return integrity == crypto::Integrity::hmac_md5_96    ? "hmac(md5)"
           : integrity == crypto::Integrity::hmac_sha1_96 ? "hmac(sha1)"
                                                          : "hmac(sha256)";
}

/// A kernel takes no key for a cipher that has none, but wants to be told so.
std::string algorithms(const crypto::Association& one) {
    const auto key = [](const base::Bytes& octets) { return "0x" + base::hex(octets); };
    if (one.cipher == crypto::Cipher::aes_gcm)
        return fmt::format("aead \"rfc4106(gcm(aes))\" {} {}", key(one.cipher_key), crypto::gcm_icv * 8);
    std::string out;
    if (one.protocol == crypto::Protocol::esp)
        out = one.cipher == crypto::Cipher::null ? "enc \"ecb(cipher_null)\" \"\" "
                                                 : fmt::format("enc \"cbc(aes)\" {} ", key(one.cipher_key));
    return out + fmt::format("auth-trunc \"{}\" {} {}", kernel_name(one.integrity), key(one.integrity_key),
                             crypto::icv_size(one.integrity) * 8);
}

std::string policy_of(const crypto::Policy& one, const char* direction, std::size_t priority) {
    std::string out = fmt::format("xfrm policy add dir {} src {} dst {}", direction, base::text(one.source),
                                  base::text(one.destination));
    if (one.upper != 0)
        out += fmt::format(" proto {}", one.upper);
    if (one.type)
        out += fmt::format(" type {}", *one.type);
    out += fmt::format(" priority {} action {}", priority,
                       one.verdict == crypto::Policy::Verdict::discard ? "block" : "allow");
    if (one.verdict == crypto::Policy::Verdict::protect)
        out += fmt::format(" tmpl proto {} mode transport level required", crypto::name(one.protocol));
    return out + "\n";
}

} // namespace

std::string xfrm_commands(const crypto::Configuration& configuration, const model::Node& node) {
    std::string out;
    for (const auto& one : configuration.associations)
        out += fmt::format("xfrm state add src {} dst {} proto {} spi {:#x} mode transport {}{}\n",
                           base::text(one.source), base::text(one.destination), crypto::name(one.protocol),
                           one.spi, one.window > 0 ? fmt::format("replay-window {} ", one.window) : "",
                           algorithms(one));
    std::size_t priority = 0;
    for (const auto& one : configuration.policies) {
        ++priority; // the first that selects a packet decides
        if (has(node, one.destination))
            out += policy_of(one, "in", priority);
        if (has(node, one.source))
            out += policy_of(one, "out", priority);
    }
    return out;
}

std::vector<stage::lab::SutNode> guest_kernels(const model::Topology& topology,
                                               const std::string& directory) {
    std::vector<stage::lab::SutNode> out;
    for (const auto& node : topology.nodes) {
        const auto kind = node.settings.find("kernel");
        if (node.player != model::Player::kernel || kind == node.settings.end() || kind->second != "guest")
            continue;
        stage::lab::SutNode one;
        one.node = node.name;
        one.directory = fs::absolute(fs::path(directory) / node.name).string();
        make_directory(one.directory);
        std::string batch;
        if (const auto security = node.settings.find("security"); security != node.settings.end()) {
            std::vector<std::string> mistakes;
            batch = xfrm_commands(crypto::parse(security->second, mistakes), node);
            if (!mistakes.empty())
                throw std::runtime_error(fmt::format("security of node {}: {}", node.name, mistakes.front()));
        }
        write_to(one.directory + "/xfrm")(batch);
        one.sut.name = "guest kernel";
        one.sut.role = node.role;
        one.sut.in = "guest";
        one.sut.command = "sh -c 'ip -batch xfrm && echo ready && exec tail -f /dev/null'";
        one.sut.ready.by = model::Readiness::By::log;
        one.sut.ready.text = "ready\n";
        one.sut.ready.boot = 30s;
        one.sut.skewed_clock = false;
        out.push_back(std::move(one));
    }
    return out;
}

} // namespace run
