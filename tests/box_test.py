#!/usr/bin/env python3
"""Our own LMA, run as a box: a daemon in another network namespace, at the far end of two cables, which nothing here
starts, configures or stops. It gets the verdicts that it gets inside, wherever a box can be judged."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")).resolve()
NUMBERS = 400
COST = os.environ.get("MOBICONFORM_COST", "short")
NODES = ["mn1", "mn2", "mn3", "mn4", "mn5", "local", "plain", "fixed1", "fixed2", "barrier"]
STATIC = ["fixed1", "fixed2", "barrier"]  # in the order of the topology
POLICY = {"local": '<policy mags="mag1"/>', "plain": '<policy service="off"/>'}

MOBILE_NODES = f"""<set pool="2001:db8:4100::/48" owned="2001:db8:5000::/36"/>
  <mobile-nodes nai="{{name}}-{{n}}@box.example.net" from="1" to="{NUMBERS}" prefixes="2001:db8:5000::/36"
                names="{' '.join(NODES)}"/>
  <limits rate="2000/s" quiet="50ms"/>"""
NEIGHBOURS = f"""<sut name="lma-box" role="lma" profile="draft02">
  <claims features="timestamp link-local-address" lacks="ipsec"/>
  <at interface="eth1" address="2001:db8:1::1/64" port="core"/>
  <at interface="eth2" address="2001:db8:2::fe/64" port="outside"/>
  {MOBILE_NODES}
</sut>
"""
ROUTED = f"""<sut name="far-box" role="lma" profile="draft02">
  <claims features="timestamp link-local-address" lacks="ipsec"/>
  <at interface="eth1" address="2001:db8:1::1" nodes="2001:db8:7::/64" gateway="2001:db8:7::fe">
    <node name="mag2" address="2001:db8:7::22"/>
  </at>
  {MOBILE_NODES}
</sut>
"""


def mobile_nodes():
    for number in range(1, NUMBERS + 1):
        for name in NODES:
            prefix = ""
            if name in STATIC:
                subnet = 16 * number + STATIC.index(name)
                prefix = f' prefix="2001:db8:5000:{subnet:x}::/64"'
            yield (f'<mobile-node name="{name}-{number}" nai="{name}-{number:03}@box.example.net" lma="lma"{prefix}>'
                   f'{POLICY.get(name, "")}</mobile-node>')


def configuration(mag1, mag2, route=""):
    nodes = "\n".join(mobile_nodes())
    return f"""<peer node="lma">
  <interface port="core" name="core"/>
  <interface port="outside" name="outside"/>
  <topology name="box">
    <link name="core"/><link name="outside"/>
    <node name="lma" role="lma" played="peer">
      <port link="core" address="2001:db8:1::1/64"/>
      <port link="outside" address="2001:db8:2::fe/64"/>
      {route}
      <set pool="2001:db8:4100::/48" owned="2001:db8:5000::/36" delay="1s" tolerance="1s" max-lifetime="1h"/>
    </node>
    <node name="mag1" role="mag" played="peer"><port link="core" address="{mag1}/64"/></node>
    <node name="mag2" role="mag" played="peer"><port link="core" address="{mag2}/64"/></node>
    {nodes}
  </topology>
</peer>
"""


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


class Space:
    """A network namespace, for as long as this object is open."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo inside; exec sleep 1200"],
                                       stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"inside\n"

    def start(self, *command, **options):
        return subprocess.Popen(["nsenter", "-n", f"--target={self.holder.pid}", *command], **options)

    def run(self, *command):
        assert self.start(*command).wait() == 0, command

    def cable(self, here, there, space):
        """From an interface of this process's namespace, or of another space, into this one."""
        name = ["name", here] + (["netns", str(space.holder.pid)] if space else [])
        ip("link", "add", *name, "type", "veth", "peer", "name", there, "netns", str(self.holder.pid))
        self.run("ip", "link", "set", there, "up")
        if space:
            space.run("ip", "link", "set", here, "up")
        else:
            ip("link", "set", here, "up")

    def close(self):
        self.holder.kill()
        self.holder.communicate()


class Box:
    """The daemon in a space of its own; nothing of the harness can reach it but by cable."""

    def __init__(self, folder, routed=False):
        self.spaces = [Space()]
        if routed:
            self.spaces.append(Space())
            self.spaces[1].cable("eth1", "near", None)
            self.spaces[0].cable("far", "core", self.spaces[1])
            self.spaces[1].run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
            self.spaces[1].run("ip", "address", "add", "2001:db8:7::fe/64", "dev", "near", "nodad")
            self.spaces[1].run("ip", "address", "add", "2001:db8:1::fe/64", "dev", "far", "nodad")
        else:
            self.spaces[0].cable("eth1", "core", None)
        self.spaces[0].cable("eth2", "outside", None)
        ip("address", "add", "2001:db8:99::1/64", "dev", "eth1", "nodad")
        config = folder / "lma.xml"
        if routed:
            config.write_text(configuration("2001:db8:7::1:1", "2001:db8:7::22",
                                            '<route to="2001:db8:7::/64" via="2001:db8:1::fe"/>'))
        else:
            config.write_text(configuration("2001:db8:1::1:1", "2001:db8:1::2:1"))
        self.daemon = self.spaces[0].start(BINARY, "peer", "lma", "--config", config, stdout=subprocess.PIPE)
        assert self.daemon.stdout.readline().startswith(b"ready"), "the daemon did not come up"
        self.listener = threading.Thread(target=self.daemon.stdout.read)  # it must never wait for us
        self.listener.start()

    def close(self):
        self.daemon.kill()
        self.daemon.wait()
        self.listener.join()
        self.daemon.stdout.close()
        for space in self.spaces:
            space.close()
        for interface in ("eth1", "eth2"):  # the far end goes with its space, but in its own time
            subprocess.run(["ip", "link", "delete", interface], stderr=subprocess.DEVNULL, check=False)


def interface():
    link = json.loads(subprocess.run(["ip", "-json", "address", "show", "dev", "eth1"], capture_output=True,
                                     check=True).stdout)[0]
    return link["ifindex"], link["flags"], sorted(one["local"] for one in link["addr_info"])


def verdicts(out):
    events = [json.loads(line) for line in (out / "events.ndjson").read_text().splitlines()]
    return {one["result"]["id"]: one["result"] for one in events if one["event"] == "case-ended"}


def start(*arguments):
    return subprocess.Popen([BINARY, "run", "pmip6/*", "--role", "lma", *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


class ABox(unittest.TestCase):
    routed = False

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        self.box = Box(self.folder, self.routed)
        self.profile = self.folder / "box.xml"
        self.profile.write_text(ROUTED if self.routed else NEIGHBOURS)
        self.before = interface()

    def tearDown(self):
        self.assertEqual(interface(), self.before)
        self.box.close()
        self.place.cleanup()

    def play(self, *arguments, prefix=()):
        done = subprocess.run([*prefix, BINARY, "run", *arguments, "--sut", self.profile, "--out",
                               self.folder / "out"], capture_output=True, text=True, timeout=400)
        return done.returncode, done.stdout + done.stderr


class Neighbour(ABox):
    def test_gets_the_verdicts_that_it_gets_inside(self):
        inside = subprocess.run([BINARY, "run", "pmip6/*", "--role", "lma", "--cost", COST, "--out",
                                 self.folder / "inside"], capture_output=True, text=True, timeout=180)
        self.assertIn(inside.returncode, (0, 1), inside.stdout)  # what is red inside is no matter of the box
        code, said = self.play("pmip6/*", "--role", "lma", "--cost", COST)
        known, found = verdicts(self.folder / "inside"), verdicts(self.folder / "out")
        self.assertEqual(set(known), set(found))
        left_out = {case: one["reason"] or [each["sentence"] for each in one["findings"]]
                    for case, one in found.items() if one["verdict"] == "not-claimed"}
        judged = {case: one["verdict"] for case, one in found.items() if case not in left_out}
        self.assertGreater(len(judged), 150, said)
        # Nobody asks a box for its state: what only that would have shown is observed, not passed.
        alike = {("pass", "observed")}
        alike |= {("fail", verdict) for verdict in judged.values()}
        pairs = {case: (known[case]["verdict"], verdict) for case, verdict in judged.items()}
        self.assertEqual({case: pair for case, pair in pairs.items() if pair[0] != pair[1] and pair not in alike}, {},
                         said)
        self.assertEqual({case: reason for case, reason in left_out.items() if not reason}, {})
        # It runs where it is, and whoever plays against it makes no process of it.
        self.assertIsNone(self.box.daemon.poll())

    def test_is_told_that_the_case_is_over(self):
        code, said = self.play("pmip6/registration/bootstrap")
        self.assertEqual(code, 0, said)
        transcript = (self.folder / "out" / "pmip6.registration.bootstrap" / "transcript.txt").read_text()
        messages = [line for line in transcript.splitlines() if "<binding-" in line]
        self.assertIn('lifetime="0"', messages[-2])
        self.assertIn("binding-update", messages[-2])
        self.assertIn('status="accepted"', messages[-1])
        self.assertRegex(messages[-1], r'nai="mn1-[0-9]{3}@box\.example\.net"')

    def test_survives_the_end_of_the_runner_and_so_does_the_interface(self):
        run = subprocess.Popen([BINARY, "run", "pmip6/*", "--role", "lma", "--cost", "short", "--verbose",
                                "--sut", self.profile, "--out", self.folder / "killed"],
                               stdout=subprocess.PIPE, text=True)
        lines = []
        while sum(line.startswith("PASS") for line in lines) < 20:  # in the middle of whatever is played then
            lines.append(run.stdout.readline())
            self.assertNotEqual(lines[-1], "", lines)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        self.assertEqual(interface(), self.before)
        code, said = self.play("pmip6/registration/bootstrap")
        self.assertEqual(code, 0, said)

    def test_without_the_right_to_the_interface_nothing_is_played(self):
        code, said = self.play("pmip6/registration/bootstrap", prefix=["setpriv", "--bounding-set", "-net_raw"])
        self.assertEqual(code, 3, said)
        self.assertIn("open interface eth1 (it takes root, or CAP_NET_RAW)", said)
        self.assertEqual(said.count("\n"), 1, said)

    def test_an_interface_that_is_not_there_is_a_wrong_profile(self):
        self.profile.write_text(NEIGHBOURS.replace("eth2", "eth7"))
        code, said = self.play("pmip6/registration/bootstrap")
        self.assertEqual(code, 2, said)
        self.assertIn("this host has no interface eth7", said)

    def test_what_is_behind_an_unplugged_port_is_not_claimed(self):
        self.profile.write_text(NEIGHBOURS.replace('<at interface="eth2" address="2001:db8:2::fe/64" port="outside"/>',
                                                   ""))
        code, said = self.play("pmip6/formats/option-order*", "pmip6/forwarding/uplink")
        self.assertEqual(code, 0, said)
        found = verdicts(self.folder / "out")
        self.assertEqual(found["pmip6/forwarding/uplink"]["verdict"], "not-claimed")
        self.assertIn("its port outside is there", found["pmip6/forwarding/uplink"]["reason"])
        self.assertEqual({one["verdict"] for case, one in found.items() if "option-order" in case}, {"pass"})

    def test_a_silent_one_is_never_ready(self):
        self.box.daemon.send_signal(signal.SIGSTOP)
        code, said = self.play("pmip6/registration/bootstrap")
        self.box.daemon.send_signal(signal.SIGCONT)
        self.assertEqual(code, 3, said)
        self.assertIn("lma did not answer a probe within 5s", said)


class Routed(ABox):
    routed = True

    def test_is_reached_through_its_gateway(self):
        code, said = self.play("pmip6/formats/option-order*", "pmip6/ordering/*", "--role", "lma", "--cost", "short")
        self.assertEqual(code, 0, said)
        found = verdicts(self.folder / "out")
        self.assertGreater(sum(one["verdict"] == "pass" for one in found.values()), 30, said)


if __name__ == "__main__":
    if "MOBICONFORM_INSIDE" not in os.environ:
        os.environ["MOBICONFORM_INSIDE"] = "1"
        for flags in ("-Urn", "-n"):
            if subprocess.run(["unshare", flags, "true"], check=False).returncode == 0:
                os.execvp("unshare", ["unshare", flags, "--", sys.executable, *sys.argv])
        sys.exit("this host makes no network namespace")
    program = unittest.main(verbosity=0, exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(bool(bad))
