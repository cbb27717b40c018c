"""Bytes of which the vectors are made."""
from hashlib import sha256


def random(label, length=32):
    """Bytes that anybody can make again."""
    return sha256(label.encode()).digest()[:length]


def flipped(sound, at):
    """The same with one bit of a byte turned."""
    return sound[:at * 2] + f"{int(sound[at * 2:at * 2 + 2], 16) ^ 1:02x}" + sound[at * 2 + 2:]
