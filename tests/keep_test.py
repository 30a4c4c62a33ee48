#!/usr/bin/env python3
"""What --keep leaves up can be entered and works, for as long as the runner is there and no longer."""
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")).resolve()
SUITE = """<suite name="keep" spec="pmip6" section="3" sut="lma mag">
  <use templates="pmip6.xml" topology="domain"/>
  <case name="green" title="A node boots" cost="short">
    <says>It does.</says>
    <attach node="mn1" to="mag1"/>
    <expect from="mag1" to="lma" within="1s" for="mn1" as="first"><pbu/></expect>
  </case>
  <case name="red" title="A node boots at a gateway that it does not come to" cost="short">
    <says>It does not.</says>
    <attach node="mn1" to="mag1"/>
    <expect from="mag2" to="lma" within="300ms" for="mn1" by="mag1" proves="PMIP6-MAG-001"><pbu/></expect>
  </case>
</suite>
"""


class Keep(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.suite = pathlib.Path(self.folder.name) / "keep.xml"
        self.suite.write_text(SUITE)

    def tearDown(self):
        self.folder.cleanup()

    def command(self, *arguments):
        return [BINARY, "run", "--keep", "--out", f"{self.folder.name}/out", *arguments]

    def start(self, *arguments):
        """The runner, and what it says until it waits: node → words of the command that enters it."""
        runner = subprocess.Popen(self.command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(runner.stdout.close)
        self.addCleanup(runner.stdin.close)
        self.addCleanup(runner.kill)
        said, ways = [], {}
        for line in runner.stdout:
            said.append(line)
            if line.startswith("  nsenter "):
                words = shlex.split(line, comments=True)
                ways[line.split("# ")[1].strip()] = words[:-1]
            if line.startswith("Enter "):
                break
        self.assertTrue(ways, "".join(said))
        return runner, "".join(said), ways

    def gone(self, ways, seconds):
        """Nothing of it runs any more; one that nobody has waited for has no command line either."""
        line = pathlib.Path("/proc", next(iter(ways.values()))[2], "cmdline")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if not line.read_bytes():
                    return True
            except (FileNotFoundError, ProcessLookupError):
                return True
        return False

    def test_one_case_is_left_up_and_goes_on_working(self):
        runner, _, ways = self.start("pmip6/end-to-end/bootstrap")
        self.assertLessEqual({"mn1", "cn", "wire"}, ways.keys())
        address = subprocess.run([*ways["cn"], "ip", "-br", "-6", "address", "show", "scope", "global"],
                                 capture_output=True, text=True, check=True).stdout.split()[2].split("/")[0]
        # From the node through gateway, tunnel and anchor: machines in the process that was left up.
        ping = subprocess.run([*ways["mn1"], "ping", "-6", "-c", "1", "-W", "3", address], capture_output=True,
                              text=True, check=False)
        self.assertEqual(ping.returncode, 0, ping.stdout + ping.stderr)
        runner.stdin.write("\n")
        runner.stdin.flush()
        self.assertEqual(runner.wait(timeout=5), 0)
        self.assertTrue(self.gone(ways, 1))

    def test_of_several_cases_those_that_are_not_green_are_left_up(self):
        runner, said, ways = self.start(str(self.suite))
        self.assertIn("keep/red is still up", said)
        self.assertNotIn("keep/green is still up", said)
        runner.kill()
        self.assertTrue(self.gone(ways, 1))

    def test_nobody_who_could_enter_means_nobody_is_waited_for(self):
        done = subprocess.run(self.command("pmip6/end-to-end/bootstrap"), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_virtual_time_and_boxes_have_nothing_to_enter(self):
        done = subprocess.run(self.command("pmip6/end-to-end/bootstrap", "--stage", "sim"), capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--keep", done.stderr)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
