#!/usr/bin/env python3
"""Compares our decoding with tshark's, field by field, over captures/ (or the captures named on the command line).

  tshark_compare.py --decoder build/dev/harness/wire/wire_json [--verbose] [--profile NAME] [--dhcpv6] [CAPTURE...]

Every field of ours that tshark has under some name is looked for in tshark's tree of the same packet, in order of the
octets, and has to have the same value. Exceptions are the fields where the two differ for a reason that is written
down below with its clause; any other difference fails. With --dhcpv6 the captures are
merged, and what is DHCPv6 and sound in them is compared, relay envelopes and what is in them included. Exit codes: 0,
1 for differences, 77 without tshark.
"""
import argparse
import collections
import datetime
import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

HEADER = {"payload-proto": "mip6.proto", "header-length": "mip6.hlen", "mh-type": "mip6.mhtype",
          "mh-reserved": "mip6.reserved", "checksum": "mip6.csum"}
ICMP = {"icmp-type": "icmpv6.type", "code": "icmpv6.code", "checksum": "icmpv6.checksum"}
MOBILITY_OPTION = {"option-length": "mip6.mobility_opt.len"}
IPV6_OPTION = {"type": "ipv6.opt.type", "option-length": "ipv6.opt.length"}
ND_OPTION = {"type": "icmpv6.opt.type", "option-length": "icmpv6.opt.length"}
DHCP_OPTION = {"type": "dhcpv6.option.type", "option-length": "dhcpv6.option.length"}
IA = DHCP_OPTION | {"iaid": "dhcpv6.iaid", "t1": "dhcpv6.iaid.t1", "t2": "dhcpv6.iaid.t2"}

# Ours to theirs. A pair of a name and a function takes a part of our value.
FIELDS = {
    "ethernet": {"destination": "eth.dst", "source": "eth.src", "type": "eth.type"},
    "ipv6": {"version": "ipv6.version", "traffic-class": "ipv6.tclass", "flow-label": "ipv6.flow",
             "payload-length": "ipv6.plen", "next-header": "ipv6.nxt", "hop-limit": "ipv6.hlim",
             "source": "ipv6.src", "destination": "ipv6.dst"},
    "hop-by-hop": {"next-header": "ipv6.hopopts.nxt", "header-length": "ipv6.hopopts.len"},
    "destination-options": {"next-header": "ipv6.dstopts.nxt", "header-length": "ipv6.dstopts.len"},
    "router-alert": IPV6_OPTION | {"value": "ipv6.opt.router_alert"},
    "home-address-option": IPV6_OPTION | {"address": "ipv6.opt.mipv6.home_address"},
    "routing-2": {"next-header": "ipv6.routing.nxt", "header-length": "ipv6.routing.len",
                  "routing-type": "ipv6.routing.type", "segments-left": "ipv6.routing.segleft",
                  "reserved": "ipv6.routing.mipv6.reserved", "home-address": "ipv6.routing.mipv6.home_address"},
    "ah": {"next-header": "ah.next_header", "spi": "ah.spi", "sequence": "ah.sequence", "icv": "ah.icv"},
    "udp": {"source-port": "udp.srcport", "destination-port": "udp.dstport", "length": "udp.length",
            "checksum": "udp.checksum"},
    "binding-refresh-request": HEADER,
    "home-test-init": HEADER | {"home-init-cookie": "mip6.hoti.cookie"},
    "care-of-test-init": HEADER | {"care-of-init-cookie": "mip6.coti.cookie"},
    "home-test": HEADER | {"home-nonce-index": "mip6.hot.nindex", "home-init-cookie": "mip6.hot.cookie",
                           "home-keygen-token": "mip6.hot.token"},
    "care-of-test": HEADER | {"care-of-nonce-index": "mip6.cot.nindex", "care-of-init-cookie": "mip6.cot.cookie",
                              "care-of-keygen-token": "mip6.hot.token"},
    "binding-update": HEADER | {
        "sequence": "mip6.bu.seqnr", "A": "mip6.bu.a_flag", "H": "mip6.bu.h_flag", "L": "mip6.bu.l_flag",
        "K": "mip6.bu.k_flag", "M": "mip6.bu.m_flag", "R": "mip6.nemo.bu.r_flag", "P": "mip6.bu.p_flag",
        "S": "mip6.bu.p_flag", "lifetime": "mip6.bu.lifetime",
        "reserved": [("mip6.bu.f_flag", lambda v: v >> 8), ("mip6.bu.t_flag", lambda v: v >> 7 & 1),
                     ("mip6.bu.b_flag", lambda v: v >> 6 & 1)]},
    "binding-acknowledgement": HEADER | {
        "status": "mip6.ba.status", "K": "mip6.ba.k_flag", "R": "mip6.nemo.ba.r_flag", "P": "mip6.ba.p_flag",
        "S": "mip6.ba.p_flag", "sequence": "mip6.ba.seqnr", "lifetime": "mip6.ba.lifetime",
        "reserved": [("mip6.ba.t_flag", lambda v: v >> 4), ("mip6.ba.b_flag", lambda v: v >> 3 & 1)]},
    "binding-error": HEADER | {"status": "mip6.be.status", "home-address": "mip6.be.haddr"},
    "binding-refresh-advice": MOBILITY_OPTION | {"interval": "mip6.bra.interval"},
    "alternate-care-of-address": MOBILITY_OPTION | {"address": "mip6.acoa.acoa"},
    "nonce-indices": MOBILITY_OPTION | {"home-nonce-index": "mip6.ni.hni", "care-of-nonce-index": "mip6.ni.cni"},
    "binding-authorization-data": MOBILITY_OPTION | {"authenticator": "mip6.bad.auth"},
    "mobile-network-prefix": MOBILITY_OPTION | {"prefix-length": "mip6.nemo.mnp.pfl", "prefix": "mip6.nemo.mnp.mnp"},
    "home-network-prefix": MOBILITY_OPTION | {"prefix-length": "mip6.nemo.mnp.pfl", "prefix": "mip6.nemo.mnp.mnp"},
    "mobile-node-identifier": MOBILITY_OPTION | {"subtype": "mip6.mnid.subtype", "nai": "mip6.mnid.identifier"},
    "authentication": MOBILITY_OPTION | {"subtype": "mip6.auth.subtype", "spi": "mip6.auth.mobility_spi",
                                         "authenticator": "mip6.auth.auth_data"},
    "replay-protection": MOBILITY_OPTION | {"timestamp": "mip6.mseg_id.timestamp"},
    "handoff-indicator": MOBILITY_OPTION | {"reserved": "mip6.hi.reserved", "value": "mip6.hi"},
    "access-technology-type": MOBILITY_OPTION | {"reserved": "mip6.att.reserved", "value": "mip6.att"},
    "mobile-node-link-layer-identifier": MOBILITY_OPTION | {"reserved": "mip6.mnlli.reserved",
                                                            "identifier": "mip6.mnlli.lli"},
    "link-local-address": MOBILITY_OPTION | {"address": "mip6.lila_lla"},
    "timestamp": MOBILITY_OPTION | {"value": "mip6.timestamp_tmp"},
    "ipv4-home-address": MOBILITY_OPTION | {"prefix-length": "mip6.ipv4ha.preflen", "P": "mip6.ipv4ha.p_flag",
                                            "address": "mip6.ipv4ha.ha"},
    "ipv4-address-acknowledgement": MOBILITY_OPTION | {"status": "mip6.ipv4aa.sts",
                                                       "prefix-length": "mip6.ipv4ha.preflen",
                                                       "address": "mip6.ipv4ha.ha"},
    "ipv6-option": IPV6_OPTION,
    "ipv4": {"version": "ip.version", "traffic-class": "ip.dsfield", "total-length": "ip.len",
             "identification": "ip.id", "reserved": "ip.flags.rb", "dont-fragment": "ip.flags.df",
             "more-fragments": "ip.flags.mf", "fragment-offset": "ip.frag_offset", "ttl": "ip.ttl",
             "protocol": "ip.proto", "checksum": "ip.checksum", "source": "ip.src", "destination": "ip.dst"},
    "router-solicitation": ICMP | {"reserved": "icmpv6.reserved"},
    "router-advertisement": ICMP | {
        "hop-limit": "icmpv6.nd.ra.cur_hop_limit", "M": "icmpv6.nd.ra.flag.m", "O": "icmpv6.nd.ra.flag.o",
        "H": "icmpv6.nd.ra.flag.h", "preference": "icmpv6.nd.ra.flag.prf",
        "reserved": [("icmpv6.nd.ra.flag.p", lambda v: v >> 2), ("icmpv6.nd.ra.flag.rsv", lambda v: v & 3)],
        "router-lifetime": "icmpv6.nd.ra.router_lifetime", "reachable-time": "icmpv6.nd.ra.reachable_time",
        "retrans-timer": "icmpv6.nd.ra.retrans_timer"},
    "neighbor-solicitation": ICMP | {"reserved": "icmpv6.reserved", "target": "icmpv6.nd.ns.target_address"},
    "neighbor-advertisement": ICMP | {
        "R": "icmpv6.nd.na.flag.r", "S": "icmpv6.nd.na.flag.s", "O": "icmpv6.nd.na.flag.o",
        "reserved": "icmpv6.nd.na.flag.rsv", "target": "icmpv6.nd.na.target_address"},
    "source-link-layer-address": ND_OPTION | {"address": "icmpv6.opt.src_linkaddr"},
    "target-link-layer-address": ND_OPTION | {"address": "icmpv6.opt.target_linkaddr"},
    "prefix-information": ND_OPTION | {
        "prefix-length": "icmpv6.opt.prefix.length", "L": "icmpv6.opt.prefix.flag.l",
        "A": "icmpv6.opt.prefix.flag.a", "R": "icmpv6.opt.prefix.flag.r",
        "reserved1": "icmpv6.opt.prefix.flag.reserved", "valid-lifetime": "icmpv6.opt.prefix.valid_lifetime",
        "preferred-lifetime": "icmpv6.opt.prefix.preferred_lifetime", "prefix": "icmpv6.opt.prefix"},
    "mtu": ND_OPTION | {"mtu": "icmpv6.opt.mtu"},
    "mobile-prefix-solicitation": ICMP | {"identifier": "icmpv6.mip6.identifier", "reserved": "icmpv6.reserved"},
    "mobile-prefix-advertisement": ICMP | {
        "identifier": "icmpv6.mip6.identifier", "M": "icmpv6.mip6.flag.m", "O": "icmpv6.mip6.flag.o",
        "reserved": "icmpv6.mip6.flag.rsv"},
    "mld-report-v2": ICMP | {"reserved": "icmpv6.reserved", "count": "icmpv6.mldr.nb_mcast_records"},
    "echo-request": ICMP | {"identifier": "icmpv6.echo.identifier", "sequence": "icmpv6.echo.sequence_number"},
    "echo-reply": ICMP | {"identifier": "icmpv6.echo.identifier", "sequence": "icmpv6.echo.sequence_number"},
    "ho-request": ICMP,
    "ho-response": ICMP,
    "icmpv6": ICMP,
    "client-id": DHCP_OPTION | {"duid": "dhcpv6.duid.bytes"},
    "server-id": DHCP_OPTION | {"duid": "dhcpv6.duid.bytes"},
    "elapsed-time": DHCP_OPTION | {"value": [("dhcpv6.elapsed_time", lambda v: v * 10)]},  # in milliseconds there
    "ia-pd": IA,
    "ia-na": IA,
    "ia-prefix": DHCP_OPTION | {
        "preferred-lifetime": "dhcpv6.iaprefix.pref_lifetime", "valid-lifetime": "dhcpv6.iaprefix.valid_lifetime",
        "prefix-length": "dhcpv6.iaprefix.pref_len", "prefix": "dhcpv6.iaprefix.pref_addr"},
    "interface-id": DHCP_OPTION | {"value": "dhcpv6.interface_id"},
    "relay-message": DHCP_OPTION,
    "ia-ta": DHCP_OPTION | {"iaid": "dhcpv6.iata"},
    "ia-address": DHCP_OPTION | {
        "address": "dhcpv6.iaaddr.ip", "preferred-lifetime": "dhcpv6.iaaddr.pref_lifetime",
        "valid-lifetime": "dhcpv6.iaaddr.valid_lifetime"},
    "preference": DHCP_OPTION | {"value": "dhcpv6.option_preference"},
    "auth": DHCP_OPTION | {"protocol": "dhcpv6.auth.protocol", "algorithm": "dhcpv6.auth.algorithm",
                           "rdm": "dhcpv6.auth.rdm", "replay-detection": "dhcpv6.auth.replay_detection"},
    "server-unicast": DHCP_OPTION | {"address": "dhcpv6.unicast"},
    "status-code": DHCP_OPTION | {"status": "dhcpv6.status_code"},
    "reconfigure-message": DHCP_OPTION | {"message-type": "dhcpv6.reconf_msg"},
}
for name in ("option-request", "rapid-commit", "reconfigure-accept", "dns-servers", "domain-list", "remote-id",
             "dhcpv6-option"):
    FIELDS[name] = DHCP_OPTION
for name in ("forward", "reply"):
    FIELDS["dhcpv6-relay-" + name] = {"type": "dhcpv6.msgtype", "hop-count": "dhcpv6.hopcount",
                                      "link-address": "dhcpv6.linkaddr", "peer-address": "dhcpv6.peeraddr"}
for name in ("solicit", "advertise", "request", "confirm", "renew", "rebind", "reply", "release", "decline",
             "reconfigure", "information-request"):
    FIELDS["dhcpv6-" + name] = {"type": "dhcpv6.msgtype", "transaction-id": "dhcpv6.xid"}

# tshark shows the octets of a whole mobility option: the type is the first of them.
for name, theirs_name in {
        "home-network-prefix": "hnp", "mobile-node-identifier": "mnid", "handoff-indicator": "hi",
        "access-technology-type": "att", "alternate-care-of-address": "acoa", "nonce-indices": "ni",
        "binding-authorization-data": "bad_auth", "mobile-network-prefix": "mnp", "binding-refresh-advice": "bra",
        "link-local-address": "lla", "timestamp": "ts", "authentication": "auth", "replay-protection": "mseg_id",
        "ipv4-home-address": "ipv4ha", "ipv4-address-acknowledgement": "ipv4aa"}.items():
    FIELDS[name] = FIELDS[name] | {"type": f"mip6.options.{theirs_name}[0]"}
    if name == "home-network-prefix":
        FIELDS[name] = FIELDS[name] | {"reserved": f"mip6.options.{theirs_name}[2]"}

# (element, field): where the two differ, and why ours stands.
EXCEPTIONS = {
    ("replay-protection", "timestamp"):
        "tshark 4.0 counts the seconds from 1970 and shows 2076; RFC 4285, 6: NTP format, since 1900",
    ("authentication", "authenticator"):
        "tshark 4.0 leaves out the last two octets; RFC 4285, 5: the length is that of subtype, SPI and data, "
        "so 17 - 5 = 12 octets of data",
    ("mobile-node-identifier", "nai"):
        "tshark 4.0 shows text up to its first octet of zeros; RFC 4283, 3: the length says where it ends",
}


def theirs(capture):
    """For each packet the values of each field, in the order of the octets; padding is left out, as it is in ours."""
    run = subprocess.run(["tshark", "-n", "-r", str(capture), "-T", "json", "--no-duplicate-keys"],
                         capture_output=True, env=os.environ | {"TZ": "UTC", "LC_ALL": "C"}, check=False)
    packets = []
    for packet in json.loads(run.stdout or b"[]"):
        found = collections.defaultdict(list)
        flatten(packet["_source"]["layers"], found)
        packets.append(found)
    return packets


def flatten(tree, found):
    if isinstance(tree, list):
        for one in tree:
            flatten(one, found)
        return
    if not isinstance(tree, dict):
        return
    if "ipv6.opt.padn" in tree or "ipv6.opt.pad1" in tree:
        return
    for key, value in tree.items():
        if key in ("mip6.options.padn_tree", "frame"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found[key].append(one)
            else:
                flatten(one, found)


def ours(decoder, capture, profile):
    run = subprocess.run([decoder, str(capture), profile], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def merged(captures, folder, name="merged"):
    """One classic pcap file of them all."""
    target = pathlib.Path(folder) / f"{name}.pcap"
    subprocess.run(["mergecap", "-a", "-F", "pcap", "-w", target, *map(str, captures)], check=True)
    return target


def procedures(folder):
    """The golden captures of procedures, one file for each dialect; its name says which."""
    dialects = collections.defaultdict(list)
    for capture in sorted((ROOT / "captures" / "golden").glob("*/*.pcapng")):
        role = capture.parent.name
        dialects[role.rpartition("-")[0] or ("nemo-pd" if role in ("ha", "mr") else "draft02")].append(capture)
    return [merged(captures, folder, dialect) for dialect, captures in dialects.items()]


def dhcpv6_of(packet):
    """The DHCPv6 in a packet and nothing else; none where the octets are not sound."""
    layers = [layer for layer in packet["layers"] if layer["name"].startswith("dhcpv6-")]
    return packet | {"layers": [] if packet.get("faults") else layers}


def elements(layers):
    for layer in layers:
        yield layer["name"], layer["fields"]
        yield from elements(layer["options"])


def same(our, their, field):
    if field in ("mip6.timestamp_tmp", "mip6.mseg_id.timestamp"):
        return their == time_text(our, field)
    if isinstance(our, int):
        digits = their.replace(":", "")
        if their.startswith("0x"):
            return int(their, 16) == our
        return (digits.isdecimal() and ":" not in their and int(their) == our) or hexadecimal(digits) == our
    try:
        return ipaddress.ip_address(our) == ipaddress.ip_address(their)
    except ValueError:
        pass
    return our.replace(":", "").lower() == their.replace(":", "").lower()


def hexadecimal(digits):
    try:
        return int(digits, 16)
    except ValueError:
        return 0 if digits == "" else None


def time_text(value, field):
    if field == "mip6.timestamp_tmp":
        seconds, fraction = value >> 16, (value & 0xffff) * 1_000_000_000 // 65536
    else:
        seconds, fraction = (value >> 32) - 2208988800, (value & 0xffffffff) * 1_000_000_000 >> 32
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return f"{moment:%b} {moment.day:2d}, {moment:%Y %H:%M:%S}.{fraction:09d} UTC"


class Comparison:
    def __init__(self):
        self.compared = 0
        self.absent = collections.Counter()    # mapped, but tshark does not show it in this packet
        self.unmapped = collections.Counter()  # tshark has no name for it
        self.exceptions = collections.Counter()
        self.differences = []

    def packet(self, where, packet, found):
        taken = collections.Counter()
        for name, fields in elements(packet["layers"]):
            for field, value in fields.items():
                target = FIELDS.get(name, {}).get(field)
                if target is None:
                    self.unmapped[f"{name}.{field}"] += 1
                    continue
                for theirs_name, part in target if isinstance(target, list) else [(target, lambda v: v)]:
                    self.field(where, (name, field), theirs_name, part(value), found, taken)

    def field(self, where, own, theirs_name, value, found, taken):
        name, _, octet = theirs_name.partition("[")
        values = found.get(name, [])
        if octet:
            values = [str(int(one.split(":")[int(octet[:-1])], 16)) for one in values]
        index = taken[theirs_name]
        taken[theirs_name] += 1
        if index >= len(values):
            self.absent[f"{own[0]}.{own[1]}"] += 1
            return
        if same(value, values[index], theirs_name):
            self.compared += 1
        elif own in EXCEPTIONS and (own[1] != "nai" or value.split("\\x00")[0] == values[index]):
            self.exceptions[own] += 1
        else:
            self.differences.append(f"{where}: {own[0]}.{own[1]}: ours {value}, {theirs_name} {values[index]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decoder", default=str(ROOT / "build/dev/harness/wire/wire_json"))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--profile", default="")
    parser.add_argument("--dhcpv6", action="store_true")
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    if not shutil.which("tshark"):
        print("tshark is not installed")
        return 77
    folder = tempfile.TemporaryDirectory()
    captures = options.captures or sorted((ROOT / "captures").glob("*/*.pcap")) + procedures(folder.name)
    comparison = Comparison()
    packets = 0
    if options.dhcpv6:
        captures = [merged(captures, folder.name)]
    for capture in captures:
        profile = options.profile or (capture.stem if capture.parent in (ROOT / "captures" / "golden",
                                                                           pathlib.Path(folder.name)) else "draft02")
        for packet, found in zip(ours(options.decoder, capture, profile), theirs(capture)):
            packet = dhcpv6_of(packet) if options.dhcpv6 else packet
            if not packet["layers"]:
                continue
            comparison.packet(f"{capture.name} packet {packet['number']}", packet, found)
            packets += 1
    for difference in comparison.differences:
        print("DIFFERENT", difference)
    for (element, field), count in sorted(comparison.exceptions.items()):
        print(f"exception {element}.{field} ({count} times): {EXCEPTIONS[element, field]}")
    if options.verbose:
        for name, count in sorted(comparison.absent.items()):
            print(f"not shown by tshark {name}: {count}")
        for name, count in sorted(comparison.unmapped.items()):
            print(f"not compared {name}: {count}")
    print(f"{packets} packets of {len(captures)} captures: {comparison.compared} fields compared, "
          f"{sum(comparison.exceptions.values())} exceptions, {len(comparison.differences)} differences, "
          f"{sum(comparison.absent.values())} not shown by tshark, {sum(comparison.unmapped.values())} without a "
          f"name there")
    return 1 if comparison.differences or comparison.compared < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
