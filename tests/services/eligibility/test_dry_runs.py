"""A dry run of a file in many chunks refuses what a real run refuses, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from tests.services.eligibility.conftest import CITY, Eligibility
from tests.services.eligibility.importing import imported, refused, runner, send
from tests.services.eligibility.test_agents_bulk import hires
from tests.services.eligibility.test_import_agents import lines
from tests.services.eligibility.test_replays import count

FIRST, SECOND, THIRD = hires(3)
LEAVE = {"employer": CITY, "matricule": FIRST["matricule"], "kind": "CMO"}
BALANCE = {"employer": CITY, "matricule": FIRST["matricule"], "as_of": "2026-01-01", "options": []}


def spread(items: list[dict[str, Any]]) -> bytes:
    """Each in a chunk of its own, where a chunk is of two lines."""
    return b"\n".join(lines([item]) for item in items)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.http.imports.CHUNK_LINES", 2)


async def both(eligibility: Eligibility, kind: str, items: list[dict[str, Any]]) -> tuple[list[list[str]], int]:
    """The rejects of a dry run, which are those of the real one that follows, and how many lines they leave."""
    async with eligibility.hris(CITY) as hris:
        dry = await imported(eligibility, hris, kind, spread(items), dry_run=True)
        foreseen = await refused(hris, dry)
        assert await count(eligibility, "dry_line") == 0
        real = await imported(eligibility, hris, kind, spread(items))
        assert await refused(hris, real) == foreseen
    assert (dry["accepted"], dry["rejected"]) == (real["accepted"], real["rejected"])
    return foreseen, dry["accepted"]


async def test_a_matricule_and_a_person_met_again_in_another_chunk(eligibility: Eligibility) -> None:
    items = [
        FIRST,
        {**FIRST, "nir": " ".join(FIRST["nir"])},  # the same again
        {**SECOND, "matricule": FIRST["matricule"]},
        {**THIRD, "matricule": "M9", "nir": FIRST["nir"], "birth_date": "1980-01-01"},
        {**FIRST, "matricule": "M8"},  # the same person under another matricule
        {"employer": CITY},
        {**SECOND, "matricule": "M8"},
    ]
    found, accepted = await both(eligibility, "agents", items)
    assert [tuple(one) for one in found if one[0] != "11"] == [
        ("5", "matricule", "matricule_taken"),
        ("7", "birth_date", "identity_mismatch"),
        ("13", "matricule", "matricule_taken"),
    ]
    assert accepted == 13 - 4


async def test_leaves_that_share_days_in_two_chunks(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        await imported(eligibility, hris, "agents", lines([FIRST]))
    march = {**LEAVE, "entries": [{"start": "2026-03-01", "end": "2026-03-31"}]}
    later = {**LEAVE, "entries": [{"start": "2026-03-31", "end": "2026-04-30"}]}
    found, _ = await both(eligibility, "leaves", [march, march, later])
    assert found == [["5", "entries/0/start", "position_overlap"]]


async def test_two_balances_of_one_agent_in_two_chunks(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        await imported(eligibility, hris, "agents", lines([FIRST]))
    other = {**BALANCE, "as_of": "2026-02-01"}
    found, _ = await both(eligibility, "opening-balances", [BALANCE, BALANCE, other])
    assert found == [["5", "", "opening_taken"]]


async def test_what_waits_between_two_chunks_names_nobody(eligibility: Eligibility) -> None:
    async with eligibility.hris(CITY) as hris:
        await send(hris, "agents", spread([FIRST, SECOND]), dry_run=True)
        assert await runner(eligibility).step()
    async with eligibility.database.worker.transaction(Scope.all()) as tx:
        rows = (await tx.execute(text("SELECT mark, content FROM dry_line"))).all()
    assert len(rows) == 2, "by its matricule and by its person"
    for row in rows:
        assert FIRST["nir"] not in row.mark
        assert FIRST["nir"].encode() not in bytes(row.content)
        assert FIRST["last_name"].encode() not in bytes(row.content)
    async with eligibility.database.api.transaction(Scope.none()) as tx:
        assert (await tx.execute(text("SELECT count(*) FROM dry_line"))).scalar_one() == 0
