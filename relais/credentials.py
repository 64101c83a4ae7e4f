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
        """Those of this home. Raises CommandError where there are none, or the file that keeps them holds something
        else: new ones would open nothing of what is there.
        """
        if not home.secrets.exists():
            raise CommandError(f"{home.secrets} n'existe pas : remettez celui que vous gardez ailleurs.")
        return cls._kept(home)

    @classmethod
    def made(cls, home: Home) -> Self:
        """The same at a start: made when there are none, completed when some are missing."""
        kept = cls._kept(home) if home.secrets.exists() else cls({}, {}, {})
        found = cls(
            databases=_completed(kept.databases, {name: _passwords() for name in COMPONENTS}),
            clients=_completed(kept.clients, {name: _secret() for name in _client_names()}),
            key_rings=_completed(kept.key_rings, {name: KeyRing.generate(FIRST_KEY) for name in COMPONENTS}),
            demo_password=kept.demo_password or secrets.token_urlsafe(PASSWORD_BYTES),
        )
        if found != kept:
            found.save(home)
        return found

    @classmethod
    def _kept(cls, home: Home) -> Self:
        try:
            found: dict[str, Any] = json.loads(home.secrets.read_text())
            databases, clients, rings = (found.get(name, {}) for name in ("databases", "clients", "key_rings"))
            if all(isinstance(group, dict) for group in (databases, clients, rings)):
                return cls(databases, clients, rings, found.get("demo_password", ""))
        except (OSError, ValueError, AttributeError):
            pass
        raise CommandError(f"{home.secrets} est illisible : remettez celui que vous gardez ailleurs.")

    def save(self, home: Home) -> None:
        """Keep them as they are now."""
        write_private(home.secrets, json.dumps(asdict(self), indent=1))


def _client_names() -> tuple[str, ...]:
    return (*DEMO_CLIENTS, *(service_client(name) for name in COMPONENTS))


def _passwords() -> dict[str, str]:
    return {kind: _secret() for kind in ROLE_KINDS}


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _completed(kept: dict[str, T], fresh: dict[str, T]) -> dict[str, T]:
    return {**fresh, **kept}
