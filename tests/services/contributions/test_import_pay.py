"""Pay from files: each line as the bulk route would take it, in order, once, in the employer's scope."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import jobs
from kit.db.job_runner import JobRunner
from kit.db.jobs import Chunk, Reject
from services.contributions.api import import_pay
from tests.services.client import Service
from tests.services.contributions.facts import AGGLOMERATION, CITY, ROOT
from tests.services.contributions.world import World

LINE = {"employer": CITY, "matricule": "M1", "month": "2025-06", "tib": "2000.00"}
HEADER = "employer;matricule;month;version;tib;cabinet;other;rappels\n"


def hris(service: Service) -> httpx.AsyncClient:
    return service.caller("pay:write", "pay:read", employers=[CITY], client="demo-hris")


def lines(*items: Any) -> bytes:
    return "".join(json.dumps(item) + "\n" for item in items).encode()


async def imported(
    service: Service, world: World, content: bytes, media_type: str = "application/jsonl", **query: Any
) -> tuple[dict[str, Any], list[list[str]]]:
    """The job once a worker has applied it, and line, field and code of each reject."""
    async with hris(service) as client:
        headers = {"content-type": media_type}
        sent = await client.post("/v1/imports/pay", content=content, headers=headers, params=query)
        assert sent.status_code == 202, sent.text
        database = world.database
        worker = JobRunner(database.worker, database.api, service.app.state.jobs, service.clock)
        while await worker.step():
            pass
        job = (await client.get(sent.headers["location"])).json()
        rejects = (await client.get(f"{sent.headers['location']}/rejects")).text.splitlines()[1:]
    return job, [reject.split(";")[:3] for reject in rejects]


def counts(job: dict[str, Any]) -> tuple[str, int, int, int]:
    return job["state"], job["lines"], job["accepted"], job["rejected"]


async def test_a_file_is_applied_line_by_line_and_sent_again_changes_nothing(service: Service, world: World) -> None:
    agent = await world.hire("M1")
    file = lines(
        LINE,
        {**LINE, "tib": "2100.00", "version": 1},
        {**LINE, "tib": "2200.00", "version": 2},
        {**LINE, "month": "2025-05"},
        {**LINE, "matricule": "M2", "other": {"CTI": "183.00"}},
    )
    for _ in range(2):
        job, rejects = await imported(service, world, file)
        assert (counts(job), rejects) == (("done", 5, 5, 0), [])
    versions = await world.rows("SELECT matricule, month, version FROM pay_version ORDER BY matricule, month, version")
    assert [row["version"] for row in versions] == [1, 1, 2, 3, 1]
    told = [*await world.events("pay.recorded"), *await world.events("pay.corrected")]
    assert [(e["agent"], e["version"]) for e in told] == [(str(agent), n) for n in (1, 1, 2, 3)]
    assert len(await world.rows("SELECT * FROM pay_waiting")) == 1


async def test_whose_pay_it_is_is_told_for_the_audit_trail(service: Service, world: World) -> None:
    agents = [str(await world.hire(name)) for name in ("M1", "M2")]
    items = [LINE, {**LINE, "matricule": "M2", "other": {"CTI": "183.00"}}, {**LINE, "matricule": "M3"}]
    await imported(service, world, lines(*items), dry_run=True)
    assert await world.events("import.applied") == []
    job, _ = await imported(service, world, lines(*items))
    told = await world.events("import.applied")
    said = {"job": job["id"], "file": "pay", "client": "demo-hris", "agents": sorted(agents)}
    assert told == [said]


async def test_what_is_refused_is_said_with_its_line_and_the_rest_goes_in(service: Service, world: World) -> None:
    file = lines(
        LINE,
        {**LINE, "tib": 12},
        {**LINE, "employer": AGGLOMERATION},
        "text",
        {**LINE, "tib": "2100.00"},
        {**LINE, "tib": "2100.00", "version": 7},
        {**LINE, "month": "2025-05", "rappels": [{"month": "2025-06", "tib": "1.00"}]},
        {**LINE, "matricule": "M3"},
    )
    job, rejects = await imported(service, world, file)
    assert counts(job) == ("done", 8, 2, 6)
    assert rejects == [
        ["2", "tib", "amount"],
        ["3", "employer", "employer_not_yours"],
        ["4", "", "dict_type"],
        ["5", "version", "if_match_missing"],
        ["6", "version", "version_outdated"],
        ["7", "rappels", "rappel_not_earlier"],
    ]
    assert [row["matricule"] for row in await world.rows("SELECT matricule FROM pay_version ORDER BY 1")] == [
        "M1",
        "M3",
    ]


async def test_a_csv_holds_others_and_rappels_in_a_cell(service: Service, world: World) -> None:
    rows = (
        f"{CITY};M1;2025-06;;2000.00;;CTI:183.00|IHTS:20.5;2025-04:tib=50.00:ri=-3.00|2025-05:tib=1.00\n"
        f"{CITY};M2;2025-06;;;3000.00;;\n"
        f"{CITY};M3;2025-06;x;1.00;;CTI;nonsense\n"
        f"{CITY};M1;2025-06;1;2001.00;;;\n"
    )
    job, rejects = await imported(service, world, (HEADER + rows).encode("cp1252"), "text/csv; charset=windows-1252")
    assert counts(job) == ("done", 4, 3, 1)
    assert {(line, field) for line, field, _ in rejects} == {
        ("4", "version"),
        ("4", "other/CTI"),
        ("4", "rappels/0/month"),
    }
    async with hris(service) as client:
        first = (await client.get(f"/v1/pay/{CITY}/M1/2025-06", params={"version": 1})).json()
        assert first["other"] == {"CTI": "183.00", "IHTS": "20.50"}
        assert [(one["month"], one["tib"], one["ri"]) for one in first["rappels"]] == [
            ("2025-04", "50.00", "-3.00"),
            ("2025-05", "1.00", "0.00"),
        ]
        assert (await client.get(f"/v1/pay/{CITY}/M1/2025-06")).json()["tib"] == "2001.00"
        assert (await client.get(f"/v1/pay/{CITY}/M2/2025-06")).json()["cabinet"] == "3000.00"


async def test_a_number_of_any_length_in_a_cell_refuses_its_line_only(service: Service, world: World) -> None:
    rows = f"{CITY};M1;2025-06;;2000.00;;;\n{CITY};M2;2025-06;{'5' * 5000};2000.00;;;\n{CITY};M3;2025-06;;1.00;;;\n"
    job, rejects = await imported(service, world, (HEADER + rows).encode(), "text/csv")
    assert (counts(job), rejects) == (("done", 3, 2, 1), [["3", "version", "int_type"]])


async def test_a_line_that_nobody_expected_is_refused_by_its_number(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails while a line is read: the reading is broken for one of them here."""
    read = import_pay._unfolded

    def breaks(cells: Mapping[str, Any]) -> dict[str, Any]:
        if cells["matricule"] == "M2":
            raise ZeroDivisionError
        return read(cells)

    monkeypatch.setattr(import_pay, "_unfolded", breaks)
    rows = "".join(f"{CITY};{one};2025-06;;2000.00;;CTI:1.00;\n" for one in ("M1", "M2", "M3"))
    job, rejects = await imported(service, world, (HEADER + rows).encode(), "text/csv")
    assert (counts(job), rejects) == (("done", 3, 2, 1), [["3", "", "unexpected_error"]])


async def test_rejects_that_are_too_many_to_keep_are_counted_in_a_last_line(
    service: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_REJECTS", 2)
    job, rejects = await imported(service, world, lines(LINE, *({**LINE, "tib": 12} for _ in range(5))))
    assert counts(job) == ("done", 6, 1, 5)
    assert rejects == [["2", "tib", "amount"], ["3", "tib", "amount"], ["", "", "rejects_cut"]]


async def test_the_name_of_a_field_is_no_formula_in_the_rejects(service: Service, world: World) -> None:
    _, rejects = await imported(service, world, lines({**LINE, "=1+1": "x"}))
    assert rejects == [["1", "'=1+1", "extra_forbidden"]]


async def test_a_dry_run_stores_nothing_and_says_what_it_would_refuse(service: Service, world: World) -> None:
    job, rejects = await imported(service, world, lines(LINE, {**LINE, "tib": "x"}), dry_run=True)
    assert (counts(job), rejects) == (("done", 2, 1, 1), [["2", "tib", "amount"]])
    assert await world.rows("SELECT * FROM pay_version") == []


async def test_a_file_of_more_than_a_chunk_is_all_there(service: Service, world: World) -> None:
    file = lines(*({**LINE, "matricule": f"M{n}"} for n in range(5_100)))
    job, rejects = await imported(service, world, file)
    assert (counts(job), rejects) == (("done", 5_100, 5_100, 0), [])
    assert await world.rows("SELECT count(*) AS n FROM pay_version") == [{"n": 5_100}]


@pytest.mark.parametrize(("name", "media_type"), [("csv", "text/csv"), ("jsonl", "application/jsonl")])
async def test_the_sample_files_are_taken_whole(service: Service, world: World, name: str, media_type: str) -> None:
    file = (ROOT / "examples" / "pay" / f"paie-2025-06.{name}").read_bytes()
    job, rejects = await imported(service, world, file, media_type)
    assert (job["state"], job["rejected"], rejects) == ("done", 0, [])
    assert job["accepted"] == len(await world.rows("SELECT * FROM pay_version")) > 0


async def submitted(service: Service, content: bytes) -> str:
    """Where the job is followed, which nobody has applied yet."""
    async with hris(service) as client:
        headers = {"content-type": "application/jsonl"}
        answer = await client.post("/v1/imports/pay", content=content, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.headers["location"])


def history(count: int, euros: int) -> list[dict[str, Any]]:
    """A month with all its corrections."""
    first = {**LINE, "tib": f"{euros}.00"}
    return [first, *({**LINE, "tib": f"{euros + n}.00", "version": n} for n in range(1, count))]


async def test_a_month_with_all_its_corrections_goes_in_at_once(service: Service, world: World) -> None:
    agent = await world.member("M1")
    file = lines(*history(1_500, 1_000))
    for _ in range(2):
        job, rejects = await imported(service, world, file)
        assert (counts(job), rejects) == (("done", 1_500, 1_500, 0), [])
    told = [*await world.events("pay.recorded"), *await world.events("pay.corrected")]
    assert [(one["agent"], one["version"]) for one in told] == [(str(agent), n) for n in range(1, 1_501)]
    assert [row["version"] for row in await world.rows("SELECT version FROM pay_version ORDER BY 1")] == [
        one["version"] for one in told
    ]


async def test_two_files_with_the_same_months_at_once_never_mix(service: Service, world: World) -> None:
    months = [f"2025-{n:02d}" for n in range(1, 7)]
    jobs = [
        await submitted(service, lines(*({**line, "month": m} for line in history(6, euros) for m in order)))
        for euros, order in ((1_000, months), (5_000, months[::-1]), (1_000, months))
    ]
    database = world.database
    runners = [JobRunner(database.worker, database.api, service.app.state.jobs, service.clock) for _ in jobs]
    while await world.rows("SELECT 1 FROM import_chunk"):
        await asyncio.gather(*(runner.step() for runner in runners))
        service.clock.at += timedelta(minutes=1)
    async with hris(service) as client:
        states = [(await client.get(job)).json()["state"] for job in jobs]
    assert states == ["done"] * 3
    for month in months:
        query = f"SELECT version, tib FROM pay_version WHERE month = '{month}-01' ORDER BY version"
        found = [(row["version"], row["tib"]) for row in await world.rows(query)]
        assert [version for version, _ in found] == [1, 2, 3, 4, 5, 6]
        assert {tib // 100 - version for version, tib in found} in ({999}, {4_999})


async def test_a_worker_that_dies_in_a_chunk_neither_loses_nor_doubles_pay(service: Service, world: World) -> None:
    await world.member("M1")
    job = await submitted(service, lines(*history(3, 1_000), {**LINE, "matricule": "M2"}))
    apply = service.app.state.jobs["pay"]
    died: list[int] = []

    async def dying(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
        done: Sequence[Reject] = await apply(tx, chunk)
        if len(died) < 2:
            died.append(chunk.number)
            raise ConnectionError("gone before the commit")
        return done

    runner = JobRunner(world.database.worker, world.database.api, {"pay": dying}, service.clock)
    while await world.rows("SELECT 1 FROM import_chunk"):
        await runner.step()
        service.clock.at += timedelta(minutes=1)
    async with hris(service) as client:
        assert counts((await client.get(job)).json()) == ("done", 4, 4, 0)
    assert len(died) == 2
    assert len(await world.rows("SELECT * FROM pay_version")) == 4
    assert len(await world.rows("SELECT * FROM pay_waiting")) == 1
    assert len([*await world.events("pay.recorded"), *await world.events("pay.corrected")]) == 3


@pytest.mark.parametrize(
    ("cells", "field"),
    [("CTI:183.00|CTI:20.50;", "other"), (";2025-04:tib=50.00:tib=-3.00", "rappels/0")],
)
async def test_an_amount_that_a_cell_tells_twice_is_refused_and_not_lost(
    service: Service, world: World, cells: str, field: str
) -> None:
    job, rejects = await imported(service, world, f"{HEADER}{CITY};M1;2025-06;;2000.00;;{cells}\n".encode(), "text/csv")
    assert (counts(job), rejects[0][:2]) == (("done", 1, 0, 1), ["2", field])


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "cp1252"])
async def test_a_file_in_another_encoding_is_refused_line_by_line(service: Service, world: World, charset: str) -> None:
    text = f"{HEADER}{CITY};é;2025-06;;2000.00;;;\n"
    media = "application/jsonl" if charset != "cp1252" else "text/csv"
    job, rejects = await imported(service, world, text.encode(charset), media)
    assert job["accepted"] == 0
    assert {code for _, _, code in rejects} == {"encoding"}
