"""A mobile node as its gateway knows it."""
import wire
from config import split_prefix
from stack import Bucket

TIMEOUT = 1.0   # RFC 3775 12
DETACHED, REGISTERING, BOUND, DENIED, LEAVING = "detached", "registering", "bound", "denied", "leaving"


class Visitor:
    """A mobile node, its profile and what the binding update list knows of it (draft-02 6.1)."""

    def __init__(self, profile):
        self.name, self.identifier, self.mac = profile["name"], profile["nai"].encode(), wire.mac(profile["mac"])
        self.profile = profile
        self.prefix, self.length = split_prefix(profile["prefix"]) if profile.get("prefix") else (None, 0)
        self.port = self.anchor = self.link_local = None
        self.state = DETACHED
        self.bound = False                  # there is a binding: packets pass
        self.plain = False                  # served without mobility
        self.sequence = 0
        self.sent = {}                      # sequence number: timestamp, of each transmission of the open update
        self.retry = self.refresh = self.expiry = self.beacon = None
        self.rate = Bucket(3, 3)            # MAX_UPDATE_RATE, for each node
        self.asked_lifetime = self.transmissions = 0
        self.timeout, self.first_stamp = TIMEOUT, None
        self.denied_at = 0
        self.presence = None

    def configuration(self, what):
        return self.profile.get(what, "")
