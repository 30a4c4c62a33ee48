#pragma once

#include "harness/base/now.h"
#include "harness/model/box.h"
#include "harness/model/where.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace model {

/// How one knows that an implementation is ready.
struct Readiness {
    enum class By {
        started, ///< it runs
        log,     ///< `text` occurs in what it prints
        port,    ///< a socket is bound in its namespace
        probe,   ///< the caller exchanges a barrier with it
    } by = By::started;
    std::string text;
    std::string protocol = "udp"; ///< of port: "udp", "tcp" or "raw"
    std::uint16_t port = 0;       ///< of raw: the protocol number, 135 for mobility
    base::Duration boot = std::chrono::seconds(5);
};

/// What only the implementation can do, as a command line. {name} stands for an argument of the event; lines
/// NAME=VALUE of its output are the answer to a state question.
struct Hook {
    std::string on; ///< "attached", "detached", "renumber", "restart", "stop", "start", "state", …
    std::string command;
    base::Duration within = std::chrono::seconds(5);
};

/// A third-party implementation in a role, as its profile describes it (SUITES 5).
struct Sut {
    std::string name, role, profile;
    std::vector<std::string> features, lacks;

    std::string command;            ///< {config} and the like are replaced by whoever renders the files
    std::string in = "namespace";   ///< or "guest"
    bool configures_itself = false; ///< sets its addresses and routes, not we
    std::uint64_t memory = 0;       ///< octets; 0: no limit
    Readiness ready;
    std::string stop_signal = "SIGTERM";
    base::Duration stop_patience = std::chrono::seconds(2); ///< until SIGKILL
    bool skewed_clock = true; ///< may run under libfaketime, so that cases can set its clock
    std::map<std::string, std::string> environment;

    struct File {
        std::string name, template_file;
    };
    std::vector<File> files;
    std::vector<Hook> hooks;

    Box box; ///< where it is, if it is not started here

    double rate = 0;              ///< packets a second that it can take; 0: no limit
    std::uint64_t flood = 20'000; ///< frames a second from it that are over its limits
    base::Duration quiet = std::chrono::milliseconds(300); ///< silence that answers a stimulus
    unsigned parallel = 1;                                 ///< cases at a time
    std::uint64_t output = 64u << 20;                      ///< octets that it may print

    std::map<std::string, std::string> codepoints;
    Where where;

    const Hook* hook(const std::string& on) const {
        for (const auto& one : hooks)
            if (one.on == on)
                return &one;
        return nullptr;
    }
};

} // namespace model
