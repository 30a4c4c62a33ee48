"""The configuration that the template writes: one line for each thing."""
import shlex

import wire


class Config:
    """Lines of "word value…", as the template writes them."""

    def __init__(self, path):
        self.ports, self.routes, self.settings, self.peers, self.nodes, self.paths = [], [], {}, {}, [], {}
        with open(path, encoding="utf-8") as lines:
            for words in filter(None, (shlex.split(line, comments=True) for line in lines)):
                self._line(words[0], words[1:])

    def _line(self, what, words):
        if what == "port":
            self.ports.append((words[0], wire.mac(words[1]), [split_prefix(a) for a in words[2:]]))
        elif what == "route":
            self.routes.append((*split_prefix(words[0]), wire.address(words[1])))
        elif what == "set":
            self.settings[words[0]] = " ".join(words[1:])
        elif what == "peer":
            self.peers[words[0]] = wire.address(words[1])
        elif what == "node":
            self.nodes.append(dict(word.split("=", 1) for word in words))
        elif what in ("control", "address"):
            self.paths[what] = words[0]


def split_prefix(text):
    prefix, _, length = text.partition("/")
    return wire.address(prefix), int(length or 128)
