#!/usr/bin/env python3
"""A second decoder for what no other dissector knows: mobile network prefix flags, MNPReq, MNPConf and the NetMIPv6
handover messages. Written from the specification digests alone (nemo 2.3 to 2.5, netmip6 2 to 4), so that a
misreading in the C++ descriptions has to be made twice to stay unseen.

  second_decoder.py            checks itself against the digests and captures/expected/golden-second.txt
  second_decoder.py --print    prints what that file has to contain
The C++ test SecondDecoder compares the same file with the other decoder.
"""
import ipaddress
import pathlib
import sys
import unittest

EXPECTED = pathlib.Path(__file__).resolve().parent.parent / "captures" / "expected" / "golden-second.txt"

A, B = "nemo-pd", "pmip6-nemo"
# Digest of the two NEMO drafts, section 10: Mobility Headers.
MOBILITY = {
    "V1": (A, "3b010500991e0001c60001c201020000"),
    "V2": (A, "3b0205004b560002c40001c2fd0640801234000301020000"),
    "V3": (A, "3b040600de180040000201c2fe1a40a012340003ffffffff20010db8020000010000000000000000"),
    "V4": (A, "3b06050029220003c40001c20612a04020010db802000001000000000000000001020000fd063c0012350003"
              "fd0640401236000201020000"),
    "V5": (A, "3b060600917d0060000401c20612a04020010db8020000010000000000000000010200000612c03820010db8"
              "02010000000000000000"
              "0000"),
    "V6": (A, "3b0106005dbc0060000401c201020000"),
    "V7": (A, "3b0406004c930000000501c2fe1a0020123402000000000000000000000000000000000000000000"),
    "V8": (B, "3b0b05007a15000ac60001c20810016d7231406578616d706c652e6e65740104000000001612000000000000"
              "000000000000000000000000170200011802000401001b0800004a0c1d2e30000612800000000000000000000"
              "000000000000000"),
    "V9": (B, "3b0b06005db90060000a01c20810016d7231406578616d706c652e6e65740104000000001612004020010db8"
              "0200000a0000000000000000170200011802000401001b0800004a0c1d2e30000612004020010db803000001"
              "0000000000000000"),
    "V10": (B, "3b090600439a8260000a00000810016d7231406578616d706c652e6e657401040000000016120000000000000"
               "00000000000000000000000170200011802000401001b0800004a0c1d2e300001020000"),
}
# Digest of the NetMIPv6 draft, section 12: ICMPv6 messages.
HANDOVER = {
    "HO Request": "c800759f1234c000fd030104016d6e31406578616d706c652e6e657400000000",
    "HO Response 0":
        "c90057ee12340000fd030104016d6e31406578616d706c652e6e657400000000"
        "fd03020040c0000020010db8400000010000000000000005fd03030000000000"
        "20010db8000b00000000000000000100fd050400c00000070096007800000000"
        "c92c0a800000000020010db8000b00000000000000000011fd02050400000100"
        "0100000000000000fd02060020c000000a4000050a400001",
    "HO Response 3": "c900c5dd12340300",
}


def number(octets):
    return int.from_bytes(octets, "big")


def address6(octets):
    return str(ipaddress.IPv6Address(bytes(octets)))


def address4(octets):
    return str(ipaddress.IPv4Address(bytes(octets)))


# ---- mobility options

def mobile_network_prefix(body, dialect):
    flags = body[0]
    if dialect == A:
        fields = {"P": flags >> 7, "I": flags >> 6 & 1, "D": flags >> 5 & 1, "reserved": flags & 0x1f}
    else:
        fields = {"R": flags >> 7, "reserved": flags & 0x7f}
    return fields | {"prefix-length": body[1], "prefix": address6(body[2:18])}


def mnp_request(body, _):
    return {"prefix-length": body[0], "P": body[1] >> 7, "I": body[1] >> 6 & 1, "reserved": body[1] & 0x3f,
            "correlation-id": number(body[2:4]), "reserved2": body[4], "prefix-type": body[5]}


def mnp_confirmation(body, _):
    return {"prefix-length": body[0], "P": body[1] >> 7, "I": body[1] >> 6 & 1, "D": body[1] >> 5 & 1,
            "reserved": body[1] & 0x1f, "correlation-id": number(body[2:4]), "status": body[4],
            "prefix-type": body[5], "valid-lifetime": number(body[6:10]), "prefix": address6(body[10:26])}


OPTIONS = {6: ("mobile-network-prefix", 18, mobile_network_prefix), 253: ("mnp-request", 6, mnp_request),
           254: ("mnp-confirmation", 26, mnp_confirmation)}


def mobility(octets, dialect):
    """The options of interest of a Binding Update or Acknowledgement, in their order."""
    at, found = 12, []
    while at < (octets[1] + 1) * 8:
        kind = octets[at]
        if kind == 0:
            at += 1
            continue
        length = octets[at + 1]
        body = octets[at + 2:at + 2 + length]
        if kind in OPTIONS and (kind == 6 or dialect == A):
            name, size, read = OPTIONS[kind]
            assert length == size, f"{name} has {length} octets"
            assert at % 8 == 4, f"{name} is not at 8n+4"
            found.append((name, {"type": kind, "option-length": length} | read(body, dialect)))
        at += 2 + length
    return found


# ---- handover messages

def identity(data):
    return {"id-type": data[0], "nai": data[1:].decode("ascii")}


def home_address(data):
    return {"prefix-length": data[0], "complete": data[1] >> 7, "exclusive": data[1] >> 6 & 1,
            "flags-reserved": data[1] & 0x3f, "reserved": number(data[2:4]), "address": address6(data[4:20])}


def home_agent(data):
    return {"reserved": number(data[0:4]), "address": address6(data[4:20])}


def binding(data):
    return {"flags": number(data[0:2]), "sequence": number(data[2:4]), "granted-lifetime": number(data[4:6]),
            "remaining-lifetime": number(data[6:8]), "reserved": number(data[8:12]),
            "timestamp": number(data[12:20]), "care-of-address": address6(data[20:36])}


def security(data):
    return {"spi": number(data[0:4]), "algorithm": data[4], "key-mode": data[5], "key-length": number(data[6:8]),
            "key": data[8:].hex()}


def ipv4_home_address(data):
    return {"prefix-length": data[0], "leased": data[1] >> 7, "active": data[1] >> 6 & 1,
            "flags-reserved": data[1] & 0x3f, "reserved": number(data[2:4]), "address": address4(data[4:8]),
            "gateway": address4(data[8:12])}


SUBTYPES = {1: ("context-identity", identity), 2: ("context-home-address", home_address),
            3: ("context-home-agent", home_agent), 4: ("context-binding", binding),
            5: ("context-security", security), 6: ("context-ipv4-home-address", ipv4_home_address)}


def handover(octets):
    """The message and its context options."""
    head = {"icmp-type": octets[0], "code": octets[1], "checksum": number(octets[2:4]),
            "identifier": number(octets[4:6])}
    if octets[0] == 200:
        flags = number(octets[6:8])
        found = [("ho-request", head | {"C": flags >> 15, "H": flags >> 14 & 1, "reserved": flags & 0x3fff})]
    else:
        found = [("ho-response", head | {"status": octets[6], "reserved": octets[7]})]
    at = 8
    while at < len(octets):
        kind, units, subtype, pad = octets[at:at + 4]
        assert kind == 253 and units > 0 and pad < 8
        end = at + units * 8
        assert not any(octets[end - pad:end]), "padding is not zero"
        name, read = SUBTYPES[subtype]
        found.append((name, {"type": kind, "option-length": units, "pad-length": pad} | read(octets[at + 4:end - pad])))
        at = end
    return found


def lines():
    out = []
    for name, elements in decoded().items():
        for element, fields in elements:
            out += sorted(f"{name}: {element}.{field}={value}" for field, value in fields.items())
    return out


def decoded():
    messages = {name: mobility(bytes.fromhex(octets), dialect) for name, (dialect, octets) in MOBILITY.items()}
    messages |= {name: handover(bytes.fromhex(octets)) for name, octets in HANDOVER.items()}
    return messages


class SecondDecoder(unittest.TestCase):
    def test_reads_what_the_digests_say_of_their_vectors(self):
        found = decoded()
        self.assertEqual(found["V1"], [])
        self.assertEqual(found["V2"][0][1]["prefix-length"], 64)
        self.assertEqual(found["V2"][0][1]["correlation-id"], 0x1234)
        self.assertEqual(found["V2"][0][1]["P"], 1)
        confirmation = found["V3"][0][1]
        self.assertEqual((confirmation["P"], confirmation["D"], confirmation["status"], confirmation["valid-lifetime"]),
                         (1, 1, 0, 0xffffffff))
        self.assertEqual([name for name, _ in found["V4"]], ["mobile-network-prefix", "mnp-request", "mnp-request"])
        second = found["V5"][1][1]
        self.assertEqual((second["P"], second["I"], second["D"], second["prefix-length"]), (1, 1, 0, 56))
        self.assertEqual(found["V7"][0][1]["status"], 2)
        self.assertEqual((found["V8"][0][1]["R"], found["V8"][0][1]["prefix"]), (1, "::"))
        self.assertEqual(found["V9"][0][1]["prefix"], "2001:db8:300:1::")
        self.assertEqual(found["V10"], [])
        request = found["HO Request"]
        self.assertEqual((request[0][1]["C"], request[0][1]["H"], request[1][1]["nai"]), (1, 1, "mn1@example.net"))
        state = dict(found["HO Response 0"])
        self.assertEqual(state["context-binding"]["granted-lifetime"] * 4, 600)
        self.assertEqual(state["context-binding"]["remaining-lifetime"] * 4, 480)
        self.assertEqual(state["context-ipv4-home-address"]["gateway"], "10.64.0.1")
        self.assertEqual(dict(found["HO Response 3"])["ho-response"]["status"], 3)

    def test_agrees_with_the_file_that_the_other_decoder_is_held_to(self):
        self.assertEqual(EXPECTED.read_text().splitlines(), lines())


if __name__ == "__main__":
    if sys.argv[1:] == ["--print"]:
        print("\n".join(lines()))
    else:
        unittest.main()
