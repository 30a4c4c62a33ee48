#!/usr/bin/env python3
"""DHCPv6 of the suite pmip6-nemo, as its captures have it, decodes in tshark as it does here: every field of every
message, and of messages in relay envelopes. The captures are those of our own machines in virtual time."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("MOBICONFORM_BUILD", ROOT / "build/release"))
SUITES = ["pmip6-nemo/relay*", "pmip6-nemo/delegating-router*", "pmip6-nemo/mobile-router*", "pmip6-nemo/system*"]


class Delegation(unittest.TestCase):
    def test_everything_on_dhcpv6_decodes_as_in_tshark(self):
        decoder = next((one for one in (BUILD / "harness/wire/wire_json", ROOT / "build/asan/harness/wire/wire_json")
                        if one.exists()), None)
        if not decoder or not shutil.which("tshark") or not shutil.which("mergecap"):
            self.skipTest("no tshark, or wire_json is not built")
        with tempfile.TemporaryDirectory() as folder:
            played = subprocess.run([BUILD / "mobiconform", "run", *SUITES, "--stage", "sim", "--out", folder],
                                    capture_output=True, text=True)
            self.assertEqual(played.returncode, 0, played.stdout[-2000:])
            captures = sorted(pathlib.Path(folder).glob("**/capture.pcapng"))
            self.assertGreater(len(captures), 50)
            compared = subprocess.run([sys.executable, ROOT / "tests/tshark_compare.py", "--decoder", decoder, "--profile",
                                       "pmip6-nemo", "--dhcpv6", *captures], capture_output=True, text=True)
            self.assertEqual(compared.returncode, 0, compared.stdout[-4000:] + compared.stderr[-2000:])
            self.assertIn(" 0 differences", compared.stdout)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    skipped = len(result.skipped)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(not result.wasSuccessful())
