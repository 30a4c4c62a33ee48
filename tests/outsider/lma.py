#!/usr/bin/env python3
"""A local mobility anchor of another house, after draft-ietf-netlmm-proxymip6-02."""
import argparse
import struct
import time

import wire
from config import Config, split_prefix
from stack import Stack

ACCEPTED, UNSPECIFIED_REASON, PROHIBITED, NO_RESOURCES, NO_HOME_AGENT, NOT_SERVED, OUT_OF_WINDOW = 0, 128, 129, 130, 131, 133, 135
NOT_ENABLED, NOT_AUTHORISED, PREFIX_REFUSED, TIMESTAMP_MISMATCH, NO_IDENTIFIER = 152, 154, 155, 156, 160
RIPNG_ROUTERS = wire.address("ff02::9")
UPDATE_PROXY, UPDATE_HOME, ACKNOWLEDGE_PROXY = 0x0200, 0x4000, 0x20


class Entry:
    """One binding (draft-02 5.1)."""

    def __init__(self, prefix, length):
        self.prefix, self.length = prefix, length
        self.care_of = self.anchor = self.timestamp = self.sequence = self.timer = None
        self.link_local = wire.UNSPECIFIED
        self.leaving = False


class Request:
    """What a Proxy Binding Update says."""

    def __init__(self, message):
        self.source, self.anchor = message.packet.source, message.packet.destination
        self.sequence, self.flags, self.lifetime = struct.unpack("!HHH", message.octets[6:12])
        options = message.options()
        self.identifier = wire.identifier_of(options)
        self.identifier_option = next((b for k, b in options if k == wire.IDENTIFIER and b[1:] == self.identifier), None)
        self.prefix_option = wire.first(options, wire.PREFIX)
        self.link_local = wire.first(options, wire.LINK_LOCAL)
        stamp = wire.first(options, wire.TIMESTAMP)
        self.timestamp = None if stamp is None else int.from_bytes(stamp, "big")
        if self.link_local not in (None, wire.UNSPECIFIED) and not wire.is_link_local(self.link_local):
            raise wire.Malformed("Link-local Address that is none")

    @property
    def wants_any(self):
        return self.prefix_option is None or self.prefix_option[2:] == wire.UNSPECIFIED

    def names(self, prefix, length):
        return self.prefix_option[1] == length and wire.within(self.prefix_option[2:], prefix, length)


class Refused(Exception):
    def __init__(self, status, sequence=None):
        super().__init__(status)
        self.status, self.sequence = status, sequence


class Anchor(Stack):
    def __init__(self, config, fault):
        super().__init__(config, fault)
        settings = config.settings
        self.delay = wire.duration(settings.get("delay", "1s"))
        self.tolerance = wire.duration(settings.get("tolerance", "300ms"))
        self.longest = int(wire.duration(settings.get("max-lifetime", "1h")) // 4)
        self.pools = [split_prefix(pool) for pool in settings.get("pool", "").split()]
        self.turn = 0
        valid = settings.get("prefix-valid")
        self.prefixes_end = time.monotonic() + wire.duration(valid) if valid else None
        self.gateways = {address: name for name, address in config.peers.items()}
        self.nodes = {node["nai"].encode(): node for node in config.nodes}
        self.reserved = {wire.masked(*split_prefix(n["prefix"])) for n in config.nodes if n.get("prefix")}
        self.cache = {}
        if settings.get("announce") in self.by_name:
            self._announce()

    # -- signalling -----------------------------------------------------------------------------------------------
    def mobility(self, packet, chain):
        message = self.mobility_checked(packet, chain)
        if message is None or message.kind != wire.BINDING_UPDATE:
            return
        if not wire.is_routable(packet.source) or self.is_own(packet.source):
            return
        flags = struct.unpack("!H", message.octets[8:10])[0]
        if not flags & UPDATE_PROXY:
            if flags & UPDATE_HOME:
                body = struct.pack("!BBHH", NO_HOME_AGENT, 0, *struct.unpack("!H", message.octets[6:8]), 0)
                self.output(wire.mobility(packet.destination, packet.source, wire.BINDING_ACKNOWLEDGEMENT, body))
            return
        try:
            request = Request(message)
        except wire.Malformed:
            if self.fault == "dies-of-overrunning-option" and overruns(message):
                raise SystemExit("option index out of range") from None
            raise
        try:
            self._judge(request)
        except Refused as refusal:
            self._refuse(request, refusal)

    def _judge(self, request):
        if self.config.settings.get("service") == "off":
            raise Refused(NO_HOME_AGENT)
        node = self._admit(request)
        entry = self.cache.get(request.identifier)
        self._in_order(request, entry)
        if request.lifetime == 0:
            self._deregister(request, entry)
            return
        if entry is None:
            prefix, length = self._assign(request, node)
            entry = self.cache[request.identifier] = Entry(prefix, length)
        elif not request.wants_any and not request.names(entry.prefix, entry.length):
            raise Refused(PROHIBITED)
        granted = self._grant(request.lifetime)
        entry.leaving = False
        entry.care_of, entry.anchor = request.source, request.anchor
        self._remember(request, entry)
        lasts = request.lifetime if self.fault == "expiry-by-requested-lifetime" else granted
        self._delete_after(entry, request.identifier, 4 * lasts)
        self._answer(request, ACCEPTED, granted, wire.prefix_option(entry.prefix, entry.length), entry)

    def _admit(self, request):
        """Who asks, for whom, and whether all is there (the safe order of checks)."""
        gateway = self.gateways.get(request.source)
        if gateway is None:
            raise Refused(NOT_AUTHORISED)
        if request.identifier is None:
            raise Refused(NO_IDENTIFIER)
        node = self.nodes.get(request.identifier)
        if node is None:
            raise Refused(NOT_SERVED)
        if node.get("service") == "off":
            raise Refused(NOT_ENABLED)
        if node.get("mags") and gateway not in node["mags"].replace(",", " ").split():
            raise Refused(NOT_AUTHORISED)
        if request.prefix_option is None and self.fault != "missing-prefix-is-wildcard":
            raise Refused(PROHIBITED)
        return node

    def _in_order(self, request, entry):
        """Draft-02 5.4."""
        if request.lifetime == 0 and self.fault == "deregistration-exempt-from-order":
            return
        if request.timestamp is not None:
            close = abs(request.timestamp - wire.now_timestamp()) <= self.tolerance * 65536
            if not close or (entry and entry.timestamp is not None and request.timestamp <= entry.timestamp):
                raise Refused(TIMESTAMP_MISMATCH)
        elif entry:
            step = request.sequence - entry.sequence & 0xffff
            later = 0 < step < 0x8000
            if self.fault == "sequence-without-modulo":
                later = request.sequence > entry.sequence
            if not later:
                raise Refused(OUT_OF_WINDOW, entry.sequence)

    def _grant(self, asked):
        """Never more than asked for, than the maximum, or than the prefixes are valid (RFC 3775 10.3.1)."""
        left = 0xffff if self.prefixes_end is None else int((self.prefixes_end - time.monotonic()) // 4)
        return max(0, min(asked, self.longest, left))

    def _assign(self, request, node):
        if self._grant(request.lifetime) == 0:
            raise Refused(NO_RESOURCES)
        taken = {entry.prefix for entry in self.cache.values()}
        if node.get("prefix"):
            prefix, length = split_prefix(node["prefix"])
            if prefix in taken or not (request.wants_any or request.names(prefix, length)):
                raise Refused(PREFIX_REFUSED)
            return prefix, length
        if request.wants_any:
            return self._allocate(taken)
        length, prefix = request.prefix_option[1], wire.masked(request.prefix_option[2:], request.prefix_option[1])
        ours = length == 64 and any(wire.within(prefix, pool, n) for pool, n in self.pools)
        if self.fault == "hint-checked-against-bindings-only":
            ours = ours or prefix in self.reserved
        elif prefix in self.reserved:
            ours = False
        if not ours or prefix in taken:
            raise Refused(PREFIX_REFUSED)
        return prefix, length

    def _allocate(self, taken):
        for pool, length in self.pools:
            size = 1 << (64 - length)
            for step in range(min(size, len(taken) + len(self.reserved) + 1)):
                number = (self.turn + step) % size
                prefix = (int.from_bytes(pool, "big") + (number << 64)).to_bytes(16, "big")
                if prefix not in taken and prefix not in self.reserved:
                    self.turn = number + 1
                    return prefix, 64
        raise Refused(NO_RESOURCES)

    def _deregister(self, request, entry):
        if entry is None:
            raise Refused(NOT_SERVED)
        if request.source != entry.care_of:
            if self.fault == "foreign-deregistration-deletes":
                self._delete(request.identifier)
            return
        self._remember(request, entry)
        if not entry.leaving:
            entry.leaving = True
            self._delete_after(entry, request.identifier, self.delay)
        self._answer(request, ACCEPTED, 0, wire.prefix_option(entry.prefix, entry.length), entry)

    def _remember(self, request, entry):
        entry.sequence = request.sequence
        if request.timestamp is not None:
            entry.timestamp = request.timestamp
        if request.link_local is not None and entry.link_local == wire.UNSPECIFIED:
            entry.link_local = request.link_local

    def _refuse(self, request, refusal):
        echo = request.prefix_option
        if echo is not None and self.fault != "echo-copies-reserved":
            echo = b"\0" + echo[1:]
        known = self.cache.get(request.identifier) if request.identifier else None
        self._answer(request, refusal.status, 0, echo and (wire.PREFIX, echo), known, refusal.sequence)

    def _answer(self, request, status, lifetime, prefix, entry, sequence=None):
        options = [prefix] if prefix else []
        if request.link_local is not None:
            stored = entry.link_local if entry else wire.UNSPECIFIED
            options.append((wire.LINK_LOCAL, request.link_local if stored == wire.UNSPECIFIED else stored))
        if request.timestamp is not None:
            close = abs(request.timestamp - wire.now_timestamp()) <= self.tolerance * 65536
            stamp = request.timestamp if status != TIMESTAMP_MISMATCH and close else wire.now_timestamp()
            options.append((wire.TIMESTAMP, stamp.to_bytes(8, "big")))
        if request.identifier_option and status != NO_IDENTIFIER:
            options.append((wire.IDENTIFIER, request.identifier_option))
        body = struct.pack("!BBHH", status, ACKNOWLEDGE_PROXY, request.sequence if sequence is None else sequence, lifetime)
        filler = 0xff if self.fault == "padding-left-dirty" else 0
        self.output(wire.mobility(request.anchor, request.source, wire.BINDING_ACKNOWLEDGEMENT, body, options, filler))

    # -- life of a binding ----------------------------------------------------------------------------------------
    def _delete_after(self, entry, identifier, seconds):
        self.cancel(entry.timer)
        entry.timer = self.after(seconds, lambda: self._delete(identifier))

    def _delete(self, identifier):
        entry = self.cache.pop(identifier, None)
        if entry:
            self.cancel(entry.timer)
            print(f"{time.time():.3f} deleted {identifier.decode(errors='replace')}", flush=True)

    def told(self, event, values):
        identifier = next((n["nai"].encode() for n in self.config.nodes if n["name"] == values.get("mobile-node")), None)
        entry = self.cache.get(identifier)
        if entry and event == "renumber":
            self.reserved.add(entry.prefix)
        if event in ("renumber", "delete"):
            self._delete(identifier)

    def _announce(self):
        """RIPng (RFC 2080): the aggregates are behind us (draft-02 5.5.2)."""
        settings = self.config.settings
        owned = [split_prefix(prefix) for prefix in (settings.get("pool", "") + " " + settings.get("owned", "")).split()]
        entries = b"".join(prefix + struct.pack("!HBB", 0, length, 1) for prefix, length in owned)
        port = self.by_name[settings["announce"]]
        self.output(wire.udp(port.link_local, RIPNG_ROUTERS, 521, 521, b"\2\1\0\0" + entries, hops=255), port)
        self.after(wire.duration(settings.get("announce-interval", "30s")), self._announce)

    # -- forwarding -----------------------------------------------------------------------------------------------
    def _entry_of(self, address):
        return next((e for e in self.cache.values() if wire.within(address, e.prefix, e.length)), None)

    def output(self, octets, port=None):
        entry = self._entry_of(octets[24:40])
        if entry is None:
            super().output(octets, port)
        elif not entry.leaving:
            self.encapsulate(octets, entry.care_of, entry.anchor)

    def forward(self, port, mac, packet):
        if packet.hops <= 1:
            self.error(packet.octets, wire.Problem(3, 0))
        elif wire.is_routable(packet.source):
            self._towards(packet)

    def _towards(self, packet):
        entry = self._entry_of(packet.destination)
        if entry:
            if not entry.leaving:
                self.encapsulate(packet.one_hop_on(), entry.care_of, entry.anchor)
        elif any(wire.within(packet.destination, pool, n) for pool, n in self.pools) or self._is_reserved(packet.destination):
            self.error(packet.octets, wire.Problem(1, 0))
        else:
            self.pass_on(packet.one_hop_on())

    def _is_reserved(self, address):
        return wire.masked(address, 64) in self.reserved

    def decapsulated(self, outer, inner):
        """Only the node's own gateway speaks for the node (RFC 3775 10.4.5)."""
        entry = self._entry_of(inner.source)
        if entry is None or entry.leaving or entry.care_of != outer.source:
            return
        if self.is_own(inner.destination):
            self.local(None, None, inner)
        elif wire.is_routable(inner.destination):
            if inner.hops <= 1:
                self.error(inner.octets, wire.Problem(3, 0))
            else:
                self._towards(inner)


def overruns(message):
    at, data = 12, message.octets
    while at < len(data):
        if data[at] == wire.PAD1:
            at += 1
        elif at + 1 == len(data) or at + 2 + data[at + 1] > len(data):
            return True
        else:
            at += 2 + data[at + 1]
    return False


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("config")
    arguments.add_argument("--fault")
    given = arguments.parse_args()
    Anchor(Config(given.config), given.fault).run()
