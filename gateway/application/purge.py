"""What the gateway forgets by itself. The audit trail and the feeds stay: no duration is known for them.

Feeds lose an erased person with the event that tells of it; the work list, with what there is left to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.adapters import accounts, client_activity, rate_buckets, revocations, signing_keys
from gateway.application.activity import KEPT
from gateway.application.keys import PUBLISHED_AFTER_RETIREMENT
from gateway.limiter import BURST_S
from kit.scheduler import Every, Task


def purge_task() -> Task:
    """Every hour."""
    return Task("gateway.purge", Every(timedelta(hours=1)), purge)


async def purge(tx: AsyncConnection, now: datetime) -> None:
    """Forget tokens, assertions and sessions that are over, keys no token needs, buckets that are full, old counts."""
    await revocations.purge(tx, now)
    await accounts.drop_sessions_over(tx, now)
    await signing_keys.forget(tx, now - PUBLISHED_AFTER_RETIREMENT)
    await rate_buckets.forget(tx, now - timedelta(seconds=BURST_S))
    await client_activity.forget(tx, now - KEPT)
