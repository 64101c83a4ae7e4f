"""Employers and agents, drawn one by one from a seed: the same seed gives the same region, and memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from kit.money import Money
from kit.period import MONTHS_PER_YEAR, add_months, add_years
from relais.synthetic.distributions import chance, load, weighted, years
from relais.synthetic.identity import FIRST_NAMES, LAST_NAMES, fictitious_nir, fictitious_siret

# décret 2022-244: from here on, over all jobs, a fonctionnaire is in the CNRACL; a draw, not a decision.
LIKELY_CNRACL_HOURS = Decimal(28)


@dataclass(frozen=True, slots=True)
class Employer:
    """An invented employer; `agents` is how many it has."""

    siret: str
    name: str
    agents: int


@dataclass(frozen=True, slots=True)
class Agent:
    """An invented agent with one employment; amounts are monthly."""

    employer: str
    matricule: str
    nir: str
    last_name: str
    first_name: str
    birth_date: date
    kind: str
    contract: str | None
    start: date
    end: date | None
    weekly_hours: str
    category: str | None
    regime: str
    tib: Money
    nbi: Money
    ri: Money
    children: int
    residence: bool

    @property
    def paid_months_from(self) -> date:
        return self.start.replace(day=1)


def employers(count: int, agents: int) -> Iterator[Employer]:
    """`count` employers that share out `agents`, the first the largest; each has at least one.

    >>> sizes = [e.agents for e in employers(5, 100)]
    >>> sum(sizes), sizes == sorted(sizes, reverse=True), min(sizes) >= 1
    (100, True, True)
    """
    if not 1 <= count <= agents:
        raise ValueError("il faut au moins un employeur, et un agent par employeur")
    exponent = load()["size_exponent"]
    shares = [1 / rank**exponent for rank in range(1, count + 1)]
    spare, total = agents - count, sum(shares)
    sizes = [1 + int(spare * share / total) for share in shares]
    sizes[0] += agents - sum(sizes)
    for rank, size in enumerate(sizes, start=1):
        yield Employer(fictitious_siret(rank), f"Collectivité fictive n° {rank}", size)


def agents_of(employer: Employer, *, seed: int, today: date, point: Decimal) -> Iterator[Agent]:
    """The agents of one employer. `point` is the yearly value of the point d'indice in euros on that day."""
    for number in range(1, employer.agents + 1):
        yield draw_agent(employer.siret, f"M{number:06d}", seed=seed, today=today, point=point)


def draw_agent(siret: str, matricule: str, *, seed: int, today: date, point: Decimal) -> Agent:
    """One agent, a function of the seed and of its natural key alone."""
    random = Random(f"{seed}:{siret}:{matricule}")  # noqa: S311 - a reproducible draw, no secret
    rules = load()
    status = weighted(random, rules["statuses"])
    grade = weighted(random, rules["categories"])
    hours = random.choice(rules["part_time_hours"]) if status.get("part_time") else rules["full_hours"]
    start, end = _employment(random, status, today)
    birth = add_years(start, -years(random, rules["age_at_hire"])) - timedelta(days=random.randrange(365))
    birth = max(birth, add_years(today, -rules["age_at_most"]) + timedelta(days=birth.toordinal() % 365))
    share = Decimal(hours) / Decimal(rules["full_hours"])
    return Agent(
        employer=siret,
        matricule=matricule,
        nir=fictitious_nir(random, birth.year, birth.month),
        last_name=random.choice(LAST_NAMES),
        first_name=random.choice(FIRST_NAMES),
        birth_date=birth,
        kind=status["kind"],
        contract=status["contract"],
        start=start,
        end=end,
        weekly_hours=hours,
        category=grade["code"] if status["kind"] in ("TITULAIRE", "STAGIAIRE") else None,
        regime=regime_of(status["kind"], Decimal(hours)),
        residence=chance(random, **rules["residence"]),
        children=int(random.choices(list(rules["children"]), list(rules["children"].values()))[0]),
        **_monthly_pay(random, rules, grade, point=point, share=share),
    )


def regime_of(kind: str, hours: Decimal) -> str:
    """The regime such an employment most likely gives; eligibility decides on the real one."""
    if kind in ("TITULAIRE", "STAGIAIRE"):
        return "CNRACL" if hours >= LIKELY_CNRACL_HOURS else "IRCANTEC_FONCTIONNAIRE"
    return "PRIVATE_LAW" if kind in ("PRIVATE_LAW", "APPRENTI") else "CONTRACTUEL_PUBLIC"


def _employment(random: Random, status: Any, today: date) -> tuple[date, date | None]:
    rules = load()
    if status["contract"] != "CDD":
        served = years(random, rules["service"])
        return add_months(today, -MONTHS_PER_YEAR * served - random.randrange(MONTHS_PER_YEAR)), None
    length = random.choice(rules["contract_months"])
    start = add_months(today, -random.randrange(length))
    return start, add_months(start, length) - timedelta(days=1)


def _monthly_pay(random: Random, rules: Any, grade: Any, *, point: Decimal, share: Decimal) -> dict[str, Money]:
    lowest, highest = grade["index"]
    index = int(random.triangular(lowest, highest, lowest + (highest - lowest) // 4))
    points = random.choice(rules["nbi"]["points"]) if chance(random, rules["nbi"]["share"], rules["nbi"]["of"]) else 0
    ri = random.randint(*grade["ri"])
    return {
        "tib": Money.rounded(index * point / MONTHS_PER_YEAR * share),
        "nbi": Money.rounded(points * point / MONTHS_PER_YEAR * share),
        "ri": Money.rounded(ri * share),
    }
