#!/usr/bin/env python3
"""Two home agents, daemons at two ends of cables, share a store on disk. Mobile routers ask them for persistent prefixes
and repeat what is not answered, while one agent or the other is killed and started again all the time. In the end no
prefix is granted twice and none is lost: what was acknowledged, what the database holds and what either agent lists are
the same, and the capture of it all breaks no rule.

    tests/store_test.py [--grants 10000 --kills 200]
"""
import argparse
import ipaddress
import json
import os
import pathlib
import random
import select
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "outsider"))
import wire  # the outsider's own codecs: nothing of what is tested

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("MOBICONFORM", ROOT / "build" / "release" / "mobiconform")).resolve()
PREFIX, REQUEST, CONFIRMATION = 6, 253, 254
CARE_OF = wire.address("2001:db8:f00::10")
AGENTS = {"ha": wire.address("2001:db8:100::1"), "ha2": wire.address("2001:db8:100::2")}
MAC = bytes.fromhex("020000000010")
PATIENCE, PER_ROUTER, AT_ONCE = 0.5, 40, 4


def home_address(router):
    return wire.address(f"2001:db8:100::1:{router:x}")


def configuration(name, number, folder, routers):
    nodes = "\n".join(f'<mobile-node name="router{i}"><policy home-address="{wire.text(home_address(i))}"/></mobile-node>'
                      for i in range(routers))
    return f"""<peer node="{name}" stores="{folder}">
  <interface port="home" name="{name}-home"/>
  <interface port="core" name="{name}-core"/>
  <topology name="home">
    <link name="home"/><link name="core"/>
    <node name="{name}" role="ha" played="peer">
      <port link="home" address="2001:db8:100::{number}/64"/>
      <port link="core" address="2001:db8:f00::{number}/48"/>
      <set home-prefix="2001:db8:100::/64" pool="2001:db8:20{number}::/48" persistent-pool="2001:db8:300::/48" store="home" advertise="0s"/>
    </node>
    {nodes}
  </topology>
</peer>
"""


class Agent:
    """A daemon, the far ends of its cables, and the way to kill it."""

    def __init__(self, name, number, folder, routers):
        self.name = name
        for port in ("home", "core"):
            subprocess.run(["ip", "link", "add", f"{name}-{port}", "type", "veth", "peer", "name", f"t-{name}-{port}"],
                           check=True)
            for interface in (f"{name}-{port}", f"t-{name}-{port}"):
                pathlib.Path(f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6").write_text("1", encoding="ascii")
                subprocess.run(["ip", "link", "set", interface, "up"], check=True)
        link = subprocess.run(["ip", "-json", "link", "show", "dev", f"{name}-core"], check=True, capture_output=True)
        self.mac = wire.mac(json.loads(link.stdout)[0]["address"])
        self.config = folder / f"{name}.xml"
        self.config.write_text(configuration(name, number, folder, routers))
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86dd))
        self.socket.setsockopt(263, 23, 1)  # what we send does not come back
        self.socket.bind((f"t-{name}-core", 0x86dd))
        self.socket.setblocking(False)
        self.daemon = None
        self.start()

    def start(self):
        self.daemon = subprocess.Popen([BINARY, "peer", "ha", "--config", self.config, "--profile", "nemo-pd"],
                                       stdout=subprocess.DEVNULL)

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()


class Bench:
    def __init__(self, folder, routers, seed):
        self.random = random.Random(seed)
        self.agents = {name: Agent(name, i + 1, folder, routers) for i, name in enumerate(AGENTS)}
        self.by_socket = {agent.socket: agent for agent in self.agents.values()}
        self.sequence = 0
        self.answers = {}       # sequence number → (status, options)
        self.capture = open(folder / "capture.pcap", "wb")
        self.capture.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))

    def close(self):
        for agent in self.agents.values():
            agent.kill()
            agent.socket.close()
        self.capture.close()

    def note(self, frame):
        now = time.time()
        self.capture.write(struct.pack("<IIII", int(now), int(now % 1 * 1e6), len(frame), len(frame)) + frame)

    def transmit(self, agent, packet):
        frame = agent.mac + MAC + b"\x86\xdd" + packet
        self.note(frame)
        agent.socket.send(frame)

    def update(self, agent, router, options=b"", flags=0xc400):
        """RFC 3775, 6.1.7 behind a Home Address option; returns the sequence number."""
        self.sequence = self.sequence % 65535 + 1
        body = struct.pack("!HHH", self.sequence, flags, 450) + options
        body += wire_padding(12 + len(options))
        home, destination = home_address(router), AGENTS[agent.name]
        head = struct.pack("!BBBBH", 59, (6 + len(body)) // 8 - 1, wire.BINDING_UPDATE, 0, 0)
        total = wire.checksum(home, destination, wire.MOBILITY, head + body)
        message = head[:4] + struct.pack("!H", total) + body
        carried = struct.pack("!BBBBBB", wire.MOBILITY, 2, 1, 2, 0, 0) + bytes([201, 16]) + home
        self.transmit(agent, wire.ipv6(CARE_OF, destination, wire.DESTINATION, carried + message))
        return self.sequence

    def listen(self, seconds):
        for ready in select.select(list(self.by_socket), [], [], seconds)[0]:
            for _ in range(64):
                try:
                    frame = ready.recv(65535)
                except OSError:
                    break
                self.note(frame)
                self.received(self.by_socket[ready], frame[14:])

    def received(self, agent, octets):
        packet = wire.Packet(octets)
        if packet.protocol == wire.ICMP and packet.payload[0] == 135 and packet.payload[8:24] == CARE_OF:
            body = struct.pack("!BBHI", 136, 0, 0, 0x60000000) + CARE_OF + bytes([2, 1]) + MAC
            total = wire.checksum(CARE_OF, packet.source, wire.ICMP, body)
            self.transmit(agent, wire.ipv6(CARE_OF, packet.source, wire.ICMP, body[:2] + struct.pack("!H", total) + body[4:],
                                           hops=255))
        elif packet.protocol == wire.ROUTING and packet.payload[0] == wire.MOBILITY:
            message = packet.payload[8 * (packet.payload[1] + 1):]
            if message[2] == wire.BINDING_ACKNOWLEDGEMENT:
                self.answers[struct.unpack("!H", message[8:10])[0]] = (message[6], list(options_of(message[12:])))


def wire_padding(size):
    missing = -size % 8
    return {0: b"", 1: b"\0"}.get(missing) if missing < 2 else bytes([1, missing - 2]) + bytes(missing - 2)


def options_of(octets):
    at = 0
    while at < len(octets):
        if octets[at] == 0:
            at += 1
            continue
        yield octets[at], octets[at + 2:at + 2 + octets[at + 1]]
        at += 2 + octets[at + 1]


def network(packed, length):
    return str(ipaddress.IPv6Network((packed, length)))


class Router:
    """Asks for its prefixes, some at a time, until it has them all; what is not answered is asked again, of either agent."""

    def __init__(self, number, wanted):
        self.number, self.left, self.promised = number, list(range(1, wanted + 1)), {}
        self.asked, self.until, self.pending = [], 0, None

    def work(self, bench, now):
        if self.pending in bench.answers:
            status, options = bench.answers.pop(self.pending)
            self.pending = None
            for kind, data in options if status < 128 else []:
                if kind == CONFIRMATION and data[4] == 0:
                    self.promise(struct.unpack("!H", data[2:4])[0], network(data[10:26], data[0]))
        if not self.left or (self.pending and now < self.until):
            return
        if not self.asked or self.asked[0] not in self.left:
            self.asked = self.left[:bench.random.randint(1, AT_ONCE)]
        agent = bench.random.choice(list(bench.agents.values()))
        requests = b"".join(struct.pack("!BBBBHBB", REQUEST, 6, 64, 0x80, correlation, 0, 3) for correlation in self.asked)
        self.pending, self.until = bench.update(agent, self.number, requests), now + PATIENCE

    def promise(self, correlation, prefix):
        assert self.promised.get(correlation, prefix) == prefix, f"router {self.number} is told another prefix for {correlation}"
        self.promised[correlation] = prefix
        if correlation in self.left:
            self.left.remove(correlation)


def grant(bench, routers, kills, deadline):
    """Until everybody has everything; the kills are spread evenly over the grants."""
    wanted = sum(len(one.left) for one in routers)
    done = 0
    while any(one.left for one in routers):
        now = time.monotonic()
        assert now < deadline, f"{sum(len(one.left) for one in routers)} of {wanted} prefixes are missing"
        assert all(agent.daemon.poll() is None for agent in bench.agents.values()), "an agent has ended by itself"
        busy = [one for one in routers if one.left][:8]
        for one in busy:
            one.work(bench, now)
        bench.listen(0.02)
        if done < kills and (wanted - sum(len(one.left) for one in routers)) * (kills + 1) >= (done + 1) * wanted:
            victim = bench.random.choice(list(bench.agents.values()))
            until = time.monotonic() + bench.random.uniform(0, 0.02)  # somewhere in what it is doing
            while (rest := until - time.monotonic()) > 0:
                bench.listen(rest)
            victim.kill()
            victim.start()
            done += 1
    return done


def listed(bench, agent, router, deadline):
    """The full list (S=1), asked for again until it comes."""
    while True:
        assert time.monotonic() < deadline, f"{agent.name} does not answer"
        sequence = bench.update(agent, router, flags=0xc600)
        until = time.monotonic() + PATIENCE
        while sequence not in bench.answers and time.monotonic() < until:
            bench.listen(0.02)
        if sequence in bench.answers:
            status, options = bench.answers.pop(sequence)
            assert status == 0, f"{agent.name} answers {status}"
            return sorted(network(data[2:18], data[1]) for kind, data in options if kind == PREFIX)


def check(folder, bench, routers, deadline):
    promised = {(wire.text(home_address(one.number)), correlation): prefix
                for one in routers for correlation, prefix in one.promised.items()}
    assert len(set(promised.values())) == len(promised), "a prefix is granted twice"
    for agent in bench.agents.values():  # what they list is what they have read, not what they remember
        agent.kill()
    with sqlite3.connect(folder / "home.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = dict(database.execute("SELECT owner, key FROM records WHERE gone = 0"))
    database.close()
    stored = {(owner.split()[0], int(owner.split()[1])): key for owner, key in rows.items()}
    assert stored == promised, f"{len(stored)} are stored, {len(promised)} were acknowledged"
    for agent in bench.agents.values():
        agent.start()
    for agent in bench.agents.values():
        for one in routers:
            assert listed(bench, agent, one.number, deadline) == sorted(one.promised.values()), \
                f"{agent.name} lists something else for router {one.number}"
    bench.capture.flush()
    judged = subprocess.run([BINARY, "check", folder / "capture.pcap", "--profile", "nemo-pd"], capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout[-3000:] + judged.stderr[-2000:]


def main():
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--grants", type=int, default=400)
    reader.add_argument("--kills", type=int, default=12)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    wish = reader.parse_args()
    if not wish.inside:
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc",
                              "--kill-child", sys.executable, *sys.argv, "--inside"])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        routers = [Router(i, min(PER_ROUTER, wish.grants - i * PER_ROUTER))
                   for i in range((wish.grants + PER_ROUTER - 1) // PER_ROUTER)]
        bench = Bench(folder, len(routers), wish.seed)
        try:
            kills = grant(bench, routers, wish.kills, began + 60 + wish.grants * 0.05)
            check(folder, bench, routers, time.monotonic() + 60 + wish.grants * 0.02)
        except AssertionError as trouble:
            print(f"FAILED: {trouble}\n0 passed, 1 failed")
            return 1
        finally:
            bench.close()
    print(f"{wish.grants} grants, {kills} kills, {time.monotonic() - began:.1f} s: database, lists and capture agree")
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
