"""The handling of claims: their file, declaration, documents and steps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response

from kit.http.auth import Principal, requires
from kit.http.etag import set_etag, version_read_by
from kit.http.route import Crypto, Now, Rules, Tx, service_router
from kit.http.subject import about
from kit.http.types import Answer, Code, DateText, IbanText, Request, SignedAmount, Text, example
from kit.recording import Recording
from services.claims.adapters import claim_files, files
from services.claims.adapters.claim_files import Document, StepTaken
from services.claims.api.parameters import ClaimId
from services.claims.application.handle_claim import Asked, Declaration, Opened, declare, hold, look, receive, take
from services.claims.domain.claim_life import Payee, Reason, Stage, Step
from services.claims.domain.deadlines import declare_by
from services.claims.domain.overpayment import legal_code
from services.claims.domain.prescription import claim_clock

router = service_router(prefix="/v1/claims/{claim}", tags=["Suivi des sinistres"])
Reader = Annotated[Principal, requires("claims:read")]
Writer = Annotated[Principal, requires("claims:write")]


class DocumentAnswer(Answer):
    """A document received; `reference` is where whoever keeps it finds it."""

    document: str
    reference: str
    received_on: DateText

    @classmethod
    def of(cls, found: Document) -> DocumentAnswer:
        return cls.model_validate(found)


class StepAnswer(Answer):
    """A step taken; `amount` is what was due then."""

    step: Step
    stage: Stage
    reason: Reason | None
    note: str | None
    amount: SignedAmount | None
    recorded_at: datetime
    recorded_by: str

    @classmethod
    def of(cls, found: StepTaken) -> StepAnswer:
        return cls.model_validate(found)


class FileAnswer(Answer):
    """Where a claim is, what may come next, its documents and those that are missing, its steps.

    `due`: of the months that are over; `foreseen`: of all that are decided, which is what is proposed and approved.
    `prescribed_after` null: the code the insurer is under is not known. `iban` is masked.
    """

    claim: UUID
    stage: Stage
    steps: list[Step]
    due: SignedAmount
    foreseen: SignedAmount
    declare_by: DateText
    declared_on: DateText | None
    payee: Payee
    iban: str | None
    required: list[str]
    missing: list[str]
    documents: list[DocumentAnswer]
    prescribed_after: DateText | None
    prescription_reference: str
    history: list[StepAnswer]


class DeclarationRequest(Request):
    """The benefit is asked for; `payee` says whom it is paid to."""

    model_config = example({"on": "2026-05-10", "payee": "AGENT", "iban": "FR7630006000011234567890189"})

    on: DateText
    payee: Payee = Payee.AGENT
    iban: IbanText | None = None


class DocumentRequest(Request):
    """A document that was received, by its code; its content stays with whoever keeps it."""

    model_config = example({"document": "PAYSLIPS_BEFORE", "reference": "GED-2026-0042", "received_on": "2026-05-12"})

    document: Code
    reference: Code
    received_on: DateText


class StepRequest(Request):
    """A step, with the reason that a refusal, a closing or a reopening needs."""

    model_config = example({"step": "REVIEW"})

    step: Step
    reason: Reason | None = None
    note: Text | None = None


@router.get("/file", operation_id="read_claim_file", summary="Le suivi d'un sinistre : étape, pièces, historique")
async def read_claim_file(
    claim: ClaimId, tx: Tx, rules: Rules, clock: Now, _caller: Reader, *, response: Response
) -> FileAnswer:
    return await _answer(tx, await look(tx, claim, rules, clock.day()), rules, response)


@router.put("/declaration", operation_id="declare_claim", summary="Déclarer un sinistre, ou changer de bénéficiaire")
async def declare_claim(
    claim: ClaimId,
    body: DeclarationRequest,
    caller: Writer,
    tx: Tx,
    rules: Rules,
    *,
    clock: Now,
    crypto: Crypto,
    response: Response,
) -> FileAnswer:
    opened = await hold(tx, claim, rules, clock.day())
    said = Declaration(body.on, body.payee, body.iban)
    await declare(tx, opened, said, crypto, Recording(clock.instant(), caller.client))
    return await _answer(tx, await look(tx, claim, rules, clock.day()), rules, response)


@router.post("/documents", operation_id="receive_claim_document", summary="Noter une pièce reçue")
async def receive_claim_document(
    claim: ClaimId, body: DocumentRequest, caller: Writer, tx: Tx, rules: Rules, *, clock: Now, response: Response
) -> FileAnswer:
    opened, recording = await hold(tx, claim, rules, clock.day()), Recording(clock.instant(), caller.client)
    await receive(tx, opened, body.document, body.reference, on=body.received_on, rules=rules, recording=recording)
    return await _answer(tx, await look(tx, claim, rules, clock.day()), rules, response)


@router.post("/steps", operation_id="take_claim_step", summary="Faire avancer un sinistre")
async def take_claim_step(
    claim: ClaimId,
    body: StepRequest,
    version: Annotated[int, version_read_by("GET /v1/claims/{claim}/file")],
    caller: Writer,
    tx: Tx,
    *,
    rules: Rules,
    clock: Now,
    response: Response,
) -> FileAnswer:
    opened, recording = await hold(tx, claim, rules, clock.day()), Recording(clock.instant(), caller.client)
    threshold = rules.at("claim.four_eyes.threshold", clock.day()).money
    asked = Asked(body.step, body.reason, body.note)
    await take(tx, opened, asked, version, threshold=threshold, recording=recording)
    return await _answer(tx, await look(tx, claim, rules, clock.day()), rules, response)


async def _answer(tx: Tx, opened: Opened, rules: Rules, response: Response) -> FileAnswer:
    set_etag(response, opened.file.version)
    file, claim = opened.file, opened.claim
    about(response, claim.agent)
    versions = [one for one in await files.terms_of(tx, claim.agreement) if one.start <= claim.opened_from]
    code = legal_code(versions[-1].document, claim.opened_from) if versions else None
    until = claim_clock(claim.opened_from, code, rules)
    return FileAnswer(
        claim=claim.id,
        stage=file.life.stage,
        steps=list(file.life.steps()),
        due=opened.due,
        foreseen=opened.foreseen,
        declare_by=declare_by(claim.opened_from, rules),
        declared_on=file.declared_on,
        payee=file.payee,
        iban=file.iban_shown,
        required=list(opened.needed),
        missing=list(opened.missing),
        documents=[DocumentAnswer.of(one) for one in opened.documents],
        prescribed_after=until.until,
        prescription_reference=until.reference,
        history=[StepAnswer.of(one) for one in await claim_files.steps(tx, claim.id)],
    )
