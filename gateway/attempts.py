"""How often one may fail to prove who one is: of one address, and of one name tried from there.

A name alone has no bucket: whoever knows a client's id or a person's login would empty it from elsewhere and shut its
owner out. What succeeds is given back, so that an office whose people sign in behind one address, or a vendor with
hundreds of clients, is not held up.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import HTTPConnection

from gateway.limiter import Buckets, LeasedLimiter
from kit.crypto import KeyRing
from kit.http.raw import Header

# Of what an address may, one name: a program that insists on a wrong secret leaves its neighbours the rest.
SHARE_OF_A_NAME: Final = 0.5
# Buckets are numbered, so that no flood of addresses or names makes rows without end, and none is written anywhere.
NUMBERS: Final = 2**18
_IPV6_SITE: Final = 64
_NOBODY: Final = "unknown"


class Attempts:
    """`per_second` failures for each address over all processes; 0 limits nobody."""

    def __init__(self, per_second: float, buckets: Buckets, ring: KeyRing) -> None:
        self._ring = ring
        self._addresses = LeasedLimiter(per_second, buckets)
        self._names = LeasedLimiter(per_second * SHARE_OF_A_NAME, buckets)

    async def take(self, request: HTTPConnection, name: str = "") -> list[Header]:
        """Count one attempt; the `RateLimit-*` headers of its refusal. Raises 429 `too_many_requests`."""
        of_address, of_name = self._keys(request, name)
        self._addresses.check(of_address)  # before the name, or each new one would ask the database
        headers = await self._names.take(of_name)
        await self._addresses.take(of_address)
        return headers

    async def give_back(self, request: HTTPConnection, name: str = "") -> None:
        """The attempt succeeded, and does not count."""
        of_address, of_name = self._keys(request, name)
        await asyncio.gather(self._addresses.give_back(of_address), self._names.give_back(of_name))

    def _keys(self, request: HTTPConnection, name: str) -> tuple[str, str]:
        address = source_of(request)
        return self._key("address", address), self._key("name", f"{address} {name}")

    def _key(self, kind: str, who: str) -> str:
        """No client's id: those have no full stop."""
        return f"{kind}.{int(self._ring.blind_index(who, 'attempts')[:16], 16) % NUMBERS}"


def source_of(request: HTTPConnection) -> str:
    """Where a request comes from: of IPv6 the network of a site, which has addresses without number."""
    host = request.client.host if request.client else _NOBODY
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Address(int(address) >> _IPV6_SITE << _IPV6_SITE))
    return str(address)
