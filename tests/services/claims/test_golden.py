import pytest

from rules.book import RuleBook
from tests.golden.cases import OK, Case, difference
from tests.services.claims.simulator import application, golden_cases, post

CASES = list(golden_cases())
APP = application(RuleBook.load())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_case_is_answered_as_its_source_says(case: Case) -> None:
    response = await post(APP, case.post, case.body)
    assert response.status_code == case.status, f"{case.source}: {response.text}"
    if case.status != OK:
        assert response.headers["content-type"].startswith("application/problem+json")
        assert "pointer" in response.json()["errors"][0], case.source
    found = difference(case.expect, response.json())
    assert found is None, f"{case.file}, {case.source}: {found}"


def test_each_case_has_its_own_name() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
