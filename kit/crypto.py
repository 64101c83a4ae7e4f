"""Encryption of what names or describes a person.

A **key ring** holds the keys of an installation, one of them current. Each agent has a **data key** of its own, stored
wrapped by the ring; what is written about that agent is encrypted with it, so that destroying the wrapped key (and the
blind index of the NIR, which is no secret of that key) erases the person from tables and backups alike.

Every ciphertext is bound to where it stands by its associated data (table, column, row): moved elsewhere, it no longer
opens. AES-256-GCM, random nonces of 96 bits.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NoReturn, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from kit.nir import Nir

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MAX_KEY_ID_BYTES: Final = 64
MARK_DIGITS: Final = 16
# A data key is in the row it protects, so what it encrypts names no key; this marks the form.
DATA_KEY_MARK: Final = b"\x00"


class Undecipherable(Exception):
    """Not ours, altered, moved, or encrypted with a key that is gone. Says nothing of the content."""


class InvalidKeyRing(ValueError):
    """The configured ring cannot be read. Never holds a key."""


class DataKey:
    """The key of one agent, in memory only.

    >>> key = DataKey.new()
    >>> key.decrypt(key.encrypt("Zoé", "agent:1:name"), "agent:1:name"), key
    ('Zoé', DataKey(***))
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def new(cls) -> Self:
        return cls(os.urandom(KEY_BYTES))

    def encrypt(self, text: str, place: str) -> bytes:
        """Encrypt a text for one place, such as `agents.nir:<agent id>`."""
        return self.encrypt_bytes(text.encode(), place)

    def decrypt(self, sealed: bytes, place: str) -> str:
        """The text that was encrypted for this place. Raises Undecipherable."""
        return self.decrypt_bytes(sealed, place).decode()

    def encrypt_bytes(self, plain: bytes, place: str) -> bytes:
        """Encrypt the content of a file for one place."""
        nonce = os.urandom(NONCE_BYTES)
        return DATA_KEY_MARK + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def decrypt_bytes(self, sealed: bytes, place: str) -> bytes:
        """What was encrypted for this place. Raises Undecipherable."""
        if sealed[:1] != DATA_KEY_MARK:
            raise Undecipherable
        return _open(self._cipher, sealed[1:], place.encode())

    def __repr__(self) -> str:
        return "DataKey(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


class KeyRing:
    """Keys by id, one current for what is written now, the others for what was written before.

    >>> ring = KeyRing.parse(KeyRing.generate("2026-1"))
    >>> wrapped, key = ring.new_data_key("agent-1")
    >>> ring.open_data_key(wrapped, "agent-1").decrypt(key.encrypt("x", "here"), "here")
    'x'
    """

    __slots__ = ("_ciphers", "_index", "current", "marks")

    def __init__(self, keys: Mapping[str, bytes], current: str, index_key: bytes) -> None:
        if current not in keys:
            raise InvalidKeyRing("the current key is not in the ring")
        if any(len(key) != KEY_BYTES for key in (*keys.values(), index_key)):
            raise InvalidKeyRing(f"a key has {KEY_BYTES} bytes")
        if any(not 0 < len(key_id.encode()) <= MAX_KEY_ID_BYTES for key_id in keys):
            raise InvalidKeyRing(f"a key id has 1 to {MAX_KEY_ID_BYTES} bytes")
        if len({*keys.values(), index_key}) != len(keys) + 1:
            raise InvalidKeyRing("the same key stands twice")
        self.current = current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._index = HMAC(index_key, SHA256())  # its key schedule, made once: each use copies it
        # What tells keys apart and gives nothing of them away, by id; the last is that of the index.
        self.marks = {**{key_id: _mark(key) for key_id, key in keys.items()}, "": _mark(index_key)}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `{"current": id, "keys": {id: base64}, "index": base64}`. Raises InvalidKeyRing."""
        try:
            content = json.loads(text)
            keys = {str(key_id): _decoded(key) for key_id, key in content["keys"].items()}
            return cls(keys, str(content["current"]), _decoded(content["index"]))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError, binascii.Error):
            raise InvalidKeyRing('a ring is {"current": id, "keys": {id: base64}, "index": base64}') from None

    @staticmethod
    def generate(key_id: str) -> str:
        """The text of a new ring with one key, for a new installation."""
        return json.dumps({"current": key_id, "keys": {key_id: _new_key()}, "index": _new_key()})

    @staticmethod
    def rotated(text: str, key_id: str) -> str:
        """The text of the same ring with a new current key; the former ones still open what they closed.

        Raises InvalidKeyRing, also when the id is taken.
        """
        KeyRing.parse(text)
        content = json.loads(text)
        if key_id in content["keys"]:
            raise InvalidKeyRing("this key id is taken")
        return json.dumps({**content, "current": key_id, "keys": {**content["keys"], key_id: _new_key()}})

    def encrypt(self, plain: bytes, place: str) -> bytes:
        """Encrypt with the current key, for one place. The key's id stands first and is authenticated too."""
        header = _header(self.current)
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self.current].encrypt(nonce, plain, header + place.encode())

    def decrypt(self, sealed: bytes, place: str) -> bytes:
        """What was encrypted for this place. Raises Undecipherable."""
        key_id = self.key_id(sealed)
        if key_id not in self._ciphers:
            raise Undecipherable
        header = _header(key_id)
        return _open(self._ciphers[key_id], sealed[len(header) :], header + place.encode())

    def decrypt_for(self, own: DataKey | None, sealed: bytes, place: str) -> bytes:
        """What a person's own key closed, or the ring did before there was one. Raises Undecipherable."""
        if self.closed(sealed):
            return self.decrypt(sealed, place)
        if own is None:
            raise Undecipherable
        return own.decrypt_bytes(sealed, place)

    @staticmethod
    def closed(sealed: bytes) -> bool:
        """Whether a ring closed it, and no key of a person."""
        return sealed[:1] != DATA_KEY_MARK

    @staticmethod
    def key_id(sealed: bytes) -> str:
        """Which key closed it. Raises Undecipherable when it says none."""
        length = sealed[0] if sealed else 0
        if not 0 < length <= MAX_KEY_ID_BYTES:
            raise Undecipherable
        try:
            return sealed[1 : 1 + length].decode()
        except UnicodeDecodeError:
            raise Undecipherable from None

    def renewed(self, sealed: bytes, place: str) -> bytes | None:
        """The same under the current key, or None when it is so already: what a rotation writes back."""
        return None if self.key_id(sealed) == self.current else self.encrypt(self.decrypt(sealed, place), place)

    def new_data_key(self, owner: str) -> tuple[bytes, DataKey]:
        """A key for one agent: wrapped, to be stored, and open, to be used."""
        raw = os.urandom(KEY_BYTES)
        return self.encrypt(raw, _wrap_place(owner)), DataKey(raw)

    def open_data_key(self, wrapped: bytes, owner: str) -> DataKey:
        """An agent's key from its stored form. Raises Undecipherable, also for another agent's."""
        return DataKey(self.decrypt(wrapped, _wrap_place(owner)))

    def renewed_data_key(self, wrapped: bytes, owner: str) -> bytes | None:
        """A stored data key under the current key, or None when it is so already; the data stays as it is."""
        return self.renewed(wrapped, _wrap_place(owner))

    def blind_index(self, value: Nir | str, purpose: str = "nir") -> str:
        """A keyed fingerprint that finds equal values without showing them: HMAC-SHA-256, hexadecimal.

        It outlives an agent's data key: erasing a person clears the column that holds it.
        """
        text = value.reveal() if isinstance(value, Nir) else value
        keyed = self._index.copy()
        keyed.update(f"{purpose}\x00{text}".encode())
        return keyed.finalize().hex()

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current!r}, {len(self._ciphers)} keys)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")


def _open(cipher: AESGCM, sealed: bytes, associated: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise Undecipherable from None


@lru_cache(maxsize=64)
def _header(key_id: str) -> bytes:
    encoded = key_id.encode()
    return bytes([len(encoded)]) + encoded


def _wrap_place(owner: str) -> str:
    return f"data-key:{owner}"


def _mark(key: bytes) -> str:
    keyed = HMAC(key, SHA256())
    keyed.update(b"mark")
    return keyed.finalize().hex()[:MARK_DIGITS]


def _new_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
