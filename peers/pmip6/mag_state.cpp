#include "harness/base/text.h"
#include "peers/pmip6/mag.h"

namespace peers::pmip6 {

namespace {

void describe(const Visitor& visitor, const std::string& port, const std::string& before, base::Now now,
              model::Arguments& fields) {
    const auto put = [&](const char* key, std::string value) { fields[before + key] = std::move(value); };
    put("nai", visitor.nai);
    put("mac", base::text(visitor.mac));
    put("port", port);
    put("prefix", base::text(visitor.prefix));
    put("network", visitor.network.is_known() ? base::text(visitor.network.prefix) : "none");
    put("link-local", base::text(visitor.link_local));
    put("lma", base::text(visitor.lma));
    put("state", std::string(name(visitor.phase)));
    put("lifetime", std::to_string(visitor.lifetime));
    put("pending", visitor.pending ? "1" : "0");
    const bool lives = visitor.expires_at && *visitor.expires_at > now.mono;
    const auto left =
        lives ? std::chrono::ceil<std::chrono::seconds>(*visitor.expires_at - now.mono).count() : 0;
    put("expires", std::to_string(left));
}

} // namespace

/// Numbers of everything, and every field of the entries: of one entry under their plain names, if the
/// question names a node; of all under "mn1.prefix".
void Mag::answer_state(const model::Told& question, base::Now now, common::Output& out) const {
    const auto of = question.arguments.find("of");
    const std::string what = of == question.arguments.end() ? "entries" : of->second;
    if (what == "routes" || what == "neighbours")
        return; // the stack's
    model::Arguments fields = question.arguments;
    fields["entries"] = std::to_string(list_.bound());
    fields["tunnels"] = std::to_string(tunnels_.size());
    fields["visitors"] = std::to_string(list_.size());
    fields["count"] = fields[what == "tunnels" || what == "visitors" ? what : "entries"];
    const auto port = [&](const Visitor& visitor) { return config_.self.ports[visitor.port].name; };
    if (const Profile* profile = profile_of(question)) {
        const Visitor* visitor = list_.find(profile->nai);
        fields["count"] = visitor && visitor->is_bound() ? "1" : "0";
        if (visitor)
            describe(*visitor, port(*visitor), "", now, fields);
    } else {
        for (const Visitor* visitor : list_.all())
            describe(*visitor, port(*visitor), visitor->name + ".", now, fields);
    }
    out.note("state", std::move(fields));
}

} // namespace peers::pmip6
