#!/usr/bin/env python3
"""Protected signalling from outside: an anchor as a daemon with keys, what its capture shows with and without them,
and that no key is in anything but the configuration that it was given. ESP hides, AH (RFC 4302) only signs."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / "release" / "mobiconform"


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=300)


class WithKeys:
    """What holds for both: captures of a daemon whose signalling is protected, and the file with its keys."""
    HOW = CASE = ""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.directory.name) / "out"
        cls.done = run("run", cls.CASE, "--protect", cls.HOW, "--verbose",
                       "--sut", ROOT / "suites" / "sut" / "reference-lma.xml", "--out", cls.out)
        configured = list(cls.out.glob("*/lma/lma.xml"))
        cls.security = re.search(r'security="([^"]*)"', configured[0].read_text()).group(1) if configured else ""
        cls.captures = list(cls.out.glob("*/capture.pcapng"))
        cls.file = pathlib.Path(cls.directory.name) / "keys"
        cls.file.write_text(cls.security.replace("; ", "\n"))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def check(self, *arguments):
        done = run("check", self.captures[0], "--json", *arguments)
        return done, json.loads(done.stdout)

    def test_a_daemon_protects_what_it_says(self):
        self.assertEqual(self.done.returncode, 0, self.done.stdout + self.done.stderr)
        self.assertIn(f"sa {self.HOW} ", self.security)

    def test_with_keys_it_is_judged(self):
        done, report = self.check("--sa", self.file)
        self.assertNotIn("not decoded", done.stderr)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(report["sessions"])
        self.assertTrue(any(finding["requirement"].startswith("PMIP6-FMT") for finding in report["findings"]))

    def played_again(self, name, *arguments):
        """The capture of the recording that is played as it was recorded, with keys of its own."""
        out = pathlib.Path(self.directory.name) / name
        done = run("replay", self.captures[0], "--stage", "sim", "--json", "--out", out, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        game = json.loads(done.stdout)["replays"][0]
        self.assertEqual(game["deviations"] + game["violations"] + game["troubles"], [])
        self.assertGreater(game["recorded"], 1)
        self.assertEqual(game["same"], game["recorded"])
        return next(out.glob("*/capture.pcapng"))

    def test_a_protected_recording_is_played_again_protected(self):
        again = self.played_again("again", "--sa", self.file)
        self.assertIn("not decoded: not authentic", run("check", again, "--sa", self.file).stderr)
        shown = subprocess.run(["tshark", "-n", "-r", again, "-Y", "mipv6 or esp", "-T", "fields",
                                "-e", f"{self.HOW}.spi"], capture_output=True, text=True, check=True)
        spis = shown.stdout.splitlines()
        self.assertGreater(len(spis), 1)
        self.assertNotIn("", spis)

    def test_with_wrong_keys_it_stays_closed(self):
        wrong = pathlib.Path(self.directory.name) / "wrong"
        wrong.write_text(re.sub(r"(integrity \S+ )(..)", r"\g<1>00", self.file.read_text()))
        done, report = self.check("--sa", wrong)
        self.assertIn("not decoded: not authentic", done.stderr)
        self.assertEqual(report["sessions"], [])
        done = run("replay", self.captures[0], "--sa", wrong, "--stage", "sim")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("give the keys", done.stderr)

    def test_a_case_of_a_protected_recording_is_protected(self):
        file = pathlib.Path(self.directory.name) / "protected.xml"
        done = run("import", self.captures[0], "--sa", self.file, "--out", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'<setup node="lma" protect="{self.HOW}"/>', file.read_text())
        done = run("run", file, "--stage", "sim", "--out", pathlib.Path(self.directory.name) / "imported")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_bad_file_of_keys_is_wrong_input_and_quotes_none(self):
        bad = pathlib.Path(self.directory.name) / "bad"
        bad.write_text("sa esp ::1 ::2 spi 300 integrity hmac-sha1-96 c0ffee\nsomething c0ffee\n")
        done = run("check", self.captures[0], "--sa", bad)
        self.assertEqual(done.returncode, 2)
        self.assertIn("line 1: hmac-sha1-96 takes a key of 20 octets", done.stderr)
        self.assertIn("line 2", done.stderr)
        self.assertNotIn("c0ffee", done.stderr + done.stdout)

    def test_keys_are_in_no_report_log_or_capture(self):
        keys = re.findall(r"\b[0-9a-f]{32,}\b", self.security)
        self.assertTrue(keys)
        said = [self.done.stdout, self.done.stderr]
        for path in self.out.rglob("*"):
            if path.is_file() and path.name != "lma.xml":
                octets = path.read_bytes()
                said.append(octets.decode("latin-1"))
                for key in keys:
                    self.assertNotIn(bytes.fromhex(key), octets, path)
        for text in said:
            for key in keys:
                self.assertNotIn(key, text.lower())


class ByEsp(WithKeys, unittest.TestCase):
    HOW, CASE = "esp", "pmip6/security/one-association-for-all-nodes"

    def test_without_keys_the_trace_stays_closed_and_says_so(self):
        done, report = self.check()
        self.assertIn("protected, not decoded: no key", done.stderr)
        self.assertEqual(report["sessions"], [])

    def test_without_keys_there_is_nothing_to_replay(self):
        done = run("replay", self.captures[0], "--stage", "sim")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--sa FILE", done.stderr)

    def test_what_is_played_again_is_closed_too(self):
        again = self.played_again("closed", "--sa", self.file)
        self.assertIn("protected, not decoded: no key", run("check", again).stderr)


class ByAh(WithKeys, unittest.TestCase):
    HOW, CASE = "ah", "pmip6/registration/an-entry-each"

    def test_without_keys_it_can_be_read_and_replayed(self):
        done, report = self.check()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue(report["sessions"])
        self.assertIn("<ah ", run("decode", self.played_again("open")).stdout)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
