#!/usr/bin/env python3
"""Implementations that misbehave end within their limits, with the right exit code and their log in the report."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))
MISBEHAVES = ROOT / "tests" / "sut" / "misbehaves.py"


def profile(command, ready, within):
    return f"""<sut name="bad-lma" role="lma" profile="draft02">
  <start command="{command}" in="{within}" ready="{ready}" boot="{'30s' if within == 'guest' else '2s'}" memory="512M" stop="SIGTERM 1s SIGKILL"/>
  <limits rate="2000/s" quiet="50ms" parallel="4"/>
</sut>
"""


class Misbehaviour(unittest.TestCase):
    def play(self, command, ready, *arguments, within="namespace", most_seconds=25):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "bad.xml").write_text(profile(command, ready, within))
            start = time.monotonic()
            done = subprocess.run([BINARY, "run", "pmip6/*", "--role", "lma", "--sut", folder / "bad.xml", "--out",
                                   folder / "out", "--junit", folder / "junit.xml", *arguments],
                                  capture_output=True, text=True, timeout=most_seconds)
            self.assertLess(time.monotonic() - start, most_seconds)
            report = (folder / "junit.xml").read_text() if (folder / "junit.xml").exists() else ""
            return done.returncode, done.stdout + done.stderr, report

    def test_one_that_exits_at_once_never_became_ready(self):
        code, said, _ = self.play("sh -c 'echo no licence found; exit 7'", "probe")
        self.assertEqual(code, 3, said)
        self.assertIn("no licence found", said)

    def test_one_that_never_answers_the_probe_never_became_ready(self):
        code, said, _ = self.play(f"{MISBEHAVES} silent", "probe")
        self.assertEqual(code, 3, said)
        self.assertIn("up and silent", said)

    def test_one_that_says_it_is_ready_and_never_answers_fails_the_bootstrap(self):
        code, said, _ = self.play(f"{MISBEHAVES} silent", "log:up")
        self.assertEqual(code, 1, said)

    def test_one_that_answers_garbage_fails(self):
        code, said, report = self.play(f"{MISBEHAVES} garbage", "log:up")
        self.assertEqual(code, 1, said)
        self.assertIn("garbage for", said + report)

    def test_one_that_floods_fails(self):
        code, said, report = self.play(f"{MISBEHAVES} flood", "log:up")
        self.assertEqual(code, 1, said)
        self.assertIn("flooding", said + report)

    def test_one_that_dies_fails(self):
        code, said, report = self.play(f"{MISBEHAVES} dies", "log:up")
        self.assertEqual(code, 1, said)
        self.assertIn("dying of it", said + report)

    def test_one_that_ends_in_its_guest_tells_why(self):
        if not os.access("/usr/bin/linux.uml", os.X_OK):
            self.skipTest("no user-mode-linux")
        code, said, _ = self.play("sh -c 'echo no licence found; exit 7'", "probe", within="guest", most_seconds=60)
        self.assertEqual(code, 3, said)
        self.assertIn("no licence found", said)
        self.assertIn("its command has ended: exit 7", said)

    def test_a_command_that_does_not_exist_is_a_wrong_profile(self):
        code, said, _ = self.play("/nowhere/lmad --foreground", "probe")
        self.assertEqual(code, 2, said)
        self.assertIn("/nowhere/lmad", said)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
