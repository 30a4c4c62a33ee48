#pragma once

#include "peers/common/settings.h"

namespace peers::pmip6 {

using common::lifetime_units;
using common::SettingsReader;

} // namespace peers::pmip6
