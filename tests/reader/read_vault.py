"""Opens a warifu vault of format version 1 with its passphrase, by docs/vault-format.md alone.

The passphrase is read from standard input, or from the file descriptor named.
"""
import argparse, hmac, os, struct, sys, time, unicodedata
from hashlib import sha256

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Refused(Exception):
    """The file or the passphrase is not good; the text says which part."""


def require(good, part):
    if not good:
        raise Refused(part)


class Cursor:
    def __init__(self, data, part, at=0):
        self.data, self.part, self.at = data, part, at

    def take(self, length):
        self.at += length
        require(self.at <= len(self.data), self.part)
        return self.data[self.at - length:self.at]

    def unpack(self, layout):
        return struct.unpack(">" + layout, self.take(struct.calcsize(">" + layout)))

    def counted(self):
        return self.take(*self.unpack("H"))


def open_vault(file, passphrase):
    """Generation, entries in their order, records not read, IDs of damaged slots, pending enrolment, clocks."""
    require(len(file) <= 16 << 20, "too large")
    require(file[:8] == b"\x89WRFU\r\n\x1a", "not a vault")
    table = Cursor(file, "contents", 8)
    require(table.unpack("H") == (1,), "unsupported version")
    vault_id, generation, slot_count, record_count = table.unpack("16sQHI")
    require(slot_count <= 8 and record_count <= 16_384, "contents")
    slots = [table.unpack("8sBHH32s") for _ in range(slot_count)]
    records = [table.unpack("16sBI12s16s") for _ in range(record_count)]
    require(all(max(lengths) <= 4_096 for _, _, *lengths, _ in slots), "contents")
    require(all(length <= 65_536 for _, _, length, _, _ in records), "contents")
    for ids in [row[0] for row in slots], [row[0] for row in records]:
        require(ids == sorted(set(ids)), "contents")
    covered = file[:table.at]
    checksum, root_tag = table.unpack("32s32s")
    require(checksum == sha256(covered).digest(), "contents")

    body = Cursor(file, "bodies", table.at)
    slots = [(id, kind, room, body.take(length), digest) for id, kind, room, length, digest in slots]
    bodies = [body.take(length) for _, _, length, _, _ in records]
    damaged = {id for id, _, _, fixed, digest in slots if sha256(fixed).digest() != digest}
    incomplete = damaged_envelopes([(id, room) for id, _, room, _, _ in slots if room], body)
    key = data_key([slot for slot in slots if slot[1] == 1], damaged, normal(passphrase))

    root_key = HKDF(SHA256(), 32, salt=vault_id, info=b"warifu vault 1 root").derive(key)
    require(hmac.compare_digest(root_tag, hmac.digest(root_key, covered, "sha256")), "root tag")
    entries, pending, clocks = [], None, None
    for (id, kind, _, nonce, tag), ciphertext in zip(records, bodies):
        aad = b"warifu vault 1 record" + vault_id + id + bytes([kind])
        plaintext = unseal(key, nonce, ciphertext + tag, aad)
        require(plaintext is not None, f"record {id.hex()}")
        entries.append(parse_entry(id, plaintext) if kind == 1 else None)
        pending = parse_pending(id, plaintext) if kind == 2 else pending
        clocks = parse_clocks(plaintext) if kind == 3 else clocks
    shown = sorted(filter(None, entries), key=lambda entry: (entry["rank"], entry["id"]))
    unread = len(records) - len(shown) - (pending is not None) - (clocks is not None)
    return generation, shown, unread, sorted(damaged | incomplete), pending, clocks


def normal(passphrase):
    text = unicodedata.normalize("NFKC", passphrase)
    length = max(len(text.encode()), len(passphrase.encode()))
    require(1 <= length <= 1024 and "Cc" not in map(unicodedata.category, text), "passphrase")
    return text.encode()


def data_key(slots, damaged, passphrase):
    """The first slot that opens counts; one that cannot be tried is told only if none does."""
    refusal = "wrong passphrase" if slots else "no passphrase slot"
    for id, _, _, fixed, _ in slots:
        if id in damaged or len(fixed) != 88:
            refusal = f"slot {id.hex()}"
            continue
        salt, memory, passes, lanes, nonce, wrapped = struct.unpack(">16sIII12s48s", fixed)
        if not (1 <= lanes <= 16 and 1 <= passes <= 10 and 8 * lanes <= memory <= 256 * 1024):
            refusal = "cost of the key"
            continue
        wrapping = hash_secret_raw(passphrase, salt, passes, memory, lanes, 32, Type.ID, 0x13)
        key = unseal(wrapping, nonce, wrapped, b"warifu vault 1 passphrase")
        if key is not None:
            return key
    raise Refused(refusal)


def damaged_envelopes(slots, body):
    """The slots whose envelope is cut or does not fit its sum. A byte too many is refused."""
    damaged = set()
    for id, length in slots:
        checksum, envelope = body.data[body.at:][:8], body.data[body.at + 8:][:length]
        body.at += 8 + length
        if len(envelope) < length or sha256(id + envelope).digest()[:8] != checksum:
            damaged.add(id)
    require(len(body.data) <= body.at, "envelopes")
    return damaged


def unseal(key, nonce, ciphertext, aad):
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, aad)
    except InvalidTag:
        return None


def parse_entry(id, plaintext):
    """The entry, or None if a later version made it."""
    part = f"record {id.hex()}"
    data = Cursor(plaintext, part)
    if data.unpack("B") != (1,):
        return None
    rank, origin, policy = data.unpack("IBB")
    if origin not in (1, 2, 3, 4) or policy > 3:
        return None
    require(data.unpack("B")[0] <= 1, part)  # whether it may leave the device
    names = [data.counted().decode() for _ in ("issuer", "account", "credential ID")]
    service = data.counted().decode() if origin >= 3 else None
    service_key = data.take(8) if origin == 4 else b""
    require(origin != 4 or any(service_key), part)
    [generator] = data.unpack("B")
    [algorithm] = data.unpack("B") if generator in (1, 2) else [None]
    if algorithm not in (1, 2, 3):
        return None
    entry = {"id": id, "rank": rank, "names": names, "service": service, "synced": policy > 1}
    entry["service key"] = service_key
    entry["digits"] = data.unpack("B")[0]
    entry["hash"] = {1: "sha1", 2: "sha256", 3: "sha512"}[algorithm]
    if generator == 1:
        entry["period"], entry["t0"] = data.unpack("Iq")
        require(1 <= entry["period"] <= 86_400, part)
    else:
        entry["counter"], has_request = data.unpack("QB")
        require(has_request <= 1, part)
        entry["last request"] = data.take(16 * has_request)
    keys = [(*data.unpack("B"), data.counted()) for _ in range(*data.unpack("B"))]
    purposes = [purpose for purpose, _ in keys]
    require(purposes == sorted(set(purposes)) and {1} <= set(purposes) <= {1, 2, 3}, part)
    require(all(10 <= len(key) <= 256 for _, key in keys) and 6 <= entry["digits"] <= 10, part)
    require(data.at == len(plaintext), part)
    return {**entry, "keys": dict(keys)}


def parse_pending(id, plaintext):
    """The enrolment, or None if a later version began it."""
    data = Cursor(plaintext, f"record {id.hex()}")
    if data.unpack("B") != (1,):
        return None
    [stage] = data.unpack("B")
    pending = {"base": data.counted(), "link": data.take(32), "id": data.take(16)}
    pending |= {"private key": data.take(32), "psk": data.take(32)}
    pending |= {"request": data.take(153), "answer": data.counted()}
    require(stage == (2 if pending["answer"] else 1) and data.at == len(plaintext), data.part)
    return pending


def parse_clocks(plaintext):
    """Each clock by the SHA-256 that names its service (docs/clock.md, "The record"), or None if a later
    version wrote them. Whoever does not read them loses nothing but certainty."""
    if len(plaintext) < 2 or plaintext[0] != 1 or len(plaintext) != 2 + 125 * plaintext[1]:
        return None
    clocks = {}
    for at in range(2, len(plaintext), 125):
        whose, version = struct.unpack_from(">32sB", plaintext, at)
        if version != 1:
            return None
        names = ["floor known", "floor", "spoken", "boot", "at", "low", "high", "newer low", "newer high"]
        clocks[whose] = dict(zip(names, struct.unpack_from(">BqB16sQqqqq", plaintext, at + 33)))
    return clocks if list(clocks) == sorted(clocks) else None


def code(entry, number):
    """HOTP, RFC 4226, section 5.3."""
    mac = hmac.digest(entry["keys"][1], struct.pack(">Q", number), entry["hash"])
    [word] = struct.unpack_from(">I", mac, mac[-1] & 15)
    return str(word & 0x7FFFFFFF).zfill(entry["digits"])[-entry["digits"]:]


def code_at(entry, unix_seconds):
    """TOTP, RFC 6238, section 4.2."""
    return code(entry, (unix_seconds - entry["t0"]) // entry["period"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--at", type=int, default=int(time.time()), metavar="UNIX_SECONDS")
    parser.add_argument("--passphrase-fd", type=int, default=0, metavar="N")
    parser.add_argument("--show-keys", action="store_true")
    options = parser.parse_args()
    with open(options.file, "rb") as file, os.fdopen(options.passphrase_fd, "rb") as typed:
        vault = open_vault(file.read(), typed.read().rstrip(b"\r\n").decode())
    generation, entries, unread, damaged, pending, clocks = vault
    print(f"generation {generation}, {len(entries)} entries, {unread} records not read")
    if pending:
        print(f"an enrolment with {pending['base'].decode()} is pending")
    for clock in (clocks or {}).values():
        heard = ("nobody", "nobody", "hosts", "its bank", "its bank, which contradicts itself")[clock["spoken"]]
        print(f"a clock has heard {heard}")
    print(*(f"slot {id.hex()} is damaged" for id in damaged), sep="\n", end="\n" if damaged else "")
    for entry in entries:
        shown = code_at(entry, options.at) if "period" in entry else code(entry, entry["counter"])
        print(shown.rjust(10), " / ".join(filter(None, entry["names"])))
        if options.show_keys:
            print(*(f"           key {purpose}: {key.hex()}" for purpose, key in entry["keys"].items()), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except (Refused, UnicodeDecodeError) as error:
        sys.exit(f"refused: {error}")
