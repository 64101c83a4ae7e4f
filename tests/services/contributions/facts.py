"""Facts of the demo accord, as other services and payrolls tell them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from kit.money import Money
from kit.period import Month, Period
from rules.book import RuleBook, Rules
from rules.pay import PayElements
from rules.vocabulary import AffiliationOutcome, Category, Guarantee, Regime
from services.contributions.domain.agent_file import Affiliation, AgentFile, Employment
from services.contributions.domain.base import Status
from services.contributions.domain.cover import Span
from services.contributions.domain.delta import LineKey, Position
from services.contributions.domain.facts import Facts
from services.contributions.domain.lines import Agents, Builder, Lines
from services.contributions.domain.pay_line import PayLine
from services.contributions.domain.replay import RunInputs
from services.contributions.domain.run import Assessment, assess
from services.contributions.domain.terms import Terms
from services.contributions.domain.terms_document import read_terms
from tests.yaml_files import read_yaml

ROOT: Final = Path(__file__).resolve().parents[3]
ACCORD: Final = "la-roche-sur-yon-2025"
CITY: Final = "99985001900012"
AGGLOMERATION: Final = "99985002700015"
BOOK: Final = RuleBook.load()
_RAW: Final = read_yaml(ROOT / "examples" / "accords" / f"{ACCORD}.yaml")


def document(**changes: Any) -> dict[str, Any]:
    """The accord of La Roche-sur-Yon as `agreement.published` carries it."""
    return {**copy.deepcopy(_RAW), "version": 1, **changes}


TERMS: Final = read_terms(document())


def terms(**changes: Any) -> Terms:
    return read_terms(document(**changes))


def revised(code: str, *rates: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The accord with other rates, or otherwise changed, for one guarantee."""
    base = document()
    for guarantee in base["guarantees"]:
        if guarantee["code"] == code:
            guarantee.update(changes)
            if rates:
                guarantee["rates"] = [{**guarantee["rates"][0], **rate} for rate in rates]
    return base


def money(text: str) -> Money:
    return Money.parse(text)


def elements(**amounts: str) -> PayElements:
    """`elements(tib="2400.00")`."""
    return PayElements(**{name: money(text) for name, text in amounts.items()})


def paid(month: str, **amounts: str) -> PayLine:
    return PayLine(Month.parse(month), 1, elements(**amounts))


def span(start: str, end: str | None, outcome: str = "AFFILIATED") -> Span:
    return Span(
        Period(date.fromisoformat(start), date.fromisoformat(end) if end else None), AffiliationOutcome(outcome)
    )


def period(start: str, end: str | None = None) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def agent_file(
    *pay: PayLine,
    regime: Regime = Regime.CNRACL,
    category: Category | None = Category.C,
    timeline: Iterable[Span] = (span("2025-01-01", None),),
    elections: Mapping[Guarantee, list[Period]] | None = None,
    agent: str = "019a0000-0000-7000-8000-000000000001",
) -> AgentFile:
    """An agent covered since the accord began, in one employment, unless said otherwise."""
    return AgentFile(
        employer=CITY,
        agent=agent,
        employments=(Employment("e1", period("2020-01-01"), Status(regime, category)),),
        affiliations=(Affiliation(ACCORD, tuple(timeline)),),
        elections=elections or {},
        pay=pay,
    )


Issued = Mapping[LineKey, Position]


def lines_of(agents: Agents, positions: Issued) -> Lines:
    """Positions of these agents as lines."""
    builder, names = Builder(agents), agents.astype(str).tolist()
    for key, position in positions.items():
        builder.add_one(names.index(key.agent), key, position)
    return builder.lines()


def inputs(files: Iterable[AgentFile], last: Month, issued: Issued, *documents: Mapping[str, Any]) -> RunInputs:
    """What a run of the city up to a month rests on."""
    facts = Facts.of(files)
    return RunInputs(CITY, last, facts, {one["agreement"]: one for one in documents}, lines_of(facts.agents, issued))


def assessed(
    files: Iterable[AgentFile], last: Month, terms: Mapping[str, Terms], issued: Issued, rules: Rules
) -> Assessment:
    """A run of them, in columns."""
    given = inputs(files, last, issued)
    return assess(given.facts, last, terms, given.issued, rules)
