"""Death cover that an ended contract goes on owing to whom it paid when it ended (accord art. 8; loi Évin art. 7-1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from kit.period import Period
from kit.rate import Rate
from rules.vocabulary import Guarantee
from services.claims.domain.agent_file import AgentFile, Election, Recognition
from services.claims.domain.capitals import Capital, Death, DeathKind
from services.claims.domain.claim_documents import required_of
from services.claims.domain.due_capitals import propose_capitals
from services.claims.domain.invalidity import Invalidity
from services.claims.domain.proposal import propose
from services.claims.domain.snapshot import decided, recomputed
from services.claims.domain.terms_document import contract_ends
from tests.golden.cases import read
from tests.services.claims.domain.files import SECOND, covered, day, entry, file, leave
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import ACCORD, TERMS

CASES = read("benefits-kept")
CITY = "99985001900012"
NEVER = Death(date(2060, 1, 1), DeathKind.DEATH)


def known(case: dict[str, Any], died: Death) -> AgentFile:
    ends = case.get("cover", None if case.get("followed") else case["contract"])
    rate = Rate.parse("0.6000")
    starts = [day(case["annuity"])] if "annuity" in case else []
    return file(
        leaves=(leave(entry("2026-02-01", case["leave"], waiting=0)),),
        affiliations=(covered(end=ends),),
        elections=(Election(Guarantee.DEATH, Period(day("2025-01-01"), ends and day(ends))),) * case.get("option", 1),
        recognitions=tuple(Recognition(SECOND, Invalidity(one, rate, None, None, Money(90_000))) for one in starts),
        contract_ends={TERMS.agreement: (day(case["contract"]),)},
        deaths=(died,),
    )


def capital(found: AgentFile) -> Capital | None:
    for one in propose_capitals(found, propose(found, BOOK), BOOK):
        decision, snapshot = decided(one.case, ACCORD, BOOK)
        assert recomputed(snapshot) == snapshot
        for due in decision.capitals:
            return due
    return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_death_after_the_end_is_paid_as_the_accord_says(case: dict[str, Any]) -> None:
    due = capital(known(case, Death(day(case["died"]), DeathKind.DEATH)))
    assert (due and [str(due.amount), due.kept and due.kept.isoformat()]) == case["expect"]
    if due is not None and due.kept is not None:
        (step,) = (one for one in due.trace.steps if one.rule == "capital.death.kept")
        assert step.reference == "accord art. 8 ; loi Évin art. 7 et 7-1, à vérifier"


@given(st.integers(0, 151), st.integers(1, 151), st.sampled_from(DeathKind))
def test_the_end_of_the_contract_takes_nothing_from_whom_it_pays(ended: int, after: int, kind: DeathKind) -> None:
    """Whenever it ends after the first day paid for, the capital is what it would have been had it gone on."""
    first = date(2026, 5, 2)
    last = first + timedelta(min(ended, 150))
    died = min(last + timedelta(after), date(2026, 9, 30))
    ends = {"leave": "2026-09-30", "contract": last.isoformat()}
    without = capital(known({**ends, "contract": "2030-12-31"}, Death(died, kind)))
    kept = capital(known(ends, Death(died, kind)))
    assert without is not None
    assert kept is not None
    assert (kept.amount, kept.due, without.kept) == (without.amount, without.due, None)
    assert kept.kept == (last if last < died else None)


def test_only_what_the_same_accord_pays_keeps_its_cover() -> None:
    proposal = propose(known({"leave": "2026-09-30", "annuity": "2026-10-01", "contract": "2030-12-31"}, NEVER), BOOK)
    assert list(proposal.paid_days(TERMS.agreement)) != []
    assert list(proposal.paid_days("another")) == []


def test_no_document_is_asked_for_on_a_day_without_a_list() -> None:
    assert required_of("DEATH", None, date(2026, 9, 1), BOOK) != ()
    assert required_of("DEATH", None, date(1990, 1, 1), BOOK) == ()


def test_a_contract_ends_with_the_accord_the_adhesion_or_the_insurer() -> None:
    parties = {"employers": [dict(one) for one in ACCORD["employers"]], "insurers": [dict(ACCORD["insurers"][0])]}
    said = {**ACCORD, **parties}
    assert contract_ends(said, CITY) == ()
    assert contract_ends({**said, "effective": {"from": "2025-01-01", "to": "2027-12-31"}}, CITY) == (
        date(2027, 12, 31),
    )
    parties["insurers"][0]["to"] = "2026-12-31"
    parties["insurers"].append({"code": "demo-b", "from": "2027-01-01", "to": None})
    assert contract_ends(said, CITY) == (date(2026, 12, 31),)
    parties["employers"][0]["to"] = "2027-06-30"
    assert contract_ends(said, CITY) == (date(2026, 12, 31), date(2027, 6, 30))
    assert contract_ends(said, str(ACCORD["employers"][1]["siret"])) == (date(2026, 12, 31),)
    assert contract_ends({**said, "insurers": []}, CITY) == (date(2027, 6, 30),)
    assert contract_ends(said, "99985009900015") == ()
