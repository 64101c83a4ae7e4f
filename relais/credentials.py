"""Secrets of one platform, made once and kept in its home, readable by its owner alone."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

from kit.crypto import KeyRing
from kit.db.provision import ROLE_KINDS
from kit.settings import COMPONENTS
from relais.errors import CommandError
from relais.home import Home, write_private

# Clients of the demo, and what each shows: an HRIS, the insurer of the accord, another insurer, a centre de gestion.
DEMO_CLIENTS = ("demo-hris", "demo-insurer-a", "demo-insurer-b", "demo-staff")
T = TypeVar("T")
SECRET_BYTES = 32
# Typed by a person.
PASSWORD_BYTES = 12
FIRST_KEY = "1"


def service_client(component: str) -> str:
    """The client a component reads the other feeds as.

    >>> service_client("claims")
    'service-claims'
    """
    return f"service-{component}"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """Database passwords by component and role, client secrets by client, the key ring of each component as JSON.

    `demo_password` is that of the demonstration's people.
    """

    databases: dict[str, dict[str, str]]
    clients: dict[str, str]
    key_rings: dict[str, str]
    demo_password: str = ""

    @classmethod
    def of(cls, home: Home) -> Self:
        """Those of this home; made when there are none, completed when some are missing. Raises CommandError where
        the file that keeps them holds something else.
        """
        kept = _kept(home)
        found = cls(
            databases=_completed(kept.get("databases", {}), {name: _passwords() for name in COMPONENTS}),
            clients=_completed(kept.get("clients", {}), {name: _secret() for name in _client_names()}),
            key_rings=_completed(kept.get("key_rings", {}), {name: KeyRing.generate(FIRST_KEY) for name in COMPONENTS}),
            demo_password=kept.get("demo_password") or secrets.token_urlsafe(PASSWORD_BYTES),
        )
        if asdict(found) != kept:
            found.save(home)
        return found

    def save(self, home: Home) -> None:
        """Keep them as they are now."""
        write_private(home.secrets, json.dumps(asdict(self), indent=1))


def _kept(home: Home) -> dict[str, Any]:
    if not home.secrets.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(home.secrets.read_text())
        if all(isinstance(found.get(name, {}), dict) for name in ("databases", "clients", "key_rings")):
            return found
    except (OSError, ValueError, AttributeError):
        pass
    raise CommandError(f"{home.secrets} est illisible : remettez celui que vous gardez ailleurs.")


def _client_names() -> tuple[str, ...]:
    return (*DEMO_CLIENTS, *(service_client(name) for name in COMPONENTS))


def _passwords() -> dict[str, str]:
    return {kind: _secret() for kind in ROLE_KINDS}


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _completed(kept: dict[str, T], fresh: dict[str, T]) -> dict[str, T]:
    return {**fresh, **kept}
