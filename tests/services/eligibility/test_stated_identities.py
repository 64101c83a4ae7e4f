"""Two employers of one person: each sees and corrects what it states itself, whoever came first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.services.eligibility.conftest import CITY, SOCIAL_CENTRE, Eligibility, hire_body
from tests.services.eligibility.test_deaths import DIED, outcomes, record, told

OTHER_NIR = "180050000200225"
BOTH_ORDERS = pytest.mark.parametrize(("first", "second"), [(CITY, SOCIAL_CENTRE), (SOCIAL_CENTRE, CITY)])


async def hire(hris: httpx.AsyncClient, employer: str, **changes: Any) -> httpx.Response:
    body = hire_body(employer=employer, **changes)
    return await hris.post("/v1/agents", json=body, headers={"idempotency-key": f"{employer}-{body['matricule']}"})


@BOTH_ORDERS
async def test_who_guesses_a_birth_date_learns_no_name(eligibility: Eligibility, first: str, second: str) -> None:
    """Nor whether the name it made up is right once it stated one: the name it sees is its own."""
    async with eligibility.hris(first) as one, eligibility.hris(second) as two:
        agent = (await hire(one, first, last_name="Secrète", first_name="Réelle")).json()["id"]
        wrong = await hire(two, second, birth_date="1975-03-02")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "identity_mismatch")
        hired = await two.post(
            "/v1/agents",
            json=hire_body(employer=second, last_name="Devinée", first_name="Au Hasard"),
            headers={"idempotency-key": "right"},
        )
        assert (hired.status_code, hired.json()["id"]) == (201, agent)
        assert [w["code"] for w in hired.json()["warnings"]] == ["known_by_another_name"]
        seen = [hired, await two.get(f"/v1/agents/{agent}"), await two.get("/v1/agents")]
        seen += [await two.get("/v1/agents", params={"name": "Secrète"})]
        assert seen[-1].json()["items"] == []
        for answer in seen:
            assert "Secrète" not in answer.text
            assert "Réelle" not in answer.text
        found = (await two.get("/v1/agents", params={"name": "devinee"})).json()["items"]
        assert [(row["id"], row["last_name"], row["first_name"]) for row in found] == [(agent, "Devinée", "Au Hasard")]
        own = (await one.get(f"/v1/agents/{agent}")).json()
        assert (own["last_name"], [i["employer"] for i in own["identities"]]) == ("Secrète", [first])
    async with eligibility.hris(first, second) as centre:
        all_of_it = (await centre.get(f"/v1/agents/{agent}")).json()["identities"]
    assert {(i["employer"], i["last_name"]) for i in all_of_it} == {(first, "Secrète"), (second, "Devinée")}


@BOTH_ORDERS
async def test_a_change_of_identity_is_that_of_the_employer_who_says_it(
    eligibility: Eligibility, first: str, second: str
) -> None:
    """Another NIR and birth date included: a wrong one takes nothing from the other; the CDG corrects both."""
    async with eligibility.hris(first) as one, eligibility.hris(second) as two:
        agent = (await hire(one, first)).json()["id"]
        await hire(two, second)
        path = f"/v1/agents/{agent}"
        before = (await one.get(path)).headers["etag"]
        body = {"last_name": "Faux", "birth_date": "1980-05-05", "nir": OTHER_NIR}
        etag = {"if-match": (await two.get(path)).headers["etag"]}
        changed = await two.patch(path, json=body, headers=etag)
        assert (changed.status_code, changed.json()["last_name"]) == (200, "Faux")
        await eligibility.decide()
        kept = await one.get(path)
        assert (kept.json()["last_name"], kept.json()["birth_date"]) == ("Exemple", "1975-03-01")
        assert kept.headers["etag"] == before
        again = await hire(one, first, matricule="M2")
        assert (again.status_code, again.json()["id"], again.json()["warnings"]) == (201, agent, [])
    assert [event["employer"] for event in await eligibility.events("agent.changed")] == [second]
    async with eligibility.hris(first, second) as centre:
        read = await centre.get(path)
        body = {"last_name": "Exemple", "birth_date": "1975-03-01", "nir": hire_body()["nir"]}
        right = await centre.patch(path, json=body, headers={"if-match": read.headers["etag"]})
        assert {(i["last_name"], i["birth_date"]) for i in right.json()["identities"]} == {("Exemple", "1975-03-01")}
        await eligibility.decide()
        stranger = await hire(centre, second, matricule="M9", nir=OTHER_NIR, birth_date="1980-05-05")
    assert stranger.json()["id"] != agent


@BOTH_ORDERS
async def test_an_etag_says_nothing_of_what_another_employer_wrote(
    eligibility: Eligibility, first: str, second: str
) -> None:
    async with eligibility.hris(first) as one, eligibility.hris(second) as two, eligibility.hris() as everybody:
        agent = (await hire(one, first)).json()["id"]
        path = f"/v1/agents/{agent}"
        tags = [(await one.get(path)).headers["etag"]]
        await hire(two, second)
        all_before = (await everybody.get(path)).headers["etag"]
        await two.post(f"{path}/leaves", json={"kind": "CMO", "start": "2026-02-01", "end": "2026-02-10"})
        shared = {"kind": "CMO", "start": "2026-03-01", "end": "2026-03-03", "employer": second}
        await everybody.post(f"{path}/leaves", json=shared)
        await everybody.post(f"{path}/options", json={"guarantee": "DEATH", "from": "2026-01-01", "employer": second})
        await two.post(f"{path}/invalidities", json={"from": "2026-01-01", "cnracl_rate": "0.5", "pension_net": "1.00"})
        left = await two.post(f"{path}/departures", json={"date": "2026-12-31", "reason": "RETIREMENT"})
        assert left.status_code == 201, left.text
        tags.append((await one.get(path)).headers["etag"])
        assert len(set(tags)) == 1
        assert (await everybody.get(path)).headers["etag"] != all_before
        stale = {"if-match": all_before}
        assert (await everybody.patch(path, json={"last_name": "Neuf"}, headers=stale)).status_code == 412
        mine = {"if-match": tags[0]}
        assert (await one.patch(path, json={"last_name": "Neuf"}, headers=mine)).status_code == 200


@BOTH_ORDERS
async def test_a_death_that_another_employer_announced_is_seen_and_denied(
    eligibility: Eligibility, first: str, second: str
) -> None:
    await eligibility.publish_accord()
    async with eligibility.hris(first) as one, eligibility.hris(second) as two:
        agent = (await hire(one, first)).json()["id"]
        await hire(two, second)
        await eligibility.decide()
        path, before = f"/v1/agents/{agent}", (await one.get(f"/v1/agents/{agent}")).headers["etag"]
        assert (await record(two, agent)).status_code == 201
        await eligibility.decide()
        held = await one.get(path)
        (death,) = held.json()["deaths"]
        assert death.pop("recorded_at")
        other = {"source": "OTHER_EMPLOYER", "recorded_by": None}
        assert death == {"employer": first, "date": DIED, "kind": "DEATH"} | other, "who recorded it would tell whose"
        assert second not in held.text
        assert held.headers["etag"] != before
        assert (await outcomes(one, agent))[-1][2] == "ENDED"
        assert (await one.delete(f"{path}/death/DEATH")).status_code == 204
        await eligibility.decide()
        assert await eligibility.decide() == 0
        assert [(d["source"], d["date"]) for d in (await one.get(path)).json()["deaths"]] == [("DENIED", DIED)]
        assert (await outcomes(one, agent))[-1][2] == "AFFILIATED"
        assert (await outcomes(two, agent))[-1][2] == "ENDED"
        assert await told(eligibility, "death-withdrawn") == [(first, DIED, "DEATH")]
        # Another day is another statement; denied or taken up, the employer's own word counts from then on.
        assert (await two.delete(f"{path}/death/DEATH")).status_code == 204
        assert (await record(two, agent, "2026-02-12")).status_code == 201
        await eligibility.decide()
        assert [(d["source"], d["date"]) for d in (await one.get(path)).json()["deaths"]] == [
            ("OTHER_EMPLOYER", "2026-02-12")
        ]
        assert (await record(one, agent, "2026-02-12", key="taken up")).status_code == 200
        assert (await two.delete(f"{path}/death/DEATH")).status_code == 204
        await eligibility.decide()
        own = (await one.get(path)).json()["deaths"]
        assert [(d["source"], d["recorded_by"]) for d in own] == [("EMPLOYER", "demo-hris")]
        assert (await outcomes(one, agent))[-1] == ("2026-02-13", None, "ENDED")
    async with eligibility.hris(first, second) as centre:
        assert (await centre.delete(f"{path}/death/DEATH")).status_code == 204
        await eligibility.decide()
        assert (await centre.get(path)).json()["deaths"] == []
        for employer in (first, second):
            assert (await outcomes(centre, agent, employer=employer))[-1][2] == "AFFILIATED"
