#!/usr/bin/env python3
"""A run that was killed goes on, one in four parts is merged, and both have the verdict table of a run in one piece.

With --stage lab all of it is played in namespaces; without, the whole in virtual time and one suite in namespaces."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))
STAGE = sys.argv[sys.argv.index("--stage") + 1] if "--stage" in sys.argv else "sim"
SCHEMA = ROOT / "tests" / "schema" / "junit-10.xsd"


def events(directory, name="events.ndjson"):
    lines = (directory / name).read_text(errors="replace").splitlines()
    out = []
    for line in lines:
        try:
            out.append(json.loads(line))
        except ValueError:
            continue  # cut
    return out


def results(directory, name="events.ndjson"):
    return [event["result"] for event in events(directory, name) if event["event"] == "case-ended"]


def table(directory):
    """Every case, round by round, with its verdict and what it found."""
    return {(one["id"], one["seed"]): (one["verdict"],
                                       sorted((each["requirement"], each["verdict"]) for each in one["findings"]
                                              if each["verdict"] in ("fail", "deviation")))
            for one in results(directory)}


class Parts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def call(self, *arguments, codes=(0, 1, 4)):
        done = subprocess.run([BINARY, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=1800)
        self.assertIn(done.returncode, codes, done.stdout[-3000:] + done.stderr[-3000:])
        return done

    def kill(self, out, after, *arguments):
        """Starts a run and kills it, with all that it started, when so many cases have ended."""
        run = subprocess.Popen([BINARY, "run", "--out", out, *map(str, arguments)], cwd=self.folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        journal = self.folder / out / "journal.ndjson"
        while run.poll() is None:
            if journal.exists() and journal.read_bytes().count(b'"case-ended"') >= after:
                run.send_signal(signal.SIGKILL)
            try:
                run.wait(timeout=0.01)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual(run.returncode, -signal.SIGKILL, "it ended before it could be killed")
        return results(self.folder / out, "journal.ndjson")

    def same_table(self, one, other):
        self.maxDiff = 4000
        expected, found = table(self.folder / one), table(self.folder / other)
        self.assertGreater(len(expected), 10)
        different = {key: (expected.get(key), found.get(key)) for key in expected.keys() | found.keys()
                     if expected.get(key) != found.get(key)}
        self.assertEqual(different, {})

    def complete(self, out):
        """A finished run: no journal, all reports, and the capture of each case that has one."""
        directory = self.folder / out
        self.assertFalse((directory / "journal.ndjson").exists())
        told = events(directory)
        self.assertEqual(told[-1]["event"], "run-ended")
        self.assertGreater((directory / "report.html").stat().st_size, 1000)
        subprocess.run(["xmllint", "--noout", "--huge", "--schema", SCHEMA, directory / "junit.xml"], check=True,
                       capture_output=True)
        with_packets = [one for one in results(directory) if one["packets"]]
        self.assertGreater(len(with_packets), 10)
        for one in with_packets:
            self.assertTrue((directory / one["directory"] / "capture.pcapng").exists(), one["directory"])

    def test_all_suites_in_one_piece_resumed_and_in_four_parts(self):
        what = ["--stage", STAGE]
        whole = self.call("run", "--out", "whole", *what)
        self.complete("whole")
        total = len(results(self.folder / "whole"))

        before = self.kill("cut", total // 3, *what)
        kept = {one["directory"]: (self.folder / "cut" / one["directory"] / "transcript.txt").stat().st_mtime_ns
                for one in before if one["packets"]}
        again = self.call("run", "--resume", "cut")
        self.assertEqual(again.returncode, whole.returncode)
        self.complete("cut")
        self.same_table("whole", "cut")
        for directory, written in kept.items():  # not played again
            self.assertEqual((self.folder / "cut" / directory / "transcript.txt").stat().st_mtime_ns, written)

        parts = [f"part-{number}" for number in (1, 2, 3, 4)]
        shards = [[*what, "--durations", "whole", "--shard", f"{number}/4"] for number in (1, 2, 3, 4)]
        for out, shard in list(zip(parts, shards))[:3]:
            self.call("run", "--out", out, *shard)
        self.kill(parts[3], total // 12, *shards[3])
        early = self.call("merge", *parts, "--out", "early", codes=(1, 3))
        self.assertIn("part-4 was cut off", early.stdout)
        self.call("run", "--resume", parts[3])
        merged = self.call("merge", *parts, "--out", "merged", "--junit", "merged.xml")
        self.assertEqual(merged.returncode, whole.returncode)
        self.complete("merged")
        self.same_table("whole", "merged")
        self.assertEqual((self.folder / "merged.xml").read_bytes(),
                         (self.folder / "merged" / "junit.xml").read_bytes())
        tallies = [events(self.folder / out)[-1]["tally"] for out in ("whole", "cut", "merged")]
        self.assertEqual(tallies[0], tallies[1])
        self.assertEqual(tallies[0], tallies[2])

        took = {one["id"]: one["took_ns"] for one in results(self.folder / "whole")}
        loads = [sum(took[one["id"]] for one in results(self.folder / part)) for part in parts]
        self.assertLess(max(loads), 1.1 * min(loads) + max(took.values()))

        ledgers = [[row["id"] for event in events(self.folder / out) if event["event"] == "ledger"
                    for row in event["requirements"]] for out in ("whole", "merged")]
        self.assertGreater(len(ledgers[0]), 1000)
        self.assertEqual(sorted(ledgers[0]), sorted(ledgers[1]))

        self.assertEqual(self.call("merge", *parts[:3], "--out", "three", codes=(1, 3)).returncode,
                         whole.returncode or 3)

    def test_a_run_in_namespaces_goes_on(self):
        what = ["pmip6/registration*", "--jobs", "2"]
        self.call("run", "--out", "whole", *what)
        self.kill("cut", 3, *what)
        self.call("run", "--resume", "cut", "--jobs", "8")
        self.complete("cut")
        self.same_table("whole", "cut")

    def test_an_interrupted_run_goes_on(self):
        run = subprocess.Popen([BINARY, "run", "pmip6/*", "--stage", "sim", "--jobs", "1", "--out", "cut"],
                               cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = self.folder / "cut" / "journal.ndjson"
        while run.poll() is None and not (journal.exists() and b'"case-ended"' in journal.read_bytes()):
            try:
                run.wait(timeout=0.01)
            except subprocess.TimeoutExpired:
                pass
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(), 130)
        self.call("run", "pmip6/*", "--stage", "sim", "--out", "whole")
        self.call("run", "--resume", "cut")
        self.same_table("whole", "cut")

    def test_a_directory_has_one_run_at_a_time(self):
        run = subprocess.Popen([BINARY, "run", "pmip6/*", "--stage", "sim", "--jobs", "1", "--out", "busy"],
                               cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = self.folder / "busy" / "journal.ndjson"
        while run.poll() is None and not (journal.exists() and b'"case-ended"' in journal.read_bytes()):
            try:
                run.wait(timeout=0.01)
            except subprocess.TimeoutExpired:
                pass
        self.assertIsNone(run.poll(), "it ended before anybody could come between")
        self.assertIn("a run is being played there", self.call("run", "--resume", "busy", codes=(2,)).stderr)
        run.send_signal(signal.SIGKILL)
        run.wait()
        self.call("run", "--resume", "busy")
        self.complete("busy")
        self.assertFalse((self.folder / "busy" / ".lock").exists())

    def test_a_merged_run_is_a_run_of_the_history(self):
        for number in (1, 2):
            self.call("run", "pmip6/registration*", "--stage", "sim", "--shard", f"{number}/2", "--out", f"part-{number}")
        for night in (1, 2):
            self.call("merge", "part-1", "part-2", "--out", f"night-{night}", "--history", "nights", codes=(0,))
        lines = [json.loads(line) for line in (self.folder / "nights").read_text().splitlines()]
        self.assertEqual([len(line["cases"]) for line in lines], [len(results(self.folder / "night-1"))] * 2)
        past = [event for event in events(self.folder / "night-2") if event["event"] == "history"]
        self.assertEqual(len(past[0]["runs"]), 1)

    def test_what_cannot_go_on_says_why(self):
        (self.folder / "empty").mkdir()
        self.assertIn("there is no run", self.call("run", "--resume", "empty", codes=(2,)).stderr)
        self.call("run", "pmip6/registration/bootstrap", "--stage", "sim", "--out", "done")
        self.assertIn("leave --seed out", self.call("run", "--resume", "done", "--seed", "3", codes=(2,)).stderr)
        self.call("run", "--resume", "done", codes=(0,))
        self.call("merge", "done", "--out", "merged", codes=(0,))
        self.assertIn("was not made by mobiconform run", self.call("run", "--resume", "merged", codes=(2,)).stderr)
        self.call("merge", "empty", "--out", "nothing", codes=(2,))

    def test_what_a_run_says_of_its_files_is_not_believed(self):
        self.call("run", "pmip6/registration/bootstrap", "--stage", "sim", "--out", "mine")
        secret = self.folder / "secret"
        secret.mkdir()
        (secret / "key").write_text("k")
        told = (self.folder / "mine" / "events.ndjson").read_text()
        (self.folder / "mine" / "events.ndjson").write_text(
            told.replace('"directory":"pmip6.registration.bootstrap"', '"directory":"../secret"'))
        (self.folder / "mine" / "pmip6.registration.bootstrap" / "link").symlink_to(secret / "key")
        self.call("merge", "mine", "--out", "merged", codes=(0,))
        self.assertEqual([path for path in (self.folder / "merged").rglob("*") if path.name in ("key", "link")], [])


if __name__ == "__main__":
    program = unittest.main(argv=sys.argv[:1], verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
