"""What other accords may say: golden cases on terms that differ from those of La Roche-sur-Yon."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import pytest

from kit.period import Period
from rules.vocabulary import AffiliationOutcome
from services.claims.api.benefits import BenefitsRequest, answer
from services.claims.domain.agent_file import Affiliation, DatedTerms
from services.claims.domain.proposal import propose
from services.claims.domain.snapshot import decided, recomputed
from services.claims.domain.terms_document import kept, read_terms, readings
from tests.golden.cases import difference, read
from tests.services.claims.domain.files import ACCORD_START, day, entry, file, leave
from tests.services.claims.domain.histories import BOOK
from tests.services.claims.simulator import ACCORD

USUAL: Final[dict[str, Any]] = {
    "agreement": ACCORD["agreement"],
    "agent": {"regime": "CNRACL", "category": "C", "birth_date": "1975-03-01", "service_start": "2005-09-01"},
    "reference_pay": {"month": "2026-01", "tib": "2067.57", "nbi": "73.84", "ri": "300.00"},
    "from": "2026-01-01",
    "to": "2026-12-31",
}


def accord_of(case: dict[str, Any]) -> dict[str, Any]:
    """The accord with what the case changes of it."""
    accord = deepcopy(ACCORD)
    for guarantee in accord["guarantees"]:
        for name, value in case.get("terms", {}).get(guarantee["code"], {}).items():
            place = guarantee if name in guarantee else guarantee["benefit"]
            place[name] = {**place[name], **value} if isinstance(value, dict) else value
    for base in accord["contribution_base"]:
        base["tpp"] = case.get("tpp", base["tpp"])
    return accord


@pytest.mark.parametrize("case", read("benefits-terms"), ids=lambda case: case["name"])
def test_what_the_accord_says_decides(case: dict[str, Any]) -> None:
    accord = accord_of(case)
    asked = BenefitsRequest.model_validate({**USUAL, **case["body"]})
    found = difference(case["expect"], answer(asked, read_terms(accord), BOOK).model_dump(mode="json", by_alias=True))
    assert found is None, f"{case['source']}: {found}"
    _, snapshot = decided(asked.case(read_terms(accord)), accord, BOOK)
    assert recomputed(snapshot).bytes() == snapshot.bytes()


@pytest.mark.parametrize(
    ("first", "last", "opens"),
    [("2025-11-01", "2026-02-28", "2026-01-30"), ("2026-02-01", "2026-02-28", "2026-02-02")],
)
def test_an_avenant_may_maintain_income_from_the_first_day_of_later_stops(first: str, last: str, opens: str) -> None:
    """S10 is dated: a stop goes by what the accord said on its first day."""
    former = {**kept(ACCORD), "to": "2025-12-31"}
    accord = {**kept(accord_of({"terms": {"BASE": {"starts": "FIRST_DAY"}}})), "formerly": [former]}
    terms = tuple(DatedTerms(start, read_terms(said), said) for start, said in readings(accord, None))
    cover = Affiliation(ACCORD["agreement"], ((Period(ACCORD_START), AffiliationOutcome.AFFILIATED),))
    known = file(leaves=(leave(entry(first, last)),), affiliations=(cover,), terms={ACCORD["agreement"]: terms})
    assert [claim.opened_from for claim in propose(known, BOOK).claims] == [day(opens)]


def test_a_capped_complement_says_its_cap() -> None:
    with pytest.raises(KeyError, match="cap"):
        read_terms(accord_of({"terms": {"BASE": {"annuity": {"formula": "COMPLEMENT_CAPPED_50"}}}}))
