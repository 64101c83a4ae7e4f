import pytest

from rules.book import RuleBook
from tests.golden.cases import OK, Case, difference, load
from tests.golden.simulator import Simulator

BOOK = RuleBook.load()
CASES = load()
SIMULATOR = Simulator.start(BOOK)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_case_is_answered_as_its_source_says(case: Case) -> None:
    response = await SIMULATOR.post(case.post, case.body)
    assert response.status_code == case.status, f"{case.source}: {response.text}"
    if case.status != OK:
        assert response.headers["content-type"].startswith("application/problem+json")
        assert "pointer" in response.json()["errors"][0], case.source
    found = difference(case.expect, response.json())
    assert found is None, f"{case.file}, {case.source}: {found}"


async def test_a_law_that_changes_changes_the_answer() -> None:
    """The cases would not hold under another law: the figures come from the rules, not from the code."""
    g30 = next(case for case in CASES if case.name == "G30 agent CNRACL, whole payslip")
    for rule, value in (("cnracl.employee.tib", "0.1120"), ("csg.base_share", "0.9800"), ("tpp.monthly.C", "14.00")):
        response = await Simulator.start(BOOK.replacing(rule, value)).post(g30.post, g30.body)
        assert difference(g30.expect, response.json()) is not None, rule
