"""What a run rested on, as JSON and back: enough to compute any of its lines again, to the same bytes.

A column is written as its numbers, with a space between, or as one number that stands for all; that of agents as how
far each is from the one before, nearly always one. What a run issued stands in the ledger: a snapshot keeps how
many lines they are, what they sum to and a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import numpy as np  # lint(imports) because columns are read and written whole

from kit.columns import Column
from kit.period import Period
from kit.rate import Rate
from kit.trace import canonical
from rules.vocabulary import AffiliationOutcome, Guarantee
from services.contributions.domain.columns import Table
from services.contributions.domain.cover import Span
from services.contributions.domain.facts import COLUMNS, Facts
from services.contributions.domain.lines import COLUMNS as LINE_COLUMNS
from services.contributions.domain.lines import Agents, Heading, Lines

Document = Mapping[str, Any]
_TEN: Final = 10  # lint(law) because numbers are written in tens


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
    table = {name: getattr(lines, name) for name in LINE_COLUMNS}
    return {"headings": [_heading(said) for said in lines.headings], **_table_document(table)}


def read_lines(agents: Agents, document: Document) -> Lines:
    """The lines again."""
    headings = tuple(
        Heading(h["agreement"], h["insurer"], Guarantee(h["guarantee"]), Rate.parse(h["rate"]), h["unresolved"])
        for h in document["headings"]
    )
    return Lines(agents, headings, **_table(document, LINE_COLUMNS))


def lines_digest(lines: Lines) -> dict[str, Any]:
    """What is kept of the lines a run issued: enough to tell whether computing it again gives the same."""
    said = canonical([_heading(one) for one in lines.headings])
    content = [b" ".join(lines.agents.tolist()), said, *(getattr(lines, name).tobytes() for name in LINE_COLUMNS)]
    digest = hashlib.sha256(b"".join(content)).hexdigest()
    return {"count": len(lines), "amount": str(lines.total.amount), "sha256": digest}


def read_timeline(document: Iterable[Document]) -> tuple[Span, ...]:
    """A timeline as affiliation events carry it: start, end, outcome."""
    return tuple(Span(_period(span), AffiliationOutcome(span["outcome"])) for span in document)


def _heading(said: Heading) -> dict[str, Any]:
    return {
        "agreement": said.agreement,
        "insurer": said.insurer,
        "guarantee": said.guarantee.value,
        "rate": f"{said.rate.value.normalize():f}",
        "unresolved": said.unresolved,
    }


def _table_document(table: Table) -> dict[str, Any]:
    written = {name: _written(values) for name, values in table.items()}
    agents = _written(np.diff(table["agent"], prepend=-1))
    return {"rows": len(table["agent"]), **written, "agent": agents}


def _table(document: Document, names: Iterable[str]) -> Table:
    table = {name: _read(document[name], document["rows"]) for name in names}
    return table | {"agent": np.cumsum(table["agent"]) - 1}


def _written(values: Column) -> str:
    """The numbers as text.

    >>> _written(np.array([-(2**63), 0, 2**32, -7])), _written(np.array([-7, 12])), _written(np.array([5, 5]))
    ('-9223372036854775808 0 4294967296 -7', '-7 12', '5')
    """
    if not len(values):
        return ""
    return str(values[0]) if (values == values[0]).all() else _digits(values)


def _digits(values: Column) -> str:
    """The numbers, digit by digit for all at once; the first place is the sign's."""
    rest = np.abs(values).view(np.uint64)  # the least integer is its own opposite
    if rest.max() <= np.iinfo(np.uint32).max:
        rest = rest.astype(np.uint32)  # divided in a third of the time
    width = len(str(rest.max()))
    shown = np.full((len(values), width + 2), ord(" "), dtype=np.uint8)
    kept = np.ones(shown.shape, dtype=bool)
    shown[:, 0], kept[:, 0] = ord("-"), values < 0
    for place in reversed(range(1, width + 1)):
        kept[:, place] = (rest > 0) | (place == width)
        left = rest // _TEN
        shown[:, place] = rest - left * _TEN + ord("0")
        rest = left
    return shown[kept][:-1].tobytes().decode()


def _read(written: str, count: int) -> Column:
    values = np.array(written.split(), dtype=np.int64)
    return np.full(count, values[0]) if len(values) == 1 else values


def _period(document: Document) -> Period:
    end = document["end"]
    return Period(date.fromisoformat(document["start"]), date.fromisoformat(end) if end else None)
