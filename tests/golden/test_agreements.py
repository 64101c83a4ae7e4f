"""What the registry makes of each sentence of articles 5.3 to 8 and of the rulebook's rows on accords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest
from sqlalchemy import text

from kit.db.database import Scope
from kit.period import Period
from rules.book import RuleBook
from services.agreements.adapters import cover, notices
from services.agreements.adapters.notices import Cause, Notice
from services.agreements.domain import cascade
from services.agreements.domain.committee import attendance
from services.agreements.domain.finding import Severity
from services.agreements.domain.lifecycle import Status, Step, force
from services.agreements.domain.revision import revision_findings
from services.agreements.domain.terms import exact, terms_on
from services.agreements.domain.validation import validate
from services.agreements.domain.validity import insured_until
from tests.golden.cases import read
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, STAFF, agreement, scheme
from tests.services.agreements.test_api import CITY

Case = dict[str, Any]
CASES: Final[list[Case]] = read("accord-articles")
RULES: Final = RuleBook.load()
SCHEME: Final = scheme().to_domain()
REAL: Final = agreement()


def revision(case: Case) -> None:
    """An avenant gives the base cover another rate from a day on."""
    first = {"guaranteed_to": "2027-12-31", "rate": "0.0205", "employer_share": "1", "source": "annexe"}
    since = date.fromisoformat(case["from"])
    eve = since.fromordinal(since.toordinal() - 1).isoformat()
    rates = [
        {**first, "from": "2025-01-01", "to": eve},
        {"from": case["from"], "rate": case["rate"], "employer_share": "1", "source": "avenant"},
    ]
    found = revision_findings(REAL, agreement({"/guarantees/0/rates": rates}), since)
    assert [finding.code for finding in found] == case["expect"]


def committee(case: Case) -> None:
    held = [date.fromisoformat(day) for day in case["meetings"]]
    seen = attendance(REAL.effective, held, date.fromisoformat(case["day"]))
    assert {"missed": list(seen.missed), "due": seen.due and seen.due.isoformat()} == case["expect"]


def in_force(case: Case) -> None:
    steps = [Step(Status(status), date.fromisoformat(day)) for status, day in case["steps"]]
    found = force(steps, REAL.effective, date.fromisoformat(case["day"]), insured_until(REAL.insurers, SCHEME))
    assert found.value == case["expect"]


def what_ends(case: Case) -> None:
    on = date.fromisoformat(case["last"])
    effects = {
        "convention": lambda: cascade.convention_ends(SCHEME.conventions[0], [REAL], on),
        "employer": lambda: cascade.employer_leaves(REAL, CITY, on),
        "denunciation": lambda: cascade.denounced(REAL, on),
        "term": lambda: cascade.lapses_at_term(REAL, on),
    }[case["what"]]()
    assert Counter(effect.kind.value for effect in effects) == case["expect"]
    ends = {"CONTRACT_ENDS", "AGREEMENT_LAPSES", "AGREEMENT_DENOUNCED", "ADHESION_ENDS", "CONVENTION_ENDS"}
    assert {effect.on for effect in effects if effect.kind.value in ends} == {on}
    assert all(effect.source == "accord art. 8" for effect in effects)


def found_by(case: Case) -> set[str]:
    found = validate(agreement(case["given"]), SCHEME, RULES)
    assert all(finding.reference for finding in found), "each names its article"
    return {f.code for f in found if f.severity is Severity(case.get("severity", "WARNING"))}


def findings(case: Case) -> None:
    codes = found_by(case)
    assert codes >= set(case["expect"])
    assert case["severity"] == "WARNING" or codes == set(case["expect"])


def absent(case: Case) -> None:
    assert not found_by(case) & set(case["expect"])


def terms(case: Case) -> None:
    seen = terms_on(REAL, date.fromisoformat(case["day"]), insured_until(REAL.insurers, SCHEME))
    one = next(g for g in seen.guarantees if g.term.code == case["guarantee"])
    said = {
        "rate": exact(one.rate.rate),
        "employer_share": exact(one.rate.employer_share),
        "guaranteed": one.guaranteed,
    }
    assert {key: said[key] for key in case["expect"]} == case["expect"]


PURE: Final[dict[str, Callable[[Case], None]]] = {
    "revision": revision,
    "committee": committee,
    "force": in_force,
    "cascade": what_ends,
    "findings": findings,
    "absent": absent,
    "terms": terms,
}


@pytest.mark.parametrize("case", [c for c in CASES if c["check"] in PURE], ids=lambda case: case["name"])
def test_a_sentence_of_the_accord(case: Case) -> None:
    PURE[case["check"]](case)


@pytest.mark.parametrize("case", [c for c in CASES if c["check"] == "notice"], ids=lambda case: case["name"])
async def test_to_whom_a_notice_is_due(case: Case, database: DatabaseFactory) -> None:
    """On a real database: the last version due on each of the days, and since when the agent waits for it."""
    first, last = (None if day is None else date.fromisoformat(day) for day in case["covered"])
    registry = await database("agreements")
    since: list[str | None] = []
    async with registry.worker.transaction(Scope.all()) as tx:
        await cover.keep(tx, LRSY, "a1", CITY, [(Period(first or date.min, last), "AFFILIATED")])
        for version, day in enumerate(map(date.fromisoformat, case["due"]), start=1):
            await notices.expect(tx, LRSY, day, Cause.CHANGE)
            waits = text("SELECT due_since FROM notice_delivery WHERE version = :version")
            found = (await tx.execute(waits, {"version": version})).scalar_one_or_none()
            since.append(None if found is None else found.isoformat())
            await notices.issue(tx, LRSY, Notice(version, "demo-a", day, "notice.pdf", "a" * 64), STAFF)
    assert since == case["expect"]


def test_every_case_has_a_source_and_somebody_who_asks() -> None:
    assert all(case["source"] and case["check"] in {*PURE, "notice"} for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
