"""The committee (art. 7) and the notices (art. 6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kit.db.database import Scope, count_statements
from kit.http.pagination import encoded
from kit.period import Period
from services.agreements.domain.committee import attendance
from tests.golden.cases import read
from tests.postgres import ComponentDatabase
from tests.services.agreements.accord import LRSY, changed
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force, published
from tests.services.agreements.test_changes import confirmed, covered
from tests.services.client import Service

URL = f"/v1/agreements/{LRSY}"
CASES = read("accord-committee")
MEETING = {"held_on": "2025-03-01", "attendees": ["Mathieu DURQUETY"], "decisions": ["Bilan du premier trimestre."]}
NOTICE = {"insurer": "demo-a", "issued_on": "2025-02-01", "reference": "notice-2025.pdf", "digest": "a" * 64}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_yearly_meeting(case: dict[str, Any]) -> None:
    end = case.get("to")
    effective = Period(date(2025, 1, 1), None if end is None else date.fromisoformat(end))
    held = [date.fromisoformat(day) for day in case["meetings"]]
    seen = attendance(effective, held, date.fromisoformat(case["day"]))
    assert list(seen.missed) == case["missed"]
    assert (None if seen.due is None else seen.due.isoformat()) == case["due"]
    assert case["source"]


@pytest.fixture
async def service(service: Service) -> Service:
    await bring_into_force(service)
    return service


async def test_who_sits_and_whom_nobody_sits_for(staff: httpx.AsyncClient) -> None:
    member = {"side": "UNION", "party": "Syndicat SUD CT", "name": "Pascale GROSSEMY", "from": "2025-02-01"}
    for _ in range(2):
        assert (await staff.post(f"{URL}/committee/members", json=member)).status_code == 201
    seen = (await staff.get(f"{URL}/committee")).json()
    assert [m["name"] for m in seen["members"]] == ["Pascale GROSSEMY"]
    assert len(seen["unrepresented"]) == 3
    assert "Syndicat SUD CT" not in seen["unrepresented"]
    assert (await staff.get(f"{URL}/committee", params={"as_of": "2025-01-31"})).json()["members"] == []
    backwards = await staff.post(f"{URL}/committee/members", json={**member, "to": "2025-01-01"})
    assert (backwards.status_code, backwards.json()["errors"][0]["code"]) == (422, "reversed_interval")
    stranger = await staff.post(f"{URL}/committee/members", json={**member, "party": "Syndicat absent"})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "not_a_signatory")


async def test_a_union_has_one_seat_and_employers_have_several(staff: httpx.AsyncClient, service: Service) -> None:
    """Art. 7: « représentants de l'employeur », « un représentant de chaque organisation syndicale signataire »."""
    union = {"side": "UNION", "party": "Syndicat SUD CT"}
    employer = {"side": "EMPLOYER", "party": "Ville de La Roche-sur-Yon", "from": "2025-01-01"}
    url = f"{URL}/committee/members"
    await staff.post(url, json={**union, "name": "Pascale GROSSEMY", "from": "2025-02-01"})
    assert (await staff.get(f"{URL}/committee")).json()["employer_side"] is False
    for name in ("Sylvie DURAND", "Une autre"):
        await staff.post(url, json={**employer, "name": name})
    before = service.clock.at
    service.clock.at = before + timedelta(minutes=1)
    await staff.post(url, json={**union, "name": "Qui lui succède", "from": "2025-03-01"})

    async def names(day: str) -> list[str]:
        seen = (await staff.get(f"{URL}/committee", params={"as_of": day})).json()
        return [member["name"] for member in seen["members"]]

    assert await names("2025-02-28") == ["Sylvie DURAND", "Une autre", "Pascale GROSSEMY"]
    assert await names("2025-03-01") == ["Sylvie DURAND", "Une autre", "Qui lui succède"]
    left = {"side": "EMPLOYER", "party": "Ville de La Roche-sur-Yon", "name": "Une autre", "on": "2025-03-05"}
    assert (await staff.post(f"{url}/leaving", json=left)).status_code == 200
    assert await names("2025-03-05") == ["Sylvie DURAND", "Une autre", "Qui lui succède"]
    assert await names("2025-03-06") == ["Sylvie DURAND", "Qui lui succède"]


async def test_two_seats_of_one_union_are_refused_by_the_database(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    member = {"side": "UNION", "party": "Syndicat SUD CT", "name": "Pascale GROSSEMY", "from": "2025-02-01"}
    await staff.post(f"{URL}/committee/members", json=member)
    with pytest.raises(IntegrityError, match="ex_committee_seat_valid_recorded"):
        async with registry.worker.transaction(Scope.all()) as tx:
            await tx.execute(
                text(
                    "INSERT INTO committee_seat SELECT gen_random_uuid(), id, valid, recorded, level, subject, side, "
                    "party, 'Une autre', recorded_by FROM committee_seat"
                )
            )


async def test_the_record_of_a_meeting_is_sent_to_the_signatories(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 7: « un relevé de décision … sera élaboré puis transmis à l'ensemble des signataires »."""
    await staff.post(f"{URL}/committee/meetings", json=MEETING)
    assert (await staff.get(f"{URL}/committee")).json()["unsent"] == ["2025-03-01"]
    sending = f"{URL}/committee/meetings/2025-03-01/sending"
    early = await staff.post(sending, json={"on": "2025-02-28"})
    assert (early.status_code, early.json()["code"]) == (422, "outside_force")
    for _ in range(2):
        assert (await staff.post(sending, json={"on": "2025-03-05"})).json()["sent_on"] == "2025-03-05"
    other = await staff.post(sending, json={"on": "2025-03-06"})
    assert (other.status_code, other.json()["code"]) == (409, "already_registered")
    none = await staff.post(f"{URL}/committee/meetings/2025-02-01/sending", json={"on": "2025-03-05"})
    assert (none.status_code, none.json()["code"]) == (404, "meeting_not_found")
    assert (await staff.get(f"{URL}/committee")).json()["unsent"] == []
    told = [e["data"]["sent_on"] for e in await published(registry) if "committee-decision" in e["type"]]
    assert told == [None, "2025-03-05"]


async def test_the_committee_of_the_scheme(
    staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase
) -> None:
    """Dossier de presse: a comité paritaire de pilotage et de suivi, five centres and seven organisations."""
    url = "/v1/schemes/pays-de-la-loire-2024/committee"
    for side, party, name in (("EMPLOYER", "cdg44", "Une présidence"), ("UNION", "UNSA", "Une secrétaire")):
        body = {"side": side, "party": party, "name": name, "from": "2024-07-09"}
        assert (await staff.post(f"{url}/members", json=body)).status_code == 201
    seen = (await staff.get(url)).json()
    assert ([m["party"] for m in seen["members"]], len(seen["unrepresented"])) == (["cdg44", "UNSA"], 10)
    meeting = {**MEETING, "held_on": "2025-02-03"}
    assert [(await staff.post(f"{url}/meetings", json=meeting)).status_code for _ in range(2)] == [201, 200]
    await staff.post(f"{url}/meetings/2025-02-03/sending", json={"on": "2025-02-10"})
    assert (await staff.get(url)).json()["meetings"][0]["sent_on"] == "2025-02-10"
    told = [e for e in await published(registry) if e["type"].endswith("scheme-decision.recorded.v1")]
    assert [(e["partitionkey"], e["data"]["sent_on"]) for e in told] == [
        ("pays-de-la-loire-2024", None),
        ("pays-de-la-loire-2024", "2025-02-10"),
    ]
    gone = {"side": "UNION", "party": "UNSA", "name": "Une secrétaire", "on": "2025-01-31"}
    await staff.post(f"{url}/members/leaving", json=gone)
    assert [m["party"] for m in (await staff.get(url)).json()["members"]] == ["cdg44"]
    foreign = await staff.post(f"{url}/members", json={**gone, "party": "CGT", "from": "2025-01-01", "on": None})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "not_a_signatory")
    assert (await staff.get("/v1/schemes/unknown/committee")).json()["code"] == "scheme_not_found"
    async with service.caller(*WRITE, employers=[CITY], client="city") as city:
        assert (await city.post(f"{url}/meetings", json=meeting)).json()["code"] == "staff_only"
        assert len((await city.get(url)).json()["meetings"]) == 1


async def test_a_meeting_is_recorded_once(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    answers = [(await staff.post(f"{URL}/committee/meetings", json=MEETING)).status_code for _ in range(2)]
    assert answers == [201, 200]
    other = await staff.post(f"{URL}/committee/meetings", json={**MEETING, "decisions": ["Autre."]})
    assert (other.status_code, other.json()["code"]) == (409, "already_registered")
    events = [e for e in await published(registry) if e["type"].endswith("committee-decision.recorded.v1")]
    assert [e["data"]["held_on"] for e in events] == ["2025-03-01"]
    for day in ("2025-03-11", "2024-12-31"):
        refused = await staff.post(f"{URL}/committee/meetings", json={**MEETING, "held_on": day})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/held_on")


async def test_who_is_late(staff: httpx.AsyncClient) -> None:
    late = "/v1/agreements/late-committees"
    assert (await staff.get(late, params={"as_of": "2025-12-31"})).json() == []
    assert (await staff.get(late, params={"as_of": "2026-01-01"})).json() == [{"agreement": LRSY, "missed": [2025]}]
    bound = (await staff.get(URL)).json()["document"]["employers"][0]["siret"]
    for siret, many in ((bound, 1), ("99985077900003", 0)):
        found = await staff.get(late, params={"as_of": "2026-01-01", "employer": siret})
        assert found.status_code == 200
        assert len(found.json()) == many
    await staff.post(f"{URL}/committee/meetings", json=MEETING)
    assert (await staff.get(late, params={"as_of": "2026-01-01"})).json() == []
    assert (await staff.get("/v1/agreements/unknown/committee")).status_code == 404


async def test_who_is_late_is_read_of_all_accords_together(service: Service, staff: httpx.AsyncClient) -> None:
    late = "/v1/agreements/late-committees?as_of=2026-01-01"
    async with count_statements(service.app.state.db) as alone:
        assert len((await staff.get(late)).json()) == 1
    for key in ("a", "b", "c"):
        assert (await staff.post("/v1/agreements", json=changed({"/agreement": key}))).status_code == 201
    async with count_statements(service.app.state.db) as beside_others:
        assert len((await staff.get(late)).json()) == 1
    assert beside_others.total == alone.total > 0


async def test_a_notice_is_due_for_whoever_is_covered(staff: httpx.AsyncClient, registry: ComponentDatabase) -> None:
    """Art. 6: to each beneficiary and to every new one."""
    await covered(registry, "a1")
    await covered(registry, "gone", end="2025-01-31")
    assert (await staff.post(f"{URL}/notices", json=NOTICE)).status_code == 201
    assert (await staff.post(f"{URL}/notices", json=NOTICE)).status_code == 200
    issued = [event for event in await published(registry) if "notice.issued" in event["type"]]
    assert [(event["partitionkey"], event["data"]) for event in issued] == [
        (LRSY, {"agreement": LRSY, "version": 1, "insurer": "demo-a", "issued_on": "2025-02-01"})
    ], "the second deposit is no other version"
    await covered(registry, "a2")
    await covered(registry, "a2")
    items = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert [(i["agent"], i["version"], i["due_since"]) for i in items] == [
        ("a1", 1, "2025-02-01"),
        ("a2", 1, "2025-02-01"),
    ]
    first = (await staff.get(f"{URL}/notices/waiting", params={"limit": 1})).json()
    second = (await staff.get(f"{URL}/notices/waiting", params={"limit": 1, "cursor": first["next"]})).json()
    assert [i["agent"] for i in first["items"] + second["items"]] == ["a1", "a2"]


@pytest.mark.parametrize("key", [("a",), (1,), ("a", "b", "c"), ("a", "b", 1, 2)])
async def test_a_cursor_of_another_list_is_refused(staff: httpx.AsyncClient, key: tuple[str | int, ...]) -> None:
    for kind in ("waiting", "deliveries"):
        answer = await staff.get(f"{URL}/notices/{kind}", params={"cursor": encoded(key)})
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor")


async def test_a_handed_over_notice_has_a_proof_and_is_due_again_when_it_changes(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 6: « il en sera de même à chaque modification ultérieure »."""
    await covered(registry, "a1")
    await staff.post(f"{URL}/notices", json=NOTICE)
    body = {"agent": "a1", "employer": CITY, "on": "2025-02-10", "channel": "HAND", "proof": "émargement 12"}
    deliveries = f"{URL}/notices/1/deliveries"
    assert (await staff.post(deliveries, json=body)).status_code == 201
    assert (await staff.post(deliveries, json=body)).status_code == 200, "the same again changes nothing"
    again = await staff.post(deliveries, json={**body, "proof": "émargement 13"})
    assert (again.status_code, again.json()["code"]) == (409, "nobody_waits")
    ahead = await staff.post(deliveries, json={**body, "on": "2025-03-11"})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "not_handed_yet")
    assert (await staff.get(f"{URL}/notices/waiting")).json()["items"] == []
    assert [e["type"].split(".")[-3:-1] for e in (await published(registry))[-2:]] == [
        ["notice", "issued"],
        ["notice", "delivered"],
    ]
    await staff.post(f"{URL}/notices", json={**NOTICE, "digest": "b" * 64, "issued_on": "2025-03-01"})
    (item,) = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert (item["version"], item["due_since"]) == (2, "2025-03-01")


async def test_the_committee_is_written_of_by_who_stands_for_every_employer(
    staff: httpx.AsyncClient, service: Service
) -> None:
    await staff.post(f"{URL}/committee/meetings", json=MEETING)
    member = {"side": "EMPLOYER", "party": CITY, "name": "Une élue"}
    async with service.caller(*WRITE, employers=[CITY], client="city") as city:
        for path, body in (
            ("members", {**member, "from": "2025-01-01"}),
            ("members/leaving", {**member, "on": "2025-01-31"}),
            ("meetings", {**MEETING, "held_on": "2025-03-02"}),
            (f"meetings/{MEETING['held_on']}/sending", {"on": "2025-03-05"}),
        ):
            answer = await city.post(f"{URL}/committee/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "employer_not_yours"), path
        seen = (await city.get(f"{URL}/committee")).json()
    assert [(m["held_on"], m["sent_on"]) for m in seen["meetings"]] == [(MEETING["held_on"], None)]


async def test_what_no_notice_can_be(staff: httpx.AsyncClient, service: Service, registry: ComponentDatabase) -> None:
    foreign = await staff.post(f"{URL}/notices", json={**NOTICE, "insurer": "demo-b"})
    assert (foreign.status_code, foreign.json()["code"]) == (422, "not_an_insurer")
    await covered(registry, "a1")
    await staff.post(f"{URL}/notices", json=NOTICE)
    async with service.caller(*WRITE, employers=[CITY], client="city") as city:
        assert (await city.post(f"{URL}/notices", json=NOTICE)).json()["code"] == "employer_not_yours"
        assert len((await city.get(f"{URL}/notices/waiting")).json()["items"]) == 1
    async with service.caller(*WRITE, employers=["99985002700015"], client="agglo") as agglomeration:
        assert (await agglomeration.get(f"{URL}/notices/waiting")).json()["items"] == []
    async with service.caller(*WRITE, employers=[OTHER], client="other") as stranger:
        assert (await stranger.get(f"{URL}/notices/waiting")).status_code == 404


async def test_a_change_of_the_accord_makes_the_next_notice_due_before_it_is_there(
    staff: httpx.AsyncClient, registry: ComponentDatabase
) -> None:
    """Art. 6: to each beneficiary, and at each later change; two changes wait for one notice."""
    await covered(registry, "a1")
    seen = (await staff.get(f"{URL}/notices")).json()
    assert (seen["versions"], seen["expected"], seen["expected_since"]) == ([], 1, "2025-03-10")
    (item,) = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert (item["agent"], item["version"], item["issued"]) == ("a1", 1, False)
    body = {"agent": "a1", "employer": CITY, "on": "2025-03-10", "channel": "HAND", "proof": "émargement 1"}
    early = await staff.post(f"{URL}/notices/1/deliveries", json=body)
    assert (early.status_code, early.json()["code"]) == (409, "notice_not_issued")
    await staff.post(f"{URL}/notices", json=NOTICE)
    assert (await staff.post(f"{URL}/notices/1/deliveries", json=body)).status_code == 201
    for days, since in ((45, "2025-06-01"), (60, "2025-09-01")):
        change = {"document": changed({"/eligibility/return_days": days}), "from": since, "reason": "avenant"}
        await confirmed(staff, f"{URL}/revisions", change)
    (item,) = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert (item["version"], item["due_since"], item["issued"]) == (2, "2025-06-01", False)
    assert (await staff.get(f"{URL}/notices")).json()["expected"] == 2
    await staff.post(f"{URL}/notices", json={**NOTICE, "digest": "b" * 64, "issued_on": "2025-07-01"})
    (item,) = (await staff.get(f"{URL}/notices/waiting")).json()["items"]
    assert (item["version"], item["due_since"], item["issued"]) == (2, "2025-06-01", True)
    assert (await staff.get(f"{URL}/notices")).json()["expected"] is None
