"""Agents from a file: every line is hired or refused with its number, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db import jobs
from kit.db.database import Scope
from kit.db.jobs import Chunk, Reject
from kit.events.file_applied import AGENTS
from kit.http.imports import CHUNK_BYTES
from relais.synthetic.files import Order, write_region
from tests.services.eligibility.conftest import CITY, OTHER, Eligibility
from tests.services.eligibility.importing import CSV, imported, refused, runner, send
from tests.services.eligibility.test_agents_bulk import hires
from tests.services.eligibility.test_replays import count

HEADER = (
    "employer;matricule;nir;last_name;first_name;birth_date;kind;category;start;weekly_hours;prior_collective_cover"
)
NIR = "275038500100158"


def lines(items: Sequence[Any]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def cells(matricule: str, **changes: str) -> str:
    values = {
        "employer": CITY,
        "matricule": matricule,
        "nir": NIR,
        "last_name": "Énième",
        "first_name": "Zoé",
        "birth_date": "1975-03-01",
        "kind": "TITULAIRE",
        "category": "C",
        "start": "2025-02-01",
        "weekly_hours": "35.00",
        "prior_collective_cover": "",
    }
    return ";".join({**values, **changes}.values())


async def test_a_file_is_hired_as_its_lines_would_be_alone(eligibility: Eligibility) -> None:
    items = hires(40)
    async with eligibility.hris(CITY) as hris:
        await hris.post("/v1/agents", json=items[3], headers={"idempotency-key": "k"})
        job = await imported(eligibility, hris, "agents", lines(items))
        read = (await hris.get("/v1/agents", params={"limit": 100})).json()["items"]
    assert {name: job[name] for name in ("kind", "state", "lines", "accepted", "rejected")} == {
        "kind": "agents",
        "state": "done",
        "lines": 40,
        "accepted": 40,
        "rejected": 0,
    }
    assert len(read) == len(await eligibility.events("agent.hired")) == 40


async def test_a_spreadsheet_in_the_encoding_it_says(eligibility: Eligibility) -> None:
    content = "\r\n".join([HEADER, cells("M1", prior_collective_cover="oui"), "", cells("M2")])
    async with eligibility.hris(CITY) as hris:
        job = await imported(eligibility, hris, "agents", content.encode("cp1252"), f"{CSV}; charset=windows-1252")
        mark = b"\xef\xbb\xbf" + content.replace("M1", "M3").encode()
        marked = await imported(eligibility, hris, "agents", mark, CSV)
        agent = (await hris.get("/v1/agents", params={"matricule": "M1"})).json()["items"][0]["id"]
        name = (await hris.get(f"/v1/agents/{agent}")).json()["last_name"]
    assert (job["accepted"], job["rejected"], marked["accepted"], marked["rejected"]) == (3, 0, 3, 0)
    assert name == "Énième"


async def test_lines_that_are_none_come_back_with_their_number(eligibility: Eligibility) -> None:
    first, taken, somebody = hires(3)
    taken["matricule"] = "M0"
    content = b"".join(
        [
            lines([first]),
            b'{"employer": \n',
            b"\xff\xfe broken\n",
            b"\n",
            b'{"a": "' + b"x" * 70_000 + b'"}\n',
            b"[1, 2]\n",
            b"[" * 40 + b"]" * 40 + b"\n",
            lines([{**somebody, "colour": "red", "birth_date": "1975"}]),
            lines([taken]),
            lines([{**somebody, "employer": OTHER}]),
            lines([somebody])[:-1],
        ]
    )
    async with eligibility.hris(CITY) as hris:
        job = await imported(eligibility, hris, "agents", content)
        rejects = await refused(hris, job)
    assert (job["lines"], job["accepted"], job["rejected"]) == (11, 3, 8)
    assert rejects == [
        ["2", "", "malformed_json"],
        ["3", "", "encoding"],
        ["5", "", "line_too_long"],
        ["6", "", "dict_type"],
        ["7", "", "too_deep"],
        ["8", "birth_date", "date"],
        ["8", "colour", "extra_forbidden"],
        ["9", "matricule", "matricule_taken"],
        ["10", "employer", "employer_not_yours"],
    ]
    assert await count(eligibility, "agent") == 2


async def test_cells_that_are_none_come_back_with_their_column(eligibility: Eligibility) -> None:
    content = [
        HEADER,
        cells("M1", start="2025-02-30"),
        cells("M2") + ";more",
        cells("M3", last_name='"open'),
        cells("M4", prior_collective_cover="peut-être"),
        cells("M5", nir="275038500100159"),
    ]
    async with eligibility.hris(CITY) as hris:
        job = await imported(eligibility, hris, "agents", "\n".join(content).encode(), CSV)
        rejects = await refused(hris, job)
    assert rejects == [
        ["2", "start", "date"],
        ["3", "", "unreadable"],
        ["4", "", "unreadable"],
        ["5", "prior_collective_cover", "bool_type"],
        ["6", "nir", "nir"],
    ]
    assert await count(eligibility, "agent") == 0


async def test_a_dry_run_refuses_the_same_lines_and_keeps_nothing(eligibility: Eligibility) -> None:
    content = lines([*hires(30), {"employer": CITY}])
    async with eligibility.hris(CITY) as hris:
        job = await imported(eligibility, hris, "agents", content, dry_run=True)
    assert (job["dry_run"], job["accepted"], job["rejected"]) == (True, 30, 1)
    assert [await count(eligibility, t) for t in ("person", "agent", "employment", "outbox", "redecision")] == [0] * 5


async def test_a_worker_killed_half_way_loses_and_doubles_nothing(eligibility: Eligibility) -> None:
    items = [*hires(68), {"employer": CITY}, *({**item, "matricule": f"B{n}"} for n, item in enumerate(hires(31)))]
    long = CHUNK_BYTES // 68  # blanks make a chunk of the first 69 lines
    content = b"".join(line.ljust(long - 1) + b"\n" for line in lines(items).splitlines())
    applied = eligibility.service.app.state.jobs["agents"]

    reached = asyncio.Event()

    async def hangs(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
        await applied(tx, chunk)
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with eligibility.hris(CITY) as hris:
        sent = await send(hris, "agents", content)
        assert await runner(eligibility).step()
        half = (await hris.get(sent.headers["location"])).json()
        killed = asyncio.create_task(runner(eligibility, agents=hangs).step())
        await reached.wait()
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        assert not await runner(eligibility).step()
        eligibility.service.clock.at += jobs.LEASE
        assert await runner(eligibility).step()
        done = (await hris.get(sent.headers["location"])).json()
        rejects = await refused(hris, done)
    assert (half["state"], half["accepted"], half["rejected"]) == ("running", 68, 1)
    assert (done["state"], done["accepted"], done["rejected"]) == ("done", 99, 1)
    assert await count(eligibility, "agent_employer") == len(await eligibility.events("agent.hired")) == 99
    assert {line for line, _, _ in rejects} == {"69"}


async def test_what_waits_names_nobody(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        await send(hris, "agents", lines(hires(1)))
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        (waiting,) = (await tx.execute(text("SELECT content FROM import_chunk"))).scalars()
    assert b"2750385001" not in bytes(waiting)
    assert b"Exemple" not in bytes(waiting)


async def test_a_job_is_seen_by_its_employer_only(eligibility: Eligibility) -> None:
    async with (
        eligibility.hris(CITY) as hris,
        eligibility.hris(OTHER) as stranger,
        eligibility.hris(CITY, OTHER) as both,
    ):
        job = (await send(hris, "agents", lines(hires(1)))).headers["location"]
        assert (await hris.get(job)).status_code == 200
        for path in (job, f"{job}/rejects"):
            assert (await stranger.get(path)).json()["code"] == "import_not_found"
        unsaid = (await send(both, "agents", b"")).json()
        assert (unsaid["code"], unsaid["errors"][0]["pointer"]) == (
            "acting_employer_required",
            "/header/X-Acting-Employer",
        )
        acting = {"x-acting-employer": CITY, "content-type": "application/jsonl"}
        named = await both.post("/v1/imports/agents", content=lines(hires(1)), headers=acting)
    assert named.status_code == 202


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"employer;nir\n", CSV, 422, "import_columns"),
        (HEADER.encode() + b";surname\n", CSV, 422, "import_columns"),
        (HEADER.encode() + b";nir\n", CSV, 422, "import_columns"),
        (b"", CSV, 422, "import_columns"),
        (b"\xff\xfee\x00m\x00", CSV, 422, "import_columns"),
        (b"", "application/octet-stream", 415, "unsupported_media_type"),
        (b"", f"{CSV}; charset=utf-16", 415, "unsupported_charset"),
    ],
)
async def test_what_is_no_such_file(
    eligibility: Eligibility, content: bytes, media_type: str, status: int, code: str
) -> None:
    async with eligibility.hris(CITY) as hris:
        answer = await send(hris, "agents", content, media_type)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_empty_file_is_done_at_once(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        job = (await send(hris, "agents", b"")).json()
    assert (job["state"], job["lines"]) == ("done", 0)


async def test_a_line_that_never_ends_is_one_reject(eligibility: Eligibility) -> None:
    """It is not kept in memory: what is stored of it is bounded."""

    async def body() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 65_536
        yield b"\n" + lines(hires(1))

    async with eligibility.hris(CITY) as hris:
        sent = await hris.post("/v1/imports/agents", content=body(), headers={"content-type": "application/x-ndjson"})
        async with eligibility.database.worker.transaction(Scope.all()) as tx:
            stored = (await tx.execute(text("SELECT sum(length(content)) FROM import_chunk"))).scalar_one()
        assert await runner(eligibility).step()
        job = (await hris.get(sent.headers["location"])).json()
        rejects = await refused(hris, job)
    assert stored < 100_000
    assert (job["accepted"], rejects) == (1, [["1", "", "line_too_long"]])


async def test_a_number_of_any_length_in_a_cell_of_leaves_refuses_its_line_only(eligibility: Eligibility) -> None:
    rows = ["employer;matricule;kind;waiting_days;entries"]
    rows += [f"{CITY};M{n};CMO;{days};2026-02-01:2026-02-28" for n, days in enumerate(("1", "9" * 5000, "0"), start=1)]
    async with eligibility.hris(CITY) as hris:
        agents = [HEADER, cells("M1"), cells("M3", nir="180050000200225", birth_date="1980-05-02")]
        await imported(eligibility, hris, "agents", "\n".join(agents).encode(), CSV)
        job = await imported(eligibility, hris, "leaves", "\n".join(rows).encode(), CSV)
        rejects = await refused(hris, job)
    assert (job["state"], job["accepted"], rejects) == ("done", 2, [["3", "waiting_days", "int_type"]])


async def test_the_synthetic_region_is_read_as_it_is(eligibility: Eligibility, tmp_path: Path) -> None:
    write_region(Order(3, 60, 7, date(2026, 6, 30), Decimal("59.0734")), tmp_path)
    async with eligibility.service.caller("agents:read", "agents:write") as staff:
        job = await imported(eligibility, staff, "agents", (tmp_path / "agents.jsonl").read_bytes())
        rejects = await refused(staff, job)
        away = await imported(eligibility, staff, "leaves", (tmp_path / "leaves.jsonl").read_bytes())
        rejects += await refused(staff, away)
    assert (job["accepted"], rejects) == (60, [])
    assert away["accepted"] == len(await eligibility.events("sick-leave.started")) > 0
    assert await count(eligibility, "agent_employer") == 60


@pytest.mark.parametrize("dry_run", [False, True])
async def test_what_to_look_at_is_reported_with_its_line(eligibility: Eligibility, *, dry_run: bool) -> None:
    """The same remarks as on a hire, in a spreadsheet's own columns; a line that is refused has its reasons only."""
    async with eligibility.hris(OTHER) as other:
        await imported(
            eligibility,
            other,
            "agents",
            lines([{**hires(1)[0], "employer": OTHER, "nir": NIR, "birth_date": "1975-03-01"}]),
        )
    rows = [
        HEADER,
        cells("M1"),
        cells("M2", nir="180050000200225", birth_date="1980-05-02", weekly_hours="45.00"),
        cells("M3", nir="180050000200225", birth_date="1980-05-02", weekly_hours="70.00"),
    ]
    async with eligibility.hris(CITY) as hris, eligibility.hris(OTHER) as other:
        job = await imported(eligibility, hris, "agents", "\n".join(rows).encode(), CSV, dry_run=dry_run)
        path = f"/v1/imports/agents/{job['id']}/warnings"
        report = await hris.get(path)
        assert (await other.get(path)).status_code == 404
        rejects = await refused(hris, job)
    assert [line.split(";")[:3] for line in report.text.splitlines()] == [
        ["ligne", "champ", "code"],
        ["2", "last_name", "known_by_another_name"],
        ["3", "weekly_hours", "unlikely_hours"],
    ]
    assert (job["accepted"], rejects) == (2, [["4", "weekly_hours", "conditions_refused"]])
    assert NIR not in report.text
    assert "Énième" not in report.text


async def test_who_is_in_a_file_is_told_for_the_audit_trail_a_page_at_a_time(eligibility: Eligibility) -> None:
    items, trace = hires(AGENTS + 30), "4bf92f3577b34da6a3ce929d0e0e4736"
    leave = {"kind": "CMO", "entries": [{"start": "2026-03-01", "end": "2026-03-31"}]}
    named = [{name: item[name] for name in ("employer", "matricule")} for item in items[:2]]
    balance = {**named[1], "as_of": "2026-01-01", "options": []}
    async with eligibility.hris(CITY) as hris:
        hris.headers["traceparent"] = f"00-{trace}-00f067aa0ba902b7-01"
        await imported(eligibility, hris, "agents", lines(items), dry_run=True)
        assert await eligibility.events("import.applied") == []
        job = await imported(eligibility, hris, "agents", lines([*items, {"employer": CITY}]))
        read = (await hris.get("/v1/agents", params={"matricule": items[1]["matricule"]})).json()["items"]
        await imported(eligibility, hris, "leaves", lines([{**one, **leave} for one in named]))
        await imported(eligibility, hris, "opening-balances", lines([balance, balance]))
    told = await eligibility.events("import.applied")
    assert [(one["data"]["file"], len(one["data"]["agents"])) for one in told] == [
        ("agents", AGENTS),
        ("agents", 30),
        ("leaves", 2),
        ("opening-balances", 1),
    ]
    everybody = [agent for one in told[:2] for agent in one["data"]["agents"]]
    assert everybody == sorted(set(everybody))
    assert told[-1]["data"]["agents"] == [read[0]["id"]]
    assert {(one["data"]["job"], one["partitionkey"], one["employer"]) for one in told[:2]} == {
        (job["id"], job["id"], CITY)
    }
    assert {one["correlationid"] for one in await eligibility.events()} == {trace}
