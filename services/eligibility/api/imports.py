"""Files the service takes, and what applies them."""

from __future__ import annotations

from typing import Final

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.http.imports import import_router
from rules.book import Rules
from services.eligibility.api import import_agents, import_leaves, import_openings
from services.eligibility.api.import_agents import AGENTS
from services.eligibility.api.import_leaves import LEAVES
from services.eligibility.api.import_openings import OPENINGS

router: Final = import_router([AGENTS, LEAVES, OPENINGS], read="agents:read", write="agents:write", tags=["Imports"])


def handlers(rules: Rules, crypto: KeyRing | None, clock: Clock) -> dict[str, Handler]:
    """What applies each kind; nothing without keys, as names and NIR are sealed before they are stored."""
    if crypto is None:
        return {}
    return {
        AGENTS.name: import_agents.importer(rules, crypto, clock),
        LEAVES.name: import_leaves.importer(rules, crypto, clock),
        OPENINGS.name: import_openings.importer(rules, crypto, clock),
    }
