"""Changes of an accord's life. Without `confirm` a call shows what would happen; with the token shown, it happens."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from typing import Annotated, Self

from fastapi import Path, Response
from pydantic import Field

from kit.http.auth import Principal, requires
from kit.http.etag import set_etag
from kit.http.paths import EmployerPath
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, LongText, Request, example
from kit.recording import Recording
from services.agreements.adapters.document import AgreementDraft
from services.agreements.adapters.example_documents import ACCORD
from services.agreements.api.agreements import Key, every_finding, stands_for
from services.agreements.application import plan_change
from services.agreements.application.change_agreement import Outcome, Plan, settle
from services.agreements.domain.cascade import EffectKind
from services.agreements.domain.errors import InvalidAgreement
from services.agreements.domain.lifecycle import Status

router = service_router(tags=["Vie des accords"])
Writer = Annotated[Principal, requires("agreements:write")]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ConventionKey = Annotated[
    str, Path(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Identifiant de la convention.")
]


class ChangeRequest(Request):
    """A change on a day, and why. `confirm` repeats the token of the preview."""

    model_config = example({"on": "2027-12-31", "reason": "Négociation d'un nouvel accord."})

    on: DateText
    reason: LongText
    confirm: Token | None = None


class RevisionRequest(Request):
    """An avenant: the whole document as it reads from a day on, and why."""

    model_config = example(
        {
            "from": "2027-01-01",
            "reason": "Avenant n° 1.",
            "document": ACCORD,
        }
    )

    document: AgreementDraft
    since: DateText = Field(alias="from")
    reason: LongText
    confirm: Token | None = None


class EffectAnswer(Answer):
    """One thing that changes. `on`: the last day of what ends, the first day of what begins or goes on."""

    kind: EffectKind
    on: date
    source: str
    agreement: str | None
    employer: str | None
    insurer: str | None
    convention: str | None
    term: str | None
    before: str | None
    after: str | None


class AffectedAnswer(Answer):
    """How many an accord's change concerns: covered after it as things stand, and whose cover it takes or gives.

    `gains` null: nobody knows how many agents an employer that comes in has.
    """

    agreement: str
    agents: int
    annuities: int
    loses: int
    gains: int | None
    at_most: bool


class ChangeAnswer(Answer):
    """What would change, or changed, and for how many. `confirm` is the token to repeat."""

    applied: bool
    confirm: str
    effects: list[EffectAnswer]
    affected: list[AffectedAnswer]
    statuses: dict[str, Status]

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        preview = outcome.preview
        return cls(
            applied=outcome.applied,
            confirm=preview.token(),
            effects=[EffectAnswer.model_validate(effect) for effect in preview.effects],
            affected=[AffectedAnswer.model_validate(one) for one in preview.affected],
            statuses={one.id: one.status for one in outcome.agreements},
        )


@router.post("/v1/agreements/{agreement}/revisions", summary="Avenant : tout ce qui change, puis la nouvelle version")
async def revise(
    *, agreement: Key, body: RevisionRequest, caller: Writer, tx: Tx, rules: Rules, clock: Now, response: Response
) -> ChangeAnswer:
    """An avenant from a day on, past ones included: every term that changes, then the new version."""
    for employer in body.document.employers:
        caller.check_employer(employer.siret)
    await stands_for(tx, caller, agreement)
    try:
        plan = await plan_change.revision(tx, agreement, body.document, body.since, reason=body.reason, rules=rules)
    except InvalidAgreement as error:
        raise every_finding(error) from error
    recording = Recording(clock.instant(), caller.client, body.reason)
    return _answer(await settle(tx, plan, body.confirm, recording), response)


@router.post("/v1/agreements/{agreement}/suspension", summary="Suspendre un accord")
async def suspend(
    *, agreement: Key, body: ChangeRequest, caller: Writer, tx: Tx, clock: Now, response: Response
) -> ChangeAnswer:
    """Suspend an accord from a day on."""
    await stands_for(tx, caller, agreement)
    plan = plan_change.suspension(tx, agreement, body.on, body.reason)
    return await _settled(tx, plan, body, Recording(clock.instant(), caller.client, body.reason), response)


@router.post("/v1/agreements/{agreement}/resumption", summary="Reprendre un accord suspendu")
async def resume(
    *, agreement: Key, body: ChangeRequest, caller: Writer, tx: Tx, clock: Now, response: Response
) -> ChangeAnswer:
    """Let a suspended accord bind again from a day on."""
    await stands_for(tx, caller, agreement)
    plan = plan_change.resumption(tx, agreement, body.on, body.reason)
    return await _settled(tx, plan, body, Recording(clock.instant(), caller.client, body.reason), response)


@router.post("/v1/agreements/{agreement}/denunciation", summary="Dénoncer un accord")
async def denounce(
    *, agreement: Key, body: ChangeRequest, caller: Writer, tx: Tx, clock: Now, response: Response
) -> ChangeAnswer:
    """Denounce an accord; `on` is its last day."""
    await stands_for(tx, caller, agreement)
    plan = plan_change.denunciation(tx, agreement, body.on, body.reason)
    return await _settled(tx, plan, body, Recording(clock.instant(), caller.client, body.reason), response)


@router.post(
    "/v1/agreements/{agreement}/employers/{employer}/end",
    summary="Fin des contrats d'un employeur, donc de son adhésion",
)
async def end_adhesion(
    *,
    agreement: Key,
    employer: EmployerPath,
    body: ChangeRequest,
    caller: Writer,
    tx: Tx,
    clock: Now,
    response: Response,
) -> ChangeAnswer:
    """An employer ends its contracts, hence its adhesion; `on` is the last day."""
    caller.check_employer(employer)
    plan = plan_change.adhesion_end(tx, agreement, employer, body.on, body.reason)
    return await _settled(tx, plan, body, Recording(clock.instant(), caller.client, body.reason), response)


@router.post(
    "/v1/conventions/{convention}/end",
    summary="Fin d'une convention : ses contrats cessent, les accords sans assureur deviennent caducs",
)
async def end_convention(
    *,
    convention: ConventionKey,
    body: ChangeRequest,
    caller: Annotated[Principal, requires("agreements:write", tenancy="platform")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> ChangeAnswer:
    """The insurer ends a convention: its contracts end, the accords that nobody insures any more lapse."""
    plan = plan_change.convention_end(tx, convention, body.on, body.reason)
    return await _settled(tx, plan, body, Recording(clock.instant(), caller.client, body.reason), response)


async def _settled(
    tx: Tx, planned: Awaitable[Plan], body: ChangeRequest, recording: Recording, response: Response
) -> ChangeAnswer:
    return _answer(await settle(tx, await planned, body.confirm, recording), response)


def _answer(outcome: Outcome, response: Response) -> ChangeAnswer:
    if len(outcome.agreements) == 1:
        set_etag(response, outcome.agreements[0].revision)
    return ChangeAnswer.of(outcome)
