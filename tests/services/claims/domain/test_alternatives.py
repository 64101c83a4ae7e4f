"""The other reading of each open sentence gives what an accord that says it so would give, by the golden cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from kit.money import Money
from kit.trace import plain
from rules.book import RuleBook
from rules.vocabulary import Regime
from services.claims.api.benefits import BenefitsRequest
from services.claims.domain.alternatives import Alternative, FigureKind, alternatives, readings
from services.claims.domain.case import Case
from services.claims.domain.override import Override, OverrideReason
from services.claims.domain.snapshot import decided, decision_document
from services.claims.domain.terms_document import read_terms
from tests.golden.cases import read
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.domain.test_terms_switches import USUAL, accord_of

ZERO: Final = {kind.value: Money.zero() for kind in FigureKind}
CASES: Final = {case["name"]: case for case in read("benefits-terms")}
PAIRS: Final = (
    (
        "S6",
        "S6 by default a share of what the pensions leave",
        "S6 a share of the target, from which the pensions are deducted",
    ),
    ("S7", "S7 a base after TPP, by default", "S7 a base before TPP"),
    ("S8", "S8 an IAD pays the whole capital, by default", "S8 an accord that advances nothing on IAD"),
    (
        "S9",
        "S9 by default the share that the employer keeps is deducted",
        "S9 an accord that deducts nothing of what the employer keeps",
    ),
    (
        "S10",
        "S10 by default the tenth that a CMO loses is not maintained",
        "S10 from the first day the tenth lost is maintained",
    ),
    (
        "S24",
        "S24 by default flat, at the legal age, whatever the rate",
        "S24 an accord that prorates it as the annuity is",
    ),
    ("S24", "S24 by default flat, at the legal age, whatever the rate", "S24 an accord that pays it with the annuity"),
    (
        "S27",
        "S27 by default a TPT is not covered, however little of it is worked",
        "S27 an accord that covers a TPT adds to the hours worked and to the daily allowances",
    ),
    (
        "S27",
        "S27 by default a contractuel without rights has the whole target",
        "S27 an accord that leaves unpaid sick leave out",
    ),
    ("S28", "S28 by default SFT and IR are on neither side", "S28 an accord that compares SFT and IR, on both sides"),
    (
        "S29",
        "S29 by default before the contribution of the agent, whoever pays it",
        "S29 after the contribution of the agent, on both sides",
    ),
)


def taken(name: str, **changes: Any) -> tuple[Case, dict[str, Any]]:
    """The case of a golden one under the accord it says, and that accord."""
    golden = {**CASES[name], **changes}
    accord = accord_of(golden)
    return BenefitsRequest.model_validate({**USUAL, **golden["body"]}).case(read_terms(accord)), accord


def seen(case: Case, accord: dict[str, Any], today: RuleBook = BOOK) -> list[Alternative]:
    _, snapshot = decided(case, accord, BOOK)
    return list(alternatives(case, accord, today.holding(snapshot.rules)).bearing)


@pytest.mark.parametrize(("code", "usual", "otherwise"), PAIRS)
def test_the_other_reading_gives_what_another_accord_would(code: str, usual: str, otherwise: str) -> None:
    case, accord = taken(usual)
    terms = {key: CASES[otherwise][key] for key in ("terms", "tpp") if key in CASES[otherwise]}
    there, other_accord = taken(usual, **terms)
    expected, _ = decided(there, other_accord, BOOK)
    then = {**ZERO, **sums(plain(decision_document(expected)))}
    figures = [
        {figure.kind.value: figure.otherwise.amount for figure in one.figures}
        for one in seen(case, accord)
        if one.reading.code == code
    ]
    assert any(found and found == {kind: then[kind] for kind in found} for found in figures), (figures, then)


def sums(document: Any) -> dict[str, Money]:
    """The amounts of a decision, by what they are."""
    return {
        "BENEFIT": Money.sum(Money.parse(month["benefit"]) for month in document["months"]),
        "RI_FULL_PAY": Money.sum(Money.parse(month["ri_full_pay"]) for month in document["months"]),
        "ANNUITY": Money.parse(document["annuity"]["monthly"]) if document["annuity"] else Money.zero(),
        **{capital["guarantee"]: Money.parse(capital["amount"]) for capital in document["capitals"]},
    }


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_reading_turned_twice_is_itself(case: dict[str, Any]) -> None:
    accord = accord_of(case)
    terms, regime = read_terms(accord), Regime(case["body"].get("agent", USUAL["agent"])["regime"])
    for reading in readings(terms, regime, accord):
        back = [one for one in readings(reading.terms, regime, accord) if one.code == reading.code]
        assert reading.terms != terms
        assert reading.chosen in {one.other for one in back} | {"IAD_PAYS_PART"}
        assert reading.chosen == "IAD_PAYS_PART" or terms in [one.terms for one in back]


def test_facts_and_law_are_those_of_the_decision_whatever_people_decided_or_the_law_became() -> None:
    said = Override(Money(1), OverrideReason.COURT_DECISION, Money(2))
    changed = BOOK.replacing("cnracl.employee.tib", "0.9900")
    for _, name, _ in (PAIRS[0], PAIRS[4]):
        case, accord = taken(name)
        found = seen(case, accord)
        assert found
        decided_otherwise = replace(case, override=said, annuity_override=said)
        assert seen(decided_otherwise, accord) == found
        assert seen(case, accord, changed) == found


def test_options_that_an_accord_does_not_have_leave_nothing_open() -> None:
    case, accord = taken(PAIRS[4][1])
    alone = {**accord, "guarantees": [one for one in accord["guarantees"] if one["code"] == "BASE"]}
    codes = {reading.code for reading in readings(read_terms(alone), case.insured.regime, alone)}
    every = {reading.code for reading in readings(case.terms, case.insured.regime, accord)}
    assert every - codes == {"S8", "S9", "S24"}


def test_an_accord_that_compares_every_element_leaves_none_to_add() -> None:
    case, accord = taken(PAIRS[4][1], terms={"BASE": {"elements": ["ALL"]}})
    codes = {reading.code for reading in readings(case.terms, case.insured.regime, accord)}
    assert "S29" in codes
    assert "S28" not in codes


def test_a_reading_that_decides_nothing_says_why() -> None:
    """After the contribution of the agent, of whose regime the accord does not say what it is a percentage of."""
    case, accord = taken(PAIRS[-1][1])
    others = [{**one, "populations": ["PRIVATE_LAW"]} for one in accord["contribution_base"][:1]]
    unsaid = {**accord, "contribution_base": others}
    found = seen(replace(case, terms=read_terms(unsaid)), unsaid)
    assert [(one.reading.code, one.refused) for one in found if one.refused] == [("S29", "base_unknown")]
