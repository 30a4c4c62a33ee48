#!/usr/bin/env python3
"""Prefix delegation between other people's software, through our gateway: a table of server x client x procedure.

  delegation_table.py [--binary build/release/mobiconform] [--out DIR] [--from DIR]

Plays pmip6-nemo/interoperation with every delegating router and every requesting router that this host has (packages
kea-dhcp6-server isc-dhcp-server dibbler-server, isc-dhcp-client wide-dhcpv6-client dibbler-client), or takes a run
that was made (--from), and prints for each pair what came of each procedure. What differs is explained below the
table with the packet that shows it. Exit codes: 0 all green, 1 otherwise, 77 where there is nothing to play.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASE = re.compile(r"delegation\[server=([^,]*),serves=[^,]*,client=([^,]*),asks=")

# A procedure, and the requirement whose finding says what came of it.
PROCEDURES = [("hint", "PNEMO-MAG-013"), ("reply", "PNEMO-MAG-208"), ("traffic", "PNEMO-MAG-019"),
              ("renew", "PNEMO-MAG-015"), ("handover", "PNEMO-LMA-036"), ("traffic after it", "PNEMO-MAG-046")]


def results(folder):
    for line in (pathlib.Path(folder) / "events.ndjson").read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "case-ended" and (found := CASE.search(event["result"]["id"])):
            yield found.group(1), found.group(2), event["result"]


def verdict(result, requirement):
    found = [one["verdict"] for one in result["findings"] if one.get("requirement") == requirement]
    if not found:
        return "-"
    return next((one for one in ("error", "fail", "inconclusive", "deviation") if one in found), "pass")


def ending(result):
    for one in result["findings"]:
        if one["verdict"] == "observed" and any(word in json.dumps(one) for word in ("released", "kept")):
            return "released" if "released" in json.dumps(one) else "kept"
    return "-"


def explanation(one):
    lines = [f"  {one.get('requirement') or one['step']}: {one['sentence']}"]
    lines += [f"    {d['path']}: expected {d['expected']}, was {d['actual']}" for d in one.get("differences", [])]
    if one.get("packet_text"):
        lines.append(f"    #{one.get('packet')} {one['packet_text']}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/mobiconform"))
    parser.add_argument("--out")
    parser.add_argument("--from", dest="made")
    options = parser.parse_args()
    folder = options.made or options.out or tempfile.mkdtemp()
    if not options.made:
        subprocess.run([options.binary, "run", "pmip6-nemo/interoperation*", "--cost", "long", "--jobs", "9", "--out", folder],
                       stdout=subprocess.DEVNULL, check=False)
    played = sorted(results(folder), key=lambda row: row[:2])
    if not played:
        print("nothing was played")
        return 77
    columns = [name for name, _ in PROCEDURES] + ["at its end"]
    rows = [["server", "client"] + columns]
    explained = []
    for server, client, result in played:
        if result["verdict"] == "unsupported":
            rows.append([server, client] + ["not here"] * len(columns))
            continue
        rows.append([server, client] + [verdict(result, id_) for _, id_ in PROCEDURES] + [ending(result)])
        wrong = [one for one in result["findings"] if one["verdict"] in ("fail", "error", "inconclusive", "deviation")]
        if result["reason"] or wrong:
            explained.append(f"{server} x {client}: {result['verdict']} {result['reason']}".rstrip())
            for one in wrong:
                explained += explanation(one)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print("\n".join(explained))
    red = [row for row in played if row[2]["verdict"] in ("fail", "error", "inconclusive")]
    print(f"{len(played) - len(red)} passed, {len(red)} failed")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
