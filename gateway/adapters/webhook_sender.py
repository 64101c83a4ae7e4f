"""Posting an event to a partner, and nowhere else: the name is resolved, every address checked, and that one is used.

No redirect is followed, no proxy of the environment has a say, the answer's body is not read.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.domain.webhooks import MAX_URL, Network, RefusedAddress, is_allowed

TIMEOUT_S: Final = 10.0
CONNECT_S: Final = 5.0
CONNECTIONS: Final = 64
LOWEST_PORT: Final = 1024
MAX_HEADER_BYTES: Final = 8_190
OK, REDIRECT = range(200, 300), range(300, 400)


class AddressRefused(OSError):
    """The name leads where events may not go."""


def networks(named: Sequence[str]) -> tuple[Network, ...]:
    """The networks of a setting. Raises ValueError."""
    return tuple(ipaddress.ip_network(one) for one in named)


def checked_url(text: str, allowed: Sequence[Network]) -> URL:
    """The address as it will be used. Raises RefusedAddress: no https, a user, an odd port, a host that is not public.

    Plain http is for the networks that the installation names, which are its own.
    """
    if len(text) > MAX_URL or not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise RefusedAddress(pointer="/url")
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError:
        raise RefusedAddress(pointer="/url") from None
    if url.scheme != "https" and not (url.scheme == "http" and allowed):
        raise RefusedAddress(pointer="/url")
    if not host or url.user is not None or url.password is not None or url.fragment:
        raise RefusedAddress(pointer="/url")
    if port is None or (port < LOWEST_PORT and port != url.with_port(None).port):
        raise RefusedAddress(pointer="/url")
    literal = _literal(host)
    if not (_is_name(host, alone=bool(allowed)) if literal is None else is_allowed(literal, allowed)):
        raise RefusedAddress(pointer="/url")
    return url


def _is_name(host: str, *, alone: bool) -> bool:
    """Whether it is a name to be resolved, not an address written otherwise; `alone`: also one of a single label.

    >>> [_is_name(host, alone=False) for host in ("a.example", "localhost", "2130706433", "127.1", "0x7f.0x1", "a..b")]
    [True, False, False, False, False, False]
    """
    labels = host.removesuffix(".").split(".")
    return all(labels) and labels[-1][0].isalpha() and (alone or len(labels) > 1)


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0])
    return None


class PinnedResolver(AbstractResolver):
    """What it returns is what is connected to: a second look at the name cannot lead elsewhere."""

    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of the name must be allowed: one that is not means that the name is not to be trusted."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            literal = _literal(one["host"])
            if literal is None or not is_allowed(literal, self._allowed):
                raise AddressRefused
        return found

    async def close(self) -> None:
        await self._inner.close()


class Sender:
    """One pool for all webhooks. `send` says what went wrong in a word, or None."""

    def __init__(self, allowed: Sequence[Network], resolver: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        connector = aiohttp.TCPConnector(
            resolver=resolver or PinnedResolver(allowed), use_dns_cache=False, limit=CONNECTIONS, limit_per_host=8
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S, sock_connect=CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            headers={"user-agent": "Relais-Webhooks"},
        )

    async def close(self) -> None:
        await self._session.close()

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> str | None:
        """None when it was taken (2xx)."""
        try:
            target = checked_url(url, self._allowed)  # again: what the installation allows may have changed
            async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as answer:
                status = answer.status
                answer.close()  # whatever it goes on to say, it is not listened to
        except (RefusedAddress, AddressRefused):
            return "address_refused"
        except aiohttp.ClientConnectorError as error:
            return _of_connection(error)
        except TimeoutError:
            return "timeout"
        except (aiohttp.ClientError, OSError, ValueError):
            return "broken_answer"
        if status in OK:
            return None
        return "redirect" if status in REDIRECT else f"http_{status}"


def _of_connection(error: Any) -> str:
    causes = (error, error.__cause__, getattr(error, "os_error", None), getattr(error, "certificate_error", None))
    if any(isinstance(cause, AddressRefused) for cause in causes):
        return "address_refused"
    if isinstance(error, aiohttp.ClientSSLError) or any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    return "unreachable"
