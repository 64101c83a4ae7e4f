"""Who read or changed whose file: an entry of the audit trail, and the chain that holds the entries together.

The digest of an entry covers the one before it, so that none can be changed, removed or put in between without every
later digest being wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from gateway.routes import service_of

FIRST: Final = "0" * 64
MAX_TEXT: Final = 500
_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_AGENT: Final = re.compile(rf"^/v1/agents/({_ID})(?:/|$)")
# Services whose paths are about persons, but for what says all in the request.
_PERSONAL: Final = frozenset({"eligibility", "contributions", "claims"})
# What the gateway answers by itself about persons.
_OWN: Final = frozenset({"/v1/work-items", "/v1/insured"})
_OF_NOBODY: Final = "/v1/simulations"
# How facts of persons leave by themselves: posted to a webhook, published to an insurer's topic.
WEBHOOK, TOPIC = "WEBHOOK", "TOPIC"
# How the lines of a file reach their agents, after the answer to who sent it has left.
IMPORT: Final = "IMPORT"
# Methods that change nothing.
READING: Final = ("GET", "HEAD", WEBHOOK, TOPIC)
NOT_KNOWN: Final = 0
# Of the accords' service, what says who received a notice.
_NOTICES: Final = "/notices"


@dataclass(frozen=True, slots=True)
class Entry:
    """One access. `acting` is the employer named by `X-Acting-Employer`, `purpose` what `X-Purpose` says of why.

    `agents` are those that a page or a delivery told of, or that a file was about, each once. A delivery is on record
    before it is tried: its `method` is WEBHOOK or TOPIC and its `status` NOT_KNOWN. So is the status of an IMPORT.
    """

    at: datetime
    client: str
    acting: str | None
    method: str
    path: str
    query: str
    agent: str | None
    status: int
    purpose: str | None
    trace: str | None
    agents: tuple[str, ...] = ()

    def digest(self, position: int, previous: str) -> str:
        """Its place in the chain, in hexadecimal. Entries that name no agents have the digest they always had."""
        fields = [position, previous, self.at.isoformat(), self.client, self.acting, self.method, self.path]
        fields += [self.query, self.agent, self.status, self.purpose, self.trace]
        if self.agents:
            fields.append(self.agents)
        return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Chained:
    """An entry as stored."""

    position: int
    entry: Entry
    digest: str


def is_id(text: str) -> bool:
    """Whether it may be the id of an agent."""
    return re.fullmatch(_ID, text) is not None


def is_audited(path: str) -> bool:
    """Whether a request to this path touches persons.

    >>> is_audited("/v1/agents"), is_audited("/v1/simulations/net-pay"), is_audited("/v1/agreements/A/terms")
    (True, False, False)
    """
    if path in _OWN:
        return True
    service = service_of(path)
    if service in _PERSONAL:
        return not path.startswith(_OF_NOBODY)
    return service is not None and _NOTICES in path


def agent_of(path: str, query: str, location: str = "") -> str | None:
    """The agent whose file it is, where the path, the query or the place of what was made names one.

    >>> agent_of("/v1/claims", "agent=%00"), agent_of("/v1/claims", "agent=01a21eae-7852-771d-8ec6-afb7a3d34581")
    (None, '01a21eae-7852-771d-8ec6-afb7a3d34581')
    """
    found = _AGENT.match(path) or _AGENT.match(location)
    if found is None:
        found = re.fullmatch(f"({_ID})", dict(parse_qsl(query)).get("agent", ""))
    return found[1] if found else None


def delivery(
    at: datetime, client: str, way: tuple[str, str], positions: tuple[int, int], agents: tuple[str, ...]
) -> Entry:
    """What `client` is about to be told by a way (WEBHOOK or TOPIC, and which): its feed between two positions.

    >>> told = delivery(datetime(2026, 6, 30), "demo-a", (TOPIC, "psc.partner.demo-a.v1"), (12, 40), ())
    >>> told.method, told.query, told.status
    ('TOPIC', 'from=12&to=40', 0)
    """
    (method, path), (first, last) = way, positions
    return Entry(at, client, None, method, path, f"from={first}&to={last}", None, NOT_KNOWN, None, None, agents)


def import_applied(
    at: datetime, sender: tuple[str, str | None], path: str, trace: str | None, agents: tuple[str, ...]
) -> Entry:
    """Lines of a file that `sender` (a client, for an employer) gave before are applied, and are about these agents.

    >>> applied = import_applied(datetime(2026, 6, 30), ("hris", None), "/v1/imports/pay/1", None, ("a",))
    >>> applied.method, applied.agent, applied.agents
    ('IMPORT', 'a', ())
    """
    client, acting = sender
    alone, named = (agents[0], ()) if len(agents) == 1 else (None, agents)
    return Entry(at, client, acting, IMPORT, path, "", alone, NOT_KNOWN, None, trace, named)


def chained(entries: list[Entry], position: int, digest: str) -> list[Chained]:
    """These entries after the one at `position`."""
    found: list[Chained] = []
    for entry in entries:
        position += 1
        digest = entry.digest(position, digest)
        found.append(Chained(position, entry, digest))
    return found
