#!/usr/bin/env python3
"""Recordings are played again, become cases, and are survived when they are hostile."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")
GOLDEN = ROOT / "captures" / "golden"
# The folder, which names the role that is tested, and who the tester is then.
TESTER = {"lma": "mag", "mag": "lma", "ha": "mr", "mr": "ha", "netmip6-ha": "ar", "netmip6-ar": "ha",
          "netmip6-sar": "tar", "netmip6-tar": "sar", "netmip6-map": "ar", "pmip6-nemo-lma": "mag",
          "pmip6-nemo-mag": "lma", "pmip6-nemo-dr": "relay", "pmip6-nemo-mr": "gateway"}


def mobiconform(*arguments):
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, errors="replace", timeout=120)
    return done.returncode, done.stdout, done.stderr


def replay(captures, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        code, out, err = mobiconform("replay", *captures, "--json", "--out", folder, *arguments)
        return code, json.loads(out)["replays"] if out else [], err


class Replay(unittest.TestCase):
    def golden(self, role):
        captures = sorted((GOLDEN / role).glob("*.pcapng"))
        self.assertTrue(captures)
        return captures

    def plays_as_recorded(self, captures, role, *arguments):
        code, games, err = replay(captures, "--as", TESTER[role], *arguments)
        for game in games:
            self.assertEqual(game["deviations"] + game["violations"] + game["troubles"], [], game["capture"])
            self.assertEqual(game["same"], game["recorded"], game["capture"])
            self.assertGreater(game["sent"], 0, game["capture"])
        self.assertEqual(code, 0, err)

    def test_golden_captures_in_virtual_time(self):
        for role in TESTER:
            self.plays_as_recorded(self.golden(role), role, "--stage", "sim")

    def test_golden_captures_of_anchors_in_the_lab_as_fast_as_answers_come(self):
        self.plays_as_recorded(self.golden("lma"), "lma", "--speed", "max")

    def test_a_foreign_process_answers_as_recorded(self):
        self.plays_as_recorded([GOLDEN / "lma" / "registration.pcapng"], "lma", "--sut",
                               ROOT / "suites" / "sut" / "reference-lma.xml")

    def test_our_anchor_answers_a_foreign_gateway_as_a_foreign_one_did(self):
        self.plays_as_recorded([ROOT / "captures" / "others" / "foreign-lma-mag-core.pcap"], "lma", "--stage", "sim")

    def test_authenticators_are_made_anew_and_a_forged_one_stays_forged(self):
        code, games, err = replay([GOLDEN / "netmip6-ha" / "refusals.pcapng"], "--stage", "sim", "--as", "ar")
        self.assertEqual((code, games[0]["same"]), (0, games[0]["recorded"]), err)
        code, out, err = mobiconform("import", GOLDEN / "netmip6-ha" / "refusals.pcapng", "--as", "ar")
        self.assertEqual(code, 0, err)
        self.assertIn('authenticator="c0ffeec0ffeec0ffeec0ffee"', out)
        self.assertEqual(out.count("authenticator="), 1)
        # The same signatures do not fit what is said now: without new ones nothing would be accepted.
        self.assertIn("authentication-failed", out)

    def shows(self, capture, mutant, path):
        code, games, err = replay([GOLDEN / capture], "--mutant", mutant, "--stage", "sim")
        self.assertEqual(code, 1, err)
        paths = [difference["path"] for one in games[0]["deviations"] for difference in one["differences"]]
        self.assertTrue([one for one in paths if path in one], (mutant, games[0]["deviations"]))

    def test_a_mutant_differs_from_the_recording_where_it_is_wrong(self):
        for capture, mutant, path in MUTANTS:
            self.shows(capture, mutant, path)

    def test_a_wrong_signature_is_a_broken_rule(self):
        for capture, mutant, requirement in SIGNED:
            code, games, err = replay([GOLDEN / capture], "--mutant", mutant, "--stage", "sim")
            self.assertEqual((code, games[0]["deviations"]), (1, []), err)
            self.assertIn(requirement, {one["requirement"] for one in games[0]["violations"]}, mutant)

    def test_what_aaa_allowed_is_played_again_without_it(self):
        code, games, err = replay([GOLDEN / "netmip6-aaa" / "acceptance.pcapng"], "--stage", "sim", "--as", "ha")
        self.assertEqual((code, games[0]["deviations"], games[0]["recorded"]), (0, [], 3), err)
        code, _, err = replay([GOLDEN / "netmip6-aaa" / "rejection.pcapng"], "--stage", "sim", "--as", "ha")
        self.assertEqual(code, 2)
        self.assertIn("no Mobility Header", err)

    def test_golden_radius_is_what_another_reads(self):
        rows = []
        for name in ("acceptance", "rejection"):
            shown = subprocess.run(["tshark", "-n", "-r", GOLDEN / "netmip6-aaa" / f"{name}.pcapng", "-Y", "radius",
                                    "-T", "fields", "-e", "radius.code", "-e", "radius.User_Name", "-e", "udp.dstport",
                                    "-e", "radius.Acct_Status_Type"], capture_output=True, text=True, check=True)
            rows.append([line.split("\t") for line in shown.stdout.splitlines()])
        accepted, rejected = rows
        # RFC 2865, 3 and RFC 2866, 3: request 1, accept 2, reject 3, accounting 4 and 5; start 1, stop 2.
        self.assertEqual([row[0] for row in accepted], ["1", "2", "4", "5", "4", "5"])
        self.assertEqual([row[0] for row in rejected], ["1", "3"])
        self.assertEqual(accepted[0][1:3], ["mn1@example.net", "1812"])
        self.assertEqual([row[3] for row in accepted if row[0] == "4"], ["1", "2"])
        self.assertEqual({row[2] for row in accepted if row[0] == "4"}, {"1813"})

    def test_what_does_not_come_any_more_is_a_deviation(self):
        code, games, _ = replay([GOLDEN / "mag" / "attachment.pcapng"], "--mutant", "mag-late", "--stage", "sim")
        self.assertEqual(code, 1)
        self.assertLess(games[0]["same"], games[0]["recorded"])
        self.assertTrue(games[0]["deviations"])

    def test_a_broken_rule_is_told_apart_from_a_difference(self):
        code, games, _ = replay([GOLDEN / "lma" / "static-prefix.pcapng"], "--mutant", "lma-dirty-padding",
                                "--stage", "sim")
        self.assertEqual(code, 1)
        self.assertEqual(games[0]["deviations"], [])
        self.assertIn("PMIP6-FMT-070", [one["requirement"] for one in games[0]["violations"]])

    def test_what_differs_and_what_is_wrong_are_both_told_and_kept_apart(self):
        code, games, _ = replay([GOLDEN / "lma" / "refresh.pcapng"], "--mutant",
                                "lma-sets-the-reserved-octet-of-the-prefix", "--stage", "sim")
        self.assertEqual(code, 1)
        self.assertEqual({one["requirement"] for one in games[0]["deviations"]}, {"AS-RECORDED"})
        self.assertIn("home-network-prefix.reserved",
                      [each["path"] for one in games[0]["deviations"] for each in one["differences"]])
        self.assertIn("PMIP6-FMT-023", {one["requirement"] for one in games[0]["violations"]})
        self.assertNotIn("AS-RECORDED", {one["requirement"] for one in games[0]["violations"]})

    def pause(self, *arguments):
        """Seconds between the first and the second update of a recording that has half a second there."""
        with tempfile.TemporaryDirectory() as folder:
            code, _, err = mobiconform("replay", GOLDEN / "lma" / "refresh.pcapng", "--stage", "sim", "--out",
                                       pathlib.Path(folder) / "out", *arguments)
            self.assertEqual(code, 0, err)
            said = next(pathlib.Path(folder).rglob("transcript.txt")).read_text()
        times = [float(time) for time in re.findall(r"^ +#\d+ +\+([0-9.]+)s .*<binding-update", said, re.MULTILINE)]
        self.assertGreaterEqual(len(times), 3)
        return times[1] - times[0]

    def test_pauses_are_as_recorded_or_scaled_or_none(self):
        recorded = mobiconform("decode", GOLDEN / "lma" / "refresh.pcapng", "--json")[1]
        times = [one["time"] for one in json.loads(recorded) if "binding-update" in json.dumps(one)]
        whole = times[1] - times[0]
        self.assertGreater(whole, 0.5)
        self.assertAlmostEqual(self.pause(), whole, delta=0.02)
        self.assertAlmostEqual(self.pause("--speed", "10"), whole / 10, delta=0.02)
        self.assertAlmostEqual(self.pause("--speed", "0.5"), whole * 2, delta=0.02)
        self.assertLess(self.pause("--speed", "max"), 0.02)

    def test_recordings_become_cases_that_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for role, tester in TESTER.items():
                for capture in self.golden(role):
                    files.append(pathlib.Path(folder) / f"{role}-{capture.stem}.xml")
                    code, _, err = mobiconform("import", capture, "--as", tester, "--out", files[-1])
                    self.assertEqual(code, 0, err)
                    self.assertNotIn("2001:db8:100::/64", files[-1].read_text())  # what an anchor gave out of its pool
            code, out, err = mobiconform("run", *files, "--stage", "sim", "--cost", "long", "--out",
                                         pathlib.Path(folder) / "out")
            self.assertEqual(code, 0, out + err)
            self.assertIn(f"{len(files)} passed, 0 failed, 0 skipped", out)

    def test_a_case_of_a_recording_passes_in_the_lab(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "handover.xml"
            code, _, err = mobiconform("import", GOLDEN / "lma" / "handover.pcapng", "--as", "mag", "--out", file)
            self.assertEqual(code, 0, err)
            code, out, err = mobiconform("run", file, "--out", pathlib.Path(folder) / "out")
            self.assertEqual(code, 0, out + err)

    def test_a_foreign_recording_becomes_a_case(self):
        code, out, _ = mobiconform("import", ROOT / "captures" / "others" / "foreign-lma-mag-core.pcap")
        self.assertEqual(code, 0)
        self.assertIn('profiles="rfc5213"', out)
        self.assertNotIn("58162", out)  # the recorded sequence number
        self.assertNotIn("2001:db8:1::", out)  # the recorded addresses

    def test_wrong_input_is_said_and_nothing_is_played(self):
        for arguments in (["replay", "there-is-none.pcap"], ["import", "there-is-none.pcap"],
                          ["replay", GOLDEN / "lma" / "registration.pcapng", "--as", "mr"],
                          ["replay", GOLDEN / "lma" / "registration.pcapng", "--mutant", "nobody"],
                          ["replay", GOLDEN / "lma" / "registration.pcapng", "--speed", "0"],
                          ["replay", GOLDEN / "lma" / "registration.pcapng", "--stage", "sim", "--sut",
                           ROOT / "suites" / "sut" / "reference-lma.xml"]):
            code, _, err = mobiconform(*arguments)
            self.assertIn(code, (2, 3) if arguments[1] == "there-is-none.pcap" else (2,), (arguments, err))
            self.assertTrue(err.strip())


class Hostile(unittest.TestCase):
    """What can be read of them is read, nothing of it reaches a terminal, and the exit code says how it went."""

    # Not one packet, or not one message of ours.
    UNREADABLE = {"header-only.pcap", "no-capture.pcap", "radiotap.pcap"}

    def test_every_verb_survives_every_hostile_capture(self):
        captures = sorted((ROOT / "captures" / "hostile").iterdir())
        self.assertGreater(len(captures), 15)
        for capture in captures:
            for verb in ("decode", "check", "import"):
                code, out, err = mobiconform(verb, capture)
                self.assertIn(code, (0, 1, 2, 4), (verb, capture.name, err))
                self.assertEqual(code == 2 and verb == "decode", capture.name in self.UNREADABLE and verb == "decode",
                                 (verb, capture.name, err))
                self.assertNotIn("\x1b", out + err, (verb, capture.name))
                self.assertNotIn("\0", out + err, (verb, capture.name))
                self.assertNotIn("this should not have happened", err, (verb, capture.name))

    def test_what_is_imported_of_them_can_be_played(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("name-of-a-node.pcap", "one-hundred-gateways.pcap", "option-of-no-length.pcap"):
                file = pathlib.Path(folder) / (name + ".xml")
                code, _, err = mobiconform("import", ROOT / "captures" / "hostile" / name, "--out", file)
                self.assertEqual(code, 0, err)
                code, _, err = mobiconform("lint", file)
                self.assertEqual(code, 0, err)


# What a faulty access router or home agent of NetMIPv6 signs, no recording says: a rule does.
SIGNED = [("netmip6-ar/attachment.pcapng", "nm-ar-wrong-authenticator", "NETMIP6-BOTH-023"),
          ("netmip6-ha/registration.pcapng", "nm-ha-wrong-authenticator", "NETMIP6-BOTH-023")]

# Recording, faulty peer, and a field in which it then differs.
MUTANTS = [
    ("lma/registration.pcapng", "lma-changes-the-timestamp", "timestamp.value"),
    ("lma/de-registration.pcapng", "lma-swaps-number-and-lifetime", "lifetime"),
    ("lma/refusals.pcapng", "lma-wrong-prefix-echo", "home-network-prefix.prefix"),
    ("lma/handover.pcapng", "lma-uninvited-link-local-address", "link-local-address"),
    ("mag/attachment.pcapng", "mag-misreads-the-prefix", "prefix-information.prefix"),
    ("mag/detachment.pcapng", "mag-changes-names", "mobile-node-identifier.nai"),
    ("mag/relay.pcapng", "mag-relays-for-itself", "link-address"),
    ("mag/relay.pcapng", "mag-relays-empty-envelopes", "relay-message"),
    ("ha/several-requests.pcapng", "ha-answers-the-first-request", "mnp-confirmation"),
    ("ha/list.pcapng", "ha-lists-nothing", "mobile-network-prefix"),
    ("mr/bootstrap.pcapng", "mr-never-requests", "mnp-request"),
    ("mr/list.pcapng", "mr-forgets-r", "R"),
    ("netmip6-ha/registration.pcapng", "nm-ha-drops-stamps", "replay-protection"),
    ("netmip6-ar/attachment.pcapng", "nm-ar-with-l", "L"),
    ("netmip6-sar/context.pcapng", "nm-sar-other-identifier", "identifier"),
    ("netmip6-tar/handover.pcapng", "nm-tar-without-c", "C"),
    ("netmip6-map/registration.pcapng", "nm-map-own-numbers", "sequence"),
    ("netmip6-map/refusals.pcapng", "nm-map-gives-away-addresses", "status"),
    ("pmip6-nemo-lma/handover.pcapng", "lma-loses-networks-in-handovers", "mobile-network-prefix.prefix"),
    ("pmip6-nemo-mag/attachment.pcapng", "mag-asks-for-no-network", "mobile-network-prefix"),
    ("pmip6-nemo-dr/delegation.pcapng", "dr-ignores-hints", "ia-prefix.prefix"),
    ("pmip6-nemo-mr/bootstrap.pcapng", "mr-asks-for-addresses", "ia-pd"),
]

if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
