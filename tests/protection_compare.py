#!/usr/bin/env python3
"""What our ESP, AH and RFC 4285 make, held against others. ESP: tshark decrypts it and verifies its ICV with the same
keys. AH and RFC 4285, where tshark verifies nothing: a second implementation, written here from the RFCs alone with
the standard library's hmac, so that a misreading would have to be made twice.

  protection_compare.py --samples PROGRAM    PROGRAM prints the packets (protection_samples)
Exit codes: 0, 1 for differences, 77 without tshark (then the rest was compared all the same).
"""
import argparse
import hashlib
import hmac
import ipaddress
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

HASHES = {"hmac-sha1-96": ("sha1", 12), "hmac-sha2-256-128": ("sha256", 16)}
ENCRYPTIONS = {"null": "NULL", "aes-cbc": "AES-CBC [RFC3602]", "aes-gcm": "AES-GCM with 16 octet ICV [RFC4106]"}
AUTHENTICATIONS = {"hmac-sha1-96": "HMAC-SHA-1-96 [RFC2404]", "hmac-sha2-256-128": "HMAC-SHA-256-128 [RFC4868]",
                   "none": "NULL"}
HOP_BY_HOP, ROUTING, FRAGMENT, ESP, AH, DESTINATION = 0, 43, 44, 50, 51, 60


def headers(packet):
    """(number, offset, size) of each extension header before the first other one, and that one's number and offset."""
    number, offset, out = packet[6], 40, []
    while number in (HOP_BY_HOP, ROUTING, DESTINATION):
        size = 8 * (packet[offset + 1] + 1)
        out.append((number, offset, size))
        number, offset = packet[offset], offset + size
    return out, number, offset


def without_protection(packet, size):
    """The packet as it was before a header of that size was put in."""
    out, _, offset = headers(packet)
    following = packet[offset]
    rest = bytearray(packet[:offset] + packet[offset + size:])
    rest[out[-1][1] if out else 6] = following
    rest[4:6] = struct.pack("!H", len(rest) - 40)
    return bytes(rest)


def options_at_destination(packet, offset, size, is_destination):
    """RFC 4302, 3.3.3.1.2.1: the data of options with the third bit of their type set is unpredictable. RFC 3775,
    11.3.2: home address and source change places."""
    at = offset + 2
    while at < offset + size:
        kind = packet[at]
        if kind == 0:
            at += 1
            continue
        length = packet[at + 1]
        if kind & 0x20:
            packet[at + 2:at + 2 + length] = bytes(length)
        elif is_destination and kind == 201:
            packet[8:24], packet[at + 2:at + 18] = packet[at + 2:at + 18], packet[8:24]
        at += 2 + length


def routing_at_destination(packet, offset, size):
    left = packet[offset + 3]
    if packet[offset + 2] not in (0, 2) or not left:
        return
    addresses = [bytes(packet[24:40])] + [bytes(packet[offset + 8 + 16 * i:offset + 24 + 16 * i])
                                          for i in range((size - 8) // 16)]
    visited = len(addresses) - 1 - left
    # the destination moves behind those that have been visited, the last one becomes the destination
    order = addresses[1:1 + visited] + [addresses[0]] + addresses[1 + visited:-1]
    packet[24:40] = addresses[-1]
    packet[offset + 8:offset + size] = b"".join(order)
    packet[offset + 3] = 0


def ah_icv(packet, integrity, key):
    """RFC 4302, 3.3.3: over the packet with its mutable fields zero and the ICV zero."""
    digest, size = HASHES[integrity]
    work = bytearray(packet)
    work[0:4] = b"\x60\0\0\0"  # version; class and flow label are mutable
    work[7] = 0
    chain, number, offset = headers(packet)
    assert number == AH
    for kind, at, length in chain:
        if kind == ROUTING:
            routing_at_destination(work, at, length)
        else:
            options_at_destination(work, at, length, kind == DESTINATION)
    work[offset + 12:offset + 12 + size] = bytes(size)
    return hmac.new(key, bytes(work), digest).digest()[:size]


def check_ah(spi, integrity, key, plain, sealed):
    _, number, offset = headers(sealed)
    if number != AH:
        return "no AH behind the headers"
    size = HASHES[integrity][1]
    words = sealed[offset + 1]
    total = 4 * (words + 2)
    if total % 8 or total < 12 + size or total - (12 + size) > 7:
        return f"length field {words}"
    if struct.unpack("!H", sealed[offset + 2:offset + 4])[0] or \
            struct.unpack("!I", sealed[offset + 4:offset + 8])[0] != spi:
        return "reserved field or SPI"
    if struct.unpack("!H", sealed[4:6])[0] != len(sealed) - 40:
        return "payload length"
    if ah_icv(sealed, integrity, key) != sealed[offset + 12:offset + 12 + size]:
        return "ICV"
    if without_protection(sealed, total) != plain:
        return "the packet inside"
    return None


def check_authentication(kind, spi, key, care_of, home, header):
    """RFC 4285, 5.1 and 5.2: over care-of address, home address and the message up to and with the SPI, its checksum
    zero; for the AAA server over the SHA-1 digest of that."""
    subtype = {"mn-ha": 1, "mn-aaa": 2}[kind]
    at = 12
    while at < len(header):
        if header[at] == 0:
            at += 1
            continue
        if header[at] == 9 and header[at + 2] == subtype:
            break
        at += 2 + header[at + 1]
    else:
        return "there is no option"
    if (at - 1) % 4:
        return f"the option is at {at}, not at 4n + 1"
    if struct.unpack("!I", header[at + 3:at + 7])[0] != spi:
        return "SPI"
    code = header[at + 7:at + 2 + header[at + 1]]
    data = care_of + home + header[:4] + b"\0\0" + header[6:at + 7]
    if kind == "mn-aaa":
        data = hashlib.sha1(data).digest()
    if not code or hmac.new(key, data, "sha1").digest()[:len(code)] != code:
        return "authenticator"
    return None


def write_pcap(path, packets):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 229))  # raw IPv6
        for number, packet in enumerate(packets):
            out.write(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)


def tshark_says(samples):
    """Of each packet: is the ICV right for tshark, and what does it find inside?"""
    with tempfile.TemporaryDirectory() as directory:
        capture = pathlib.Path(directory) / "esp.pcap"
        write_pcap(capture, [one["sealed"] for one in samples])
        command = ["tshark", "-n", "-r", str(capture), "-o", "esp.enable_encryption_decode:TRUE",
                   "-o", "esp.enable_authentication_check:TRUE", "-T", "fields", "-E", "occurrence=a",
                   "-e", "esp.spi", "-e", "esp.icv_good", "-e", "mip6.mhtype", "-e", "esp.sequence",
                   "-e", "esp.pad_len", "-e", "_ws.malformed"]
        for spi, one in {one["spi"]: one for one in samples}.items():
            keys = ["0x" + key.hex() if key else "" for key in (one["cipher_key"], one["integrity_key"])]
            command += ["-o", 'uat:esp_sa:"IPv6","*","*","0x%08x","%s","%s","%s","%s"' %
                        (spi, ENCRYPTIONS[one["cipher"]], keys[0], AUTHENTICATIONS[one["integrity"]], keys[1])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise SystemExit(f"tshark: {result.stderr}")
        return [line.split("\t") for line in result.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", required=True)
    program = parser.parse_args().samples
    esp, checked, wrong = [], 0, []
    for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if words[0] in ("mn-ha", "mn-aaa"):
            kind, spi, key, care_of, home, header = words
            trouble = check_authentication(kind, int(spi), bytes.fromhex(key), ipaddress.IPv6Address(care_of).packed,
                                           ipaddress.IPv6Address(home).packed, bytes.fromhex(header))
        else:
            protocol, spi, cipher, cipher_key, integrity, integrity_key, plain, sealed = words
            one = {"spi": int(spi), "cipher": cipher, "integrity": integrity,
                   "cipher_key": b"" if cipher_key == "-" else bytes.fromhex(cipher_key),
                   "integrity_key": b"" if integrity_key == "-" else bytes.fromhex(integrity_key),
                   "plain": bytes.fromhex(plain), "sealed": bytes.fromhex(sealed)}
            if protocol == "esp":
                esp.append(one)
                continue
            trouble = check_ah(one["spi"], integrity, one["integrity_key"], one["plain"], one["sealed"])
        checked += 1
        if trouble:
            wrong.append(f"{words[0]} {words[1]}: {trouble}: {words[-1]}")
    if len(esp) < 50 or checked < 30:
        wrong.append(f"only {len(esp)} ESP packets and {checked} others")
    has_tshark = shutil.which("tshark") is not None
    if has_tshark:
        said = tshark_says(esp)
        if len(said) != len(esp):
            wrong.append(f"tshark lists {len(said)} packets of {len(esp)}")
        for one, (spi, good, kind, sequence, padding, malformed) in zip(esp, said):
            checked += 1
            _, number, offset = headers(one["plain"])
            inside = one["plain"][offset + 2] if number == 135 else None
            if int(spi, 16) != one["spi"] or kind != str(inside) or malformed or not padding or not sequence:
                wrong.append(f"esp {spi} {one['cipher']}: tshark finds {kind or 'nothing'} inside, not {inside}")
            elif good.lower() not in ("1", "true"):
                wrong.append(f"esp {spi} {one['cipher']} {one['integrity']}: tshark says that the ICV is wrong")
    for line in wrong:
        print(line)
    print(f"{checked - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0 if has_tshark else 77


if __name__ == "__main__":
    sys.exit(main())
