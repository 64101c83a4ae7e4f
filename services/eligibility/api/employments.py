"""Contracts of an agent: added, changed, ended."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from kit.http.auth import requires
from kit.http.etag import ChangedVersion, check_version, set_etag
from kit.http.route import Rules, Tx, service_router
from services.eligibility.adapters import employments
from services.eligibility.api.answers import EmploymentAnswer
from services.eligibility.api.common import AgentId, Recorded
from services.eligibility.api.entered import EmploymentEntered
from services.eligibility.api.schemas import ContractRequest, EmploymentChange
from services.eligibility.application import doubt_facts
from services.eligibility.application.change_employment import (
    add_employment,
    change_employment,
    correct_prior_cover,
    end_employment,
)
from services.eligibility.application.open_file import open_file
from services.eligibility.domain.amendment import Change
from services.eligibility.domain.errors import EmployerRequired, FactNotFound

router = service_router(tags=["Emplois"], dependencies=[requires("agents:write")])


@router.post(
    "/v1/agents/{agent}/employments",
    status_code=201,
    responses={200: {"description": "Déjà connu"}},
    summary="Ajouter un emploi",
)
async def add(
    *, agent: AgentId, body: ContractRequest, tx: Tx, rules: Rules, recording: Recorded, response: Response
) -> EmploymentEntered:
    """Add a contract; several at once are normal. The same again changes nothing (200)."""
    file = await open_file(tx, agent)
    employer = file.employer(body.employer)
    matricules = [link.matricule for link in file.links if link.employer == employer]
    if body.matricule is None and len(matricules) > 1:
        raise EmployerRequired(pointer="/matricule")
    done = await add_employment(tx, file, body.to_spell(employer, body.matricule or matricules[0]), recording, rules)
    response.status_code = 201 if done.new else 200
    set_etag(response, done.version)
    answer = await _answer(tx, agent, done.employment)
    found = await doubt_facts.on_employment(tx, file, done.employment, recording.at.date(), rules, begins=True)
    return EmploymentEntered.said(answer, body, found)


@router.patch(
    "/v1/agents/{agent}/employments/{employment}", summary="Modifier un emploi à partir d'un jour, ou y mettre fin"
)
async def change(
    *,
    agent: AgentId,
    employment: Annotated[UUID, Path(description="Identifiant de l'emploi.")],
    body: EmploymentChange,
    version: ChangedVersion,
    tx: Tx,
    rules: Rules,
    recording: Recorded,
    response: Response,
) -> EmploymentEntered:
    """Change a contract from a day on, its last day, or what is known of a former collective cover.

    What was known before stays readable. `end` alone puts right the day that the contract was concluded for; a CDD that
    ends before it says that day in `agreed_end`, and keeps the cover that its length opened.
    """
    file = await open_file(tx, agent)
    check_version(version, file.version)
    own = [spell for spell in file.spells if spell.employment == employment]
    if not own:
        raise FactNotFound
    prior = body.prior_collective_cover
    if prior is not None:
        changed = await correct_prior_cover(tx, file, employment, prior=prior, recording=recording)
    elif body.since is None:
        assert body.end is not None, "a change says something"
        changed = await end_employment(tx, file, employment, body.end, recording, agreed_end=body.agreed_end)
    else:
        held = next((spell for spell in own if body.since in spell.period), own[-1])
        wanted = Change(body.since, body.applied_to(held.conditions), body.end, body.agreed_end)
        changed = await change_employment(tx, file, employment, wanted, recording, rules=rules)
    set_etag(response, changed)
    found = await doubt_facts.on_employment(tx, file, employment, recording.at.date(), rules, begins=False)
    return EmploymentEntered.said(await _answer(tx, agent, employment), body, found)


async def _answer(tx: Tx, agent: UUID, employment: UUID) -> EmploymentAnswer:
    spells = [spell for _, spell in await employments.of_agents(tx, [agent]) if spell.employment == employment]
    return EmploymentAnswer.of(sorted(spells, key=lambda spell: spell.period.start))
