"""The inbound topics of insurers: each message is taken as if it had come by `POST /v1/partner-messages`.

A topic is one insurer's alone to write (`deploy/kafka/acls.py`), so its name says who speaks. Messages are taken in the
order of their partition, and the broker is told after their effect; what comes again is recognised. One that cannot be
read or is refused is kept with the reason and holds nobody up; one that a service cannot take now is tried again.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from gateway.adapters.partner_messages import Received
from gateway.api.partner_messages import MESSAGE
from gateway.application.partner_messages import Sender, is_passing, keep, take
from kit.events import inbound
from kit.events.kafka_client import Record
from kit.events.login import Login
from kit.http.problem import Problem

PATTERN: Final = r"^psc\.partner\.([a-z0-9-]+)\.inbound\.v1$"
GROUP: Final = "relais.gateway.inbound"
ATTEMPTS: Final = 8
LONGEST_PAUSE_S: Final = 30.0
UNREADABLE: Final = "unreadable"


class _Later(Exception):
    """A service could not take the message now."""


async def follow(state: Any, bootstrap: str, login: Login | None) -> None:
    """Until the broker is lost, or a message could not be taken after many tries: it is the first one next time."""
    await inbound.follow(bootstrap, login, group=GROUP, pattern=PATTERN, take=partial(_taken, state))


async def _taken(state: Any, record: Record) -> None:
    named = re.match(PATTERN, record.topic)
    assert named is not None, "subscribed by this pattern"
    sender = Sender(state, f"partner-{named[1]}", named[1], "topic")
    try:
        message = MESSAGE.validate_json(record.value or b"")
    except ValidationError:
        where, now = f"{record.partition}/{record.offset}", state.clock.instant()
        await keep(sender, Received(named[1], where, UNREADABLE, "topic", "REFUSED", now, "invalid_message"))
        return
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(_Later),
        wait=wait_exponential_jitter(max=LONGEST_PAUSE_S),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    ):
        with attempt:
            try:
                await take(sender, str(message.id), message.type, message.data.model_dump(mode="json"))
            except Problem as problem:
                if is_passing(problem):
                    raise _Later from problem
