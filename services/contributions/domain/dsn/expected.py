"""What an employer must put in its own DSN for the contracts of its accord: blocks 15, 20/55, 70, 78, 79 and 81.

The amounts are those of the month's statements. A fragment, not a DSN: who a person is, its contract and its pay are
the payroll's. Where no dictionary of the norm was read (K in `norm`), the rubric is as generally known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kit.money import Money
from kit.period import Month
from kit.rate import Rate
from rules.vocabulary import Guarantee, Regime
from services.contributions.domain.delta import Amounts
from services.contributions.domain.dsn.norm import (
    EMPLOYER_COMPONENT,
    GROSS_COMPONENT,
    INDIVIDUAL,
    KNOWN_NORM,
    MONTHLY,
    PREVOYANCE_BASE,
    names_of,
    written,
)
from services.contributions.domain.dsn.parameters import Contract, Contracts

HUNDRED = Decimal(100)  # lint(law) because a DSN writes rates per hundred


@dataclass(frozen=True, slots=True)
class Owing:
    """What statements of a month say of one agent and guarantee; `month` is earlier for a regularisation."""

    agent: str
    agreement: str
    insurer: str
    guarantee: Guarantee
    month: Month
    rate: Rate
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Written:
    """A rubric with its value; None when nobody knows what to write."""

    rubric: str
    value: str | None

    @property
    def text(self) -> str:
        return f"{self.rubric},'{self.value}'"


def percent(rate: Rate) -> str:
    """A rate per hundred.

    >>> percent(Rate.parse("0.0205"))
    '2.05'
    """
    return format((rate.value * HUNDRED).normalize(), "f")


def head(siret: str, month: Month) -> list[Written]:
    """The lines that say whose month it is."""
    siren, nic = siret[:9], siret[9:]
    return [
        *_block("S10.G00.00", norm=KNOWN_NORM),
        *_block("S20.G00.05", nature=MONTHLY, month=written(month.first)),
        *_block("S21.G00.06", siren=siren),
        *_block("S21.G00.11", nic=nic),
    ]


def adhesions(contracts: Contracts) -> Iterator[Written]:
    """Block 15 of each contract."""
    for one in contracts.known:
        yield from _block(
            "S21.G00.15",
            contract=one.reference,
            organisation=one.organisation,
            delegate=one.delegate,
            staff=one.staff,
            adhesion=contracts.adhesion(one),
            optional=("delegate", "staff"),
        )


def payments(owing: Iterable[Owing], contracts: Contracts) -> Iterator[Written]:
    """Blocks 20 and 55: to each organisation what its contract's statements come to."""
    sums: dict[tuple[str, str], Money] = {}
    for one in owing:
        key = (one.agreement, one.insurer)
        sums[key] = sums.get(key, Money.zero()) + one.amounts.amount
    for (agreement, insurer), amount in sorted(sums.items()):
        known = contracts.of(agreement, insurer)
        organisation, reference = (known.organisation, known.reference) if known else (None, None)
        yield from _block("S21.G00.20", organisation=organisation, amount=str(amount))
        yield from _block("S21.G00.55", amount=str(amount), contract=reference)


def of_agent(owing: Sequence[Owing], regime: Regime | None, contracts: Contracts) -> Iterator[Written]:
    """Block 70 of each guarantee, then 78, 79 and 81 of each of its months."""
    affiliations = sorted({(one.agreement, one.insurer, one.guarantee) for one in owing})
    places = {key: str(place) for place, key in enumerate(affiliations, start=1)}
    for key, place in places.items():
        yield from _affiliation(contracts.of(*key[:2]), contracts, key[2], regime, place)
    for one in sorted(owing, key=lambda o: (o.agreement, o.insurer, o.guarantee, o.month)):
        yield from _contribution(one, places[one.agreement, one.insurer, one.guarantee])


def _affiliation(
    contract: Contract | None, contracts: Contracts, guarantee: Guarantee, regime: Regime | None, place: str
) -> Iterator[Written]:
    codes = contract and contract.guarantees.get(guarantee)
    yield from _block(
        "S21.G00.70",
        option=codes.option if codes else None,
        population=codes.populations.get(regime) if codes and regime else None,
        affiliation=place,
        adhesion=contracts.adhesion(contract) if contract else None,
    )


def _contribution(one: Owing, place: str) -> Iterator[Written]:
    first, last = written(one.month.first), written(one.month.last)
    yield from _block("S21.G00.78", code=PREVOYANCE_BASE, start=first, end=last, affiliation=place)
    yield from _block("S21.G00.79", type=GROSS_COMPONENT, amount=str(one.amounts.base))
    if one.amounts.employer:
        yield from _block("S21.G00.79", type=EMPLOYER_COMPONENT, amount=str(one.amounts.employer))
    figures = {"base": str(one.amounts.base), "amount": str(one.amounts.amount), "rate": percent(one.rate)}
    yield from _block("S21.G00.81", code=INDIVIDUAL, **figures)


def _block(block: str, *, optional: Sequence[str] = (), **values: str | None) -> Iterator[Written]:
    """The rubrics of a block in their order; what is optional and not given is left out."""
    for name, rubric in names_of(block).items():
        if name in values and (values[name] is not None or name not in optional):
            yield Written(rubric, values[name])
