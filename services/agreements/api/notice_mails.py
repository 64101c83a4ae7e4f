"""Notices by e-mail: queued for agents that wait, sent by the worker, and what the relay reports of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path
from fastapi import Request as HttpRequest
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.route import Crypto, Now, Tx, service_router
from kit.http.types import Answer, Code, Request, SiretText, example
from kit.http.upload import body_of, lines
from kit.recording import Recording
from services.agreements.adapters import agreements, mails, notices
from services.agreements.adapters.delivery_report import read_report
from services.agreements.adapters.mails import NewMail
from services.agreements.adapters.smtp import SmtpRelay
from services.agreements.api.agreements import Key
from services.agreements.application import send_notices
from services.agreements.domain.errors import NoMailRelay, NotIssued, UnknownAgreement
from services.agreements.domain.mail import MailState

router = service_router(tags=["Notices"])
MESSAGE: Final = "message/rfc822"
_REPORT: Final = body_of(MESSAGE, "L'avis de remise ou d'échec, tel que le relais l'envoie (RFC 3464).")
MAX_MAILS: Final = 500
# ASCII, no space, no control character: nothing that a header or a command of SMTP could mistake.
Address = Annotated[
    str, Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
]


def _relay(request: HttpRequest) -> SmtpRelay:
    relay: SmtpRelay | None = request.app.state.mail_relay
    if relay is None:
        raise NoMailRelay
    return relay


Relay = Annotated[SmtpRelay, Depends(_relay)]


class MailBody(Request):
    """An agent and where to write to; the address is forgotten once the mail is settled."""

    agent: Code
    employer: SiretText
    address: Address


class MailsBody(Request):
    model_config = example(
        {"mails": [{"agent": "M1", "employer": "99985001900012", "address": "camille.exemple@example.org"}]}
    )

    mails: list[MailBody] = Field(min_length=1, max_length=MAX_MAILS)


class MailOutcome(StrEnum):
    """What became of a line: queued, already on its way, or nobody waits there."""

    QUEUED = "QUEUED"
    ALREADY = "ALREADY"
    NOBODY_WAITS = "NOBODY_WAITS"


class MailAnswer(Answer):
    agent: str
    employer: str
    outcome: MailOutcome


class StatesAnswer(Answer):
    """How many mails are in each state."""

    states: dict[str, int]


class ReportAnswer(Answer):
    """The mail a report speaks of, and how it stands now."""

    mail: UUID
    state: MailState


@router.post(
    "/v1/agreements/{agreement}/notices/{version}/mails",
    status_code=202,
    dependencies=[requires("agreements:write"), Depends(_relay)],  # the policy first: strangers learn nothing
    summary="Envoyer une notice par courriel",
)
async def queue(
    *,
    agreement: Key,
    version: Annotated[int, Path(ge=1, le=100_000, description="Version de la notice.")],
    body: MailsBody,
    caller: Annotated[Principal, requires("agreements:write")],
    tx: Tx,
    ring: Crypto,
    clock: Now,
) -> list[MailAnswer]:
    """Queue the notice for agents that wait for it; an outcome for each, in order."""
    for one in body.mails:
        caller.check_employer(one.employer)
    if await agreements.get(tx, agreement) is None:
        raise UnknownAgreement
    if all(one.version != version for one in await notices.all_versions(tx, agreement)):
        raise NotIssued(pointer="/path/version")
    waiting = await notices.waiting_for(tx, agreement, version, [one.agent for one in body.mails])
    asked = {(one.agent, str(one.employer)): NewMail(one.agent, str(one.employer), one.address) for one in body.mails}
    new = [mail for whom, mail in asked.items() if whom in waiting]
    recording = Recording(clock.instant(), caller.client)
    queued = await mails.queue(tx, agreement, version, new, ring=ring, recording=recording)
    return [
        MailAnswer(
            agent=one.agent,
            employer=one.employer,
            outcome=_outcome((one.agent, str(one.employer)), queued, waiting),
        )
        for one in body.mails
    ]


def _outcome(whom: tuple[str, str], queued: set[tuple[str, str]], waiting: set[tuple[str, str]]) -> MailOutcome:
    if whom in queued:
        return MailOutcome.QUEUED
    return MailOutcome.ALREADY if whom in waiting else MailOutcome.NOBODY_WAITS


@router.get(
    "/v1/agreements/{agreement}/notices/mails",
    dependencies=[requires("agreements:read")],
    summary="État des courriels d'un accord",
)
async def states(agreement: Key, tx: Tx) -> StatesAnswer:
    """How the mails of an accord stand, among the caller's employers."""
    if await agreements.get(tx, agreement) is None:
        raise UnknownAgreement
    return StatesAnswer(states=await mails.states(tx, agreement))


@router.post("/v1/notices/reports", openapi_extra=_REPORT, summary="Avis de remise ou d'échec d'un courriel")
async def take_report(
    request: HttpRequest,
    _caller: Annotated[Principal, requires("agreements:write", tenancy="platform")],
    relay: Relay,
    tx: Tx,
    clock: Now,
) -> ReportAnswer:
    """A report of the relay: a failure makes the agent wait again, a success strengthens the proof."""
    said = read_report(b"".join([line async for line in lines(request, MESSAGE)]))
    return ReportAnswer(mail=said.mail, state=await send_notices.report(tx, said, relay, clock))
