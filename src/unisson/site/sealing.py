"""A file closed with a passphrase: scrypt for the key, AES-256-GCM piece by piece.

Layout: MAGIC, 16 bytes of salt, 8 bytes that begin every nonce; then pieces of
at most 1 MiB, each as a 4-byte length and its ciphertext. The nonce ends with
the piece's number, and the last piece says that it is: pieces cannot be
altered, reordered, dropped or cut off at the end without the reader noticing.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"UNISSON-SEALED-1\n"
PIECE = 1024 * 1024  # bytes
TAG = 16  # bytes AES-GCM adds to a piece
COST = {"n": 2**17, "r": 8, "p": 1}  # 128 MiB for a try at the passphrase


class WrongPassphrase(Exception):
    """Not the passphrase it was closed with, or not the file that was written."""


def _key(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, **COST).derive(passphrase.encode()))


def _about(header: bytes, last: bool) -> bytes:
    return header + (b"last" if last else b"more")


class Sealer:
    """Write plain bytes, a sealed file comes out. `close` writes the last piece."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        self._out = out
        salt, self._prefix = os.urandom(16), os.urandom(8)
        self._header = MAGIC + salt + self._prefix
        self._cipher = _key(passphrase, salt)
        self._number = 0
        self._waiting = bytearray()
        out.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = self._prefix + self._number.to_bytes(4)
        sealed = self._cipher.encrypt(nonce, piece, _about(self._header, last))
        self._out.write(len(sealed).to_bytes(4) + sealed)
        self._number += 1

    def close(self) -> None:
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()


class Opener:
    """Read plain bytes out of a sealed file. Raises WrongPassphrase."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._source = source
        self._header = source.read(len(MAGIC) + 24)
        if len(self._header) < len(MAGIC) + 24 or not self._header.startswith(MAGIC):
            raise WrongPassphrase
        self._prefix = self._header[-8:]
        self._cipher = _key(passphrase, self._header[len(MAGIC) : -8])
        self._number = 0
        self._ready = bytearray()
        self._over = False

    def read(self, size: int = -1) -> bytes:
        while not self._over and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        wanted = len(self._ready) if size < 0 else size
        found = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return found

    def _next(self) -> bytes:
        length = int.from_bytes(self._source.read(4))
        sealed = self._source.read(length) if TAG <= length <= PIECE + TAG else b""
        if not sealed or len(sealed) != length:
            raise WrongPassphrase
        nonce = self._prefix + self._number.to_bytes(4)
        self._number += 1
        for last in (False, True):
            try:
                piece = self._cipher.decrypt(nonce, sealed, _about(self._header, last))
            except InvalidTag:
                continue
            self._over = last
            return piece
        raise WrongPassphrase


def is_sealed(source: BinaryIO) -> bool:
    """Whether it begins like a sealed file; leaves the position where it was."""
    start = source.tell()
    begins = source.read(len(MAGIC)) == MAGIC
    source.seek(start)
    return begins
