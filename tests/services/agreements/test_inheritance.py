"""Scheme, accord, employer: the nearest level that states a group of terms holds, unless a lock is in its way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agreements.adapters.document import AgreementDraft
from services.agreements.adapters.inheritance import whole
from services.agreements.adapters.scheme_document import SchemeDocument
from services.agreements.domain.errors import InvalidAgreement
from services.agreements.domain.term_tree import changes, terms_of
from services.agreements.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW, changed, document, raw, scheme
from tests.services.agreements.test_api import CITY, WRITE
from tests.services.client import Service, running

GROUPS = ("guarantees", "contribution_base", "rate_revision", "eligibility")
AGGLOMERATION = "99985002700015"


def offering(*locks: str) -> SchemeDocument:
    """The regional scheme, offering the terms of the real accord."""
    terms = {group: raw()[group] for group in GROUPS}
    return SchemeDocument.model_validate({**raw("pays-de-la-loire-2024"), "terms": terms, "locks": list(locks)})


def draft(without: tuple[str, ...] = (), **more: Any) -> AgreementDraft:
    content = {name: value for name, value in raw().items() if name not in without}
    return AgreementDraft.model_validate({**content, **more})


def exception(rate: str = "0.0200") -> dict[str, Any]:
    """The base cover at another rate for the agglomeration, from 2026 on."""
    guarantee = changed({"/guarantees/0/rates/0/rate": rate})["guarantees"][0]
    return {"employer": AGGLOMERATION, "from": "2026-01-01", "source": "avenant", "guarantees": [guarantee]}


def test_an_accord_that_says_everything_inherits_nothing() -> None:
    assert whole(draft(), scheme()) == document()
    assert whole(draft(), None).inherited == []


def test_what_an_accord_leaves_out_comes_from_its_scheme() -> None:
    found = whole(draft(GROUPS), offering())
    assert found.inherited == [
        "contribution_base",
        "eligibility",
        "guarantees/BASE",
        "guarantees/DEATH",
        "guarantees/RETIREMENT_LOSS",
        "guarantees/RI_FULL_PAY",
        "rate_revision",
    ]
    assert found.to_domain() == document().to_domain()


def test_a_guarantee_of_its_own_stands_beside_those_of_the_scheme() -> None:
    own = changed({"/guarantees/1/rates/0/rate": "0.0030"})["guarantees"][1]
    found = whole(draft(guarantees=[own]), offering())
    assert {g.code.value: g.rates[0].rate.text() for g in found.guarantees} == {
        "DEATH": "0.0030",
        "BASE": "0.0205",
        "RETIREMENT_LOSS": "0.0035",
        "RI_FULL_PAY": "0.0025",
    }
    assert "guarantees/DEATH" not in found.inherited


@pytest.mark.parametrize("group", ["contribution_base", "eligibility"])
def test_a_group_that_nobody_states_is_missing(group: str) -> None:
    with pytest.raises(InvalidAgreement) as caught:
        whole(draft((group,)), scheme())
    assert [(f.code, f.pointer) for f in caught.value.findings] == [("group_missing", f"/{group}")]


@pytest.mark.parametrize(
    ("lock", "broken"),
    [
        ("guarantees/BASE/rates", True),
        ("guarantees/BASE/rates/2025-01-01/rate", True),
        ("guarantees/BASE/benefit", False),
        ("guarantees/BASE/rat", False),
        ("eligibility", False),
    ],
)
def test_a_lock_of_the_scheme(lock: str, *, broken: bool) -> None:
    own = draft(guarantees=changed({"/guarantees/0/rates/0/rate": "0.0190"})["guarantees"])
    if not broken:
        whole(own, offering(lock))
        return
    with pytest.raises(InvalidAgreement) as caught:
        whole(own, offering(lock))
    assert [f.code for f in caught.value.findings] == ["term_locked"]
    assert caught.value.findings[0].pointer.endswith("guarantees/BASE/rates/2025-01-01/rate")


def test_leaving_a_locked_term_out_of_a_group_breaks_the_lock() -> None:
    own = draft(eligibility={**raw()["eligibility"], "dispense": None})
    with pytest.raises(InvalidAgreement):
        whole(own, offering("eligibility/dispense"))
    whole(draft(("eligibility",)), offering("eligibility/dispense"))


def test_a_lock_of_the_accord_binds_its_exceptions() -> None:
    whole(draft(exceptions=[exception()]), scheme())
    with pytest.raises(InvalidAgreement) as caught:
        whole(draft(exceptions=[exception()], locks=["guarantees/BASE/rates"]), scheme())
    assert caught.value.pointer == "/exceptions/0/guarantees/BASE/rates/2025-01-01/rate"


def test_an_exception_holds_for_its_employer_on_its_days() -> None:
    accord = whole(draft(exceptions=[exception()]), scheme()).to_domain()

    def rate(siret: str, day: date) -> str:
        base = next(g for g in accord.of_employer(siret, day).guarantees if g.code.value == "BASE")
        return base.rates[0].rate.text()

    assert rate(AGGLOMERATION, date(2026, 1, 1)) == "0.0200"
    assert rate(AGGLOMERATION, date(2025, 12, 31)) == "0.0205"
    assert rate(CITY, date(2026, 1, 1)) == "0.0205"
    assert len(accord.of_employer(AGGLOMERATION, date(2026, 1, 1)).guarantees) == len(accord.guarantees)
    (own,) = (accord.in_exception(one) for one in accord.exceptions)
    assert [(e.siret, e.period) for e in own.employers] == [(AGGLOMERATION, own.effective)]


def test_the_terms_are_named_and_not_numbered() -> None:
    terms = terms_of(document().dump())
    assert terms["guarantees/BASE/rates/2025-01-01/rate"] == "0.0205"
    assert terms[f"employers/{CITY}/name"] == "Ville de La Roche-sur-Yon"
    assert terms["contribution_base/PRIVATE_LAW/elements"] == "ALL"
    reordered = {**document().dump(), "guarantees": document().dump()["guarantees"][::-1]}
    assert changes(document().dump(), reordered) == []


def test_a_document_does_not_differ_from_itself() -> None:
    assert changes(document().dump(), document().dump()) == []


SIMPLE = st.dictionaries(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(), st.booleans()), max_size=4)


@given(SIMPLE, SIMPLE)
def test_a_change_is_undone_by_the_change_back(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = changes(one, other), changes(other, one)
    assert [(c.term, c.after, c.before) for c in there] == [(c.term, c.before, c.after) for c in back]
    assert (there == []) == (terms_of(one) == terms_of(other))


@pytest.fixture
async def service(database: DatabaseFactory) -> AsyncIterator[Service]:
    async with running(create_app, await database("agreements"), NOW) as running_service:
        yield running_service


async def test_terms_as_they_read_for_one_employer(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/schemes", json=offering().dump())
        body = {name: value for name, value in raw().items() if name not in GROUPS}
        drafted = await staff.post("/v1/agreements", json={**body, "exceptions": [exception()]})
        assert drafted.status_code == 201, drafted.text
        again = await staff.post("/v1/agreements", json={**body, "exceptions": [exception()]})
        assert again.status_code == 200
        terms = f"/v1/agreements/{LRSY}/terms"
        mine = (await staff.get(terms, params={"as_of": "2026-02-01", "employer": AGGLOMERATION})).json()
        theirs = (await staff.get(terms, params={"as_of": "2026-02-01"})).json()
    assert {g["code"]: g["rate"] for g in mine["guarantees"]}["BASE"] == "0.0200"
    assert {g["code"]: g["rate"] for g in theirs["guarantees"]}["BASE"] == "0.0205"


async def test_conventions_and_what_is_not_published_of_them(service: Service) -> None:
    async with service.caller(*WRITE) as staff:
        await staff.post("/v1/schemes", json=raw("pays-de-la-loire-2024"))
        (now,) = (await staff.get("/v1/conventions")).json()
        (then,) = (await staff.get("/v1/conventions", params={"as_of": "2031-01-01"})).json()
        (early,) = (await staff.get("/v1/conventions", params={"as_of": "2024-12-31"})).json()
    assert (now["convention"], now["insurer"], now["lot"], now["manager"]) == (
        "pays-de-la-loire-2024.demo-a.0",
        "demo-a",
        None,
        None,
    )
    assert (early["state"], now["state"], then["state"]) == ("FUTURE", "RUNNING", "ENDED")
    assert (now["from"], now["to"], now["assumption"]) == ("2025-01-01", "2030-12-31", True)
