"""Opening balances: what an employer says of an agent when it joins."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from fastapi import Response
from pydantic import Field, ValidationInfo, field_validator

from kit.http.auth import requires
from kit.http.etag import set_etag
from kit.http.route import Crypto, Rules, Tx, service_router
from kit.http.types import Answer, Code, DateText, Request, SiretText, example
from kit.ids import new_id
from kit.period import Period
from rules.vocabulary import LeaveKind
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.dispenses import DispenseBody
from services.eligibility.api.schemas import Chosen, refused
from services.eligibility.api.whole_leaves import WholeLeave
from services.eligibility.application.open_balance import open_balance
from services.eligibility.application.open_file import open_file
from services.eligibility.domain.facts import Election
from services.eligibility.domain.opening import Opening, OpeningLeave

router = service_router(tags=["Reprise"], dependencies=[requires("agents:write")])
MAX_LEAVES: Final = 200
MAX_OPTIONS: Final = 3


class OpeningLeaveRequest(WholeLeave):
    """A leave from before. `cause` goes with a CLD: an opaque word, the same for the same cause, never what it is."""

    cause: Code | None = Field(None, validate_default=True)

    @field_validator("cause")
    @classmethod
    def _of_a_cld(cls, cause: str | None, info: ValidationInfo) -> str | None:
        if "kind" in info.data and (info.data["kind"] is LeaveKind.CLD) is (cause is None):
            raise refused("cause_of_cld", "Une clé de cause accompagne un congé de longue durée, et lui seul.")
        return cause


class OpeningOption(Request):
    """An option the agent already has."""

    guarantee: Chosen
    since: DateText = Field(alias="from")


class OpeningDispense(DispenseBody):
    """A request to stay out that the agent has made already; its employer is the balance's."""

    employer: None = None


class OpeningRequest(Request):
    """Ordinary leave of the year before `as_of`, CLD of the whole career, leaves that run, options, a dispense."""

    model_config = example({"as_of": "2026-01-01", "options": [{"guarantee": "DEATH", "from": "2025-10-01"}]})

    employer: SiretText | None = None
    as_of: DateText
    leaves: list[OpeningLeaveRequest] = Field([], max_length=MAX_LEAVES)
    options: list[OpeningOption] = Field([], max_length=MAX_OPTIONS)
    dispense: OpeningDispense | None = None

    def to_opening(self, employer: str) -> Opening:
        return Opening(
            employer=employer,
            as_of=self.as_of,
            leaves=tuple(OpeningLeave(leave.to_entries(employer, opening=True), leave.cause) for leave in self.leaves),
            options=tuple(Election(new_id(), employer, one.guarantee, Period(one.since)) for one in self.options),
            dispense=None if self.dispense is None else self.dispense.to_request(employer),
        )


class OpeningAnswer(Answer):
    """The balance is in the file: its leaves and options stand there with the others."""

    agent: UUID
    employer: str
    as_of: date


@router.post(
    "/v1/agents/{agent}/opening-balance",
    status_code=201,
    responses={200: {"description": "Déjà connue"}},
    summary="Reprendre la situation d'un agent à l'adhésion de son employeur",
)
async def enter(
    *,
    agent: AgentId,
    body: OpeningRequest,
    tx: Tx,
    rules: Rules,
    crypto: Crypto,
    recording: Recorded,
    response: Response,
) -> OpeningAnswer:
    """Enter an agent's opening balance with an employer, once; the same again changes nothing (200)."""
    file = await open_file(tx, agent)
    one = body.to_opening(file.employer(body.employer))
    done = await open_balance(tx, file, one, rules, crypto=crypto, recording=recording)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    return OpeningAnswer(agent=agent, employer=one.employer, as_of=one.as_of)
