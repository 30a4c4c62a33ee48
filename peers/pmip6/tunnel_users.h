#pragma once

#include "peers/common/role.h"

#include <map>
#include <set>
#include <string>

namespace peers::pmip6 {

/// Who uses which tunnel: one tunnel serves all mobile nodes of a MAG and an anchor, and goes with its last
/// user (proxymip6-02, 5.5.1). Static tunnels stay.
class TunnelUsers {
public:
    /// A tunnel that lives whoever uses it.
    void make_static(const common::TunnelEnds& ends) { static_.insert(ends); }
    /// True if this is the first user: the tunnel has to be made.
    bool acquire(const common::TunnelEnds& ends, const std::string& nai) {
        std::set<std::string>& users = users_[ends];
        users.insert(nai);
        return users.size() == 1 && !static_.contains(ends);
    }
    /// True if this was the last user: the tunnel has to go.
    bool release(const common::TunnelEnds& ends, const std::string& nai) {
        const auto found = users_.find(ends);
        if (found == users_.end() || found->second.erase(nai) == 0 || !found->second.empty())
            return false;
        users_.erase(found);
        return !static_.contains(ends);
    }
    std::size_t users(const common::TunnelEnds& ends) const {
        const auto found = users_.find(ends);
        return found == users_.end() ? 0 : found->second.size();
    }
    /// Tunnels that exist.
    std::size_t size() const {
        std::size_t idle = 0;
        for (const common::TunnelEnds& ends : static_)
            idle += users_.contains(ends) ? 0 : 1;
        return users_.size() + idle;
    }

private:
    std::map<common::TunnelEnds, std::set<std::string>> users_;
    std::set<common::TunnelEnds> static_;
};

} // namespace peers::pmip6
