"""What a run rested on, as JSON and back: enough to compute any of its lines again, to the same bytes.

A column is written as its numbers, with a space between, or as one number that stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np  # lint(imports) because columns are read and written whole

from kit.columns import Column
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import AffiliationOutcome, Guarantee
from services.contributions.domain.columns import Table
from services.contributions.domain.cover import Span
from services.contributions.domain.facts import COLUMNS, Facts
from services.contributions.domain.lines import COLUMNS as LINE_COLUMNS
from services.contributions.domain.lines import Agents, Heading, Lines

Document = Mapping[str, Any]


def facts_document(facts: Facts) -> dict[str, Any]:
    """The facts of one employer; the same facts in another order give the same document."""
    tables = {name: _table_document(table) for name, table in facts.tables.items()}
    return {"agents": b" ".join(facts.agents.tolist()).decode(), "words": list(facts.words), **tables}


def read_facts(employer: str, document: Document) -> Facts:
    """The facts again."""
    agents = np.array(document["agents"].encode().split(), dtype=np.bytes_)
    tables = {name: _table(document[name], names) for name, names in COLUMNS.items()}
    return Facts((employer,), np.zeros(len(agents), dtype=np.int64), agents, tuple(document["words"]), **tables)


def lines_document(lines: Lines) -> dict[str, Any]:
    """Lines, whose agents are written elsewhere."""
    headings = [
        {
            "agreement": said.agreement,
            "insurer": said.insurer,
            "guarantee": said.guarantee.value,
            "rate": str(said.rate.value),
            "unresolved": said.unresolved,
        }
        for said in lines.headings
    ]
    return {"headings": headings, **_table_document({name: getattr(lines, name) for name in LINE_COLUMNS})}


def read_lines(agents: Agents, document: Document) -> Lines:
    """The lines again."""
    headings = tuple(
        Heading(h["agreement"], h["insurer"], Guarantee(h["guarantee"]), Rate.parse(h["rate"]), h["unresolved"])
        for h in document["headings"]
    )
    return Lines(agents, headings, **_table(document, LINE_COLUMNS))


def read_timeline(document: Iterable[Document]) -> tuple[Span, ...]:
    """A timeline as affiliation events carry it: start, end, outcome."""
    return tuple(Span(_period(span), AffiliationOutcome(span["outcome"])) for span in document)


def _table_document(table: Table) -> dict[str, Any]:
    return {"rows": len(next(iter(table.values()))), **{name: _written(values) for name, values in table.items()}}


def _table(document: Document, names: Iterable[str]) -> Table:
    return {name: _read(document[name], document["rows"]) for name in names}


def _written(values: Column) -> str:
    if len(values) and (values == values[0]).all():
        return str(values[0])
    return " ".join(map(str, values.tolist()))


def _read(written: str, count: int) -> Column:
    values = np.array(written.split(), dtype=np.int64)
    return np.full(count, values[0]) if len(values) == 1 else values


def _period(document: Document) -> Period:
    end = document["end"]
    return Period(date.fromisoformat(document["start"]), date.fromisoformat(end) if end else None)
