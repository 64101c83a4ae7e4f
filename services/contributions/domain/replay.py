"""The snapshot of a run, and what it can still tell: the same lines again, and the trace of any of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot, used_rules
from rules.book import RuleBook, Rules
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Delta, LineKey, Position
from services.contributions.domain.owed import Owed, owed
from services.contributions.domain.run import assess
from services.contributions.domain.snapshot import (
    deltas_document,
    file_document,
    positions_document,
    read_file,
    read_positions,
)
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import kept, read_terms
from services.contributions.domain.treatment import Information, information

KIND: Final = "contributions.run"


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run of an employer up to `month` rests on; the accords as the documents they were published in."""

    employer: str
    month: Month
    files: Sequence[AgentFile]
    documents: Mapping[str, Mapping[str, Any]]
    issued: Mapping[LineKey, Position]


def snapshot_of(inputs: RunInputs, deltas: Iterable[Delta], rules: Iterable[Mapping[str, str]]) -> Snapshot:
    """What to keep of a run that issues `deltas`: the facts of the agents and months it touches, and no others."""
    lines = list(deltas)
    touched: dict[str, set[Month]] = defaultdict(set)
    for line in lines:
        touched[line.key.agent].add(line.key.month)
    return Snapshot(
        kind=KIND,
        inputs={
            "employer": inputs.employer,
            "month": str(inputs.month),
            "terms": {agreement: kept(document) for agreement, document in sorted(inputs.documents.items())},
            "files": {
                file.agent: file_document(_restricted(file, touched[file.agent]))
                for file in inputs.files
                if file.agent in touched
            },
            "issued": positions_document(
                {k: p for k, p in inputs.issued.items() if k.month in touched.get(k.agent, ())}
            ),
        },
        rules=used_rules(rules),
        result={"lines": deltas_document(lines)},
        trace={},
    )


def replayed(snapshot: Snapshot) -> Snapshot:
    """The same run computed again from its snapshot alone: equal to it, to the byte, unless something was altered."""
    inputs = snapshot.inputs
    files = [read_file(inputs["employer"], agent, document) for agent, document in inputs["files"].items()]
    terms = _terms(snapshot)
    book = RuleBook.from_snapshot(snapshot.rules)
    again = assess(files, Month.parse(inputs["month"]), terms, read_positions(inputs["issued"]), book)
    return replace(snapshot, result={"lines": deltas_document(again.deltas)})


def explained(snapshot: Snapshot, agent: str, month: Month) -> Owed:
    """What an agent owed for a month as that run saw it, with its trace. KeyError: the run did not touch the agent."""
    return owed(_file(snapshot, agent), month, _terms(snapshot), RuleBook.from_snapshot(snapshot.rules))


def informed(snapshot: Snapshot, agent: str, found: Owed, rules: Rules) -> Information | None:
    """What the law says of that month's participation; None when it owed nothing."""
    file, month = _file(snapshot, agent), found.month
    pay = [line for line in file.pay if line.month == month]
    status = file.status_in(month, pay[0].employment) if pay else None
    if status is None:
        return None
    terms = {code: accord.of_employer(file.employer, month) for code, accord in _terms(snapshot).items()}
    return information(status.regime, found, terms, Money.sum(line.whole for line in pay), rules)


def _file(snapshot: Snapshot, agent: str) -> AgentFile:
    return read_file(snapshot.inputs["employer"], agent, snapshot.inputs["files"][agent])


def _terms(snapshot: Snapshot) -> dict[str, Terms]:
    return {agreement: read_terms(document) for agreement, document in snapshot.inputs["terms"].items()}


def _restricted(file: AgentFile, months: Collection[Month]) -> AgentFile:
    return replace(file, pay=[line for line in file.pay if line.month in months])
