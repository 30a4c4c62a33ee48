#!/usr/bin/env python3
"""The images are built from nothing and played in: the harness in its container, our peers as images under test."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build" / "release"))
BINARY = BUILD / "mobiconform"
CONTAINERS = ROOT / "containers"
KEPT = ROOT / "build" / "containers"  # the root file system that debootstrap made, for the next time

# Images of a test are nobody else's business; neither cgroups nor a network are needed.
STORE = ["--root", f"{KEPT}/storage", "--runroot", f"{KEPT}/running"]
PODMAN = ["podman", *STORE, "--cgroup-manager", "cgroupfs", "--runtime", "runc"]
LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"]

LIAR = """FROM localhost/mobiconform-base
ENTRYPOINT ["/bin/true"]
"""


def call(*arguments, code=0, **more):
    done = subprocess.run([*map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=900, **more)
    assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout[-4000:]}"
    return done.stdout


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.environment = {**os.environ, "PODMAN": " ".join(PODMAN), "PODMAN_RUN": " ".join(LIMITS),
                           "BUILDAH": " ".join(["buildah", *STORE, "bud", "--isolation", "chroot", "--network", "host"])}
        for old in BUILD.glob("*.deb"):
            old.unlink()
        call("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", cwd=BUILD)
        (package,) = BUILD.glob("mobiconform_*.deb")
        call(CONTAINERS / "build", package, KEPT, env=cls.environment)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def podman_run(self, image, *arguments, options=(), code=0):
        return call(*PODMAN, "run", "--rm", "--network", "none", *LIMITS, *options, image, *arguments, code=code)

    def test_the_harness_plays_in_its_container(self):
        said = self.podman_run("mobiconform", "run", "pmip6/registration*", "pmip6/mag-signalling*",
                               options=["--security-opt", "unmask=ALL"])
        self.assertRegex(said, r"\d+ cases on lab")
        self.assertIn(" 0 failed", said)

    def test_an_ordinary_user_plays_in_the_container_and_keeps_the_results(self):
        results = self.folder / "results"
        results.mkdir(mode=0o777)
        results.chmod(0o777)
        self.podman_run("mobiconform", "run", "pmip6/registration/bootstrap", "--out", "/results/mine",
                        options=["--security-opt", "unmask=ALL", "--user", "1001", "--cap-drop", "all",
                                 "--volume", f"{results}:/results"])
        self.assertTrue((results / "mine" / "report.html").exists())
        self.assertTrue((results / "mine" / "pmip6.registration.bootstrap" / "capture.pcapng").exists())

    def test_the_package_is_whole_in_the_image(self):
        self.assertIn("mobiconform", self.podman_run("mobiconform", "--version"))
        lacking = self.podman_run("mobiconform")  # doctor
        self.assertRegex(lacking, r"userns +yes")
        self.assertRegex(lacking, r"sysctl +no .*\n.*--security-opt unmask=ALL")
        self.assertRegex(self.podman_run("mobiconform", "doctor", options=["--security-opt", "unmask=ALL"]),
                         r"sysctl +yes")
        self.podman_run("mobiconform", "run", "pmip6/*", "--stage", "sim")
        said = self.podman_run("mobiconform", "results", "1", "2", "--stage", "sim", "pmip6/registration*",
                               options=["--entrypoint", "/usr/share/mobiconform/containers/shard"])
        self.assertIn(" passed, 0 failed", said)

    def test_our_peers_answer_127_for_what_they_do_not_play(self):
        for role, code in (("lma", 0), ("mag", 0), ("pope", 127), ("", 127)):
            self.podman_run("mobiconform-peer", options=["--env", f"MOBICONFORM_ROLE={role}"], code=code)

    def test_our_peers_are_judged_as_images(self):
        for role, cases in (("lma", "pmip6/registration*"), ("mag", "pmip6/mag-signalling*")):
            plugged = self.folder / role
            call(CONTAINERS / "plug", "mobiconform-peer", role, plugged, env=self.environment)
            profile = plugged / f"{role}.xml"
            call(BINARY, "lint", profile)
            out = self.folder / f"out-{role}"
            said = call(BINARY, "run", cases, "--role", role, "--sut", profile, "--out", out)
            self.assertRegex(said, rf"against reference-{role} \({role}\)")
            self.assertRegex(said, r"[1-9]\d* passed, 0 failed")
            # It ran in its image: the configuration that it read names the directory as the image sees it.
            (configuration, *_) = out.glob(f"*/{role}*/{role}.xml")
            self.assertIn('control="/case/control"', configuration.read_text())

    def test_an_image_that_claims_to_play_everything_is_not_believed(self):
        (self.folder / "Containerfile").write_text(LIAR)
        call("buildah", *STORE, "bud", "--isolation", "chroot", "--tag", "liar", self.folder)
        said = call(CONTAINERS / "plug", "liar", "lma", self.folder / "liar", env=self.environment, code=2)
        self.assertIn("not 127, for a role that does not exist", said)
        said = call(CONTAINERS / "plug", "mobiconform-peer", "ha", self.folder / "ha", env=self.environment, code=127)
        self.assertIn("does not play ha", said)


if __name__ == "__main__":
    lacking = [name for name in ("buildah", "podman", "runc", "debootstrap") if not shutil.which(name)]
    if lacking or os.geteuid() != 0:
        print(f"not played: {'needs root' if not lacking else 'missing ' + ', '.join(lacking)}")
        print("0 passed, 0 failed, 6 skipped")
        sys.exit(0)
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
