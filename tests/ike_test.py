#!/usr/bin/env python3
"""What two charons negotiate opens with `check --sa`: without the keys nobody knows what was inside, with them every
update is there, and none of the keys is in anything that a run reports."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))
CASE = "pmip6/kernel-ipsec/ike"
STATE = re.compile(r"src (\S+) dst (\S+)\s+proto esp spi (\S+) .*?auth-trunc hmac\(sha256\) 0x(\w+) 128\s+"
                   r"enc cbc\(aes\) 0x(\w+)", re.S)


def run(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=150, check=False)


class NegotiatedKeys(unittest.TestCase):
    def test_open_what_they_protect(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            played = run("run", CASE, "--out", folder / "out", "--junit", folder / "junit.xml")
            if "1 unsupported" in played.stdout:
                self.skipTest("no guest, or no strongSwan")
            self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
            directory = next((folder / "out").glob("*.ike"))
            associations = STATE.findall((directory / "west" / "xfrm-state").read_text())
            self.assertEqual(len(associations), 2)
            lines = [f"sa esp {source} {destination} spi {spi} cipher aes-cbc {cipher} "
                     f"integrity hmac-sha2-256-128 {integrity}\n"
                     for source, destination, spi, integrity, cipher in associations]
            (folder / "keys").write_text("".join(lines))
            capture = directory / "capture.pcapng"
            closed = json.loads(run("check", "--json", capture).stdout)
            opened = json.loads(run("check", "--json", "--sa", folder / "keys", capture).stdout)
            self.assertGreaterEqual(opened["messages"] - closed["messages"], 2)
            reported = [*(folder / "out").glob("*.*"), *directory.glob("*.*"), folder / "junit.xml"]
            for file in reported:
                if file.is_file():
                    for _, _, _, integrity, cipher in associations:
                        self.assertNotIn(integrity.encode(), file.read_bytes(), file.name)
                        self.assertNotIn(cipher.encode(), file.read_bytes(), file.name)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    skipped = len(program.result.skipped)
    print(f"{program.result.testsRun - bad - skipped} passed, {bad} failed, {skipped} skipped")
    sys.exit(bool(bad))
