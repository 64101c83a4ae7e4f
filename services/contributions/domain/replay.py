"""The snapshot of a run, and what it can still tell: the same lines again, and the trace of any of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np  # lint(imports) because sets of columns are values

from kit.columns import distinct, each_once, within
from kit.money import Money
from kit.period import Month
from kit.trace import Snapshot, used_rules
from rules.book import RuleBook, Rules
from services.contributions.domain.agent_file import AgentFile
from services.contributions.domain.delta import Amounts, LineKey
from services.contributions.domain.facts import Facts
from services.contributions.domain.lines import MONTHS, Lines, summed
from services.contributions.domain.owed import Owed, owed
from services.contributions.domain.run import assess
from services.contributions.domain.snapshot import facts_document, lines_digest, lines_document, read_facts, read_lines
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import kept, read_terms
from services.contributions.domain.treatment import Information, information

KIND: Final = "contributions.run"


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run of an employer up to `month` rests on; the accords as the documents they were published in.

    `issued` has the agents of `facts`.
    """

    employer: str
    month: Month
    facts: Facts
    documents: Mapping[str, Mapping[str, Any]]
    issued: Lines


def snapshot_of(inputs: RunInputs, lines: Lines, rules: Iterable[Mapping[str, str]]) -> Snapshot:
    """What to keep of a run that issues `lines`: the facts of the agents and months it touches, and no others."""
    pairs = each_once(lines.pairs)
    agents = distinct(pairs // MONTHS)
    issued = summed(inputs.issued.where(within(inputs.issued.pairs, pairs)))
    return Snapshot(
        kind=KIND,
        inputs={
            "employer": inputs.employer,
            "month": str(inputs.month),
            "terms": {agreement: kept(document) for agreement, document in sorted(inputs.documents.items())},
            "facts": facts_document(inputs.facts.about(pairs)),
            "issued": lines_document(issued.tidied(agents)),
        },
        rules=used_rules(rules),
        result={"lines": lines_digest(lines.tidied(agents))},
        trace={},
    )


def replayed(snapshot: Snapshot) -> Snapshot:
    """The same run computed again from its snapshot alone: equal to it, to the byte, unless something was altered."""
    facts, issued = _read(snapshot)
    book = RuleBook.from_snapshot(snapshot.rules)
    again = assess(facts, Month.parse(snapshot.inputs["month"]), _terms(snapshot), issued, book).deltas
    every = np.arange(len(facts.agents))
    return replace(snapshot, result={"lines": lines_digest(again.tidied(every))})


def explained(snapshot: Snapshot, agent: str, month: Month) -> Owed:
    """What an agent owed for a month as that run saw it, with its trace. IndexError: it did not touch the agent."""
    return owed(_file(snapshot, agent), month, _terms(snapshot), RuleBook.from_snapshot(snapshot.rules))


def issued_before(snapshot: Snapshot, key: LineKey) -> Amounts:
    """What was already issued when that run began."""
    facts, issued = _read(snapshot)
    mine = issued.where(facts.agents[issued.agent] == key.agent.encode()).of_month(key.month)
    return next((line.amounts for line in mine if line.key == key), Amounts.zero())


def informed(snapshot: Snapshot, agent: str, found: Owed, rules: Rules) -> Information | None:
    """What the law says of that month's participation; None when it owed nothing."""
    if not found.dues:
        return None
    file, month = _file(snapshot, agent), found.month
    pay = [line for line in file.pay if line.month == month]
    status = file.status_in(month, pay[0].employment)
    assert status is not None, "what owes was paid under a status"
    terms = {code: accord.of_employer(file.employer, month) for code, accord in _terms(snapshot).items()}
    return information(status.regime, found, terms, Money.sum(line.whole for line in pay), rules)


def _read(snapshot: Snapshot) -> tuple[Facts, Lines]:
    facts = read_facts(snapshot.inputs["employer"], snapshot.inputs["facts"])
    return facts, read_lines(facts.agents, snapshot.inputs["issued"])


def _file(snapshot: Snapshot, agent: str) -> AgentFile:
    facts, _ = _read(snapshot)
    return facts.file(int(np.flatnonzero(facts.agents == agent.encode())[0]))


def _terms(snapshot: Snapshot) -> dict[str, Terms]:
    return {agreement: read_terms(document) for agreement, document in snapshot.inputs["terms"].items()}
