#!/usr/bin/env python3
"""What the passive rules found while cases were played, they find in the captures alone.
    tests/offline.py RUN…       directories of runs that kept their captures
    tests/offline.py --mutants  plays faulty peers: each that breaks a passive rule is convicted by its captures alone"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")
TEXTS = [file.read_text() for file in sorted((ROOT / "suites" / "rules").glob("*.xml"))]
RULES = {name: set(proves.split()) for text in TEXTS
         for name, proves in re.findall(r'<rule name="([^"]+)" proves="([^"]+)"', text)}
# They hold as well for traffic that is passed over, and where nothing of the kind is in it.
OF_ANYTHING = {name for text in TEXTS for name in re.findall(r'<rule name="([^"]+)"[^>]*>\s*<on><any', text)}
# Whoever has no keys cannot tell.
WITH_KEYS = {"nm-update-authenticator", "nm-answer-authenticator"}
# Every kind of message that a rule is about, of both sides.
FOR_MUTANTS = {
    "draft02": ["pmip6/formats/*", "pmip6/mag-formats/*", "pmip6/registration/*", "pmip6/mag-signalling/*"],
    "nemo-pd": ["nemo/*"],
    "netmip6": ["netmip6/*"],
    "pmip6-nemo": ["pmip6-nemo/*"],
}


def call(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=3600)


def told(findings, case):
    """What a passive rule has found wrong: requirement, verdict, packet and rule."""
    return {(case, one["requirement"], one["verdict"], one["packet"], one["rule"]) for one in findings
            if one["rule"] in RULES and one["verdict"] != "pass"}


def checked(directory, name=lambda capture: capture.parent.name):
    """Findings by case of all captures below, and the cases in which something is hidden by protection."""
    findings, hidden = collections.defaultdict(list), set()
    report = json.loads(call("check", directory, "--json").stdout)
    for finding in report["findings"]:
        findings[name(pathlib.Path(finding["capture"]))].append(finding)
    for capture in report["captures"]:
        if any("protected, not decoded" in trouble for trouble in capture["troubles"]):
            hidden.add(name(pathlib.Path(capture["capture"])))
    return findings, hidden


def live(run):
    """Findings by directory of the case."""
    out = {}
    for line in (run / "events.ndjson").read_text().splitlines():
        event = json.loads(line)
        if event["event"] == "case-ended" and event["result"]["directory"]:
            out[event["result"]["directory"]] = [
                {**one, "rule": one["step"].removeprefix("rule ") if one["step"].startswith("rule ") else ""}
                for one in event["result"]["findings"]]
    return out


def compare(run):
    """What is not as it should be, in lines."""
    cases, (alone, hidden) = live(run), checked(run)
    wrong, held = [], 0
    for case, findings in cases.items():
        offline = alone.get(case, [])
        now, then = told(offline, case), told(findings, case)
        wrong += [f"only offline: {one}" for one in now - then]
        if case in hidden:  # and what is hidden cannot be judged
            continue
        wrong += [f"only live: {one}" for one in then - now]
        kept = {one["rule"] for one in findings if one["verdict"] == "pass"} & set(RULES) - OF_ANYTHING
        held += len(kept)
        wrong += [f"held only live: {case} {rule}"
                  for rule in kept - {one["rule"] for one in offline if one["verdict"] == "pass"}]
    # Our peers converse as they should, whatever the tester tells them.
    wrong += [f"conversation: {case} {one['packet']} {one['requirement']} {one['message']}"
              for case, findings in alone.items() for one in findings
              if one["rule"] not in RULES and one["verdict"] in ("fail", "deviation")]
    if held < len(cases):
        wrong.append(f"{run}: {len(cases)} cases, and only {held} rules held in them")
    print(f"{run}: {len(cases)} cases, {held} rules held, {sum(len(told(f, c)) for c, f in cases.items())} broken, "
          f"{len(hidden)} cases hidden by protection")
    return wrong


def found_live(mutant, profile, cases):
    """What passive rules find of it while it is played; a requirement may be broken in ways that only steps notice."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        call("run", *cases, "--stage", "sim", "--mutant", mutant, "--out", out)
        return {one["rule"] for findings in live(out).values() for one in findings
                if one["rule"] in set(RULES) - WITH_KEYS and one["verdict"] in ("fail", "deviation")}


def mutants():
    proven, wrong = set().union(*RULES.values()), []
    for profile, cases in FOR_MUTANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            matrix = json.loads(call("mutants", *cases, "--profile", profile, "--out", out, "--json").stdout)
            findings, _ = checked(out, lambda capture: capture.parent.parent.name)
        convicted = {one: {finding["requirement"] for finding in found
                           if finding["rule"] in RULES and finding["verdict"] in ("fail", "deviation")}
                     for one, found in findings.items()}
        guilty = [one for one in matrix["mutants"] if one["killed_by"] and set(one["violates"]) & proven]
        free = [one["id"] for one in guilty
                if not convicted.get(re.sub(r"[/:]", ".", one["id"]), set()) & set(one["violates"])]
        missed = [one for one in free if found_live(one, profile, cases)]
        print(f"{profile}: {len(guilty) - len(free)} mutants convicted by their captures, {len(free) - len(missed)} break "
              f"no passive rule, {len(missed)} missed")
        wrong += [f"not convicted: {one}" for one in missed]
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=pathlib.Path)
    parser.add_argument("--mutants", action="store_true")
    asked = parser.parse_args()
    checks = [lambda run=run: compare(run) for run in asked.runs] + [mutants] * asked.mutants
    failed = 0
    for one in checks:
        wrong = one()
        failed += bool(wrong)
        print(*wrong[:40], sep="\n", end="\n" if wrong else "")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
