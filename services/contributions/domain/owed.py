"""What is owed for one agent and one month: the rule that runs and rebuilt traces share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kit.errors import RelaisError
from kit.money import Money
from kit.period import Month
from kit.trace import Trace
from rules.book import Rules
from services.contributions.domain.agent_file import Affiliation, AgentFile
from services.contributions.domain.base import Base, Status, contribution_base
from services.contributions.domain.cover import Cover, covered_days, paid_days
from services.contributions.domain.errors import Held
from services.contributions.domain.line import Line, contribution
from services.contributions.domain.pay_line import PayLine, added_up
from services.contributions.domain.terms import GuaranteeTerms, Terms


@dataclass(frozen=True, slots=True)
class Due:
    """One line, with the accord it is due under and the insurer it goes to (None: the accord names none)."""

    agreement: str
    insurer: str | None
    line: Line


@dataclass(frozen=True, slots=True)
class Owed:
    """What a month owes; or, with `held`, why nothing can be said, so that nothing already issued may change."""

    month: Month
    dues: tuple[Due, ...]
    trace: Trace | None = None
    held: str | None = None


def owed(file: AgentFile, month: Month, terms: Mapping[str, Terms], rules: Rules) -> Owed:
    """Every guarantee of every accord that covers the agent in the month, on the pay known for it.

    `held` is `pay_unknown`, `affiliation_unknown`, `terms_unknown`, `status_unknown`, `rate_unknown`,
    `negative_base` (rappels take back more than is known), or the code of the error that the pay raises: category
    missing, TPP above the RI, no rule known for the month.
    """
    pay = [line for line in file.pay if line.month == month]
    try:
        dues = tuple(_dues(file, month, pay, terms, rules))
    except (Held, RelaisError) as reason:
        return Owed(month, (), held=reason.code)
    inputs = {
        "agent": file.agent,
        "month": month,
        "pay_versions": {_label(line): line.version for line in pay},
    }
    amount = Money.sum(due.line.amount for due in dues)
    steps = tuple(due.line.trace for due in dues)
    return Owed(month, dues, Trace("contributions.month", "accord art. 5", inputs, amount, steps))


def _label(line: PayLine) -> str:
    """An employment, and for a rappel the month that paid it."""
    return line.employment or "" if line.paid_in is None else f"{line.employment or ''}@{line.paid_in}"


def _dues(
    file: AgentFile, month: Month, pay: Sequence[PayLine], terms: Mapping[str, Terms], rules: Rules
) -> Iterator[Due]:
    if not pay:
        raise Held("pay_unknown")
    if not file.affiliations:
        raise Held("affiliation_unknown")
    paid = paid_days(month, (affiliation.timeline for affiliation in file.affiliations))
    for affiliation in sorted(file.affiliations, key=lambda a: a.agreement):
        if not covered_days(month, affiliation.timeline):
            continue
        if affiliation.agreement not in terms:
            raise Held("terms_unknown")
        accord = terms[affiliation.agreement].of_employer(file.employer, month)
        bases = _bases(file, pay, accord, rules)
        for guarantee in accord.guarantees:
            cover = Cover(_covered(file, affiliation, guarantee, month), paid)
            line = _line(guarantee, month, bases, cover)
            if line is not None:
                yield Due(accord.agreement, accord.insurer_in(month), line)


def _covered(file: AgentFile, affiliation: Affiliation, guarantee: GuaranteeTerms, month: Month) -> int:
    elections = None if guarantee.mandatory else file.elections.get(guarantee.code, ())
    return covered_days(month, affiliation.timeline, elections)


def _bases(file: AgentFile, pay: Sequence[PayLine], accord: Terms, rules: Rules) -> list[Base]:
    """One base per status; several employments under the same one are added up first, so the TPP is withheld once."""
    by_status: dict[Status, list[PayLine]] = defaultdict(list)
    for line in pay:
        status = file.status_in(line.month, line.employment)
        if status is None:
            raise Held("status_unknown")
        by_status[status].append(line)
    return [
        contribution_base(accord, status, added_up(lines), rules)
        for status, lines in sorted(by_status.items(), key=lambda item: (item[0].regime, item[0].category or ""))
    ]


def _line(guarantee: GuaranteeTerms, month: Month, bases: Sequence[Base], cover: Cover) -> Line | None:
    """The line of one guarantee, or None when it is not covered, not open to the agent's regime, or of 0.00."""
    open_to = [base for base in bases if base.regime in guarantee.populations]
    if not cover.covered or not open_to:
        return None
    rate = guarantee.rate_in(month)
    if rate is None:
        raise Held("rate_unknown")
    whole = Money.sum(base.amount for base in open_to)
    if whole < Money.zero():
        raise Held("negative_base")
    insured = whole * cover.part
    line = contribution(insured, guarantee, rate)
    if not line.amount:
        return None
    step = Trace(
        "contribution.insured_part",
        "accord art. 2, 3, 5.2",
        {"days_covered": cover.covered, "days_paid": cover.paid},
        insured,
        tuple(base.trace for base in open_to),
    )
    return replace(line, trace=replace(line.trace, steps=(step,)))
