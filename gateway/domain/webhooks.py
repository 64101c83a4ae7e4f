"""A webhook: the events of a partner's feed, posted to an address of its own, in order, again until it takes them.

The feed is the truth and the webhook follows it: one position each, no message stored twice. An event that is not taken
is tried again with growing pauses over three days, and those after it wait, because a partner rests on their order;
then the webhook is disabled until its owner says from where to go on.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kit.errors import RelaisError

# Standard Webhooks' schedule, stretched to three days: ten attempts in 71 hours and a half.
PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
GONE: Final = "http_410"
MAX_WEBHOOKS: Final = 10
MAX_URL: Final = 2_000
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class RefusedAddress(RelaisError):
    code = "webhook_address_refused"
    title_fr = "Adresse de webhook refusée : https et un hôte public sont attendus"
    title_en = "Webhook address refused: https and a public host are expected"


class TooManyWebhooks(RelaisError):
    code = "too_many_webhooks"
    title_fr = "Nombre maximal de webhooks atteint"
    title_en = "No more webhooks allowed"
    status = 409


class UnknownWebhook(RelaisError):
    code = "unknown_webhook"
    title_fr = "Webhook inconnu"
    title_en = "Unknown webhook"
    status = 404


class UnknownCursor(RelaisError):
    code = "cursor"
    title_fr = "Curseur inconnu"
    title_en = "Unknown cursor"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where it posts, what it has posted, and how that went. `types` None: every event of the feed."""

    id: UUID
    client: str
    url: str
    types: frozenset[str] | None
    public: str
    position: int
    failures: int
    next_at: datetime
    last_error: str | None
    attempted_at: datetime | None
    delivered_at: datetime | None
    disabled_at: datetime | None
    recorded_at: datetime

    def wants(self, kind: str) -> bool:
        return self.types is None or kind in self.types


def next_attempt(failures: int, error: str) -> timedelta | None:
    """How long to wait after so many failures in a row; None: that was the last, or the address is gone.

    >>> next_attempt(1, "timeout"), next_attempt(10, "timeout"), next_attempt(1, "http_410")
    (datetime.timedelta(seconds=5), None, None)
    """
    assert failures > 0, "something has just failed"
    if error == GONE or failures > len(PAUSES):
        return None
    return PAUSES[failures - 1]


def is_allowed(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether events may go to this address: public, or in a network the installation names.

    An IPv6 address that carries an IPv4 one is judged by what it carries.

    >>> [is_allowed(ipaddress.ip_address(a)) for a in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "fec0::1")]
    [True, False, False, False]
    """
    carried = _carried(address)
    if carried is not None:
        return is_allowed(carried, allowed)
    if any(address.version == network.version and address in network for network in allowed):
        return True
    local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (local or address.is_multicast or address.is_reserved or address.is_unspecified)


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour
