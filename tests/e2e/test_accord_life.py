"""An accord is suspended, resumed and denounced: what is then covered, owed and paid (accord art. 2.2 and 8)."""

from __future__ import annotations

import asyncio
import copy
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from kit.money import Money
from relais.api import Api, Refused
from relais.clients import document
from relais.demo.hiring import titulaire
from relais.demo.report import Report
from relais.demo.sickness import PAY
from relais.demo.world import World, world
from relais.synthetic.identity import fictitious_siret
from tests.platform import TestPlatform

EMPLOYER: Final = fictitious_siret(85)
ACCORD: Final = "un-autre-accord"
# Rulebook G30: 2 067.57 + 73.84 + 300.00 less 13.92 is a base of 2 427.49, of which 2.05 %.
DUE: Final = "49.76"
HALF_MONTH, MONTH = "498.56", "997.11"  # rulebook G31


def accord() -> dict[str, Any]:
    """The accord of La Roche-sur-Yon, made by one other employer."""
    content = copy.deepcopy(document("la-roche-sur-yon-2025"))
    content["agreement"] = ACCORD
    content["employers"] = [{**content["employers"][0], "siret": EMPLOYER}]
    return content


@dataclass(slots=True)
class Story:
    """What is asked of the platform, by the centre de gestion, on one employer's behalf."""

    world: World
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def staff(self) -> Api:
        return self.world.staff

    def hire(self, role: str) -> None:
        hired = self.world.hire(role, titulaire("2025-02-01"), birth="1975-03-01", employer=EMPLOYER, by=self.staff)
        self.ids[role] = hired["id"]

    def pay(self, role: str, *months: str) -> None:
        for month in months:
            self.staff.put(f"/v1/pay/{EMPLOYER}/{self.world.matricule(role)}/{month}", PAY)

    def sick(self, role: str, start: str, end: str) -> None:
        body = {"kind": "CMO", "start": start, "end": end, "waiting_days": 0}
        self.staff.post(f"/v1/agents/{self.ids[role]}/leaves", body, key=self.world.key(f"leave-{role}"))

    def change(self, what: str, on: str) -> dict[str, Any]:
        """A change of the accord: shown, then confirmed."""
        body = {"on": on, "reason": "négociation"}
        shown = self.staff.post(f"/v1/agreements/{ACCORD}/{what}", body)
        assert not shown["applied"]
        made: dict[str, Any] = self.staff.post(f"/v1/agreements/{ACCORD}/{what}", {**body, "confirm": shown["confirm"]})
        assert made["applied"]
        return made

    def gains(self, expected: int) -> None:
        """How many a resumption in June would give their cover back, once the registry knows them all."""

        def read() -> bool:
            body = {"on": "2026-06-01", "reason": "négociation"}
            shown = self.staff.post(f"/v1/agreements/{ACCORD}/resumption", body)
            return [one["gains"] for one in shown["affected"]] == [expected]

        self.staff.until(lambda: read() or None, f"cover given back: {expected}")

    def cover(self, role: str, expected: list[tuple[str, str]]) -> None:
        def read() -> bool:
            periods = self.staff.get(f"/v1/agents/{self.ids[role]}/affiliation")["periods"]
            return [(one["start"], one["outcome"]) for one in periods] == expected

        self.staff.until(lambda: read() or None, f"cover of {role}: {expected}")

    def owes(self, through: str, expected: Mapping[str, str]) -> None:
        """What is due for the agent who works, month by month, once runs have seen it."""

        def read() -> bool:
            run = {"employer": EMPLOYER, "month": through}
            self.staff.post("/v1/runs", run, key=self.world.key(f"run-{secrets.token_hex(4)}"))
            due: dict[str, Money] = defaultdict(Money.zero)
            for line in self.staff.pages("/v1/contributions", agent=self.ids["works"], limit=200):
                due[line["month"]] += Money.parse(line["amount"])
            return {month: str(amount) for month, amount in due.items()} == expected

        self.staff.until(lambda: read() or None, f"contributions: {expected}")

    def paid(self, role: str, expected: Mapping[str, str]) -> None:
        """What an agent's claims pay, the months at zero left out: a claim may have opened before a change arrived."""

        def read() -> bool:
            claims = self.staff.get("/v1/claims", agent=self.ids[role])["items"]
            found: dict[str, str] = {}
            for claim in claims:
                for item in self.staff.get("/v1/benefits", claim=claim["id"])["items"]:
                    found[item["month"]] = item["benefit"]
            return {month: benefit for month, benefit in found.items() if benefit != "0.00"} == expected

        self.staff.until(lambda: read() or None, f"benefits of {role}: {expected}")


def told(story: Story) -> None:
    staff = story.staff
    staff.post("/v1/agreements", accord())
    for step in ("sign", "publish"):
        staff.post(f"/v1/agreements/{ACCORD}/{step}", None)
    for role in ("works", "ill", "ill-later"):
        story.hire(role)
        story.pay(role, "2026-01")
        story.cover(role, [("2025-02-01", "AFFILIATED")])
    story.pay("works", "2026-05", "2026-06")
    months = ("2026-01", "2026-05", "2026-06")
    story.owes("2026-06", dict.fromkeys(months, DUE))

    # Suspended in May: nothing is owed for it, and a leave that comes to half pay in May waits for June.
    stale = staff.post(f"/v1/agreements/{ACCORD}/denunciation", {"on": "2026-06-30", "reason": "x"})["confirm"]
    story.change("suspension", "2026-05-01")
    suspended = [("2025-02-01", "AFFILIATED"), ("2026-05-01", "SUSPENDED")]
    story.cover("ill", suspended)
    story.sick("ill", "2026-02-01", "2026-07-15")
    story.owes("2026-06", {"2026-01": DUE, "2026-05": "0.00", "2026-06": "0.00"})
    story.paid("ill", {})
    story.gains(3)
    resumed = story.change("resumption", "2026-06-01")
    (whom,) = resumed["affected"]
    assert (whom["agents"], whom["loses"], whom["gains"]) == (0, 0, 3), "covered again, not yet"
    story.cover("ill", [*suspended, ("2026-06-01", "AFFILIATED")])
    story.owes("2026-06", {"2026-01": DUE, "2026-05": "0.00", "2026-06": DUE})
    story.paid("ill", {"2026-06": MONTH, "2026-07": HALF_MONTH})

    # Denounced at the end of June: no contribution after it, a benefit that runs goes on, none begins.
    with pytest.raises(Refused) as refused:
        staff.post(f"/v1/agreements/{ACCORD}/denunciation", {"on": "2026-06-30", "reason": "x", "confirm": stale})
    assert refused.value.code == "preview_stale"
    ended = story.change("denunciation", "2026-06-30")
    assert {effect["kind"] for effect in ended["effects"]} == {
        "AGREEMENT_DENOUNCED",
        "CONTRACT_ENDS",
        "ANNUITIES_REVALUED",
        "DEATH_COVER_KEPT",
    }
    over = [*suspended, ("2026-06-01", "AFFILIATED"), ("2026-07-01", "ENDED")]
    story.pay("works", "2026-07")
    story.sick("ill-later", "2026-04-15", "2026-08-31")  # at half pay from 14 July on
    for role in story.ids:
        story.cover(role, over)
    story.owes("2026-07", {"2026-01": DUE, "2026-05": "0.00", "2026-06": DUE})
    story.paid("ill", {"2026-06": MONTH, "2026-07": HALF_MONTH})
    entitled = staff.until(
        lambda: staff.get("/v1/entitlements", agent=story.ids["ill-later"])["periods"] or None, "entitlements"
    )
    assert entitled[-1]["leg"] == "HALF"
    story.paid("ill-later", {})


async def test_an_accord_suspended_resumed_and_denounced(platform: TestPlatform) -> None:
    def play() -> None:
        with world(platform.gateway, platform.clients, Report(lambda _: None)) as found:
            told(Story(found))

    await asyncio.to_thread(play)
