#!/usr/bin/env python3
"""A mobile access gateway of another house, after draft-ietf-netlmm-proxymip6-02."""
import argparse
import struct
import time

import wire
from config import Config, split_prefix
from stack import Port, Stack
from visitor import BOUND, DENIED, DETACHED, LEAVING, REGISTERING, TIMEOUT, Visitor

FIRST_TIMEOUT, LONGEST_TIMEOUT = 1.5, 32.0                 # RFC 3775 12 and 13
LAST_TRANSMISSIONS = 2                                     # of a de-registration
LISTED = (128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 152, 154, 155, 156, 160)
TIMESTAMP_MISMATCH, OUT_OF_WINDOW, NO_IDENTIFIER = 156, 135, 160
TUNNEL_MTU = 1460
PREFIX_LIFETIME, ROUTER_LIFETIME, ADVERTISE_EVERY = 7200, 1800, 30


class Gateway(Stack):
    def __init__(self, config, fault):
        super().__init__(config, fault)
        settings = config.settings
        self.lifetime = min(0xffff, int(wire.duration(settings.get("lifetime", "1h")) // 4))
        self.probe = wire.duration(settings.get("probe", "200ms"))
        self.local_routing = settings.get("local-routing", settings.get("EnableMAGLocalRouting", "off")) in ("on", "true", "1")
        self.local_prefix = split_prefix(settings["local-prefix"]) if "local-prefix" in settings else None
        self.stamped = settings.get("timestamps") != "off"
        self.visitors = [Visitor(node) for node in config.nodes]
        for visitor in self.visitors:
            visitor.anchor = config.peers.get(visitor.profile.get("lma"))
        self.access = {port for port in self.ports if not port.addresses}
        for port in self.access if "link-local" in settings else ():
            port.link_local = wire.address(settings["link-local"])
        self.tunnel_of_first = None
        for anchor in {visitor.anchor for visitor in self.visitors if visitor.anchor}:
            way = self.route(anchor)
            if way:
                self.solicit(*way)

    # -- attachment -----------------------------------------------------------------------------------------------
    def told(self, event, values):
        visitor = self._named(values)
        if visitor is None:
            return
        port = self.by_name.get(values.get("port", ""), visitor.port)
        if event == "attached" and port and values.get("authenticated") != "no":
            self._attached(visitor, port)
        elif event == "detached":
            self._left(visitor)
        elif event == "withdraw":
            self._withdraw(visitor)

    def _named(self, values):
        """By its name, or by one of the identities that it may bear at the access (draft-02 6.6)."""
        identities = {values.get("nai"), values.get("identity")}
        return next((v for v in self.visitors if v.name == values.get("mobile-node") or
                     identities & {v.profile["nai"], *v.configuration("pseudonym").split()}), None)

    def _attached(self, visitor, port):
        same = visitor.port is port and visitor.state in (REGISTERING, BOUND)
        visitor.port = port
        entitled = visitor.configuration("service") != "off" or self.fault == "service-policy-ignored"
        if not entitled and self.local_prefix:
            self._welcome_plainly(visitor)
        if same or not entitled or visitor.anchor is None or self.config.settings.get("policy-store") == "unreachable":
            return
        self._stop(visitor)
        visitor.bound = False
        self._register(visitor, FIRST_TIMEOUT)

    def _welcome_plainly(self, visitor):
        """No mobility service, but an address of this place (draft-02 6.14)."""
        visitor.plain, (visitor.prefix, visitor.length) = True, self.local_prefix
        self._beacon(visitor)

    def _left(self, visitor):
        visitor.plain = False
        if visitor.state in (DETACHED, LEAVING):
            self.cancel(visitor.beacon)
            return
        was_denied = visitor.state == DENIED
        self._stop(visitor, expiry=self.fault == "waits-forever-for-last-answer")
        if was_denied:
            self._forget(visitor)
            return
        visitor.state = LEAVING
        self._update(visitor, 0, TIMEOUT)

    def _withdraw(self, visitor):
        if visitor.bound:
            self._advertise_to(visitor, 0)
            self._stop(visitor)
            visitor.bound, visitor.prefix = False, None
            self._register(visitor, TIMEOUT)

    def _forget(self, visitor):
        self._stop(visitor)
        visitor.state, visitor.bound, visitor.port = DETACHED, False, None
        if not visitor.profile.get("prefix"):
            visitor.prefix = None

    def _stop(self, visitor, expiry=True):
        for timer in (visitor.retry, visitor.refresh, visitor.beacon, visitor.presence):
            self.cancel(timer)
        if expiry:
            self.cancel(visitor.expiry)
        visitor.presence = None

    # -- updates --------------------------------------------------------------------------------------------------
    def _register(self, visitor, timeout):
        visitor.state = REGISTERING
        self._update(visitor, self.lifetime, timeout)

    def _update(self, visitor, lifetime, timeout):
        visitor.sent, visitor.asked_lifetime, visitor.timeout = {}, lifetime, timeout
        visitor.transmissions, visitor.first_stamp = 0, None
        self._transmit_update(visitor)

    def _transmit_update(self, visitor):
        self.cancel(visitor.retry)
        if not visitor.rate.take():
            visitor.retry = self.after(.35, lambda: self._transmit_update(visitor))
            return
        visitor.sequence = self._next_number(visitor)
        stamp = wire.now_timestamp()
        if self.fault == "timestamp-fraction-in-milliseconds":
            stamp = time.time_ns() // 10 ** 9 << 16 | time.time_ns() // 10 ** 6 % 1000
        if self.fault == "retransmission-keeps-timestamp":
            stamp = visitor.first_stamp = visitor.first_stamp or stamp
        visitor.sent[visitor.sequence] = stamp
        visitor.transmissions += 1
        flags = 0x0200 if visitor.asked_lifetime == 0 and self.fault == "deregistration-without-acknowledge" else 0x8200
        options = [wire.prefix_option(visitor.prefix or wire.UNSPECIFIED, visitor.length if visitor.prefix else 0),
                   (wire.LINK_LOCAL, visitor.link_local or wire.UNSPECIFIED),
                   (wire.TIMESTAMP, stamp.to_bytes(8, "big")), (wire.IDENTIFIER, b"\1" + visitor.identifier)]
        if not self.stamped:
            del options[2]
        body = struct.pack("!HHH", visitor.sequence, flags, visitor.asked_lifetime)
        super().output(wire.mobility(self.address, visitor.anchor, wire.BINDING_UPDATE, body, options))
        wait, visitor.timeout = visitor.timeout, min(2 * visitor.timeout, LONGEST_TIMEOUT)
        visitor.retry = self.after(wait, lambda: self._unanswered(visitor))

    def _next_number(self, visitor):
        """The next one; or by the clock, which all gateways of the domain share (draft-02 5.4)."""
        if self.config.settings.get("sequence") == "clock":
            clock = time.time_ns() // 10 ** 6 & 0xffff
            fresh = not visitor.sequence or 0 < (clock - visitor.sequence & 0xffff) < 0x8000
            return clock if fresh else visitor.sequence + 1 & 0xffff
        return visitor.sequence + 1 & 0xffff

    def _unanswered(self, visitor):
        if visitor.state != LEAVING or self.fault == "waits-forever-for-last-answer":
            self._transmit_update(visitor)
        elif visitor.transmissions < LAST_TRANSMISSIONS:
            self._transmit_update(visitor)
        else:
            self._forget(visitor)

    def mobility(self, packet, chain):
        message = self.mobility_checked(packet, chain, self.fault != "checksum-of-answer-unchecked")
        if message is None or len(message.octets) < 12:
            return
        if message.kind == wire.BINDING_ACKNOWLEDGEMENT:
            self._acknowledged(packet.source, message)
        elif message.kind == wire.BINDING_ERROR and message.octets[6] == 2:
            for visitor in self.visitors:
                if visitor.anchor == packet.source and visitor.state == REGISTERING and not visitor.bound:
                    self._deny(visitor)

    def _acknowledged(self, source, message):
        status, flags, sequence, lifetime = struct.unpack("!BBHH", message.octets[6:12])
        options = message.options()
        identifier = wire.identifier_of(options)
        stamp = wire.first(options, wire.TIMESTAMP)
        visitor = next((v for v in self.visitors if self._answers(v, source, status, sequence, identifier, stamp)), None)
        if visitor is None or not flags & 0x20:
            return
        refused = status in LISTED if self.fault == "unlisted-status-is-success" else status >= 128
        visitor.sent = {}
        self.cancel(visitor.retry)
        if visitor.state == LEAVING:
            self._forget(visitor)
        elif refused:
            self._refused(visitor, status, sequence)
        else:
            self._accepted(visitor, lifetime, options)

    def _answers(self, visitor, source, status, sequence, identifier, stamp):
        """RFC 3775 11.7.3: an acknowledgement belongs to an update that is open, or it is nothing."""
        if visitor.anchor != source or not visitor.sent:
            return False
        if status == OUT_OF_WINDOW:
            return identifier == visitor.identifier
        if sequence not in visitor.sent or (identifier != visitor.identifier and (identifier or status != NO_IDENTIFIER)):
            return False
        same = stamp is not None and int.from_bytes(stamp, "big") == visitor.sent[sequence]
        return same or status >= 128 or not self.stamped

    def _refused(self, visitor, status, sequence):
        if status == OUT_OF_WINDOW:
            visitor.sequence = sequence
            self._update(visitor, self.lifetime, TIMEOUT)
            return
        self._deny(visitor)
        if status == TIMESTAMP_MISMATCH:
            visitor.retry = self.after(.5, lambda: self._register(visitor, FIRST_TIMEOUT))

    def _deny(self, visitor):
        if visitor.bound:
            self._advertise_to(visitor, 0)
        self._stop(visitor)
        visitor.state, visitor.bound, visitor.sent = DENIED, False, {}
        visitor.denied_at = time.monotonic()

    def _accepted(self, visitor, lifetime, options):
        prefix, link_local = wire.first(options, wire.PREFIX), wire.first(options, wire.LINK_LOCAL)
        if prefix is None or prefix[2:] == wire.UNSPECIFIED or not 0 < prefix[1] <= 128 or lifetime == 0:
            self._deny(visitor)
            return
        granted = wire.masked(prefix[2:], prefix[1]), prefix[1]
        if visitor.bound and granted != (visitor.prefix, visitor.length):
            self._advertise_to(visitor, 0)
        visitor.prefix, visitor.length = granted
        visitor.state, visitor.bound = BOUND, True
        self.tunnel_of_first = self.tunnel_of_first or visitor.anchor
        if link_local and link_local != wire.UNSPECIFIED:
            visitor.link_local = link_local
            if link_local == visitor.port.link_local:
                self._avoid(visitor.port)
        self.cancel(visitor.expiry)
        visitor.expiry = self.after(4 * lifetime, lambda: self._expired(visitor))
        lasts = self.lifetime if self.fault == "refresh-by-requested-lifetime" else min(lifetime, self.lifetime)
        self.cancel(visitor.refresh)
        advice = wire.first(options, wire.REFRESH_ADVICE)
        early = 4 * struct.unpack("!H", advice)[0] - 1 if advice and len(advice) == 2 else 2 * lasts
        visitor.refresh = self.after(max(1, early) if 0 < early < 2 * lasts else 2 * lasts, lambda: self._refresh(visitor))
        self._beacon(visitor)

    @staticmethod
    def _avoid(port: Port):
        """The node has our link-local address: we take another one (draft-02 6.8)."""
        port.link_local = port.link_local[:15] + bytes([port.link_local[15] ^ 0x80])

    def _expired(self, visitor):
        """No binding, no service; the updates go on."""
        visitor.bound = False
        self.cancel(visitor.beacon)
        if visitor.state == LEAVING:
            return
        self._advertise_to(visitor, 0)
        if visitor.state == BOUND:
            self._probe(visitor, 3)

    # -- is it still there? ---------------------------------------------------------------------------------------
    def _refresh(self, visitor):
        if self.fault == "refresh-without-presence-check":
            self._present(visitor)
        else:
            self._probe(visitor, 3)

    def _probe(self, visitor, tries):
        if tries == 0:
            self._left(visitor)
            return
        self.solicit(visitor.port, visitor.link_local or wire.link_local_of(visitor.mac), visitor.mac)
        visitor.presence = self.after(self.probe, lambda: self._probe(visitor, tries - 1))

    def heard(self, port, address, mac):
        for visitor in self.visitors:
            if visitor.presence and visitor.port is port and visitor.mac == mac:
                self.cancel(visitor.presence)
                visitor.presence = None
                self._present(visitor)

    def _present(self, visitor):
        if visitor.state == BOUND:
            self._register(visitor, TIMEOUT)

    # -- the access link ------------------------------------------------------------------------------------------
    def solicited(self, port, mac, source):
        visitor = next((v for v in self.visitors if v.mac == mac and port in self.access), None)
        if visitor is None:
            return
        if wire.is_link_local(source):
            visitor.link_local = source
        if visitor.port is port and (visitor.state == BOUND or visitor.plain):
            self._beacon(visitor)
        elif visitor.state in (DETACHED, LEAVING) or visitor.port is not port:
            self._attached(visitor, port)
        elif visitor.state == DENIED and time.monotonic() > visitor.denied_at + 10:
            self._register(visitor, FIRST_TIMEOUT)

    def probed(self, port, mac, source, target):
        """The node looks whether its link-local address is free: now we know it (draft-02 6.8)."""
        visitor = next((v for v in self.visitors if v.port is port and v.mac == mac), None)
        if visitor and source == wire.UNSPECIFIED and wire.is_link_local(target):
            visitor.link_local = target

    def _beacon(self, visitor):
        self.cancel(visitor.beacon)
        self._advertise_to(visitor, PREFIX_LIFETIME)
        visitor.beacon = self.after(ADVERTISE_EVERY, lambda: self._beacon(visitor))

    def _advertise_to(self, visitor, lifetime):
        methods = visitor.configuration("addressing") or visitor.configuration("configuration") or "stateless"
        managed = methods in ("stateful", "both")
        flags = 0xc0 if methods != "stateful" else 0x80
        body = struct.pack("!BBHII", 64, 0x80 if managed else 0, ROUTER_LIFETIME, 0, 0)
        body += b"\x01\x01" + visitor.port.mac + struct.pack("!BBHI", 5, 1, 0, TUNNEL_MTU)
        body += struct.pack("!BBBBIII", 3, 4, visitor.length, flags, lifetime, lifetime, 0) + visitor.prefix
        octets = wire.icmp(visitor.port.link_local, wire.ALL_NODES, 134, 0, body, hops=255)
        visitor.port.send(visitor.mac, octets)

    # -- forwarding -----------------------------------------------------------------------------------------------
    def _owner(self, address):
        return next((v for v in self.visitors if (v.bound or v.plain) and wire.within(address, v.prefix, v.length)), None)

    def output(self, octets, port=None):
        owner = self._owner(octets[24:40])
        if owner:
            owner.port.send(owner.mac, octets)
        elif port in self.access and wire.is_link_local(octets[24:40]):
            visitor = next((v for v in self.visitors if v.port is port), None)
            if visitor:
                port.send(visitor.mac, octets)
        else:
            super().output(octets, port)

    def forward(self, port, mac, packet):
        if port in self.access:
            self._from_visitor(port, mac, packet)
        elif wire.is_routable(packet.source):
            if packet.hops <= 1:
                self.error(packet.octets, wire.Problem(3, 0))
                return
            owner = self._owner(packet.destination)
            if owner and (owner.plain or self._direct(owner)):
                owner.port.send(owner.mac, packet.one_hop_on())
            else:
                self.pass_on(packet.one_hop_on())

    def _direct(self, visitor):
        wish = visitor.configuration("local-routing")
        return wish in ("on", "true", "1") if wish else self.local_routing

    def _from_visitor(self, port, mac, packet):
        """Draft-02 6.10.6: a binding first, then the tunnel, unless the neighbour may be reached directly."""
        visitor = self._owner(packet.source)
        if visitor is None or visitor.port is not port or visitor.mac != mac or not wire.is_routable(packet.destination):
            return
        if packet.hops <= 1:
            self.error(packet.octets, wire.Problem(3, 0))
            return
        octets = packet.one_hop_on()
        if visitor.plain:
            self.pass_on(octets)
            return
        neighbour = self._owner(packet.destination)
        if self._direct(visitor):
            if neighbour and neighbour.port is not port:
                neighbour.port.send(neighbour.mac, octets)
                return
            way = self.route(packet.destination)
            if way and way[1] == packet.destination:
                self.transmit(*way, octets)
                return
        self.encapsulate(octets, self.tunnel_of_first if self.fault == "first-anchor-for-all" else visitor.anchor)

    def decapsulated(self, outer, inner):
        visitor = self._owner(inner.destination)
        if visitor is None or visitor.plain or visitor.anchor != outer.source or not wire.is_routable(inner.source):
            return
        if inner.hops <= 1:
            self.error(inner.octets, wire.Problem(3, 0))
        else:
            visitor.port.send(visitor.mac, inner.one_hop_on())


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("config")
    arguments.add_argument("--fault")
    given = arguments.parse_args()
    Gateway(Config(given.config), given.fault).run()
