"""What this process's own requests have in common."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trust() -> ssl.SSLContext:
    """The authorities this process trusts. Reading them takes longer than many requests, so it is done once."""
    return httpx.create_ssl_context()
