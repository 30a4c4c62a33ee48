#pragma once

#include "harness/stage/lab/sandbox.h"

#include <gtest/gtest.h>

#include <system_error>

namespace stage::lab {

/// Plays the body of a test inside a sandbox; its assertions count for the test outside. A host that forbids
/// sandboxes fails the test with the sentence that says so.
template <class Body>
void in_sandbox(Body body) {
    try {
        const int status = run_in_sandbox([&] {
            body();
            return testing::Test::HasFailure() ? 1 : 0;
        });
        EXPECT_EQ(status, 0) << "inside the sandbox";
    } catch (const std::system_error& refused) {
        ADD_FAILURE() << "this host makes no sandboxes: " << refused.what();
    }
}

} // namespace stage::lab
