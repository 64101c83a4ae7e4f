"""What becomes true because a day has come: told on the day, once, and caught up after a downtime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from kit.scheduler import Scheduler
from services.eligibility.main import day_passes
from tests.services.eligibility.conftest import CITY, Eligibility
from tests.services.eligibility.test_over_time import hire

# The employer is bound from 2026-06-01 to the end of the year, and the agent is on leave when that begins.
BOUND = {"siret": CITY, "from": "2026-06-01", "to": "2026-12-31"}
LEAVE = {"kind": "CMO", "start": "2026-05-15", "end": "2026-06-20"}
PARENTAL = {"kind": "CONGE_PARENTAL", "start": "2026-09-01", "end": "2026-10-31"}
TOLD = [
    ("withheld", "2026-06-01"),  # on leave that day
    ("started", "2026-07-21"),  # thirty full days after 20 June
    ("suspended", "2026-09-01"),
    ("resumed", "2026-11-01"),
    ("ended", "2027-01-01"),  # the accord no longer binds the employer
]


async def _known(eligibility: Eligibility) -> None:
    await eligibility.publish_accord(employers=[BOUND])
    async with eligibility.hris(CITY) as hris:
        agent = await hire(hris)
        assert (await hris.post(f"/v1/agents/{agent}/leaves", json=LEAVE)).status_code == 201
        assert (await hris.post(f"/v1/agents/{agent}/positions", json=PARENTAL)).status_code == 201
    await eligibility.decide()


async def _told(eligibility: Eligibility) -> list[tuple[str, str]]:
    return [(e["type"].split(".")[-2], e["data"]["from"]) for e in await eligibility.events("affiliation.")]


def _after_midnight(day: date) -> datetime:
    """One minute past midnight in Paris, or an hour later in summer."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=59)


async def test_each_turn_is_told_on_its_day(eligibility: Eligibility) -> None:
    await _known(eligibility)
    for count, (_, day) in enumerate(TOLD):
        turn = date.fromisoformat(day)
        await eligibility.night(_after_midnight(turn - timedelta(days=1)))
        assert await _told(eligibility) == TOLD[:count]
        await eligibility.night(_after_midnight(turn))
        assert await _told(eligibility) == TOLD[: count + 1]


async def test_after_a_downtime_all_of_it_is_told_once(eligibility: Eligibility) -> None:
    """The scheduler itself, as it finds the task overdue; run again, it has nothing to do."""
    await _known(eligibility)
    clock = eligibility.service.clock
    clock.at = datetime(2027, 3, 1, 12, tzinfo=UTC)
    for _ in range(2):
        ran = await Scheduler(eligibility.database.worker, clock, [day_passes(clock)]).tick()
        assert len(ran) <= 1
        await eligibility.decide()
    assert await _told(eligibility) == TOLD


async def test_a_day_that_was_told_otherwise_is_told_again(eligibility: Eligibility) -> None:
    """A relapse known after the night that told of the return: what was told is put right, and told on the new day."""
    await _known(eligibility)
    await eligibility.night(_after_midnight(date(2026, 7, 21)))
    async with eligibility.hris(CITY) as hris:
        agent = (await hris.get("/v1/agents")).json()["items"][0]["id"]
        relapse = {"kind": "CMO", "start": "2026-07-10", "end": "2026-07-15"}
        assert (await hris.post(f"/v1/agents/{agent}/leaves", json=relapse)).status_code == 201
    await eligibility.decide()
    again = [("withheld", "2026-06-01"), ("ended", "2026-07-21")]
    assert await _told(eligibility) == [*TOLD[:2], *again]
    await eligibility.night(_after_midnight(date(2026, 8, 15)))
    assert (await _told(eligibility))[4:] == [("started", "2026-08-15")]
