"""Makes and opens every message of an enrolment, and asks for the time, by docs/enrolment.md and RFC 9180 alone."""
import hashlib, hmac, struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

# ---- HPKE: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. ----

KEM = b"KEM" + struct.pack(">H", 0x0020)
SUITE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0003)


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def labeled_extract(suite, salt, label, ikm):
    return hmac_sha256(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    info = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    out = block = b""
    while len(out) < length:
        block = hmac_sha256(prk, block + info + bytes([len(out) // 32 + 1]))
        out += block
    return out[:length]


def derive_key_pair(random):
    """RFC 9180, section 7.1.3: (private key, public key)."""
    prk = labeled_extract(KEM, b"", b"dkp_prk", random)
    private = labeled_expand(KEM, prk, b"sk", b"", 32)
    return private, public_key(private)


def public_key(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def shared_secret(private, public, enc, receiver):
    dh = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    prk = labeled_extract(KEM, b"", b"eae_prk", dh)
    return labeled_expand(KEM, prk, b"shared_secret", enc + receiver, 32)


class Context:
    """Section 5.1, for one message: the nonce of sequence number 0 is the base nonce."""

    def __init__(self, secret, info, psk=b"", psk_id=b""):
        mode = bytes([1 if psk else 0])
        id_hash = labeled_extract(SUITE, b"", b"psk_id_hash", psk_id)
        context = mode + id_hash + labeled_extract(SUITE, b"", b"info_hash", info)
        secret = labeled_extract(SUITE, secret, b"secret", psk)
        self.key = labeled_expand(SUITE, secret, b"key", context, 32)
        self.nonce = labeled_expand(SUITE, secret, b"base_nonce", context, 12)
        self.exporter = labeled_expand(SUITE, secret, b"exp", context, 32)

    def seal(self, aad, plaintext):
        return ChaCha20Poly1305(self.key).encrypt(self.nonce, plaintext, aad)

    def open(self, aad, sealed):
        return ChaCha20Poly1305(self.key).decrypt(self.nonce, sealed, aad)

    def export(self, context, length):
        return labeled_expand(SUITE, self.exporter, b"sec", context, length)


def setup_sender(receiver, random, info, psk=b"", psk_id=b""):
    private, enc = derive_key_pair(random)
    return enc, Context(shared_secret(private, receiver, enc, receiver), info, psk, psk_id)


def setup_receiver(private, enc, info, psk=b"", psk_id=b""):
    return Context(shared_secret(private, enc, enc, public_key(private)), info, psk, psk_id)


# ---- The messages. ----

def sha256(data):
    return hashlib.sha256(data).digest()


def request_plaintext(enrolment_id, app_public, binding, activation=b""):
    return b"".join([b"\1", enrolment_id, app_public, bytes([binding, len(activation)]),
                     activation.ljust(16, b"\0"), bytes(29)])


def make_request(service_public, random, plaintext):
    """(request, psk)"""
    enc, context = setup_sender(service_public, random, b"warifu enrol request 1")
    header = b"\1" + sha256(service_public)[:8]
    return header + enc + context.seal(header, plaintext), context.export(b"warifu enrol psk 1", 32)


def open_request(service_private, request):
    """(plaintext, psk)"""
    context = setup_receiver(service_private, request[9:41], b"warifu enrol request 1")
    return context.open(request[:9], request[41:]), context.export(b"warifu enrol psk 1", 32)


def make_answer(app_public, random, request, psk, enrolment_id, package):
    info = b"warifu enrol answer 1" + sha256(request)
    enc, context = setup_sender(app_public, random, info, psk, enrolment_id)
    return b"\1" + enc + context.seal(b"\1", package)


def open_answer(app_private, request, psk, enrolment_id, answer):
    info = b"warifu enrol answer 1" + sha256(request)
    return setup_receiver(app_private, answer[1:33], info, psk, enrolment_id).open(b"\1", answer[33:])


def make_confirmation(device_key, enrolment_id, request, nonce, code):
    body = b"\1" + enrolment_id + sha256(request) + nonce + bytes([len(code)]) + code
    return body + hmac_sha256(device_key, b"warifu confirm 1" + body)


def make_verdict(device_key, message, verdict, service_time, version=1):
    body = struct.pack(">BBq", version, verdict, service_time)
    return body + hmac_sha256(device_key, b"warifu confirm answer 1" + sha256(message) + body)


def make_time_query(device_key, credential_id, nonce, version=1):
    body = bytes([version, len(credential_id)]) + credential_id + nonce
    return body + hmac_sha256(device_key, b"warifu time 1" + body)


def make_time_answer(device_key, message, received, sent, version=1):
    body = struct.pack(">Bqq", version, received, sent)
    return body + hmac_sha256(device_key, b"warifu time answer 1" + sha256(message) + body)


def clamped(private):
    """RFC 7748, section 5: the bits that count, as many libraries write a private key."""
    return bytes([private[0] & 248, *private[1:31], private[31] & 127 | 64])


def pending_record(base, service_public, activation, enrolment_id, app_private, psk, request, answer=b""):
    stage = 2 if answer else 1
    return b"".join([bytes([1, stage]), struct.pack(">H", len(base)), base,
                     sha256(service_public + activation), enrolment_id, clamped(app_private), psk, request,
                     struct.pack(">H", len(answer)), answer])
