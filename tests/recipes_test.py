#!/usr/bin/env python3
"""The recipes for many machines: each is read as its system would read it, and the shell in it is run, shard by shard."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform"))
RECIPES = ROOT / "containers" / "recipes"
INSTALLED = "/usr/share/mobiconform/containers"
PLAYED = "--stage sim pmip6/registration*"


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def verdicts(events):
    told = map(json.loads, events.read_text().splitlines())
    return {one["result"]["id"]: one["result"]["verdict"] for one in told if one["event"] == "case-ended"}


class Recipes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "mobiconform").symlink_to(BINARY)

    def shell(self, script, *arguments, shell="sh", code=0, **environment):
        """A piece of a recipe, as the image would run it."""
        script = script.replace(INSTALLED, str(ROOT / "containers"))
        done = subprocess.run([shell, "-ec", script, shell, *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=120,
                              env={"PATH": f"{self.folder}/bin:{os.environ['PATH']}", **environment})
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout

    def whole(self):
        self.shell(f"mobiconform run {PLAYED} --out one-piece")
        return verdicts(self.folder / "one-piece" / "events.ndjson")

    def assert_merged(self, directory):
        self.assertEqual(verdicts(self.folder / directory / "events.ndjson"), self.whole())
        self.assertIn("</html>", (self.folder / directory / "report.html").read_text())

    def test_github_actions(self):
        (recipe,) = documents(RECIPES / "github-actions.yml")
        shards = recipe["jobs"]["shard"]
        for job in recipe["jobs"].values():
            for step in job["steps"]:
                self.assertEqual(len({"run", "uses"} & set(step)), 1, step)
        numbers = shards["strategy"]["matrix"]["shard"]
        for number in numbers:
            for step in shards["steps"]:
                if "run" in step:
                    self.shell(step["run"].replace("${{ matrix.shard }}", str(number)), shell="bash",
                               ARGUMENTS=PLAYED)
        self.assertEqual(len(numbers), int(re.search(r"shard \}\} (\d+)", str(shards["steps"])).group(1)))
        for step in recipe["jobs"]["merge"]["steps"]:
            if "run" in step:
                self.shell(step["run"], shell="bash")
        self.assert_merged("whole")
        self.assertTrue((self.folder / "results" / "durations.ndjson").exists())

    def test_gitlab(self):
        (recipe,) = documents(RECIPES / "gitlab-ci.yml")
        self.assertLessEqual({recipe["shard"]["stage"], recipe["merge"]["stage"]}, set(recipe["stages"]))
        total = recipe["shard"]["parallel"]
        for number in range(1, total + 1):
            self.shell("\n".join(recipe["shard"]["script"]), CI_NODE_INDEX=str(number), CI_NODE_TOTAL=str(total),
                       ARGUMENTS=PLAYED)
        self.shell("\n".join(recipe["merge"]["script"]))
        self.assert_merged("whole")
        self.assertEqual(recipe["merge"]["artifacts"]["reports"]["junit"], "whole/junit.xml")

    def test_jenkins(self):
        text = (RECIPES / "Jenkinsfile").read_text()
        outside = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", "", text, flags=re.S)
        for opening, closing in ("{}", "()", "[]"):
            self.assertEqual(outside.count(opening), outside.count(closing))
        play, merge = re.findall(r"sh '''(.*?)'''", text, re.S)
        numbers = re.findall(r"'(\d+)'", re.search(r"values (.*)", text).group(1))
        for number in numbers:
            self.shell(play, SHARD=number, ARGUMENTS=PLAYED)
        self.assertIn(f'"$SHARD" {len(numbers)} ', play)
        self.shell(merge)
        self.assert_merged("whole")

    def test_kubernetes(self):
        (shards,), (merge,), (claim,) = (documents(RECIPES / "kubernetes" / f"{name}.yaml")
                                         for name in ("shards", "merge", "results"))
        spec = shards["spec"]
        (container,) = spec["template"]["spec"]["containers"]
        environment = {one["name"]: one["value"] for one in container["env"]}
        self.assertEqual((spec["completionMode"], spec["completions"]), ("Indexed", int(environment["SHARDS"])))
        for job in (shards, merge):
            (volume,) = job["spec"]["template"]["spec"]["volumes"]
            self.assertEqual(volume["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"])
        environment |= {"RESULTS": str(self.folder / "results"), "ARGUMENTS": PLAYED}
        self.assertEqual(container["command"], ["sh", "-c"])
        (merging,) = merge["spec"]["template"]["spec"]["containers"]
        for night in ("first", "second"):
            for index in range(spec["completions"]):
                self.shell(container["args"][0], JOB_COMPLETION_INDEX=str(index), **environment)
            # A pod that is made again after it had ended plays nothing anew.
            self.assertIn("this run was cut off and went on",
                          self.shell(container["args"][0], JOB_COMPLETION_INDEX="0", **environment))
            said = self.shell(merging["args"][0], RESULTS=environment["RESULTS"])
            self.assertIn(" passed, 0 failed", said)
            self.assert_merged("results/whole")
            self.assertTrue((self.folder / "results/whole/shards/shard-1/events.ndjson").exists())
            shutil.rmtree(self.folder / "one-piece")
        self.assertEqual(len(list((self.folder / "results").glob("until-*"))), 1)

    def test_slurm(self):
        shards, merge = (RECIPES / "slurm" / f"{name}.sbatch" for name in ("shards", "merge"))
        first, last = re.search(r"#SBATCH --array=(\d+)-(\d+)", shards.read_text()).groups()
        for task in range(int(first), int(last) + 1):
            self.shell(shards.read_text(), "results", *PLAYED.split(), shell="bash", SLURM_ARRAY_TASK_ID=str(task),
                       SLURM_ARRAY_TASK_COUNT=last)
        self.shell(merge.read_text(), "results", shell="bash")
        self.assert_merged("results/whole")

    def test_a_missing_shard_is_no_green_night(self):
        for number in (1, 3):
            self.shell(f"{INSTALLED}/shard results {number} 3 {PLAYED}")
        said = self.shell(f"{INSTALLED}/gather results", code=3)
        self.assertIn("shard 2/3 is missing", said)

    def test_shards_of_wrong_arguments_are_no_played_shards(self):
        self.shell(f"{INSTALLED}/shard results 1 2 --stage moon", code=2)
        self.shell(f"{INSTALLED}/shard results", code=2)

    def test_every_script_is_clean(self):
        scripts = [path for path in (ROOT / "containers").rglob("*")
                   if path.is_file() and path.read_bytes().startswith(b"#!")]
        self.assertGreater(len(scripts), 6)
        for path in scripts:
            self.assertTrue(os.access(path, os.X_OK), path)
            shell = "bash" if b"bash" in path.read_bytes().splitlines()[0] else "sh"
            subprocess.run([shell, "-n", path], check=True)
        subprocess.run(["shellcheck", *scripts], check=True)

    def test_every_containerfile_is_made_of_known_instructions(self):
        for path in (ROOT / "containers").rglob("Containerfile"):
            lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
            self.assertIn(lines[0].split()[0], ("ARG", "FROM"))
            for line in lines:
                self.assertIn(line.split()[0], ("ARG", "FROM", "ADD", "COPY", "RUN", "WORKDIR", "ENTRYPOINT", "CMD"))
                if line.startswith(("ENTRYPOINT", "CMD")):
                    json.loads(line.split(None, 1)[1])


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
