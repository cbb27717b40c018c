"""The part of tests/vectors/enrolment.json that is about the time. `enrolment_vectors.py` writes it."""
import enrolment as e
from vector_bytes import flipped, random


def good():
    """Questions for the time of three credentials, each with several answers."""
    stamps = [(1_767_225_600_000, 1_767_225_600_007), (1_767_225_600_999, 1_767_225_600_999),
              (-1, 0), (-2**63, 2**63 - 1)]
    made = []
    for id in "WRFU12345678", "ABCD", "A0Z9" * 8:
        device_key, nonce = random(id + " device"), random(id + " time nonce", 16)
        message = e.make_time_query(device_key, id.encode(), nonce)
        made.append(dict(
            credential_id=id, device_key=device_key.hex(), nonce=nonce.hex(), message=message.hex(),
            answers=[dict(received=received, sent=sent,
                          bytes=e.make_time_answer(device_key, message, received, sent).hex())
                     for received, sent in stamps]))
    return made


def bad_queries(asked):
    """What a service refuses of the first credential: none of them is read, or has its MAC."""
    one, other = asked[0], asked[1]
    key, nonce = bytes.fromhex(one["device_key"]), bytes.fromhex(one["nonce"])
    make = lambda id=b"WRFU12345678", key=key, **more: e.make_time_query(key, id, nonce, **more).hex()
    sound = make()
    signed = lambda body: (body + e.hmac_sha256(key, b"warifu time 1" + body)).hex()
    body = bytes.fromhex(sound)[:-32]
    return [dict(name=name, message=message, error=error) for name, message, error in [
        ("nothing", "", "malformed"), ("a MAC alone", sound[-64:], "malformed"),
        ("cut by a byte", sound[:-2], "malformed"), ("a byte more", sound + "00", "malformed"),
        ("another version", make(version=2), "malformed"),
        ("an ID of three", make(b"WRF"), "malformed"), ("an ID of 33", make(b"A" * 33), "malformed"),
        ("an ID in lower case", make(b"wrfu12345678"), "malformed"),
        ("an ID in groups", make(b"WRFU 1234 5678"), "malformed"),
        ("an ID with a hyphen", make(b"WRFU-12345678"), "malformed"),
        ("an ID that is no text", make(b"WRFU1234567\xff"), "malformed"),
        ("an ID that is longer than it says", signed(body[:1] + b"\x0b" + body[2:]), "malformed"),
        ("an ID that is shorter than it says", signed(body[:1] + b"\x0d" + body[2:]), "malformed"),
        ("no nonce", signed(body[:-16]), "malformed"), ("a nonce of 15", signed(body[:-1]), "malformed"),
        ("too long", sound + "00" * 24, "malformed"),
        *[(f"byte {at} of the ID changed", flipped(sound, at), "not genuine") for at in range(2, 14)],
        *[(f"byte {at} of the nonce changed", flipped(sound, at), "not genuine") for at in range(14, 30)],
        *[(f"byte {at} of the MAC changed", flipped(sound, at), "not genuine") for at in range(30, 62)],
        ("under another key", make(key=bytes(32)), "not genuine"),
        ("another credential's MAC", sound[:-64] + other["message"][-64:], "not genuine"),
        ("signed as a confirmation", (body + e.hmac_sha256(key, b"warifu confirm 1" + body)).hex(), "not genuine"),
    ]]


def bad_answers(asked):
    """What a token refuses that sent the first message."""
    one, other = asked[0], asked[1]
    key, message = bytes.fromhex(one["device_key"]), bytes.fromhex(one["message"])
    again = e.make_time_query(key, one["credential_id"].encode(), random("another time nonce", 16))
    make = lambda key=key, message=message, received=7, sent=8, **more: e.make_time_answer(
        key, message, received, sent, **more).hex()
    sound = make()
    as_verdict = bytes.fromhex(sound)[:17]
    as_verdict += e.hmac_sha256(key, b"warifu confirm answer 1" + e.sha256(message) + as_verdict)
    return [dict(name=name, answer=answer, error=error) for name, answer, error in [
        ("nothing", "", "Malformed"), ("a byte less", sound[:-2], "Malformed"),
        ("a byte more", sound + "00", "Malformed"),
        *[(f"byte {at} flipped", flipped(sound, at), "NotGenuine") for at in range(49)],
        ("under another key", make(key=bytes(32)), "NotGenuine"),
        ("to another message of this credential", make(message=again), "NotGenuine"),
        ("to a message that was cut", make(message=message[:-1]), "NotGenuine"),
        ("of another credential", other["answers"][0]["bytes"], "NotGenuine"),
        ("signed as a verdict", as_verdict.hex(), "NotGenuine"),
        ("sent before it was received", make(received=8, sent=7), "SentBeforeReceived"),
        ("sent long before it was received", make(received=2**63 - 1, sent=-2**63), "SentBeforeReceived"),
        ("a later version", make(version=2), "Newer"),
    ]]
