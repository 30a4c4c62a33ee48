#!/usr/bin/env bash
# clang-tidy over every source of the release build, two at a time.
set -uo pipefail
cd "$(dirname "$0")/.."
git ls-files '*.cpp' | grep -vE '_(test|fuzz)\.cpp$|^benchmarks/' |
    xargs -P "$(nproc)" -n 4 clang-tidy -p build/release --quiet 2>/dev/null
