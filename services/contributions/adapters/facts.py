"""What a run rests on, read in columns: pay, who is behind it, employments, cover, options, and what was issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.columns import distinct, each_once, places_among
from kit.db.columns import Columns, Ids, id_texts, ranked, read_columns
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.adapters import agents, pay
from services.contributions.adapters.tables import affiliation, statement_number
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.columns import MILLION, UNSTATED, Mask, column
from services.contributions.domain.facts import COLUMNS, ELEMENTS, GUARANTEES, Facts, employment_row, in_order, pay_row
from services.contributions.domain.lines import COLUMNS as LINE_COLUMNS
from services.contributions.domain.lines import Agents, Heading, Lines
from services.contributions.domain.pay_line import PayLine

# Who is nobody: no agent is known by that matricule. The primary key can be read backwards in this order.
_PAY: Final = f"""
    SELECT coalesce(m.agent, '{UUID(int=0)}'), p.month, p.version,
           coalesce(CAST(p.share_of_pay * {MILLION} AS bigint), {UNSTATED}), coalesce(p.gross, {UNSTATED}),
           coalesce(p.tpp, {UNSTATED}), p.tib + p.cabinet, p.nbi, p.ri, p.sft, p.ir,
           CASE WHEN p.other = '{{}}' THEN 0
                ELSE (SELECT CAST(sum(CAST(value AS bigint)) AS bigint) FROM jsonb_each_text(p.other)) END,
           CASE WHEN p.employment = '' AND p.rappels = '[]' THEN 0 ELSE 1 END
      FROM (SELECT DISTINCT ON (matricule, employment, month) * FROM pay_version
             WHERE employer = $1 AND month <= $2 AND ($3::timestamptz IS NULL OR recorded_at <= $3)
             ORDER BY matricule DESC, employment DESC, month DESC, version DESC) AS p
      LEFT JOIN agent_matricule m USING (employer, matricule)
"""  # noqa: S608 - constants of ours
_PAY_TYPES: Final = (
    {"agent": "uuid", "month": "month", "version": "integer"}
    | dict.fromkeys(("share", "gross", "tpp", *ELEMENTS), "bigint")
    | {"special": "integer"}
)
_EMPLOYMENTS: Final = """
    SELECT agent, starts, coalesce(ends, '9999-12-31'), array_position($2::text[], regime) - 1,
           coalesce(array_position($3::text[], category), 0)
      FROM employment WHERE employer = $1
"""
_SPANS: Final = """
    SELECT agent, array_position($2::text[], agreement), coalesce(said.start, '9999-12-31'),
           coalesce(said."end", '9999-12-31'), coalesce(array_position($3::text[], said.outcome), 0)
      FROM affiliation
      LEFT JOIN LATERAL jsonb_to_recordset(timeline) AS said (start date, "end" date, outcome text) ON true
     WHERE employer = $1
"""
_OPTIONS: Final = """
    SELECT agent, array_position($2::text[], guarantee) - 1, starts, coalesce(ends, '9999-12-31')
      FROM option_election WHERE employer = $1
"""
# With the place of their run among the employer's, in the order of issue: the server has nothing to sort.
_ISSUED: Final = f"""
    SELECT l.agent, l.month,
           CASE WHEN cardinality($3::text[]) = 1 THEN 0
                ELSE array_position($3::text[], l.agreement || ' ' || l.insurer) - 1 END,
           array_position($4::text[], l.guarantee) - 1, CAST(l.rate * {MILLION} AS bigint),
           CAST(l.unresolved AS integer), l.base, l.amount, l.employer_share, coalesce(r.place, 0)
      FROM contribution_line l
      LEFT JOIN (SELECT id, CAST(row_number() OVER (ORDER BY id) AS integer) AS place FROM run
                  WHERE employer = $1) r ON r.id = l.run
     WHERE l.employer = $1 AND l.month <= $2
"""  # noqa: S608 - constants of ours
_EMPLOYMENT_TYPES: Final = {"agent": "uuid", "start": "date", "end": "date", "regime": "integer", "category": "integer"}
_SPAN_TYPES: Final = {"agent": "uuid", "agreement": "integer", "start": "date", "end": "date", "outcome": "integer"}
_OPTION_TYPES: Final = {"agent": "uuid", "guarantee": "integer", "start": "date", "end": "date"}
_ISSUED_TYPES: Final = (
    {"agent": "uuid", "month": "month"}
    | dict.fromkeys(("contract", "guarantee"), "integer")
    | {"rate": "bigint", "unresolved": "integer"}
    | dict.fromkeys(("base", "amount", "employer"), "bigint")
    | {"run": "integer"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts; what was issued, of the same agents; the accords named; how many months of pay nobody is known for."""

    facts: Facts
    issued: Lines
    agreements: tuple[str, ...]
    unknown: int


async def known(tx: AsyncConnection, employer: str, month: Month, until: datetime | None) -> Known:
    """All that is known of whoever was paid, or issued a line, up to `month`; pay as received up to `until`."""
    agreements, contracts = await _agreements(tx, employer), await _contracts(tx, employer)
    paid = await read_columns(tx, _PAY, employer, month.first, until, types=_PAY_TYPES)
    nobody = paid["agent"] == b""
    tables = {"pay": {name: values[~nobody] for name, values in paid.items()}}
    tables["issued"] = await _issued(tx, employer, month, contracts)
    for name, query, arrays, types in (
        ("employments", _EMPLOYMENTS, (Regime, Category), _EMPLOYMENT_TYPES),
        ("spans", _SPANS, (agreements, AffiliationOutcome), _SPAN_TYPES),
        ("options", _OPTIONS, (Guarantee,), _OPTION_TYPES),
    ):
        tables[name] = await read_columns(tx, query, employer, *map(list, arrays), types=types)
    ids = _numbered(tables)
    details = await _details(tx, _Asked(employer, month, until), tables, ids)
    words = sorted({"", *agreements, *details.words()})
    place = {word: n for n, word in enumerate(words)}
    tables["spans"]["agreement"] = column((0, *(place[a] for a in agreements)))[tables["spans"]["agreement"]]
    details.put(tables, place)
    texts = id_texts(ids)
    owner = np.zeros(len(texts), dtype=np.int64)
    facts = Facts((employer,), owner, texts, tuple(words), **in_order({name: tables[name] for name in COLUMNS}))
    return Known(facts, _lines(texts, tables["issued"], contracts), agreements, int(np.count_nonzero(nobody)))


def _numbered(tables: dict[str, Columns]) -> Ids:
    """Whoever was paid or issued a line, in order; in the tables, their places instead, and nobody else."""
    everybody, places = ranked(*(table["agent"] for table in tables.values()))
    held = dict(zip(tables, places, strict=True))
    concerned = np.zeros(len(everybody), dtype=bool)
    concerned[np.concatenate((held["pay"], held["issued"]))] = True
    place = np.cumsum(concerned) - 1
    for name, table in tables.items():
        kept = concerned[held[name]]
        tables[name] = {key: values[kept] for key, values in table.items()} | {"agent": place[held[name][kept]]}
    return everybody[concerned]


@dataclass(frozen=True, slots=True)
class _Details:
    """What columns of numbers do not hold: the names of employments, of whoever has several or is paid by name, and
    rappels. `stretches` and `lines` are by the agent's place.
    """

    stretches: list[tuple[int, Employment]]
    lines: list[tuple[int, PayLine]]

    def words(self) -> set[str]:
        named = {one.id for _, one in self.stretches} | {one.number or "" for _, one in self.stretches}
        return named | {line.employment or "" for _, line in self.lines}

    def put(self, tables: dict[str, Columns], word: Mapping[str, int]) -> None:
        """Take the place of the rows that lack them."""
        pay_table, employments = tables["pay"], tables["employments"]
        _replace(tables, "pay", pay_table["special"] == 0, [pay_row(agent, one, word) for agent, one in self.lines])
        others = ~np.isin(employments["agent"], column({agent for agent, _ in self.stretches}))
        _replace(tables, "employments", others, [employment_row(agent, one, word) for agent, one in self.stretches])


@dataclass(frozen=True, slots=True)
class _Asked:
    employer: str
    month: Month
    until: datetime | None


async def _details(tx: AsyncConnection, asked: _Asked, tables: dict[str, Columns], ids: Ids) -> _Details:
    special = np.unique(tables["pay"]["agent"][tables["pay"]["special"] == 1])
    agent, stretches = np.unique(tables["employments"]["agent"], return_counts=True)
    concerned = np.union1d(special, agent[stretches > 1]).tolist()
    if not concerned:
        return _Details([], [])
    place = {UUID(bytes=_sixteen(ids[n])): n for n in concerned}
    found = [(place[who], one) for who, one in await agents.employments_of(tx, asked.employer, list(place))]
    paid = await pay.of_employer(tx, asked.employer, asked.month, asked.until, special=True) if len(special) else ()
    lines = [(place[one.agent], line) for one in paid if one.agent is not None for line in one.lines()]
    return _Details(found, lines)


def _sixteen(one: bytes) -> bytes:
    """Numpy leaves out the zeros at the end."""
    return bytes(one).ljust(16, bytes(1))


def _replace(tables: dict[str, Columns], name: str, kept: Mask, rows: Sequence[Sequence[int]]) -> None:
    """The rows that are kept, without a name among words, and those given."""
    table, given = tables[name], np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS[name]))
    nothing = np.zeros(np.count_nonzero(kept), dtype=np.int64)
    tables[name] = {
        key: np.concatenate((table[key][kept] if key in table else nothing, given[:, place]))
        for place, key in enumerate(COLUMNS[name])
    }


async def _agreements(tx: AsyncConnection, employer: str) -> tuple[str, ...]:
    """Every accord that covers somebody."""
    table = affiliation.c
    return tuple(sorted(await tx.scalars(select(table.agreement).where(table.employer == employer).distinct())))


async def _contracts(tx: AsyncConnection, employer: str) -> list[tuple[str, str]]:
    """Every accord and insurer that a line was issued for."""
    table = statement_number.c
    query = select(table.agreement, table.insurer).where(table.employer == employer)
    return sorted((row.agreement, row.insurer) for row in await tx.execute(query))


async def _issued(tx: AsyncConnection, employer: str, month: Month, contracts: list[tuple[str, str]]) -> Columns:
    """Lines in the order of their runs; a run issues one of a key at most."""
    named = [f"{agreement} {insurer}" for agreement, insurer in contracts]
    table = await read_columns(tx, _ISSUED, employer, month.first, named, list(Guarantee), types=_ISSUED_TYPES)
    run = table.pop("run")
    if (run[1:] >= run[:-1]).all():
        return table
    order = np.argsort(run, kind="stable")
    return {name: values[order] for name, values in table.items()}


def _lines(texts: Agents, table: Columns, contracts: Sequence[tuple[str, str]]) -> Lines:
    rates = each_once(table["rate"])
    shape = len(contracts), len(GUARANTEES), len(rates), len((False, True))
    said = [table["contract"], table["guarantee"], np.searchsorted(rates, table["rate"]), table["unresolved"]]
    code = np.ravel_multi_index(said, shape) if len(rates) else column(())
    found = distinct(code)
    headings = tuple(
        Heading(agreement, insurer, GUARANTEES[guarantee], Rate(Decimal(int(rates[rate])) / MILLION), bool(flag))
        for contract, guarantee, rate, flag in zip(*np.unravel_index(found, shape), strict=True)
        for agreement, insurer in [contracts[contract]]
    )
    columns = {name: table[name] for name in LINE_COLUMNS if name != "heading"}
    return Lines(texts, headings, heading=places_among(found, code), **columns)
