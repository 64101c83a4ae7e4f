"""What the tests look at, with a bounded patience."""

from __future__ import annotations

from kit.db.database import Database
from tests.kit.events.sample.thing import applied, digest, published, states
from tests.waiting import eventually

PATIENCE_SECONDS = 30.0


async def converged(source: Database, sink: Database, *, seconds: float = PATIENCE_SECONDS) -> dict[str, list[int]]:
    """Waits until `sink` holds what `source` published, each key in the order of its versions; gives it back."""

    async def same() -> dict[str, list[int]] | None:
        expected = await published(source)
        return expected if await states(sink) == {key: digest(v) for key, v in expected.items()} else None

    expected = await eventually(same, "the state of the sink to be that of the source", seconds)
    got = {key: [value for _, value in rows] for key, rows in (await applied(sink)).items()}
    assert got == expected, "every event was applied once, in order"
    return expected


async def handled(sink: Database, key: str, values: list[int]) -> None:
    """Waits until these values of a key were applied, in this order and no other."""

    async def are() -> bool:
        return [value for _, value in (await applied(sink)).get(key, [])] == values

    await eventually(are, f"{values} to be applied for {key}", PATIENCE_SECONDS)
