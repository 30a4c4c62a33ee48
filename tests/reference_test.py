#!/usr/bin/env python3
"""Our own LMA and MAG, run as foreign processes over the wire alone, get the verdicts that they get inside."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")


def verdicts(*arguments):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        done = subprocess.run([BINARY, "run", "pmip6/*", "--out", out, *arguments], capture_output=True, text=True,
                              timeout=180)
        events = [json.loads(line) for line in (out / "events.ndjson").read_text().splitlines()]
        results = [event["result"] for event in events if event["event"] == "case-ended"]
        return done.returncode, {one["id"]: one["verdict"] for one in results}, done.stdout[-3000:]


class Reference(unittest.TestCase):
    def compare(self, role):
        code, inside, said = verdicts("--role", role)
        self.assertEqual(code, 0, said)
        self.assertGreater(len(inside), 20)
        code, foreign, said = verdicts("--role", role, "--sut", ROOT / "suites" / "sut" / f"reference-{role}.xml")
        self.assertEqual(code, 0, said)
        self.assertEqual({case: (verdict, foreign.get(case)) for case, verdict in inside.items()
                          if foreign.get(case) != verdict}, {})

    def test_the_anchor(self):
        self.compare("lma")

    def test_the_gateway(self):
        self.compare("mag")


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
