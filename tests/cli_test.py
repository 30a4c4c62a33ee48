#!/usr/bin/env python3
"""The finished program as a user meets it: exit codes, reports, mistakes, seeds, captures that are no captures."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")
SCHEMA = ROOT / "tests" / "schema" / "junit-10.xsd"

SUITE = """<suite name="mine" spec="pmip6" section="5.4" sut="lma">
  <use templates="pmip6.xml" topology="one-mag"/>
  <case name="{name}" title="A registration" cost="short">
    <says>One registration and its answer.</says>
    {given}
    <send from="mag1" to="lma" as="asked"><pbu/></send>
    <expect from="lma" to="mag1" within="1s" answers="asked" proves="PMIP6-LMA-022"><pba status="{status}"/></expect>
  </case>
</suite>
"""

FIVE_MISTAKES = """<suite name="wrong" spec="pmip6" section="5.4" sut="lma">
  <use templates="pmip6.xml" topology="one-mag"/>
  <case name="one" title="t" cost="short">
    <says>x</says>
    <send from="mag9" to="lma"><pbu/></send>
    <expect from="lma" to="mag1" within="soon"><pba status="accepted"/></expect>
    <expect from="lma" to="mag1" within="1s" proves="PMIP6-LMA-9999"><pba status="accepted"/></expect>
    <expect from="lma" to="mag1" within="1s"><pba statos="accepted"/></expect>
    <expact from="lma" to="mag1" within="1s"><pba/></expact>
  </case>
</suite>
"""


class Cli(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def call(self, *arguments, code=None, **more):
        done = subprocess.run([BINARY, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=120, **more)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout[-3000:] + done.stderr[-3000:])
        return done

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def suite(self, name, status="accepted", given=""):
        return self.write(f"{name}.xml", SUITE.format(name=name, status=status, given=given))

    # Verbs and arguments

    def test_every_verb_helps_with_an_example(self):
        for verb in ("run", "check", "decode", "list", "coverage", "mutants", "explain", "peer", "doctor", "lint",
                     "profile", "compare", "report", "merge", "manual", "import", "replay", "history", "bundle"):
            self.assertIn("Example: mobiconform " + verb, self.call(verb, "--help", code=0).stdout)

    def test_wrong_arguments_are_exit_code_2(self):
        for arguments in ([], ["fly"], ["run", "--stage", "moon"], ["run", "--shard", "3/2"], ["run", "--jobs", "0"],
                          ["run", "--stage", "sim", "--sut", "x.xml"], ["check"], ["decode", "nowhere.pcap"],
                          ["run", "pmip6/registration/bootstrab", "--stage", "sim"]):
            self.assertIn(self.call(*arguments).returncode, (2,) if arguments[:1] != ["decode"] else (2, 3), arguments)

    def test_a_misspelt_case_is_told_what_it_may_have_been(self):
        said = self.call("run", "pmip6/registration/bootstrab", "--stage", "sim", code=2)
        self.assertIn('did you mean "pmip6/registration/bootstrap"', said.stderr)

    def test_versions_are_named(self):
        said = self.call("--version", code=0).stdout
        for word in ("mobiconform", "suites", "proxymip6-02"):
            self.assertIn(word, said)

    # Suites

    def test_all_mistakes_of_a_suite_come_at_once_with_their_lines(self):
        path = self.write("wrong.xml", FIVE_MISTAKES)
        for verb in (("run", "--stage", "sim"), ("lint",)):
            said = self.call(verb[0], "./wrong.xml", *verb[1:], code=2).stderr
            for line in (5, 6, 7, 8, 9):
                self.assertRegex(said, rf"{path.name}:{line}:\d+: ")
        self.assertFalse((self.folder / "out").exists())

    def test_a_green_case_a_failing_one_and_an_inconclusive_one(self):
        self.suite("green")
        self.suite("red", status="reason-unspecified")
        refused = '<given><send from="mag1" to="lma" as="first"><pbu/></send><expect from="lma" to="mag1" within="1s" ' \
                  'answers="first"><pba status="reason-unspecified"/></expect></given>'
        self.suite("unsure", given=refused)
        self.call("run", "./green.xml", "--stage", "sim", code=0)
        said = self.call("run", "./red.xml", "--stage", "sim", "--junit", "j.xml", "--out", "red-out", code=1).stdout
        for part in ("red.xml:7:", "PMIP6-LMA-022", "expected reason-unspecified", "actual accepted", "again:",
                     "red-out/mine.red/capture.pcapng"):
            self.assertIn(part, said)
        self.call("run", "./unsure.xml", "--stage", "sim", code=4)
        self.call("run", "./unsure.xml", "./red.xml", "--stage", "sim", code=1)
        subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, self.folder / "j.xml"], check=True,
                       capture_output=True)

    def test_the_command_that_is_printed_plays_the_case_again(self):
        self.suite("red", status="reason-unspecified")
        said = self.call("run", "./red.xml", "--stage", "sim", "--seed", "7", "--out", "first", code=1).stdout
        again = [line.split("again:")[1].split() for line in said.splitlines() if "again:" in line][0]
        self.assertEqual(again[0], "mobiconform")
        self.call(*again[1:], "--out", "second", code=1)
        one, two = (self.folder / out / "mine.red" / "capture.pcapng" for out in ("first", "second"))
        self.assertEqual(one.read_bytes(), two.read_bytes())

    def test_the_same_seed_gives_the_same_octets(self):
        for out in ("a", "b"):
            self.call("run", "pmip6/registration*", "pmip6/ordering*", "--stage", "sim", "--seed", "5", "--out", out)
        files = sorted(path.relative_to(self.folder / "a") for path in (self.folder / "a").rglob("*") if path.is_file())
        self.assertGreater(len(files), 20)
        for name in files:
            one, two = ((self.folder / out / name).read_bytes() for out in ("a", "b"))
            if name.name in ("capture.pcapng", "transcript.txt"):
                self.assertEqual(one, two, name)
            if name.name == "events.ndjson":
                events = [[json.loads(line) for line in text.splitlines()[1:-1]] for text in (one, two)]
                for event in events[0] + events[1]:
                    event.get("result", {}).pop("again", None)
                self.assertEqual(*events)
                ended = [event for event in events[0] if event["event"] == "case-ended"]
                self.assertTrue(ended and all("story" in event["result"] for event in ended))

    def test_shards_are_parts_of_the_whole(self):
        def played(*more):
            shutil.rmtree(self.folder / "s", ignore_errors=True)
            self.call("run", "pmip6/registration*", "--stage", "sim", "--out", "s", *more)
            return [json.loads(line)["result"]["id"] for line in (self.folder / "s/events.ndjson").read_text().splitlines()
                    if '"case-ended"' in line]
        parts = played("--shard", "1/3") + played("--shard", "2/3") + played("--shard", "3/3")
        self.assertEqual(sorted(parts), sorted(played()))

    def test_a_baseline_lets_known_failures_pass_and_tells_stale_ones(self):
        self.suite("red", status="reason-unspecified")
        self.write("known.xml", '<baseline><expect case="mine/red" verdict="fail" reason="r"/></baseline>')
        self.call("run", "./red.xml", "--stage", "sim", "--baseline", "known.xml", code=0)
        self.suite("red")
        said = self.call("run", "./red.xml", "--stage", "sim", "--baseline", "known.xml", code=1).stdout
        self.assertIn("known.xml:1", said)
        said = self.call("run", "pmip6/registration/bootstrap", "--suites", ".", "--stage", "sim", "--baseline",
                         "known.xml", code=0).stdout  # not selected is not stale
        self.assertIn("no difference", said)
        self.write("wrong.xml", '<baseline><expect case="mine/rad" verdict="fail" reason="r"/></baseline>')
        self.assertIn("wrong.xml:1", self.call("run", "./red.xml", "--stage", "sim", "--baseline", "wrong.xml",
                                               code=2).stderr)

    def test_an_entry_that_has_expired_excuses_nothing(self):
        self.suite("red", status="reason-unspecified")
        self.write("old.xml", '<baseline><expect case="mine/red" verdict="fail" reason="r" owner="ann" '
                              'expires="2020-01-31"/></baseline>')
        said = self.call("run", "./red.xml", "--stage", "sim", "--baseline", "old.xml", code=1).stdout
        self.assertIn("the entry (r, ann) expired after 2020-01-31", said)
        self.assertIn("against old.xml: 1 expired", said)

    def test_a_baseline_of_another_implementation_is_refused(self):
        self.suite("green")
        self.write("other.xml", '<baseline sut="acme-lma"/>')
        self.assertIn("acme-lma", self.call("run", "./green.xml", "--stage", "sim", "--baseline", "other.xml",
                                            code=2).stderr)

    def test_two_runs_are_compared(self):
        self.suite("one")
        self.suite("two", status="reason-unspecified")
        self.call("run", "./one.xml", "./two.xml", "--stage", "sim", "--out", "before", code=1)
        self.suite("one", status="reason-unspecified")
        self.suite("two")
        self.call("run", "./one.xml", "./two.xml", "--stage", "sim", "--out", "after", code=1)
        said = self.call("compare", "before", "after", code=1).stdout
        self.assertRegex(said, r"new +mine/one\n +pass -> fail")
        self.assertRegex(said, r"fixed +mine/two\n +fail.* -> pass")
        told = json.loads(self.call("compare", "before", "after/events.ndjson", "--json", code=1).stdout)
        self.assertEqual({one["id"]: one["change"] for one in told["cases"]}, {"mine/one": "new", "mine/two": "fixed"})
        self.call("compare", "before", "before", code=0)
        self.write("nothing.ndjson", b"\x00\xff{}")
        self.call("compare", "before", "nothing.ndjson", code=2)

    def test_coverage_calls_nothing_proven_that_no_mutant_showed(self):
        told = json.loads(self.call("coverage", "--suite", "pmip6", "--json", code=0).stdout)
        self.assertTrue(all(row["proven_by"] is None for row in told["requirements"]))
        self.assertIsNone(told["summary"]["proven"])
        proof = self.call("mutants", "lma-ignores-the-clock", "--json").stdout
        self.write("proof.json", proof)
        told = json.loads(self.call("coverage", "--suite", "pmip6", "--proof", "proof.json", "--json", code=1).stdout)
        rows = {row["id"]: row for row in told["requirements"]}
        self.assertEqual(rows["PMIP6-LMA-107"]["mutants"], ["lma-ignores-the-clock"])
        self.assertEqual(rows["PMIP6-LMA-001"]["proven_by"], [])
        self.assertIn("PMIP6-LMA-001", self.call("coverage", "--proof", "proof.json", code=1).stdout)
        self.call("coverage", "--suite", "pmip7", code=2)
        self.call("coverage", "--proof", "suites.xml", code=2)

    def test_failed_cases_can_be_played_alone(self):
        self.suite("green")
        self.suite("red", status="reason-unspecified")
        self.call("run", "./green.xml", "./red.xml", "--stage", "sim", "--out", "all", code=1)
        said = self.call("run", "./green.xml", "./red.xml", "--stage", "sim", "--failed-from", "all", code=1).stdout
        self.assertIn("1 case on sim", said)

    def test_results_of_two_runs_are_never_mixed(self):
        self.suite("green")
        self.call("run", "./green.xml", "--stage", "sim", "--out", "o", code=0)
        self.call("run", "./green.xml", "--stage", "sim", "--out", "o", code=2)
        first = subprocess.Popen([BINARY, "run", "./green.xml", "--stage", "sim"], cwd=self.folder)
        second = subprocess.Popen([BINARY, "run", "./green.xml", "--stage", "sim"], cwd=self.folder)
        self.assertEqual((first.wait(60), second.wait(60)), (0, 0))
        self.assertEqual(len(list((self.folder / "out").iterdir())), 2)

    # What there is

    def test_documents_have_the_keys_of_the_contract(self):
        case = json.loads(self.call("list", "--json", code=0).stdout)["cases"][0]
        self.assertLessEqual({"id", "suite", "file", "line", "title", "role", "proves", "needs", "stages", "cost"},
                             set(case))
        coverage = json.loads(self.call("coverage", "--json", code=0).stdout)
        self.assertLessEqual({"id", "level", "role", "section", "text", "how", "untestable_because", "proven_by",
                              "verdict"}, set(coverage["requirements"][0]))
        self.assertIn("summary", coverage)

    def test_explain_knows_requirements_cases_and_words(self):
        self.assertIn("MUST", self.call("explain", "PMIP6-LMA-113", code=0).stdout)
        self.assertIn("under test: lma", self.call("explain", "pmip6/registration/bootstrap", code=0).stdout)
        self.assertIn("<binding-update>", self.call("explain", "vocabulary", code=0).stdout)
        self.call("explain", "PMIP6-NOT-1", code=2)

    def test_explain_knows_templates_topologies_and_roles(self):
        said = self.call("explain", "pbu", code=0).stdout
        self.assertIn('<handoff-indicator value="~attachment-over-new-interface"/>', said)
        self.assertLess(said.index("draft02"), said.index("rfc5213"))
        said = self.call("explain", "one-mag", code=0).stdout
        for part in ("fixed1@example.net", "prefix 2001:db8:200:1::/64", 'pool="2001:db8:100::/48"', "mag2: mag"):
            self.assertIn(part, said)
        self.assertIn("{{set.pool}}", self.call("explain", "lma", code=0).stdout)
        self.assertIn('did you mean "one-mag"', self.call("explain", "one-magg", code=2).stderr)

    def test_a_selection_without_a_case_is_no_green_run(self):
        for words, because in ((("--requirement", "PMIP6-FMT-070"), "update-padding"),
                               (("--requirement", "PMIP6-LMA-9999"), "there is no requirement PMIP6-LMA-9999"),
                               (("--role", "lma", "--section", "99"), "no case fits all of")):
            said = self.call("run", "--stage", "sim", *words, code=2).stderr
            self.assertIn(because, said)
            self.assertIn("nothing was played", said)

    def test_a_new_profile_passes_lint(self):
        self.write("new.xml", self.call("profile", "--new", "lma", code=0).stdout)
        self.call("lint", "new.xml", code=0)
        self.call("profile", "--new", "pope", code=2)

    # Captures

    def capture(self):
        self.suite("green")
        self.call("run", "./green.xml", "--stage", "sim", "--out", "captured", code=0)
        return self.folder / "captured" / "mine.green" / "capture.pcapng"

    def test_a_capture_of_ours_is_judged_again(self):
        path = self.capture()
        found = json.loads(self.call("check", path, "--json").stdout)
        self.assertLessEqual({"packets", "messages", "sessions", "findings"}, set(found))
        self.assertGreater(found["messages"], 0)
        self.assertEqual({one["about"] for one in found["sessions"]} - {"barrier@example.net"}, {"mn1@example.net"})
        self.assertGreater(len(found["findings"]), 0)
        self.assertLessEqual({"requirement", "level", "verdict", "packet", "message", "expected", "actual"},
                             set(found["findings"][0]))
        with path.open("rb") as file:
            piped = subprocess.run([BINARY, "check", "-", "--json"], stdin=file, capture_output=True, timeout=60)
        self.assertEqual(json.loads(piped.stdout)["packets"], found["packets"])
        self.call("check", self.folder / "captured")

    def test_every_cut_of_a_capture_is_read_up_to_the_cut(self):
        whole = self.capture().read_bytes()
        packets = len(json.loads(self.call("decode", "--json", self.folder / "captured/mine.green/capture.pcapng",
                                           code=0).stdout))
        for size in range(0, len(whole), 61):
            done = self.call("decode", "--json", self.write("cut.pcapng", whole[:size]))
            read = len(json.loads(done.stdout))
            self.assertEqual(done.returncode, 0 if read else 2)
            self.assertLess(read, packets)

    def test_what_is_no_capture_is_told_in_one_sentence(self):
        for text in (b"", b"x", b"this is no capture at all", b"\x1f\x8b\x08\x00rest", b"\x7fELF" + bytes(60),
                     bytes(4096)):
            for verb in ("check", "decode"):
                done = self.call(verb, self.write("no.pcap", text), code=2)
                self.assertEqual(len([line for line in done.stderr.splitlines() if "no.pcap" in line]), 1, done.stderr)

    def test_every_listener_hears_the_same(self):
        self.suite("red", status="130")
        said = self.call("run", "./red.xml", "--stage", "sim", "--out", "out", "--tap", "t.tap", "--annotations", "-",
                         "--junit", "j.xml", code=1).stdout
        self.assertRegex(said, r"::error file=\S*red.xml,line=\d+,col=\d+,title=FAIL mine/red::")
        tap = (self.folder / "t.tap").read_text()
        self.assertIn("TAP version 14\n1..1\n", tap)
        self.assertIn("not ok 1 - mine/red\n", tap)
        failure = ElementTree.parse(self.folder / "j.xml").find(".//failure").text
        for text in (tap, failure, said.replace("%0A", "\n")):
            for part in (r"PMIP6-LMA-022 \(MUST, [^)]*5", r"#\d+  \+0", r"status +expected 130   actual accepted"
                         r"   at octet \d+", r"again: +mobiconform run mine/red --stage sim --seed 1"):
                self.assertRegex(text, part)

    def test_a_history_tells_what_a_case_did_before(self):
        for status in ("accepted", "130", "accepted", "130"):
            self.suite("a", status=status)
            said = self.call("run", "./a.xml", "--stage", "sim", "--history", "h").stdout
        self.assertIn("history: red in 1 of the last 3 runs: PFP (now so, now so)", said)
        self.assertIn("PFPF  mine/a  flaky", self.call("history", "h", code=0).stdout)
        self.assertEqual(json.loads(self.call("history", "h", "--json", code=0).stdout)["cases"],
                         [{"id": "mine/a", "marks": "PFPF", "flaky": True}])

    def test_a_statement_says_what_was_shown_and_what_was_not(self):
        self.suite("red", status="130")
        self.call("run", "./red.xml", "--stage", "sim", "--out", "out", code=1)
        self.call("coverage", "--from", "out", "--statement", "s.xml", "--statement", "s.html", code=1)
        subprocess.run(["xmllint", "--noout", "--relaxng", ROOT / "tests/schema/statement.rng", self.folder / "s.xml"],
                       check=True, capture_output=True)
        rows = {one.get("id"): one for one in ElementTree.parse(self.folder / "s.xml").iter("requirement")}
        self.assertEqual(rows["PMIP6-LMA-022"].get("verdict"), "does not conform")
        self.assertEqual(rows["PMIP6-LMA-022"].find("evidence").get("case"), "mine/red")
        self.assertIn("not tested", {one.get("verdict") for one in rows.values()})
        self.assertIn("untestable", {one.get("verdict") for one in rows.values()})
        self.call("coverage", "--statement", "s.xml", code=2)
        self.call("coverage", "--from", "out", "--statement", "s.pdf", code=2)

    def test_a_bundle_names_nobody(self):
        self.suite("red", status="130")
        self.call("run", "./red.xml", "--stage", "sim", "--out", "out", code=1)
        (self.folder / "out" / "mine.red" / "acme.log").write_text("psk=0011223344556677 from mn1@example.net\n")
        self.call("bundle", "out", "--out", "e.tar", code=0)
        self.call("bundle", "out", "--out", "e.tar", code=2)  # it is there already
        with tarfile.open(self.folder / "e.tar") as archive:
            files = {one.name: archive.extractfile(one).read() for one in archive}
            archive.extractall(self.folder / "opened")
        for name in ("README.txt", "report.html", "events.ndjson", "mine.red/capture.pcapng", "mine.red/transcript.txt"):
            self.assertIn("evidence/" + name, files)
        for name, octets in files.items():
            for secret in (b"2001:db8:", b"mn1@", b"example.net", b"0011223344556677", bytes.fromhex("20010db8")):
                self.assertNotIn(secret, octets, name)
        # What was found is found again, and nothing is wrong that was right.
        plain = json.loads(self.call("check", "out/mine.red/capture.pcapng", "--json").stdout)
        hidden = json.loads(self.call("check", "opened/evidence/mine.red/capture.pcapng", "--json").stdout)
        self.assertEqual([one["requirement"] for one in plain["findings"]], [one["requirement"] for one in hidden["findings"]])
        self.assertEqual(plain["messages"], hidden["messages"])
        told = json.loads(next(line for line in files["evidence/events.ndjson"].decode().splitlines() if "case-ended" in line))
        address = re.search(r"3fff:[0-9a-f:]+", files["evidence/mine.red/transcript.txt"].decode()).group()
        self.assertIn(address, self.call("decode", "opened/evidence/mine.red/capture.pcapng").stdout)
        self.assertIn("octets", told["result"]["story"])

    def test_a_baseline_speaks_of_versions(self):
        self.suite("red", status="130")
        self.write("past.xml", '<baseline><expect case="mine/red" verdict="fail" reason="r" versions="..0.0.1"/></baseline>')
        said = self.call("run", "./red.xml", "--stage", "sim", "--baseline", "past.xml", code=1).stdout
        self.assertIn("against past.xml: 1 new", said)
        self.write("now.xml", '<baseline><expect case="mine/red" verdict="fail" reason="r" versions="0.0.1.."/></baseline>')
        self.assertIn("1 still failing", self.call("run", "./red.xml", "--stage", "sim", "--baseline", "now.xml", code=0).stdout)

    def test_captures_of_green_cases_need_not_stay(self):
        self.suite("red", status="130")
        self.suite("green")
        self.call("run", "./red.xml", "./green.xml", "--stage", "sim", "--out", "out", "--captures", "red", code=1)
        self.assertEqual([one.parent.name for one in (self.folder / "out").glob("*/capture.pcapng")], ["mine.red"])

    def test_a_printed_packet_is_a_step(self):
        lines = self.call("decode", self.capture(), code=0).stdout.splitlines()
        update = next(line for line in lines if "<binding-update" in line)
        inside = update.replace("<packet>", "").replace("</packet>", "")
        inside = inside[inside.index("<binding-update"):]
        text = SUITE.format(name="pasted", status="accepted", given="").replace("<pbu/>", inside)
        self.write("pasted.xml", text)
        self.call("lint", "pasted.xml", code=0)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
