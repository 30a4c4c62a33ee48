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
WITH_KEYS = {name for text in TEXTS
             for name, rule in re.findall(r'<rule name="([^"]+)"(.*?)</rule>', text, re.S)
             if 'in="authentication/authenticator"' in rule}
BROKEN = ("fail", "deviation")
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
            if one["rule"] in RULES and one["verdict"] not in ("pass", "inconclusive")}


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
        kept = {one["rule"] for one in findings if one["verdict"] == "pass"} & set(RULES) - OF_ANYTHING - WITH_KEYS
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
    """The rules that it breaks while it is played."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        call("run", *cases, "--profile", profile, "--stage", "sim", "--mutant", mutant, "--out", out)
        return {one["rule"] for findings in live(out).values() for one in findings
                if one["rule"] in RULES and one["verdict"] in BROKEN}


def reason(rules, found):
    """Why captures convict nobody, as the rules that prove what is violated say it of these captures."""
    said = {rule: {one["verdict"] for one in found if one["rule"] == rule} for rule in rules}
    is_said = lambda verdict: [rule for rule, verdicts in said.items() if verdict in verdicts]
    if is_said("observed"):
        return "what is broken is a MAY, which is noted and convicts nobody", is_said("observed")
    if is_said("inconclusive"):
        return "whoever has no keys cannot tell", is_said("inconclusive")
    if is_said("pass"):
        return "each of its packets keeps the rules, which say nothing of how it is wrong", is_said("pass")
    return "it sends no packet that the rules are about", sorted(said)


def mutants():
    """Each mutant that a passive rule convicts while it plays is convicted by its captures."""
    proven, wrong = set().union(*RULES.values()), []
    convicted, free = 0, collections.defaultdict(list)
    for profile, cases in FOR_MUTANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            matrix = json.loads(call("mutants", *cases, "--profile", profile, "--out", out, "--json").stdout)
            findings, _ = checked(out, lambda capture: capture.parent.parent.name)
        for mutant in matrix["mutants"]:
            violates = set(mutant["violates"]) & proven
            if not mutant["killed_by"] or not violates:
                continue
            found = findings.get(re.sub(r"[/:]", ".", mutant["id"]), [])
            if any(one["requirement"] in violates and one["rule"] in RULES and one["verdict"] in BROKEN for one in found):
                convicted += 1
                continue
            alone = {one["rule"] for one in found if one["verdict"] in BROKEN} | WITH_KEYS
            missed = found_live(mutant["id"], profile, cases) - alone
            if missed:
                wrong.append(f"not convicted: {mutant['id']}, which breaks {' '.join(sorted(missed))} while it plays")
                continue
            rules = [rule for rule, proves in RULES.items() if proves & violates]
            why, which = reason(rules, found)
            free[why].append(f"{mutant['id']} ({' '.join(which)})")
    print(f"{convicted + len(wrong)} mutants violate a passive rule in their captures, {convicted} convicted; "
          f"{sum(map(len, free.values()))} do not:")
    for why, whom in free.items():
        print(f"  {why}: {len(whom)}", *whom, sep="\n    ")
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
