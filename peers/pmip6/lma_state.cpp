#include "harness/base/text.h"
#include "peers/pmip6/lma.h"

namespace peers::pmip6 {

namespace {

/// Whole seconds until then, rounded up; 0 if it is past.
std::string seconds_until(base::Mono then, base::Mono now) {
    if (then <= now)
        return "0";
    return std::to_string((then - now + std::chrono::seconds(1) - base::Mono(1)) / std::chrono::seconds(1));
}

void describe(const Binding& binding, const std::string& before, base::Now now, model::Arguments& fields) {
    const auto put = [&](const char* name, std::string value) { fields[before + name] = std::move(value); };
    put("nai", binding.nai);
    put("proxy", binding.proxy ? "1" : "0");
    put("prefix", base::text(binding.prefix));
    put("care-of", base::text(binding.care_of));
    put("link-local", base::text(binding.link_local));
    put("tunnel", base::text(binding.tunnel.local) + " " + base::text(binding.tunnel.remote));
    put("timestamp", std::to_string(binding.last.timestamp.value_or(0)));
    put("sequence", std::to_string(binding.last.sequence));
    put("lifetime", std::to_string(binding.lifetime));
    put("expires", seconds_until(binding.expires, now.mono));
    put("state", binding.waiting ? "waiting" : "bound");
    if (binding.network)
        put("network", base::text(*binding.network));
}

} // namespace

/// Numbers of everything, and every field of the entries: of one entry under their plain names, if the
/// question names a node; of all under "mn1.care-of".
void Lma::answer_state(const model::Told& question, base::Now now, common::Output& out) const {
    const auto asked = [&](const char* name) {
        const auto found = question.arguments.find(name);
        return found == question.arguments.end() ? std::string() : found->second;
    };
    const std::string of = asked("of"), name = asked("mobile-node"), nai = asked("nai");
    if (of == "routes" || of == "neighbours")
        return; // the stack's
    model::Arguments fields = question.arguments;
    fields["entries"] = std::to_string(cache_.size());
    fields["tunnels"] = std::to_string(tunnels_.size());
    fields["pool"] = std::to_string(pool_.in_use());
    fields["networks"] = std::to_string(networks_.size());
    fields["count"] = of == "networks"  ? fields["networks"]
                      : of == "pool"    ? fields["pool"]
                      : of == "tunnels" ? fields["tunnels"]
                                        : fields["entries"];
    if (!name.empty() || !nai.empty()) {
        const Profile* profile = store_.by_identity(name.empty() ? nai : name);
        const Binding* binding = cache_.find(profile ? profile->nai : nai);
        fields["count"] = binding ? "1" : "0";
        if (binding)
            describe(*binding, "", now, fields);
    } else {
        for (const Binding* binding : cache_.all()) {
            const Profile* profile = store_.by_nai(binding->nai);
            describe(*binding, (profile ? profile->name : binding->nai) + ".", now, fields);
        }
    }
    out.note("state", std::move(fields));
}

} // namespace peers::pmip6
