#!/usr/bin/env python3
"""What is installed works wherever it is: data, manual pages, completion. With --deb the Debian package as well."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build" / "release"))
DEB = "--deb" in sys.argv

# In a shell of its own: completes its arguments as the user's shell would, and prints what is offered.
COMPLETE = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_mobiconform; printf '%s\\n' "${COMPREPLY[@]}"
"""


def call(*arguments, **more):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        first, cls.prefix = (pathlib.Path(cls.folder.name) / name for name in ("first", "moved"))
        call("cmake", "--install", BUILD, "--prefix", first, "--strip")
        first.rename(cls.prefix)
        cls.binary = cls.prefix / "bin" / "mobiconform"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_it(self, *arguments):
        return call(self.binary, *arguments, cwd=self.folder.name)

    def verbs(self):
        return re.findall(r"^  ([a-z]+) ", self.run_it("--help").split("Subcommands:")[1], re.M)

    def long_options(self, verb):
        return sorted(set(re.findall(r"(--[a-z][a-z-]+)", self.run_it(verb, "--help").split("Options:")[1]
                                     .split("Example")[0])))

    def page(self, name):
        return gzip.decompress((self.prefix / "share/man/man1" / f"{name}.1.gz").read_bytes()).decode()

    def test_it_plays_and_judges_from_anywhere(self):
        self.assertIn("pmip6/registration/bootstrap", self.run_it("list"))
        self.run_it("lint")
        self.run_it("run", "pmip6/registration*", "--stage", "sim", "--out", "sim")
        self.run_it("run", "pmip6/registration/bootstrap", "pmip6/mag-signalling/bootstrap", "--out", "lab")
        self.run_it("check", "lab")

    def test_our_peers_as_foreign_ones_are_found(self):
        profile = self.prefix / "share/mobiconform/suites/sut/reference-lma.xml"
        self.run_it("run", "pmip6/registration/bootstrap", "--sut", profile, "--out", "sut")

    def test_nothing_that_was_installed_names_the_source_tree(self):
        named = [path for path in self.prefix.rglob("*")
                 if path.is_file() and str(ROOT).encode() in path.read_bytes()]
        self.assertEqual(named, [])

    def test_every_verb_and_option_has_its_place_in_the_manual(self):
        verbs = self.verbs()
        self.assertGreater(len(verbs), 12)
        front = self.page("mobiconform").replace("\\-", "-")
        for verb in verbs:
            self.assertIn(f"mobiconform-{verb} (1)", front)
            page = self.page(f"mobiconform-{verb}").replace("\\-", "-")
            for option in self.long_options(verb):
                self.assertRegex(page, rf"(?m)^\\fB.*{option}\b", verb)
            self.assertIn(f"Example: mobiconform {verb}", page)
        pages = {path.name for path in (self.prefix / "share/man/man1").iterdir()}
        self.assertEqual(pages, {"mobiconform.1.gz"} | {f"mobiconform-{verb}.1.gz" for verb in verbs})

    def complete(self, *words):
        script = self.prefix / "share/bash-completion/completions/mobiconform"
        return call("bash", "-c", COMPLETE, "bash", script, *words, cwd=self.folder.name).split()

    def test_bash_completes_every_verb_option_and_choice(self):
        self.assertLessEqual(set(self.verbs()), set(self.complete("mobiconform", "")))
        self.assertEqual(self.complete("mobiconform", "cov"), ["coverage"])
        for verb in self.verbs():
            self.assertLessEqual(set(self.long_options(verb)), set(self.complete("mobiconform", verb, "--")))
        self.assertEqual(sorted(self.complete("mobiconform", "run", "--stage", "")), ["lab", "sim"])
        self.assertEqual(self.complete("mobiconform", "check", "--profile", "rfc"), ["rfc5213"])

    def test_bash_completes_files_where_files_are_wanted(self):
        (pathlib.Path(self.folder.name) / "acme.xml").write_text("")
        self.assertEqual(self.complete("mobiconform", "run", "--sut", "acm"), ["acme.xml"])

    @unittest.skipUnless(DEB, "with --deb")
    def test_the_debian_package(self):
        for old in BUILD.glob("*.deb"):
            old.unlink()
        call("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", cwd=BUILD)
        (package,) = BUILD.glob("mobiconform_*.deb")
        depends = call("dpkg-deb", "--field", package, "Depends")
        for needed in ("libc6", "libfmt9", "libsqlite3-0", "iproute2"):
            self.assertIn(needed, depends)
        root = pathlib.Path(self.folder.name) / "root"
        call("dpkg-deb", "--extract", package, root)
        self.assertEqual(call(root / "usr/bin/mobiconform", "list"), self.run_it("list"))
        listed = call("dpkg-deb", "--contents", package)
        for path in ("usr/bin/mobiconform", "usr/share/mobiconform/suites/topologies.xml",
                     "usr/share/mobiconform/suites/templates/pmip6.xml", "usr/share/man/man1/mobiconform-run.1.gz",
                     "usr/share/bash-completion/completions/mobiconform", "usr/share/doc/mobiconform/copyright"):
            self.assertIn(f"./{path}\n", listed)
        self.assertNotIn("root/root", "".join(line for line in listed.splitlines() if " root/root " not in line))
        if shutil.which("lintian"):
            call("lintian", "--fail-on", "error,warning", package)


if __name__ == "__main__":
    program = unittest.main(argv=sys.argv[:1], verbosity=0, exit=False)
    result = program.result
    bad = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"{result.testsRun - bad - skipped} passed, {bad} failed, {skipped} skipped")
    sys.exit(bool(bad))
