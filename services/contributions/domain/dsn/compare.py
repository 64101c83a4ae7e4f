"""Compare what a DSN declares of an agent with what Relais computed: every difference, by amount. Nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.contributions.domain.dsn import employment
from services.contributions.domain.dsn.absence import LEAVE, disagreement
from services.contributions.domain.dsn.difference import Difference, Held, What
from services.contributions.domain.dsn.expected import HUNDRED, Owing, percent
from services.contributions.domain.dsn.mapping import Block
from services.contributions.domain.dsn.norm import (
    EMPLOYER_COMPONENT,
    GROSS_COMPONENT,
    INDIVIDUAL,
    PREVOYANCE_BASE,
    code_of,
    month_of,
)
from services.contributions.domain.dsn.parameters import Contracts

_GROSS: Final = code_of("S21.G00.51.011=001")
_SHARE: Final = code_of("S21.G00.51.011=021")
_CTI: Final = code_of("S21.G00.51.011=022")


@dataclass(slots=True)
class _Figures:
    """The sums that a DSN declares for a guarantee and a month; None: not stated."""

    line: int
    base: Money | None = None
    amount: Money = field(default_factory=Money.zero)
    employer: Money | None = None
    rates: set[str] = field(default_factory=set)


def adhesions_of(blocks: Iterable[Block]) -> dict[str, str]:
    """The contract's reference by the technical id of each adhesion (15.005 → 15.001)."""
    return {b["adhesion"] or "": b["contract"] or "" for b in blocks if b.code == "S21.G00.15" and b["adhesion"]}


def compare(
    blocks: Sequence[Block], held: Held, adhesions: Mapping[str, str], contracts: Contracts, month: Month
) -> list[Difference]:
    """All differences of one agent, in the order: status, quotities, leave, pay, affiliations, contributions."""
    return [
        *employment.status(blocks, held),
        *employment.quotities(blocks, held),
        *_leave(blocks, held, month),
        *employment.index(blocks, held),
        *_pay(blocks, held),
        *_contributions(blocks, held, adhesions, contracts, month),
    ]


def compare_payments(blocks: Iterable[Block], owing: Iterable[Owing], contracts: Contracts) -> Iterator[Difference]:
    """What 55 declares as paid for each contract known, against the statements of the month."""
    paid: dict[str, Money] = {}
    lines: dict[str, int] = {}
    for block in blocks:
        if block.code == "S21.G00.55" and block["contract"] and block["amount"]:
            reference = block["contract"]
            paid[reference] = paid.get(reference, Money.zero()) + Money.parse(block["amount"])
            lines.setdefault(reference, block.line)
    due: dict[str, Money] = {}
    for one in owing:
        contract = contracts.of(one.agreement, one.insurer)
        if contract is not None:
            due[contract.reference] = due.get(contract.reference, Money.zero()) + one.amounts.amount
    ours = {contract.reference for contract in contracts.known}
    for reference in sorted((paid.keys() & ours) | due.keys()):
        declared, expected = paid.get(reference), due.get(reference)
        if declared != expected:
            yield Difference(What.PAYMENT, _shown(declared), _shown(expected), lines.get(reference))


def _leave(blocks: Sequence[Block], held: Held, month: Month) -> Iterator[Difference]:
    """Days on which one side says the agent is on leave and the other does not; kinds and reasons stay sealed."""
    found = disagreement(blocks, held.leave, month)
    if found is not None:
        line = next((block.line for block in blocks if block.code == LEAVE), None)
        yield Difference(What.LEAVE, *found, line)


def _pay(blocks: Sequence[Block], held: Held) -> Iterator[Difference]:
    """Only what Relais was told too: a gross of private law, a CTI, the share of pay."""
    if not held.pay:
        return
    gross = [pay.gross for pay in held.pay if pay.gross is not None]
    if gross:
        yield from _amount(blocks, What.GROSS, _GROSS, Money.sum(gross))
    cti = [pay.other["CTI"] for pay in held.pay if "CTI" in pay.other]
    if cti:
        yield from _amount(blocks, What.CTI, _CTI, Money.sum(cti))
    shares = {pay.share_of_pay for pay in held.pay if pay.share_of_pay is not None}
    stated = [b for b in blocks if b.code == "S21.G00.51" and b["type"] == _SHARE and b["rate"] is not None]
    if shares and stated:
        expected = {share.value * HUNDRED for share in shares}
        if {Decimal(b["rate"] or 0) for b in stated} != expected:
            declared = ", ".join(sorted({b["rate"] or "" for b in stated}))
            yield Difference(
                What.SHARE_OF_PAY, declared, ", ".join(sorted(percent(share) for share in shares)), stated[0].line
            )


def _amount(blocks: Sequence[Block], what: What, kind: str, expected: Money) -> Iterator[Difference]:
    stated = [b for b in blocks if b.code == "S21.G00.51" and b["type"] == kind and b["amount"] is not None]
    declared = Money.sum(Money.parse(b["amount"] or "0") for b in stated) if stated else None
    if declared is not None and declared != expected:
        yield Difference(what, str(declared), str(expected), stated[0].line)


def _contributions(
    blocks: Sequence[Block], held: Held, adhesions: Mapping[str, str], contracts: Contracts, month: Month
) -> Iterator[Difference]:
    named: dict[str, Guarantee] = {}
    for block in blocks:
        if block.code == "S21.G00.70":
            found = contracts.named(adhesions.get(block["adhesion"] or "", ""), block["option"] or "")
            if found is None:
                yield Difference(What.CODES_UNKNOWN, block["option"], None, block.line)
                continue
            contract, guarantee = found
            named[block["affiliation"] or ""] = guarantee
            codes = {contract.guarantees[guarantee].populations.get(regime) for regime in held.regimes} - {None}
            if codes and block["population"] not in codes:
                expected = ", ".join(sorted(code for code in codes if code))
                yield Difference(What.POPULATION, block["population"], expected, block.line, guarantee)
    owed: dict[tuple[Guarantee, Month], list[Owing]] = {}
    for one in held.owing:
        owed.setdefault((one.guarantee, one.month), []).append(one)
    for guarantee in sorted({guarantee for guarantee, _ in owed} - set(named.values())):
        yield Difference(What.AFFILIATION, None, guarantee.value, guarantee=guarantee)
    declared = _declared(blocks, named, month)
    for key in sorted(declared.keys() | owed.keys(), key=lambda k: (k[0], k[1])):
        yield from _of_guarantee(key, declared.get(key), owed.get(key, []))


def _declared(
    blocks: Sequence[Block], named: Mapping[str, Guarantee], month: Month
) -> dict[tuple[Guarantee, Month], _Figures]:
    """The sums of 79 and 81 under each base 31 of an affiliation that is known."""
    found: dict[tuple[Guarantee, Month], _Figures] = {}
    figures: _Figures | None = None
    for block in blocks:
        if block.code == "S21.G00.78":
            guarantee = named.get(block["affiliation"] or "")
            figures = None
            if block["code"] == PREVOYANCE_BASE and guarantee is not None:
                about = month_of(block["start"]) if block["start"] else month
                figures = found.setdefault((guarantee, about), _Figures(block.line))
        elif figures is not None and block.code == "S21.G00.79":
            amount = Money.parse(block["amount"] or "0")
            if block["type"] == GROSS_COMPONENT:
                figures.base = (figures.base or Money.zero()) + amount
            elif block["type"] == EMPLOYER_COMPONENT:
                figures.employer = (figures.employer or Money.zero()) + amount
        elif figures is not None and block.code == "S21.G00.81" and block["code"] == INDIVIDUAL:
            figures.amount += Money.parse(block["amount"] or "0")
            if block["rate"] is not None:
                figures.rates.add(block["rate"])
    return found


def _of_guarantee(
    key: tuple[Guarantee, Month], declared: _Figures | None, owed: Sequence[Owing]
) -> Iterator[Difference]:
    guarantee, month = key
    amount = Money.sum(one.amounts.amount for one in owed)
    if declared is None or not owed:
        stated, line = (str(declared.amount), declared.line) if declared else (None, None)
        if (declared and declared.amount) or amount:
            yield Difference(What.AMOUNT, stated, str(amount) if owed else None, line, guarantee, month)
        return
    pairs = (
        (What.BASE, declared.base, Money.sum(one.amounts.base for one in owed)),
        (What.AMOUNT, declared.amount, amount),
        (What.EMPLOYER_SHARE, declared.employer, Money.sum(one.amounts.employer for one in owed)),
    )
    for what, stated_amount, expected in pairs:
        if stated_amount is not None and stated_amount != expected:
            yield Difference(what, str(stated_amount), str(expected), declared.line, guarantee, month)
    rates: set[Rate] = {one.rate for one in owed}
    if declared.rates and {Decimal(rate) for rate in declared.rates} != {rate.value * HUNDRED for rate in rates}:
        shown = ", ".join(sorted(percent(rate) for rate in rates))
        yield Difference(What.RATE, ", ".join(sorted(declared.rates)), shown, declared.line, guarantee, month)


def _shown(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)
