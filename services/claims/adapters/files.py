"""An agent's file at one employer, read whole: a handful of statements by primary key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.money import Money
from kit.period import Month, Period
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, LeaveKind, Regime
from services.claims.adapters import handling, stated, tables
from services.claims.adapters.handling import StatedTakeover
from services.claims.domain.agent_file import (
    Affiliation,
    AgentFile,
    DatedTerms,
    Election,
    Employment,
    Leave,
    Policy,
    Recognition,
    Takeover,
)
from services.claims.domain.annuity import Invalidity
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.leave import Entry
from services.claims.domain.reference import ReferencePay
from services.claims.domain.situation import RiMaintained
from services.claims.domain.terms_document import read_terms, readings


async def load(tx: AsyncConnection, employer: str, agent: UUID, today: date) -> AgentFile:
    """Everything known of an agent at an employer. A leave whose end is not known goes on to the end of this month."""

    async def rows(table: Table) -> Sequence[Row[Any]]:
        mine = (table.c.employer == employer) & (table.c.agent == agent)
        return (await tx.execute(select(table).where(mine).order_by(*table.primary_key))).all()

    employments = await rows(tables.employment)
    groups = await handling.groups(tx, employer, agent)
    affiliations = [_affiliation(row) for row in await rows(tables.affiliation)]
    return AgentFile(
        employments=tuple(_employments(employments)),
        birth_date=next((row.birth_date for row in employments if row.birth_date), None),
        affiliations=tuple(affiliations),
        elections=tuple(_election(row) for row in await rows(tables.option_election)),
        leaves=tuple(_leave(row, today, groups) for row in await rows(tables.leave) if not row.cancelled),
        pay=_pay(await rows(tables.pay_month)),
        recognitions=tuple(_recognition(row) for row in await rows(tables.invalidity) if not row.withdrawn),
        deaths=tuple(_death(row) for row in await rows(tables.death) if not row.withdrawn),
        policies=tuple(await _policies(tx, employer)),
        acquired=await stated.acquired(tx, employer, agent),
        revaluations=await stated.revaluations(tx, {affiliation.agreement for affiliation in affiliations}),
        allowances=stated.allowances(await stated.notified(tx, employer, agent)),
        takeovers=tuple(_takeover(one) for one in await handling.takeovers(tx, employer, agent)),
        terms=await _terms(tx, {affiliation.agreement for affiliation in affiliations}, employer),
    )


async def has_case(tx: AsyncConnection, employer: str, agent: UUID) -> bool:
    """Whether there is anything to decide about, or anything decided."""
    about = (tables.leave, tables.invalidity, tables.death, tables.claim, tables.annuity, tables.capital)
    found = [
        exists().where((table.c.employer == employer) & (table.c.agent == agent)).correlate(None) for table in about
    ]
    return bool((await tx.execute(select(or_(*found)))).scalar())


async def employers_of(tx: AsyncConnection, agent: UUID) -> list[str]:
    """The employers, in scope, at which a leave or an invalidity of the agent is known."""
    found = select(tables.leave.c.employer).where(tables.leave.c.agent == agent)
    found_too = select(tables.invalidity.c.employer).where(tables.invalidity.c.agent == agent)
    rows = (await tx.execute(found.union(found_too))).scalars()
    return sorted(rows)


async def concerned(tx: AsyncConnection, agreement: str) -> list[tuple[str, UUID]]:
    """Agents under an accord who have a leave, an invalidity or died: whom its terms may change something for."""
    cover = tables.affiliation
    rows: set[tuple[str, UUID]] = set()
    for fact in (tables.leave, tables.invalidity, tables.death):
        joined = cover.join(fact, (cover.c.employer == fact.c.employer) & (cover.c.agent == fact.c.agent))
        query = select(cover.c.employer, cover.c.agent).select_from(joined).where(cover.c.agreement == agreement)
        rows |= {(row.employer, row.agent) for row in await tx.execute(query)}
    return sorted(rows)


async def on_leave(tx: AsyncConnection, employer: str) -> list[UUID]:
    """The agents of an employer who have a leave: whom its délibérations may change something for."""
    query = select(tables.leave.c.agent).where(tables.leave.c.employer == employer).distinct()
    return sorted((await tx.execute(query)).scalars())


async def open_ended(tx: AsyncConnection, today: date) -> list[tuple[str, UUID]]:
    """Agents whom a new day may change something for: on a leave of no known end, or whose annuity is over."""
    leaves = tables.leave
    goes_on = leaves.c.entries.contains([{"end": None}]) & ~leaves.c.cancelled
    rows = {(row.employer, row.agent) for row in await tx.execute(select(leaves).where(goes_on))}
    last = select(tables.annuity).ext(distinct_on(tables.annuity.c.annuity))
    last = last.order_by(tables.annuity.c.annuity, tables.annuity.c.version.desc())
    found = last.subquery()
    over = select(found.c.employer, found.c.agent).where((found.c.ends < today) & ~found.c.ended)
    rows |= {(row.employer, row.agent) for row in await tx.execute(over)}
    return sorted(rows)


async def terms_of(tx: AsyncConnection, agreement: str) -> tuple[DatedTerms, ...]:
    """How one accord reads, to no employer in particular, in date order; nothing when nobody published it."""
    return (await _terms(tx, {agreement}, None)).get(agreement, ())


def _employments(rows: Iterable[Row[Any]]) -> Iterable[Employment]:
    for row in rows:
        if row.ends is None or row.ends >= row.starts:
            yield Employment(
                id=row.employment,
                period=Period(row.starts, row.ends),
                regime=Regime(row.regime),
                category=Category(row.category) if row.category else None,
                service_start=row.service_start,
                titular=row.titular,
            )


def _affiliation(row: Row[Any]) -> Affiliation:
    spans = [
        (Period(date.fromisoformat(span["start"]), _day(span["end"])), AffiliationOutcome(span["outcome"]))
        for span in row.timeline
    ]
    return Affiliation(row.agreement, tuple(spans))


def _election(row: Row[Any]) -> Election:
    return Election(Guarantee(row.guarantee), Period(row.starts, row.ends))


def _leave(row: Row[Any], today: date, groups: Mapping[UUID, int]) -> Leave:
    return Leave(str(row.leave), tuple(_entry(entry, today, groups.get(row.leave)) for entry in row.entries))


def _takeover(said: StatedTakeover) -> Takeover:
    return Takeover(str(said.leave), said.agreement, said.starts, _stated_reference(said))


def _stated_reference(said: StatedTakeover) -> ReferencePay | None:
    month, tib, nbi, ri = said.reference_month, said.tib, said.nbi, said.ri
    if month is None or tib is None or nbi is None or ri is None:
        return None
    return ReferencePay(month, PayElements(tib=tib, nbi=nbi, ri=ri))


def _entry(item: Mapping[str, Any], today: date, group: int | None) -> Entry:
    start, end = date.fromisoformat(item["start"]), _day(item["end"])
    period = Period(start, end or max(start, Month.of(today).last))
    kind = LeaveKind(item["kind"])
    cause = group if kind is LeaveKind.CLD else None
    return Entry(kind, period, item.get("waiting_days"), cause, item.get("seniority_days"))


def _pay(rows: Iterable[Row[Any]]) -> dict[Month, PayElements]:
    """Each month's pay, over all employments with this employer."""
    months: defaultdict[Month, list[PayElements]] = defaultdict(list)
    for row in rows:
        months[row.month].append(PayElements(tib=row.tib, nbi=row.nbi, ri=row.ri, tpp=row.tpp))
    return {month: _sum(parts) for month, parts in months.items()}


def _sum(parts: Sequence[PayElements]) -> PayElements:
    if len(parts) == 1:
        return parts[0]
    stated = [part.tpp for part in parts if part.tpp is not None]
    return PayElements(
        tib=Money.sum(part.tib for part in parts),
        nbi=Money.sum(part.nbi for part in parts),
        ri=Money.sum(part.ri for part in parts),
        tpp=Money.sum(stated) if stated else None,
    )


def _recognition(row: Row[Any]) -> Recognition:
    found = Invalidity(row.starts, row.cnracl_rate, row.ss_category, row.atmp_rate, row.pension_net)
    return Recognition(str(row.recognition), found, row.ends)


def _death(row: Row[Any]) -> Death:
    return Death(row.occurred_on, DeathKind(row.kind))


async def _policies(tx: AsyncConnection, employer: str) -> list[Policy]:
    """The employer's policies; of two about the same day the one recorded last."""
    table = tables.ri_maintenance
    rows = await tx.execute(select(table).where(table.c.employer == employer).order_by(table.c.id))
    latest = {(row.kind, row.starts): RiMaintained(row.full_rate, row.half_rate) for row in rows}
    return [Policy(LeaveKind(kind), start, kept) for (kind, start), kept in latest.items()]


async def _terms(
    tx: AsyncConnection, agreements: Collection[str], employer: str | None
) -> dict[str, tuple[DatedTerms, ...]]:
    """The readings of each accord: its latest version tells the former ones too."""
    table = tables.agreement_terms
    latest = select(table).ext(distinct_on(table.c.agreement)).where(table.c.agreement.in_(sorted(agreements)))
    rows = await tx.execute(latest.order_by(table.c.agreement, table.c.version.desc()))
    return {
        row.agreement: tuple(
            DatedTerms(start, read_terms(document), document) for start, document in readings(row.document, employer)
        )
        for row in rows
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
