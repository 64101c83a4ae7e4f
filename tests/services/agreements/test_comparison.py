"""An accord side by side on two days: rates of the day, exceptions of the day, the paragraph of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from services.agreements.main import create_app
from tests.postgres import DatabaseFactory
from tests.services.agreements.accord import LRSY, NOW, changed
from tests.services.agreements.test_api import CITY, OTHER, WRITE, bring_into_force
from tests.services.agreements.test_inheritance import AGGLOMERATION, exception
from tests.services.client import Service, running

URL: Final = f"/v1/agreements/{LRSY}/comparison"
AVENANT: Final = "avenant n° 1, art. 2"


@pytest.fixture
async def service(database: DatabaseFactory) -> AsyncIterator[Service]:
    """The real accord, then an avenant from 2028 on: a rate, an exception, an option gone."""
    async with running(create_app, await database("agreements"), NOW) as service:
        await bring_into_force(service)
        rate = {"from": "2028-01-01", "rate": "0.0220", "employer_share": "0.9000", "source": AVENANT}
        document = changed({"/guarantees/0/rates/0/to": "2027-12-31", "/guarantees/0/rates/-": rate})
        del document["guarantees"][3]
        document["exceptions"] = [exception()]
        body: dict[str, Any] = {"document": document, "from": "2028-01-01", "reason": "Avenant n° 1."}
        async with service.caller(*WRITE) as staff:
            shown = await staff.post(f"/v1/agreements/{LRSY}/revisions", json=body)
            assert shown.status_code == 200, shown.text
            done = await staff.post(
                f"/v1/agreements/{LRSY}/revisions", json={**body, "confirm": shown.json()["confirm"]}
            )
            assert done.json()["applied"], done.text
        yield service


async def asked(service: Service, before: str, after: str, **more: str) -> dict[str, Any]:
    async with service.caller("agreements:read", employers=[CITY]) as caller:
        answer = await caller.get(URL, params={"before": before, "after": after, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_every_term_that_changes_is_told_with_its_paragraphs(service: Service) -> None:
    found = await asked(service, "2027-12-31", "2028-01-01")
    assert [found[side]["version"] for side in ("before", "after")] == [1, 2]
    terms = {one["term"]: one for one in found["changes"]}
    assert terms["guarantees/BASE/contribution/rate"] == {
        "term": "guarantees/BASE/contribution/rate",
        "before": "0.0205",
        "after": "0.0220",
        "before_source": "annexe, taux de cotisations ; art. 5.1 ; art. 5.3",
        "after_source": AVENANT,
    }
    assert terms["guarantees/BASE/contribution/employer_share"]["after"] == "0.9000"
    assert (gone := terms["guarantees/RI_FULL_PAY/contribution/rate"])["after"] is gone["after_source"] is None
    # Of an exception, what it says otherwise; of nothing, the paragraph or the name as a term of its own.
    own = f"exceptions/{AGGLOMERATION} 2026-01-01/guarantees/BASE/contribution/"
    assert {one.removeprefix(own) for one in terms if one.startswith("exceptions/")} == {
        "employer_share",
        "guaranteed_to",
        "rate",
    }
    assert not [one for one in terms if one.endswith(("/source", "/code"))]
    assert found["total"] == len(terms)


async def test_days_that_say_the_same_differ_in_nothing_and_outside_its_days_it_says_nothing(service: Service) -> None:
    assert (await asked(service, "2025-01-01", "2026-06-01"))["changes"] == []
    early = await asked(service, "2024-12-31", "2025-01-01")
    assert early["before"]["force"] == "FUTURE"
    assert {one["before"] for one in early["changes"]} == {None}
    late = await asked(service, "2030-12-31", "2031-01-01")  # its conventions are over
    assert {one["after"] for one in late["changes"]} == {None}


async def test_an_employer_with_an_exception_reads_other_terms(service: Service) -> None:
    days = ("2027-12-31", "2028-01-01")
    own = {one["term"]: one["after"] for one in (await asked(service, *days, employer=AGGLOMERATION))["changes"]}
    assert own["guarantees/BASE/contribution/rate"] == "0.0200"
    theirs = {one["term"]: one["after"] for one in (await asked(service, *days, employer=CITY))["changes"]}
    assert theirs["guarantees/BASE/contribution/rate"] == "0.0220"


async def test_an_accord_of_others_is_not_there(service: Service) -> None:
    async with service.caller("agreements:read", employers=[OTHER]) as caller:
        assert (await caller.get(URL, params={"before": "2025-01-01"})).status_code == 404
