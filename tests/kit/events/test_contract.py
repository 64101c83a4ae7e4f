"""What every transport must hold: nothing lost, nothing twice, one order per key."""

from __future__ import annotations

import asyncio

from kit.db.database import Database
from tests.kit.events.carriers import Carrier
from tests.kit.events.sample.thing import applied, change, digest, published, states
from tests.postgres import ComponentDatabase
from tests.waiting import eventually


async def converged(source: Database, sink: Database) -> dict[str, list[int]]:
    """Waits until `sink` holds what `source` published, each key in the order of its versions; gives it back."""

    async def same() -> dict[str, list[int]] | None:
        expected = await published(source)
        return expected if await states(sink) == {key: digest(v) for key, v in expected.items()} else None

    expected = await eventually(same, "the state of the sink to be that of the source")
    got = {key: [value for _, value in rows] for key, rows in (await applied(sink)).items()}
    assert got == expected, "every event was applied once, in order"
    return expected


async def test_events_arrive_once_and_in_the_order_of_their_key(
    carrier: Carrier, source: ComponentDatabase, sink: ComponentDatabase
) -> None:
    await carrier.start_source()
    await carrier.start_sink()
    await asyncio.gather(*(change(source.api, f"thing-{n}", *range(n, n + 20)) for n in range(5)))
    assert len(await converged(source.worker, sink.worker)) == 5
