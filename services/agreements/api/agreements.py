"""Local accords: deposited, signed, published, read at any date as known at any date."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query, Response
from fastapi import Request as HttpRequest

from kit.http.auth import Principal, requires
from kit.http.etag import set_etag
from kit.http.pagination import Page, Paging, paged
from kit.http.problem import FieldError, Problem
from kit.http.route import Now, Rules, Tx, service_router
from kit.http.types import Answer, DateText, Instant, Request, SiretText, example
from kit.recording import Recording
from services.agreements.adapters import agreements
from services.agreements.adapters.agreements import StoredAgreement
from services.agreements.adapters.document import AgreementDraft
from services.agreements.api.schemas import AgreementAnswer, TermsAnswer
from services.agreements.application.advance_agreement import publish_agreement, sign
from services.agreements.application.register_agreement import register_agreement
from services.agreements.domain.errors import InvalidAgreement, InvalidScheme, UnknownAgreement
from services.agreements.domain.terms import terms_on

router = service_router(tags=["Accords"])
Key = Annotated[
    str, Path(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Identifiant de l'accord.")
]


class PublicationRequest(Request):
    """The day an accord was published, neither ahead nor before its signature; today unless said."""

    model_config = example({"published_on": "2026-02-10"})

    published_on: DateText | None = None


TODAY: Final = PublicationRequest()


class AgreementRow(Answer):
    """An accord in a list."""

    agreement: str


@router.post(
    "/v1/agreements",
    status_code=201,
    responses={200: {"description": "Déjà déposé"}},
    summary="Déposer un accord, en projet",
)
async def register(
    *,
    body: AgreementDraft,
    caller: Annotated[Principal, requires("agreements:write")],
    tx: Tx,
    rules: Rules,
    clock: Now,
    response: Response,
) -> AgreementAnswer:
    """Deposit an accord as a draft; the same document again changes nothing (200)."""
    for employer in body.employers:
        caller.check_employer(employer.siret)
    try:
        done = await register_agreement(tx, body, rules, Recording(clock.instant(), caller.client))
    except InvalidAgreement as error:
        raise every_finding(error) from error
    response.status_code = 201 if done.new else 200
    return _answer(done.agreement, clock, response)


@router.get(
    "/v1/agreements", dependencies=[requires("agreements:read")], summary="Accords des employeurs de l'appelant"
)
async def index(request: HttpRequest, response: Response, page: Paging, tx: Tx) -> Page[AgreementRow]:
    """The accords of the caller's employers, by id."""
    found = await agreements.after(tx, str(page.after[0]) if page.after else "", page.fetch)
    items = [AgreementRow(agreement=key) for key in found]
    return paged(request, response, page, items, lambda row: (row.agreement,))


@router.get("/v1/agreements/{agreement}", dependencies=[requires("agreements:read")], summary="Un accord, en entier")
async def read(agreement: Key, tx: Tx, clock: Now, response: Response) -> AgreementAnswer:
    """One accord, whole."""
    return _answer(_found(await agreements.get(tx, agreement)), clock, response)


@router.get(
    "/v1/agreements/{agreement}/terms",
    dependencies=[requires("agreements:read")],
    summary="Clauses d'un accord un jour donné, pour tous ou pour un employeur",
)
async def terms(
    *,
    agreement: Key,
    tx: Tx,
    clock: Now,
    as_of: Annotated[DateText | None, Query(description="Jour auquel lire les clauses ; aujourd'hui sinon.")] = None,
    known_at: Annotated[Instant | None, Query(description="Instant de connaissance ; maintenant sinon.")] = None,
    employer: Annotated[SiretText | None, Query(description="Employeur dont appliquer les exceptions.")] = None,
) -> TermsAnswer:
    """The terms on a day, as they were known at an instant, for all employers or as they read for one."""
    day = as_of or clock.day()
    stored = _found(await agreements.get(tx, agreement, known_at, day))
    accord = stored.accord
    read_by = accord.of_employer(employer, day) if employer else accord
    return TermsAnswer.of(stored, terms_on(read_by, day, stored.insured_until))


@router.post("/v1/agreements/{agreement}/sign", summary="Enregistrer les signatures d'un accord")
async def sign_one(
    agreement: Key,
    caller: Annotated[Principal, requires("agreements:write")],
    tx: Tx,
    clock: Now,
    response: Response,
) -> AgreementAnswer:
    """Record the signatures that the document names. Signing twice changes nothing."""
    await stands_for(tx, caller, agreement)
    stored = await sign(tx, agreement, Recording(clock.instant(), caller.client))
    return _answer(stored, clock, response)


@router.post("/v1/agreements/{agreement}/publish", summary="Publier un accord signé, ou enregistrer sa publication")
async def publish_one(
    *,
    agreement: Key,
    caller: Annotated[Principal, requires("agreements:write")],
    tx: Tx,
    clock: Now,
    response: Response,
    body: PublicationRequest = TODAY,
) -> AgreementAnswer:
    """Publish a signed accord: it binds from its dates. The notice is due from the day of the publication (art. 6).
    Publishing twice changes nothing; another day than the first is refused.
    """
    await stands_for(tx, caller, agreement)
    recording = Recording(clock.instant(), caller.client)
    try:
        stored = await publish_agreement(tx, agreement, body.published_on, clock.day(), recording)
    except InvalidAgreement as error:
        raise every_finding(error) from error
    return _answer(stored, clock, response)


async def stands_for(tx: Tx, caller: Principal, agreement: str) -> None:
    """What concerns every employer of an accord is for who stands for all of them. Raises 403, UnknownAgreement."""
    stored = _found(await agreements.get(tx, agreement))
    for employer in stored.document.employers:
        caller.check_employer(employer.siret)


def _answer(stored: StoredAgreement, clock: Now, response: Response) -> AgreementAnswer:
    set_etag(response, stored.revision)
    return AgreementAnswer.of(stored, clock.day())


def _found(stored: StoredAgreement | None) -> StoredAgreement:
    if stored is None:
        raise UnknownAgreement
    return stored


def every_finding(error: InvalidAgreement | InvalidScheme) -> Problem:
    """All errors at once: whoever writes an accord mends it in one go."""
    fields = [FieldError(f.pointer, f"{f.detail_fr} ({f.reference})", code=f.code) for f in error.findings]
    return Problem(error.status, error.code, error.title_fr, error.title_en, errors=fields)
