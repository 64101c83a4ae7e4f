"""Argon2id over secrets and passwords: a few at a time in the whole process, and the same time whoever asks."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kit.http.problem import Problem

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's figures for argon2id
# One takes 19 MiB and a core for 20 ms: bounded, so that a flood of bad secrets cannot stop the rest.
CONCURRENT: Final = 2
WAITING: Final = 16
_RETRY_S: Final = 2.0
# Threads of their own: whoever gave up waiting leaves at most these behind, and others' work has its own.
_THREADS: Final = ThreadPoolExecutor(CONCURRENT, "argon2")


async def hash_of(secret: str) -> str:
    """What is stored of a secret or password."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, secret)


class Hashing:
    """Who may hash now. Hold no connection while waiting for a turn."""

    def __init__(self) -> None:
        self._waiting = 0
        self._nobody = _HASHER.hash(os.urandom(16).hex())

    async def is_good(self, known: str | None, secret: str) -> bool:
        """Whether the secret has that hash; None, which nothing has, takes as long.

        Raises 503 `identity_busy` for who would wait behind too many.
        """
        if self._waiting >= WAITING:
            raise _busy()
        self._waiting += 1
        try:
            checking = asyncio.get_running_loop().run_in_executor(_THREADS, _verified, known or self._nobody, secret)
            return await checking and known is not None
        finally:
            self._waiting -= 1


def _verified(known: str, secret: str) -> bool:
    try:
        return _HASHER.verify(known, secret)
    except (Argon2Error, InvalidHashError):
        return False


def _busy() -> Problem:
    return Problem(
        503, "identity_busy", "Trop d'identifications à la fois", "Too many sign-ins at once", retry_in=_RETRY_S
    )
