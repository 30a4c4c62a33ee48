"""Octets of IPv6, ICMPv6 and the Mobility Header, for the outsider's anchor and gateway."""
import ipaddress
import struct
import time

UNSPECIFIED = bytes(16)
ALL_NODES = ipaddress.IPv6Address("ff02::1").packed
HOP_BY_HOP, TCP, UDP, TUNNEL, ROUTING, FRAGMENT, ICMP, NONE, DESTINATION, MOBILITY = 0, 6, 17, 41, 43, 44, 58, 59, 60, 135
BINDING_UPDATE, BINDING_ACKNOWLEDGEMENT, BINDING_ERROR = 5, 6, 7
# RFC 3775 6.1: the shortest Header Len of each type of message.
SHORTEST = {0: 0, 1: 1, 2: 1, 3: 2, 4: 2, 5: 1, 6: 1, 7: 2}
PAD1, PADN, REFRESH_ADVICE, IDENTIFIER, PREFIX, LINK_LOCAL, TIMESTAMP = 0, 1, 2, 8, 22, 26, 27
# type: (multiple, rest) of the offset of the type octet, draft-02 8.3 to 8.5
ALIGNMENT = {PREFIX: (8, 4), LINK_LOCAL: (8, 6), TIMESTAMP: (8, 2)}
LENGTH = {PREFIX: 18, LINK_LOCAL: 16, TIMESTAMP: 8}


class Malformed(Exception):
    """The octets do not hold what they announce."""


class Problem(Exception):
    """To be answered with an ICMPv6 error: type, code, parameter."""

    def __init__(self, kind, code, parameter=0):
        super().__init__(kind, code, parameter)
        self.kind, self.code, self.parameter = kind, code, parameter


def address(text):
    return ipaddress.IPv6Address(text).packed


def text(packed):
    return str(ipaddress.IPv6Address(packed))


def mac(text_):
    return bytes(int(octet, 16) for octet in text_.split(":"))


def link_local_of(mac_):
    """The modified EUI-64 address of an interface (RFC 4291 2.5.6)."""
    return bytes.fromhex("fe80000000000000") + bytes([mac_[0] ^ 2]) + mac_[1:3] + b"\xff\xfe" + mac_[3:]


def is_link_local(packed):
    return packed[0] == 0xfe and packed[1] & 0xc0 == 0x80


def is_routable(packed):
    return not (is_link_local(packed) or packed[0] == 0xff or packed[:15] == bytes(15))


def within(packed, prefix, length):
    return masked(packed, length) == masked(prefix, length)


def masked(packed, length):
    length = min(length, 128)
    return (int.from_bytes(packed, "big") >> (128 - length) << (128 - length)).to_bytes(16, "big")


def duration(words):
    """Seconds of "200ms", "1s", "5min", "1h"."""
    for unit, seconds in (("ms", .001), ("min", 60), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)):
        if words.endswith(unit):
            return float(words[:-len(unit)]) * seconds
    return float(words)


def checksum(source, destination, protocol, payload):
    data = source + destination + struct.pack("!II", len(payload), protocol) + payload
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[:len(data) & ~1])) + (data[-1] << 8 if len(data) & 1 else 0)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Packet:
    """An IPv6 packet: the fields of its header, and everything behind it."""

    def __init__(self, octets):
        if len(octets) < 40 or octets[0] >> 4 != 6:
            raise Malformed("no IPv6 header")
        first, length, self.protocol, self.hops = struct.unpack("!IHBB", octets[:8])
        if 40 + length > len(octets):
            raise Malformed("IPv6 payload cut")
        self.traffic_class = first >> 20 & 0xff
        self.source, self.destination = octets[8:24], octets[24:40]
        self.payload = octets[40:40 + length]
        self.octets = octets[:40 + length]

    def one_hop_on(self):
        return self.octets[:7] + bytes([self.hops - 1]) + self.octets[8:]


def ipv6(source, destination, protocol, payload, hops=64, traffic_class=0):
    return struct.pack("!IHBB", 6 << 28 | traffic_class << 20, len(payload), protocol, hops) + source + destination + payload


def fragments(octets, mtu, identification):
    """The fragments of a packet without extension headers."""
    piece = (mtu - 48) // 8 * 8
    payload, protocol = octets[40:], octets[6]
    for start in range(0, len(payload), piece):
        part = payload[start:start + piece]
        more = start + piece < len(payload)
        header = struct.pack("!BBHI", protocol, 0, start | more, identification)
        yield octets[:4] + struct.pack("!HB", len(part) + 8, FRAGMENT) + octets[7:40] + header + part


class Chain:
    """The extension headers of a packet for this node, walked to the upper layer."""

    def __init__(self, packet):
        self.home_address = None
        self.fragment = None      # (identification, offset, more, offset of the data in the packet)
        self.where_next = 6       # the octet that named the header we stand at
        protocol, at, data = packet.protocol, 40, packet.octets
        while protocol in (HOP_BY_HOP, DESTINATION, ROUTING, FRAGMENT):
            if at + 8 > len(data):
                raise Malformed("extension header cut")
            if protocol == FRAGMENT:
                following, _, place, identification = struct.unpack("!BBHI", data[at:at + 8])
                self.fragment = (identification, place & 0xfff8, place & 1, at)
                self.protocol, self.at = following, at + 8
                return
            size = 8 * (data[at + 1] + 1)
            if at + size > len(data):
                raise Malformed("extension header cut")
            if protocol == ROUTING and data[at + 3]:
                raise Problem(4, 0, at + 2)
            if protocol != ROUTING:
                self._options(data, at + 2, at + size, packet.destination[0] == 0xff)
            self.where_next, protocol, at = at, data[at], at + size
        self.protocol, self.at = protocol, at

    def _options(self, data, at, end, multicast):
        while at < end:
            kind = data[at]
            if kind == 0:
                at += 1
                continue
            if at + 2 > end or at + 2 + data[at + 1] > end:
                raise Problem(4, 0, at)
            if kind == 0xc9 and data[at + 1] == 16:
                self.home_address = data[at + 2:at + 18]
            elif kind >> 6 == 1:
                raise Malformed("unknown option")
            elif kind >> 6 == 2 or (kind >> 6 == 3 and kind != 0xc9 and not multicast):
                raise Problem(4, 2, at)
            at += 2 + data[at + 1]


def icmp(source, destination, kind, code, body, hops=64):
    message = struct.pack("!BBH", kind, code, 0) + body
    sum_ = checksum(source, destination, ICMP, message)
    return ipv6(source, destination, ICMP, message[:2] + struct.pack("!H", sum_) + message[4:], hops)


def udp(source, destination, from_port, to_port, data, hops=64):
    datagram = struct.pack("!HHHH", from_port, to_port, len(data) + 8, 0) + data
    sum_ = checksum(source, destination, UDP, datagram) or 0xffff
    return ipv6(source, destination, UDP, datagram[:6] + struct.pack("!H", sum_) + data, hops)


def now_timestamp():
    """The time of day in 1/65536 s since 1970 (draft-02 8.5)."""
    return time.time_ns() * 65536 // 1_000_000_000


class Mobility:
    """A Mobility Header in its packet, after the checks of RFC 3775 9.2."""

    def __init__(self, packet, chain, verify=True):
        data, at = packet.octets, chain.at
        if len(data) < at + 8:
            raise Malformed("Mobility Header cut")
        self.proto, self.header_length, self.kind, _ = data[at:at + 4]
        size = 8 * (self.header_length + 1)
        if at + size > len(data):
            raise Malformed("Mobility Header longer than its packet")
        self.octets, self.at, self.packet = data[at:at + size], at, packet
        sources = [packet.source] + ([chain.home_address] if chain.home_address else [])
        if verify and all(checksum(s, packet.destination, MOBILITY, self.octets) for s in sources):
            raise Malformed("wrong checksum")

    def check_form(self):
        """Raises what a wrong Payload Proto or a short Header Len is answered with."""
        if self.proto != NONE:
            raise Problem(4, 0, self.at)
        if self.header_length < SHORTEST[self.kind]:
            raise Problem(4, 0, self.at + 1)

    def options(self, at=12):
        """(type, body) of every option but padding; the first of a kind that may stand once counts."""
        found, data = [], self.octets
        while at < len(data):
            kind = data[at]
            if kind == PAD1:
                at += 1
                continue
            if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
                raise Malformed("option runs past the end")
            body = data[at + 2:at + 2 + data[at + 1]]
            if kind in LENGTH and len(body) != LENGTH[kind]:
                raise Malformed("option of wrong length")
            found.append((kind, body))
            at += 2 + len(body)
        return found


def first(options, kind):
    return next((body for type_, body in options if type_ == kind), None)


def identifier_of(options):
    """The NAI as octets; None where no option holds one."""
    return next((body[1:] for kind, body in options if kind == IDENTIFIER and len(body) > 1 and body[0] == 1), None)


def prefix_option(prefix, length):
    return PREFIX, bytes([0, length]) + prefix


def padding(size, filler=0):
    if size == 0:
        return b""
    return b"\0" if size == 1 else bytes([PADN, size - 2]) + bytes([filler]) * (size - 2)


def mobility(source, destination, kind, body, options=(), filler=0):
    """An IPv6 packet with a Mobility Header; body are the octets behind the checksum."""
    data = bytes([NONE, 0, kind, 0, 0, 0]) + body
    for type_, content in options:
        multiple, rest = ALIGNMENT.get(type_, (1, 0))
        data += padding((rest - len(data)) % multiple, filler) + bytes([type_, len(content)]) + content
    data += padding(-len(data) % 8, filler)
    data = data[:1] + bytes([len(data) // 8 - 1]) + data[2:]
    sum_ = checksum(source, destination, MOBILITY, data)
    return ipv6(source, destination, MOBILITY, data[:4] + struct.pack("!H", sum_) + data[6:])
