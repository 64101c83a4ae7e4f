"""Whatever a service writes into a trace has words in both languages: read from the code that writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from gateway.dashboard.words import Words, catalogue, law
from kit.http.language import Language
from rules.book import RuleBook
from rules.vocabulary import AffiliationOutcome, LeaveKind, Leg, PayElement, Regime
from services.claims.application.explain_words import STEPS
from services.claims.domain.capitals import DeathKind
from services.claims.domain.terms import AnnuityFormula, Prorated
from tests.postgres import ROOT

WRITERS: Final = frozenset({"Trace", "trace"})
# What a step holds that is written elsewhere.
PARTS: Final = frozenset({"timeline_document", "reason_document"})
NAMED: Final = frozenset({"Trace", "Reason", "trace", "_step"})
RULE: Final = re.compile(r"[a-z][a-z_]*(\.[a-z][A-Za-z0-9_]*)+")
# The name of a key space, and the beginning of one that is put together.
NO_STEP: Final = frozenset({"contributions.run", "ait.group_"})
# Values of the law that no decision is taken on.
NEVER_TRACED: Final = (
    *("employment.", "file.", "participation.", "prescription.", "psc.", "retention.", "scheme.", "statistics."),
)


# Who writes the doubts that a page shows by their code, and the family of words each has.
DOUBTS: Final = {"Doubt": "doubt", "warning": "finding", "Finding": "finding"}


@cache
def sources() -> list[ast.Module]:
    files = [*ROOT.glob("services/*/domain/*.py"), *ROOT.glob("services/*/api/*.py"), ROOT / "rules/pay.py"]
    return [ast.parse(file.read_text(encoding="utf-8")) for file in files]


def name_of(call: ast.AST) -> str:
    """What is called; empty for what is no call."""
    if not isinstance(call, ast.Call):
        return ""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def keys() -> Iterator[str]:
    """The names of values, in the functions that write steps."""
    for function in (one for source in sources() for one in ast.walk(source) if isinstance(one, ast.FunctionDef)):
        inside = list(ast.walk(function))
        if function.name not in PARTS and not WRITERS & {name_of(one) for one in inside}:
            continue
        for one in inside:
            found = list(one.keys) if isinstance(one, ast.Dict) else []
            if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store):
                found = [one.slice]
            yield from (key.value for key in found if isinstance(key, ast.Constant) and isinstance(key.value, str))


def rules() -> Iterator[str]:
    """The names of steps: what is said first where one is written, and whatever looks like one."""
    for one in (one for source in sources() for one in ast.walk(source)):
        first = one.args[0] if isinstance(one, ast.Call) and name_of(one) in NAMED and one.args else one
        text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        if text and (first is not one or RULE.fullmatch(text)):
            yield text


def known(family: str) -> set[str]:
    return {key.removeprefix(f"{family}.") for key in catalogue() if key.startswith(f"{family}.")}


def test_every_name_in_a_trace_has_words() -> None:
    named = {*keys()}
    assert named >= {"prior_collective_cover", "deferred_until", "target_net"}
    assert named - known("input") == set()


def test_a_step_is_called_alike_on_the_pages_and_in_the_text() -> None:
    """What HR reads on a page is what the agent reads in the text of the same decision."""
    said = {name: catalogue()[f"rule.{name}"][0] for name in STEPS if f"rule.{name}" in catalogue()}
    assert len(said) > 20
    assert said == {name: STEPS[name] for name in said}


def test_every_step_of_a_trace_has_words() -> None:
    named = {*rules()} - NO_STEP
    assert named >= {"benefits", "net-pay", "statutory.half_pay", "eligibility.death"}
    assert named - law().keys() - known("rule") == set()


def test_codes_that_are_values_of_a_trace_have_words() -> None:
    codes = {*PayElement, *DeathKind, *AnnuityFormula, *Prorated, *Regime, *Leg, *LeaveKind, *AffiliationOutcome}
    assert {code for code in codes if Words("en").value(code) == code} <= {"TIB", "NBI", "RI"}
    assert Words("en").named("2026-05") == "May 2026"


def test_every_value_of_the_law_that_decides_has_an_english_name() -> None:
    unsaid = {name for name, (_, english) in law().items() if english == name}
    assert {name for name in unsaid if not name.startswith(NEVER_TRACED)} == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_law_is_shown_with_units_and_choices_in_words(language: Language) -> None:
    words, rules = Words(language), list(RuleBook.load())
    bare = {"count", "rate", "ratio", "date", "choice", "table"}
    assert {rule.unit for rule in rules} <= bare | {key[5:] for key in catalogue() if key.startswith("unit.")}
    raw = [one for rule in rules for one in rule.choices if words.measured(one, rule.unit) == one]
    assert not raw
    assert Words("fr").measured("4005.00", "EUR/month") == "4\u202f005,00 €/mois"


def doubts() -> Iterator[tuple[str, str]]:
    """Each family with a code of it, in the functions and constants of eligibility and agreements."""
    for service in ("eligibility", "agreements"):
        for file in sorted(ROOT.glob(f"services/{service}/*/*.py")):
            for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                family = DOUBTS.get(name_of(one))
                if family is None or not isinstance(one, ast.Call) or not isinstance(one.func, ast.Name):
                    continue
                codes = [arg.value for arg in one.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                yield from ((family, code) for code in codes[:1] if re.fullmatch(r"[a-z][a-z0-9_]+", code))


def test_what_is_doubted_is_said_in_english_as_well() -> None:
    found = set(doubts())
    assert len(found) > 25, "they are written in another way"
    assert {f"{family}.{code}" for family, code in found} - set(catalogue()) == set()
