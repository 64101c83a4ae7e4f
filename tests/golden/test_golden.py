"""Every case that is a request, asked through the gateway with a token, as anyone would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest

from relais.api import Api
from tests.golden.cases import OK, Case, difference, load
from tests.platform import TestPlatform

CASES: Final = load()


@pytest.fixture(scope="module")
def hris(platform: TestPlatform) -> Iterator[Api]:
    with platform.api("demo-hris") as api:
        yield api


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
async def test_a_case_is_answered_as_its_source_says(hris: Api, case: Case) -> None:
    response = await asyncio.to_thread(hris.respond, "POST", case.post, json=case.body)
    assert response.status_code == case.status, f"{case.source}: {response.text}"
    if case.status != OK:
        assert response.headers["content-type"].startswith("application/problem+json")
        assert response.json()["code"]
        assert all(error["pointer"] for error in response.json()["errors"]), case.source
    found = difference(case.expect, response.json())
    assert found is None, f"{case.source}: {found}"


async def test_a_law_that_changes_changes_the_answer(platform: TestPlatform, hris: Api) -> None:
    """The cases would not hold under another law: the figures come from the rules, not from the code."""
    g30 = next(case for case in CASES if case.name == "G30 agent CNRACL, whole payslip")
    law = platform.book.current
    for rule, value in (("cnracl.employee.tib", "0.1120"), ("csg.base_share", "0.9800"), ("tpp.monthly.C", "14.00")):
        with platform.book.now_reads(law.replacing(rule, value)):
            response = await asyncio.to_thread(hris.respond, "POST", g30.post, json=g30.body)
        assert difference(g30.expect, response.json()) is not None, rule
