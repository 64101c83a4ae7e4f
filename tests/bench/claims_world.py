"""Claims on a database of its own, whose commits are on disk as in production, and a synthetic region in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table

from kit.clock import FixedClock
from kit.db.copy import copy_rows
from kit.db.database import Scope
from kit.ids import new_id
from kit.memory import settle
from kit.period import Month
from relais.postgres import EmbeddedPostgres
from relais.synthetic.identity import fictitious_siret
from relais.synthetic.region import Agent, draw_agent
from rules.book import RuleBook
from services.claims.adapters import facts, tables
from services.claims.adapters.asked import Who
from services.claims.application.redecider import SETS_AT_ONCE, Redecider
from services.claims.domain.terms_document import kept
from tests.bench.cost import open_folder
from tests.postgres import ComponentDatabase, SessionPostgres
from tests.services.claims.simulator import ACCORD

NOW: Final = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
BOOK: Final = RuleBook.load()
# As many agents an employer has in a region of 75 000 and 1 400.
AGENTS_AN_EMPLOYER: Final = 54
# 6 000 of 75 000 have an open claim.
ON_CLAIM: Final = 0.08
SETTINGS: Final = {"shared_buffers": "256MB", "max_wal_size": "4GB"}
# Half pay comes ninety days later: claims opened in the half year before.
FIRST_STOP, LAST_STOP = date(2025, 10, 2), date(2026, 3, 15)
# Of whom ninety days away make a claim: who has been a fonctionnaire since before the accord.
STATUTORY: Final = frozenset({"CNRACL", "IRCANTEC_FONCTIONNAIRE"})
COVERED_FROM: Final = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class World:
    """The database, everybody in it, and those on half pay, all under one accord."""

    database: ComponentDatabase
    clock: FixedClock
    everybody: Sequence[Who]
    on_claim: Sequence[Who]

    async def decide_in_sets(self, rules: RuleBook) -> int:
        """Everybody whom another law asks for, as a worker that starts under it; how many agents that were."""
        redecider = Redecider(self.database.worker, rules, self.clock)
        assert await redecider.ask_if_law_changed()
        return sum(await asyncio.gather(*(redecider.drain() for _ in range(SETS_AT_ONCE))))


@asynccontextmanager
async def world(agents: int) -> AsyncIterator[World]:
    """A region of that many agents, of whom nothing is decided yet."""
    folder = open_folder()
    server = EmbeddedPostgres(folder / "postgres", settings=SETTINGS)
    server.start()
    postgres = SessionPostgres(server, folder)
    try:
        database = await postgres.component("claims")
        region = {(one.employer, new_id()): one for one in _drawn(agents)}
        known = [who for who, one in region.items() if one.regime in STATUTORY and one.start < COVERED_FROM]
        on_claim = sorted(Random(1).sample(known, int(agents * ON_CLAIM)))
        await _told(database, region, on_claim)
        everybody = list(region)
        del region, known
        settle()
        yield World(database, FixedClock(NOW), everybody, on_claim)
    finally:
        await postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _drawn(count: int) -> Iterator[Agent]:
    """The agents of a region as `relais generate` draws them."""
    day, point = NOW.date(), BOOK.at("index_point.yearly", NOW.date()).value
    for n in range(count):
        yield draw_agent(fictitious_siret(1 + n // AGENTS_AN_EMPLOYER), f"M{n:06d}", seed=1, today=day, point=point)


async def _told(database: ComponentDatabase, region: Mapping[Who, Agent], on_claim: Sequence[Who]) -> None:
    """The copies of other services' facts, as their events would have left them."""
    random = Random(2)
    stops = {who: FIRST_STOP + timedelta(random.randrange((LAST_STOP - FIRST_STOP).days)) for who in on_claim}
    async with database.worker.transaction(Scope.all()) as tx:
        await facts.put_terms(tx, ACCORD["agreement"], 1, COVERED_FROM, kept(ACCORD))
        for table, rows in (
            (tables.employment, [_employment(who, one) for who, one in region.items()]),
            (tables.affiliation, [_affiliation(who, one) for who, one in region.items()]),
            (tables.pay_month, [_pay(who, one, stops.get(who, FIRST_STOP)) for who, one in region.items()]),
            (tables.leave, [_leave(who, start) for who, start in stops.items()]),
            (tables.PROGRESS["eligibility"], [{"key": str(agent), "version": 3} for _, agent in region]),
            (tables.PROGRESS["agreements"], [{"key": ACCORD["agreement"], "version": 1}]),
        ):
            await _copied(tx, table, rows)
    await database.admin.execute("ANALYZE")


async def _copied(tx: Any, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    columns = list(rows[0])
    await copy_rows(tx, table, columns, _values(columns, rows))


def _values(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    return ([row[name] for name in columns] for row in rows)


def _of(who: Who) -> dict[str, Any]:
    employer, agent = who
    return {"employer": employer, "agent": agent}


def _employment(who: Who, one: Agent) -> dict[str, Any]:
    return {
        **_of(who),
        "employment": str(new_id()),
        "starts": one.start,
        "ends": one.end,
        "regime": one.regime,
        "category": one.category,
        "service_start": one.start,
        "titular": one.kind == "TITULAIRE",
        "birth_date": one.birth_date,
    }


def _affiliation(who: Who, one: Agent) -> dict[str, Any]:
    start, end = max(COVERED_FROM, one.start), one.end and one.end.isoformat()
    timeline = [{"start": start.isoformat(), "end": end, "outcome": "AFFILIATED"}]
    return {**_of(who), "agreement": ACCORD["agreement"], "timeline": timeline}


def _pay(who: Who, one: Agent, before: date) -> dict[str, Any]:
    month = Month.of(before).previous()
    return {**_of(who), "month": month, "employment": "", "tib": one.tib, "nbi": one.nbi, "ri": one.ri, "tpp": None}


def _leave(who: Who, start: date) -> dict[str, Any]:
    """A stop of a month, renewed until the end of June."""
    months = [start + timedelta(30 * number) for number in range(12)]
    starts = [first for first in months if first <= date(2026, 6, 30)]
    ends = [*(first - timedelta(1) for first in starts[1:]), date(2026, 6, 30)]
    entries = [
        {
            "kind": "CMO",
            "start": first.isoformat(),
            "end": last.isoformat(),
            "waiting_days": None,
            "seniority_days": None,
        }
        for first, last in zip(starts, ends, strict=True)
    ]
    identifier: UUID = new_id()
    return {**_of(who), "leave": identifier, "entries": entries, "cancelled": False}
