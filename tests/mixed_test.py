#!/usr/bin/env python3
"""One capture in which mobile routers register themselves and gateways register their nodes: the same bits mean S or P,
and persistent or nothing, by who speaks. Each half is judged as it is judged alone, and faults are found in the half
where they are."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")).resolve()
ROUTERS = ["nemo/ha/bootstrap/*", "nemo/system/delegated-and-reachable", "nemo/mr/bootstrap/with-list"]
NODES = ["pmip6/end-to-end/*", "pmip6/registration/*", "pmip6/handover/*"]

VERDICTS = {"PASS", "OBSERVED", "DEVIATION", "INCONCLUSIVE", "ERROR", "FAIL"}


def captures(folder, profile, *cases):
    """What these cases put on the wire, in one file."""
    subprocess.run([BINARY, "run", *cases, "--stage", "sim", "--cost", "short", "--profile", profile, "--out", folder / profile],
                   check=True, stdout=subprocess.DEVNULL)
    files = sorted((folder / profile).rglob("capture.pcapng"))
    assert files, f"no case of {cases}"
    out = folder / f"{profile}.pcapng"
    subprocess.run(["mergecap", "-w", out, *files], check=True)
    return out


def judged(capture, *arguments):
    """The verdict of each requirement that a rule speaks of."""
    done = subprocess.run([BINARY, "check", capture, *arguments], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    lines = (line.split() for line in done.stdout.splitlines())
    return {(words[0], id_) for words in lines if words and words[0] in VERDICTS for id_ in words[1:]}


class Mixed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.place.name)
        cls.routers = captures(folder, "nemo-pd", *ROUTERS)
        cls.nodes = captures(folder, "rfc5213", *NODES)
        cls.both = folder / "both.pcapng"
        subprocess.run(["mergecap", "-w", cls.both, cls.routers, cls.nodes], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def test_each_half_is_judged_as_it_is_alone(self):
        routers, nodes = judged(self.routers, "--profile", "nemo-pd"), judged(self.nodes, "--profile", "rfc5213")
        self.assertTrue(any(id_.startswith("NEMOPD-") for _, id_ in routers))
        self.assertTrue(any(id_.startswith("PMIP6-") for _, id_ in nodes))
        for first, second in (("nemo-pd", "rfc5213"), ("rfc5213", "nemo-pd")):
            self.assertEqual(judged(self.both, "--profile", first, "--also", second), routers | nodes)

    def test_what_is_wrong_in_one_half_is_found_there(self):
        octets = (ROOT / "captures" / "golden" / "nemo-pd.pcap").read_bytes()
        empty_list = bytes.fromhex("3b0106005dbc0060")  # R and S; without R it is wrong, its checksum is not
        self.assertEqual(octets.count(empty_list), 1)
        wrong, both = (self.both.with_name(name) for name in ("s-without-r.pcap", "with-s-without-r.pcapng"))
        wrong.write_bytes(octets.replace(empty_list, bytes.fromhex("3b0106005dfc0020")))
        alone, nodes = judged(wrong, "--profile", "nemo-pd"), judged(self.nodes, "--profile", "rfc5213")
        self.assertIn(("FAIL", "NEMOPD-HA-035"), alone)
        subprocess.run(["mergecap", "-w", both, wrong, self.nodes], check=True)
        self.assertEqual(judged(both, "--profile", "nemo-pd", "--also", "rfc5213"), alone | nodes)

    def test_one_dialect_alone_misreads_the_other_half(self):
        right = judged(self.both, "--profile", "nemo-pd", "--also", "rfc5213")
        self.assertNotEqual(judged(self.both, "--profile", "nemo-pd"), right)
        self.assertNotEqual(judged(self.both, "--profile", "rfc5213"), right)

    def test_the_two_dialects_have_to_be_apart(self):
        done = subprocess.run([BINARY, "check", self.both, "--profile", "rfc5213", "--also", "draft02"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("cannot be told apart", done.stderr)


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
