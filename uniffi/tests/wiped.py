#!/usr/bin/env python3
"""Loads the library as an app does and searches this process's memory for what was handed in.

usage: wiped.py FOLDER

FOLDER is where cargo put the library, like target/debug.

Whatever crosses lies in buffers that both sides free in the library, so its allocator must wipe them;
and the core must leave nothing of a seed or a passphrase behind.

The secrets are here only masked: they are written into a buffer byte by byte, and memory is
unmasked block by block before it is searched, so that the search does not find itself.
"""

import ctypes
import os
import re
import sys
import tempfile
from pathlib import Path

MASK = 0x5A
UNMASK = bytes(byte ^ MASK for byte in range(256))
BLOCK = 1 << 20


class RustBuffer(ctypes.Structure):
    _fields_ = [("capacity", ctypes.c_uint64), ("len", ctypes.c_uint64), ("data", ctypes.c_void_p)]


class Status(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int8), ("error", RustBuffer)]


def main():
    library = ctypes.CDLL(str(Path(sys.argv[1]).resolve() / "libwarifu_ffi.so"))
    checks = [
        ("a buffer is wiped when it is given back", lambda: a_buffer(library)),
        ("a preview leaves nothing of the seed", lambda: a_preview(library)),
        ("a token that was locked leaves nothing of its passphrase", lambda: a_token(library)),
    ]
    failed = 0
    for name, check in checks:
        problem = check()
        failed += problem is not None
        print(f"{name}: {problem or 'ok'}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


def a_buffer(library):
    secret = os.urandom(64)
    buffer = filled(library, secret)
    if not is_held(secret):
        return "the search does not find what is there"
    call(library, "ffi_warifu_ffi_rustbuffer_free", None, buffer)
    return "it is still there" if is_held(secret) else None


def a_preview(library):
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    seed = bytes(alphabet[byte & 31] ^ MASK for byte in os.urandom(32))
    buffer = filled(library, counted(masked(b"otpauth://totp/Bank:0001?secret=") + seed))
    if not is_held(seed):
        return "the search does not find what is there"
    preview = call(library, "uniffi_warifu_ffi_fn_func_preview", RustBuffer, buffer)
    call(library, "ffi_warifu_ffi_rustbuffer_free", None, preview)
    if is_held(seed):
        return "the seed as it was typed is still there"
    return "the seed is still there" if is_held(decoded(seed)) else None


def a_token(library):
    passphrase = bytes(ord("a") + (byte & 15) ^ MASK for byte in os.urandom(40))
    with tempfile.TemporaryDirectory() as folder:
        path = filled(library, masked(f"{folder}/token.warifu".encode()))
        # A cost of 8 KiB, one pass and one lane.
        cost = filled(library, masked(bytes([1, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1])))
        typed = filled(library, counted(passphrase))
        if not is_held(passphrase):
            return "the search does not find what is there"
        create = "uniffi_warifu_ffi_fn_constructor_token_create"
        token = call(library, create, ctypes.c_uint64, path, typed, cost)
        # A call consumes the handle that it is given.
        again = call(library, "uniffi_warifu_ffi_fn_clone_token", ctypes.c_uint64, token)
        call(library, "uniffi_warifu_ffi_fn_method_token_lock", None, again)
        left = is_held(passphrase)
        call(library, "uniffi_warifu_ffi_fn_free_token", None, token)
    return "it is still there" if left else None


def call(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype = result
    status = Status()
    returned = function(
        *(ctypes.c_uint64(each) if isinstance(each, int) else each for each in arguments),
        ctypes.byref(status),
    )
    assert status.code == 0, f"{name}: status {status.code}"
    return returned


def filled(library, secret):
    """A buffer of the library with the secret in it, unmasked on its way."""
    size = ctypes.c_uint64(len(secret))
    buffer = call(library, "ffi_warifu_ffi_rustbuffer_alloc", RustBuffer, size)
    for at, byte in enumerate(secret):
        ctypes.memset(buffer.data + at, byte ^ MASK, 1)
    buffer.len = len(secret)
    return buffer


def counted(content):
    """With its length before it, as bytes cross."""
    return masked(len(content).to_bytes(4, "big")) + content


def masked(content):
    return content.translate(UNMASK)


def decoded(seed):
    """The bytes of a masked seed in base32, masked; unmasked, no more than a digit is ever here."""
    bits, held, out = 0, 0, bytearray()
    for byte in seed:
        letter = byte ^ MASK
        bits = (bits << 5 | (letter - 65 if letter >= 65 else letter - 24)) & 0xFFF
        held += 5
        if held >= 8:
            held -= 8
            out.append((bits >> held & 0xFF) ^ MASK)
    return bytes(out)


def is_held(secret):
    """Whether any eight bytes in a row of the secret lie anywhere in this process's memory."""
    pieces = [re.escape(secret[at : at + 8]) for at in range(0, len(secret) - 7, 8)]
    pattern = re.compile(b"|".join(pieces), re.DOTALL)
    with open("/proc/self/maps") as maps:
        regions = re.findall(r"^(\w+)-(\w+) rw", maps.read(), re.MULTILINE)
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        for begin, end in regions:
            at, end = int(begin, 16), int(end, 16)
            while at < end:
                try:
                    block = os.pread(memory.fileno(), min(BLOCK, end - at), at)
                except OSError:
                    break
                if pattern.search(block.translate(UNMASK)):
                    return True
                at += len(block) - 8 if len(block) == BLOCK else len(block)
    return False


if __name__ == "__main__":
    main()
