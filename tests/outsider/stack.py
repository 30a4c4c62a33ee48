"""A small IPv6 node in user space: packet sockets, neighbours, errors, tunnels and timers. The kernel only carries frames."""
import atexit
import heapq
import itertools
import os
import select
import signal
import socket
import struct
import sys
import time

import wire

ETHERTYPE = 0x86dd
IGNORE_OUTGOING = 23
LINK_MTU = 1500
SMALLEST_MTU = 1280


class Port:
    def __init__(self, name, mac, addresses):
        self.name, self.mac, self.addresses = name, mac, addresses
        self.link_local = wire.link_local_of(mac)
        with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w", encoding="ascii") as switch:
            switch.write("1")
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
        self.socket.setsockopt(263, IGNORE_OUTGOING, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind((name, ETHERTYPE))
        self.socket.setblocking(False)

    def own(self, address):
        return address == self.link_local or any(address == a for a, _ in self.addresses)

    def send(self, mac, octets):
        try:
            self.socket.send(mac + self.mac + b"\x86\xdd" + octets)
        except OSError as error:
            print(f"{self.name}: {error}", flush=True)


class Bucket:
    """At most so many in a burst and a second (RFC 4443 2.4 f)."""

    def __init__(self, burst, rate):
        self.burst, self.rate, self.left, self.when = burst, rate, burst, time.monotonic()

    def take(self):
        now = time.monotonic()
        self.left, self.when = min(self.burst, self.left + (now - self.when) * self.rate), now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Stack:
    """What an anchor and a gateway have in common. A subclass says what is forwarded and what signalling means."""

    def __init__(self, config, fault):
        self.config, self.fault = config, fault
        self.ports = [Port(*port) for port in config.ports]
        self.by_name = {port.name: port for port in self.ports}
        self.address = wire.address(config.paths["address"])
        self.neighbours, self.waiting, self.parts, self.path_mtu = {}, {}, {}, {}
        self.errors, self.binding_errors = Bucket(50, 100), Bucket(10, 10)
        self.timers, self.order, self.identification = [], itertools.count(), itertools.count(1)
        self.control = None

    # -- time and events ------------------------------------------------------------------------------------------
    def after(self, seconds, action):
        timer = [time.monotonic() + seconds, next(self.order), action]
        heapq.heappush(self.timers, timer)
        return timer

    @staticmethod
    def cancel(timer):
        if timer:
            timer[2] = None

    def run(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        poller = select.poll()
        readers = {port.socket.fileno(): port for port in self.ports}
        for descriptor in readers:
            poller.register(descriptor, select.POLLIN)
        if "control" in self.config.paths:
            if not os.path.exists(self.config.paths["control"]):
                os.mkfifo(self.config.paths["control"])
            atexit.register(os.unlink, self.config.paths["control"])
            self.control = os.open(self.config.paths["control"], os.O_RDWR | os.O_NONBLOCK)
            poller.register(self.control, select.POLLIN)
        print("ready", flush=True)
        while True:
            while self.timers and self.timers[0][0] <= time.monotonic():
                action = heapq.heappop(self.timers)[2]
                if action:
                    action()
            rest = None if not self.timers else max(0, (self.timers[0][0] - time.monotonic()) * 1000)
            for descriptor, _ in poller.poll(rest):
                if descriptor == self.control:
                    for line in os.read(self.control, 65536).decode().splitlines():
                        print("told", line, flush=True)
                        words = line.split()
                        self.told(words[0], dict(word.split("=", 1) for word in words[1:]))
                else:
                    self._drain(readers[descriptor])

    def _drain(self, port):
        for _ in range(64):
            try:
                frame = port.socket.recv(65535)
            except OSError:
                return
            if frame[:6] == port.mac or frame[0] & 1:
                try:
                    self.received(port, frame[6:12], wire.Packet(frame[14:]))
                except wire.Malformed as reason:
                    print(f"{port.name}: discarded: {reason}", flush=True)

    # -- in -------------------------------------------------------------------------------------------------------
    def received(self, port, mac, packet):
        if packet.source[0] == 0xff:
            return
        if packet.destination[0] == 0xff or self.is_own(packet.destination, port):
            self.local(port, mac, packet)
        elif not wire.is_link_local(packet.destination):
            self.forward(port, mac, packet)

    def is_own(self, address, port=None):
        if wire.is_link_local(address):
            return port is not None and address == port.link_local
        return any(p.own(address) for p in self.ports)

    def local(self, port, mac, packet):
        try:
            chain = wire.Chain(packet)
            if chain.fragment:
                packet = self._reassembled(packet, chain)
                if packet is None:
                    return
                chain = wire.Chain(packet)
            payload = packet.octets[chain.at:]
            if chain.protocol == wire.ICMP:
                self._icmp(port, mac, packet, payload)
            elif packet.destination[0] == 0xff:
                return
            elif chain.protocol == wire.MOBILITY:
                self.mobility(packet, chain)
            elif chain.protocol == wire.TUNNEL:
                self.decapsulated(packet, wire.Packet(payload))
            elif chain.protocol == wire.UDP:
                raise wire.Problem(1, 4)
            elif chain.protocol not in (wire.NONE, wire.TCP):
                raise wire.Problem(4, 1, chain.where_next)
        except wire.Problem as problem:
            self.error(packet.octets, problem)

    def _reassembled(self, packet, chain):
        identification, offset, more, at = chain.fragment
        key = (packet.source, packet.destination, identification)
        if key not in self.parts:
            self.parts[key] = {}
            self.after(60, lambda: self.parts.pop(key, None))
        pieces = self.parts[key]
        pieces[offset] = (packet.octets[at + 8:], more)
        if offset == 0:
            pieces["head"] = (packet.octets[:at], packet.octets[at], chain.where_next)
        data, place = b"", 0
        while place in pieces and pieces[place][0]:
            part, more = pieces[place]
            data += part
            place += len(part)
            if not more:
                head, protocol, named = pieces["head"]
                del self.parts[key]
                head = bytearray(head)
                head[named] = protocol
                head[4:6] = struct.pack("!H", len(head) - 40 + len(data))
                return wire.Packet(bytes(head) + data)
        return None

    def _icmp(self, port, mac, packet, message):
        if len(message) < 8 or wire.checksum(packet.source, packet.destination, wire.ICMP, message):
            return
        kind, code = message[:2]
        if kind == 128:
            source = packet.destination if packet.destination[0] != 0xff else port.link_local
            self.output(wire.icmp(source, packet.source, 129, 0, message[4:]), port)
        elif kind in (133, 135, 136) and port and packet.hops == 255 and code == 0:
            self._discovery(port, mac, packet, kind, message)
        elif kind < 128 and packet.destination[0] != 0xff:
            self._error_received(kind, struct.unpack("!I", message[4:8])[0], message[8:])

    # -- neighbours -----------------------------------------------------------------------------------------------
    def _discovery(self, port, mac, packet, kind, message):
        if kind == 133:
            self.solicited(port, mac, packet.source)
            return
        if len(message) < 24 or message[8] == 0xff:
            return
        target = message[8:24]
        if kind == 136:
            self.heard(port, target, mac)
            self.learn(port, target, link_layer_option(message[24:], 2) or mac)
        elif port.own(target):
            if packet.source != wire.UNSPECIFIED:
                self.learn(port, packet.source, link_layer_option(message[24:], 1) or mac)
            self._advertise(port, target, packet.source)
        else:
            self.probed(port, mac, packet.source, target)

    def _advertise(self, port, target, asker):
        nobody = asker == wire.UNSPECIFIED
        to = wire.ALL_NODES if nobody else asker
        body = struct.pack("!I", 0xa0000000 if nobody else 0xe0000000) + target + b"\x02\x01" + port.mac
        octets = wire.icmp(target, to, 136, 0, body, hops=255)
        if nobody:
            port.send(multicast_mac(to), octets)
        else:
            self.transmit(port, to, octets)

    def solicit(self, port, target, mac=None):
        """Asks for a neighbour; to its link-layer address where that is known."""
        group = wire.address("ff02::1:ff00:0")[:13] + target[13:]
        source = port.link_local
        if not wire.is_link_local(target):
            source = next((a for a, n in port.addresses if wire.within(target, a, n)), source)
        octets = wire.icmp(source, target if mac else group, 135, 0, bytes(4) + target + b"\x01\x01" + port.mac, hops=255)
        port.send(mac or multicast_mac(group), octets)

    def learn(self, port, address, mac):
        key = (port, address)
        self.neighbours[key] = mac
        for octets in self.waiting.pop(key, ()):
            port.send(mac, octets)

    def transmit(self, port, hop, octets):
        if hop[0] == 0xff:
            port.send(multicast_mac(hop), octets)
        elif (port, hop) in self.neighbours:
            port.send(self.neighbours[port, hop], octets)
        elif (port, hop) in self.waiting:
            self.waiting[port, hop].append(octets)
        else:
            self.waiting[port, hop] = [octets]
            self._resolve(port, hop, 3)

    def _resolve(self, port, hop, tries):
        if (port, hop) not in self.waiting:
            return
        if tries:
            self.solicit(port, hop)
            self.after(1, lambda: self._resolve(port, hop, tries - 1))
            return
        for octets in self.waiting.pop((port, hop)):
            self.error(octets, wire.Problem(1, 3))

    # -- out ------------------------------------------------------------------------------------------------------
    def route(self, destination):
        """(port, next hop), or None."""
        for port in self.ports:
            if any(wire.within(destination, a, n) for a, n in port.addresses):
                return port, destination
        via = max(((n, gateway) for prefix, n, gateway in self.config.routes if wire.within(destination, prefix, n)),
                  default=None)
        return via and self.route_on_link(via[1])

    def route_on_link(self, gateway):
        return next(((port, gateway) for port in self.ports
                     if any(wire.within(gateway, a, n) for a, n in port.addresses)), None)

    def output(self, octets, port=None):
        """Sends a packet of our own; a subclass knows more ways."""
        destination = octets[24:40]
        if wire.is_link_local(destination) or destination[0] == 0xff:
            if port:
                self.transmit(port, destination, octets)
            return
        way = self.route(destination)
        if way:
            self.transmit(*way, octets)

    def pass_on(self, octets):
        """Sends a packet of somebody else by the routes."""
        way = self.route(octets[24:40])
        if way is None:
            self.error(octets, wire.Problem(1, 0))
        elif len(octets) > LINK_MTU:
            self.error(octets, wire.Problem(2, 0, LINK_MTU))
        else:
            self.transmit(*way, octets)

    def encapsulate(self, inner, remote, local=None):
        """RFC 2473: what is too big for the tunnel goes back, but what everything must carry is cut outside."""
        mtu = self.path_mtu.get(remote, LINK_MTU)
        room = max(mtu - 40, SMALLEST_MTU)
        if len(inner) > room:
            if self.fault != "too-big-dropped-silently":
                self.error(inner, wire.Problem(2, 0, room))
            return
        outer = wire.ipv6(local or self.address, remote, wire.TUNNEL, inner, traffic_class=wire.Packet(inner).traffic_class)
        way = self.route(remote)
        if way:
            for octets in [outer] if len(outer) <= mtu else wire.fragments(outer, mtu, next(self.identification)):
                self.transmit(*way, octets)

    def error(self, octets, problem):
        """An ICMPv6 error about a packet, unless RFC 4443 2.4 e forbids it."""
        source, destination = octets[8:24], octets[24:40]
        if self.is_own(source):
            self._error_received(problem.kind, problem.parameter, octets)
            return
        if source[0] == 0xff or source == wire.UNSPECIFIED or wire.is_link_local(source) or destination[0] == 0xff:
            return
        try:
            chain = wire.Chain(wire.Packet(octets))
            if chain.protocol == wire.ICMP and octets[chain.at:chain.at + 1] < b"\x80":
                return
        except (wire.Malformed, wire.Problem):
            pass
        if self.errors.take():
            own = destination if self.is_own(destination) else self.address
            body = struct.pack("!I", problem.parameter) + octets[:SMALLEST_MTU - 48]
            self.output(wire.icmp(own, source, problem.kind, problem.code, body))

    def _error_received(self, kind, parameter, quoted):
        """An error about a tunnel packet of ours is told to the source of the inner packet (RFC 2473 8)."""
        if len(quoted) < 80 or quoted[6] not in (wire.TUNNEL, wire.FRAGMENT) or not self.is_own(quoted[8:24]):
            return
        remote, start = quoted[24:40], 40 if quoted[6] == wire.TUNNEL else 48
        inner = quoted[start:]
        if kind == 2:
            self.path_mtu[remote] = max(SMALLEST_MTU, min(parameter, self.path_mtu.get(remote, LINK_MTU)))
            room = max(self.path_mtu[remote] - 40, SMALLEST_MTU)
            if len(inner) >= 40 and 40 + struct.unpack("!H", inner[4:6])[0] > room:
                self.error(inner, wire.Problem(2, 0, room))
        elif len(inner) >= 40:
            self.error(inner, wire.Problem(1, 3))

    def mobility_checked(self, packet, chain, verify=True):
        """The message, if RFC 3775 9.2 has nothing against it; answers what has to be answered otherwise."""
        message = wire.Mobility(packet, chain, verify)
        if message.kind not in wire.SHORTEST:
            if wire.is_routable(packet.source) and self.binding_errors.take():
                body = struct.pack("!BB", 2, 0) + (chain.home_address or wire.UNSPECIFIED)
                self.output(wire.mobility(packet.destination, packet.source, wire.BINDING_ERROR, body))
            return None
        message.check_form()
        return message

    # -- what a subclass may care for ----------------------------------------------------------------------------
    def solicited(self, port, mac, source):
        """A router solicitation came."""

    def heard(self, port, address, mac):
        """A neighbour advertisement came."""

    def probed(self, port, mac, source, target):
        """Somebody asks for an address that is not ours."""


def link_layer_option(options, kind):
    while len(options) >= 8 and options[1]:
        if options[0] == kind:
            return options[2:8]
        options = options[8 * options[1]:]
    return None


def multicast_mac(group):
    return b"\x33\x33" + group[12:]
