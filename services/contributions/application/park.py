"""Park what a run must not issue unseen, and let through what a person released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.events.outbox import Outgoing, publish_many
from rules.book import Rules
from services.contributions.adapters import parking
from services.contributions.adapters.parking import Parked
from services.contributions.application.payloads.work import WorkItemClosed, WorkItemOpened
from services.contributions.application.record_pay import Reception
from services.contributions.domain.bounds import Bounds, Breach, of_agents, of_employer
from services.contributions.domain.columns import column
from services.contributions.domain.lines import Lines
from services.contributions.domain.replay import RunInputs


@dataclass(frozen=True, slots=True)
class Sifted:
    """What may be issued within `bounds`; every change beyond; those nobody released; the releases used up."""

    bounds: Bounds
    deltas: Lines
    found: tuple[Breach, ...] = ()
    parked: tuple[Breach, ...] = ()
    released: tuple[UUID, ...] = ()


def sift(inputs: RunInputs, deltas: Lines, standing: Sequence[Parked], rules: Rules) -> Sifted:
    """Leave out agents whose change is beyond a bound, or everything when the employer's is, unless released."""
    bounds = Bounds.at(inputs.month, rules)
    released = {one.breach: one.id for one in standing if one.state == parking.RELEASED}
    agents = list(of_agents(deltas, bounds))
    kept_back = {breach.agent for breach in agents if breach not in released}
    left = deltas.without(kept_back)
    employer = list(of_employer(left, inputs.month, inputs.issued, bounds)) if len(deltas) else []
    found = tuple(sorted([*agents, *employer]))
    parked = tuple(breach for breach in found if breach not in released)
    if any(not breach.agent for breach in parked):
        return Sifted(bounds, deltas.where(column(())), found, parked)
    used = tuple(released[breach] for breach in found if breach in released and breach.agent not in kept_back)
    return Sifted(bounds, left, found, parked, used)


async def keep_parked(
    tx: AsyncConnection, inputs: RunInputs, sifted: Sifted, standing: Sequence[Parked], reception: Reception
) -> None:
    """Remember what is parked, drop what no longer is; each opens or closes a piece of work."""
    employer, by = inputs.employer, reception.client
    known = {one.breach for one in standing}
    gone = [one for one in standing if one.breach not in sifted.found]
    await parking.settle(tx, [one.id for one in gone], parking.GONE, at=reception.at, by=by)
    await parking.settle(tx, sifted.released, parking.ISSUED, at=reception.at, by=by)
    new = await parking.park(tx, employer, inputs.month, [b for b in sifted.parked if b not in known], reception.at)
    closed = [WorkItemClosed.of(one) for one in gone if one.state == parking.OPEN]
    await publish_many(tx, _told(employer, [*(WorkItemOpened.of(one) for one in new), *closed]))


def _told(employer: str, payloads: Iterable[WorkItemOpened | WorkItemClosed]) -> list[Outgoing]:
    return [Outgoing(payload, key=employer, employer=employer) for payload in payloads]
