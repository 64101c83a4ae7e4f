"""Pay from a file of any size: a line is a month of one agent, as an item of `POST /v1/pay:bulk`.

In CSV, `other` reads `CTI:183.00|IHTS:20.00`, and `rappels` `2025-03:tib=50.00:ri=-3.00|2025-04:tib=50.00`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from kit.clock import Clock
from kit.crypto import KeyRing
from kit.db.job_runner import Handler
from kit.db.jobs import Applied, Chunk, Reject
from kit.events.file_applied import tell_applied
from kit.http.import_lines import CSV, Columns, Record, by_itself, records
from kit.http.imports import ImportKind, import_router
from kit.http.problem import Problem
from kit.http.validation import problem_of
from kit.whole import whole_number
from services.contributions.adapters import agents
from services.contributions.adapters.agents import Matricule
from services.contributions.api.pay import refusal
from services.contributions.api.pay_schemas import PayItem
from services.contributions.api.plain_pay import read_plain
from services.contributions.application.payloads.file import ImportApplied
from services.contributions.application.record_pay import (
    Reception,
    Sent,
    already_recorded,
    record_histories,
    record_plain,
)
from services.contributions.domain.intake import PayKey

PAY: Final = ImportKind(
    "pay",
    "Paie, un mois d'un agent par ligne : les champs d'un envoi par lots",
    Columns(names=tuple(PayItem.model_fields), required=frozenset({"employer", "matricule", "month"})),
    chunk_lines=5_000,
)
router: Final = import_router([PAY], read="pay:read", write="pay:write", tags=["Imports"])


def importer(crypto: KeyRing, clock: Clock) -> Handler:
    """The handler of jobs that import pay. Lines are applied in their order, all those of a chunk at once."""

    async def apply(tx: AsyncConnection, chunk: Chunk) -> Applied:
        reception = Reception(clock.instant(), chunk.job.client)
        rejects: list[Reject] = []
        sent: dict[PayKey, list[Sent]] = defaultdict(list)
        lines: dict[PayKey, list[int]] = defaultdict(list)
        left, matricules = await _without_plain(tx, list(records(chunk, crypto)), chunk, reception)
        for record in left:
            with by_itself(record.line, rejects):
                item = _read(record, chunk, rejects)
                if item is not None:
                    pay = Sent(item.to_domain(), item.version)
                    sent[item.key].append(pay)
                    lines[item.key].append(record.line)
                    matricules.add((item.key.employer, item.key.matricule))
        entered = await _enter(tx, sent, lines, reception)
        return Applied([*rejects, *entered], partial(_tell, chunk=chunk, matricules=matricules))

    return apply


async def _tell(tx: AsyncConnection, *, chunk: Chunk, matricules: Collection[Matricule]) -> None:
    """Whose pay it is, as far as it is known who has the matricules."""
    await tell_applied(tx, ImportApplied, chunk, (await agents.linked(tx, matricules)).values())


async def _without_plain(
    tx: AsyncConnection, found: Sequence[Record], chunk: Chunk, reception: Reception
) -> tuple[list[Record], set[Matricule]]:
    """Enter what is plain and new, in columns; the records that are left, in their order, and whose pay was entered."""
    read = [read_plain(record.fields) for record in found]
    told = Counter((str(f.get("matricule")), str(f.get("month"))) for f in (record.fields for record in found))
    mine = chunk.job.employer
    plain = [
        place
        for place, one in enumerate(read)
        if one is not None and mine in {None, one.employer}
        if told[one.matricule, one.month.isoformat()[:7]] == 1
    ]
    left = await record_plain(tx, [one for place in plain if (one := read[place]) is not None], reception)
    entered = set(plain) - {plain[n] for n in left}
    whose = {(one.employer, one.matricule) for place in entered if (one := read[place]) is not None}
    return [record for place, record in enumerate(found) if place not in entered], whose


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
    if (version := whole_number(fields.get("version", ""))) is not None:
        fields["version"] = version
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
