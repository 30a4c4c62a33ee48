#!/usr/bin/env python3
"""How fast is `mobiconform check`? Wall time and memory on a generated capture, as ratios against
`tcpdump -r FILE -w /dev/null` in the same run.   benchmarks/check.py [PACKETS] [ROUNDS]"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"


def timed(*command):
    """Wall seconds and peak resident MiB of one child."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    packets = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as folder:
        capture = f"{folder}/mix.pcap"
        subprocess.run([BUILD / "benchmarks" / "gen_capture", capture, packets], check=True)
        rivals = {
            "tcpdump -w /dev/null": ("tcpdump", "-r", capture, "-w", "/dev/null"),
            "mobiconform check": (BUILD / "mobiconform", "check", "--profile", "rfc5213", capture),
        }
        results = {name: [] for name in rivals}
        for _ in range(rounds):
            for name, command in rivals.items():
                results[name].append(timed(*command))
    copy = [wall for wall, _ in results["tcpdump -w /dev/null"]]
    print(f"{packets} packets, median of {rounds} interleaved rounds")
    for name, runs in results.items():
        walls = [wall for wall, _ in runs]
        ratio = statistics.median(one / base for one, base in zip(walls, copy))
        print(f"{name:24} {statistics.median(walls):7.3f} s  {max(rss for _, rss in runs):7.1f} MiB  x {ratio:.2f}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
