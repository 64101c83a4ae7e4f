"""Templates: HTML escaped by default, every name known, no text outside the catalogue of words."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.dashboard import claim_state
from gateway.dashboard.security import PREFIX

if TYPE_CHECKING:
    from gateway.dashboard.visit import Visit

_FOLDER: Final = Path(__file__).parent
ASSETS: Final = _FOLDER / "assets"
# What the rail leads to: name, path below the prefix, the scope without which it is not shown.
RAIL: Final = (
    ("worklist", "", "agents:read"),
    ("agents", "/agents", "agents:read"),
    ("claims", "/claims", "claims:read"),
    ("runs", "/runs", "contributions:read"),
    ("agreements", "/agreements", "agreements:read"),
    ("simulator", "/simulator", "simulations:run"),
    ("integration", "/integration", "operations:read"),
    ("steering", "/steering", "contributions:read"),
    ("delegations", "/delegations", "delegations:read"),
    ("administration", "/admin/users", "users:read"),
)
# What administration leads to, in the same way.
ADMINISTRATION: Final = (
    ("users", "/admin/users", "users:read"),
    ("clients", "/admin/clients", "clients:read"),
    ("roles", "/admin/roles", "users:read"),
    ("sessions", "/admin/sessions", "users:read"),
    ("audit", "/admin/audit", "audit:read"),
)


@cache
def environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {"prefix": PREFIX, "asset": asset, "rail": RAIL, "administration": ADMINISTRATION}
    found.globals |= {"stage_of": claim_state.stage_of, "tone_of": claim_state.tone_of, "awaited": claim_state.awaited}
    return found


@cache
def asset(name: str) -> str:
    """The address of an asset, which changes with its content."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"{PREFIX}/assets/{name}?v={digest}"


def page(template: str, visit: Visit, **context: Any) -> str:
    """The HTML of a page for one visitor."""
    words = visit.words
    return (
        environment()
        .get_template(template)
        .render(
            visit=visit,
            words=words,
            t=words.t,
            of=words.of,
            day=words.day,
            month=words.month,
            amount=words.amount,
            rate=words.rate,
            **context,
        )
    )
