#!/usr/bin/env python3
"""How fast is `mobiconform check`? Wall time and memory on a generated capture, as ratios against
`tcpdump -r FILE -w /dev/null` in the same run, beside a bare libpcap loop and tshark.
    benchmarks/check.py [PACKETS] [--rounds N] [--tshark N] [--kept FILE] [--build DIR]
The mix is that of gen_capture.cpp: about 40 % updates and answers, 45 % tunnelled data, 10 % neighbour discovery,
5 % relayed DHCPv6; one mobile node for 40 packets. A ratio is the median over the rounds of one round's wall time by
that round's tcpdump; the best one is shown too, for hosts that others use at the same time."""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = "tcpdump -w /dev/null"
FIELDS = ["frame.number", "ipv6.src", "ipv6.dst", "mip6.mhtype", "mip6.bu.seqnr", "mip6.ba.seqnr", "mip6.ba.status",
          "mip6.bu.lifetime", "mip6.ba.lifetime", "mip6.mnid.identifier"]


def timed(command):
    """Wall seconds and peak resident MiB of one child."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1, 4):
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return took, usage.ru_maxrss / 1024


def known_fields():
    listed = subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True, check=True).stdout
    known = {line.split("\t")[2] for line in listed.splitlines() if line.startswith("F\t")}
    return [field for field in FIELDS if field in known]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packets", nargs="?", default="1000000")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tshark", type=int, default=1, help="rounds in which tshark takes part")
    parser.add_argument("--kept", help="a capture to read; made if it is not there")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        capture = asked.kept or f"{folder}/mix.pcap"
        if not os.path.exists(capture):
            subprocess.run([asked.build / "benchmarks" / "gen_capture", capture, asked.packets], check=True)
        check = (asked.build / "mobiconform", "check", "--profile", "rfc5213", capture)
        rivals = {COPY: ("tcpdump", "-r", capture, "-w", "/dev/null")}
        if (asked.build / "benchmarks" / "pcap_loop").exists():
            rivals["libpcap loop"] = (asked.build / "benchmarks" / "pcap_loop", capture)
        rivals["check"] = check
        rivals["check --jobs 2"] = check + ("--jobs", "2")
        results = {name: [] for name in rivals}
        for _ in range(asked.rounds):
            for name, command in rivals.items():
                results[name].append(timed(command))
        if asked.tshark:
            fields = [part for field in known_fields() for part in ("-e", field)]
            command = ("tshark", "-n", "-r", capture, "-Y", "mipv6", "-T", "fields", *fields)
            results["tshark -Y mipv6 -T fields"] = [timed(command) for _ in range(asked.tshark)]
    copy = [wall for wall, _ in results[COPY]]
    print(f"{asked.packets} packets, {asked.rounds} interleaved rounds")
    print(f"{'':28} {'median':>9} {'best':>9} {'memory':>11}   of tcpdump: median, best")
    for name, runs in results.items():
        walls = [wall for wall, _ in runs]
        if len(runs) == len(copy):
            ratios = [one / base for one, base in zip(walls, copy)]
        else:
            ratios = [wall / statistics.median(copy) for wall in walls]
        print(f"{name:28} {statistics.median(walls):7.3f} s {min(walls):7.3f} s {max(rss for _, rss in runs):7.1f} MiB"
              f"   x {statistics.median(ratios):.2f}  x {min(walls) / min(copy):.2f}")
    if asked.tshark:
        shark = min(wall for wall, _ in results["tshark -Y mipv6 -T fields"])
        print(f"check is {shark / min(wall for wall, _ in results['check']):.0f} times as fast as tshark")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
