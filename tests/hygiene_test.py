#!/usr/bin/env python3
"""What a run leaves behind, however it ends: no process, no namespace, no file outside its directory."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))


def processes():
    """pid → command line of every process that can be seen."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = (entry / "cmdline").read_bytes()
            except OSError:
                continue
    return found


def network_namespaces():
    found = set()
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.add(os.readlink(entry / "ns" / "net"))
            except OSError:
                continue
    return found


def interfaces():
    return set(os.listdir("/sys/class/net"))


def of_this_run(out):
    """Processes that carry the output directory of the run in their command line, whoever is their parent."""
    marker = str(out).encode()
    return [pid for pid, line in processes().items() if marker in line and pid != os.getpid()]


class Hygiene(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name) / "out"

    def tearDown(self):
        self.folder.cleanup()

    def start(self, *arguments):
        return subprocess.Popen([BINARY, "run", "--out", self.out, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def await_condition(self, condition, seconds):
        """True as soon as the condition holds; the pause between looks is a wait on nothing with a time."""
        end = time.monotonic() + seconds
        waiter = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
        try:
            while time.monotonic() < end:
                if condition():
                    return True
                try:
                    waiter.wait(timeout=0.02)
                except subprocess.TimeoutExpired:
                    pass
            return condition()
        finally:
            waiter.communicate()

    def test_kill_9_leaves_nothing_within_a_second(self):
        before_namespaces, before_interfaces = network_namespaces(), interfaces()
        run = self.start("pmip6/*")
        self.assertTrue(self.await_condition(lambda: len(of_this_run(self.out)) > 3, 10), "the run has not begun")
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        self.assertTrue(self.await_condition(lambda: not of_this_run(self.out), 1.0), of_this_run(self.out))
        self.assertTrue(self.await_condition(lambda: network_namespaces() <= before_namespaces, 1.0))
        self.assertEqual(interfaces(), before_interfaces)

    def test_the_runner_may_be_stopped_at_any_place(self):
        """SIGSTOP for 3 s at a random place: no case fails. Four at a time, twenty in all; each plays a part, and
        every part is stopped four times."""
        dice = random.Random(4711)
        stopped = 0
        for part in range(1, 6):
            runs = []
            for _ in range(4):
                out = self.out.parent / f"stop-{dice.random()}"
                run = subprocess.Popen([BINARY, "run", "pmip6/*", "--cost", "short", "--shard", f"{part}/5",
                                        "--jobs", "4", "--out", out],
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                runs.append((run, time.monotonic() + dice.uniform(0.05, 2.0)))
            resumes = []
            for run, when in sorted(runs, key=lambda pair: pair[1]):
                try:
                    run.wait(timeout=max(0.0, when - time.monotonic()))
                except subprocess.TimeoutExpired:
                    run.send_signal(signal.SIGSTOP)
                    resumes.append((run, time.monotonic() + 3))
            stopped += len(resumes)
            for run, when in resumes:
                self.await_condition(lambda when=when: time.monotonic() >= when, 4)
                run.send_signal(signal.SIGCONT)
            for run, _ in runs:
                said, _ = run.communicate(timeout=120)
                self.assertEqual(run.returncode, 0, said[-3000:])
        self.assertEqual(stopped, 20, "some ended before they could be stopped")

    def test_two_runs_at_once_do_not_notice_each_other(self):
        first = self.start("pmip6/*", "--cost", "short")
        other = subprocess.Popen([BINARY, "run", "pmip6/*", "--cost", "short", "--out", self.out.parent / "other"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for run in (first, other):
            said, _ = run.communicate(timeout=120)
            self.assertEqual(run.returncode, 0, said[-3000:])

    def test_an_interrupted_run_finishes_its_reports(self):
        junit = self.out.parent / "junit.xml"
        run = self.start("pmip6/*", "--junit", str(junit))
        self.assertTrue(self.await_condition(lambda: len(of_this_run(self.out)) > 3, 10), "the run has not begun")
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=20)
        self.assertEqual(run.returncode, 130, said[-2000:])
        self.assertIn("<testsuite", junit.read_text())
        for line in (self.out / "events.ndjson").read_text().splitlines():
            json.loads(line)
        self.assertEqual(of_this_run(self.out), [])


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
