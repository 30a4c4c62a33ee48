#!/usr/bin/env bash
# clang-tidy over the release build: its libraries are compiled in a few large pieces, so that headers are read once
# for many sources. Sources count as headers of their piece: HeaderFilterRegex in .clang-tidy names them.
set -uo pipefail
cd "$(dirname "$0")/.."
grep -oE '"file": "[^"]+"' build/release/compile_commands.json | cut -d'"' -f4 | grep -v /benchmarks/ |
    xargs -P "$(nproc)" -n 1 clang-tidy -p build/release --quiet 2>/dev/null
