"""Deaths and IAD over HTTP, on a real database: cover ends, every employer learns of it, mistakes are withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from kit.period import Period
from rules.vocabulary import AffiliationOutcome as Outcome
from services.eligibility.domain.affiliation import Stretch
from services.eligibility.domain.death import ended_by
from tests.services.eligibility.conftest import CITY, SOCIAL_CENTRE, Eligibility, hire_body

DIED = "2026-02-10"


async def hired(hris: httpx.AsyncClient, **changes: Any) -> str:
    body = hire_body(**changes)
    answer = await hris.post("/v1/agents", json=body, headers={"idempotency-key": f"hire-{body['employer']}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def record(
    hris: httpx.AsyncClient, agent: str, day: str = DIED, kind: str = "DEATH", key: str | None = None
) -> httpx.Response:
    headers = {"idempotency-key": key or f"{kind}-{day}"}
    return await hris.post(f"/v1/agents/{agent}/death", json={"date": day, "kind": kind}, headers=headers)


async def outcomes(hris: httpx.AsyncClient, agent: str, **asked: str) -> list[tuple[str, str | None, str]]:
    periods = (await hris.get(f"/v1/agents/{agent}/affiliation", params=asked)).json()["periods"]
    return [(period["start"], period["end"], period["outcome"]) for period in periods]


async def told(eligibility: Eligibility, kind: str) -> list[tuple[str, str, str]]:
    events = await eligibility.events(kind)
    return [(event["data"]["employer"], event["data"]["date"], event["data"]["kind"]) for event in events]


async def test_cover_ends_the_day_after_a_death(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await eligibility.decide()
        answer = await record(hris, agent)
        assert (answer.status_code, answer.json()) == (201, {"date": DIED, "kind": "DEATH", "warnings": []})
        await eligibility.decide()
        cover = [("2025-02-01", DIED, "AFFILIATED"), ("2026-02-11", None, "ENDED")]
        assert await outcomes(hris, agent) == cover
        trace = (await hris.get(f"/v1/agents/{agent}/affiliation")).json()["trace"]
    assert (trace["rule"], trace["inputs"]) == ("eligibility.death", {"died_on": DIED})
    assert await told(eligibility, "agent.deceased") == [(CITY, DIED, "DEATH")]
    (ended,) = await eligibility.events("affiliation.ended")
    assert ended["data"]["from"] == "2026-02-11"
    assert ended["data"]["reasons"][0]["rule"] == "eligibility.death"


async def test_an_iad_leaves_cover_as_it_is_and_a_death_may_follow(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        assert (await record(hris, agent, "2025-11-03", "IAD")).status_code == 201
        await eligibility.decide()
        assert await outcomes(hris, agent) == [("2025-02-01", None, "AFFILIATED")]
        assert (await record(hris, agent)).status_code == 201
        await eligibility.decide()
    assert await told(eligibility, "agent.deceased") == [(CITY, "2025-11-03", "IAD"), (CITY, DIED, "DEATH")]


async def test_a_death_before_the_accord_is_known_ends_cover_all_the_same(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await record(hris, agent)
        await eligibility.decide()
        await eligibility.publish_accord()
        await eligibility.decide()
        assert [row[1:] for row in await outcomes(hris, agent)] == [(DIED, "AFFILIATED"), (None, "ENDED")]


async def test_the_same_death_again_changes_nothing(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        first = await record(hris, agent)
        again = await record(hris, agent)
        anew = await record(hris, agent, key="another-key")
    assert [answer.status_code for answer in (first, again, anew)] == [201, 201, 200]
    assert again.headers["idempotency-replayed"] == "true"
    assert len(await eligibility.events("agent.deceased")) == 1


async def test_one_employer_announces_and_the_other_learns_of_it(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as city, eligibility.hris(SOCIAL_CENTRE) as centre:
        agent = await hired(city)
        assert await hired(centre, employer=SOCIAL_CENTRE, matricule="M2") == agent
        await eligibility.decide()
        await record(city, agent)
        assert await told(eligibility, "agent.deceased") == [(CITY, DIED, "DEATH")]
        await eligibility.decide()
        assert await told(eligibility, "agent.deceased") == [(CITY, DIED, "DEATH"), (SOCIAL_CENTRE, DIED, "DEATH")]
        for hris in (city, centre):
            assert (await outcomes(hris, agent))[-1] == ("2026-02-11", None, "ENDED")
        assert (await record(centre, agent, "2026-02-12")).status_code == 409
        assert (await city.delete(f"/v1/agents/{agent}/death/DEATH")).status_code == 204
        await eligibility.decide()
        assert await eligibility.decide() == 0
        for hris in (city, centre):
            assert await outcomes(hris, agent) == [("2025-02-01", None, "AFFILIATED")]
    assert {row[0] for row in await told(eligibility, "death-withdrawn")} == {CITY, SOCIAL_CENTRE}


async def test_another_day_is_sent_after_the_first_is_withdrawn(eligibility: Eligibility) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await record(hris, agent)
        other = await record(hris, agent, "2026-02-12")
        assert (other.status_code, other.json()["code"]) == (409, "death_known_otherwise")
        assert (await hris.delete(f"/v1/agents/{agent}/death/DEATH")).status_code == 204
        assert (await record(hris, agent, "2026-02-12", key="again")).status_code == 201
        await eligibility.decide()
        assert (await outcomes(hris, agent))[-1] == ("2026-02-13", None, "ENDED")
        assert (await hris.delete(f"/v1/agents/{agent}/death/IAD")).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"date": "1975-02-28", "kind": "DEATH"}, "death_before_birth"),
        ({"date": "2025-01-31", "kind": "DEATH"}, "death_before_hire"),
        ({"date": "2026-03-11", "kind": "DEATH"}, "death_in_future"),
        ({"date": "2026-02-30", "kind": "DEATH"}, "validation"),
        ({"date": DIED, "kind": "ACCIDENT"}, "validation"),
        ({"date": DIED}, "validation"),
        ({"kind": "IAD"}, "validation"),
        ({"date": DIED, "kind": "DEATH", "cause": "secret"}, "validation"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_pointer(
    eligibility: Eligibility, body: dict[str, Any], code: str
) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        answer = await hris.post(f"/v1/agents/{agent}/death", json=body, headers={"idempotency-key": "d"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"]
    assert "secret" not in answer.text
    assert await eligibility.events("deceased") == []


async def test_an_iad_does_not_follow_a_death(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await record(hris, agent)
        answer = await record(hris, agent, "2026-02-11", "IAD")
    assert (answer.status_code, answer.json()["code"]) == (422, "death_before_iad")


async def test_a_key_is_required_and_a_stranger_finds_nobody(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris, eligibility.hris(SOCIAL_CENTRE) as stranger:
        agent = await hired(hris)
        answer = await hris.post(f"/v1/agents/{agent}/death", json={"date": DIED, "kind": "DEATH"})
        assert answer.status_code == 400
        assert (await record(stranger, agent)).status_code == 404


def stretch(start: str, end: str | None, outcome: Outcome) -> Stretch:
    return Stretch(Period(date.fromisoformat(start), (end and date.fromisoformat(end)) or None), outcome, ())


def test_a_timeline_is_cut_on_the_day_of_the_death() -> None:
    known = (
        stretch("2025-02-01", "2025-06-30", Outcome.AFFILIATED),
        stretch("2025-07-01", "2025-08-31", Outcome.ENDED),
        stretch("2025-09-01", None, Outcome.AFFILIATED),
    )

    def cut(day: str) -> list[tuple[str, str | None, str]]:
        found = ended_by(known, date.fromisoformat(day))
        ends = [None if one.period.end is None else one.period.end.isoformat() for one in found]
        return [(one.period.start.isoformat(), end, one.outcome.name) for one, end in zip(found, ends, strict=True)]

    assert cut("2025-01-01") == [("2025-02-01", None, "ENDED")]
    assert cut("2025-06-30") == [("2025-02-01", "2025-06-30", "AFFILIATED"), ("2025-07-01", None, "ENDED")]
    assert cut("2025-08-15") == [("2025-02-01", "2025-06-30", "AFFILIATED"), ("2025-07-01", None, "ENDED")]
    assert cut("2025-09-01")[1:] == [
        ("2025-07-01", "2025-08-31", "ENDED"),
        ("2025-09-01", "2025-09-01", "AFFILIATED"),
        ("2025-09-02", None, "ENDED"),
    ]
