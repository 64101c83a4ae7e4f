"""Which headers cross the door. Hop-by-hop ones never do, and nobody dictates to a service who the caller was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kit.http.problem import Problem
from kit.http.raw import Header

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


# What of a request does not cross as it came; the length of a body that is held is written anew.
OF_THE_HOP: Final = HOP_BY_HOP | FORWARDED
OF_THE_HOP_WITH_LENGTH: Final = OF_THE_HOP | {b"content-length"}


def check_unambiguous(headers: Iterable[Header]) -> None:
    """Raise 400 when a header that must be single is repeated, or the body has two lengths."""
    names = [name for name, _ in headers]
    repeated = len(names) > len(set(names)) and any(names.count(name) > 1 for name in SINGLE)
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


def end_to_end(headers: Iterable[Header], dropped: frozenset[bytes] = HOP_BY_HOP) -> list[Header]:
    """Headers, their names in lower case, without those `dropped` and those that `Connection` names.

    >>> end_to_end([(b"connection", b"x-a"), (b"x-a", b"1"), (b"accept", b"*/*")])
    [(b'accept', b'*/*')]
    >>> end_to_end([(b"connection", b"x-acting-employer"), (b"x-acting-employer", b"1")])
    [(b'x-acting-employer', b'1')]
    """
    named = [value for name, value in headers if name == b"connection"]
    if named:
        # What decides for whom and whether is read on both sides of the door, or on none.
        dropped = dropped.union({token.strip().lower() for value in named for token in value.split(b",")} - SINGLE)
    return [one for one in headers if one[0] not in dropped]
