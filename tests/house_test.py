#!/usr/bin/env python3
"""The rules of the house that no compiler checks: layers, clean rooms, orphans, leftovers."""
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What each room may include from the project. Longest prefix wins.
BELOW = {
    "harness/base": [],
    "harness/crypto": ["harness/base"],
    "harness/wire": ["harness/base"],
    "harness/model": ["harness/base", "harness/wire"],
    "harness/script": ["harness/base", "harness/wire", "harness/model"],
    "harness/judge": ["harness/base", "harness/wire", "harness/model", "harness/stage/stage.h"],
    "harness/stage": ["harness/base", "harness/wire", "harness/model"],
    "peers/dhcp": ["harness/base", "harness/wire"],
    "peers/radius": ["harness/base"],
    "peers/common": ["harness/base", "harness/crypto", "harness/wire", "harness/model", "peers/dhcp"],
    "peers/pmip6": ["harness/base", "harness/crypto", "harness/wire", "harness/model", "peers/dhcp", "peers/common"],
    "peers/delegation": ["harness/base", "harness/crypto", "harness/wire", "harness/model", "peers/dhcp", "peers/common"],
    "reports": ["harness/base", "harness/wire", "harness/model"],
    "harness/run": ["harness", "peers", "reports"],
    "benchmarks": ["harness", "peers", "reports"],
}
# Rooms that think: no system, no clock, no threads.
PURE = ["harness/base", "harness/crypto", "harness/wire", "harness/model", "harness/script", "harness/judge", "peers", "reports"]
IMPURE_INCLUDE = re.compile(r"#include\s*<(sys/|net/|netinet/|linux/|arpa/|unistd|fcntl|poll|signal|pcap|tins|boost|netlink"
                            r"|thread|mutex|condition_variable|future|ctime|time\.h|filesystem|fstream|cstdlib>.*getenv)")
IMPURE_CALL = re.compile(r"(steady_clock|system_clock|high_resolution_clock)::now|std::random_device|\bgetenv\(")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\n")
    return [name for name in listed if name and (ROOT / name).is_file()]


def room_of(name):
    rooms = [room for room in BELOW if name.startswith(room + "/")]
    return max(rooms, key=len) if rooms else None


class House(unittest.TestCase):
    def test_includes_point_down_only(self):
        wrong = []
        for name in tracked("*.h", "*.cpp"):
            room = room_of(name)
            if room is None or name.endswith("_test.cpp"):
                continue
            for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
                found = re.match(r'#include\s*"([^"]+)"', line)
                if not found:
                    continue
                target = found.group(1)
                allowed = BELOW[room] + [room]
                if not any(target == one or target.startswith(one + "/") for one in allowed):
                    wrong.append(f"{name}:{number}: {room} may not include {target}")
        self.assertEqual(wrong, [])

    def test_rooms_that_think_touch_no_system(self):
        wrong = []
        for name in tracked("*.h", "*.cpp"):
            if name.endswith(("_test.cpp", "_fuzz.cpp")) or not any(name.startswith(room + "/") for room in PURE):
                continue
            for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
                if IMPURE_INCLUDE.search(line) or IMPURE_CALL.search(line):
                    wrong.append(f"{name}:{number}: {line.strip()}")
        self.assertEqual(wrong, [])

    def test_nobody_sleeps(self):
        sleeping = re.compile(r"sleep_for|usleep\s*\(|nanosleep\s*\(|[^a-z_]sleep\s*\(|^\s*sleep [0-9]|time\.sleep")
        wrong = []
        for name in tracked("*.h", "*.cpp", "*.py", "*.sh", "run", "test", "setup"):
            if name == "tests/house_test.py":
                continue
            for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
                if sleeping.search(line):
                    wrong.append(f"{name}:{number}: {line.strip()}")
        self.assertEqual(wrong, [])

    def test_nothing_unfinished_and_no_foreign_paths(self):
        leftovers = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|/wor[k]/|/farm/|/root/|/tmp/[A-Za-z]")
        wrong = []
        for name in tracked("*.h", "*.cpp", "*.py", "*.xml", "*.md", "*.txt", "*.json", "*.cmake", "run", "test"):
            if name == "tests/house_test.py":
                continue
            for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1):
                if leftovers.search(line):
                    wrong.append(f"{name}:{number}: {line.strip()[:120]}")
        self.assertEqual(wrong, [])

    def test_settings_that_peers_read_are_those_that_suites_may_set(self):
        asked = re.compile(r'\b(?:text|flag|duration|number|prefix|prefixes|words|lifetime)\("([a-z-]+)"')
        written = (ROOT / "suites/settings.xml").read_text()
        unknown = []
        for name in tracked("peers/*.cpp"):
            if name.endswith("_test.cpp"):
                continue
            for word in asked.findall((ROOT / name).read_text()):
                if f'<setting name="{word}">' not in written:
                    unknown.append(f"{name}: {word}")
        self.assertEqual(unknown, [])

    def test_every_package_has_a_reason_in_the_readme(self):
        readme = (ROOT / "README.md").read_text()
        packages = [line.split()[1] for line in (ROOT / "packages.txt").read_text().splitlines()
                    if line and not line.startswith("#")]
        self.assertEqual([one for one in packages if f"`{one}`" not in readme], [])


if __name__ == "__main__":
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
