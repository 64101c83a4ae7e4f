"""Agents' files at their employers, read whole: a handful of statements by primary key, for one agent or many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Table, exists, or_, select, true, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.db.among import among
from kit.money import Money
from kit.period import Month, Period
from kit.rate import Rate
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, LeaveKind, Regime
from services.claims.adapters import stated, tables
from services.claims.adapters.asked import Who, asked, rows_of_all
from services.claims.adapters.handling_tables import (
    acquired_half_pay,
    daily_allowance,
    leave_cause,
    part_time,
    replacement,
    takeover,
    temporary_invalidity,
)
from services.claims.adapters.stated_rows import ait_of, allowance_of, part_time_of, takeovers_of
from services.claims.domain.agent_file import (
    Affiliation,
    AgentFile,
    DatedTerms,
    Election,
    Employment,
    Leave,
    Policy,
    Recognition,
)
from services.claims.domain.capitals import Death, DeathKind
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.leave import Entry
from services.claims.domain.situation import RiMaintained
from services.claims.domain.terms_document import contract_ends, read_terms, readings

# For how many days after half pay began a night looks again: it may have been missed for some.
BEGUN: Final = 7
ELEMENTS: Final = ("tib", "nbi", "ri", "sft", "ir", "other")
# How one accord reads to an employer, or to none in particular, in date order.
Reader = Callable[[str | None], tuple[DatedTerms, ...]]
# The tables of one agent at one employer that an agent's file is read from.
_OF_AGENTS: Final[tuple[Table, ...]] = (
    tables.employment,
    tables.affiliation,
    tables.option_election,
    tables.leave,
    tables.pay_month,
    tables.invalidity,
    tables.death,
    acquired_half_pay,
    daily_allowance,
    takeover,
    leave_cause,
    part_time,
    temporary_invalidity,
    replacement,
)
# The tables that make a case, or hold what was decided about one.
_OF_CASES: Final[tuple[Table, ...]] = (
    tables.leave,
    tables.invalidity,
    tables.death,
    tables.claim,
    tables.annuity,
    tables.capital,
)


async def load(tx: AsyncConnection, employer: str, agent: UUID, today: date) -> AgentFile:
    """Everything known of an agent at an employer, as `load_many`."""
    who = (employer, agent)
    return (await load_many(tx, [who], today))[who]


async def load_many(tx: AsyncConnection, who: Collection[Who], today: date) -> dict[Who, AgentFile]:
    """Everything known of each agent at each employer, in one statement a table whatever their number.

    A leave whose end is not known goes on to the end of this month. Each reading of an accord is made once.
    """
    rows = await rows_of_all(tx, _OF_AGENTS, who)
    affiliations = {one: tuple(map(_affiliation, rows[tables.affiliation][one])) for one in who}
    agreements = {affiliation.agreement for held in affiliations.values() for affiliation in held}
    policies = await _policies(tx, {employer for employer, _ in who})
    raised = await stated.revaluations(tx, agreements) if rows[tables.invalidity] else {}
    documents = await _documents(tx, agreements)
    readers = {name: _reader(document) for name, document in documents.items()}
    found: dict[Who, AgentFile] = {}
    for one in who:
        mine = {table: rows[table][one] for table in _OF_AGENTS}
        accords = {affiliation.agreement for affiliation in affiliations[one]}
        groups = _groups(mine[leave_cause])
        long_term = {row.leave for row in mine[leave_cause] if row.ald}
        found[one] = AgentFile(
            employments=tuple(_employments(mine[tables.employment])),
            birth_date=next((row.birth_date for row in mine[tables.employment] if row.birth_date), None),
            affiliations=affiliations[one],
            elections=tuple(map(_election, mine[tables.option_election])),
            leaves=tuple(_leave(row, today, groups, long_term) for row in mine[tables.leave] if not row.cancelled),
            pay=_pay(mine[tables.pay_month]),
            recognitions=tuple(_recognition(row) for row in mine[tables.invalidity] if not row.withdrawn),
            deaths=tuple(_death(row) for row in mine[tables.death] if not row.withdrawn),
            policies=policies.get(one[0], ()),
            acquired=tuple(Period(row.starts, row.ends) for row in mine[acquired_half_pay]),
            revaluations={name: raised[name] for name in accords & raised.keys()},
            allowances=tuple(map(allowance_of, mine[daily_allowance])),
            takeovers=takeovers_of(mine[takeover]),
            part_time=tuple(map(part_time_of, mine[part_time])),
            ait=tuple(map(ait_of, mine[temporary_invalidity])),
            replaced=tuple(Period(row.starts, row.ends) for row in mine[replacement] if not row.withdrawn),
            terms={name: readers[name](one[0]) for name in accords & readers.keys()},
            contract_ends=(
                {name: contract_ends(documents[name], one[0]) for name in accords & documents.keys()}
                if mine[tables.death]
                else {}
            ),
        )
    return found


async def with_case(tx: AsyncConnection, who: Collection[Who]) -> list[Who]:
    """Those about whom there is anything to decide, or anything decided, in the order given."""
    chosen = asked(who)
    known = [exists().where((t.c.employer == chosen.c.employer) & (t.c.agent == chosen.c.agent)) for t in _OF_CASES]
    rows = await tx.execute(select(chosen.c.employer, chosen.c.agent).where(or_(*known)))
    found = {(row.employer, row.agent) for row in rows}
    return [one for one in who if one in found]


async def with_any_case(tx: AsyncConnection) -> list[Who]:
    """Everybody about whom there is anything to decide, or anything decided, employer by employer."""
    rows = await tx.execute(union(*(select(table.c.employer, table.c.agent) for table in _OF_CASES)))
    return sorted((row.employer, row.agent) for row in rows)


async def cases_of(tx: AsyncConnection, agents: Collection[UUID]) -> list[Who]:
    """Those of these agents with whom `with_any_case` begins, with each employer of theirs."""
    mine = (select(table.c.employer, table.c.agent).where(table.c.agent.in_(agents)) for table in _OF_CASES)
    return sorted((row.employer, row.agent) for row in await tx.execute(union(*mine)))


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


async def open_ended(tx: AsyncConnection, today: date, raised_on: date) -> list[tuple[str, UUID]]:
    """Agents whom a new day may change something for: on a leave of no known end, whose annuity is over or, since
    `raised_on`, to be raised, whose half pay has begun or is announced, or whose case waits for a person.
    """
    leaves = tables.leave
    goes_on = leaves.c.entries.contains([{"end": None}]) & ~leaves.c.cancelled
    rows = {(row.employer, row.agent) for row in await tx.execute(select(leaves).where(goes_on))}
    last = select(tables.annuity).ext(distinct_on(tables.annuity.c.annuity))
    last = last.order_by(tables.annuity.c.annuity, tables.annuity.c.version.desc())
    found = last.subquery()
    to_raise = (found.c.starts < raised_on) & ~found.c.ended & (found.c.monthly > Money.zero())
    passed = (found.c.ends < today) & ~found.c.ended
    late = passed if raised_on < today - timedelta(days=BEGUN) else or_(passed, to_raise)
    over = select(found.c.employer, found.c.agent).where(late)
    begun = tables.claim.c.opened_from.between(today - timedelta(days=BEGUN), today)
    announced = tables.half_pay_forecast.c.passes_on.is_not(None)
    for table, condition in ((tables.claim, begun), (tables.half_pay_forecast, announced), (tables.held_case, true())):
        query = select(table.c.employer, table.c.agent).where(condition)
        rows |= {(row.employer, row.agent) for row in await tx.execute(query)}
    rows |= {(row.employer, row.agent) for row in await tx.execute(over)}
    return sorted(rows)


async def terms_of(tx: AsyncConnection, agreement: str) -> tuple[DatedTerms, ...]:
    """How one accord reads, to no employer in particular, in date order; nothing when nobody published it."""
    document = (await _documents(tx, {agreement})).get(agreement)
    return () if document is None else _reader(document)(None)


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


def _leave(row: Row[Any], today: date, groups: Mapping[UUID, int], long_term: Collection[UUID]) -> Leave:
    group, ald = groups.get(row.leave), row.leave in long_term
    return Leave(str(row.leave), tuple(_entry(entry, today, group, ald=ald) for entry in row.entries))


def _groups(causes: Iterable[Row[Any]]) -> dict[UUID, int]:
    """For each leave whose cause is known, a number that it shares with the leaves of the same cause."""
    marks = {row.leave: row.mark for row in causes}
    numbers = {mark: number for number, mark in enumerate(sorted(set(marks.values())), 1)}
    return {leave: numbers[mark] for leave, mark in marks.items()}


def _entry(item: Mapping[str, Any], today: date, group: int | None, *, ald: bool) -> Entry:
    start, end = date.fromisoformat(item["start"]), _day(item["end"])
    period = Period(start, end or max(start, Month.of(today).last))
    kind = LeaveKind(item["kind"])
    worked = item.get("quotity")
    return Entry(
        kind,
        period,
        item.get("waiting_days"),
        group if kind is LeaveKind.CLD else None,
        item.get("seniority_days"),
        None if worked is None else Rate.parse(worked),
        _day(item.get("sent_on")),
        cause=group if kind is LeaveKind.CMO else None,
        ald=ald and kind is LeaveKind.CMO,
    )


def _pay(rows: Iterable[Row[Any]]) -> dict[Month, PayElements]:
    """Each month's pay, over all employments with this employer."""
    months: defaultdict[Month, list[PayElements]] = defaultdict(list)
    for row in rows:
        months[row.month].append(PayElements(**{name: getattr(row, name) for name in ELEMENTS}, tpp=row.tpp))
    return {month: _sum(parts) for month, parts in months.items()}


def _sum(parts: Sequence[PayElements]) -> PayElements:
    if len(parts) == 1:
        return parts[0]
    stated = [part.tpp for part in parts if part.tpp is not None]
    return PayElements(
        **{name: Money.sum(getattr(part, name) for part in parts) for name in ELEMENTS},
        tpp=Money.sum(stated) if stated else None,
    )


def _recognition(row: Row[Any]) -> Recognition:
    found = Invalidity(row.starts, row.cnracl_rate, row.ss_category, row.atmp_rate, row.pension_net)
    return Recognition(str(row.recognition), found, row.ends)


def _death(row: Row[Any]) -> Death:
    return Death(row.occurred_on, DeathKind(row.kind))


async def _policies(tx: AsyncConnection, employers: Collection[str]) -> dict[str, tuple[Policy, ...]]:
    """Each employer's policies; of two about the same day the one recorded last."""
    table = tables.ri_maintenance
    rows = await tx.execute(select(table).where(among(table.c.employer, employers)).order_by(table.c.id))
    latest = {(row.employer, row.kind, row.starts): RiMaintained(row.full_rate, row.half_rate) for row in rows}
    found: defaultdict[str, list[Policy]] = defaultdict(list)
    for (employer, kind, start), kept in latest.items():
        found[employer].append(Policy(LeaveKind(kind), start, kept))
    return {employer: tuple(policies) for employer, policies in found.items()}


async def _documents(tx: AsyncConnection, agreements: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """What each accord says: its latest version tells the former ones too."""
    table = tables.agreement_terms
    latest = select(table).ext(distinct_on(table.c.agreement)).where(among(table.c.agreement, agreements))
    rows = await tx.execute(latest.order_by(table.c.agreement, table.c.version.desc()))
    return {row.agreement: row.document for row in rows}


def _reader(document: Mapping[str, Any]) -> Reader:
    """Reads the accord once for all employers without exceptions of their own, and once for each of the others."""
    versions = (document, *document.get("formerly", ()))
    apart = {exception["employer"] for version in versions for exception in version.get("exceptions", ())}
    made: dict[str | None, tuple[DatedTerms, ...]] = {}

    def read(employer: str | None) -> tuple[DatedTerms, ...]:
        own = employer if employer in apart else None
        if own not in made:
            made[own] = tuple(DatedTerms(start, read_terms(said), said) for start, said in readings(document, own))
        return made[own]

    return read


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
