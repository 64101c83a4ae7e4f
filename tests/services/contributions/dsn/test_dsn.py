"""DSN files through the import: what is stored, refused and compared; and what an employer must declare."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from kit.crypto import KeyRing
from kit.db.database import Scope
from kit.db.job_runner import JobRunner
from kit.http.subject import HEADER
from kit.scheduler import Scheduler
from rules.book import RuleBook
from services.contributions.adapters.dsn import report as report_adapter
from services.contributions.adapters.dsn import store
from services.contributions.adapters.dsn.tables import dsn_part
from services.contributions.api.dsn import imports
from services.contributions.application.dsn.reconcile_dsn import Means
from services.contributions.application.dsn.reconcile_later import reconcile_all
from services.contributions.application.protect_person import PROTECTION
from tests.services.client import Service
from tests.services.contributions.conftest import RING
from tests.services.contributions.dsn import files
from tests.services.contributions.facts import ACCORD, AGGLOMERATION, BOOK, CITY, ROOT
from tests.services.contributions.world import World

OPTIONS = {"BASE": "BASE", "DEATH": "OPT2", "RETIREMENT_LOSS": "OPT1", "RI_FULL_PAY": "OPT3"}
CODES = {
    "reference": "DEMO-2025",
    "organisation": "PDEMO",
    "guarantees": {name: {"option": code, "populations": {"CNRACL": "CNR"}} for name, code in OPTIONS.items()},
    "assumption": True,
    "source": "hypothèse",
}


def hris(service: Service, *employers: str) -> httpx.AsyncClient:
    scopes = ("pay:write", "pay:read", "contributions:read", "contributions:write")
    return service.caller(*scopes, employers=list(employers) or [CITY], client="demo-hris")


async def work(service: Service, world: World) -> None:
    runner = JobRunner(world.database.worker, world.database.api, service.app.state.jobs, service.clock)
    while await runner.step():
        pass


async def sent(
    service: Service, world: World, content: bytes, media_type: str = "text/plain", **query: Any
) -> tuple[dict[str, Any], list[list[str]]]:
    """The job once it is applied, and line and code of each reject."""
    async with hris(service) as client:
        headers = {"content-type": media_type}
        answer = await client.post("/v1/imports/dsn", content=content, headers=headers, params=query)
        assert answer.status_code == 202, answer.text
        await work(service, world)
        job = (await client.get(answer.headers["location"])).json()
        rejects = (await client.get(f"{answer.headers['location']}/rejects")).text.splitlines()[1:]
    return job, [[reject.split(";")[0], reject.split(";")[2]] for reject in rejects]


async def get(service: Service, path: str, **query: Any) -> Any:
    async with hris(service) as client:
        answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def report_rows(service: Service, declaration: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await get(service, f"/v1/dsn/{declaration}/differences", limit=200))["items"]
    return rows


async def codes(service: Service, start: str = "2025-01-01", **changes: Any) -> None:
    async with hris(service) as client:
        path = f"/v1/dsn/parameters/{CITY}/{ACCORD}/demo-a/{start}"
        version = (await client.get(path)).headers.get("etag")
        named = {"If-Match": version} if version else {}
        answer = await client.put(path, json={**CODES, **changes}, headers=named)
        assert answer.status_code == (200 if version else 201), answer.text


async def report(service: Service) -> list[tuple[str, str | None, str | None, str | None]]:
    """Kind, matricule, declared and expected of each difference of the last declaration."""
    last = (await get(service, "/v1/dsn"))["items"][-1]
    found = (await get(service, f"/v1/dsn/{last['id']}/differences"))["items"]
    return [(one["what"], one["matricule"], one["declared"], one["expected"]) for one in found]


def dsn(*individuals: list[str]) -> bytes:
    head = [*files.sender(), *files.declaration(), "S21.G00.20.001,'PDEMO'"]
    lines = [line for one in individuals for line in one]
    return files.written(*head, *lines, *files.trailer())


async def test_the_same_file_agrees_twice_and_is_kept_once(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await codes(service)
    payment = ["S21.G00.55.001,'49.20'", "S21.G00.55.003,'DEMO-2025'"]
    content = dsn(payment, files.individual("M1", more=files.contribution()))
    for _ in range(2):
        job, rejects = await sent(service, world, content)
        assert (job["state"], job["rejected"], rejects) == ("done", 0, [])
        (one,) = (await get(service, "/v1/dsn"))["items"]
        assert await report(service) == []
    assert (one["siret"], one["month"], one["individuals"], one["truncated"]) == (CITY, "2025-06", 1, False)
    assert one["lines"] == job["lines"] == content.count(b"\n")
    parts = (await get(service, f"/v1/dsn/{one['id']}/parts"))["items"]
    assert [part["agent_id"] for part in parts] == [None, str(agent), None]
    assert one["mapped"] + sum(len(part["kept"]) for part in parts) == one["lines"]
    async with world.database.api.transaction(Scope.all()) as tx:
        assert await store.raw(tx, one["id"], KeyRing.parse(RING)) == content
    assert await world.events("pay.recorded") != []
    assert len(await world.rows("SELECT * FROM outbox WHERE type LIKE '%dsn%'")) == 0


async def test_every_difference_is_said_with_both_sides(service: Service, world: World) -> None:
    for matricule, employment in (("M1", {}), ("M2", {"regime": "IRCANTEC_FONCTIONNAIRE"}), ("M3", {}), ("M4", {})):
        await world.member(matricule, weekly_hours="35.00", **employment)
        await world.pay(matricule, "2025-06", tib="2400.00")
    await world.run("2025-06")
    await codes(service)
    half = ["S21.G00.40.012,'151.67'", "S21.G00.40.013,'75.84'"]
    content = dsn(
        ["S21.G00.55.001,'100.00'", "S21.G00.55.003,'DEMO-2025'"],
        files.individual("M1", more=files.contribution(base="2500.00", amount="51.25", population="X")),
        files.individual("M2", files.NIRS[1], files.contribution()),
        files.individual("M3", files.NIRS[2], files.contribution(option="AUTRE"), half),
        files.individual("M9", files.NIRS[3]),
    )
    await sent(service, world, content)
    assert sorted(await report(service), key=str) == sorted(
        [
            ("UNKNOWN_PERSON", "M9", None, None),
            ("POPULATION", "M1", "X", "CNR"),
            ("BASE", "M1", "2500.00", "2400.00"),
            ("AMOUNT", "M1", "51.25", "49.20"),
            ("REGIME", "M2", "CNRACL", "IRCANTEC_FONCTIONNAIRE"),
            ("QUOTITY", "M3", "17.50", "35.00"),
            ("CODES_UNKNOWN", "M3", "AUTRE", None),
            ("AFFILIATION", "M3", None, "BASE"),
            ("AMOUNT", "M3", None, "49.20"),
            ("NOT_DECLARED", "M4", None, "49.20"),
            ("PAYMENT", None, "100.00", "196.80"),
        ],
        key=str,
    )
    last = (await get(service, "/v1/dsn"))["items"][-1]
    async with hris(service) as client:
        answer = await client.get(f"/v1/dsn/{last['id']}/differences/file")
    rows = answer.text.splitlines()
    named = dict.fromkeys(row["agent_id"] for row in await report_rows(service, last["id"]) if row["agent_id"])
    assert answer.headers[HEADER].split(",") == list(named), "the audit trail names everybody in it"
    assert len(rows) == 12
    assert (await get(service, f"/v1/dsn/{last['id']}"))["differences"]["AMOUNT"] == 2
    first = await get(service, f"/v1/dsn/{last['id']}/differences", limit=3)
    assert len(first["items"]) == 3
    rest = await get(service, f"/v1/dsn/{last['id']}/differences", cursor=first["next"])
    assert [one["number"] for one in rest["items"]] == list(range(4, 12))


async def test_what_an_employer_must_declare_read_back_differs_in_nothing(service: Service, world: World) -> None:
    """Golden case G25 of the rulebook: base 2 400.00 owes 49.20, 4.80, 8.40 and 6.00; with a regularised month."""
    agent = await world.member("M1")
    for option in OPTIONS.keys() - {"BASE"}:
        await world.elect(agent, option, "2025-01-01")
    await world.pay("M1", "2025-05", tib="2000.00")
    await world.run("2025-05")
    await world.pay("M1", "2025-05", 1, tib="2100.00")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    await world.release()
    await world.run("2025-06")
    async with hris(service) as client:
        unknown = await client.get(f"/v1/dsn/expected/{CITY}/2025-06/file")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "dsn_codes_unknown")
    (page,) = (await get(service, f"/v1/dsn/expected/{CITY}/2025-06/agents"))["items"]
    assert page["unknown"] == ["S21.G00.70.004", "S21.G00.70.005", "S21.G00.70.013"]
    await codes(service)
    (page,) = (await get(service, f"/v1/dsn/expected/{CITY}/2025-06/agents"))["items"]
    amounts = [one["value"] for one in page["rubrics"] if one["rubric"] == "S21.G00.81.004"]
    assert {"49.20", "4.80", "8.40", "6.00"} < set(amounts)
    assert (page["unknown"], page["matricule"], len(amounts)) == ([], "M1", 8)
    head = await get(service, f"/v1/dsn/expected/{CITY}/2025-06")
    assert (head["assumption"], head["unknown"]) == (True, [])
    async with hris(service) as client:
        answer = await client.get(f"/v1/dsn/expected/{CITY}/2025-06/file")
    assert answer.headers[HEADER] == page["agent_id"], "the audit trail names everybody in it"
    content = answer.content
    job, rejects = await sent(service, world, content)
    assert (job["rejected"], rejects) == (0, [])
    assert await report(service) == []
    one = (await get(service, "/v1/dsn"))["items"][-1]
    assert one["lines"] == one["mapped"] == content.count(b"\n")
    # The comparison can fail: other amounts are told once it is made again.
    await world.pay("M1", "2025-06", 1, tib="2500.00")
    await world.run("2025-06")
    async with hris(service) as client:
        answer = await client.post(f"/v1/dsn/{one['id']}/reconcile", headers={"idempotency-key": "again"})
    assert answer.json()["differences"]["AMOUNT"] == 4


async def test_people_are_found_again_by_the_fingerprint_of_their_number(service: Service, world: World) -> None:
    first, second = await world.member("M1"), await world.member("M2")
    await sent(service, world, dsn(files.individual("M1", files.NIRS[0])))
    await sent(service, world, dsn(files.individual("X9", files.NIRS[0]), files.individual("M2", files.NIRS[0])))
    last = (await get(service, "/v1/dsn"))["items"][-1]
    parts = [part for part in (await get(service, f"/v1/dsn/{last['id']}/parts"))["items"] if part["individual"]]
    assert [(part["agent_id"], part["other_person"]) for part in parts] == [(str(first), False), (str(second), True)]
    assert ("OTHER_PERSON", "M2", None, None) in await report(service)


async def test_whose_declaration_it_is_is_told_for_the_audit_trail(service: Service, world: World) -> None:
    agent = await world.member("M1")
    job, _ = await sent(service, world, dsn(files.individual("M1", files.NIRS[0])))
    (told,) = await world.events("import.applied")
    assert (told["job"], told["file"], told["agents"]) == (job["id"], "dsn", [str(agent)])


async def test_a_number_of_a_person_is_nowhere_in_the_clear(service: Service, world: World) -> None:
    await world.member("M1")
    odd = [f"S21.G00.40.009,'{files.NIRS[5]}'", f"S21.G00.99.001,'{files.NIRS[6]}'", f"broken {files.NIRS[7]}"]
    content = dsn(files.individual("M1", files.NIRS[4], odd), files.individual(files.NIRS[8], "12"))
    job, rejects = await sent(service, world, content)
    last = (await get(service, "/v1/dsn"))["items"][-1]
    shown = [json.dumps(job), str(rejects)]
    shown += [json.dumps(await get(service, f"/v1/dsn/{last['id']}{p}")) for p in ("", "/parts", "/differences")]
    for table in (
        "dsn_declaration",
        "dsn_part",
        "dsn_difference",
        "dsn_person",
        "import_job",
        "import_reject",
        "outbox",
    ):
        rows = await world.rows(f"SELECT to_jsonb({table}) AS row FROM {table}")
        shown.append(json.dumps([row["row"] for row in rows]))
    assert not [nir for nir in files.NIRS if nir in "".join(shown)]
    hexed = [nir.encode().hex() for nir in files.NIRS]
    assert not [nir for nir in hexed if nir in "".join(shown)]


async def test_rejects_have_their_lines_and_the_rest_is_read(service: Service, world: World) -> None:
    await world.member("M1")
    lines = [*files.sender(), *files.declaration(), *files.individual("M1"), "n'importe quoi", "S21.G00.51.013,'x'"]
    job, rejects = await sent(service, world, files.written(*lines))
    last = str(len(lines))
    assert rejects == [[str(len(lines) - 1), "unreadable"], [last, "value"], [last, "truncated"]]
    (one,) = (await get(service, "/v1/dsn"))["items"]
    assert (job["state"], job["rejected"], one["truncated"], one["individuals"]) == ("done", 2, True, 1)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (files.declaration(AGGLOMERATION), "employer_not_yours"),
        (["S20.G00.05.001,'01'", "S21.G00.06.001,'123'", "S21.G00.11.001,'45'"], "siret"),
    ],
)
async def test_nothing_is_stored_of_a_file_that_is_not_the_callers(
    service: Service, world: World, lines: list[str], code: str
) -> None:
    content = files.written(*files.sender(), *lines, *files.individual("M1"))
    job, rejects = await sent(service, world, content)
    assert (job["accepted"], {kind for _, kind in rejects} - {"truncated"}) == (0, {code})
    assert await world.rows("SELECT * FROM dsn_part") == []


async def test_another_norm_is_kept_whole_and_compared_with_nothing(service: Service, world: World) -> None:
    content = files.written(*files.sender("P31V01"), *files.declaration(), *files.individual("M1"), *files.trailer())
    job, rejects = await sent(service, world, content)
    (one,) = (await get(service, "/v1/dsn"))["items"]
    assert (rejects, one["known_norm"], one["mapped"], one["reconciled_at"]) == ([], False, 0, None)
    assert one["lines"] == job["lines"]
    async with hris(service) as client:
        answer = await client.post(f"/v1/dsn/{one['id']}/reconcile", headers={"idempotency-key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (409, "dsn_not_comparable")


async def test_a_file_in_many_chunks_and_a_worker_that_dies_lose_nothing(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.http.imports.CHUNK_LINES", 7)
    await world.members(f"M{n}" for n in range(5))
    content = dsn(*(files.individual(f"M{n}", files.NIRS[n], files.contribution()) for n in range(5)))
    apply, calls = service.app.state.jobs[imports.DSN.name], iter(range(1_000))

    async def dying(*given: Any) -> Any:
        done = await apply(*given)
        if next(calls) % 3 == 1:
            raise ConnectionError("the worker dies before its chunk is committed")
        return done

    async with hris(service) as client:
        answer = await client.post("/v1/imports/dsn", content=content, headers={"content-type": "text/plain"})
    runner = JobRunner(world.database.worker, world.database.api, {"dsn": dying}, service.clock)
    while await runner.step():
        pass
    while await world.rows("SELECT 1 FROM import_chunk"):
        service.clock.at += timedelta(minutes=1)
        while await runner.step():
            pass
    job = await get(service, answer.headers["location"])
    (one,) = (await get(service, "/v1/dsn"))["items"]
    assert (job["state"], one["individuals"], one["lines"]) == ("done", 5, content.count(b"\n"))
    async with world.database.api.transaction(Scope.all()) as tx:
        assert await store.raw(tx, one["id"], KeyRing.parse(RING)) == content
    assert await world.rows("SELECT * FROM dsn_carry") == []


async def test_a_dry_run_says_what_it_would_refuse_and_stores_nothing(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.http.imports.CHUNK_LINES", 7)
    lines = [*files.sender(), *files.declaration(), *files.individual("M1"), "rien"]
    job, rejects = await sent(service, world, files.written(*lines), dry_run=True)
    last = str(len(lines))
    assert (job["state"], rejects) == ("done", [[last, "unreadable"], [last, "truncated"]])
    for table in ("dsn_declaration", "dsn_part", "dsn_carry"):
        assert await world.rows(f"SELECT 1 FROM {table}") == []


async def test_another_employer_sees_nothing_of_it(service: Service, world: World) -> None:
    await world.member("M1")
    await codes(service)
    await sent(service, world, dsn(files.individual("M1"), files.individual("M9", files.NIRS[1])))
    last = (await get(service, "/v1/dsn"))["items"][-1]
    async with hris(service, AGGLOMERATION) as client:
        assert (await client.get("/v1/dsn")).json()["items"] == []
        for path in ("", "/parts", "/differences", "/differences/file"):
            assert (await client.get(f"/v1/dsn/{last['id']}{path}")).status_code == 404
        for path in (f"expected/{CITY}/2025-06", f"expected/{CITY}/2025-06/file", f"parameters/{CITY}"):
            assert (await client.get(f"/v1/dsn/{path}")).status_code == 403
        put = await client.put(f"/v1/dsn/parameters/{CITY}/{ACCORD}/demo-a/2025-01-01", json=CODES)
        assert put.status_code == 403
        assert (await client.get(f"/v1/dsn/parameters/{CITY}/{ACCORD}/demo-a/2025-01-01")).status_code == 403
    for table in ("dsn_declaration", "dsn_part", "dsn_difference", "dsn_person", "dsn_parameters"):
        query = f"SELECT 1 FROM {table}"
        assert await world.rows(query, Scope.of(frozenset({AGGLOMERATION}))) == []
        assert await world.rows(query) != [], table


async def test_codes_are_dated_and_the_last_given_for_a_day_counts(service: Service, world: World) -> None:
    await codes(service, reference="OLD")
    await codes(service)
    await codes(service, "2026-01-01", reference="NEXT")
    known = await get(service, f"/v1/dsn/parameters/{CITY}")
    assert [(one["start"], one["reference"]) for one in known] == [("2025-01-01", "DEMO-2025"), ("2026-01-01", "NEXT")]
    head = await get(service, f"/v1/dsn/expected/{CITY}/2026-02")
    assert head["adhesions"][0] == {"rubric": "S21.G00.15.001", "value": "NEXT"}
    async with hris(service) as client:
        path = f"/v1/dsn/parameters/{CITY}/{ACCORD}/demo-a/2025-01-01"
        wrong = await client.put(path, json={**CODES, "reference": "it's", "to": "2024-01-01"})
    assert wrong.status_code == 422


async def test_codes_are_corrected_by_naming_the_version_read(service: Service, world: World) -> None:
    path = f"/v1/dsn/parameters/{CITY}/{ACCORD}/demo-a/2025-01-01"
    other = {**CODES, "reference": "OTHER"}
    async with hris(service) as client:
        assert (await client.get(path)).json()["code"] == "dsn_parameters_not_found"
        assert (await client.put(path, json=CODES, headers={"If-Match": '"1"'})).status_code == 412
        answers = await asyncio.gather(*(client.put(path, json=CODES) for _ in range(5)))
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
        assert {one.headers["etag"] for one in answers} == {'"1"'}
        assert (await client.put(path, json=other)).json()["code"] == "if_match_missing"
        racing = [{**CODES, "reference": f"R{n}"} for n in range(5)]
        raced = await asyncio.gather(*(client.put(path, json=one, headers={"If-Match": '"1"'}) for one in racing))
        assert sorted(one.status_code for one in raced) == [200, 412, 412, 412, 412]
        won = next(body["reference"] for body, one in zip(racing, raced, strict=True) if one.status_code == 200)
        read = await client.get(path)
        assert (read.json()["reference"], read.headers["etag"]) == (won, '"2"')
    assert len(await world.rows("SELECT id FROM dsn_parameters")) == 2


@pytest.mark.parametrize("name", ["dsn-2025-06.txt", "dsn-2025-06-abimee.txt"])
async def test_the_sample_files_are_read_without_losing_a_line(service: Service, world: World, name: str) -> None:
    content = (ROOT / "examples" / "dsn" / name).read_bytes()
    job, rejects = await sent(service, world, content)
    (one,) = (await get(service, "/v1/dsn"))["items"]
    assert (job["state"], one["lines"]) == ("done", job["lines"])
    assert bool(rejects) == ("abimee" in name)
    async with world.database.api.transaction(Scope.all()) as tx:
        assert await store.raw(tx, one["id"], KeyRing.parse(RING)) == content


async def test_a_file_of_several_employers_goes_to_each(service: Service, world: World) -> None:
    await world.member("M1")
    await world.member("M1", employer=AGGLOMERATION)
    content = files.written(
        *files.sender(),
        *files.declaration(),
        *files.individual("M1"),
        *files.declaration(AGGLOMERATION),
        *files.individual("M1", files.NIRS[1]),
        *files.trailer(),
    )
    async with service.caller("pay:write", "pay:read", "contributions:read") as client:
        answer = await client.post("/v1/imports/dsn", content=content, headers={"content-type": "text/plain"})
        await work(service, world)
        found = (await client.get("/v1/dsn")).json()["items"]
        job = (await client.get(answer.headers["location"])).json()
    assert [(one["siret"], one["individuals"]) for one in found] == [(CITY, 1), (AGGLOMERATION, 1)]
    assert (sum(one["lines"] for one in found), job["rejected"]) == (job["lines"], 0)
    for employer in (CITY, AGGLOMERATION):
        query = "SELECT employer FROM dsn_part WHERE agent IS NOT NULL"
        assert await world.rows(query, Scope.of(frozenset({employer}))) == [{"employer": employer}]


async def test_a_file_holds_a_bounded_number_of_declarations(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.contributions.application.dsn.import_dsn.MAX_DECLARATIONS", 2)
    one = files.written(*files.declaration())
    job, rejects = await sent(
        service, world, files.written(*files.sender()) + one * 4 + files.written(*files.trailer())
    )
    assert len((await get(service, "/v1/dsn"))["items"]) == 2
    assert {code for _, code in rejects} == {"too_many_declarations"}
    assert job["rejected"] == 2 * one.count(b"\n") + 2


def typed(kind: str, *individuals: list[str], end: bool = True) -> bytes:
    lines = [*files.sender(), *files.declaration(kind=kind), *(line for one in individuals for line in one)]
    return files.written(*lines, *(files.trailer() if end else ()))


async def test_a_declaration_that_replaces_stands_for_the_earlier_ones(service: Service, world: World) -> None:
    await world.member("M1")
    await world.pay("M1", "2025-06", tib="2400.00")
    await world.run("2025-06")
    whole = files.individual("M1", more=files.contribution())
    await sent(service, world, typed("01", files.individual("M1")))
    await sent(service, world, typed("03", whole, end=False))  # its end is missing: it replaces nothing
    first, broken = (await get(service, "/v1/dsn"))["items"]
    assert (first["replaced_by"], broken["replaced_by"], broken["truncated"]) == (None, None, True)
    await sent(service, world, typed("03", whole))
    *earlier, last = (await get(service, "/v1/dsn"))["items"]
    assert [one["replaced_by"] for one in earlier] == [last["id"]] * 2
    assert (await get(service, "/v1/dsn", current=True))["items"] == [last]
    async with hris(service) as client:
        for what in ("reconcile", "reconciliations"):
            answer = await client.post(f"/v1/dsn/{first['id']}/{what}", headers={"idempotency-key": what})
            assert (answer.status_code, answer.json()["code"]) == (409, "dsn_not_comparable")
    await sent(service, world, typed("04"))
    withdrawn = (await get(service, "/v1/dsn", current=True))["items"]
    assert [(one["type"], one["reconciled_at"]) for one in withdrawn] == [("04", None)]
    await sent(service, world, typed("05"))
    (nobody,) = (await get(service, "/v1/dsn", current=True))["items"]
    summary = await get(service, f"/v1/dsn/{nobody['id']}")
    assert summary["differences"]["NOT_DECLARED"] == 1


async def test_what_a_file_says_is_no_formula_in_the_report(service: Service, world: World) -> None:
    await sent(service, world, dsn(files.individual("=1+1", files.NIRS[0])))
    (one,) = (await get(service, "/v1/dsn"))["items"]
    async with hris(service) as client:
        report_file = (await client.get(f"/v1/dsn/{one['id']}/differences/file")).content.decode("utf-8-sig")
    assert ";'=1+1;UNKNOWN_PERSON;" in report_file


async def test_of_replacing_files_read_at_once_the_one_sent_last_is_current(service: Service, world: World) -> None:
    person = files.individual("M1")
    contents = [typed("03", person, [f"S21.G00.50.001,'0{n}062025'"]) for n in range(1, 4)]
    async with hris(service) as client:
        for content in contents:
            answer = await client.post("/v1/imports/dsn", content=content, headers={"content-type": "text/plain"})
            assert answer.status_code == 202
    await asyncio.gather(*(work(service, world) for _ in contents))
    *earlier, last = sorted((await get(service, "/v1/dsn"))["items"], key=lambda one: str(one["import_job"]))
    assert (await get(service, "/v1/dsn", current=True))["items"] == [last]
    assert all(one["replaced_by"] for one in earlier)
    assert len(earlier) == 2


async def test_a_large_declaration_is_compared_in_the_background(service: Service, world: World) -> None:
    for matricule in ("M1", "M2"):
        await world.member(matricule)
        await world.pay(matricule, "2025-06", tib="2400.00")
    await world.run("2025-06")
    await codes(service)
    content = dsn(files.individual("M1", more=files.contribution(amount="1.00")), files.individual("X", files.NIRS[5]))
    await sent(service, world, content)
    (one,) = (await get(service, "/v1/dsn"))["items"]
    at_once = (await get(service, f"/v1/dsn/{one['id']}/differences"))["items"]
    assert {"UNKNOWN_PERSON", "NOT_DECLARED", "AMOUNT"} <= {difference["what"] for difference in at_once}
    async with hris(service) as client:
        started = [await client.post(f"/v1/dsn/{one['id']}/reconciliations") for _ in range(2)]
        assert [answer.status_code for answer in started] == [202, 202]
        assert started[0].json() == started[1].json(), "one that has not begun is not begun again"
        waiting = (await client.get(started[1].headers["location"])).json()
        assert (waiting["state"], waiting["agents"], waiting["compared"]) == ("waiting", 1, 0)
        await work(service, world)
        done = [(await client.get(answer.headers["location"])).json() for answer in started]
        assert [(job["state"], job["compared"]) for job in done] == [("done", 1), ("done", 1)]
        assert (await client.get(f"/v1/dsn/reconciliations/{one['id']}")).status_code == 404
    async with hris(service, AGGLOMERATION) as other:
        assert (await other.get(started[1].headers["location"])).status_code == 404
        assert (await other.post(f"/v1/dsn/{one['id']}/reconciliations")).status_code == 404
    assert (await get(service, f"/v1/dsn/{one['id']}/differences"))["items"] == at_once
    assert (await get(service, f"/v1/dsn/{one['id']}"))["reconciliation"] == done[1]["id"]


async def test_the_end_of_a_large_file_leaves_the_comparison_to_a_job(service: Service, world: World) -> None:
    await world.member("M1")
    await sent(service, world, dsn(files.individual("M1")))
    (one,) = (await get(service, "/v1/dsn"))["items"]
    found = await get(service, f"/v1/dsn/{one['id']}/differences")
    async with world.database.api.transaction(Scope.of(frozenset({CITY}))) as tx:
        held = await store.hold(tx, one["id"])
        assert held is not None
        await report_adapter.begin(tx, held.id)
        whose = "demo-hris", CITY
        await reconcile_all(
            tx, [held], Means(KeyRing.parse(RING), RuleBook.load()), service.clock.instant(), whose, at_once=0
        )
    assert (await get(service, f"/v1/dsn/{one['id']}"))["reconciled_at"] is None
    await work(service, world)
    assert await get(service, f"/v1/dsn/{one['id']}/differences") == found
    assert (await get(service, f"/v1/dsn/{one['id']}"))["reconciled_at"] is not None


async def test_an_erased_person_is_in_no_declaration(service: Service, world: World) -> None:
    agent = await world.member("M1")
    await world.member("M2")
    for matricule in ("M1", "M2"):
        await world.pay(matricule, "2025-06", tib="2400.00")
    await world.run("2025-06")
    await codes(service)
    content = dsn(files.individual("M1"), files.individual("M2"))
    await sent(service, world, content)
    (one,) = (await get(service, "/v1/dsn"))["items"]
    amounts = await world.rows("SELECT * FROM contribution_line ORDER BY id")
    place: dict[str, Any] = {"params": {"agent": str(agent)}}
    async with service.caller("persons:read", "persons:write", "persons:override") as officer:
        preview = (await officer.get("/v1/contributions/erasures", **place)).json()
        assert [(hold["rule"], hold["until"]) for hold in preview["holds"]] == [
            ("retention.payroll_years", "2030-06-30")
        ]
        held = {holding["what"]: (holding["count"], holding["erased"]) for holding in preview["holdings"]}
        assert (held["declarations"], held["pay"], held["lines"][1]) == ((1, True), (1, False), False)
        body = {"preview": preview["preview"], "reason": "RGPD art. 17", "override": True}
        # What an archive brings back of a person whose key is gone shows nothing, and is no error.
        async with world.database.worker.transaction(Scope.all()) as tx:
            archived = (await tx.execute(select(dsn_part).where(dsn_part.c.agent == agent))).mappings().one()
        assert (await officer.post("/v1/contributions/erasures", json=body, **place)).status_code == 200
        async with world.database.worker.transaction(Scope.all()) as tx:
            await tx.execute(insert(dsn_part).values(**archived))
        parts = (await get(service, f"/v1/dsn/{one['id']}/parts"))["items"]
        assert [bool(part["blocks"]) for part in parts if part["matricule"]] == [False, True]
        service.clock.at = service.clock.at.replace(year=2031)
        await Scheduler(world.database.worker, service.clock, [PROTECTION.task(BOOK, service.clock)]).tick()
    assert await world.rows("SELECT 1 FROM dsn_person") == await world.rows("SELECT 1 FROM dsn_part") == []
    assert await world.rows("SELECT * FROM contribution_line ORDER BY id") == amounts
