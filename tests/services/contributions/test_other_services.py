"""What agreements and eligibility publish today is read here as it is meant."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from kit.events.envelope import EventData
from kit.ids import new_id
from services.agreements.adapters.document import AgreementDocument
from services.agreements.application.payloads import AgreementPublished
from services.claims.events import PUBLISHES as CLAIMS
from services.contributions.domain.terms_document import read_terms
from services.contributions.events import subscriptions
from services.eligibility.events import PUBLISHES
from tests.services.contributions.facts import ACCORD, CITY, TERMS, document
from tests.services.contributions.world import World, amounts

AGENT = new_id()
EMPLOYMENT = {
    "id": str(new_id()),
    "contract_number": "1",
    "kind": "TITULAIRE",
    "contract": None,
    "start": "2020-01-01",
    "end": None,
    "weekly_hours": "35.00",
    "category": "C",
    "regime": "CNRACL",
    "service_start": "2020-01-01",
    "titular": True,
}
WHO = {"agent": str(AGENT), "employer": CITY}
COVER: dict[str, Any] = {
    "agreement": ACCORD,
    "decision": str(new_id()),
    "from": "2025-01-01",
    "to": None,
    "reasons": [],
}


def said(kind: str, data: dict[str, Any]) -> EventData:
    """A payload of eligibility, made by its own class."""
    return next(one for one in PUBLISHES if one.type == f"fr.psc.eligibility.{kind}.v1").model_validate(data)


async def tell(world: World, event: EventData) -> None:
    """Handle an event of eligibility as its feed shows it."""
    await world.tell(event.type.removeprefix("fr.psc.eligibility.").removesuffix(".v1"), event.model_dump(mode="json"))


def test_published_terms_are_those_of_the_document() -> None:
    raw = {name: value for name, value in document().items() if name != "version"}
    published = AgreementPublished.of(AgreementDocument.model_validate(raw), 1)
    assert read_terms(published.model_dump(mode="json")) == TERMS


async def test_an_agents_file_is_read_as_eligibility_tells_it(world: World) -> None:
    hired = {**WHO, "matricule": "M1", "birth_date": date(1980, 1, 1), "employment": EMPLOYMENT}
    timeline = [{"start": "2025-01-01", "end": None, "outcome": "AFFILIATED"}]
    option = {**WHO, "election": str(new_id()), "guarantee": "DEATH", "from": "2025-06-01", "to": None}
    await tell(world, said("agent.hired", hired))
    await tell(world, said("affiliation.started", {**WHO, **COVER, "timeline": timeline}))
    await tell(world, said("option.elected", option))
    await world.pay("M1", "2025-06", tib="2113.92", ri="300.00")
    assert amounts(await world.run("2025-06")) == [("2025-06", "BASE", "49.20"), ("2025-06", "DEATH", "4.80")]
    away = [{**timeline[0], "end": "2025-06-15"}, {"start": "2025-06-16", "end": None, "outcome": "SUSPENDED"}]
    await tell(world, said("affiliation.suspended", {**WHO, **COVER, "timeline": away}))
    await tell(world, said("option.cancelled", {**option, "to": "2025-05-31"}))
    change = {**WHO, "matricule": "M1", "from": "2025-06-01", "employment": {**EMPLOYMENT, "category": "B"}}
    await tell(world, said("employment.changed", change))
    expected = [("2025-06", "BASE", "-0.19"), ("2025-06", "DEATH", "-4.80")]
    assert amounts(await world.run("2025-06")) == expected


async def test_days_of_leave_are_kept_and_nothing_else_of_it(world: World) -> None:
    entry = {"id": str(new_id()), "paid": True, "waiting_days": None, "seniority_days": None}
    ordinary = {**entry, "kind": "CMO", "start": "2025-06-10", "end": "2025-06-20"}
    part_time = {**entry, "kind": "TPT", "start": "2025-06-21", "end": "2025-07-20"}
    leave = {**WHO, "leave": str(new_id()), **ordinary, "entries": [ordinary, part_time]}
    await tell(world, said("sick-leave.started", leave))
    found = await world.rows("SELECT * FROM leave")
    assert [row["days"] for row in found] == [[{"start": "2025-06-10", "end": "2025-06-20"}]]
    assert set(found[0]) == {"employer", "agent", "leave", "days"}
    await tell(world, said("sick-leave.cancelled", {**leave, "entries": []}))
    assert await world.rows("SELECT * FROM leave") == []


async def test_of_who_has_no_cover_yet_nothing_is_awaited(world: World) -> None:
    """Paid every month and covered in none: excluded, deferred, dispensed, not yet eligible."""
    hired = {**WHO, "matricule": "M1", "birth_date": date(1980, 1, 1), "employment": EMPLOYMENT}
    await tell(world, said("agent.hired", hired))
    await world.pay("M1", "2025-06", tib="2113.92")
    assert [one.reason for one in (await world.run("2025-06")).held] == ["affiliation_unknown"]
    timeline = [{"start": "2025-01-01", "end": None, "outcome": "EXCLUDED"}]
    await tell(world, said("affiliation.withheld", {**WHO, **COVER, "timeline": timeline}))
    found = await world.run("2025-06")
    assert (amounts(found), found.held) == ([], ())


def test_every_event_read_is_published() -> None:
    published = {kind.type for kind in (*PUBLISHES, *CLAIMS)} | {AgreementPublished.type}
    read = {kind for one in subscriptions() for kind in one.handlers}
    assert read <= published


async def test_every_projection_is_keyed_by_its_event(world: World) -> None:
    """The restore of a producer deletes by this column."""
    columns: list[dict[str, Any]] = await world.rows("SELECT table_name, column_name FROM information_schema.columns")
    known = {(row["table_name"], row["column_name"]) for row in columns}
    assert known >= {item for one in subscriptions() for item in one.projections.items()}
    assert isinstance(AGENT, UUID)
