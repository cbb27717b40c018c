"""Holds warifu's vaults against the independent reader beside this file. Run by `tests/run reader`."""
import json, subprocess, sys, tempfile
from hashlib import sha256
from pathlib import Path

sys.dont_write_bytecode = True
import enrolment, enrolment_vectors
from read_vault import Refused, code, code_at, open_vault

ROOT = Path(__file__).resolve().parents[2]
passed = failed = 0


def main():
    golden = sorted((ROOT / "tests/golden").glob("*.warifu"))
    for path in golden:
        check(f"golden {path.stem}", lambda: compare(path))
    with tempfile.TemporaryDirectory() as folder:
        make = ["cargo", "run", "--quiet", "--locked", "--example", "make_vaults", "--", folder]
        check("make_vaults", lambda: subprocess.run(make, cwd=ROOT, check=True))
        for path in sorted(Path(folder).glob("*.warifu")):
            check(f"made now: {path.stem}", lambda: compare(path))
    for path in golden:
        check(f"{path.stem}: a wrong passphrase is refused", lambda: wrong_passphrase(path))
    for name in "v1-minimal", "v1-later":
        path = ROOT / f"tests/golden/{name}.warifu"
        check(f"{name}: each flipped bit is refused or named", lambda: flipped_bits(path))
        check(f"{name}: each cut is refused or named", lambda: cuts(path))
    check("the enrolments' vectors are made anew, byte for byte", compare_enrolments)
    for vector in json.loads((ROOT / "tests/vectors/hpke.json").read_text())["hpke"]:
        check(f"RFC 9180, mode {vector['mode']}", lambda: compare_hpke(vector))
    check("there are golden files and made ones", lambda: equal(len(golden) >= 4 and passed >= 16, True))
    print(f"{passed} passed, {failed} failed")
    return failed > 0


def check(name, run):
    global passed, failed
    try:
        note = run()
        passed += 1
        print(f"{name}: passed" + (f" ({note})" if isinstance(note, str) else ""))
    except Exception as error:  # whatever a reader of a strange file may raise is a failed check
        failed += 1
        print(f"{name}: FAILED: {type(error).__name__}: {error}")


def compare(path):
    """The vault holds what its JSON says: names, codes by our own HMAC, and nothing else."""
    expected = json.loads(path.with_suffix(".json").read_text())
    found = open_vault(path.read_bytes(), expected["passphrase"])
    generation, entries, unread, damaged, pending, clocks = found
    compare_pending(pending, expected.get("pending"))
    named = {service: whose(service) for service in expected.get("clocks", {})}
    heard = {named[base]: spoken for base, spoken in expected.get("clocks", {}).items()}
    equal({whose: clock["spoken"] for whose, clock in (clocks or {}).items()}, heard)
    equal(generation, expected["generation"])
    equal(unread, expected["unread"])
    equal([id.hex() for id in damaged], expected["damaged"])
    equal(len(entries), len(expected["entries"]))
    codes = 0
    for entry, wanted in zip(entries, expected["entries"]):
        names = [wanted[name] or "" for name in ("issuer", "account", "credential_id")]
        equal(entry["names"], names)
        equal((entry["service"], entry["synced"]), (wanted.get("service"), wanted.get("synced", False)))
        equal(entry["service key"].hex(), wanted.get("service_key", ""))
        equal("period" in entry, "totp" in wanted)
        for time, digits in wanted.get("totp", {}).items():
            equal(code_at(entry, int(time)), digits)
            codes += 1
        if "hotp" in wanted:
            codes += compare_hotp(entry, **wanted["hotp"])
    return f"{len(entries)} entries, {codes} codes"


def whose(service):
    """What a clock's record calls a service that is written as its base, `#` and its key's ID in hex."""
    base, _, key_id = service.partition("#")
    named = base.encode() + (b"#" + bytes.fromhex(key_id) if key_id else b"")
    return sha256(named).digest() if service else bytes(32)


def compare_pending(pending, wanted):
    """Its answer opens with what the record holds, and brings the credential that is wanted."""
    equal(pending is None, wanted is None)
    if pending is None:
        return
    equal(pending["base"].decode().split("/")[2], wanted["host"])
    equal("answered" if pending["answer"] else "requested", wanted["stage"])
    if pending["answer"]:
        request, psk = pending["request"], pending["psk"]
        package = enrolment.open_answer(pending["private key"], request, psk, pending["id"], pending["answer"])
        for part in "issuer", "credential_id", "unlock":
            equal(wanted[part].encode() in package, True)


def compare_enrolments():
    written = (ROOT / "tests/vectors/enrolment.json").read_text()
    equal(enrolment_vectors.as_text() == written, True)
    cases = json.loads(written)
    refused = sum(map(len, cases["refused"].values()))
    return f"{len(cases['enrolments'])} enrolments, {len(cases['times'])} askers for the time, {refused} refused"


def compare_hpke(vector):
    """Keys, encapsulation, the first message and the exports of both sides."""
    of = lambda name: bytes.fromhex(vector[name])
    equal(enrolment.derive_key_pair(of("ikmR")), (of("skRm"), of("pkRm")))
    secrets = of("info"), of("psk"), of("psk_id")
    enc, sender = enrolment.setup_sender(of("pkRm"), of("ikmE"), *secrets)
    equal(enc, of("enc"))
    first = {name: bytes.fromhex(vector["encryptions"][0][name]) for name in ("aad", "pt", "ct")}
    for context in sender, enrolment.setup_receiver(of("skRm"), enc, *secrets):
        equal(context.seal(first["aad"], first["pt"]), first["ct"])
        equal(context.open(first["aad"], first["ct"]), first["pt"])
        for export in vector["exports"]:
            value = context.export(bytes.fromhex(export["exporter_context"]), export["L"])
            equal(value.hex(), export["exported_value"])


def compare_hotp(entry, counter, next, again):
    equal(entry["counter"], counter)
    equal([code(entry, counter + ahead) for ahead in range(len(next))], next)
    equal(entry["last request"].hex(), again["request"] if again else "")
    if again:
        equal(code(entry, counter - 1), again["code"])
    return len(next)


def wrong_passphrase(path):
    expected = json.loads(path.with_suffix(".json").read_text())
    equal(opened(path.read_bytes(), expected["passphrase"] + "x"), "wrong passphrase")


def flipped_bits(path):
    whole = path.read_bytes()
    flips = (bytearray(whole) for _ in range(len(whole) * 8))
    return changed(path, (flip(file, bit) for bit, file in enumerate(flips)))


def flip(file, bit):
    file[bit // 8] ^= 1 << bit % 8
    return bytes(file)


def cuts(path):
    whole = path.read_bytes()
    return changed(path, (whole[:length] for length in range(len(whole))))


def changed(path, files):
    """Each is refused, for another reason than the passphrase, or opens whole but for a slot it names."""
    passphrase = json.loads(path.with_suffix(".json").read_text())["passphrase"]
    generation, entries, unread, damaged, *_ = open_vault(path.read_bytes(), passphrase)
    refused = named = 0
    for number, file in enumerate(files):
        result = opened(file, passphrase)
        if isinstance(result, str):
            equal((number, result != "wrong passphrase"), (number, True))
            refused += 1
        else:
            equal((number, result[:3]), (number, (generation, entries, unread)))
            equal((number, len(result[3])), (number, len(damaged) + 1))
            named += 1
    return f"{refused} refused, {named} opened with a slot named"


def opened(file, passphrase):
    try:
        return open_vault(file, passphrase)
    except Refused as refused:
        return str(refused)


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


if __name__ == "__main__":
    sys.exit(main())
