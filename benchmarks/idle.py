#!/usr/bin/env python3
"""What does a case cost that does nothing? Wall time of a case in namespaces whose only step is to wait for no time, one
after the other, against `unshare` making the same empty namespaces in the same run.   benchmarks/idle.py [CASES] [ROUNDS]"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
SUITE = """<suite name="idle" spec="pmip6" section="1" sut="lma">
  <use templates="pmip6.xml" topology="one-mag"/>
  <case name="nothing" title="Nothing happens" cost="short"><says>Nothing.</says><wait for="0s"/></case>
</suite>
"""


def timed(*command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    played, empty = [], []
    with tempfile.TemporaryDirectory() as folder:
        suite = pathlib.Path(folder) / "idle.xml"
        suite.write_text(SUITE)
        for index in range(rounds):
            run = [BUILD / "mobiconform", "run", suite, "--jobs", "1", "--out"]
            one = timed(*run, f"{folder}/one{index}")
            many = timed(*run, f"{folder}/many{index}", "--repeat", str(cases + 1))
            played.append((many - one) / cases * 1000)
            empty.append(timed("unshare", "-Urnmpuf", "true") * 1000)
    print(f"an idle case: {statistics.median(played):.1f} ms (worst {max(played):.1f}), {cases} cases, {rounds} rounds; "
          f"empty namespaces alone: {statistics.median(empty):.1f} ms")


if __name__ == "__main__":
    main()
