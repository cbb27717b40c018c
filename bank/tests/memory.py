#!/usr/bin/env python3
"""Searches the memory of the running service for what passed through it.

usage: bank/tests/memory.py PROGRAM [sqlite] [postgres]

Seeds come in by import and go out at an enrolment, codes are judged with them, the time is told under them; API keys and activation
codes come by too. When the answers are sent and the connections closed, nothing of it may be left: not
the seed, not its text, not the states of HMAC that stand for it. The bank's own keys stay, as they must; one
of them shows that the search finds what is there. Needs root, and Linux.
"""

import base64
import hashlib
import math
import os
import pathlib
import secrets
import struct
import sys
import time

from bank import Bank, databases, hotp

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "reader"))
import enrolment  # noqa: E402

DIGITS = 10  # six might stand anywhere by chance


def main():
    program, names = sys.argv[1], sys.argv[2:] or ["sqlite", "postgres"]
    passed = failed = 0
    with databases(names) as made:
        for name, url in made:
            bank = Bank(program, url, f"--digits={DIGITS}", "--log=trace")
            try:
                bank.start()
                for what, forms, wanted in walked(bank):
                    wrong = found(bank, forms) != wanted
                    passed, failed = passed + (not wrong), failed + wrong
                    left = "is not found" if wanted else "is left"
                    print(f"{'FAILED' if wrong else 'ok'}  {name}: {what}{f' {left}' if wrong else ''}")
            finally:
                bank.remove()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def walked(bank):
    """What was secret, in all its forms, and whether it may be there."""
    seed = secrets.token_bytes(20)
    text = base64.b32encode(seed).decode()
    path = "/v1/credentials/MEMO0001"
    bank.post("/v1/credentials", {"id": "MEMO0001", "seed": text,
                                  "generator": {"type": "hotp", "digits": DIGITS}})
    codes = [hotp(seed, counter, DIGITS) for counter in range(12)]
    bank.post(f"{path}/confirm", {"code": codes[0]})
    bank.post(f"{path}/verify", {"code": codes[1]}, name="memory-1")
    bank.post(f"{path}/verify", {"code": codes[1]}, name="memory-1")
    bank.post(f"{path}/verify", {"code": codes[1]})
    bank.post(f"{path}/verify", {"code": codes[9]})
    bank.post(f"{path}/resync", {"first": codes[10], "second": codes[11]})
    bank.get(path)
    link = bank.post("/v1/activations", {})["link"]
    activation = link.partition("&c=")[2]
    issued, device = enrolled(bank, link)

    # The last connection's buffers go when the service has seen it closed.
    time.sleep(0.5)
    keys = pathlib.Path(bank.folder, "warifu-bank.keys").read_text().split()
    sealing = base64.b32decode(keys[keys.index("seal") + 2] + "====")
    api_key = bank.key.rsplit("_", 1)[1]
    yield "the key that seals, which the service needs", [sealing], True
    yield "its text in the file", [base64.b32encode(sealing).rstrip(b"=")], False
    yield "an imported seed", [seed], False
    yield "its text", [text.encode(), text.lower().encode()], False
    yield "the states of HMAC that stand for it", states(seed), False
    yield "an issued seed", [issued, base64.b64encode(issued)], False
    yield "the states of HMAC that stand for it", states(issued), False
    yield "an issued device key", [device, base64.b64encode(device)], False
    yield "the states of HMAC that stand for it", states(device), False
    yield "codes", [code.encode() for code in codes[:2] + codes[9:]], False
    yield "an activation code", [activation.encode()], False
    yield "an API key", [api_key.encode(), base64.b32decode(api_key + "====")], False


def enrolled(bank, link):
    """Enrols; gives the seed and the device key."""
    parameters = dict(parameter.split("=") for parameter in link.partition("#")[2].split("&"))
    app_private, app_public = enrolment.derive_key_pair(secrets.token_bytes(32))
    name = secrets.token_bytes(16)
    plaintext = enrolment.request_plaintext(name, app_public, 1, parameters["c"].encode())
    service = base64.b32decode(parameters["k"] + "====")
    request, psk = enrolment.make_request(service, secrets.token_bytes(32), plaintext)
    answer = bank.octets("/token/enrol", request)
    package = enrolment.open_answer(app_private, request, psk, name, answer).decode()
    values = [base64.b64decode(part.partition("</PlainValue>")[0])
              for part in package.split("<Secret><PlainValue>")[1:]]
    seed, device = values[0], values[-1]
    step = bank.get("/v1/time")["now"] // 30_000
    message = enrolment.make_confirmation(device, name, request, secrets.token_bytes(16),
                                          hotp(seed, step - 1, DIGITS).encode())
    bank.octets("/token/confirm", message)
    # The ID is that of all of the package's keys.
    id = package.partition("<SerialNo>")[2].partition("</SerialNo>")[0]
    bank.octets("/token/time", enrolment.make_time_query(device, id.encode(), secrets.token_bytes(16)))
    return seed, device


def found(bank, forms):
    """Whether any of these is in the process's memory."""
    process = bank.process.pid
    with open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in pathlib.Path(f"/proc/{process}/maps").read_text().splitlines():
            if " rw" not in line:
                continue
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                memory.seek(begin)
                block = memory.read(end - begin)
            except (OSError, ValueError):
                continue  # what is mapped and cannot be read, like [vvar]
            if any(form in block for form in forms):
                return True
    return False


def states(key):
    """The states of SHA-1 and SHA-256 after ipad and opad, as words of either order."""
    forms = []
    for pad in (0x36, 0x5C):
        block = bytes(byte ^ pad for byte in key.ljust(64, b"\0"))
        for words in compressed(block), compressed_256(block):
            forms += [struct.pack(f"{order}{len(words)}I", *words) for order in "<>"]
    return forms


def compressed(block):
    """FIPS 180-4, section 6.1.2, from the initial state; `hashlib` does not give the state out."""
    def rotated(word, by):
        return (word << by | word >> 32 - by) & 0xFFFFFFFF

    initial = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
    w = list(struct.unpack(">16I", block))
    for t in range(16, 80):
        w.append(rotated(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1))
    a, b, c, d, e = initial
    for t in range(80):
        if t < 20:
            f, k = b & c | ~b & d, 0x5A827999
        elif t < 40:
            f, k = b ^ c ^ d, 0x6ED9EBA1
        elif t < 60:
            f, k = b & c | b & d | c & d, 0x8F1BBCDC
        else:
            f, k = b ^ c ^ d, 0xCA62C1D6
        a, b, c, d, e = (rotated(a, 5) + f + e + k + w[t]) & 0xFFFFFFFF, a, rotated(b, 30), c, d
    return tuple(x + y & 0xFFFFFFFF for x, y in zip(initial, (a, b, c, d, e)))


def compressed_256(block):
    """FIPS 180-4, section 6.2.2, from the initial state."""
    def mixed(word, *by):
        *rotations, last = by
        turned = [word >> n | word << 32 - n for n in rotations]
        turned.append(word >> -last if last < 0 else word >> last | word << 32 - last)
        return (turned[0] ^ turned[1] ^ turned[2]) & 0xFFFFFFFF

    primes = [n for n in range(2, 312) if all(n % m for m in range(2, n))]
    initial = [math.isqrt(n << 64) & 0xFFFFFFFF for n in primes[:8]]
    w = list(struct.unpack(">16I", block))
    for t in range(16, 64):
        w.append(w[t - 16] + mixed(w[t - 15], 7, 18, -3) + w[t - 7] + mixed(w[t - 2], 17, 19, -10)
                 & 0xFFFFFFFF)
    state = initial
    for t in range(64):
        a, b, c, d, e, f, g, h = state
        first = (h + mixed(e, 6, 11, 25) + (e & f ^ ~e & g) + cube_root(primes[t] << 96) + w[t])
        second = mixed(a, 2, 13, 22) + (a & b ^ a & c ^ b & c)
        state = [first + second & 0xFFFFFFFF, a, b, c, d + first & 0xFFFFFFFF, e, f, g]
    return tuple(x + y & 0xFFFFFFFF for x, y in zip(initial, state))


def cube_root(number):
    """Rounded down, its last 32 bits."""
    root = 0
    for bit in reversed(range(40)):
        if (root | 1 << bit) ** 3 <= number:
            root |= 1 << bit
    return root & 0xFFFFFFFF


def check_compressed():
    """The padded message of one block gives its digest."""
    block = b"abc\x80".ljust(56, b"\0") + struct.pack(">Q", 24)
    assert struct.pack(">5I", *compressed(block)) == hashlib.sha1(b"abc").digest()
    assert struct.pack(">8I", *compressed_256(block)) == hashlib.sha256(b"abc").digest()


if __name__ == "__main__":
    if os.getuid() != 0:
        sys.exit("memory.py: must be root, to read another process's memory")
    check_compressed()
    sys.exit(main())
