"""The accord as a document: what comes out is what went in, and what cannot be one is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.agreements.adapters.document import AgreementDocument
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.application.payloads import AgreementPublished
from tests.services.agreements.accord import changed, document, raw, scheme


def test_a_document_is_read_back_as_it_was() -> None:
    assert AgreementDocument.model_validate(document().dump()) == document()
    assert SchemeDocument.model_validate(scheme().dump()) == scheme()


def test_the_figures_are_those_of_the_accord() -> None:
    """Annexe, art. 5.1: 2.05 %, 0.20 %, 0.35 %, 0.25 %, all borne by the employer; 95 %."""
    rates = {g.code: (str(r.rate), str(r.employer_share)) for g in document().guarantees for r in g.rates}
    assert rates == {
        "BASE": ("0.0205", "1.0000"),
        "DEATH": ("0.0020", "1.0000"),
        "RETIREMENT_LOSS": ("0.0035", "1.0000"),
        "RI_FULL_PAY": ("0.0025", "1.0000"),
    }
    assert document().dump()["guarantees"][0]["benefit"]["target"] == "0.9500"


def test_what_no_source_gives_is_marked() -> None:
    """SIRETs and the insurer are demo data; the insurer's code is unknown."""
    assert all(employer.assumption for employer in document().employers)
    assert all(insurer.assumption and insurer.legal_code is None for insurer in document().insurers)
    assert all(lot.holder is None for lot in scheme().lots)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"/surprise": 1}, ("surprise",)),
        ({"/employers/0/siret": "99985001900013"}, ("employers", 0, "siret")),
        ({"/employers/0/from": "2025-02-30"}, ("employers", 0, "from")),
        ({"/employers/0/from": 20250101}, ("employers", 0, "from")),
        ({"/employers/0/to": "2024-12-31"}, ("employers", 0)),
        ({"/guarantees/0": {**raw()["guarantees"][0], "code": "HEALTH"}}, ("guarantees", 0, "code")),
        ({"/guarantees/0/rates/0/rate": 0.0205}, ("guarantees", 0, "rates", 0, "rate")),
        ({"/guarantees/0/rates/0/rate": "2.05%"}, ("guarantees", 0, "rates", 0, "rate")),
        ({"/guarantees/0/benefit/flat": "1.00"}, ("guarantees", 0, "benefit", "flat")),
        ({"/guarantees/2/benefit/flat": "-1.00"}, ("guarantees", 2, "benefit", "flat")),
        ({"/eligibility/return_days": "30"}, ("eligibility", "return_days")),
        ({"/eligibility/excluded_kinds": ["VACATAIRES"]}, ("eligibility", "excluded_kinds", 0)),
        ({"/agreement": "no spaces"}, ("agreement",)),
    ],
)
def test_what_is_no_accord_is_refused_with_its_place(change: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        AgreementDocument.model_validate(changed(change))
    assert [error["loc"] for error in caught.value.errors()] == [place]


def test_left_out_and_null_are_the_same() -> None:
    without = raw()
    del without["effective"]["to"]
    assert AgreementDocument.model_validate(without) == document()


def test_the_published_event_carries_the_whole_dated_terms() -> None:
    data = AgreementPublished.of(document(), 3).model_dump(mode="json")
    stored = document().dump()
    assert data["version"] == 3
    assert data["effective"] == {"from": "2025-01-01", "to": None}
    for part in ("contribution_base", "eligibility", "guarantees", "insurers"):
        assert data[part] == stored[part]
    assert [e["siret"] for e in data["employers"]] == [e["siret"] for e in stored["employers"]]
    assert "signatories" not in data
