"""What a DSN says of contracts (block 40) against the agent's employments: regime, NBI, quotity, index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from kit.money import Money
from kit.period import MONTHS_PER_YEAR
from rules.vocabulary import Regime
from services.contributions.domain.agent_file import Employment
from services.contributions.domain.dsn.difference import Difference, Held, What
from services.contributions.domain.dsn.expected import HUNDRED
from services.contributions.domain.dsn.mapping import Block
from services.contributions.domain.dsn.norm import code_of
from services.contributions.domain.pay_line import WHOLE

CONTRACT: Final = "S21.G00.40"
_HEALTH_PART_TIME: Final = "S21.G00.66"
_CNRACL: Final = code_of("S21.G00.40.020=120")
_PRIVATE: Final = frozenset({code_of("S21.G00.40.007=01"), code_of("S21.G00.40.007=02")})
_CIVIL_SERVANTS: Final = frozenset({code_of("S21.G00.40.026=01"), code_of("S21.G00.40.026=08")})
_CONTRACTUAL: Final = code_of("S21.G00.40.026=02")
# Of an hour a week. Quotities and hours have two decimals: what is as near is rounding.
_NEAR: Final = Fraction("0.01")  # lint(law) because this is how numbers are written


def regime_of(contract: Block) -> Regime | None:
    """The regime that a contract (block 40) declares: scheme (120 CNRACL), status, nature; None: it does not say."""
    if contract["nature"] in _PRIVATE:
        return Regime.PRIVATE_LAW
    if contract["pension_scheme"] is None:
        return None
    if contract["pension_scheme"] == _CNRACL:
        return Regime.CNRACL
    if contract["employment_status"] in _CIVIL_SERVANTS:
        return Regime.IRCANTEC_FONCTIONNAIRE
    return Regime.CONTRACTUEL_PUBLIC if contract["employment_status"] == _CONTRACTUAL else None


def status(blocks: Sequence[Block], held: Held) -> Iterator[Difference]:
    """The regime of each contract; the NBI of all of them together, for it is one amount in an agent's pay."""
    worked = [block for block in blocks if block.code == CONTRACT]
    for block in worked:
        declared = regime_of(block)
        if declared is not None and held.regimes and declared not in held.regimes:
            yield Difference(What.REGIME, declared.value, ", ".join(sorted(held.regimes)), block.line)
    granted = [block for block in worked if Decimal(block["nbi_points"] or 0)]
    paid = Money.sum(pay.elements.nbi for pay in held.pay)
    if worked and held.pay and bool(granted) != bool(paid):
        said = (granted or worked)[0]
        yield Difference(What.NBI, said["nbi_points"], str(paid), said.line)


def quotities(blocks: Sequence[Block], held: Held) -> Iterator[Difference]:
    """The hours a week that a contract's quotity (013 of 012, of a full time) comes to, against those of its
    employment; with the rate of part-time work (055, per hundred: K) or without, as employers tell us hours either way.

    A contract and an employment are each other's where there is one of each, or by their number. Nothing is said where
    a block 66 is: what part-time work on health grounds does to a quotity, payrolls do not agree on (K).
    """
    if held.full_time is None or any(block.code == _HEALTH_PART_TIME for block in blocks):
        return
    worked = [block for block in blocks if block.code == CONTRACT]
    for block in worked:
        told = {one.weekly_hours for one in _employments(block, held, alone=len(worked) == 1)}
        known = {hours for hours in told if hours is not None}
        declared = _weekly_hours(block, held.full_time)
        near = any(abs(said - Fraction(hours)) <= _NEAR for said in declared for hours in known)
        if declared and known == told != set() and not near:
            expected = ", ".join(f"{hours:.2f}" for hours in sorted(known))
            shown = Decimal(declared[0].numerator) / Decimal(declared[0].denominator)
            yield Difference(What.QUOTITY, f"{shown:.2f}", expected, block.line)


def _employments(contract: Block, held: Held, *, alone: bool) -> list[Employment]:
    if alone and len({one.id for one in held.employments}) == 1:
        return list(held.employments)
    return [one for one in held.employments if one.number is not None and one.number == contract["number"]]


def _weekly_hours(contract: Block, full_time: Decimal) -> list[Fraction]:
    """Of the contract, then of it at its rate of part-time work; empty: it does not say."""
    quotity, whole, rate = (contract[name] for name in ("quotity", "reference_quotity", "part_time_rate"))
    if quotity is None or whole is None or Decimal(whole) <= 0:
        return []
    hours = Fraction(full_time) * Fraction(quotity) / Fraction(whole)
    return [hours] if rate is None else [hours, hours * Fraction(rate) / Fraction(HUNDRED)]


def index(blocks: Sequence[Block], held: Held) -> Iterator[Difference]:
    """The traitement that the declared index gives, against the one Relais was told: of one contract and one pay, at
    full time and full pay, where nothing else can explain that they differ. A cent is rounding.
    """
    worked = [block for block in blocks if block.code == CONTRACT]
    if len(worked) != 1 or len(held.pay) != 1 or held.point is None:
        return
    contract, pay = worked[0], held.pay[0]
    full_time = contract["quotity"] is not None and contract["quotity"] == contract["reference_quotity"]
    full_pay = pay.share_of_pay == WHOLE and not pay.cabinet and not pay.rappels
    if contract["increased_index"] is None or not full_time or not full_pay:
        return
    given = Money.rounded(Fraction(contract["increased_index"]) * Fraction(held.point) / MONTHS_PER_YEAR)
    if abs((given - pay.elements.tib).cents) > 1:
        yield Difference(What.INDEX, str(given), str(pay.elements.tib), contract.line)
