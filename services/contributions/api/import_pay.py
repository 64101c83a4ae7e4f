"""Pay from a file of any size: a line is a month of one agent, as an item of `POST /v1/pay:bulk`.

In CSV, `other` reads `CTI:183.00|IHTS:20.00`, and `rappels` `2025-03:tib=50.00:ri=-3.00|2025-04:tib=50.00`.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.ahead import read_ahead
from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.db.jobs import Chunk, Reject
from kit.http.import_lines import CSV, Columns, Record, records
from kit.http.imports import ImportKind, import_router
from kit.http.problem import Problem
from kit.http.validation import problem_of
from services.contributions.api.pay import refusal
from services.contributions.api.pay_schemas import PayItem
from services.contributions.api.plain_pay import read_plain
from services.contributions.application.payloads.pay import plain_payload
from services.contributions.application.record_pay import (
    Reception,
    Sent,
    already_recorded,
    record_histories,
    record_plain,
)
from services.contributions.domain.intake import PayKey, PlainPay

# Lines read while the database enters those before them, a few at a time. The first are few: until they are read the
# database has nothing to do. Each part costs a few statements whatever its size.
FIRST_PART: Final = 500
PART: Final = 2_000
AT_A_TIME: Final = 16

PAY: Final = ImportKind(
    "pay",
    "Paie, un mois d'un agent par ligne : les champs d'un envoi par lots",
    Columns(names=tuple(PayItem.model_fields), required=frozenset({"employer", "matricule", "month"})),
    chunk_lines=5_000,
)
router: Final = import_router([PAY], read="pay:read", write="pay:write", tags=["Imports"])


@dataclass(slots=True)
class _Part:
    """Some lines of a chunk: how many, those of plain and so far unheard-of months as told, and the others."""

    lines: int = 0
    plain: list[tuple[Record, PlainPay, str]] = field(default_factory=list)
    others: list[Record] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.lines > 0


def importer(crypto: KeyRing, clock: Clock) -> Handler:
    """The handler of jobs that import pay. What is plain and new is entered while it is read, the rest in its order."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Sequence[Reject]:
        reception = Reception(clock.instant(), chunk.job.client)
        rejects: list[Reject] = []
        sent: dict[PayKey, list[Sent]] = defaultdict(list)
        lines: dict[PayKey, list[int]] = defaultdict(list)
        for record in await _without_plain(tx, chunk, crypto, reception):
            item = _read(record, chunk, rejects)
            if item is not None:
                sent[item.key].append(Sent(item.to_domain(), item.version))
                lines[item.key].append(record.line)
        return [*rejects, *await _enter(tx, sent, lines, reception)]

    return apply


async def _without_plain(tx: AsyncConnection, chunk: Chunk, crypto: KeyRing, reception: Reception) -> list[Record]:
    """Enter what is plain and new, in columns; the records that are left, in their order."""
    found, heard = records(chunk, crypto), set[tuple[str, str]]()
    left: list[Record] = []
    async with aclosing(read_ahead(lambda size: _part(islice(found, size), chunk, heard), FIRST_PART, PART)) as parts:
        async for part in parts:
            refused = await record_plain(tx, [(pay, told) for _, pay, told in part.plain], reception)
            left += (*part.others, *(part.plain[place][0] for place in refused))
    return sorted(left, key=attrgetter("line"))


async def _part(found: Iterator[Record], chunk: Chunk, heard: set[tuple[str, str]]) -> _Part:
    """Read a part; of a month that was `heard` of, plain or not, every line but the first waits for its turn."""
    part, mine = _Part(), chunk.job.employer
    for record in found:
        month = str(record.fields.get("matricule")), str(record.fields.get("month"))
        plain = None if month in heard else read_plain(record.fields)
        heard.add(month)
        if plain is not None and mine in {None, plain.employer}:
            part.plain.append((record, plain, plain_payload(plain)))
        else:
            part.others.append(record)
        part.lines += 1
        if part.lines % AT_A_TIME == 0:
            await asyncio.sleep(0)
    return part


async def _enter(
    tx: AsyncConnection,
    sent: Mapping[PayKey, Sequence[Sent]],
    lines: Mapping[PayKey, Sequence[int]],
    reception: Reception,
) -> list[Reject]:
    decided = await already_recorded(tx, sent, await record_histories(tx, sent, reception))
    return [
        _reject(line, problem)
        for key, decisions in decided.items()
        for line, decision in zip(lines[key], decisions, strict=True)
        if (problem := refusal(decision)) is not None
    ]


def _read(record: Record, chunk: Chunk, rejects: list[Reject]) -> PayItem | None:
    """The line as an item of the job's employer, or None with its reasons added to `rejects`."""
    if record.refused is not None:
        rejects.append(record.refused)
        return None
    fields = _unfolded(record.fields) if chunk.job.options["format"] == CSV else record.fields
    try:
        item = PayItem.model_validate(fields)
    except ValidationError as error:
        rejects += [
            Reject(record.line, one.pointer or "/", one.code, one.detail_fr)
            for one in problem_of(error.errors()).errors
        ]
        return None
    if chunk.job.employer not in (None, item.employer):
        rejects.append(Reject(record.line, "/employer", "employer_not_yours", "Employeur hors de votre périmètre."))
        return None
    return item


def _reject(line: int, problem: Problem) -> Reject:
    """What PUT answers about a header concerns the column of the version here."""
    pointer = next((error.pointer for error in problem.errors if not error.pointer.startswith("/header")), "/version")
    return Reject(line, pointer, problem.code, problem.title["fr"])


def _unfolded(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a line as an item. One that does not follow the pattern stays, to be refused with its field.

    >>> _unfolded({"version": "2", "other": "CTI:183.00", "rappels": "2025-03:tib=50.00|2025-04:ri=-3.00"})["rappels"]
    [{'month': '2025-03', 'tib': '50.00'}, {'month': '2025-04', 'ri': '-3.00'}]
    """
    fields = dict(cells)
    if (version := fields.get("version", "")).isascii() and version.isdigit():
        fields["version"] = int(version)
    if "other" in fields:
        fields["other"] = _once(_pair(part, ":") for part in fields["other"].split("|")) or fields["other"]
    if "rappels" in fields:
        fields["rappels"] = [_rappel(part) for part in fields["rappels"].split("|")]
    return fields


def _rappel(text: str) -> dict[str, str] | str:
    month, *amounts = text.split(":")
    return _once([("month", month.strip()), *(_pair(amount, "=") for amount in amounts)]) or text


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str] | None:
    """The pairs by name; None when a name comes twice, for one of the amounts would be lost."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            return None
        found[name] = value
    return found


def _pair(text: str, mark: str) -> tuple[str, str]:
    name, _, value = text.partition(mark)
    return name.strip(), value.strip()
