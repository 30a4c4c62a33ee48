#pragma once

// The header of FreeRADIUS' library, which is C that is no C++: two of its names are keywords. What it
// includes of the standard library comes first, so that nothing else sees them renamed.
#include <climits>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <talloc.h>

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define virtual virtual_attribute
#define new replacement
extern "C" {
#include <freeradius/build.h>
#include <freeradius/libradius.h>
#include <freeradius/md5.h>
}
#undef new
#undef virtual
#ifdef __clang__
#pragma clang diagnostic pop
#endif
