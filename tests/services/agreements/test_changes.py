"""Changes over HTTP on a real database: shown first, made when confirmed, refused when the preview is stale."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from kit.db.database import Scope
from kit.events.envelope import Envelope
from kit.ids import new_id
from rules.vocabulary import Guarantee
from services.agreements.application import follow_cover
from services.agreements.domain.revision import revised_rates, revision_findings
from tests.golden.cases import read
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import LRSY, NOW, agreement, changed, raw
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force, published
from tests.services.client import Service

URL = f"/v1/agreements/{LRSY}"
CONVENTION = "/v1/conventions/pays-de-la-loire-2024.demo-a.0/end"
TYPE = "fr.psc.agreements."
REVISIONS = read("accord-revisions")
# These handlers read the data of an event, whatever its envelope.
NO_ENVELOPE = Envelope(
    id=new_id(),
    source="/eligibility",
    type="fr.psc.eligibility.affiliation.started.v1",
    time=NOW,
    topic="psc.eligibility.agent.v1",
    partitionkey="a",
    sequence=1,
    data={},
)


@pytest.fixture
async def service(service: Service) -> Service:
    await bring_into_force(service)
    service.clock.at = NOW + timedelta(minutes=1)
    return service


def affected(**counts: Any) -> dict[str, Any]:
    """Whom a change concerns: nobody unless said."""
    return {"agreement": LRSY, "agents": 0, "annuities": 0, "loses": 0, "gains": 0, "at_most": False, **counts}


async def covered(
    registry: ComponentDatabase, agent: str, employer: str = CITY, end: str | None = None, *then: tuple[str, str]
) -> None:
    """An agent is covered from the first day of the accord, until he is `then` something else, each from a day on."""
    stretches = [{"start": "2025-01-01", "end": end, "outcome": "AFFILIATED"}]
    stretches += [{"start": start, "end": None, "outcome": outcome} for start, outcome in then]
    if then and end is None:
        stretches = stretches[1:]
    data = {"agent": agent, "employer": employer, "agreement": LRSY, "timeline": stretches}
    async with registry.worker.transaction(Scope.all()) as tx:
        await follow_cover.cover_moved(tx, NO_ENVELOPE, data)


async def confirmed(staff: httpx.AsyncClient, url: str, body: dict[str, Any]) -> dict[str, Any]:
    """A change shown, then made."""
    shown = await staff.post(url, json=body)
    assert (shown.status_code, shown.json().get("applied")) == (200, False), shown.text
    made = await staff.post(url, json={**body, "confirm": shown.json()["confirm"]})
    assert (made.status_code, made.json().get("applied")) == (200, True), made.text
    assert made.json()["effects"] == shown.json()["effects"]
    answer: dict[str, Any] = made.json()
    return answer


def with_rates(rates: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    filled = [{"guaranteed_to": None, "employer_share": "1.0000", "source": "avenant", **rate} for rate in rates]
    return changed({"/guarantees/0/rates": filled, **more})


@pytest.mark.parametrize("case", REVISIONS, ids=lambda case: case["name"])
def test_revisions(case: dict[str, Any]) -> None:
    assert case["source"]
    filled = with_rates(case["rates"])["guarantees"][0]["rates"]
    after = agreement({"/guarantees/0/rates": filled})
    found = revision_findings(agreement(), after, date.fromisoformat(case["from"]))
    assert [finding.code for finding in found] == case["errors"]


def test_an_avenant_is_of_the_same_accord_and_keeps_its_first_day() -> None:
    other = agreement({"/agreement": "other", "/effective/from": "2025-02-01"})
    codes = {finding.code for finding in revision_findings(agreement(), other, date(2026, 1, 1))}
    assert codes == {"another_agreement", "effect_moved"}


def test_a_guarantee_that_an_avenant_adds_has_no_rate_to_keep() -> None:
    """Art. 5.3 speaks of a rate that was applicable until then: an option that is new has none, whatever it costs."""
    before = agreement({"/guarantees/3": None})
    after = agreement({"/guarantees/3/rates/0/rate": "0.9000"})
    assert revision_findings(before, after, date(2026, 1, 1)) == []
    (told,) = revised_rates(before, after)
    assert (told[0], told[1].rate.text(), told[2]) == (Guarantee.RI_FULL_PAY, "0.9000", None)
    frozen = revision_findings(agreement(), after, date(2026, 1, 1))
    assert "changed_before_effect" in {finding.code for finding in frozen}, "one that was there is held to it"


async def test_an_avenant_on_a_rate(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    await covered(registry, "a1")
    await covered(registry, "a2", end="2027-06-30")
    document = with_rates(REVISIONS[0]["rates"])
    body = {"document": document, "from": "2028-01-01", "reason": "échéance de la garantie de taux"}
    made = await confirmed(staff, f"{URL}/revisions", body)
    assert made["affected"] == [affected(agents=1)]
    assert {
        "kind": "TERM_CHANGES",
        "term": "guarantees/BASE/rates/2028-01-01/rate",
        "before": None,
        "after": "0.023575",
    }.items() <= next(e for e in made["effects"] if e["term"].endswith("2028-01-01/rate")).items()
    events = (await published(registry))[1:]
    assert [event["type"] for event in events] == [
        f"{TYPE}agreement.revised.v1",
        f"{TYPE}rate.revised.v1",
        f"{TYPE}agreement.published.v1",
    ]
    assert events[1]["data"]["before"] == "0.0205"
    assert (events[2]["data"]["version"], len(events[2]["data"]["guarantees"][0]["rates"])) == (2, 2)
    rates = {}
    for day in ("2027-12-31", "2028-01-01"):
        terms = (await staff.get(f"{URL}/terms", params={"as_of": day})).json()
        rates[day] = (terms["version"], terms["guarantees"][0]["rate"])
    assert rates == {"2027-12-31": (1, "0.0205"), "2028-01-01": (2, "0.023575")}


async def test_an_avenant_of_the_past_leaves_what_was_known_before_it(
    staff: httpx.AsyncClient, service: Service
) -> None:
    """Art. 8: an avenant may take effect in the past; what was known before it can still be asked for."""
    before = service.clock.at
    service.clock.at = before + timedelta(minutes=1)
    document = changed({"/eligibility/return_days": 45})
    await confirmed(staff, f"{URL}/revisions", {"document": document, "from": "2025-02-01", "reason": "avenant 1"})

    async def version(**query: str) -> int:
        answer = await staff.get(f"{URL}/terms", params=query)
        found: int = answer.json()["version"]
        return found

    assert await version(as_of="2025-01-31") == 1
    assert await version(as_of="2025-02-01") == 2
    assert await version(as_of="2025-02-01", known_at=before.isoformat()) == 1
    history = (await staff.get(f"{URL}/history")).json()
    assert [(e["kind"], e["version"] or e["status"]) for e in history] == [
        ("VERSION", 1),
        ("STEP", "DRAFT"),
        ("STEP", "SIGNED"),
        ("STEP", "PUBLISHED"),
        ("VERSION", 2),
    ]
    last = history[-1]
    assert (last["reason"], last["recorded_by"], last["from"]) == ("avenant 1", "demo-staff", "2025-02-01")
    assert last["changes"] == [{"term": "eligibility/return_days", "before": "30", "after": "45"}]
    assert (await staff.get("/v1/agreements/unknown/history")).status_code == 404


async def test_an_avenant_that_breaks_the_freeze_is_refused(staff: httpx.AsyncClient) -> None:
    body = {"document": with_rates(REVISIONS[4]["rates"]), "from": "2026-01-01", "reason": "x"}
    refused = await staff.post(f"{URL}/revisions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_agreement")
    assert [e["code"] for e in refused.json()["errors"]] == ["rate_frozen"]


async def test_a_stale_preview_is_refused(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    body = {"on": "2026-12-31", "reason": "x"}
    token = (await staff.post(f"{URL}/denunciation", json=body)).json()["confirm"]
    await covered(registry, "late")
    stale = await staff.post(f"{URL}/denunciation", json={**body, "confirm": token})
    assert (stale.status_code, stale.json()["code"]) == (409, "preview_stale")
    again = (await staff.post(f"{URL}/denunciation", json=body)).json()
    assert again["affected"] == [affected(agents=1, loses=1)]
    other_day = {**body, "on": "2026-12-30", "confirm": again["confirm"]}
    assert (await staff.post(f"{URL}/denunciation", json=other_day)).json()["code"] == "preview_stale"
    assert len(await published(registry)) == 1


async def test_a_suspension_and_what_ends_it(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    early = await staff.post(f"{URL}/resumption", json={"on": "2026-06-01", "reason": "x"})
    assert early.json()["code"] == "illegal_step"
    made = await confirmed(staff, f"{URL}/suspension", {"on": "2026-03-01", "reason": "négociation"})
    assert made["statuses"] == {LRSY: "SUSPENDED"}
    again = await staff.post(f"{URL}/publish")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_step"), (
        "it is resumed from a day, with a preview"
    )
    too_early = await staff.post(f"{URL}/resumption", json={"on": "2026-03-01", "reason": "x"})
    assert (too_early.status_code, too_early.json()["code"]) == (422, "outside_force")
    await confirmed(staff, f"{URL}/resumption", {"on": "2026-06-01", "reason": "accord trouvé"})
    forces = [
        (await staff.get(f"{URL}/terms", params={"as_of": day})).json()["force"]
        for day in ("2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01")
    ]
    assert forces == ["IN_FORCE", "SUSPENDED", "SUSPENDED", "IN_FORCE"]
    stretch = {"from": "2026-03-01", "to": "2026-05-31"}
    last = (await published(registry))[-1]["data"]
    assert last["suspensions"] == [stretch]
    told = [event for event in await published(registry) if event["type"] == f"{TYPE}agreement.suspended.v1"]
    assert [event["data"] for event in told] == [
        {"agreement": LRSY, "reason": "négociation", "suspensions": [{**stretch, "to": None}]},
        {"agreement": LRSY, "reason": "accord trouvé", "suspensions": [stretch]},
    ]
    assert {(event["partitionkey"], event["subject"]) for event in told} == {(LRSY, URL)}


async def test_a_resumption_counts_whom_it_gives_cover_back(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    for agent in ("a1", "a2"):
        await covered(registry, agent)
    await covered(registry, "a3", CITY, "2026-01-31", ("2026-02-01", "ENDED"))
    made = await confirmed(staff, f"{URL}/suspension", {"on": "2026-03-01", "reason": "négociation"})
    assert made["affected"] == [affected(agents=2, loses=2)]
    for agent in ("a1", "a2"):
        await covered(registry, agent, CITY, "2026-02-28", ("2026-03-01", "SUSPENDED"))
    made = await confirmed(staff, f"{URL}/resumption", {"on": "2026-06-01", "reason": "accord trouvé"})
    assert made["affected"] == [affected(gains=2, at_most=True)]


async def test_an_avenant_counts_whom_it_brings_in_and_puts_out(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    await covered(registry, "a1")
    await covered(registry, "a2", "99985002700015")
    await covered(registry, "a3", CITY, None, ("2025-01-01", "EXCLUDED"))
    await covered(registry, "a4", CITY, None, ("2025-01-01", "NOT_YET_ELIGIBLE"))
    joins = {"siret": OTHER, "name": "Autre commune", "kind": "COMMUNE", "from": "2026-03-01", "to": None}
    counted = {
        "/eligibility/excluded_kinds": (["APPRENTI"], affected(agents=2, loses=2, gains=1, at_most=True)),
        "/eligibility/seniority_months": (3, affected(agents=2, gains=1, at_most=True)),
        "/employers/0/to": ("2026-12-31", affected(agents=2, loses=1)),
        "/employers/-": (joins, affected(agents=2, gains=None)),
        "/title": ("Accord", affected(agents=2)),
    }
    for place, (said, expected) in counted.items():
        body = {"document": changed({place: said}), "from": "2026-03-01", "reason": "avenant"}
        shown = await staff.post(f"{URL}/revisions", json=body)
        assert shown.status_code == 200, shown.text
        assert shown.json()["affected"] == [expected], place
    commune = {"kind": "COMMUNE", "siret": OTHER, "name": "Autre commune", "headcount": 40}
    assert (await staff.post("/v1/organisations", json=commune)).status_code == 201
    body = {"document": changed({"/employers/-": joins}), "from": "2026-03-01", "reason": "avenant"}
    shown = await staff.post(f"{URL}/revisions", json=body)
    assert shown.json()["affected"] == [affected(agents=2, gains=40)]


async def test_a_denunciation_ends_contracts_and_keeps_what_they_owe(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 8, with a running annuity."""
    data = {"annuity": "r1", "agent": "a9", "employer": CITY, "agreement": LRSY, "from": "2026-01-01"}
    async with registry.worker.transaction(Scope.all()) as tx:
        await follow_cover.annuity_runs(tx, NO_ENVELOPE, {**data, "monthly": "512.30"})
        await follow_cover.annuity_runs(tx, NO_ENVELOPE, {**data, "annuity": "r2", "monthly": "0.00"})
        await follow_cover.annuity_runs(tx, NO_ENVELOPE, {**data, "annuity": "r3", "monthly": "10.00"})
        await follow_cover.annuity_ended(tx, NO_ENVELOPE, {"annuity": "r3"})
    made = await confirmed(staff, f"{URL}/denunciation", {"on": "2026-12-31", "reason": "dénonciation"})
    assert made["affected"] == [affected(annuities=1)]
    ended = (await published(registry))[-2]
    assert (ended["type"], ended["data"]["outcome"]) == (f"{TYPE}agreement.ended.v1", "DENOUNCED")
    assert [kept["what"] for kept in ended["data"]["kept"]] == ["ANNUITIES_REVALUED", "DEATH_COVER_KEPT"]
    whole = (await published(registry))[-1]["data"]
    assert whole["effective"]["to"] == "2026-12-31"
    assert {employer["to"] for employer in whole["employers"]} == {"2026-12-31"}
    for day, expected in (("2026-12-31", "IN_FORCE"), ("2027-01-01", "ENDED")):
        assert (await staff.get(f"{URL}/terms", params={"as_of": day})).json()["force"] == expected
    again = await staff.post(f"{URL}/denunciation", json={"on": "2027-12-31", "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_step")


async def test_an_employer_that_ends_its_contracts_leaves_the_convention(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 8: by right; the last employer takes the accord with it."""
    await covered(registry, "a1")
    await covered(registry, "a2", employer="99985002700015")
    body = {"on": "2026-12-31", "reason": "résiliation"}
    made = await confirmed(staff, f"{URL}/employers/{CITY}/end", body)
    assert [e["kind"] for e in made["effects"]][:2] == ["CONTRACT_ENDS", "ADHESION_ENDS"]
    assert made["affected"] == [affected(agents=1, loses=1)]
    told = (await published(registry))[-2]
    assert (told["type"], told["data"]["employer"]) == (f"{TYPE}adhesion.ended.v1", CITY)
    for siret in ("99985002700015", "99985003500018"):
        await confirmed(staff, f"{URL}/employers/{siret}/end", body)
    twice = await staff.post(f"{URL}/employers/{CITY}/end", json=body)
    assert (twice.status_code, twice.json()["code"]) == (422, "not_a_party")
    last = await confirmed(staff, f"{URL}/employers/99985004300012/end", body)
    assert last["statuses"] == {LRSY: "LAPSED"}
    assert [e["type"] for e in (await published(registry))[-3:]] == [
        f"{TYPE}adhesion.ended.v1",
        f"{TYPE}agreement.ended.v1",
        f"{TYPE}agreement.published.v1",
    ]


async def test_a_convention_that_ends_makes_the_accord_lapse(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 8: résiliation of the convention, hence of the contracts, hence caducity."""
    body = {"on": "2027-12-31", "reason": "résiliation par l'assureur"}
    made = await confirmed(staff, CONVENTION, body)
    kinds = [effect["kind"] for effect in made["effects"]]
    assert (kinds[0], kinds.count("CONTRACT_ENDS"), kinds[-1]) == ("CONVENTION_ENDS", 4, "AGREEMENT_LAPSES")
    assert made["statuses"] == {LRSY: "LAPSED"}
    (convention,) = (await staff.get("/v1/conventions", params={"as_of": "2028-01-01"})).json()
    assert (convention["state"], convention["to"], convention["ended"]) == ("ENDED", "2027-12-31", body["reason"])
    assert (await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))).status_code == 200
    again = await staff.post(CONVENTION, json=body)
    assert (again.status_code, again.json()["code"]) == (422, "outside_force")


async def test_what_cannot_be_changed(staff: httpx.AsyncClient, service: Service) -> None:
    outside = await staff.post(f"{URL}/denunciation", json={"on": "2024-12-31", "reason": "x"})
    assert (outside.status_code, outside.json()["code"]) == (422, "outside_force")
    body = {"on": "2026-12-31", "reason": "x"}
    assert (await staff.post("/v1/conventions/none/end", json=body)).json()["code"] == "convention_not_found"
    assert (await staff.post("/v1/agreements/none/denunciation", json=body)).status_code == 404
    async with service.caller(*WRITE, employers=[CITY], client="city") as city:
        assert (await city.post(f"{URL}/denunciation", json=body)).json()["code"] == "employer_not_yours"
        assert (await city.post(CONVENTION, json=body)).json()["code"] == "staff_only"
        other = await city.post(f"{URL}/employers/99985002700015/end", json=body)
        assert other.json()["code"] == "employer_not_yours"
    async with service.caller(*WRITE, employers=[OTHER], client="other") as stranger:
        assert (await stranger.post(f"{URL}/denunciation", json=body)).status_code == 404


async def test_an_employer_is_bound_by_one_accord_at_a_time(staff: httpx.AsyncClient) -> None:
    """Another accord is doubted when deposited and refused when it would bind the same days; an avenant likewise."""
    successor = changed({"/agreement": "suite", "/employers/0/from": "2027-01-01"})
    successor["employers"] = successor["employers"][:1]
    drafted = await staff.post("/v1/agreements", json=successor)
    assert drafted.status_code == 201, drafted.text
    assert ("employer_bound_twice", "/employers/0") in {(w["code"], w["pointer"]) for w in drafted.json()["warnings"]}
    assert (await staff.post("/v1/agreements/suite/sign")).status_code == 200
    refused = await staff.post("/v1/agreements/suite/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_agreement")
    (error,) = refused.json()["errors"]
    assert (error["code"], error["pointer"]) == ("employer_bound_twice", "/employers/0")
    assert f"L'accord {LRSY} lie déjà cet employeur du 01/01/2027 sans terme" in error["detail"]

    await confirmed(staff, f"{URL}/employers/{CITY}/end", {"on": "2026-12-31", "reason": "départ"})
    assert (await staff.post("/v1/agreements/suite/publish")).status_code == 200
    back = {"from": "2027-01-01", "reason": "retour", "document": raw()}
    again = await staff.post(f"{URL}/revisions", json=back)
    assert (again.status_code, [e["code"] for e in again.json()["errors"]]) == (422, ["employer_bound_twice"])
