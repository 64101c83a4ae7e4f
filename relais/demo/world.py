"""What the steps of the demo share: four clients of the gateway, a fresh tag, and what earlier steps have found."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from relais.api import PATIENCE_SECONDS, Api
from relais.demo.report import Report
from relais.synthetic.identity import FIRST_NAMES, fictitious_nir, fictitious_siret

AGREEMENT = "la-roche-sur-yon-2025"
# Demo data, marked `assumption` in examples/accords: the accord gives no SIRET.
CITY = "99985001900012"
# An employer that no accord binds.
OUTSIDE = fictitious_siret(1)


@dataclass(slots=True)
class World:
    """The demo in progress."""

    hris: Api
    staff: Api
    insurer: Api
    other_insurer: Api
    report: Report
    tag: str
    agents: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    nirs: list[str] = field(default_factory=list)

    def matricule(self, role: str) -> str:
        """A matricule nobody had before."""
        return f"DEMO-{self.tag}-{role}"

    def key(self, what: str) -> str:
        """An Idempotency-Key of this demo."""
        return f"demo-{self.tag}-{what}"

    def hire(
        self, role: str, employment: Mapping[str, Any], *, birth: str, employer: str = CITY, by: Api | None = None
    ) -> dict[str, Any]:
        """Hire a fresh agent, as the HRIS announces it; the platform's answer."""
        day = date.fromisoformat(birth)
        draw = Random(f"{self.tag}:{role}")  # noqa: S311 - a fictitious identity, no secret
        nir = fictitious_nir(draw, day.year, day.month)
        self.nirs.append(nir)
        body = {
            "employer": employer,
            "matricule": self.matricule(role),
            "nir": nir,
            "last_name": "DÉMONSTRATION",
            "first_name": draw.choice(FIRST_NAMES),
            "birth_date": birth,
            "employment": dict(employment),
        }
        hired: dict[str, Any] = (by or self.hris).post("/v1/agents", body, key=self.key(f"hire-{role}"))
        self.agents[role] = hired
        return hired

    def pay(self, role: str, month: str, elements: Mapping[str, str], *, employer: str = CITY) -> None:
        """Send one month of pay of an agent."""
        self.hris.put(f"/v1/pay/{employer}/{self.matricule(role)}/{month}", dict(elements))

    def id_of(self, role: str) -> str:
        return str(self.agents[role]["id"])


@contextmanager
def world(
    base_url: str, clients: Mapping[str, str], report: Report, *, patience: float = PATIENCE_SECONDS
) -> Iterator[World]:
    """Four clients with their secrets, and a tag that no demo had before."""
    with ExitStack() as stack:
        hris, staff, insurer, other = (
            stack.enter_context(Api(base_url, name, clients[name], patience=patience))
            for name in ("demo-hris", "demo-staff", "demo-insurer-a", "demo-insurer-b")
        )
        yield World(hris, staff, insurer, other, report, secrets.token_hex(4))
