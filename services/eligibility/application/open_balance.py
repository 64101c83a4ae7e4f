"""An employer joins: what came before is recorded, told to who computes rights, and said to be an opening."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from kit.crypto import KeyRing
from kit.errors import RelaisError, pointing_under
from kit.recording import Recording
from kit.trace import plain
from rules.book import Rules
from services.eligibility.adapters import openings
from services.eligibility.application.elect_option import elect_option
from services.eligibility.application.enter_leaves import enter_leaves
from services.eligibility.application.open_file import OpenFile, changed
from services.eligibility.application.request_dispense import request_dispense
from services.eligibility.domain.opening import Opening, OpeningTaken, check

# Ids are given here: they are not what was said.
_GIVEN = frozenset({"id", "leave"})


@dataclass(frozen=True, slots=True)
class Opened:
    """The version of the file, and whether this call entered the balance."""

    version: int
    new: bool


async def open_balance(
    tx: AsyncConnection, file: OpenFile, one: Opening, rules: Rules, *, crypto: KeyRing, recording: Recording
) -> Opened:
    """Enter what an employer says of an agent when it joins. The same again changes nothing.

    Raises OpeningTaken and what the use cases of leaves, options and dispenses refuse, pointing into the balance.
    """
    mark = _mark(one, crypto)
    known = await openings.mark_of(tx, file.agent, one.employer)
    if known is not None:
        if known != mark:
            raise OpeningTaken
        return Opened(file.version, new=False)
    check(one, file.spells, rules)
    await openings.add(tx, file.agent, one, mark, recording)
    await _enter_leaves(tx, file, one, rules, crypto=crypto, recording=recording)
    for number, election in enumerate(one.options):
        with pointing_under(f"/options/{number}"):
            await elect_option(tx, file, election, recording, rules)
    if one.dispense is not None:
        with pointing_under("/dispense"):
            await request_dispense(tx, file, one.dispense, recording)
    return Opened(await changed(tx, file, one.employer), new=True)


async def _enter_leaves(
    tx: AsyncConnection, file: OpenFile, one: Opening, rules: Rules, *, crypto: KeyRing, recording: Recording
) -> None:
    outcomes = await enter_leaves(tx, [(file.agent, leave.entries) for leave in one.leaves], recording, rules)
    causes = {}
    for number, (leave, outcome) in enumerate(zip(one.leaves, outcomes, strict=True)):
        if isinstance(outcome, RelaisError):
            with pointing_under(f"/leaves/{number}"):
                raise outcome
        if outcome.new and leave.cause is not None:
            causes[outcome.leave] = leave.cause
    await openings.keep_causes(tx, file.agent, one.employer, causes, crypto)


def _mark(one: Opening, crypto: KeyRing) -> str:
    """A keyed fingerprint of what was said."""
    said = asdict(one, dict_factory=lambda pairs: {name: value for name, value in pairs if name not in _GIVEN})
    return crypto.blind_index(json.dumps(plain(said)), "opening")
