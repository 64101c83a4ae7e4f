"""An option gives cover while there is cover and while the agent's regime opens it (rulebook S3, S4)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kit.period import Period
from rules.vocabulary import Guarantee, Regime
from services.eligibility.domain.options import days_open
from services.eligibility.domain.terms_document import read_terms, terms_for
from tests.services.eligibility.accord import content
from tests.services.eligibility.conftest import CITY, Eligibility
from tests.services.eligibility.test_over_time import cover, hire

TERMS = read_terms(terms_for(content(), None), Period(date.min))
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
PERIODS = st.builds(lambda day, length: Period(day, day + timedelta(length)), DAYS, st.integers(0, 400))


def choice(cover: dict[str, Any], guarantee: str) -> list[tuple[str, str | None]]:
    (one,) = (option for option in cover["options"] if option["guarantee"] == guarantee)
    return [(days["start"], days["end"]) for days in one["open"]]


async def test_option_1_is_kept_while_the_agent_is_of_the_cnracl(eligibility: Eligibility) -> None:
    """At 20 hours in the summer the agent is in the régime général: no option 1 then, and the death cover goes on."""
    await eligibility.publish_accord()
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        for guarantee in ("DEATH", "RETIREMENT_LOSS"):
            body = {"guarantee": guarantee, "from": "2025-02-01"}
            assert (await hris.post(f"/v1/agents/{agent}/options", json=body)).status_code == 201
        await eligibility.decide()
        assert choice(await cover(hris, agent), "RETIREMENT_LOSS") == [("2025-02-01", None)]
        file = await hris.get(f"/v1/agents/{agent}")
        path = f"/v1/agents/{agent}/employments/{file.json()['employments'][0]['id']}"
        etag = file.headers["etag"]
        for since, hours in (("2025-07-01", "20.00"), ("2025-09-01", "35.00")):
            body = {"from": since, "weekly_hours": hours}
            changed = await hris.patch(path, json=body, headers={"if-match": etag})
            assert changed.status_code == 200, changed.text
            etag = changed.headers["etag"]
        await eligibility.decide()
        now = await cover(hris, agent)
        known = (await hris.get(f"/v1/agents/{agent}/affiliation", params={"known_at": "2026-01-01T00:00:00Z"})).json()
    assert choice(now, "RETIREMENT_LOSS") == [("2025-02-01", "2025-06-30"), ("2025-09-01", None)]
    assert choice(now, "DEATH") == [("2025-02-01", None)]
    assert known["options"] == [], "nothing was chosen as it was known then"


@given(PERIODS, PERIODS, st.lists(st.tuples(PERIODS, st.sampled_from(Regime)), max_size=4), DAYS)
def test_a_day_is_open_when_everything_says_so(
    chosen: Period, covered: Period, regimes: list[tuple[Period, Regime]], day: date
) -> None:
    assert TERMS is not None
    for guarantee in (Guarantee.DEATH, Guarantee.RETIREMENT_LOSS):
        open_to = TERMS.on(day).open_to[guarantee]
        expected = day in chosen and day in covered and any(day in held and r in open_to for held, r in regimes)
        found = days_open(chosen, guarantee, covered, regimes, TERMS)
        assert any(day in one for one in found) is expected
        assert days_open(chosen, guarantee, None, regimes, TERMS) == []
