"""An issuer of tokens for tests, with the means to forge bad ones."""

from __future__ import annotations

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet

from kit.http.identity import ALGORITHM, TOKEN_TYPE, public_keys

ISSUER = "http://issuer.test"
AUDIENCE = "relais"


class TestIssuer:
    """Signs tokens, and is a source of its own public keys that counts how often it is read."""

    __test__ = False

    def __init__(self) -> None:
        self.key = new_key()
        self.reads = 0
        self.down = False

    def token(self, *, key: Key | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good token, but for what is overridden; a claim of None is left out."""
        now = int(time.time())
        content = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "demo-hris",
            "iat": now,
            "exp": now + 600,
            "scope": "agents:read agents:write",
            "employers": [],
        } | claims
        signing = key or self.key
        head = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key.kid} | (header or {})
        kept = {name: value for name, value in content.items() if value is not None}
        return jwt.encode(head, kept, signing, algorithms=[head["alg"]])

    def bearer(self, **claims: Any) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(**claims)}"}

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    async def read(self) -> KeySet:
        self.reads += 1
        if self.down:
            raise ConnectionRefusedError
        return public_keys(self.jwks())

    async def close(self) -> None:
        pass


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
