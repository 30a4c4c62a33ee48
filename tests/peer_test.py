#!/usr/bin/env python3
"""The home agent and the mobile router of the examples, as daemons on two interfaces each: a host behind the router gets
an address of the delegated prefix and is reached through the tunnel, also after the home agent was killed."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")).resolve()
ACCESS_ROUTER = """<peer node="ar">
  <interface port="core" name="eth1"/><interface port="mr" name="eth2"/>
  <topology name="visited">
    <link name="core"/>
    <node name="ar" role="access-router" played="peer">
      <port link="core" address="2001:db8:f::fe/64"/><access for="mr" address="2001:db8:a1::1/64"/>
      <route to="2001:db8:100::/64" via="2001:db8:f::1"/>
    </node>
    <mobile-node name="mr"/>
  </topology>
</peer>
"""


class Space:
    """A network namespace, for as long as this object is open."""

    def __init__(self):
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo inside; exec sleep 1200"],
                                       stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"inside\n"

    def start(self, *command, **options):
        return subprocess.Popen(["nsenter", "-n", f"--target={self.holder.pid}", *command], **options)

    def run(self, *command):
        done = self.start(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said, _ = done.communicate()
        return done.returncode, said

    def must(self, *command):
        code, said = self.run(*command)
        assert code == 0, (command, said)

    def close(self):
        self.holder.kill()
        self.holder.communicate()


def cable(one, here, other, there):
    subprocess.run(["ip", "link", "add", "name", here, "netns", str(one.holder.pid), "type", "veth",
                    "peer", "name", there, "netns", str(other.holder.pid)], check=True)
    for space, interface in ((one, here), (other, there)):
        space.must("ip", "link", "set", interface, "up")


class Daemon:
    """A peer in a space; what it says is its journal."""

    def __init__(self, space, role, config, folder):
        self.process = space.start(BINARY, "peer", role, "--config", config, "--profile", "nemo-pd", cwd=folder,
                                   stdout=subprocess.PIPE, text=True)
        self.said = []
        self.until(f"ready {role}")

    def until(self, *beginnings):
        """The next line that begins so; the daemon says it, or this test runs into the limit of its whole run."""
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith(beginnings):
                return line
        raise AssertionError("it ended: " + "".join(self.said))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Daemons(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        for example in ("ha.xml", "mr.xml"):
            text = (ROOT / "examples" / example).read_text()
            (self.folder / example).write_text(text.replace('<peer node="mr">', '<peer node="mr" control="control">'))
        (self.folder / "ar.xml").write_text(ACCESS_ROUTER)
        self.cn, self.ha, self.ar, self.mr, self.mnn = self.spaces = [Space() for _ in range(5)]
        cable(self.ha, "eth1", self.cn, "eth0")
        cable(self.ar, "eth1", self.ha, "eth2")
        cable(self.mr, "eth1", self.ar, "eth2")
        cable(self.mr, "eth2", self.mnn, "eth0")
        self.cn.must("ip", "address", "add", "2001:db8:100::c/64", "dev", "eth0", "nodad")
        self.cn.must("ip", "route", "add", "default", "via", "2001:db8:100::1")
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            daemon.kill()
        for space in self.spaces:
            space.close()
        self.place.cleanup()

    def start(self, role, space, config):
        self.daemons.append(Daemon(space, role, self.folder / config, self.folder))
        return self.daemons[-1]

    def reaches(self):
        code, said = self.mnn.run("ping", "-6", "-c", "3", "-i", "0.1", "-w", "5", "2001:db8:100::c")
        self.assertEqual(code, 0, said)

    def test_a_host_behind_the_router_is_reached_also_after_the_agent_was_killed(self):
        self.mnn.must("sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=0")
        news = self.mnn.start("ip", "monitor", "address", stdout=subprocess.PIPE, text=True)
        agent = self.start("ha", self.ha, "ha.xml")
        self.start("access-router", self.ar, "ar.xml")
        self.start("mr", self.mr, "mr.xml")
        for _ in range(2):  # with the request, and with the confirmation of what is installed
            self.assertIn("prefixes=1", agent.until("registered"))
        next(line for line in news.stdout if "2001:db8:201:" in line)
        news.kill()
        news.communicate()
        self.reaches()
        agent.kill()
        agent = self.start("ha", self.ha, "ha.xml")
        with open(self.folder / "control", "w", encoding="ascii") as control:
            control.write("refresh\n")
        self.assertIn("prefixes=1", agent.until("registered"))
        self.reaches()


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
