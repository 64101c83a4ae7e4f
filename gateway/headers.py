"""Which headers cross the door. Hop-by-hop ones never do, and nobody dictates to a service who the caller was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kit.http.problem import Problem

Header = tuple[bytes, bytes]
HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",
    }
)
# Written by the gateway and believed by what is behind it, so never taken from outside.
FORWARDED: Final = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-real-ip",
        b"x-original-url",
        b"x-rewrite-url",
        b"traceparent",
        b"tracestate",
        b"host",
    }
)
# Two of these would be read differently by two parties.
SINGLE: Final = frozenset(
    {
        b"host",
        b"authorization",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"if-match",
        b"x-acting-employer",
    }
)


def check_unambiguous(headers: Iterable[Header]) -> None:
    """Raise 400 when a header that must be single is repeated, or the body has two lengths."""
    names = [name for name, _ in headers]
    repeated = any(names.count(name) > 1 for name in SINGLE)
    if repeated or (b"content-length" in names and b"transfer-encoding" in names):
        raise Problem(
            400,
            "ambiguous_headers",
            "En-têtes ambigus",
            "Ambiguous headers",
            detail_fr="Un en-tête qui doit être unique est répété.",
            detail_en="A header that must be single is repeated.",
            headers={"connection": "close"},
        )


def end_to_end(headers: Iterable[Header], also: frozenset[bytes] = frozenset()) -> list[Header]:
    """Headers without the hop-by-hop ones, without those that `Connection` names, and without `also`.

    >>> end_to_end([(b"connection", b"x-a"), (b"x-a", b"1"), (b"accept", b"*/*")])
    [(b'accept', b'*/*')]
    """
    kept = list(headers)
    named = {
        token.strip().lower() for name, value in kept if name.lower() == b"connection" for token in value.split(b",")
    }
    dropped = HOP_BY_HOP | also | named
    return [(name, value) for name, value in kept if name.lower() not in dropped]
