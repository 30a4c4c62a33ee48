#!/usr/bin/env python3
"""Runs the fuzzers side by side: fuzz.py [--seconds N] [--build DIR] [--keep] [NAME…], each for that time.

tests/corpora/NAME.txt holds what each begins with, one input a line in base64. --keep writes there what covers
most of what was ever covered, in at most 4 KB a fuzzer. An input that breaks something is printed in base64:
add it to the corpus, it stays there as a regression test."""
import argparse
import base64
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPORA = ROOT / "tests" / "corpora"
MOST = 4096  # octets of one corpus that are kept


def write_inputs(inputs, directory):
    directory.mkdir(parents=True)
    for one in inputs:
        (directory / hashlib.sha1(one).hexdigest()).write_bytes(one)


def kept(name):
    file = CORPORA / f"{name}.txt"
    return [base64.b64decode(line) for line in file.read_text().split()] if file.exists() else []


def gains(program, inputs, scratch):
    """What each input reaches that none before it did, as the fuzzer counts features."""
    files = [scratch / f"{number:05}" for number in range(len(inputs))]
    for file, one in zip(files, inputs):
        file.write_bytes(one)
    control = scratch / "control"
    control.write_text(f"{len(files)}\n0\n" + "".join(f"{file}\n" for file in files))
    subprocess.run([program, f"-merge_control_file={control}", "-merge_inner=1"], capture_output=True, check=False)
    lines = (line.split() for line in control.read_text().splitlines() if line.startswith("FT "))
    return {inputs[int(words[1])]: len(words) - 2 for words in lines}


def keep(name, program, found, scratch):
    """The inputs that add most for their size, as long as there is room."""
    inputs = sorted((one for one in {*kept(name), *found} if 0 < len(one) <= MOST // 8), key=lambda one: (len(one), one))
    gained = gains(program, inputs, scratch)
    chosen, size = [], 0
    for one in sorted(gained, key=lambda one: gained[one] / (len(one) + 32), reverse=True):
        if gained[one] and size + len(one) <= MOST:
            chosen.append(base64.b64encode(one).decode())
            size += len(one)
    (CORPORA / f"{name}.txt").write_text("".join(line + "\n" for line in sorted(chosen)))


def fuzz(program, arguments):
    """One fuzzer: (whether it found nothing, what it did in one line, its output where it found something)."""
    name = program.name.removesuffix("_fuzz")
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        write_inputs(kept(name), scratch / "corpus")
        done = subprocess.run([program, f"-max_total_time={arguments.seconds}", "-seed=1", "-max_len=2048",
                               "-timeout=10", "-print_final_stats=1", f"-artifact_prefix={scratch}/found-",
                               scratch / "corpus"], cwd=scratch, capture_output=True, text=True, errors="replace",
                              check=False, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"})
        runs = re.findall(r"number_of_executed_units: (\d+)", done.stderr)
        edges = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", done.stderr)
        of = re.findall(r"\((\d+) inline 8-bit counters\)", done.stderr)
        good = done.returncode == 0 and bool(runs) and bool(edges)
        if good and arguments.keep:
            keep(name, program, [one.read_bytes() for one in (scratch / "corpus").iterdir()], scratch)
        line = f"{name:<26} " + (f"{int(runs[-1]):>9} executions, {edges[-1][0]:>5} of {of[-1]} edges, "
                                 f"{edges[-1][1]:>5} features, {edges[-1][2]:>4} inputs" if good else "FAILED")
        log = "" if good else done.stderr[-6000:]
        for one in scratch.glob("found-*"):
            log += f"\n{one.name}, in base64: {base64.b64encode(one.read_bytes()).decode()}"
        return good, line, log


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    sources = [file.relative_to(ROOT) for room in ("harness", "peers") for file in (ROOT / room).rglob("*_fuzz.cpp")]
    programs = sorted(arguments.build / file.with_suffix("") for file in sources)
    if arguments.names:
        programs = [one for one in programs if one.name.removesuffix("_fuzz") in arguments.names]
    missing = [one.name for one in programs if not os.access(one, os.X_OK)]
    if missing or not programs:
        sys.exit(f"not in {arguments.build}: {' '.join(missing) or 'any of these'}")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for good, line, log in pool.map(lambda program: fuzz(program, arguments), programs):
            print(f"fuzz  {line}", flush=True)
            failed += not good
            if log:
                print(log)
    print(f"{len(programs) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
