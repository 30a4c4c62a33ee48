#!/usr/bin/env python3
"""Faults of fourteen kinds, made at known packets of a generated capture: each is told under the requirement that it
breaks and at its packet, what follows from it is marked as its consequence, and nothing else is found."""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
BINARY = os.environ.get("MOBICONFORM", BUILD / "mobiconform")

# From the text of the requirements, not from what was found.
PRIMARY = {
    "checksum": "PMIP6-MH-002",
    "answer-checksum": "PMIP6-MH-002",
    "payload-proto": "PMIP6-MH-003",
    "reserved": "PMIP6-FMT-004",
    "answer-reserved": "PMIP6-FMT-011",
    "prefix-reserved": "PMIP6-FMT-023",
    "padding": "PMIP6-FMT-070",
    "acknowledge": "PMIP6-FMT-006",
    "sequence": "PMIP6-LMA-083",
    "lifetime": "PMIP6-LMA-150",
    "stamp": "PMIP6-LMA-111",
    "early": "PMIP6-MAG-122",
    "same-sequence": "PMIP6-MAG-124",
    "stray": "PMIP6-MAG-154",
}


class Faults(unittest.TestCase):
    def check(self, *arguments):
        done = subprocess.run([BINARY, "check", "--profile", "rfc5213", "--json", *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, json.loads(done.stdout)

    def test_each_fault_is_found_at_its_packet_and_nothing_else_is(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "faulty.pcap"
            subprocess.run([BUILD / "benchmarks" / "gen_capture", capture, "60000", "mix", "0", "7", "12000"],
                           check=True, capture_output=True)
            made = {}
            for line in pathlib.Path(f"{capture}.faults").read_text().splitlines():
                kind, packet = line.split()
                made[int(packet)] = kind
            self.assertEqual(set(made.values()), set(PRIMARY))
            # no more than are told of one rule and node
            self.assertLessEqual(max(collections.Counter(made.values()).values()), 5)
            code, report = self.check(capture)
            self.assertEqual(code, 1)
            found = collections.defaultdict(set)
            for finding in report["findings"]:
                if finding["verdict"] == "pass":
                    continue
                if "consequence_of" in finding:
                    self.assertIn(finding["consequence_of"], made, finding)
                    continue
                self.assertIn(finding["packet"], made, finding)
                found[finding["packet"]].add(finding["requirement"])
            for packet, kind in made.items():
                self.assertEqual(found[packet], {PRIMARY[kind]}, f"{kind} in packet {packet}")
            for more in (["--jobs", "2"], ["--jobs", "5"]):
                self.assertEqual(self.check(capture, *more), (code, report), more)
            with capture.open("rb") as file:
                piped = subprocess.run([BINARY, "check", "--profile", "rfc5213", "--json", "-"],
                                       stdin=file, capture_output=True, timeout=120)
            told = json.loads(piped.stdout)
            self.assertEqual([{**one, "capture": ""} for one in told["findings"]],
                             [{**one, "capture": ""} for one in report["findings"]])

    def test_a_capture_without_faults_has_no_finding(self):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "sound.pcap"
            subprocess.run([BUILD / "benchmarks" / "gen_capture", capture, "60000"], check=True, capture_output=True)
            code, report = self.check(capture)
            self.assertEqual([one for one in report["findings"] if one["verdict"] != "pass"], [])
            self.assertEqual(code, 0)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
