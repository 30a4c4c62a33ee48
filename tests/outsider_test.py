#!/usr/bin/env python3
"""An anchor and a gateway of another house, right and with twenty faults: the right ones pass, every fault is convicted."""
import concurrent.futures
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))
PEERS = ROOT / "tests" / "outsider"
GRAVE = ("fail", "deviation", "error", "inconclusive")


def profile(role, fault, folder):
    """The profile of the outsider, with its places written out and its fault on the command line."""
    text = (PEERS / f"{role}.xml").read_text()
    command = f"{PEERS}/{role}.py {{config}}" + (f" --fault {fault}" if fault else "")
    text = text.replace(f"./{role}.py {{config}}", command).replace('template="', f'template="{PEERS}/')
    path = folder / f"{fault or role}.xml"
    path.write_text(text)
    return path


def play(role, fault, folder, *arguments):
    """The exit code, what was said, and the cases with their grave findings."""
    out = folder / (fault or role)
    done = subprocess.run([BINARY, "run", "--role", role, "--sut", profile(role, fault, folder), "--out", out, *arguments],
                          capture_output=True, text=True, timeout=600)
    cases = []
    if (out / "events.ndjson").exists():
        events = map(json.loads, (out / "events.ndjson").read_text().splitlines())
        cases = [event["result"] for event in events if event["event"] == "case-ended"]
    return done.returncode, done.stdout + done.stderr, cases


def findings(cases):
    return [(case["id"], finding["verdict"].lower(), finding["requirement"]) for case in cases
            for finding in case["findings"] if finding["verdict"].lower() in GRAVE]


def judge_right_one(role, folder):
    code, said, cases = play(role, None, folder)
    against = findings(cases)
    green = not against and len(cases) > 50
    return green, f"{role}: {len(cases)} cases, exit {code}, against it: {against}", "" if green else said


def judge_fault(row, folder):
    role, fault, requirement = row["role"], row["name"], row["requirement"]
    # What passive rules see, they see in any case: formats play the whole role.
    selection = [] if row["class"] == "formats" else ["--requirement", requirement]
    code, said, cases = play(role, fault, folder, *selection)
    found = findings(cases)
    convicted = any(verdict in ("fail", "deviation") and id_ == requirement for _, verdict, id_ in found)
    others = sorted({id_ for _, _, id_ in found} - {requirement})
    return convicted, f"{role} --fault {fault}: {requirement} {'found' if convicted else 'NOT FOUND'}, exit {code}, " \
                      f"{len(cases)} cases, further ids: {' '.join(map(str, others)) or 'none'}", "" if convicted else said


def main():
    with open(PEERS / "faults.tsv", encoding="utf-8") as table:
        faults = list(csv.DictReader(table, delimiter="\t"))
    bad = 0
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(3) as pool:
        folder = pathlib.Path(name)
        jobs = [pool.submit(judge_right_one, role, folder) for role in ("lma", "mag")]
        jobs += [pool.submit(judge_fault, row, folder) for row in faults]
        for job in jobs:
            good, line, said = job.result()
            bad += not good
            print(line if good else f"FAILED {line}\n{said}", flush=True)
    print(f"{len(jobs) - bad} passed, {bad} failed")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
