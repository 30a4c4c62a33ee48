#!/usr/bin/env python3
"""`check` from the outside: captures that end anywhere, from files and pipes, in pieces and with several threads, and
the copy with comments. --truncations N: cuts of each foreign capture (default 8; 1000 in the long run)."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")
FOREIGN = sorted([*(ROOT / "captures" / "others").glob("*.pcap"), *(ROOT / "captures" / "malformed").glob("*.pcap")])
TRUNCATIONS = 8


def check(*arguments, **more):
    done = subprocess.run([BINARY, "check", "--json", *map(str, arguments)], capture_output=True, timeout=60, **more)
    return done.returncode, json.loads(done.stdout), done.stderr.decode(errors="replace")


def whole_records(octets):
    """How many packets of a pcap file are there to their last octet."""
    if len(octets) < 24:
        return 0
    order = "<" if octets[0] in (0xd4, 0x4d) else ">"
    at, count = 24, 0
    while at + 16 <= len(octets):
        at += 16 + struct.unpack_from(order + "I", octets, at + 8)[0]
        count += at <= len(octets)
    return count


def expected_code(packets, report):
    verdicts = [row["verdict"] for row in report["requirements"]]
    if packets == 0:
        return 2
    if "fail" in verdicts:
        return 1
    undecided = [one for one in report["findings"] if one["verdict"] == "inconclusive"]
    return 4 if "inconclusive" in verdicts or undecided or not report["captures"][0]["whole"] else 0


def without_name(report):
    return json.loads(json.dumps(report).replace(report["captures"][0]["capture"], "x"))


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def cut(self, octets, size, name):
        file = self.folder / name
        file.write_bytes(octets[:size])
        code, report, told = check(file, "--profile", "rfc5213")
        file.unlink()
        there = whole_records(octets[:size])
        with self.subTest(capture=name, size=size):
            self.assertEqual(report["packets"], there)
            self.assertEqual(code, expected_code(there, report), told)
            # That traffic has no registration in it says nothing about the file, which may end between two packets.
            of_file = [line for line in told.splitlines() if "not one packet could be read" not in line
                       and not line.endswith("no registration of their prefixes is in it")]
            self.assertEqual(report["captures"][0]["whole"], not of_file, told)

    def test_a_capture_that_ends_anywhere_is_judged_up_to_there(self):
        self.assertGreater(len(FOREIGN), 20)
        dice = random.Random(6)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            games = []
            for capture in FOREIGN:
                octets = capture.read_bytes()
                places = range(len(octets)) if len(octets) <= TRUNCATIONS else dice.sample(range(len(octets)), TRUNCATIONS)
                games += [pool.submit(self.cut, octets, size, f"{capture.stem}-{size}.pcap") for size in places]
            for game in games:
                game.result()
        print(f"{len(games)} cuts of {len(FOREIGN)} captures")

    def test_files_pipes_pieces_and_threads_give_the_same(self):
        for capture in [*FOREIGN, *(ROOT / "captures" / "golden").glob("*.pcap")]:
            expected = check(capture)
            for threads in ("2", "3"):
                self.assertEqual(check(capture, "--jobs", threads), expected, capture)
            with capture.open("rb") as file:
                code, report, _ = check("-", stdin=file)
            self.assertEqual((code, without_name(report)), (expected[0], without_name(expected[1])), capture)
            octets = capture.read_bytes()
            piped = subprocess.Popen([BINARY, "check", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, bufsize=0)
            for at in range(0, len(octets), 97):
                piped.stdin.write(octets[at:at + 97])
            out, _ = piped.communicate()
            self.assertEqual(without_name(json.loads(out)), without_name(expected[1]), capture)

    def test_the_copy_bears_a_comment_on_each_guilty_packet(self):
        capture = ROOT / "captures" / "others" / "foreign-lma-mag-core.pcap"
        copy = self.folder / "copy.pcapng"
        code, report, _ = check(capture, "--profile", "rfc5213", "--annotate", copy)
        self.assertEqual(code, 1)
        guilty = {}
        for one in report["findings"]:
            if one["verdict"] != "pass" and one["packet"]:
                guilty.setdefault(one["packet"], set()).add(one["requirement"])
        self.assertGreater(len(guilty), 1)
        shown = subprocess.run(["tshark", "-n", "-r", copy, "-T", "fields", "-e", "frame.number", "-e", "frame.comment"],
                               capture_output=True, text=True, check=True).stdout.splitlines()
        rows = [line.partition("\t")[::2] for line in shown]
        self.assertEqual(len(rows), report["packets"])
        self.assertEqual({int(number) for number, comment in rows if comment.strip()}, set(guilty))
        for number, comment in rows:
            for requirement in guilty.get(int(number), ()):
                self.assertIn(requirement, comment)
        again = check(copy, "--profile", "rfc5213")
        self.assertEqual(without_name(again[1])["findings"], without_name(report)["findings"])

    def test_what_cannot_be_copied_is_said(self):
        capture = FOREIGN[0]
        for arguments in ([capture, FOREIGN[1], "--annotate", self.folder / "x"], ["-", "--annotate", self.folder / "x"]):
            done = subprocess.run([BINARY, "check", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"--annotate copies one capture", done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--truncations", type=int, default=TRUNCATIONS)
    TRUNCATIONS = parser.parse_args().truncations
    program = unittest.main(argv=sys.argv[:1], verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
