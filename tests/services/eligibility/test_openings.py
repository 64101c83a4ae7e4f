"""An employer joins: what came before is recorded once, told as leaves and options, and said to be an opening."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.crypto import KeyRing
from kit.db import data_subjects
from kit.db.database import Scope
from tests.services.eligibility.conftest import CITY, OTHER, RING, Eligibility, hire_body
from tests.services.eligibility.importing import CSV, imported, refused
from tests.services.eligibility.test_import_agents import lines
from tests.services.eligibility.test_replays import count

JOINS = "2026-01-01"
ORDINARY = {"kind": "CMO", "waiting_days": 1, "entries": [{"start": "2025-03-03", "end": "2025-03-16"}]}
LONG = [
    {"kind": "CLD", "cause": "A", "entries": [{"start": "2003-01-01", "end": "2004-12-31"}]},
    {"kind": "CLD", "cause": "B", "entries": [{"start": "2012-01-01", "end": "2012-12-31"}]},
    {"kind": "CLD", "cause": "A", "entries": [{"start": "2015-01-01", "end": "2015-06-30"}]},
]
RUNNING = {"kind": "CLM", "entries": [{"start": "2025-11-01", "end": "2025-12-31"}, {"start": "2026-01-01"}]}


def balance(**changes: Any) -> dict[str, Any]:
    options = [{"guarantee": "DEATH", "from": JOINS}]
    return {"as_of": JOINS, "leaves": [ORDINARY, *LONG, RUNNING], "options": options, **changes}


async def hired(hris: httpx.AsyncClient, **changes: Any) -> str:
    employment = {"start": "2010-02-01", "service_start": "2000-09-01"}
    answer = await hris.post(
        "/v1/agents", json=hire_body(employment=employment, **changes), headers={"idempotency-key": "k"}
    )
    return str(answer.json()["id"])


async def enter(hris: httpx.AsyncClient, agent: str, **changes: Any) -> httpx.Response:
    return await hris.post(f"/v1/agents/{agent}/opening-balance", json=balance(**changes))


async def test_what_came_before_is_in_the_file_and_told(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        answer = await enter(hris, agent)
        read = await hris.get(f"/v1/agents/{agent}")
    file = read.json()
    assert (answer.status_code, answer.json()) == (201, {"agent": agent, "employer": CITY, "as_of": JOINS})
    assert answer.headers["etag"] == read.headers["etag"]
    assert sorted(leave["kind"] for leave in file["leaves"]) == ["CLD", "CLD", "CLD", "CLM", "CMO"]
    assert [option["guarantee"] for option in file["options"]] == ["DEATH"]
    told = [event["data"] for event in await eligibility.events("sick-leave.started")]
    assert [leave["kind"] for leave in told] == ["CMO", "CLD", "CLD", "CLD", "CLM"]
    assert all(entry["opening"] for leave in told for entry in leave["entries"])
    assert [entry["end"] for entry in told[-1]["entries"]] == ["2025-12-31", None]
    assert len(await eligibility.events("option.elected")) == 1


async def test_causes_are_kept_apart_sealed_and_told_to_nobody(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await enter(hris, agent)
        seen = (await hris.get(f"/v1/agents/{agent}")).text + json.dumps(await eligibility.events())
    assert "cause" not in seen
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        rows = (await tx.execute(text("SELECT leave, agent, cause_key FROM leave_cause ORDER BY leave"))).all()
        own = await data_subjects.key(tx, rows[0].agent, KeyRing.parse(RING))
    first, second, third = (own.decrypt(row.cause_key, f"leave_cause:{row.leave}") for row in rows)
    assert first == third != second
    assert "A" not in {first, second}
    async with eligibility.database.api.transaction(Scope.all()) as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.execute(text("SELECT cause_key FROM leave_cause"))


async def test_sent_again_nothing_changes_and_other_content_is_refused(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        first, again = await enter(hris, agent), await enter(hris, agent)
        other = await enter(hris, agent, leaves=[ORDINARY])
    assert (first.status_code, again.status_code, again.headers["etag"]) == (201, 200, first.headers["etag"])
    assert (other.status_code, other.json()["code"]) == (409, "opening_taken")
    assert await count(eligibility, "leave_entry") == 6
    assert len(await eligibility.events("sick-leave")) == 5


async def test_a_running_leave_is_renewed_and_ended_as_any_other(eligibility: Eligibility) -> None:
    ending = {"kind": "CMO", "entries": [{"start": "2025-12-01", "end": "2026-01-31"}]}
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        await enter(hris, agent, leaves=[ending])
        leave = (await hris.get(f"/v1/agents/{agent}")).json()["leaves"][0]["id"]
        renewal = {"start": "2026-02-01", "end": "2026-02-28"}
        renewed = await hris.post(f"/v1/agents/{agent}/leaves/{leave}/extensions", json=renewal)
        again = {"kind": "CMO", "start": "2025-12-01", "end": "2026-01-31"}
        sent_again = await hris.post(f"/v1/agents/{agent}/leaves", json=again)
    assert (renewed.status_code, sent_again.status_code) == (201, 200)
    told = (await eligibility.events("sick-leave.extended"))[0]["data"]
    assert [entry["opening"] for entry in told["entries"]] == [True, False]


async def test_who_is_on_leave_when_the_accord_takes_effect_joins_later(eligibility: Eligibility) -> None:
    """Accord art. 2.1: the leave told by the opening defers cover as if it had been told when it began."""
    leave = {"kind": "CMO", "entries": [{"start": "2024-12-01", "end": "2025-02-19"}]}
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        answer = await enter(hris, agent, as_of="2025-01-01", leaves=[leave], options=[])
        assert answer.status_code == 201
        await eligibility.decide()
        cover = (await hris.get(f"/v1/agents/{agent}/affiliation")).json()
    outcomes = [(p["start"], p["outcome"]) for p in cover["periods"]]
    assert outcomes == [("2025-01-01", "DEFERRED"), ("2025-03-22", "AFFILIATED")]


async def test_a_dispense_asked_before_is_taken_over(eligibility: Eligibility) -> None:
    """Accord art. 3: asked in time and proven, it keeps a CDD out until the month after its proof lapses."""
    dispense = {"requested_on": "2025-01-10", "individual_cover": True, "proofs": ["2025-01-10", "2025-12-01"]}
    cdd = {"kind": "CONTRACTUEL_PUBLIC", "contract": "CDD", "start": "2024-06-01", "end": "2027-05-31"}
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        employment = {**cdd, "category": None, "titular": None, "service_start": None}
        body = hire_body(employment=employment)
        agent = (await hris.post("/v1/agents", json=body, headers={"idempotency-key": "k"})).json()["id"]
        answer = await enter(hris, agent, leaves=[], options=[], dispense=dispense)
        assert answer.status_code == 201, answer.text
        await eligibility.decide()
        cover = (await hris.get(f"/v1/agents/{agent}/affiliation")).json()
        later = {**dispense, "requested_on": "2027-01-01"}
        refusal = await enter(hris, agent, leaves=[], options=[], dispense={**later, "employer": CITY})
    assert [(p["start"], p["outcome"]) for p in cover["periods"]][:2] == [
        ("2025-01-01", "DISPENSED"),
        ("2026-12-01", "AFFILIATED"),
    ]
    assert refusal.json()["errors"][0]["pointer"] == "/dispense/employer"


def leave(kind: str, start: str, end: str | None, **more: str) -> dict[str, Any]:
    return {"kind": kind, "entries": [{"start": start, "end": end}], **more}


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"as_of": "2009-01-01"}, "not_employed", "/as_of"),
        ({"leaves": [leave("CMO", JOINS, None)]}, "opening_not_before", "/leaves/0/entries/0/start"),
        ({"leaves": [leave("CMO", "2024-12-01", "2024-12-31")]}, "opening_too_old", "/leaves/0/entries/0/end"),
        ({"leaves": [leave("CITIS", "2025-12-01", "2025-12-31")]}, "opening_too_old", "/leaves/0/entries/0/end"),
        ({"leaves": [leave("CLM", "2003-12-01", None)]}, "not_employed", "/leaves/0/entries/0/start"),
        ({"leaves": [ORDINARY, leave("CMO", "2025-03-16", None)]}, "position_overlap", "/leaves/1/entries/0/start"),
        ({"leaves": [leave("CLD", "2015-12-01", None)]}, "cause_of_cld", "/leaves/0/cause"),
        ({"leaves": [leave("CMO", "2025-12-01", None, cause="A")]}, "cause_of_cld", "/leaves/0/cause"),
        ({"leaves": [leave("CLD", "2015-12-01", None, cause=hire_body()["nir"])]}, "nir_as_code", "/leaves/0/cause"),
        ({"options": [{"guarantee": "DEATH", "from": JOINS}] * 2}, None, None),
        ({"options": [{"guarantee": "DEATH", "from": JOINS}] * 4}, "too_long", "/options"),
        ({"leaves": [{"kind": "CMO", "entries": []}]}, "too_short", "/leaves/0/entries"),
        ({"dispense": {"requested_on": "2027-01-01", "individual_cover": True}}, "in_future", "/dispense/requested_on"),
    ],
)
async def test_a_balance_is_entered_whole_or_not_at_all(
    eligibility: Eligibility, changes: dict[str, Any], code: str | None, pointer: str | None
) -> None:
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        answer = await enter(hris, agent, **changes)
    if code is None:
        assert answer.status_code == 201
        return
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert await eligibility.names() == ["agent.hired"]
    assert await count(eligibility, "opening_balance") == 0


async def test_balances_from_a_file(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        await hired(hris)
        line = {"employer": CITY, "matricule": "M1", **balance()}
        unknown, foreign = {**line, "matricule": "M2"}, {**line, "employer": OTHER}
        content = lines([{**line, "as_of": "2009-01-01"}, line, unknown, foreign, line, {**line, "options": []}])
        job = await imported(eligibility, hris, "opening-balances", content)
        rejects = await refused(hris, job)
    assert (job["accepted"], job["rejected"]) == (2, 4)
    assert rejects == [
        ["1", "as_of", "not_employed"],
        ["3", "matricule", "agent_not_found"],
        ["4", "employer", "employer_not_yours"],
        ["6", "", "opening_taken"],
    ]
    assert await count(eligibility, "leave_entry") == 6


async def test_leaves_from_a_file(eligibility: Eligibility) -> None:
    stop = {"employer": CITY, "matricule": "M1", **leave("CMO", "2026-02-01", "2026-02-28")}
    stop["entries"].append({"start": "2026-03-01", "end": "2026-03-15"})
    later = {**stop, **leave("CMO", "2026-05-01", None)}
    content = lines(
        [
            stop,
            {**stop, "matricule": "M2"},
            {**stop, **leave("CMO", "2026-03-15", "2026-03-20")},
            {**stop, **leave("CMO", "2009-03-15", "2009-03-20")},
            {**stop, "entries": [stop["entries"][0], {"start": "2026-03-02"}]},
            later,
            stop,
        ]
    )
    async with eligibility.hris(CITY) as hris:
        await hired(hris)
        job = await imported(eligibility, hris, "leaves", content)
        again = await imported(eligibility, hris, "leaves", lines([stop, later]))
        rejects = await refused(hris, job)
    assert (job["accepted"], job["rejected"], again["accepted"]) == (3, 4, 2)
    assert [(line, code) for line, _, code in rejects] == [
        ("2", "agent_not_found"),
        ("3", "position_overlap"),
        ("4", "not_employed"),
        ("5", "renewal_gap"),
    ]
    told = [event["data"] for event in await eligibility.events("sick-leave")]
    assert [len(one["entries"]) for one in told] == [2, 1]
    assert not any(entry["opening"] for one in told for entry in one["entries"])


async def test_a_csv_says_the_same_as_json_lines(eligibility: Eligibility) -> None:
    """Sent after it, it changes nothing; what a cell does not say as it must is refused with its field."""
    dispense = {"requested_on": "2026-01-02", "individual_cover": True, "proofs": ["2026-01-02", "2026-01-03"]}
    stops = [{"start": "2025-03-03", "end": "2025-03-16"}, {"start": "2025-03-17", "end": "2025-03-20"}]
    renewed = {**ORDINARY, "entries": stops}
    line = {"employer": CITY, "matricule": "M1", **balance(dispense=dispense, leaves=[renewed, *LONG])}
    cells = [
        "CMO:2025-03-03:2025-03-16:waiting_days=1+2025-03-17:2025-03-20",
        "CLD:2003-01-01:2004-12-31:cause=A",
        "CLD:2012-01-01:2012-12-31:cause=B",
        "CLD:2015-01-01:2015-06-30:cause=A",
    ]
    columns = "employer;matricule;as_of;leaves;options;requested_on;individual_cover;proofs"
    said = f"DEATH:{JOINS};2026-01-02;oui;2026-01-02|2026-01-03"
    opening = [columns, f"{CITY};M1;{JOINS};{'|'.join(cells)};{said}", f"{CITY};M1;{JOINS};CMO;DEATH;;;"]
    away = [
        "matricule;employer;kind;waiting_days;entries",
        f"M1;{CITY};TPT;;2026-06-01:2026-06-30:quotity=0.50|2026-07-01::quotity=0.60",
        f"M1;{CITY};CMO;1;2026-04-01:2026-04-02:sent_on=2026-04-04",
        f"M1;{CITY};CMO;un;2026-04-06:2026-04-07",
        f"M1;{CITY};CMO;;2026-04-08|2026-04-09:2026-04-10:paid=oui:paid=non",
        f"M1;{CITY};CMO;;",
    ]
    async with eligibility.hris(CITY) as hris:
        agent = await hired(hris)
        first = await imported(eligibility, hris, "opening-balances", lines([line]))
        before = await count(eligibility, "leave_entry"), await eligibility.names()
        again = await imported(eligibility, hris, "opening-balances", "\n".join(opening).encode(), CSV)
        assert (await count(eligibility, "leave_entry"), await eligibility.names()) == before
        assert (first["accepted"], again["accepted"], again["rejected"]) == (1, 1, 1)
        assert [tuple(one[:2]) for one in await refused(hris, again)] == [("3", "leaves/0"), ("3", "options/0")]
        leaves = await imported(eligibility, hris, "leaves", "\n".join(away).encode(), CSV)
        assert [tuple(one[:2]) for one in await refused(hris, leaves)] == [
            ("4", "waiting_days"),
            ("5", "entries/0"),
            ("5", "entries/1"),
            ("6", "entries"),
        ]
        kept = {one["kind"]: one for one in (await hris.get(f"/v1/agents/{agent}")).json()["leaves"]}
    assert [(one["start"], one["end"], one["quotity"]) for one in kept["TPT"]["entries"]] == [
        ("2026-06-01", "2026-06-30", "0.5000"),
        ("2026-07-01", None, "0.6000"),
    ]
