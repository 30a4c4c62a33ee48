#!/usr/bin/env python3
"""An implementation under test that is no LMA at all: misbehaves.py garbage|flood|silent|dies"""
import os
import select
import socket
import sys

MOBILITY_HEADER = 135


def answer_with_garbage():
    """Every message is answered by octets that look like a Mobility Header for as long as one does not look."""
    link = socket.socket(socket.AF_INET6, socket.SOCK_RAW, MOBILITY_HEADER)
    print("up", flush=True)
    while True:
        _, sender = link.recvfrom(65536)
        body = bytearray(b"\x3b\x07\x06\x00\x00\x00" + os.urandom(58))
        print("garbage for", sender[0], flush=True)
        link.sendto(bytes(body), (sender[0], 0))


def flood():
    """Waits for the first message, then sends as fast as the machine can."""
    link = socket.socket(socket.AF_INET6, socket.SOCK_RAW, MOBILITY_HEADER)
    print("up", flush=True)
    _, sender = link.recvfrom(65536)
    print("flooding", sender[0], flush=True)
    while True:
        try:
            link.sendto(b"\x3b\x00\xc8\x00\x00\x00\x00\x00", (sender[0], 0))
        except BlockingIOError:
            select.select([], [link], [])
        except OSError:
            continue


def silent():
    print("up and silent", flush=True)
    select.select([], [], [])


def dies():
    """Dies of the first message."""
    link = socket.socket(socket.AF_INET6, socket.SOCK_RAW, MOBILITY_HEADER)
    print("up", flush=True)
    link.recvfrom(65536)
    print("dying of it", flush=True)
    os.abort()


if __name__ == "__main__":
    {"garbage": answer_with_garbage, "flood": flood, "silent": silent, "dies": dies}[sys.argv[1]]()
