"""What webhooks are signed with: an Ed25519 key each, after Standard Webhooks (`v1a`, `whpk_`).

The receiver keeps the public key and checks `webhook-signature` over `<webhook-id>.<webhook-timestamp>.<body>`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kit.crypto import KeyRing


def new_key(ring: KeyRing, webhook: UUID) -> tuple[bytes, str]:
    """A private key, sealed for its place, and its public half as receivers know it."""
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return ring.encrypt(key.private_bytes_raw(), _place(webhook)), f"whpk_{public}"


def open_key(ring: KeyRing, sealed: bytes, webhook: UUID) -> Ed25519PrivateKey:
    """Raises kit.crypto.Undecipherable."""
    return Ed25519PrivateKey.from_private_bytes(ring.decrypt(sealed, _place(webhook)))


def signed(keys: Iterable[Ed25519PrivateKey], event: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of one message: a signature of each key, so that a receiver with either takes it."""
    stamp = str(int(at.timestamp()))
    content = f"{event}.{stamp}.".encode() + body
    signatures = " ".join(f"v1a,{base64.b64encode(key.sign(content)).decode()}" for key in keys)
    return {
        "webhook-id": event,
        "webhook-timestamp": stamp,
        "webhook-signature": signatures,
        "content-type": "application/cloudevents+json",
    }


def _place(webhook: UUID) -> str:
    return f"webhook.sealed:{webhook}"
